"""Begin, meet, close, reopen, give, take, finish: each writes one thing and says so in the log."""

import threading
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from tests.factories import MunicipalityFactory, UnitFactory, UserFactory, refer
from tibir.audit.models import Event
from tibir.audit.record import CLOCK
from tibir.cases.models import Grade
from tibir.core.errors import DomainError, StaleState
from tibir.deadlines import actions
from tibir.deadlines.kinds import Kind
from tibir.deadlines.models import Deadline
from tibir.notifications.models import Notification

FRIDAY = date(2026, 11, 20)


@pytest.fixture
def unit(db):
    return MunicipalityFactory().intake_unit


@pytest.fixture
def referral(unit):
    return refer(unit.municipality)


def begin(target, unit, kind=Kind.DOCUMENT_FAILED, **about):
    return actions.begin(kind, target, by=CLOCK, unit=unit, on=FRIDAY, **about)


def verbs(deadline):
    found = Event.objects.filter(target_type="deadlines.deadline", target_id=deadline.pk)
    return list(found.order_by("pk").values_list("verb", flat=True))


# --- Rounds ---------------------------------------------------------------------------------


def test_begun_twice_it_is_one_and_the_first_day_stays(unit, referral):
    first = begin(referral, unit)
    second = actions.begin(
        Kind.DOCUMENT_FAILED, referral, by=CLOCK, unit=unit, on=FRIDAY + timedelta(days=5)
    )
    assert first == second
    assert second.due_on == date(2026, 11, 23)
    assert verbs(first) == ["deadline.begun"]


def test_it_carries_what_people_call_the_thing_and_never_a_name(unit, referral):
    assert begin(referral, unit).reference == referral.reference
    assert begin(referral.case.people.get(), unit).reference == ""


@pytest.mark.parametrize(
    ("kind", "due_on"),
    [
        pytest.param(Kind.CLAIM, date(2026, 11, 24), id="two working days"),
        pytest.param(Kind.READ, date(2026, 11, 23), id="one working day"),
        pytest.param(Kind.CONFIRM_CONTACT, date(2026, 11, 25), id="three working days"),
        pytest.param(Kind.MONTH_ANSWER, date(2026, 12, 21), id="a month, which ends on a Sunday"),
    ],
)
def test_each_kind_has_its_length(unit, referral, kind, due_on):
    Deadline.objects.filter(kind=kind).update(met_on=FRIDAY)
    assert begin(referral, unit, kind=kind).due_on == due_on


def test_after_it_was_met_it_begins_as_a_new_round(unit, referral):
    first = begin(referral, unit)
    actions.meet(Kind.DOCUMENT_FAILED, referral, by=CLOCK, on=FRIDAY)
    second = begin(referral, unit)
    first.refresh_from_db()
    assert (first.round, first.met_on) == (1, FRIDAY)
    assert (second.round, second.met_on) == (2, None)


def test_reopened_it_is_the_same_round_with_the_same_last_day(unit, referral):
    answer = Deadline.objects.get(kind=Kind.ANSWER)
    actions.meet(Kind.ANSWER, referral, by=CLOCK, on=FRIDAY)
    actions.reopen(Kind.ANSWER, referral, by=CLOCK, reason="dispatch_failed")
    again = Deadline.objects.get(kind=Kind.ANSWER)
    assert (again.pk, again.due_on, again.met_on) == (answer.pk, answer.due_on, None)
    assert verbs(answer) == ["deadline.begun", "deadline.met", "deadline.reopened"]
    assert Event.objects.get(verb="deadline.reopened").codes["reason"] == "dispatch_failed"


def test_closed_it_keeps_the_reason_and_can_be_reopened(unit, referral):
    actions.close(Kind.ANSWER, referral, by=CLOCK, reason="withdrawn")
    answer = Deadline.objects.get(kind=Kind.ANSWER)
    assert (answer.closed_reason, answer.met_on) == ("withdrawn", None)
    actions.meet(Kind.ANSWER, referral, by=CLOCK, on=FRIDAY)  # nothing is open: nothing happens
    actions.reopen(Kind.ANSWER, referral, by=CLOCK, reason="withdrawn_by_mistake")
    answer.refresh_from_db()
    assert answer.is_open
    assert verbs(answer) == ["deadline.begun", "deadline.closed", "deadline.reopened"]


def test_what_is_open_or_never_was_is_not_reopened(unit, referral):
    actions.reopen(Kind.ANSWER, referral, by=CLOCK, reason="mistake")
    actions.reopen(Kind.READ, unit, by=CLOCK, reason="mistake")
    assert not Event.objects.filter(verb="deadline.reopened").exists()


def test_the_database_keeps_one_open_round(unit, referral):
    one = begin(referral, unit)
    one.pk, one.round = None, 2
    with pytest.raises(IntegrityError), transaction.atomic():
        one.save()


# --- Hands ----------------------------------------------------------------------------------


