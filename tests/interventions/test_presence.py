"""Whose presence makes a meeting one that counts, and whom one would ask to come."""

import pytest
from django.db import IntegrityError, transaction

from interventions import actions, rules
from interventions.kinds import For
from interventions.models import Meeting, Service
from interventions.states import (
    COURSE_TRANSITIONS,
    MEETING_TRANSITIONS,
    CourseState,
    MeetingState,
)
from tests.factories import LONG_AGO, MunicipalityFactory
from tests.family.families import join
from tests.interventions.screenings import days_ago, held, meet, screening
from tibir.calendar.series import hours_of
from tibir.cases.models import CasePerson, Person
from tibir.core.errors import DomainError

CHILD = Person(first_name="Odin", last_name="Ødegård")


def somebody(relation, *, responsibility="no", lives_with="unknown", in_place=None, ended=None):
    person = CasePerson(
        relation=relation, responsibility=responsibility, lives_with=lives_with, ended_on=ended
    )
    person.in_place_since = in_place
    return person


GUARDIAN = somebody("mother", responsibility="yes", lives_with="yes")
ELSEWHERE = somebody("father", responsibility="yes", lives_with="no")
WITHOUT = somebody("father", lives_with="no")
STEP_PARENT = somebody("step_parent", lives_with="yes")
FOSTER_PARENT = somebody("foster_parent", lives_with="yes")
IN_PLACE = somebody("child_welfare", in_place=LONG_AGO)
SERVICE = somebody("child_welfare")
TEACHER, PROFESSIONAL = somebody("teacher"), somebody("professional")
SIBLING = somebody("sibling", lives_with="yes")
GRANDPARENT = somebody("grandparent", lives_with="no")
GONE = somebody("mother", responsibility="yes", lives_with="yes", ended=LONG_AGO)
PARENTS = [For.FAMILY, For.GUARDIANS, For.GROUP]

# person: (for whom they count, for whom one would ask them)
PRESENCE = {
    "child": (CHILD, [For.CHILD], [For.CHILD]),
    "guardian": (GUARDIAN, PARENTS, PARENTS),
    "guardian who lives elsewhere": (ELSEWHERE, PARENTS, []),
    "parent without responsibility": (WITHOUT, [], []),
    "step-parent": (STEP_PARENT, [], PARENTS),
    "foster parent": (FOSTER_PARENT, PARENTS, PARENTS),
    "in the guardians' place": (IN_PLACE, PARENTS, []),
    "barnevern": (SERVICE, [], []),
    "teacher": (TEACHER, [For.STAFF], [For.STAFF]),
    "professional": (PROFESSIONAL, [For.STAFF], [For.STAFF]),
    "sibling": (SIBLING, [], []),
    "grandparent": (GRANDPARENT, [], []),
    "somebody who is gone": (GONE, [], []),
}


@pytest.mark.parametrize("audience", For)
@pytest.mark.parametrize("who", PRESENCE)
def test_who_counts_and_who_is_asked_is_by_whom_the_service_is_for(who, audience):
    person, counted, asked = PRESENCE[who]
    service = Service(audience=audience)
    assert rules.counts(person, service) == (audience in counted)
    assert rules.expected(person, service) == (audience in asked)


# --- In the database ---------------------------------------------------------------------------

pytestmark = pytest.mark.django_db


@pytest.fixture
def place():
    return MunicipalityFactory()


@pytest.fixture
def course(place):
    return screening(place)


def for_whom(place, audience):
    """A course like a screening, for somebody else."""
    Service.objects.create(
        municipality=place, kind="screening", audience=audience, qualification="screener",
        risk="universal", started_on=LONG_AGO, least_meetings=1, most_meetings=3,
    )  # fmt: skip
    return screening(place)


def test_where_the_service_is_for_the_child_its_presence_counts_and_a_parents_does_not(place):
    course = for_whom(place, For.CHILD)
    (mother,), child = course.case.people.all(), course.case.child
    first, _note = held(course, days=-3, hour=8, people=[mother])
    assert (first.number, first.child) == (None, "")
    second = meet(course, days=-2, hour=8, people=[child, mother])
    assert (second.child, second.attendances.count()) == ("expected", 1)
    actions.hold(second, by=course.practitioner, attended=[child], excused=[mother], minutes=35)
    second.refresh_from_db()
    assert (second.number, second.child, second.minutes) == (1, "attended", 35)
    assert second.attendances.get().state == "excused"
    third = meet(course, hour=8, people=[child])
    actions.hold(third, by=course.practitioner, attended=[mother])
    third.refresh_from_db()
    assert (third.number, third.child, third.minutes) == (None, "absent", 60)


