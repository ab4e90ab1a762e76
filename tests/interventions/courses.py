"""A family that is given a service, said in a word: agreed, planned, begun, met, and ended."""

from datetime import timedelta

from django.utils import timezone

from interventions import actions, rules
from interventions.models import Course, Service
from referrals.routing import canonical
from tests.factories import MunicipalityFactory, UserFactory
from tests.family.families import YES, join, says
from tests.interventions.screenings import days_ago, held, qualify, referred, screening, signed
from tibir.cases.models import Case, Purpose

COUNSELLING, THERAPY, GROUP = "counselling", "pmto_therapy", "parent_group"
SKILLS, CONSULTATION = "social_skills", "consultation"
EVERY = [COUNSELLING, THERAPY, GROUP, SKILLS, CONSULTATION]
ASKED = {
    SKILLS: Purpose.SOCIAL_SKILLS,
    CONSULTATION: Purpose.PLACE_CONTACT,
}


def trained(unit, *kinds, **about):
    """Somebody who works in the unit and is qualified to give these services."""
    user = UserFactory(practises_in=unit, **about)
    for kind in dict.fromkeys(row(kind).qualification for kind in kinds or EVERY):
        qualify(user, kind)
    return user


def row(kind, place=None):
    return Service.objects.row_of(kind, place, timezone.localdate())


def agree(case, *kinds, answer=YES):
    """Everybody who decides for the child says so of what these services ask for."""
    by = UserFactory(coordinates=case.unit)
    for kind in kinds or EVERY:
        for person in case.people.filter(responsibility="yes"):
            says(person, answer, by=by, purpose=ASKED.get(kind, Purpose.TAKE_PART))


def planned(place, kind=COUNSELLING, *, case=None, practitioner=None, by=None, **about):
    """A course of a service; of a new family where none is named."""
    case = case or referred(place).case
    by = by or UserFactory(coordinates=place.intake_unit)
    practitioner = practitioner or trained(about.get("unit") or place.intake_unit, kind)
    return actions.plan_course(case, by=by, kind=kind, practitioner=practitioner, **about)


def running(place, kind=COUNSELLING, **about):
    """One that has begun today, with what it goes beside where it needs something."""
    if row(kind, place).needs_family_course and "beside" not in about:
        about["beside"] = running(place, case=about.get("case"))
        about["case"] = about["beside"].case
    course = planned(place, kind, **about)
    agree(course.case, kind)
    return actions.start(course, by=course.practitioner, on=course.planned_on)


def fulfilled(course, *, count=None):
    """So many meetings that were held and written of; the fewest there are to be."""
    for number in range(course.service.least_meetings if count is None else count):
        day, hour = divmod(number, 10)
        _meeting, note = held(course, days=-1 - day, hour=8 + hour)
        signed(note)
    course.refresh_from_db()
    return course


def set_back(course, days):
    """As if it had been planned, given and begun that many days earlier."""
    since = timezone.localdate() - timedelta(days=days)
    changes = {"planned_on": since, "assigned_on": since}
    if course.started_on:
        changes["started_on"] = since
    type(course).objects.filter(pk=course.pk).update(**changes)
    course.refresh_from_db()
    return course


def concluded(place, services):
    """A screening that ended in these services, with the task to set them going."""
    course = screening(place)
    by = course.practitioner
    signed(held(course)[1])
    actions.check_safety(course, by=by, is_worried=False)
    facts = rules.facts_of(course.screening, timezone.localdate())
    actions.conclude(
        course,
        by=by,
        seen=canonical(facts),
        services=services,
        reason="Foreldrene ønsket dette.",
        words="Dere vil prøve noe nytt.",
        recipients=[],
    )
    course.refresh_from_db()
    return course


def course_of(case, *, kind=THERAPY, practitioner=None, begun=None, beside=None):
    """Planned today; `begun` is how many days ago it began."""
    today = timezone.localdate()
    service = row(kind, case.municipality)
    if practitioner is None:
        practitioner = UserFactory(practises_in=case.unit, works_with=case)
    if not practitioner.qualifications.filter(kind=service.qualification).exists():
        qualify(practitioner, service.qualification)
    course = Course.objects.create(
        case=case,
        referral=case.referrals.first(),
        service=service,
        unit=case.unit,
        practitioner=practitioner,
        assigned_on=today,
        planned_on=today,
        beside=beside,
    )
    if begun is not None:
        in_state(course, "running")
        Course.objects.filter(pk=course.pk).update(started_on=today - timedelta(days=begun))
        course.refresh_from_db()
        actions.plan_measures(course, by=practitioner)
    return course


def apart(place=None):
    """A family of two parents who do not live together: the case, its mother and its father."""
    referral = referred(place or MunicipalityFactory())
    case = Case.objects.get(pk=referral.case_id)
    return case, case.people.get(), join(case, "father", "yes")


def in_state(course, state):
    """Put there past every action, with what the database asks of it."""
    today = days_ago(0)
    changes = {"state": state}
    if state in {"running", "paused", "completed", "transferred"}:
        changes["started_on"] = today
    if state in {"completed", "ended", "transferred"}:
        changes["ended_on"] = today
    if state == "ended":
        changes |= {"ending": "moved", "end_reason": "x"}
    type(course).objects.filter(pk=course.pk).update(**changes)
    course.refresh_from_db()
    if state == "paused":
        course.pauses.create(started_on=today, reason="x", by=course.practitioner)
    return course


def reasons(course, **said):
    """Why each thing that belongs to an ending was left out."""
    course.refresh_from_db()
    missing = [check.code for check in rules.ending_checks(course) if check.is_missing]
    return dict.fromkeys(missing, "Det ble ikke tid.") | said
