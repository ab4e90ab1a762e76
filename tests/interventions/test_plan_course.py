"""Who may be given a course of each service, by whom, in which unit, and what becomes due."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from interventions import actions, rules
from interventions.models import Course, CourseChild
from referrals.rules import may_read
from tests.factories import LONG_AGO, MunicipalityFactory, UnitFactory, UserFactory
from tests.family.families import YES, says
from tests.interventions.courses import (
    CONSULTATION,
    COUNSELLING,
    EVERY,
    GROUP,
    SKILLS,
    THERAPY,
    concluded,
    planned,
    row,
    running,
    trained,
)
from tests.interventions.screenings import days_ago, qualify, referred
from tibir.accounts.models import Membership
from tibir.cases.models import Case, CaseMember, Grade, Purpose
from tibir.core.errors import DomainError, StaleState
from tibir.deadlines.kinds import Kind as Due
from tibir.deadlines.models import Deadline
from tibir.family import actions as family
from tibir.instruments import actions as instruments
from tibir.instruments.models import Instrument, Measurement
from tibir.notifications.models import Notification

pytestmark = pytest.mark.django_db


@pytest.fixture
def place():
    return MunicipalityFactory()


@pytest.fixture
def coordinator(place):
    return UserFactory(coordinates=place.intake_unit)


@pytest.mark.parametrize("kind", EVERY)
def test_each_service_is_given_by_those_who_are_trained_in_it_and_nobody_else(place, kind):
    course = planned(place, kind)
    assert (course.state, course.service.kind, course.unit) == ("planned", kind, place.intake_unit)
    clock = Deadline.objects.get(kind=Due.FIRST_MEETING)
    assert (clock.owner, clock.target_id) == (course.practitioner, course.pk)
    assert Notification.objects.get(user=course.practitioner).kind == "task"
    assert CaseMember.objects.current().filter(case=course.case, user=course.practitioner).exists()

    wrong = UserFactory(practises_in=place.intake_unit)
    qualify(wrong, "screener")
    with pytest.raises(DomainError, match="kan ikke gi dette tiltaket"):
        planned(place, kind, practitioner=wrong)
    with pytest.raises(IntegrityError, match="qualified"), transaction.atomic():
        Course.objects.filter(pk=course.pk).update(practitioner=wrong)


def test_the_task_after_a_screening_is_done_when_all_that_was_decided_is_planned(place):
    case = concluded(place, [COUNSELLING, SKILLS]).case
    both = trained(place.intake_unit)
    task = Deadline.objects.get(kind=Due.START_SERVICE)
    course = planned(place, COUNSELLING, case=case, practitioner=both)
    task.refresh_from_db()
    assert task.is_open
    planned(place, SKILLS, case=case, practitioner=both, beside=course)
    task.refresh_from_db()
    assert task.met_on == timezone.localdate()


def test_beside_each_name_stands_how_many_they_have_and_none_that_is_strictly_protected(place):
    user = trained(place.intake_unit)
    for _time in range(2):
        running(place, practitioner=user)
    hidden = planned(place, practitioner=user)
    ended = planned(place, THERAPY, practitioner=user)
    actions.end(ended, by=user, ending="moved", reason="Flyttet.")
    family.protect(hidden.case.child, hidden.case, by=user, grade=Grade.STRICT)
    case = referred(place).case
    found = rules.possible_practitioners(case, row(COUNSELLING), timezone.localdate())
    assert [(each, each.open_count) for each in found] == [(user, 2)]


def test_nobody_gets_the_same_service_twice_from_one_person_or_in_a_closed_case(place, coordinator):
    course = planned(place)
    again = {"by": coordinator, "kind": COUNSELLING, "practitioner": course.practitioner}
    with pytest.raises(DomainError, match="fra før"):
        actions.plan_course(course.case, **again)
    with pytest.raises(DomainError, match="tiltakskatalogen"):
        actions.plan_course(course.case, **again | {"kind": "screening"})
    Case.objects.filter(pk=course.case_id).update(state="closed", closed_on=days_ago(0))
    with pytest.raises(DomainError, match="lukket"):
        actions.plan_course(course.case, **again)


# --- Another unit ------------------------------------------------------------------------------


def test_another_unit_gives_a_course_and_sees_services_dates_and_contacts(
    client, place, coordinator
):
    unit = UnitFactory(municipality=place, law_profile="child_welfare")
    user = trained(unit, COUNSELLING)
    case = referred(place).case
    with pytest.raises(DomainError, match="arbeider ikke i enheten"):
        planned(place, case=case, practitioner=user)
    course = planned(place, case=case, practitioner=user, unit=unit)
    member = CaseMember.objects.get(case=case, user=user)
    assert (course.unit, member.unit, member.is_inside) == (unit, unit, False)
    assert Course.objects.visible_to(user).get() == course
    assert unit in rules.units_that_give(case, course.service, timezone.localdate())

    mother = case.people.get(responsibility="yes")
    instruments.measure(
        mother, by=coordinator, instrument=Instrument.objects.newest().get(code="ecbi"),
        occasion="before", taken_on=days_ago(0), totals={"intensity": 150, "problem": 20},
    )  # fmt: skip
    assert not may_read(user, course.referral)
    assert not Measurement.objects.visible_to(user).exists()
    client.force_login(user)
    page = client.get(reverse("home:case", args=[case.pk])).content.decode()
    assert course.get_absolute_url() in page
    assert mother.person.name in page
    assert course.referral.get_absolute_url() not in page
    assert reverse("instruments:measurements", args=[case.pk]) not in page
    # Nor who has agreed to what, nor what the child says.
    consents, child_view = (
        reverse(f"family:{name}", args=[case.pk]) for name in ("consents", "child_view")
    )
    says(mother, YES, by=coordinator, purpose=Purpose.TEAM)
    page = client.get(reverse("home:case", args=[case.pk])).content.decode()
    assert consents not in page
    assert str(Purpose.TEAM.label) not in page.lower()
    assert consents not in client.get(course.get_absolute_url()).content.decode()
    assert {client.get(each).status_code for each in (consents, child_view)} == {403}
    CaseMember.objects.filter(pk=member.pk).update(wider_basis="Samtykke fra mor 3. mars")
    assert may_read(user, course.referral)
    assert Measurement.objects.visible_to(user).exists()
    assert {client.get(each).status_code for each in (consents, child_view)} == {200}
    with pytest.raises(IntegrityError), transaction.atomic():
        CaseMember.objects.create(
            case=case, user=coordinator, role="leader", started_on=days_ago(0), wider_basis="x"
        )


def test_a_course_of_another_unit_stays_there_when_the_case_gets_a_third(place, coordinator):
    unit, third = UnitFactory(municipality=place), UnitFactory(municipality=place)
    course = planned(place, practitioner=trained(unit, COUNSELLING), unit=unit)
    actions.move(course.case, by=coordinator, unit=third, reason="Bor der.")
    course.refresh_from_db()
    assert course.unit == unit
    assert not Deadline.objects.filter(kind=Due.NEW_PRACTITIONER).exists()
    assert CaseMember.objects.current().filter(user=course.practitioner).exists()
    other = trained(unit, COUNSELLING)
    assert actions.assign(course, by=coordinator, practitioner=other).unit == unit


# --- Beside ------------------------------------------------------------------------------------


def test_what_is_for_the_child_or_staff_goes_beside_something_for_the_same_childs_parents(place):
    course = running(place)
    other = running(place)
    group = running(place, GROUP, case=course.case)
    for kind in (SKILLS, CONSULTATION):
        for wrong in (other, group):
            with pytest.raises(DomainError, match="foreldrene til dette barnet"):
                planned(place, kind, case=course.case, beside=wrong)
        beside = planned(place, kind, case=course.case, beside=course)
        for wrong in (other, group, beside):
            with pytest.raises(IntegrityError, match="for the parents"), transaction.atomic():
                Course.objects.filter(pk=beside.pk).update(beside=wrong)
    with pytest.raises(IntegrityError, match="for the parents"), transaction.atomic():
        Course.objects.filter(pk=group.pk).update(beside=course)


def test_a_group_counts_where_the_municipality_has_said_so(place):
    own = row(SKILLS)
    own.pk, own._state.adding = None, True
    own.municipality, own.group_is_family_course = place, True
    own.started_on = LONG_AGO
    own.save()
    group = running(place, GROUP)
    course = running(place, SKILLS, case=group.case, beside=group)
    assert course.state == "running"


# --- Siblings ----------------------------------------------------------------------------------


def test_one_course_is_for_linked_siblings_and_for_nobody_else(place, coordinator):
    case, sibling, stranger = (referred(place).case for _time in range(3))
    family.link(case, sibling, by=coordinator, reason="Mor sier det.")
    course = planned(place, case=case, siblings=[sibling])
    child = CourseChild.objects.get()
    assert (child.course, child.case) == (course, sibling)
    assert Course.objects.for_child(sibling).get() == course
    with pytest.raises(DomainError, match="søsken"):
        actions.share(course, by=coordinator, case=stranger)
    with pytest.raises(IntegrityError, match="linked sibling"), transaction.atomic():
        CourseChild.objects.create(
            course=course, case=stranger, started_on=days_ago(0), by=coordinator
        )
    with pytest.raises(StaleState, match="fra før"):
        actions.share(course, by=coordinator, case=sibling)

    # What the sibling is given may go beside it.
    beside = planned(place, SKILLS, case=sibling, beside=course)
    actions.part(child, by=coordinator)
    with pytest.raises(StaleState):
        actions.part(child, by=coordinator)
    beside.refresh_from_db()
    actions.end(beside, by=coordinator, ending="service", reason="Ikke lenger.")


def test_a_shared_course_is_the_cases_own_when_the_two_become_one(place, coordinator):
    case, sibling, third = (referred(place).case for _time in range(3))
    for other in (sibling, third):
        family.link(case, other, by=coordinator, reason="Mor sier det.")
    course = planned(place, case=case, siblings=[sibling, third])
    family.merge(third, into=sibling, by=coordinator)
    assert CourseChild.objects.current().get().case == sibling
    family.merge(sibling, into=case, by=coordinator)
    assert not CourseChild.objects.current().exists()
    assert Course.objects.for_child(case).get() == course


def test_a_supervisor_and_somebody_in_training_are_let_in_together(place):
    supervisor = trained(place.intake_unit, THERAPY)
    user = UserFactory(practises_in=place.intake_unit)
    qualify(user, "pmto_therapist", supervisor=supervisor)
    course = planned(place, THERAPY, practitioner=user)
    assert course.supervisor == supervisor
    assert {member.user for member in course.case.members.all()} == {user, supervisor}


def test_who_works_in_several_units_gives_it_in_the_one_that_is_chosen(place):
    unit = UnitFactory(municipality=place)
    user = trained(place.intake_unit, COUNSELLING)
    Membership.objects.create(user=user, role="practitioner", unit=unit, started_on=LONG_AGO)
    assert planned(place, practitioner=user, unit=unit).unit == unit
    with pytest.raises(IntegrityError, match="works in its unit"), transaction.atomic():
        Course.objects.update(unit=UnitFactory(municipality=place))


def test_nothing_begins_on_what_one_of_two_has_agreed_to(place):
    course = planned(place)
    (mother,) = course.case.people.filter(responsibility="yes")
    says(mother, "refused", by=UserFactory(), purpose=Purpose.TAKE_PART)
    with pytest.raises(DomainError, match="ikke på plass"):
        actions.start(course, by=course.practitioner, on=course.planned_on)
