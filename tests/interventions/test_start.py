"""What a course needs before it begins, in the actions and in the database; and its pauses."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from interventions import actions, rules
from interventions.models import Course, Pause
from tests.factories import MunicipalityFactory, UserFactory
from tests.family.families import NO, YES, decides, join, says, takes_over
from tests.html import told_beside
from tests.interventions.courses import (
    CONSULTATION,
    COUNSELLING,
    EVERY,
    SKILLS,
    THERAPY,
    agree,
    fulfilled,
    planned,
    running,
    set_back,
)
from tests.interventions.screenings import at, days_ago, held, meet, screening
from tibir.audit.models import Event
from tibir.cases.models import Purpose
from tibir.core.errors import DomainError, StaleState
from tibir.deadlines.kinds import Kind as Due
from tibir.deadlines.models import Deadline
from tibir.notifications.models import Notification

pytestmark = pytest.mark.django_db


@pytest.fixture
def place():
    return MunicipalityFactory()


def starts(course, **about):
    return actions.start(course, by=course.practitioner, on=course.planned_on, **about)


def database_starts(course):
    """Past every action."""
    Course.objects.filter(pk=course.pk).update(state="running", started_on=course.planned_on)


@pytest.mark.parametrize("kind", EVERY)
def test_each_service_begins_when_those_who_decide_have_agreed_to_it(place, kind):
    beside = running(place)
    course = planned(place, kind, case=beside.case) if kind != COUNSELLING else planned(place)
    about = {"beside": beside} if kind in (SKILLS, CONSULTATION) else {}
    if kind in (SKILLS, CONSULTATION, COUNSELLING):  # else it is the consent they gave already
        with pytest.raises(DomainError, match="er ikke på plass"):
            starts(course, **about)
        agree(course.case, kind)
    course = starts(course, **about)
    assert (course.state, course.started_on) == ("running", course.planned_on)
    assert Deadline.objects.get(kind=Due.FIRST_MEETING, target_id=course.pk).met_on
    assert Event.objects.filter(verb="course.begun", target_id=course.pk).count() == 1


def test_the_first_meeting_begins_it_and_only_when_nothing_is_lacking(place):
    course = planned(place, THERAPY)
    with pytest.raises(DomainError, match="Mangler svar fra"):
        held(course)
    agree(course.case, THERAPY)
    meeting, _note = held(course, hour=12)
    course.refresh_from_db()
    assert (course.state, course.started_on, meeting.number) == ("running", meeting.day, 1)


@pytest.mark.parametrize("kind", [SKILLS, CONSULTATION])
def test_what_is_for_the_child_or_staff_begins_beside_something_accepted_or_running(place, kind):
    family = planned(place)
    course = planned(place, kind, case=family.case)
    agree(course.case)
    for beside in (None, family):
        if beside:
            course.beside = family
            course.save(update_fields=["beside"])
        with pytest.raises(DomainError, match="Foreldrene må ha takket ja"):
            starts(course)
        with pytest.raises(IntegrityError, match="begins beside"), transaction.atomic():
            database_starts(course)
    actions.accept(family, by=family.practitioner, on=days_ago(0))
    with transaction.atomic():
        starts(course)
        transaction.set_rollback(True)
    family = starts(family)
    actions.pause(family, by=family.practitioner, on=days_ago(0), reason="Sommer.")
    with pytest.raises(DomainError, match="Foreldrene må"):
        starts(course)
    with pytest.raises(IntegrityError, match="begins beside"), transaction.atomic():
        database_starts(course)
    actions.resume(family, by=family.practitioner, on=days_ago(0))
    assert starts(course).state == "running"


def contact(person, state, **about):
    says(person, state, by=UserFactory(), purpose=Purpose.PLACE_CONTACT, **about)


def test_the_database_asks_the_guardians_before_staff_are_guided(place):
    family = running(place)
    case = family.case
    mother, father = case.people.get(responsibility="yes"), join(case, "father", "yes")
    course = planned(place, CONSULTATION, case=case, beside=family)

    def refused():
        with pytest.raises(IntegrityError, match="guided when"), transaction.atomic():
            database_starts(course)
        with pytest.raises(DomainError, match="er ikke på plass"):
            starts(course)

    refused()
    contact(mother, YES)
    refused()  # he has not answered
    contact(father, NO)
    refused()
    leader = UserFactory(coordinates=place.intake_unit)
    decides(case, by=leader, outcome="proceed", purpose=Purpose.PLACE_CONTACT)
    with transaction.atomic():
        database_starts(course)
        transaction.set_rollback(True)
    contact(mother, "withdrawn")
    refused()  # a decision covers what had been said when it was made
    contact(mother, YES)
    takes_over(case, [mother], by=leader)
    refused()  # whoever decides in her place is to be asked


def test_a_yes_that_is_over_is_no_yes(place):
    family = running(place)
    course = planned(place, CONSULTATION, case=family.case, beside=family)
    (mother,) = course.case.people.filter(responsibility="yes")
    contact(mother, YES, days_ago=9, expires_on=days_ago(1))
    with pytest.raises(IntegrityError, match="guided when"), transaction.atomic():
        database_starts(course)
    contact(mother, YES)
    assert starts(course).state == "running"


def test_software_settles_no_disagreement_but_whoever_said_yes_may_be_guided(place):
    course = planned(place, THERAPY)
    case, by = course.case, UserFactory(coordinates=place.intake_unit)
    mother, father = case.people.get(responsibility="yes"), join(case, "father", "yes")
    says(mother, YES, by=by)
    says(father, NO, by=by)
    with pytest.raises(DomainError, match="Ikke gjør noe før"):
        starts(course)
    decides(case, by=by, outcome="guide")
    assert starts(course).state == "running"


@pytest.mark.parametrize(
    ("on", "why"),
    [(-1, "er ikke kommet"), (-365, "er ikke kommet"), (30, "planlagt"), (366, "planlagt")],
)
def test_the_first_day_is_one_that_can_be(place, on, why):
    course = planned(place)
    agree(course.case, COUNSELLING)
    for act in (actions.start, actions.accept):
        with pytest.raises(DomainError, match=why):
            act(course, by=course.practitioner, on=days_ago(on))
    course = starts(course)
    with pytest.raises(DomainError, match=why.replace("planlagt", "begynte")):
        actions.pause(course, by=course.practitioner, on=days_ago(on), reason="Ferie.")
    actions.pause(course, by=course.practitioner, on=days_ago(0), reason="Ferie.")
    with pytest.raises(DomainError, match=why.replace("planlagt", "begynte")):
        actions.resume(course, by=course.practitioner, on=days_ago(on))


def test_a_pause_has_a_reason_and_asks_whoever_gives_what_goes_beside_it(place):
    course = running(place)
    beside = running(place, SKILLS, case=course.case, beside=course)
    later = meet(course, days=5)
    actions.pause(course, by=course.practitioner, on=days_ago(0), reason="Mor er syk.")
    task = Deadline.objects.get(kind=Due.PARALLEL)
    assert (task.target_id, task.owner) == (beside.pk, beside.practitioner)
    assert Notification.objects.filter(user=beside.practitioner, stage="parallel-1").exists()
    later.refresh_from_db()
    assert later.state == "planned"
    with pytest.raises(DomainError, match="på pause"):
        held(course)
    with pytest.raises(IntegrityError, match="one_at_a_time"), transaction.atomic():
        Pause.objects.create(
            course=course, started_on=days_ago(0), reason="x", by=course.practitioner
        )
    actions.resume(course, by=course.practitioner, on=days_ago(0))
    task.refresh_from_db()
    assert task.closed_reason == "resumed"
    assert Pause.objects.get().ended_on == days_ago(0)
    with pytest.raises((DomainError, StaleState)):
        actions.resume(course, by=course.practitioner, on=days_ago(0))


def test_two_pauses_are_never_at_the_same_time(client, place):
    course = set_back(running(place), 30)
    by = course.practitioner
    actions.pause(course, by=by, on=days_ago(20), reason="Ferie.")
    actions.resume(course, by=by, on=days_ago(10))
    with pytest.raises(DomainError, match="gikk videre"):
        actions.pause(course, by=by, on=days_ago(15), reason="Syk.")
    client.force_login(by)
    said = {"on": days_ago(15).strftime("%d.%m.%Y"), "reason": "Syk."}
    address = reverse("interventions:pause", args=[course.case_id, course.pk])
    assert "gikk videre" in client.post(address, said).context["form"].errors["on"][0]
    actions.pause(course, by=by, on=days_ago(10), reason="Syk.")


def test_what_begins_on_an_earlier_day_had_what_it_needs_then_too(place):
    family = running(place)
    course = planned(place, CONSULTATION, case=family.case, beside=family)
    (mother,) = course.case.people.filter(responsibility="yes")
    for each in (family, course):
        set_back(each, 5)
    takes_over(course.case, [mother], by=UserFactory(coordinates=place.intake_unit))
    contact(mother, YES)
    assert rules.lacking(course, days_ago(0)) == []
    with pytest.raises(DomainError, match="er ikke på plass"):
        actions.start(course, by=course.practitioner, on=days_ago(5))


def test_a_family_that_waits_is_offered_and_begins(place):
    course = planned(place)
    by = course.practitioner
    actions.waitlist(course, by=by)
    assert not Deadline.objects.open().filter(kind=Due.FIRST_MEETING).exists()
    with pytest.raises(DomainError):
        actions.start(course, by=by, on=days_ago(0))
    actions.offer(course, by=by)
    actions.accept(course, by=by, on=days_ago(0))
    agree(course.case, COUNSELLING)
    assert starts(course).state == "running"
    with pytest.raises(DomainError, match="i gang"):
        actions.accept(course, by=by, on=days_ago(0))


def test_a_screening_begins_with_its_first_meeting_and_has_no_pause(place):
    course = screening(place)
    with pytest.raises(DomainError, match="ingen pause"):
        starts(course)
    held(course)
    with pytest.raises(DomainError, match="ingen pause"):
        actions.pause(course, by=course.practitioner, on=days_ago(0), reason="x")


def test_meetings_are_counted_against_the_services_own_range(place):
    course = fulfilled(running(place))
    assert course.meetings.filter(number__isnull=False).count() == 3
    for hour in (8, 9, 10, 11):
        meet(course, days=3, hour=hour)
    with pytest.raises(DomainError, match="høyst 7 møter"):
        meet(course, days=4)


def test_a_no_stops_the_meetings_that_it_is_about_and_no_others(client, place):
    family = running(place)
    skills = running(place, SKILLS, case=family.case, beside=family)
    says(family.case.people.get(), NO, by=family.practitioner, purpose=Purpose.SOCIAL_SKILLS)
    says(family.case.people.get(), NO, by=family.practitioner, purpose=Purpose.PLACE_CONTACT)
    plans = {}
    for course in (family, skills):
        client.force_login(course.practitioner)
        address = reverse("interventions:plan_meeting", args=[course.case_id, course.pk])
        plans[course] = (address, client.get(address).content.decode())
    assert "Nei fra" in plans[skills][1]
    assert "Nei fra" not in plans[family][1]
    # In the parents' own course it is the kindergarten alone that is left in peace.
    client.force_login(family.practitioner)
    at_school = client.post(plans[family][0], {"kind": "school_meeting"}).content.decode()
    assert "Nei fra" in told_beside(at_school, "kind")
    note = held(skills)[1]
    with pytest.raises(DomainError, match="Nei fra"):
        actions.finish_note(
            note, by=note.author, version=0, internal="x", next_meeting=(at(days_ago(-5), 9),
            at(days_ago(-5), 10)),
        )  # fmt: skip
    note.refresh_from_db()
    assert not note.is_signed
