"""Families of Fjordvik that are given a service: one in the middle of it, one that is to begin."""

from datetime import datetime, time, timedelta

from django.utils import timezone

from interventions import actions
from interventions.models import Course, Meeting
from tibir.accounts.models import Qualification
from tibir.calendar.holidays import last_working_day_on_or_before, working_days_after
from tibir.cases.models import Consent, Purpose
from tibir.demo.screened import SINCE
from tibir.family import actions as family
from tibir.instruments import actions as instruments
from tibir.instruments.kinds import Occasion

Kind, Status = Qualification.Kind, Qualification.Status
WRITTEN = [
    "De har øvd på korte beskjeder hver kveld. Det gikk fem av syv kvelder.",
    "Vi spilte ut leggingen. Begge foreldrene prøvde, og fant hver sin måte å rose på.",
    "Far var alene. Han forteller at kranglene er kortere, og at han teller til ti.",
]
BEFORE = {
    "ecbi": [{"intensity": 139, "problem": 16}, {"intensity": 127, "problem": 13}],
    "pss": [{"stress": 41}, {"stress": 37}],
}


def give(*, by, staff):
    """After the screenings that were concluded."""
    Qualification.objects.create(
        user=staff["behandler"], kind=Kind.SOCIAL_SKILLS_TRAINER, status=Status.QUALIFIED,
        started_on=SINCE, source="Kursbevis i personalmappen",
    )  # fmt: skip
    screened = Course.objects.filter(state=Course.State.COMPLETED).select_related("case")
    first, second = screened.order_by("pk")[:2]
    about = {"by": by, "kind": "counselling", "practitioner": staff["behandler"]}
    _under_way(actions.plan_course(first.case, **about), by=by)
    actions.plan_course(second.case, **about)


def _under_way(course, *, by):
    """Three meetings held and written of, the next agreed; and training for the child beside it."""
    today = timezone.localdate()
    Course.objects.filter(pk=course.pk).update(planned_on=today - timedelta(days=30))
    course.refresh_from_db()
    people = list(course.case.people.current().filter(responsibility="yes"))
    for person in people:
        said = dict.fromkeys((Purpose.TAKE_PART, Purpose.SOCIAL_SKILLS), Consent.State.GIVEN)
        family.say(person, by=by, answers=said, said_on=today, channel="meeting", language="nb")
    for weeks, text in zip((3, 2, 1), WRITTEN, strict=True):
        day = last_working_day_on_or_before(today - timedelta(weeks=weeks))
        note = actions.hold(_meet(course, people, day), by=course.practitioner, attended=people)
        actions.sign(note, by=course.practitioner, version=0, internal=text)
    _ask(course, last_working_day_on_or_before(today - timedelta(weeks=3)))
    _meet(course, people, working_days_after(today, 3))
    actions.plan_course(
        course.case, by=by, kind="social_skills", practitioner=course.practitioner, beside=course
    )


def _ask(course, day):
    """Each was asked at the first meeting."""
    course.refresh_from_db()
    planned = course.planned_measures.waiting().filter(occasion=Occasion.BEFORE)
    for number, each in enumerate(planned.for_list()):
        instruments.measure(
            each.informant, by=course.practitioner, instrument=each.instrument,
            occasion=Occasion.BEFORE, taken_on=day, totals=BEFORE[each.instrument.code][number % 2],
        )  # fmt: skip
    actions.settle_measures(course, by=course.practitioner)


def _meet(course, people, day):
    start = timezone.make_aware(datetime.combine(day, time(12)))
    about = {"kind": Meeting.Kind.MEETING, "mode": Meeting.Mode.IN_PERSON, "place": "Rom 2"}
    return actions.plan_meeting(
        course,
        by=course.practitioner,
        starts_at=start,
        ends_at=start + timedelta(hours=1),
        people=people,
        **about,
    )
