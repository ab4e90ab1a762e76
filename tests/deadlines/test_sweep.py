"""The sweep: who is told of what, once, and never what they may not see."""

import threading
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection

from tests.factories import (
    LONG_AGO,
    MunicipalityFactory,
    RegionFactory,
    UnitFactory,
    UserFactory,
    refer,
)
from tibir.accounts.models import Membership, Role
from tibir.audit.models import Event
from tibir.audit.record import CLOCK
from tibir.cases.models import CaseMember, Disqualification, Grade
from tibir.deadlines import actions
from tibir.deadlines.clock import Reading
from tibir.deadlines.kinds import Kind
from tibir.deadlines.models import Deadline, Sweep
from tibir.deadlines.schedule import run
from tibir.deadlines.sweep import Told, tell
from tibir.notifications.models import Delivery, Notification

ONE_DAY = timedelta(days=1)
MONDAY = date(2026, 11, 2)


@pytest.fixture
def place(db):
    return MunicipalityFactory()


@pytest.fixture
def unit(place):
    return place.intake_unit


@pytest.fixture
def due(unit):
    """An answer that is due, and nothing else that could be told of."""
    return answer_in(unit)


def answer_in(unit, received=MONDAY):
    at = datetime(received.year, received.month, received.day, 12, tzinfo=UTC)
    referral = refer(unit.municipality, received_at=at)
    Deadline.objects.exclude(kind=Kind.ANSWER).update(met_on=received)
    return Deadline.objects.get(kind=Kind.ANSWER, target_id=referral.pk)


def own(deadline, user):
    Deadline.objects.filter(pk=deadline.pk).update(owner=user)
    return user


def told(deadline):
    """{stage: who}"""
    found = {}
    for notice in Notification.objects.filter(target_id=deadline.pk).order_by("pk"):
        assert notice.target_type == "deadlines.deadline"
        found.setdefault(notice.stage, set()).add(notice.user)
    return found


def late(deadline):
    rows = Notification.objects.filter(target_id=deadline.pk)
    return {notice.stage: notice.late for notice in rows}


def sweep_until(last, first=MONDAY):
    for number in range((last - first).days + 1):
        tell(first + number * ONE_DAY)


# --- When and to whom -----------------------------------------------------------------------


def test_each_stage_reaches_further_and_from_the_fifteenth_day_it_is_daily(unit, due):
    owner = own(due, UserFactory(coordinates=unit))
    coordinator, leader = UserFactory(coordinates=unit), UserFactory(leads=unit)

    sweep_until(MONDAY + 16 * ONE_DAY)

    everybody = {owner, coordinator, leader}
    assert told(due) == {
        "owner": {owner},
        "coordinator": {owner, coordinator},
        "leader": everybody,
        "overdue-2026-11-17": everybody,
        "overdue-2026-11-18": everybody,
    }
    assert not any(late(due).values())


def test_nothing_is_told_before_its_day_nor_twice_on_it(unit, due):
    own(due, UserFactory(coordinates=unit))
    assert tell(MONDAY + 7 * ONE_DAY) == Told(0, 0)
    assert tell(MONDAY + 8 * ONE_DAY) == Told(1, 0)
    assert tell(MONDAY + 8 * ONE_DAY) == Told(0, 0)
    assert tell(MONDAY + 9 * ONE_DAY) == Told(0, 0)


def test_what_is_met_or_closed_is_told_to_nobody(unit):
    UserFactory(coordinates=unit)
    met, closed = answer_in(unit), answer_in(unit)
    Deadline.objects.filter(pk=met.pk).update(met_on=MONDAY)
    Deadline.objects.filter(pk=closed.pk).update(closed_reason="withdrawn")
    assert tell(MONDAY + 20 * ONE_DAY) == Told(0, 0)


def test_when_nobody_owns_it_the_coordinators_are_told_in_the_owners_place(unit, due):
    coordinator = UserFactory(coordinates=unit)
    UserFactory(leads=unit)
    sweep_until(MONDAY + 8 * ONE_DAY)
    assert told(due) == {"owner": {coordinator}}


def test_when_there_is_no_coordinator_either_the_leader_is(unit, due):
    leader = UserFactory(leads=unit)
    sweep_until(MONDAY + 10 * ONE_DAY)
    assert told(due) == {"owner": {leader}, "coordinator": {leader}}


