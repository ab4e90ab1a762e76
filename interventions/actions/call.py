"""Telephone calls between meetings."""

from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext as _

from interventions.actions.contact import been_in_touch
from interventions.models import Call
from interventions.models.planning import TWICE, held_course
from tibir.audit.record import record
from tibir.core.errors import DomainError


@transaction.atomic
def write_call(course, *, by, person, called_at, minutes, text):
    """It is no meeting: nothing is counted, and no note is asked for. The same once more within a
    minute is a press that came twice."""
    if called_at > timezone.now():
        raise DomainError(_("Samtalen har ikke vært ennå. Se over dag og klokkeslett."))
    course = held_course(course)
    said = {"person": person, "called_at": called_at, "minutes": minutes, "text": text, "by": by}
    same = course.calls.standing().filter(recorded_at__gt=Now() - TWICE, **said)
    if written := same.first():
        return written
    call = Call.objects.create(course=course, **said)
    record("call.written", call, by=by, minutes=minutes)
    been_in_touch(course, by=by, on=timezone.localdate(called_at))
    return call


@transaction.atomic
def strike_call(call, *, by, reason):
    """It was wrong. It stays to be seen, with why it no longer holds."""
    struck = {"struck_at": timezone.now(), "struck_by": by, "struck_why": reason}
    if not Call.objects.standing().filter(pk=call.pk).update(**struck):
        raise DomainError(_("Samtalen er strøket allerede."))
    record("call.struck", call, by=by)
