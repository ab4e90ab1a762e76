"""The two questions of every page: does it exist for you, and may you?"""

from django.core.exceptions import PermissionDenied
from django.http import Http404


class NotThere(Http404):
    """The thing is not there, or not for you: one answer, so that nobody can tell which."""

    def __init__(self, target_type, lookup):
        super().__init__()
        self.target_type = target_type
        self.lookup = lookup


class NotYours(PermissionDenied):
    """It is there, but this is not for your role."""


def find(queryset, **lookup):
    """The one row; the queryset must have come through `visible_to`."""
    try:
        return queryset.get(**lookup)
    except queryset.model.DoesNotExist:
        raise NotThere(queryset.model._meta.label_lower, lookup) from None


def permit(allowed):
    if not allowed:
        raise NotYours