def test_one_who_may_be_nobody_there_any_more_is_not_told(unit, due):
    gone = own(due, UserFactory(coordinates=unit))
    Membership.objects.filter(user=gone).update(ended_on=MONDAY + 7 * ONE_DAY)
    coming = UserFactory(coordinates=unit)
    Membership.objects.filter(user=coming).update(started_on=MONDAY + 9 * ONE_DAY)
    locked_out = UserFactory(coordinates=unit, is_active=False)
    there = UserFactory(coordinates=unit)
    tell(MONDAY + 8 * ONE_DAY)
    assert told(due) == {"owner": {there}}
    assert locked_out not in told(due)["owner"]


def test_a_coordinator_of_the_whole_municipality_is_told_and_one_of_another_unit_is_not(
    place, unit, due
):
    whole = UserFactory(coordinates=place)
    UserFactory(coordinates=UnitFactory(municipality=place))
    UserFactory(coordinates=MunicipalityFactory())
    UserFactory(practises_in=unit)
    UserFactory(clerks_in=unit)
    UserFactory(coordinates_region=place.region)
    tell(MONDAY + 10 * ONE_DAY)
    assert told(due) == {"owner": {whole}, "coordinator": {whole}}


def test_one_with_two_roles_is_told_once(place, unit, due):
    both = own(due, UserFactory(coordinates=unit, leads=place))
    assert tell(MONDAY + 15 * ONE_DAY) == Told(4, 0)
    assert all(who == {both} for who in told(due).values())


def test_where_nobody_can_be_told_the_sweep_says_so_and_tells_whoever_comes(unit, due):
    assert tell(MONDAY + 8 * ONE_DAY) == Told(0, 1)
    coordinator = UserFactory(coordinates=unit)
    assert tell(MONDAY + 9 * ONE_DAY) == Told(1, 0)
    assert told(due) == {"owner": {coordinator}}
    assert late(due) == {"owner": True}


def test_whoever_comes_later_hears_only_of_what_is_still_to_come(unit, due):
    first = own(due, UserFactory(coordinates=unit))
    tell(MONDAY + 10 * ONE_DAY)
    new = UserFactory(coordinates=unit)
    assert tell(MONDAY + 11 * ONE_DAY) == Told(0, 0)
    tell(MONDAY + 12 * ONE_DAY)
    assert told(due)["leader"] == {first, new}
    assert told(due)["coordinator"] == {first}


def test_a_round_that_begins_again_has_notices_of_its_own(unit):
    UserFactory(coordinates=unit)
    referral = refer(unit.municipality)
    first = Deadline.objects.get(kind=Kind.CONFIRM_CONTACT)
    person = referral.case.people.get()
    tell(first.due_on + ONE_DAY)
    actions.meet(Kind.CONFIRM_CONTACT, person, by=CLOCK, on=first.due_on)
    second = actions.begin(
        Kind.CONFIRM_CONTACT, person, by=CLOCK, unit=unit, case=referral.case, on=first.due_on
    )
    tell(second.due_on + ONE_DAY)
    assert "soon" in told(first)
    assert "soon" in told(second)


def test_a_notice_is_a_row_of_the_inbox_and_promises_no_letter_of_its_own(unit, due):
    owner = own(due, UserFactory(coordinates=unit))
    tell(MONDAY + 8 * ONE_DAY)
    notice = Notification.objects.get()
    assert (notice.kind, notice.user) == ("deadline_notice", owner)
    assert (notice.case, notice.municipality) == (due.case, due.municipality)
    assert notice in Notification.objects.visible_to(owner)
    assert not Delivery.objects.exists()


# --- F7: late -------------------------------------------------------------------------------


def test_after_three_days_away_each_missed_notice_is_there_once_and_says_that_it_is_late(unit, due):
    own(due, UserFactory(coordinates=unit))
    tell(MONDAY + 9 * ONE_DAY)
    tell(MONDAY + 13 * ONE_DAY)
    tell(MONDAY + 16 * ONE_DAY)
    tell(MONDAY + 16 * ONE_DAY)
    assert late(due) == {
        "owner": True,
        "coordinator": True,
        "leader": True,
        "overdue-2026-11-18": False,
    }
    assert Notification.objects.count() == 4


def test_what_was_due_before_it_began_is_not_late(unit):
    """A short promise: the first day is the last one, and no stage comes before it."""
    UserFactory(coordinates=unit)
    unit.municipality.answer_days = 1
    unit.municipality.save()
    due = answer_in(unit)
    tell(MONDAY)
    assert late(due) == {"owner": False, "coordinator": False, "leader": False}


