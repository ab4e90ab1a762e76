"""A family that is screened, said in a word: who gives it, when they meet, what is written."""

from datetime import date, datetime, time, timedelta

from django.utils import timezone

from interventions import actions
from interventions.models import Meeting
from tests.factories import LONG_AGO, UserFactory, confirm, refer
from tests.family.families import ALONE
from tibir.accounts.models import Qualification

Kind, Status = Qualification.Kind, Qualification.Status


def qualify(user, kind=Kind.SCREENER, *, start=LONG_AGO, end=None, supervisor=None):
    status = Status.IN_TRAINING if supervisor else Status.QUALIFIED
    return Qualification.objects.create(
        user=user, kind=kind, status=status, supervisor=supervisor, started_on=start, ended_on=end
    )


def requalify(user, kind, **about):
    """Whatever they were before, in a walk that makes many things of one person."""
    Qualification.objects.filter(user=user, kind=kind).delete()
    return qualify(user, kind, **about)


def screener(unit, **about):
    """Somebody who works in the unit and is trained to screen."""
    user = UserFactory(practises_in=unit, **about)
    qualify(user)
    return user


def referred(place, **about):
    """A referral of which a parent is confirmed and somebody has taken it."""
    referral = refer(place, answers=ALONE, **about)
    by = UserFactory(coordinates=place.intake_unit)
    confirm(referral, by=by)
    return referral


def screening(place, *, practitioner=None, by=None):
    """A planned screening of a new family."""
    referral = referred(place)
    by = by or UserFactory(coordinates=place.intake_unit)
    practitioner = practitioner or screener(place.intake_unit)
    return actions.plan_screening(referral, by=by, practitioner=practitioner)


def at(day, hour, minute=0):
    return timezone.make_aware(datetime.combine(day, time(hour, minute)))


def meet(course, *, days=-1, hour=9, minutes=60, people=None, **about):
    """A meeting that many days from today; yesterday's can be held."""
    day = timezone.localdate() + timedelta(days=days)
    start = at(day, hour)
    said = {"kind": Meeting.Kind.MEETING, "mode": Meeting.Mode.IN_PERSON, "place": "Rom 2"}
    return actions.plan_meeting(
        course,
        by=course.practitioner,
        starts_at=start,
        ends_at=start + timedelta(minutes=minutes),
        people=list(course.case.people.all()) if people is None else people,
        **said | about,
    )


def held(course, *, days=-1, people=None, **about):
    """A meeting that was held with the family; its note is to be written."""
    meeting = meet(course, days=days, **about)
    attended = list(course.case.people.all()) if people is None else people
    note = actions.hold(meeting, by=course.practitioner, attended=attended)
    meeting.refresh_from_db()
    return meeting, note


def signed(note, text="Vi snakket om kveldene."):
    actions.sign(note, by=note.author, version=note.version, internal=text)
    return note


def days_ago(count):
    return timezone.localdate() - timedelta(days=count)


NEXT_YEAR = date(2027, 1, 1)