def test_given_it_is_in_their_inbox_and_in_the_log(unit, referral):
    deadline = begin(referral, unit)
    coordinator, colleague = UserFactory(coordinates=unit), UserFactory(clerks_in=unit)
    actions.give(deadline, by=coordinator, to=colleague)
    deadline.refresh_from_db()
    assert deadline.owner == colleague
    notice = Notification.objects.get(user=colleague)
    assert (notice.kind, notice.target_id) == ("task", deadline.pk)
    assert Event.objects.get(verb="deadline.given").codes["to"] == colleague.pk


def test_taken_it_is_mine_and_nobody_tells_me(unit, referral):
    deadline = begin(referral, unit)
    coordinator = UserFactory(coordinates=unit)
    actions.take(deadline, by=coordinator)
    assert Deadline.objects.get(pk=deadline.pk).owner == coordinator
    assert not Notification.objects.filter(user=coordinator).exists()


def test_of_two_who_take_it_the_second_is_told(unit, referral):
    begin(referral, unit)
    mine, yours = (Deadline.objects.get(kind=Kind.DOCUMENT_FAILED) for _one in range(2))
    first, second = UserFactory(coordinates=unit), UserFactory(coordinates=unit)
    actions.take(mine, by=first)
    with pytest.raises(StaleState):
        actions.take(yours, by=second)
    assert Deadline.objects.get(pk=mine.pk).owner == first


def test_eight_take_it_and_one_has_it(committed):
    unit = MunicipalityFactory().intake_unit
    begin(refer(unit.municipality), unit)
    people = [UserFactory(coordinates=unit) for _number in range(8)]
    seen = [Deadline.objects.get(kind=Kind.DOCUMENT_FAILED) for _person in people]
    barrier, taken = threading.Barrier(8), []

    def take(deadline, person):
        barrier.wait()
        try:
            actions.take(deadline, by=person)
            taken.append(person)
        except StaleState:
            pass
        connection.close()

    threads = [threading.Thread(target=take, args=both) for both in zip(seen, people, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (owner,) = taken
    assert Deadline.objects.get(kind=Kind.DOCUMENT_FAILED).owner == owner
    assert Event.objects.filter(verb="deadline.given").count() == 1


def test_what_is_closed_is_taken_by_nobody(unit, referral):
    deadline = begin(referral, unit)
    actions.close(Kind.DOCUMENT_FAILED, referral, by=CLOCK, reason="withdrawn")
    with pytest.raises(StaleState):
        actions.take(deadline, by=UserFactory(coordinates=unit))


@pytest.mark.parametrize("of_case", [True, False], ids=["of a case", "of no case"])
def test_only_those_who_work_in_the_unit_may_have_it(unit, referral, of_case):
    deadline = begin(referral, unit, case=referral.case if of_case else None)
    case = referral.case
    may = {
        UserFactory(coordinates=unit),
        UserFactory(leads=unit.municipality),
        UserFactory(clerks_in=unit),
        UserFactory(practises_in=unit, works_with=case),
    }
    practitioner = UserFactory(practises_in=unit)  # who may not know of every case
    may |= set() if of_case else {practitioner}
    UserFactory(coordinates=unit, is_active=False)
    elsewhere = UserFactory(coordinates=UnitFactory(municipality=unit.municipality))
    member = UserFactory(works_with=case)
    assert set(deadline.possible_owners) == may
    for stranger in (elsewhere, member):
        with pytest.raises(DomainError):
            actions.give(deadline, by=CLOCK, to=stranger)
    for owner in may:
        actions.give(deadline, by=CLOCK, to=owner)
        assert deadline in Deadline.objects.visible_to(owner), "whoever has it can see it"


def test_under_strict_protection_only_a_cleared_member_may_have_it(unit, referral):
    referral.case.grade = Grade.STRICT
    referral.case.save()
    deadline = begin(referral, unit, case=referral.case)
    UserFactory(coordinates=unit, works_with=referral.case)
    UserFactory(cleared_in=unit)
    cleared = UserFactory(cleared_in=unit, works_with=referral.case)
    assert list(deadline.possible_owners) == [cleared]
    assert deadline in Deadline.objects.visible_to(cleared)


# --- Done -----------------------------------------------------------------------------------


def test_done_by_hand_is_met_today(unit, referral):
    deadline = begin(referral, unit)
    actions.finish(deadline, by=UserFactory(coordinates=unit), on=FRIDAY)
    deadline.refresh_from_db()
    assert deadline.met_on == FRIDAY
    assert Event.objects.get(verb="deadline.met").codes["by_hand"] is True
    with pytest.raises(StaleState):
        actions.finish(deadline, by=UserFactory(coordinates=unit), on=FRIDAY)


def test_what_ends_by_itself_is_not_done_by_hand(unit, referral):
    answer = Deadline.objects.get(kind=Kind.ANSWER)
    with pytest.raises(DomainError):
        actions.finish(answer, by=UserFactory(coordinates=unit), on=FRIDAY)
    answer.refresh_from_db()
    assert answer.is_open