# --- 9.3: strict protection -----------------------------------------------------------------


@pytest.fixture
def strict(unit, due):
    due.case.grade = Grade.STRICT
    due.case.save(update_fields=["grade"])
    return due


def test_under_strict_protection_only_the_cleared_members_are_told(place, unit, strict):
    UserFactory(coordinates=unit)
    UserFactory(leads=place)
    UserFactory(cleared_in=place)
    UserFactory(practises_in=unit, works_with=strict.case)
    own(strict, UserFactory(coordinates=unit))
    one = UserFactory(cleared_in=place, works_with=strict.case)
    other = UserFactory(cleared_in=place, works_with=strict.case)
    no_longer = UserFactory(cleared_in=place, works_with=strict.case)
    CaseMember.objects.filter(user=no_longer).update(ended_on=LONG_AGO)

    tell(MONDAY + 15 * ONE_DAY)

    assert all(who == {one, other} for who in told(strict).values())
    assert len(told(strict)) == 4


def test_a_cleared_owner_is_told_before_the_other_cleared_members(place, strict):
    owner = own(strict, UserFactory(cleared_in=place, works_with=strict.case))
    other = UserFactory(cleared_in=place, works_with=strict.case)
    tell(MONDAY + 10 * ONE_DAY)
    assert told(strict) == {"owner": {owner}, "coordinator": {owner, other}}


def test_without_a_cleared_member_nobody_is_told_and_no_figure_says_so(unit, strict):
    """It is an alarm of its own: see the named groups."""
    UserFactory(coordinates=unit)
    assert tell(MONDAY + 15 * ONE_DAY) == Told(0, 0)
    assert told(strict) == {}


def test_nobody_is_told_of_what_they_may_not_see(place, unit):
    """The statement against the queryset, over every role, place and grade there is, and with
    some kept out."""
    elsewhere = UnitFactory(municipality=place)
    people = []
    for scope in (unit, elsewhere, place):
        of_scope = {"unit": scope} if scope is not place else {"municipality": scope}
        for role in sorted(set(Role) - {Role.REGIONAL_COORDINATOR, Role.REGIONAL_CONSULTANT}):
            user = UserFactory()
            Membership.objects.create(user=user, role=role, started_on=LONG_AGO, **of_scope)
            people.append(user)
    regional = UserFactory(coordinates_region=RegionFactory())
    deadlines = []
    for grade in Grade:
        for owner in [None, *people, regional]:
            deadline = answer_in(unit)
            own(deadline, owner)
            case = deadline.case
            case.grade = grade
            if len(deadlines) % 3 == 1:
                case.unit = elsewhere
            case.save(update_fields=["grade", "unit"])
            if len(deadlines) % 2:
                for user in people[::2]:
                    CaseMember.objects.create(
                        case=case, user=user, role=Role.PRACTITIONER, started_on=LONG_AGO
                    )
            if len(deadlines) % 5 in (1, 2):
                for user in people[1::3]:
                    Disqualification.objects.create(
                        case=case,
                        user=user,
                        reason="close",
                        registered_by=user,
                        started_on=LONG_AGO,
                    )
            deadlines.append(deadline)

    tell(MONDAY + 15 * ONE_DAY)

    seen = {
        user: set(Deadline.objects.visible_to(user).values_list("pk", flat=True))
        for user in [*people, regional]
    }
    notices = Notification.objects.filter(kind="deadline_notice")
    assert {notice.target_id for notice in notices} <= {deadline.pk for deadline in deadlines}
    assert notices.count() > 600
    for user in [*people, regional]:
        mine = Notification.objects.filter(user=user)
        assert set(mine.values_list("target_id", flat=True)) <= seen[user]
        assert mine.count() == Notification.objects.visible_to(user).count()
    # And the other way round: whoever watches over the unit and may know of the case is told.
    for user in people:
        watched = Deadline.objects.listed_for(user).open().values_list("pk", flat=True)
        heard = set(notices.filter(user=user).values_list("target_id", flat=True))
        assert set(watched) <= heard


# --- F8: two at once ------------------------------------------------------------------------


def at(day, hour=12):
    moment = datetime(day.year, day.month, day.day, hour, tzinfo=UTC)
    return Reading(moment, moment, f"start {moment}", 0)


