"""Several people at one course in the same moment: twenty threads, real commits."""

from collections import Counter

import pytest

from interventions import actions
from interventions.models import Course, Extension, Meeting
from tests.databases import at_once
from tests.factories import MunicipalityFactory, UnitFactory, UserFactory
from tests.interventions.courses import (
    COUNSELLING,
    SKILLS,
    agree,
    planned,
    reasons,
    running,
    trained,
)
from tests.interventions.screenings import days_ago, meet, referred
from tibir.audit.models import Event
from tibir.core.errors import DomainError
from tibir.deadlines.kinds import Kind as Due
from tibir.deadlines.models import Deadline

pytestmark = pytest.mark.usefixtures("committed")


def one_of_twenty(function):
    """One did it; the others were told why not, and nothing else went wrong."""
    outcomes = at_once(function, times=20)
    refused = [each for each in outcomes if isinstance(each, DomainError)]
    assert len(refused) == 19, outcomes
    return next(each for each in outcomes if not isinstance(each, DomainError))


def test_twenty_who_plan_the_same_plan_it_once():
    place = MunicipalityFactory()
    case, user = referred(place).case, trained(place.intake_unit, COUNSELLING)
    by = UserFactory(coordinates=place.intake_unit)
    said = {"by": by, "kind": COUNSELLING, "practitioner": user}
    one_of_twenty(lambda: actions.plan_course(case, **said))
    assert Course.objects.count() == 1
    assert Deadline.objects.filter(kind=Due.FIRST_MEETING).count() == 1


@pytest.mark.prove
def test_twenty_who_give_it_to_somebody_else_give_it_once():
    place = MunicipalityFactory()
    course = running(place)
    meeting = meet(course, days=3)
    by, other = UserFactory(coordinates=place.intake_unit), trained(place.intake_unit, COUNSELLING)
    one_of_twenty(lambda: actions.assign(course, by=by, practitioner=other))
    assert [staff.user for staff in meeting.staff.all()] == [other]
    assert Event.objects.filter(verb="course.assigned").count() == 1


@pytest.mark.prove
def test_twenty_who_start_it_start_it_once():
    place = MunicipalityFactory()
    course = planned(place)
    agree(course.case, COUNSELLING)
    one_of_twenty(lambda: actions.start(course, by=course.practitioner, on=days_ago(0)))
    assert Event.objects.filter(verb="course.begun").count() == 1


@pytest.mark.prove
def test_twenty_who_end_or_transfer_it_do_one_of_it():
    place = MunicipalityFactory()
    course = running(place)
    unit = UnitFactory(municipality=place)
    other, by = trained(unit, COUNSELLING), UserFactory(coordinates=place.intake_unit)
    left_out = reasons(course)
    ways = [
        lambda: actions.end(course, by=by, ending="moved", reason="x", left_out=left_out),
        lambda: actions.complete(course, by=by, next_step="x", left_out=left_out),
        lambda: actions.transfer(course, by=by, unit=unit, practitioner=other, reason="x"),
    ]
    chosen = iter(range(20))
    one_of_twenty(lambda: ways[next(chosen) % 3]())
    verbs = ["course.ended", "course.completed", "course.transferred"]
    assert Event.objects.filter(verb__in=verbs).count() == 1
    assert Course.objects.filter(state="transferred").count() == Course.objects.count() - 1


@pytest.mark.prove
def test_twenty_who_ask_for_more_ask_once_and_one_answers():
    place = MunicipalityFactory()
    course = running(place)
    said = {"by": course.practitioner, "count": 2, "reason": "Trenger tid."}
    asked = one_of_twenty(lambda: actions.ask_for_more(course, **said))
    by = UserFactory(coordinates=place.intake_unit)
    one_of_twenty(lambda: actions.answer_extension(asked, by=by, is_approved=True))
    assert Extension.objects.get().is_approved
    assert course.most_meetings == 9


@pytest.mark.prove
def test_twenty_who_agree_the_last_meeting_agree_one():
    course = running(MunicipalityFactory())
    for number in range(1, course.most_meetings):
        meet(course, days=7 * number)
    hours = iter(range(20))  # each an hour of its own: it is the room that is not there
    last = 7 * course.most_meetings
    meeting = one_of_twenty(lambda: meet(course, days=last + next(hours)))
    assert course.taken_meetings == course.most_meetings
    assert Meeting.objects.order_by("-starts_at").first() == meeting


@pytest.mark.prove
def test_what_goes_beside_another_never_begins_while_that_one_ends():
    """Whichever is first: either it does not begin, or whoever gives it is asked about it."""
    place = MunicipalityFactory()
    for _time in range(5):
        family = running(place)
        course = planned(place, SKILLS, case=family.case, beside=family)
        agree(course.case, SKILLS)
        by, left_out = family.practitioner, reasons(family)
        ways = [
            lambda: actions.start(course, by=course.practitioner, on=days_ago(0)),  # noqa: B023
            lambda: actions.end(family, by=by, ending="moved", reason="x", left_out=left_out),  # noqa: B023
        ]
        chosen = iter(range(20))
        outcomes = at_once(lambda: ways[next(chosen) % 2](), times=20)  # noqa: B023
        wrong = [each for each in outcomes if isinstance(each, Exception)]
        assert Counter(isinstance(each, DomainError) for each in wrong)[False] == 0, wrong
        course.refresh_from_db()
        tasks = Deadline.objects.open().filter(kind=Due.PARALLEL, target_id=course.pk)
        assert tasks.count() == 1