def test_where_it_is_for_staff_the_teacher_counts(place):
    course = for_whom(place, For.STAFF)
    teacher = join(course.case, "teacher", "no")
    first, _note = held(course, days=-3, hour=8, people=[teacher])
    second, _note = held(course, days=-2, hour=8, people=[course.case.people.first()])
    assert [first.number, second.number] == [1, None]


@pytest.mark.parametrize("kind", ["team", "school_meeting"])
def test_meetings_with_others_never_count_whoever_is_there(course, kind):
    for hour in (8, 9, 10):
        held(course, hour=hour, minutes=30, kind=kind)
    assert set(course.meetings.values_list("number", flat=True)) == {None}
    one, _note = held(course, hour=12)
    assert one.number == 1
    with pytest.raises(IntegrityError, match="with_others_has_no_number"), transaction.atomic():
        Meeting.objects.filter(pk=one.pk).update(kind=kind)


# --- Every state and every action ----------------------------------------------------------------


def change(meeting, by):
    people = [each.person for each in meeting.attendances.all()]
    times = {"starts_at": meeting.starts_at, "ends_at": meeting.ends_at}
    about = {"kind": meeting.kind, "mode": meeting.mode, "place": "Rom 9", "people": people}
    actions.change_meeting(meeting, by=by, **times, **about)


def hold(meeting, by):
    actions.hold(meeting, by=by, attended=[each.person for each in meeting.attendances.all()])


def miss(meeting, by):
    actions.miss(meeting, by=by, state="no_show")


def move_all(meeting, by):
    start = meeting.starts_at.replace(hour=20)
    instead = (start, start.replace(minute=30))
    actions.move_series(meeting, by=by, state="moved_by_us", instead=instead, closed=lambda day: "")


def interpret(meeting, by):
    about = {"interpreting": "phone", "ordered_on": None, "interpreter": "registered"}
    actions.interpret(
        meeting.attendances.get(), by=by, language="somali", is_adult=False, why_other="", **about
    )


def of_meeting(state):
    return {change, hold, miss, move_all, interpret} if state == "planned" else (
        {interpret} if state == "held" else set()
    )  # fmt: skip


def tried(action, *args):
    """Whether it may be done; nothing of it stays."""
    try:
        with transaction.atomic():
            action(*args)
            transaction.set_rollback(True)
    except DomainError:
        return False
    return True


def test_what_may_be_done_with_a_meeting_in_each_of_its_states(course):
    meeting = meet(course, days=-1, hour=8)
    assert set(MEETING_TRANSITIONS) == {MeetingState.PLANNED}
    for state in MeetingState:
        Meeting.objects.filter(pk=meeting.pk).update(state=state)
        meeting.refresh_from_db()
        for action in (change, hold, miss, move_all, interpret):
            may = action in of_meeting(state)
            assert tried(action, meeting, course.practitioner) == may, (state, action)


def plan(course, by):
    meet(course, days=3)


def plan_many(course, by):
    actions.plan_series(
        course, by=by, times=[hours_of(days_ago(-9), *ten_to_eleven())], kind="meeting",
        mode="video", place="", people=list(course.case.people.all()),
    )  # fmt: skip


def ten_to_eleven():
    from datetime import time

    return time(10), time(11)


MET = {CourseState.PLANNED, CourseState.RUNNING}
OPEN = MET | {CourseState.PAUSED, CourseState.WAITLISTED, CourseState.OFFERED}
AHEAD, BEHIND = {plan, plan_many}, {change, hold, miss, move_all}


def test_what_may_be_done_with_meetings_in_each_state_of_the_course(course):
    meeting = meet(course, days=-1, hour=8)
    begun = {"started_on": days_ago(0)}
    over = {"ended_on": days_ago(0)}
    rest = dict.fromkeys(COURSE_TRANSITIONS, begun) | {
        CourseState.COMPLETED: begun | over,
        CourseState.TRANSFERRED: begun | over,
        CourseState.ENDED: over | {"ending": "family", "end_reason": "Ville ikke mer"},
    }
    for state in CourseState:
        with transaction.atomic():
            type(course).objects.filter(pk=course.pk).update(state=state, **rest[state])
            for action in AHEAD:
                may = state in MET
                assert tried(action, course, course.practitioner) == may, (state, action)
            for action in BEHIND - ({move_all} if state in OPEN - MET else set()):
                may = state in OPEN and not (action == hold and state == CourseState.PAUSED)
                assert tried(action, meeting, course.practitioner) == may, (state, action)
            transaction.set_rollback(True)