def test_eight_sweeps_at_once_write_each_notice_once(committed):
    unit = MunicipalityFactory().intake_unit
    own(answer_in(unit), UserFactory(coordinates=unit))
    barrier, outcomes = threading.Barrier(8), []

    def sweep():
        barrier.wait()
        outcomes.append(run(at(MONDAY + 15 * ONE_DAY)))
        connection.close()

    threads = [threading.Thread(target=sweep) for _number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert outcomes.count("4 varsler") == 1
    assert set(outcomes) <= {"4 varsler", "0 varsler", "en annen gjennomgang er i gang"}
    assert Notification.objects.count() == 4


def test_the_statement_itself_may_run_twice_at_once(committed):
    """Without the lock the unique key is what is left, and it is enough."""
    unit = MunicipalityFactory().intake_unit
    own(answer_in(unit), UserFactory(coordinates=unit))
    barrier = threading.Barrier(8)

    def sweep():
        barrier.wait()
        tell(MONDAY + 15 * ONE_DAY)
        connection.close()

    threads = [threading.Thread(target=sweep) for _number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Notification.objects.count() == 4


# --- F10: the clock is wrong ----------------------------------------------------------------


def test_a_clock_that_went_back_tells_nobody_and_says_so_to_everybody(unit, due):
    UserFactory(coordinates=unit)
    assert run(at(MONDAY + 8 * ONE_DAY)) == "1 varsler"

    assert run(at(MONDAY + 7 * ONE_DAY)) == "stanset, klokken er feil: backwards"
    assert run(at(MONDAY + 7 * ONE_DAY, hour=13)) == "stanset, klokken er feil: backwards"

    assert Sweep.objects.get().doubt == "backwards"
    (task,) = Deadline.objects.filter(kind=Kind.CLOCK_STOPPED)
    assert task.unit == unit
    assert task.is_open
    alarm = Notification.objects.get(mailbox="system_owner")
    assert alarm.stage == "clock-backwards-2026-11-09"
    assert Delivery.objects.get().notification == alarm

    assert run(at(MONDAY + 10 * ONE_DAY)) == "1 varsler"
    task.refresh_from_db()
    assert not task.is_open
    assert Sweep.objects.get().doubt == ""


def test_a_day_ahead_of_the_database_tells_nobody(unit, due):
    UserFactory(coordinates=unit)
    run(at(MONDAY))
    now = at(MONDAY + 8 * ONE_DAY)
    wrong = Reading(now.host + ONE_DAY, now.database, now.origin, now.ticks)
    assert run(wrong) == "stanset, klokken er feil: database_disagrees"
    assert told(due) == {}
    assert run(now) == "1 varsler"


def test_three_days_without_anybody_are_an_outage_and_not_a_wrong_clock(unit, due):
    UserFactory(coordinates=unit)
    run(at(MONDAY + 7 * ONE_DAY))
    assert run(at(MONDAY + 10 * ONE_DAY)) == "2 varsler"


def test_a_jump_waits_for_a_person_who_says_that_the_clock_is_right(unit, due):
    UserFactory(coordinates=unit)
    first = at(MONDAY)
    run(first)
    jumped = Reading(
        first.host + 8 * ONE_DAY, first.database + 8 * ONE_DAY, first.origin, first.ticks + 900
    )
    assert run(jumped) == "stanset, klokken er feil: jumped"
    assert run(jumped, trusted=True) == "1 varsler"
    assert run(jumped) == "0 varsler"


def test_it_never_becomes_yesterday_again_by_a_host_that_is_a_little_behind(unit, due):
    UserFactory(coordinates=unit)
    midnight = datetime(2026, 11, 16, 23, tzinfo=UTC)  # in Oslo
    just_after = midnight + timedelta(minutes=1)
    just_before = midnight - timedelta(minutes=1)
    run(Reading(just_after, just_after, "one", 0))
    run(Reading(just_before, just_before, "other", 0))
    stages = set(Notification.objects.values_list("stage", flat=True))
    assert stages == {"owner", "coordinator", "leader", "overdue-2026-11-17"}


def test_a_sweep_that_wrote_something_is_in_the_log(unit, due):
    UserFactory(coordinates=unit)
    run(at(MONDAY))
    assert not Event.objects.filter(verb="deadlines.swept").exists()
    run(at(MONDAY + 8 * ONE_DAY))
    event = Event.objects.get(verb="deadlines.swept")
    assert event.codes == {"written": 1, "untold": 0}
