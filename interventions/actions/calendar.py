"""The secret address of somebody's calendar: made, made anew, and closed."""

from django.db import transaction
from django.utils import timezone

from interventions.models import CalendarAddress
from interventions.models.calendar import PURPOSE
from tibir.audit.record import record
from tibir.core.codes import TOKEN_BITS, digest, new_secret


@transaction.atomic
def open_calendar(user, *, by):
    """A new address; the one before it opens nothing from now on. Returns its secret, which is
    kept nowhere."""
    secret = new_secret(TOKEN_BITS)
    made = {"digest": digest(PURPOSE, secret), "made_at": timezone.now(), "read_on": None}
    CalendarAddress.objects.update_or_create(user=user, defaults=made)
    record("calendar.opened", user, by=by)
    return secret


@transaction.atomic
def close_calendar(user, *, by):
    if CalendarAddress.objects.filter(user=user).delete()[0]:
        record("calendar.closed", user, by=by)
