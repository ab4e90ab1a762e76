"""A discussion in which nobody is named: counted by kind and topic, and tied to no case."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from referrals import actions
from referrals.models import Discussion
from tests.factories import MunicipalityFactory, UnitFactory, UserFactory
from tests.referrals.parent import Page
from tibir.accounts.models import Membership, Role
from tibir.audit.models import Event
from tibir.cases.models import Case, Person
from tibir.core.codes import TOKEN_BITS, new_secret

pytestmark = pytest.mark.django_db

ADDRESS = "/henvisninger/drofting/"
TYPED = {"caller_kind": "school", "topic": "behaviour", "minutes": "25"}


@pytest.fixture
def unit():
    return MunicipalityFactory().intake_unit


@pytest.fixture
def coordinator(client, unit):
    user = UserFactory(coordinates=unit)
    client.force_login(user)
    return user


def held(unit, user, *, on=None, caller="school", topic="behaviour", minutes=10):
    return actions.discuss(
        unit,
        by=user,
        token=new_secret(TOKEN_BITS),
        held_on=on or timezone.localdate(),
        caller_kind=caller,
        topic=topic,
        minutes=minutes,
    )


def press(client, typed=TYPED, address=ADDRESS, page=None):
    page = page or Page(client.get(address))
    return client.post(address, page.fields() | typed)


def test_a_discussion_is_counted_and_makes_no_case(client, unit, coordinator):
    response = press(client)
    assert response.url == ADDRESS
    discussion = Discussion.objects.get()
    assert (discussion.unit, discussion.municipality) == (unit, unit.municipality)
    assert (discussion.held_on, discussion.by) == (timezone.localdate(), coordinator)
    assert (discussion.caller_kind, discussion.topic, discussion.minutes) == (
        "school", "behaviour", 25,
    )  # fmt: skip
    assert not Case.objects.exists()
    assert not Person.objects.exists()
    event = Event.objects.get(verb="discussion.held")
    assert (event.actor_id, event.codes) == (
        coordinator.pk,
        {"topic": "behaviour", "minutes": 25},
    )
    page = Page(client.get(ADDRESS))
    assert "Drøftingen er registrert." in page.text
    assert "Skole 1 25" in page.text
    assert "Utfordrende atferd 1 25" in page.text


def test_there_is_no_place_to_write_who_it_was(client, coordinator):
    page = Page(client.get(ADDRESS))
    free = [field for field in page.form.iter("input") if field.get("type") in ("text", None)]
    assert {field.get("name") for field in free} == {
        "held_on_0", "held_on_1", "held_on_2", "minutes",
    }  # fmt: skip
    assert list(page.form.iter("textarea")) == []


def test_the_year_is_counted_by_who_called_and_about_what(client, unit, coordinator):
    today = timezone.localdate()
    held(unit, coordinator, minutes=10)
    held(unit, coordinator, caller="kindergarten", topic="which_service", minutes=20)
    held(unit, coordinator, caller="kindergarten", minutes=30)
    held(unit, coordinator, caller="gp", on=date(today.year - 1, 12, 31))
    held(UnitFactory(municipality=unit.municipality), coordinator, caller="ppt")
    page = Page(client.get(ADDRESS))
    assert f"Drøftinger i {today.year}" in page.text
    assert "Barnehage 2 50 Skole 1 10" in page.text
    assert "Utfordrende atferd 2 40 Hvilken tjeneste som passer 1 20" in page.text
    tables = [" ".join(table.itertext()) for table in page.root.iter("table")]
    assert not any("lege" in table or "PPT" in table for table in tables)


@pytest.mark.parametrize(
    ("typed", "field", "sentence"),
    [
        ({"caller_kind": ""}, "caller_kind", "Velg et svar på «Hvor jobber den som tok kontakt?»."),
        ({"topic": "odin"}, "topic", "Velg ett av svarene som står under «Hva gjaldt det mest?»."),
        (
            {"minutes": "0"},
            "minutes",
            "Skriv «Hvor mange minutter tok det?» med et tall fra 1 til 480.",
        ),
        (
            {"minutes": "481"},
            "minutes",
            "Skriv «Hvor mange minutter tok det?» med et tall fra 1 til 480.",
        ),
        ({"minutes": ""}, "minutes", "Skriv et svar på «Hvor mange minutter tok det?»."),
        ({"held_on_2": "2999"}, "held_on_0", "«Hvilken dag var drøftingen?» kan ikke være etter"),
        ({"held_on_2": "1999"}, "held_on_0", "«Hvilken dag var drøftingen?» er for langt tilbake."),
        ({"held_on_1": "x"}, "held_on_0", "Skriv «Hvilken dag var drøftingen?» med dag, måned"),
    ],
)
def test_what_cannot_be_is_said_beside_the_field_and_stays(
    client, coordinator, typed, field, sentence
):
    page = Page(press(client, TYPED | typed))
    faults = page.faults()
    assert list(faults) == [field]
    assert faults[field].startswith(sentence)
    for name, text in typed.items():
        assert page.fields().get(name, [""]) == [text] or field in ("caller_kind", "topic")
    assert not Discussion.objects.exists()


def test_a_double_click_is_one_discussion(client, coordinator):
    page = Page(client.get(ADDRESS))
    for _click in range(3):
        assert press(client, page=page).status_code == 302
    assert Discussion.objects.count() == 1


@pytest.mark.parametrize("minutes", [0, 481])
def test_the_table_keeps_the_promise_about_minutes(unit, coordinator, minutes):
    with pytest.raises(IntegrityError), transaction.atomic():
        held(unit, coordinator, minutes=minutes)


def test_another_units_address_is_not_there(client, unit, coordinator):
    other = MunicipalityFactory().intake_unit
    for enhet in (other.pk, 0, "x", "9" * 400):
        assert client.get(f"{ADDRESS}?enhet={enhet}").status_code == 404
        assert client.post(f"{ADDRESS}?enhet={enhet}", TYPED).status_code == 404
    assert not Discussion.objects.exists()


def test_one_with_several_units_registers_in_the_one_that_is_open(client, unit, coordinator):
    other = UnitFactory(municipality=unit.municipality, name="Zenit")
    Membership.objects.create(
        user=coordinator, role=Role.PRACTITIONER, unit=other, started_on=date(2020, 1, 1)
    )
    address = f"{ADDRESS}?enhet={other.pk}"
    assert address.removeprefix(ADDRESS) in Page(client.get(ADDRESS)).links()
    assert press(client, address=address).url == address
    assert Discussion.objects.get().unit == other


def test_a_page_of_three_takes_no_more_queries_than_a_page_of_one(client, unit, coordinator):
    def queries():
        with CaptureQueriesContext(connection) as asked:
            assert client.get(ADDRESS).status_code == 200
        return len(asked)

    held(unit, coordinator)
    queries()
    one = queries()
    held(unit, coordinator, caller="gp", topic="other", on=timezone.localdate() - timedelta(1))
    held(unit, coordinator, caller="ppt", topic="anxiety")
    assert queries() == one <= 12


def test_the_menu_knows_who_registers_and_who_discusses(client, unit):
    def menu(**about):
        client.force_login(UserFactory(**about))
        return Page(client.get("/")).links()

    register = reverse("referrals:register")
    assert {register, ADDRESS} <= set(menu(coordinates=unit))
    clerk, therapist = menu(clerks_in=unit), menu(practises_in=unit)
    assert (register in clerk, ADDRESS in clerk) == (True, False)
    assert (register in therapist, ADDRESS in therapist) == (False, True)
