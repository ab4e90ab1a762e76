"""Who may do what with logins and roles."""

from tibir.access.roles import Kind, sees, units_where
from tibir.accounts.models import User
from tibir.notifications.kinds import Kind as Message
from tibir.notifications.models import Notification
from tibir.staff import factors


def may_review(user, unit) -> bool:
    return sees(user, Kind.STAFF, unit.pk)


def may_list_reviews(user) -> bool:
    return bool(units_where(user, Kind.STAFF))


def may_get_link(user) -> bool:
    """By asking for it oneself: an e-mail alone must not open what has no second step."""
    return user.is_active and user.has_usable_password() and factors.has_any(user)


def was_warned(user, before) -> bool:
    """Was this account's owner told, before that moment, that it has been left alone?"""
    told = Notification.objects.filter(user=user, kind=Message.IDLE_SOON, created_at__lte=before)
    return told.filter(stage=str(user.used_at.date())).exists()


def may_reset(user, other) -> bool:
    return user.is_superuser and user != other


def others_who_may_reset(user, other):
    """The other administrators, without whom one alone may do it."""
    administrators = User.objects.filter(is_active=True, is_superuser=True)
    return administrators.exclude(pk__in=[user.pk, other.pk])
