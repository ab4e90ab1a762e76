"""What an action may say instead of doing what was asked."""

from django.core.exceptions import ValidationError

REFUSED = "refused"


class DomainError(Exception):
    """Not now: the rules of the field say no. The message is for people."""


class StaleState(DomainError):
    """Somebody else was here first; nothing was written."""


def say_why(form, error):
    """On top of the form, over all that was typed: nothing in it is wrong, but not now."""
    form.add_error(None, ValidationError(str(error), code=REFUSED))
