"""Henvisninger: what the coordinator sees first in the morning."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from referrals.states import State
from tests.factories import ANSWERS, CALL, MunicipalityFactory, UserFactory, refer
from tibir.audit.models import Event

pytestmark = pytest.mark.django_db

LIST = "/henvisninger/"


@pytest.fixture
def place():
    return MunicipalityFactory()


@pytest.fixture
def coordinator(client, place):
    user = UserFactory(coordinates=place.intake_unit)
    client.force_login(user)
    client.get("/")  # the first page of a session also writes when it began
    return user


def arrived(days_ago):
    return timezone.now() - timedelta(days=days_ago)


def queries_of(client, address):
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return len(queries)


def test_one_row_and_three_take_equally_many_queries(client, place, coordinator):
    refer(place)
    one = queries_of(client, LIST)
    refer(place)
    refer(place)
    assert queries_of(client, LIST) == one <= 11


def test_the_one_that_is_due_first_is_on_top(client, place, coordinator):
    late = refer(place, received_at=arrived(16))
    new = refer(place)
    soon = refer(place, received_at=arrived(12))

    rows = client.get(LIST).context["rows"]

    assert [row["reference"] for row in rows] == [it.reference for it in (late, soon, new)]
    assert [row["days_left"] for row in rows] == [-2, 2, 14]


def test_a_row_shows_the_clock_the_child_and_the_concern_but_no_name(client, place, coordinator):
    referral = refer(place, received_at=arrived(12))
    page = client.get(LIST).content.decode()
    assert referral.reference in page
    assert "2 dager igjen" in page
    assert "OØ" in page
    assert "7 år" in page
    assert "Legging" in page
    assert "Odin" not in page
    assert "Storgata" not in page


def test_a_call_has_no_child_name_and_still_an_age(client, place, coordinator):
    refer(place, answers=CALL)
    page = client.get(LIST).content.decode()
    assert "–, 5 år" in page


def test_an_age_outside_the_programme_is_flagged_not_refused(client, place, coordinator):
    older = {**ANSWERS, "barnet": {**ANSWERS["barnet"], "birth_date": "2012-01-01"}}
    referral = refer(place, answers=older)
    assert referral.is_outside_age
    assert "utenfor 3–12 år" in client.get(LIST).content.decode()
    assert "Vurder å henvise videre" in client.get(referral.get_absolute_url()).content.decode()


def test_the_views_sort_out_what_is_late_and_what_is_soon(client, place, coordinator):
    late = refer(place, received_at=arrived(15))
    today_is_last = refer(place, received_at=arrived(14))
    in_three_days = refer(place, received_at=arrived(11))
    refer(place, received_at=arrived(10))

    def shown(view):
        rows = client.get(LIST, {"vis": view}).context["rows"]
        return [row["reference"] for row in rows]

    assert shown("over") == [late.reference]
    assert shown("snart") == [today_is_last.reference, in_three_days.reference]
    assert len(shown("")) == 4
    counts = {view["key"]: view["count"] for view in client.get(LIST).context["views"]}
    assert counts == {"": "4", "snart": "2", "over": "1", "sendes": "0"}


def test_a_longer_list_is_turned_page_by_page_and_shows_each_once(client, place, coordinator):
    referrals = [refer(place, received_at=arrived(number % 3)) for number in range(30)]
    seen, position = [], ""
    for _page in range(2):
        page = client.get(LIST, {"etter": position} if position else {})
        seen += [row["reference"] for row in page.context["rows"]]
        position = page.context["next"]
    assert position == ""
    assert sorted(seen) == sorted(referral.reference for referral in referrals)
    assert "Til toppen av listen" in page.content.decode()


@pytest.mark.parametrize("nonsense", ["x", "2026-01-01", "2026-01-01.x", ".", "9999-99-99.1"])
def test_a_mistyped_position_shows_the_first_page(client, place, coordinator, nonsense):
    refer(place)
    assert len(client.get(LIST, {"etter": nonsense}).context["rows"]) == 1
    assert len(client.get(LIST, {"vis": nonsense}).context["rows"]) == 1


def test_an_empty_inbox_says_what_will_come(client, coordinator):
    assert "Ingen henvisninger her" in client.get(LIST).content.decode()


def test_what_is_decided_leaves_the_list(client, place, coordinator):
    referral = refer(place)
    referral.move_to(State.ASSESSING)
    referral.move_to(
        State.DECIDED, outcome="screening", reason="passer", decided_on=referral.received_on
    )
    assert client.get(LIST).context["rows"] == []


def test_one_look_at_the_list_is_one_row_in_the_log(client, place, coordinator):
    for _number in range(3):
        refer(place)
    client.get(LIST)
    event = Event.objects.get(verb="referral.listed")
    assert event.actor_id == coordinator.pk
    assert event.codes == {"rows": 3, "view": ""}


def test_opening_a_referral_is_logged_with_its_basis(client, place, coordinator):
    referral = refer(place)
    client.get(referral.get_absolute_url())
    event = Event.objects.get(verb="referral.read")
    assert (event.actor_id, event.case_id, event.basis) == (
        coordinator.pk,
        referral.case_id,
        "role",
    )


def test_a_referral_is_shown_whole_and_escaped(client, place, coordinator):
    said = {**ANSWERS["bekymringen"], "examples": "<script>alert(1)</script>\nto linjer"}
    referral = refer(place, answers={**ANSWERS, "bekymringen": said})
    page = client.get(referral.get_absolute_url()).content.decode()
    assert "&lt;script&gt;alert(1)&lt;/script&gt;<br>to linjer" in page
    assert "<script>alert" not in page
    assert "Solkroken barnehage" in page
    assert "ikke bekreftet" in page


@pytest.mark.parametrize("answer", ["yes", "talk"])
def test_a_family_that_must_be_shielded_is_marked_in_words(client, place, coordinator, answer):
    referral = refer(place, answers={**ANSWERS, "deg": {**ANSWERS["deg"], "protection": answer}})
    assert "Familien må skjermes" in client.get(referral.get_absolute_url()).content.decode()
    assert "skjerming" in client.get(LIST).content.decode()


def test_start_page_counts_what_waits(client, place, coordinator):
    refer(place, received_at=arrived(15))
    refer(place)
    context = client.get("/").context
    assert (context["overdue"], context["soon"], context["open"]) == (1, 0, 2)


def test_start_page_of_one_without_a_role_says_what_to_do(client):
    client.force_login(UserFactory())
    assert "Du har ingen rolle ennå" in client.get("/").content.decode()


def test_one_person_and_three_take_equally_many_queries(client, place, coordinator):
    person = {"name": "Ola Nordmann", "relation": "father"}
    counts = []
    for people in (0, 2):
        family = {**ANSWERS["familien"], "people": [person] * people}
        referral = refer(place, answers={**ANSWERS, "familien": family})
        counts.append(queries_of(client, referral.get_absolute_url()))
    assert counts[0] == counts[1] <= 18  # the first to read it ends a deadline, too
