"""Who may do what, in which state: the whole table, and what each of them leaves behind."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import product

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from referrals import actions
from referrals.models import Inquiry, ReceivedCorrection, Referral, Reopening
from referrals.states import POSSIBLE, State
from tests.factories import MunicipalityFactory, UserFactory, confirm, refer
from tibir.accounts.models import Unit
from tibir.audit.models import Event
from tibir.calendar import terms
from tibir.core.errors import DomainError, StaleState
from tibir.deadlines import actions as deadlines
from tibir.deadlines.kinds import Kind as Due
from tibir.deadlines.models import Deadline
from tibir.documents.models import Dispatch, Document
from tibir.notifications.models import Notification

pytestmark = pytest.mark.django_db


@pytest.fixture
def place():
    return MunicipalityFactory()


@pytest.fixture
def coordinator(place):
    return UserFactory(coordinates=place.intake_unit)


@pytest.fixture
def other(place):
    return UserFactory(coordinates=place.intake_unit)


@pytest.fixture
def mine(place, coordinator):
    referral = refer(place)
    confirm(referral, by=coordinator)
    actions.take(referral, by=coordinator)
    return referral


def clock(referral):
    return Deadline.objects.about(referral, Due.ANSWER).get()


# --- Every state, action and role -----------------------------------------------------------

ADDRESSES = {
    "take": "referrals:take",
    "give": "referrals:give",
    "ask": "referrals:ask",
    "preliminary": "referrals:preliminary",
    "answer": "interventions:answer",
    "withdraw": "referrals:withdraw",
    "reopen": "referrals:reopen",
    "correct": "referrals:correct",
}


def in_state(place, state, by):
    referral = refer(place)
    confirm(referral, by=by)
    if state == State.RECEIVED:
        return referral
    if state == State.DUPLICATE:
        actions.merge(referral, refer(place), by=by)
        return Referral.objects.get(pk=referral.pk)
    actions.take(referral, by=by)
    if state == State.AWAITING:
        actions.ask(referral, by=by, how="phone", question="Hvor gammel?", people=[])
    if state == State.DECIDED:
        actions.decide(referral, by=by, outcome="screening", reason="passer")
    if state == State.WITHDRAWN:
        actions.withdraw(referral, by=by, reason="vil ikke")
    if state != State.RECEIVED:
        Referral.objects.filter(pk=referral.pk).update(owner=None)
    return Referral.objects.get(pk=referral.pk)


def said(action, referral, another):
    person = referral.case.people.filter(is_sender=True).first()
    way = {f"way-{person.pk}": "read_out"} if person else {}
    return {
        "take": {},
        "give": {"to": another.pk},
        "ask": {"how": "phone", "question": "Hvor gammel er han?"},
        "preliminary": {"why": "Sykdom", "when": f"{timezone.localdate():%d.%m.}2099"},
        "answer": {"outcome": "screening", "reason": "Velkommen", "action": "send"} | way,
        "withdraw": {"reason": "Mor ringte i dag"},
        "reopen": {"reason": "Mor ringte igjen"},
        "correct": {
            "becomes": f"{timezone.localdate() - timedelta(days=2):%d.%m.%Y}",
            "reason": "Lå i hylla",
        },
    }[action]


@pytest.mark.parametrize(("state", "action"), list(product(State, ADDRESSES)))
def test_exactly_what_is_allowed_succeeds(client, place, coordinator, other, state, action):
    referral = in_state(place, state, other)
    client.force_login(coordinator)
    typed = said(action, referral, other)
    answer = client.post(reverse(ADDRESSES[action], args=[referral.pk]), typed)
    is_allowed = state in POSSIBLE[action]
    assert answer.status_code == (302 if is_allowed else 409)
    if not is_allowed:
        assert Referral.objects.get(pk=referral.pk).state == state


EACH = [
    pytest.param(*each, marks=[] if each[0] == State.ASSESSING else pytest.mark.prove)
    for each in product(State, ADDRESSES)
]


@pytest.mark.parametrize(("state", "action"), EACH)
def test_nobody_else_succeeds_in_any_state(client, place, other, state, action):
    referral, unit = in_state(place, state, other), place.intake_unit
    address = reverse(ADDRESSES[action], args=[referral.pk])
    typed = said(action, referral, other)
    others = {
        UserFactory(leads=unit): 403,
        UserFactory(clerks_in=unit): 403,
        UserFactory(practises_in=unit): 404,
        UserFactory(coordinates=MunicipalityFactory()): 404,
    }
    for user, refused in others.items():
        before = Event.objects.count()
        client.force_login(user)
        assert client.post(address, typed).status_code == refused
        assert Event.objects.count() == before + 1  # the refusal itself
        assert Referral.objects.get(pk=referral.pk).state == state


# --- Each of them ---------------------------------------------------------------------------


def test_whoever_takes_it_has_it_and_its_clock(place, coordinator, other):
    referral = refer(place)
    actions.take(referral, by=coordinator)
    assert (referral.state, referral.owner) == (State.ASSESSING, coordinator)
    assert clock(referral).owner == coordinator
    late = Referral.objects.get(pk=referral.pk)
    with pytest.raises(StaleState):
        actions.take(late, by=other)


def test_it_can_be_given_to_another(mine, coordinator, other):
    actions.give(mine, by=coordinator, to=other)
    mine.refresh_from_db()
    assert mine.owner == other == clock(mine).owner
    event = Event.objects.get(verb="referral.given")
    assert event.codes == {"to": other.pk}


def test_whoever_is_given_it_is_told_once_for_each_giving(mine, coordinator, other):
    actions.give(mine, by=coordinator, to=other)
    given = Event.objects.get(verb="referral.given")
    told = Notification.objects.get(kind="task")
    assert (told.user, told.stage) == (other, f"given-{given.pk}")
    assert told.target_id == clock(mine).pk
    assert (told.case_id, told.municipality_id) == (mine.case_id, mine.municipality_id)

    actions.give(mine, by=coordinator, to=other)  # pressed twice
    assert Notification.objects.filter(kind="task").count() == 1
    actions.give(mine, by=other, to=coordinator)
    actions.give(mine, by=coordinator, to=other)
    told = Notification.objects.filter(kind="task").order_by("pk")
    assert [each.user for each in told] == [other, coordinator, other]


@pytest.mark.parametrize("taken", [False, True])
def test_nobody_is_told_what_they_gave_themselves(place, coordinator, other, taken):
    referral = refer(place)
    if taken:
        actions.take(referral, by=other)
    actions.give(referral, by=coordinator, to=coordinator)
    assert referral.owner == coordinator
    assert not Notification.objects.filter(kind="task").exists()


def test_what_one_was_given_stands_in_the_inbox_and_leads_there(client, mine, coordinator, other):
    client.force_login(coordinator)
    client.post(reverse("referrals:give", args=[mine.pk]), {"to": other.pk})
    client.force_login(other)
    (notice,) = client.get(reverse("home:notifications")).context["rows"]
    assert notice["title"] == "Oppgave: svar på henvisning"
    assert (notice["reference"], notice["url"]) == (mine.reference, mine.get_absolute_url())


def test_it_is_given_to_nobody_outside_the_unit(client, mine, coordinator):
    outsider = UserFactory(coordinates=MunicipalityFactory())
    client.force_login(coordinator)
    answer = client.post(reverse("referrals:give", args=[mine.pk]), {"to": outsider.pk})
    assert answer.status_code == 200
    mine.refresh_from_db()
    assert mine.owner == coordinator


def test_asking_stops_no_clock_and_is_a_task(mine, coordinator):
    due = mine.due_on
    inquiry = actions.ask(mine, by=coordinator, how="phone", question="Hvor?", people=[])
    mine.refresh_from_db()
    assert (mine.state, mine.due_on) == (State.AWAITING, due)
    assert clock(mine).met_on is None
    assert Deadline.objects.open().get(kind=Due.INQUIRY).target_id == inquiry.pk

    actions.answer_inquiry(inquiry, by=coordinator, answer="Hjemme.")
    mine.refresh_from_db()
    assert mine.state == State.ASSESSING
    assert not Deadline.objects.open().filter(kind=Due.INQUIRY).exists()
    assert Inquiry.objects.get().answer == "Hjemme."
    with pytest.raises(StaleState):
        actions.answer_inquiry(inquiry, by=coordinator, answer="Ute.")


@pytest.mark.parametrize(("days_ago", "proposes"), [(11, False), (12, True), (16, True)])
def test_on_the_twelfth_day_without_an_answer_a_talk_is_proposed(
    client, place, coordinator, days_ago, proposes
):
    referral = refer(place, received_at=timezone.now() - timedelta(days=days_ago))
    actions.take(referral, by=coordinator)
    client.force_login(coordinator)
    proposal = "Inviter dem til en samtale"
    assert proposal not in client.get(referral.get_absolute_url()).content.decode()
    actions.ask(referral, by=coordinator, how="phone", question="Hvor?", people=[])
    assert (proposal in client.get(referral.get_absolute_url()).content.decode()) is proposes


def test_a_letter_that_asks_goes_to_whoever_is_confirmed(mine, coordinator):
    people = list(mine.case.people.select_related("person"))
    actions.ask(mine, by=coordinator, how="letter", question="Hvor bor du?", people=people)
    letter = Document.objects.get(case=mine.case)
    assert letter.data["paragraphs"] == ["Hvor bor du?"]
    assert Dispatch.objects.get().channel == Dispatch.Channel.READ_OUT  # no address is known


def test_a_preliminary_answer_never_stops_the_two_weeks(place, coordinator):
    place.intake_unit.law_profile = Unit.LawProfile.CHILD_WELFARE
    place.intake_unit.save()
    referral = refer(place)
    confirm(referral, by=coordinator)
    month = Deadline.objects.about(referral, Due.MONTH_ANSWER).get()
    assert month.due_on > referral.due_on
    people = list(referral.case.people.select_related("person"))

    later = timezone.localdate() + timedelta(days=20)
    actions.preliminary(referral, by=coordinator, why="Sykdom", when=later, people=people)

    letter = Document.objects.get(case=referral.case)
    assert letter.meets == month
    assert clock(referral).met_on is None


def test_a_month_is_counted_only_where_the_law_profile_asks_for_it(place):
    assert not Deadline.objects.about(refer(place), Due.MONTH_ANSWER).exists()


def test_what_is_withdrawn_is_due_no_more_and_can_be_opened_again(mine, coordinator):
    actions.withdraw(mine, by=coordinator, reason="Mor ringte")
    assert clock(mine).closed_reason == "withdrawn"
    actions.reopen(mine, by=coordinator, reason="Hun ringte igjen")
    mine.refresh_from_db()
    assert (mine.state, mine.reason) == (State.ASSESSING, "")
    assert (clock(mine).closed_reason, clock(mine).due_on) == ("", mine.due_on)
    kept = Reopening.objects.get()
    assert (kept.state, kept.ending, kept.reason) == ("withdrawn", "Mor ringte", "Hun ringte igjen")


@pytest.mark.parametrize("is_met", [False, True])
def test_what_is_opened_again_has_its_month_back_unless_it_was_kept(
    place, coordinator, today, is_met
):
    referral = received(place, today)
    if is_met:
        deadlines.meet(Due.MONTH_ANSWER, referral, by=coordinator, on=today)
    actions.withdraw(referral, by=coordinator, reason="Mor ringte")
    before = month_of(referral)
    assert (before.met_on, before.closed_reason) == ((today, "") if is_met else (None, "withdrawn"))

    actions.reopen(referral, by=coordinator, reason="Hun ringte igjen")

    after = month_of(referral)
    assert (after.is_open, after.met_on) == (not is_met, before.met_on)
    assert after.due_on == before.due_on


def test_nobody_has_to_find_out_who_they_are_when_it_is_withdrawn(place, coordinator):
    referral = refer(place)
    actions.take(referral, by=coordinator)

    actions.withdraw(referral, by=coordinator, reason="Mor ringte")
    assert not Deadline.objects.open().filter(case=referral.case).exists()

    actions.reopen(referral, by=coordinator, reason="Hun ringte igjen")
    due = Deadline.objects.open().filter(case=referral.case).values_list("kind", flat=True)
    assert set(due) == {Due.ANSWER, Due.CONFIRM_CONTACT}


def test_who_they_are_is_found_out_while_anything_else_of_them_is_open(place, coordinator):
    first, second = refer(place), refer(place)
    actions.link(second, first, by=coordinator)
    second.refresh_from_db()

    actions.withdraw(second, by=coordinator, reason="Mor ringte")

    confirming = Deadline.objects.open().filter(kind=Due.CONFIRM_CONTACT, case=first.case)
    assert confirming.count() == 2


# --- The day of receipt ---------------------------------------------------------------------


def test_an_earlier_day_needs_two_people_and_brings_the_answer_forward(mine, coordinator, other):
    was, due = mine.received_on, mine.due_on
    earlier = was - timedelta(days=3)
    correction = actions.propose_correction(mine, by=coordinator, becomes=earlier, reason="hylla")
    with pytest.raises(DomainError, match="En annen enn den som foreslo"):
        actions.approve_correction(correction, by=coordinator)

    actions.approve_correction(correction, by=other)

    mine.refresh_from_db()
    assert (mine.received_on, mine.due_on) == (earlier, due - timedelta(days=3))
    assert clock(mine).due_on == mine.due_on
    kept = ReceivedCorrection.objects.get()
    assert (kept.was, kept.becomes, kept.settled_by) == (was, earlier, other)


def test_a_later_day_moves_the_answer_nowhere(place, coordinator, other):
    referral = refer(place, received_at=timezone.now() - timedelta(days=5))
    due, later = referral.due_on, referral.received_on + timedelta(days=2)
    correction = actions.propose_correction(referral, by=coordinator, becomes=later, reason="feil")
    actions.approve_correction(correction, by=other)
    referral.refresh_from_db()
    assert (referral.received_on, referral.due_on) == (later, due)


def month_of(referral):
    return Deadline.objects.about(referral, Due.MONTH_ANSWER).get()


def received(place, day, profile=Unit.LawProfile.CHILD_WELFARE):
    Unit.objects.filter(pk=place.intake_unit_id).update(law_profile=profile)
    place.intake_unit.refresh_from_db()
    noon = datetime.combine(day, time(12), tzinfo=UTC)
    return refer(place, received_at=noon)


@pytest.mark.parametrize(
    ("was", "becomes", "before", "after"),
    [
        pytest.param("2026-11-20", "2026-11-18", "2026-12-21", "2026-12-18", id="off a Sunday"),
        pytest.param("2026-12-28", "2026-11-25", "2027-01-28", "2026-12-28", id="over Christmas"),
        pytest.param("2027-01-31", "2027-01-29", "2027-03-01", "2027-03-01", id="the same day"),
        pytest.param("2026-10-30", "2026-11-05", "2026-11-30", "2026-11-30", id="never later"),
    ],
)
def test_an_earlier_day_brings_the_month_forward_too(
    place, coordinator, other, was, becomes, before, after
):
    referral = received(place, date.fromisoformat(was))
    assert month_of(referral).due_on == date.fromisoformat(before)
    day = date.fromisoformat(becomes)
    correction = actions.propose_correction(referral, by=coordinator, becomes=day, reason="hylla")

    actions.approve_correction(correction, by=other)

    assert month_of(referral).due_on == date.fromisoformat(after)
    logged = Event.objects.filter(verb="deadline.brought_forward", codes__kind="month_answer")
    assert [each.codes["was"] for each in logged] == ([before] if after != before else [])


def test_whatever_day_it_becomes_no_clock_goes_back(place, coordinator, other):
    was = date(2027, 1, 31)
    for days in range(-40, 8, 4):
        referral, becomes = received(place, was), was + timedelta(days=days)
        before = clock(referral).due_on, month_of(referral).due_on
        about = {"by": coordinator, "becomes": becomes, "reason": "hylla"}
        if days:
            actions.approve_correction(actions.propose_correction(referral, **about), by=other)
        after = clock(referral).due_on, month_of(referral).due_on
        by_the_rule = becomes + timedelta(days=14), terms.months(becomes, 1)
        assert after == tuple(map(min, before, by_the_rule))


def test_where_no_month_is_counted_a_correction_begins_none(place, coordinator, other):
    referral = received(place, date(2026, 11, 20), Unit.LawProfile.UPBRINGING)
    day = date(2026, 11, 18)
    correction = actions.propose_correction(referral, by=coordinator, becomes=day, reason="hylla")
    actions.approve_correction(correction, by=other)
    assert clock(referral).due_on == date(2026, 12, 2)
    assert not Deadline.objects.about(referral, Due.MONTH_ANSWER).exists()


def test_a_refused_correction_changes_nothing(mine, coordinator, other):
    was = mine.received_on
    day = was - timedelta(days=3)
    correction = actions.propose_correction(mine, by=coordinator, becomes=day, reason="hylla")
    actions.refuse_correction(correction, by=other)
    mine.refresh_from_db()
    assert mine.received_on == was


def test_the_database_holds_out_for_a_second_person(mine, coordinator):
    day = mine.received_on - timedelta(days=1)
    correction = actions.propose_correction(mine, by=coordinator, becomes=day, reason="hylla")
    with pytest.raises(IntegrityError), transaction.atomic():
        ReceivedCorrection.objects.filter(pk=correction.pk).update(
            state="approved", settled_by=coordinator, settled_on=day
        )
