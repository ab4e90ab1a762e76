"""Who may be given a course, in the actions and in the database, and how it goes on."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from interventions import actions, rules
from interventions.models import Course, Service
from interventions.states import COURSE_TRANSITIONS, OPEN, OVER, CourseState
from tests.factories import LONG_AGO, MunicipalityFactory, UnitFactory, UserFactory
from tests.interventions.screenings import (
    days_ago,
    held,
    meet,
    qualify,
    referred,
    screener,
    screening,
    signed,
)
from tibir.accounts.models import Membership
from tibir.audit.models import Event
from tibir.cases.models import CaseMember
from tibir.core.errors import DomainError, StaleState
from tibir.deadlines.kinds import Kind as Due
from tibir.deadlines.models import Deadline
from tibir.family import actions as family
from tibir.notifications.models import Notification

pytestmark = pytest.mark.django_db


@pytest.fixture
def place():
    return MunicipalityFactory()


@pytest.fixture
def coordinator(place):
    return UserFactory(coordinates=place.intake_unit)


def plan(referral, by, practitioner):
    return actions.plan_screening(referral, by=by, practitioner=practitioner)


# --- Who ------------------------------------------------------------------------------------


def nobody_special(place, case):
    return UserFactory(practises_in=place.intake_unit)


def of_another_kind(place, case):
    user = UserFactory(practises_in=place.intake_unit)
    qualify(user, kind="counsellor")
    return user


def not_any_more(place, case):
    user = UserFactory(practises_in=place.intake_unit)
    qualify(user, end=days_ago(1))
    return user


def not_yet(place, case):
    user = UserFactory(practises_in=place.intake_unit)
    qualify(user, start=days_ago(-1))
    return user


def elsewhere(place, case):
    return screener(UnitFactory(municipality=place))


def disqualified(place, case):
    user = screener(place.intake_unit)
    family.keep_out(case, by=UserFactory(), user=user, reason="close")
    return user


def supervised_by_somebody_disqualified(place, case):
    user, supervisor = UserFactory(practises_in=place.intake_unit), UserFactory()
    qualify(user, supervisor=supervisor)
    family.keep_out(case, by=UserFactory(), user=supervisor, reason="close")
    return user


WRONG = [
    nobody_special, of_another_kind, not_any_more, not_yet, elsewhere, disqualified,
    supervised_by_somebody_disqualified,
]  # fmt: skip


@pytest.mark.parametrize("who", WRONG, ids=lambda it: it.__name__)
def test_nobody_is_given_a_course_who_must_not_have_it(place, coordinator, who):
    referral = referred(place)
    user = who(place, referral.case)
    with pytest.raises(DomainError, match="kan ikke gi dette tiltaket"):
        plan(referral, coordinator, user)
    assert not Course.objects.exists()

    # The database says no too, whatever the action thinks.
    service = Service.objects.row_of("screening", place, days_ago(0))
    qualification = user.qualifications.first()
    with pytest.raises(IntegrityError, match="course"), transaction.atomic():
        Course.objects.create(
            case=referral.case,
            service=service,
            unit=place.intake_unit,
            practitioner=user,
            supervisor=qualification and qualification.supervisor,
            assigned_on=days_ago(0),
            planned_on=days_ago(0),
        )


def test_somebody_in_training_is_given_one_with_the_supervisor_and_never_without(
    place, coordinator
):
    supervisor = UserFactory(practises_in=place.intake_unit)
    user = UserFactory(practises_in=place.intake_unit)
    qualify(user, supervisor=supervisor)
    course = plan(referred(place), coordinator, user)
    assert course.supervisor == supervisor
    members = CaseMember.objects.filter(case=course.case)
    assert {member.user for member in members} == {user, supervisor}
    with pytest.raises(IntegrityError, match="qualified"), transaction.atomic():
        Course.objects.filter(pk=course.pk).update(supervisor=UserFactory())


def test_a_course_that_runs_is_not_stopped_by_what_ends_later(place):
    course = screening(place)
    course.practitioner.qualifications.update(ended_on=days_ago(-1))
    course.practitioner.memberships.update(ended_on=LONG_AGO)
    held(course)
    course.refresh_from_db()
    assert course.state == CourseState.RUNNING


def test_a_course_is_given_by_a_unit_of_the_municipality_of_the_family(place):
    course = screening(place)
    with pytest.raises(IntegrityError, match="municipality"), transaction.atomic():
        Course.objects.filter(pk=course.pk).update(unit=UnitFactory())


# --- From the answer until it is over -------------------------------------------------------


def test_what_is_planned_has_somebody_a_last_day_and_ends_the_task(place, coordinator):
    referral = referred(place)
    place.screening_days = 30
    place.save()
    user = screener(place.intake_unit)
    course = plan(referral, coordinator, user)
    assert (course.state, course.service.kind) == ("planned", "screening")
    assert CaseMember.objects.get(case=course.case).user == user
    clock = Deadline.objects.get(kind=Due.SCREENING)
    assert clock.owner == user
    assert clock.due_on == timezone.localdate() + timedelta(days=30)
    assert clock.get_absolute_url() == course.get_absolute_url()
    assert Notification.objects.get(user=user).kind == "task"
    assert Event.objects.get(verb="course.planned").codes["practitioner"] == user.pk
    with pytest.raises(DomainError, match="ikke er avsluttet"):
        plan(referral, coordinator, user)


def test_somebody_else_gets_it_with_the_meetings_that_are_agreed(place, coordinator):
    course = screening(place)
    meeting = meet(course, days=3)
    other = screener(place.intake_unit)
    was = course.practitioner
    actions.assign(course, by=coordinator, practitioner=other)
    assert [staff.user for staff in meeting.staff.all()] == [other]
    assert Deadline.objects.get(kind=Due.SCREENING).owner == other
    assert CaseMember.objects.current().filter(case=course.case, user=other).exists()
    assert Event.objects.get(verb="course.assigned").codes["was"] == was.pk
    course.refresh_from_db()
    with pytest.raises(DomainError, match="har dette alt"):
        actions.assign(course, by=coordinator, practitioner=other)


def test_who_gets_it_must_be_free_for_its_meetings(place, coordinator):
    other = screener(place.intake_unit)
    meet(screening(place, practitioner=other), days=3)
    course = screening(place)
    meet(course, days=3)
    with pytest.raises(DomainError, match=r"er opptatt når dere har avtalt møte: .* klokken 09.00"):
        actions.assign(course, by=coordinator, practitioner=other)
    course.refresh_from_db()
    assert course.practitioner != other


def test_it_begins_with_the_first_meeting_and_ends_early_with_a_reason(place):
    course = screening(place)
    _meeting, note = held(course, days=-2)
    later = meet(course, days=4)
    course.refresh_from_db()
    assert (course.state, course.started_on) == ("running", days_ago(2))
    with pytest.raises(DomainError, match="Signer notatene først"):
        actions.end(course, by=course.practitioner, ending="family", reason="Vil ikke mer.")
    signed(note)
    actions.end(course, by=course.practitioner, ending="family", reason="Vil ikke mer.")
    later.refresh_from_db()
    assert later.state == "called_off"
    assert not Deadline.objects.open().filter(kind=Due.SCREENING).exists()
    course.refresh_from_db()
    with pytest.raises(DomainError, match="avsluttet før tiden"):
        meet(course)


def test_the_moves_are_data_and_what_is_over_is_opened_again_or_stays_so():
    assert COURSE_TRANSITIONS.keys() == set(CourseState)
    assert set(OPEN) | set(OVER) == set(CourseState)
    # Over, it is opened again or not at all; what somebody else goes on with is over for good.
    back = {state: COURSE_TRANSITIONS[state] for state in OVER}
    assert back == {
        CourseState.COMPLETED: {CourseState.RUNNING},
        CourseState.ENDED: {CourseState.RUNNING, CourseState.PLANNED},
        CourseState.TRANSFERRED: set(),
    }
    assert set().union(*COURSE_TRANSITIONS.values()) == set(CourseState)


def test_who_comes_second_changes_nothing(place):
    course = screening(place)
    stale = Course.objects.get(pk=course.pk)
    course.move_to(CourseState.ENDED, ended_on=days_ago(0), ending="moved", end_reason="Flyttet")
    with pytest.raises(StaleState):
        stale.move_to(CourseState.RUNNING, started_on=days_ago(0))


def test_a_row_of_the_catalogue_that_a_course_began_by_stays(place):
    course = screening(place)
    row = Service.objects.filter(pk=course.service_id)
    for change in ({"most_meetings": 4}, {"risk": "indicated"}):
        with pytest.raises(IntegrityError, match="stays as it is"), transaction.atomic():
            row.update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        row._raw_delete(row.db)
    row.update(ended_on=days_ago(-30))


def test_a_case_that_gets_another_unit_takes_the_course_along_or_asks_for_somebody(
    place, coordinator
):
    unit = UnitFactory(municipality=place)
    here = screening(place)
    both = screener(place.intake_unit)
    Membership.objects.create(user=both, role="practitioner", unit=unit, started_on=LONG_AGO)
    goes = screening(place, practitioner=both)
    for course in (here, goes):
        actions.move(course.case, by=coordinator, unit=unit, reason="Bor der.")
        course.refresh_from_db()
    assert (here.unit, goes.unit) == (place.intake_unit, unit)
    task = Deadline.objects.get(kind=Due.NEW_PRACTITIONER)
    assert (task.target_id, task.unit) == (here.pk, unit)

    there, chief = screener(unit), UserFactory(coordinates=unit)
    assert set(Course.objects.visible_to(chief)) == {here, goes}
    here = actions.assign(here, by=chief, practitioner=there)
    assert here.unit == unit
    task.refresh_from_db()
    assert task.met_on


def test_a_course_goes_with_its_case_when_two_become_one(place, coordinator):
    course = screening(place)
    meeting, _note = held(course)
    into = referred(place).case
    family.merge(course.case, into=into, by=coordinator)
    course.refresh_from_db()
    assert course.case == into
    assert rules.basis(coordinator, into) == "role"
    assert meeting.attendances.get().person.case == into
