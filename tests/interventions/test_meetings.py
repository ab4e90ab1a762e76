"""Meetings: nobody in two places, who came, and what counts."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from interventions import actions
from interventions.models import Attendance, Meeting, MeetingStaff
from interventions.states import MEETING_TRANSITIONS, MeetingState
from tests.factories import MunicipalityFactory, refer
from tests.family.families import join
from tests.interventions.screenings import held, meet, screening
from tibir.accounts.models import Membership, Role
from tibir.core.errors import DomainError
from tibir.deadlines.kinds import Kind as Due
from tibir.deadlines.models import Deadline

pytestmark = pytest.mark.django_db


def make_scene():
    place = MunicipalityFactory()
    return place, screening(place)


@pytest.fixture
def place(scene):
    return scene[0]


@pytest.fixture
def course(scene):
    return scene[1]


def move(meeting, **about):
    now = {
        "starts_at": meeting.starts_at, "ends_at": meeting.ends_at, "kind": meeting.kind,
        "mode": meeting.mode, "place": meeting.place,
        "people": [each.person for each in meeting.attendances.select_related("person")],
    }  # fmt: skip
    actions.change_meeting(meeting, by=meeting.course.practitioner, **now | about)
    meeting.refresh_from_db()


@pytest.mark.parametrize(
    ("hour", "minutes", "is_free"),
    [(9, 60, False), (8, 61, False), (8, 60, True), (9, 30, False), (10, 30, True)],
    ids=["the same", "into it", "until it", "within it", "from its end"],
)
def test_nobody_is_in_two_meetings_at_once(course, place, hour, minutes, is_free):
    meet(course, days=3, hour=9, minutes=60)
    other = screening(place, practitioner=course.practitioner)
    about = {"days": 3, "hour": hour, "minutes": minutes}
    if is_free:
        assert meet(other, **about).is_planned
        return
    with pytest.raises(DomainError, match="er opptatt da"):
        meet(other, **about)
    assert Meeting.objects.count() == 1


def test_nobody_is_double_booked_across_municipalities_and_nobody_is_told_why(course):
    user = course.practitioner
    elsewhere = MunicipalityFactory()
    Membership.objects.create(
        user=user, role=Role.PRACTITIONER, unit=elsewhere.intake_unit, started_on="2020-01-01"
    )
    meet(course, days=3)
    other = screening(elsewhere, practitioner=user)
    with pytest.raises(DomainError) as said:
        meet(other, days=3)
    assert str(said.value) == f"{user} er opptatt da. Velg et annet tidspunkt."


def test_the_database_alone_keeps_times_and_staff_together(course, place):
    meeting = meet(course, days=3)
    other = meet(screening(place), days=3)
    with pytest.raises(IntegrityError, match="in_one_place"), transaction.atomic():
        MeetingStaff.objects.create(
            meeting=other,
            user=course.practitioner,
            starts_at=other.starts_at + timedelta(days=9),
            ends_at=other.ends_at + timedelta(days=9),
        )
    later = meeting.starts_at + timedelta(hours=2)
    Meeting.objects.filter(pk=meeting.pk).update(
        starts_at=later, ends_at=later + timedelta(hours=1)
    )
    assert meeting.staff.get().starts_at == later
    MeetingStaff.objects.create(
        meeting=other, user=course.practitioner, starts_at=later, ends_at=later
    )


@pytest.mark.parametrize("state", ["moved_by_family", "moved_by_us", "excused"])
def test_a_meeting_that_is_not_held_frees_the_time(course, place, state):
    meeting = meet(course, days=3)
    actions.miss(meeting, by=course.practitioner, state=state)
    assert meet(screening(place, practitioner=course.practitioner), days=3).is_planned


def test_a_meeting_that_is_changed_is_held_against_the_others(course, place):
    meet(course, days=3, hour=9)
    later = meet(course, days=3, hour=11)
    with pytest.raises(DomainError, match="er opptatt da"):
        move(later, starts_at=later.starts_at - timedelta(minutes=90))
    move(later, place="Rom 3", people=[])
    assert (later.place, later.attendances.count()) == ("Rom 3", 0)


def test_who_came_is_said_of_each_and_only_meetings_with_a_guardian_have_a_number(course):
    mother = course.case.people.get()
    aunt = join(course.case, "other", "no")
    grandmother = join(course.case, "grandparent", "no")
    first, _note = held(course, days=-5, people=[mother], hour=8)
    second, _note = held(course, days=-4, people=[aunt], hour=8)
    third, _note = held(course, days=-3, people=[mother, grandmother], hour=8)
    assert [m.number for m in (first, second, third)] == [1, None, 2]
    states = {each.person: each.state for each in second.attendances.all()}
    assert states == {mother: "absent", aunt: "attended", grandmother: "absent"}


def test_a_meeting_is_held_with_somebody_and_not_before_it_has_begun(course):
    with pytest.raises(DomainError, match="ikke begynt"):
        held(course, days=1)
    past = meet(course, hour=8)
    with pytest.raises(DomainError, match="hvem som var med"):
        actions.hold(past, by=course.practitioner, attended=[])
    with pytest.raises(DomainError, match="ikke begynt"):
        actions.miss(meet(course, days=2), by=course.practitioner, state="no_show")


def test_nobody_from_another_family_comes(course, place):
    stranger = refer(place).case.people.get()
    with pytest.raises(IntegrityError, match="does not belong"), transaction.atomic():
        meet(course, people=[stranger])
    meeting = meet(course)
    with pytest.raises(IntegrityError, match="does not belong"), transaction.atomic():
        Attendance.objects.update(person=stranger)
    assert meeting.attendances.count() == 1


def test_there_are_three_and_what_was_not_held_does_not_count(course):
    held(course, days=-9)
    actions.miss(meet(course, days=-8), by=course.practitioner, state="no_show")
    held(course, days=-7)
    third = meet(course, days=5)
    with pytest.raises(DomainError, match="høyst 3 møter"):
        meet(course, days=6)
    actions.miss(third, by=course.practitioner, state="excused")
    assert meet(course, days=6).is_planned


def test_a_meeting_that_is_moved_knows_where_it_went(course):
    meeting = meet(course, days=3)
    later = meeting.starts_at + timedelta(days=7), meeting.ends_at + timedelta(days=7)
    new = actions.miss(
        meeting, by=course.practitioner, state="moved_by_family", reason="Syk", instead=later
    )
    meeting.refresh_from_db()
    assert (meeting.state, meeting.moved_to, meeting.reason) == ("moved_by_family", new, "Syk")
    assert (new.starts_at, new.place) == (later[0], "Rom 2")
    assert new.attendances.count() == 1
    with pytest.raises(DomainError, match="flyttet av familien"):
        actions.miss(meeting, by=course.practitioner, state="excused")


def test_a_held_meeting_asks_for_its_note_and_is_held_once(course):
    meeting, note = held(course)
    clock = Deadline.objects.get(kind=Due.NOTE)
    assert (clock.owner, clock.begun_on) == (course.practitioner, meeting.day)
    assert clock.target_id == note.pk
    with pytest.raises(DomainError, match="holdt"):
        actions.hold(meeting, by=course.practitioner, attended=list(course.case.people.all()))


def test_every_state_of_a_meeting_but_planned_is_an_end():
    assert set(MEETING_TRANSITIONS) == {MeetingState.PLANNED}
    assert MEETING_TRANSITIONS[MeetingState.PLANNED] == set(MeetingState) - {"planned"}
