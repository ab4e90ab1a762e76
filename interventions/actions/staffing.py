"""Whose time a meeting takes."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from interventions.models import MeetingStaff, free
from interventions.models.meeting import Busy
from tibir.core.dates import clock_time, weekday_date


@transaction.atomic
def put_in_charge(meeting, *, by, user, instead_of=None):
    """One person leads the meeting, and is free then."""
    with free(user):
        if instead_of is None:
            times = {"starts_at": meeting.starts_at, "ends_at": meeting.ends_at}
            MeetingStaff.objects.create(meeting=meeting, user=user, **times)
        else:
            meeting.staff.filter(user=instead_of).update(user=user)


@transaction.atomic(savepoint=False)
def hand_over(course, *, by, user, instead_of):
    """What is agreed is agreed still, with somebody else. What collides is named, so that it can be
    moved; a meeting that has begun moves no more, and stays with whoever led it."""
    taken = []
    for meeting in course.meetings.planned().for_list():
        try:
            put_in_charge(meeting, by=by, user=user, instead_of=instead_of)
        except Busy:
            if meeting.starts_at > timezone.now():
                taken.append(meeting)
    if taken:
        busy = _(
            "%(name)s er opptatt når dere har avtalt møte: %(times)s. Flytt det som kolliderer, "
            "eller velg en annen."
        )
        raise Busy(busy % {"name": user, "times": ", ".join(map(_when, taken))})


def _when(meeting):
    return _("%(day)s klokken %(at)s") % {
        "day": weekday_date(meeting.day),
        "at": clock_time(meeting.starts_at),
    }
