"""Frister: what each sees, in which order, and what the buttons do."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from tests.factories import ANSWERS, MunicipalityFactory, UnitFactory, UserFactory, refer
from tibir.audit.models import Event
from tibir.audit.record import CLOCK
from tibir.cases.models import Grade
from tibir.deadlines import actions
from tibir.deadlines.kinds import Kind
from tibir.deadlines.models import Deadline, Sweep
from tibir.deadlines.schedule import sweep

pytestmark = pytest.mark.django_db

LIST = "/frister/"


@pytest.fixture
def place():
    return MunicipalityFactory()


@pytest.fixture
def unit(place):
    return place.intake_unit


@pytest.fixture
def coordinator(client, unit):
    return log_in(client, UserFactory(coordinates=unit))


def log_in(client, user):
    client.force_login(user)
    client.get("/")  # the first page of a session also writes when it began
    return user


def task(unit, *, kind=Kind.DOCUMENT_FAILED, days=5, owner=None, referral=None):
    """Something to do about a referral that has no other deadline."""
    referral = referral or refer(unit.municipality)
    Deadline.objects.filter(case=referral.case).exclude(kind=kind).update(closed_reason="test")
    return actions.begin(
        kind,
        referral,
        by=CLOCK,
        unit=unit,
        case=referral.case,
        on=timezone.localdate() - timedelta(days=20),
        due_on=timezone.localdate() + timedelta(days=days),
        owner=owner,
    )


def shown(client, view=""):
    return [row["deadline"] for row in client.get(LIST, {"vis": view}).context["rows"]]


def counts(client):
    return {view["key"]: view["count"] for view in client.get(LIST).context["views"]}


# --- The list -------------------------------------------------------------------------------


@pytest.mark.parametrize("scope", ["unit", "municipality"])
def test_one_row_and_three_take_equally_many_queries(client, place, unit, scope):
    log_in(client, UserFactory(coordinates=unit if scope == "unit" else place))
    task(unit)

    def queries():
        with CaptureQueriesContext(connection) as asked:
            assert client.get(LIST).status_code == 200
        return len(asked)

    one = queries()
    task(unit, kind=Kind.MESSAGE_FAILED)
    task(unit, owner=UserFactory(coordinates=unit))
    assert len(shown(client)) == 3
    assert queries() == one <= 13


def test_the_one_that_is_due_first_is_on_top(client, unit, coordinator):
    later, late, soon = task(unit), task(unit, days=-2), task(unit, days=1)
    assert shown(client) == [late, soon, later]


def test_a_row_shows_the_clock_the_reference_and_initials_but_no_name(client, unit, coordinator):
    deadline = task(unit, days=-2)
    page = client.get(LIST).content.decode()
    assert deadline.reference in page
    assert "2 dager over" in page
    assert "OØ" in page
    assert "Odin" not in page
    assert "Ødegård" not in page


def test_the_views_are_links_with_their_numbers(client, unit, coordinator):
    mine = task(unit, owner=coordinator)
    late, soon = task(unit, days=-1), task(unit, days=3)
    assert counts(client) == {"": "3", "mine": "1", "snart": "1", "over": "1"}
    assert shown(client, "mine") == [mine]
    assert shown(client, "over") == [late]
    assert shown(client, "snart") == [soon]


def test_beyond_a_hundred_the_number_stops(client, unit, coordinator):
    first = task(unit)
    rows = [Deadline.objects.get(pk=first.pk) for _number in range(120)]
    for number, row in enumerate(rows, start=1000):
        row.pk, row.target_id = None, number
    Deadline.objects.bulk_create(rows)
    assert counts(client) == {"": "100+", "mine": "0", "snart": "0", "over": "0"}


def test_pages_follow_one_another_and_repeat_nothing(client, unit, coordinator):
    first = task(unit)
    rows = [Deadline.objects.get(pk=first.pk) for _number in range(29)]
    for number, row in enumerate(rows, start=1000):
        row.pk, row.target_id = None, number
        row.due_on += timedelta(days=number % 3)
    Deadline.objects.bulk_create(rows)
    page = client.get(LIST)
    rest = client.get(LIST, {"etter": page.context["next"]})
    both = [row["deadline"].pk for row in [*page.context["rows"], *rest.context["rows"]]]
    assert len(both) == len(set(both)) == 30
    assert rest.context["next"] == ""


def test_a_wrong_address_of_a_view_or_a_place_shows_the_first(client, unit, coordinator):
    deadline = task(unit)
    for question in ({"vis": "x"}, {"etter": "x"}, {"etter": "2026-13-40.1"}):
        response = client.get(LIST, question)
        assert [row["deadline"] for row in response.context["rows"]] == [deadline]


def test_what_waits_unseen_is_in_the_list_from_its_last_day(client, unit, coordinator):
    waiting = task(unit, kind=Kind.CLAIM, days=1)
    assert shown(client) == []
    assert counts(client)[""] == "0"
    Deadline.objects.filter(pk=waiting.pk).update(due_on=timezone.localdate())
    assert shown(client) == [waiting]


def test_each_kind_leads_to_its_thing(client, place, unit, coordinator):
    referral = refer(place)
    person = referral.case.people.get()
    Deadline.objects.update(due_on=timezone.localdate())
    rows = client.get(LIST).context["rows"]
    assert {row["deadline"].kind: row["url"] for row in rows} == {
        Kind.ANSWER: referral.get_absolute_url(),
        Kind.CLAIM: referral.get_absolute_url(),
        Kind.READ: referral.get_absolute_url(),
        Kind.CONFIRM_CONTACT: reverse("referrals:confirm_contact", args=[referral.pk, person.pk]),
    }
    assert all(client.get(row["url"]).status_code == 200 for row in rows)


def test_of_what_has_no_case_nothing_is_said_but_the_reference(client, place, unit, coordinator):
    actions.begin(Kind.CLOCK_STOPPED, place, by=CLOCK, unit=unit, on=timezone.localdate())
    (row,) = client.get(LIST).context["rows"]
    assert (row["child"], row["url"]) == ("", "")


def test_the_list_is_in_the_log(client, unit, coordinator):
    task(unit)
    shown(client)
    event = Event.objects.filter(verb="deadline.listed").latest("pk")
    assert event.codes == {"rows": 1, "view": ""}


# --- Who sees what --------------------------------------------------------------------------


def test_a_practitioner_sees_their_own_and_no_other(client, unit):
    referral = refer(unit.municipality)
    practitioner = log_in(client, UserFactory(practises_in=unit, works_with=referral.case))
    mine = task(unit, referral=referral, owner=practitioner)
    other = task(unit, kind=Kind.MESSAGE_FAILED)
    task(unit, owner=practitioner)  # of a case that they may not know of
    assert shown(client) == [mine]
    assert counts(client) == {"": "1", "snart": "0", "over": "0"}
    assert client.get(other.page).status_code == 404


def test_nothing_of_another_unit_is_there(client, place, unit):
    log_in(client, UserFactory(coordinates=UnitFactory(municipality=place)))
    deadline = task(unit)
    assert shown(client) == []
    for name in ("take", "finish", "give"):
        address = reverse(f"deadlines:{name}", args=[deadline.pk])
        assert client.post(address).status_code == 404


def test_strict_protection_is_there_for_cleared_members_and_in_no_number(client, place, unit):
    secret = task(unit, days=-1)
    secret.case.grade = Grade.STRICT
    secret.case.save(update_fields=["grade"])
    others = [
        UserFactory(coordinates=unit),
        UserFactory(leads=place),
        UserFactory(coordinates=unit, works_with=secret.case),
        UserFactory(coordinates=unit, cleared_in=place),
    ]
    Deadline.objects.filter(pk=secret.pk).update(owner=others[0])
    for user in others:
        log_in(client, user)
        for view in ("", "mine", "snart", "over"):
            assert shown(client, view) == []
        assert set(counts(client).values()) == {"0"}
        assert client.get(secret.page).status_code == 404
        assert secret.reference not in client.get(LIST).content.decode()

    for role in ("practises_in", "coordinates"):
        cleared = UserFactory(cleared_in=place, works_with=secret.case, **{role: unit})
        log_in(client, cleared)
        assert client.get(secret.page).status_code == 200
        assert shown(client) == shown(client, "over") == [secret]
        assert set(counts(client).values()) == {"0"}
        assert "strengt fortrolig" in client.get(LIST).content.decode()


def test_an_owner_who_no_longer_works_there_sees_it_no_more(client, unit, coordinator):
    deadline = task(unit, owner=coordinator)
    assert client.get(deadline.page).status_code == 200
    coordinator.memberships.update(ended_on="2021-01-01")
    assert client.get(deadline.page).status_code == 403
    assert client.get(LIST).status_code == 403


# --- The buttons ----------------------------------------------------------------------------


def press(client, name, deadline, **said):
    return client.post(reverse(f"deadlines:{name}", args=[deadline.pk]), said)


def test_taken_it_is_mine_and_one_is_back_where_one_was(client, unit, coordinator):
    deadline = task(unit)
    assert press(client, "take", deadline, vis="over").url == f"{LIST}?vis=over"
    assert shown(client, "mine") == [deadline]
    (row,) = client.get(LIST).context["rows"]
    assert (row["may_take"], row["may_give"], row["may_finish"]) == (False, True, True)


def test_given_it_is_theirs(client, unit, coordinator):
    deadline = task(unit, owner=coordinator)
    colleague = UserFactory(coordinates=unit)
    response = press(client, "give", deadline, to=colleague.pk)
    assert response.url == deadline.page
    deadline.refresh_from_db()
    assert deadline.owner == colleague


@pytest.mark.parametrize("to", ["", "x", "999999", "stranger"])
def test_given_to_nobody_or_to_a_stranger_the_page_says_what_to_do(client, unit, coordinator, to):
    deadline = task(unit)
    stranger = UserFactory(coordinates=MunicipalityFactory().intake_unit)
    response = press(client, "give", deadline, to=stranger.pk if to == "stranger" else to)
    assert response.status_code == 200
    assert "Velg et" in response.content.decode()
    deadline.refresh_from_db()
    assert deadline.owner is None


def test_where_nobody_else_may_have_it_the_page_says_so(client, unit, coordinator):
    deadline = task(unit, owner=coordinator)
    page = client.get(reverse("deadlines:give", args=[deadline.pk])).content.decode()
    assert "Ingen andre kan ha den" in page


def test_done_it_is_gone_from_the_list(client, unit, coordinator):
    deadline = task(unit)
    press(client, "finish", deadline)
    assert shown(client) == []
    page = client.get(deadline.page).content.decode()
    assert "gjort" in page
    assert "Ta den" not in page
    assert press(client, "finish", deadline).status_code == 409


def test_what_belongs_to_the_owner_of_a_referral_is_not_taken_here(client, unit, coordinator):
    referral = refer(unit.municipality)
    answer = Deadline.objects.get(kind=Kind.ANSWER, target_id=referral.pk)
    for name in ("take", "give", "finish"):
        assert press(client, name, answer).status_code == 403
    answer.refresh_from_db()
    assert (answer.owner, answer.met_on) == (None, None)


def test_an_owner_may_finish_and_pass_on_but_not_take_from_others(client, unit):
    referral = refer(unit.municipality)
    practitioner = log_in(client, UserFactory(practises_in=unit, works_with=referral.case))
    mine = task(unit, referral=referral, owner=practitioner)
    assert press(client, "take", mine).status_code == 403
    assert client.get(reverse("deadlines:give", args=[mine.pk])).status_code == 200
    assert press(client, "finish", mine).status_code == 302


@pytest.mark.parametrize("name", ["take", "finish"])
def test_a_button_is_no_page(client, unit, coordinator, name):
    response = client.get(reverse(f"deadlines:{name}", args=[task(unit).pk]))
    assert response.status_code == 405


# --- When nobody is told --------------------------------------------------------------------

STANDS_STILL = "står stille"


def test_the_page_says_when_the_notices_stand_still(client, coordinator):
    assert STANDS_STILL in client.get(LIST).content.decode()
    sweep()
    assert STANDS_STILL not in client.get(LIST).content.decode()
    Sweep.objects.update(host_at=timezone.now() - timedelta(hours=1))
    assert STANDS_STILL in client.get(LIST).content.decode()
    Sweep.objects.update(host_at=timezone.now(), doubt="backwards")
    assert STANDS_STILL in client.get(LIST).content.decode()


def test_the_menu_leads_there_for_whoever_works_somewhere(client, unit, coordinator):
    assert 'href="/frister/"' in client.get("/").content.decode()
    log_in(client, UserFactory())
    assert 'href="/frister/"' not in client.get("/").content.decode()


def test_answers_of_a_call_have_no_initials(client, unit, coordinator):
    answers = {**ANSWERS, "barnet": {**ANSWERS["barnet"], "first_name": "", "last_name": ""}}
    task(unit, referral=refer(unit.municipality, answers=answers))
    (row,) = client.get(LIST).context["rows"]
    assert row["child"] == "–"
