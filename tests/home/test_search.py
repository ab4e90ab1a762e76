"""Looking a family up: what is found, by whom, and what is left behind."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.factories import ANSWERS, MunicipalityFactory, UserFactory, refer
from tests.referrals.parent import Page
from tibir.accounts.models import Session
from tibir.audit.models import Event
from tibir.cases.models import Case, Grade, Person
from tibir.cases.names import key

SEARCH = reverse("home:search")
NUMBER = "14881987622"


@pytest.fixture
def place(db):
    return MunicipalityFactory()


@pytest.fixture
def coordinator(client, place):
    user = UserFactory(coordinates=place.intake_unit)
    client.force_login(user)
    client.get("/")
    return user


def child(**about):
    return {**ANSWERS, "barnet": {**ANSWERS["barnet"], **about}}


def found(client, text):
    page = client.post(SEARCH, {"q": text}, follow=True)
    assert page.status_code == 200
    return [row["referral"] for row in page.context["found"] or []]


@pytest.mark.parametrize(
    "typed",
    [
        "odin", "ODIN Ø", "ødegård", "Ødegaard", "ødegård odin", "  Odin   Ødegård ",
        "åse-lill", "aase", NUMBER, "148819 87622",
    ],
)  # fmt: skip
def test_a_family_is_found_by_what_one_remembers(client, place, coordinator, typed):
    referral = refer(place, answers=child(national_id=NUMBER))
    refer(place, answers=child(first_name="Maja", last_name="Hansen") | {"deg": other_sender()})
    assert found(client, typed) == [referral]


def other_sender():
    return {**ANSWERS["deg"], "name": "Kari Hansen"}


def test_a_reference_is_found_however_it_is_typed(client, place, coordinator):
    referral = refer(place)
    refer(place)
    for typed in (referral.reference, referral.reference.lower().replace("-", " ")):
        assert found(client, typed) == [referral]


@pytest.mark.parametrize("typed", ["din", "%", "_", "x" * 99, "12345678901", "TB-0000-0000", "'--"])
def test_what_is_not_there_is_not_found(client, place, coordinator, typed):
    refer(place)
    assert found(client, typed) == []


def test_one_letter_is_too_little(client, place, coordinator):
    page = client.post(SEARCH, {"q": "o"}, follow=True)
    assert "Skriv minst to bokstaver" in page.content.decode()


def test_another_municipalitys_family_is_not_found(client, place, coordinator):
    elsewhere = refer(MunicipalityFactory())
    assert found(client, "odin") == found(client, elsewhere.reference) == []


def test_strict_protection_keeps_a_family_out_for_everybody(client, place):
    referral = refer(place, answers=child(national_id=NUMBER))
    Case.objects.filter(pk=referral.case_id).update(grade=Grade.STRICT)
    cleared = UserFactory(coordinates=place.intake_unit, works_with=referral.case)
    cleared.memberships.create(role="cleared", municipality=place, started_on="2020-01-01")
    client.force_login(cleared)
    assert client.get(referral.get_absolute_url()).status_code == 200
    for typed in ("odin", NUMBER, referral.reference):
        assert found(client, typed) == []


def test_every_search_is_logged_without_its_words(client, place, coordinator):
    refer(place)
    found(client, "odin")
    event = Event.objects.get(verb="search")
    assert (event.actor_id, event.codes) == (coordinator.pk, {"kind": "name", "rows": 1})


def test_what_was_looked_for_stands_in_no_address_and_is_sealed_in_the_session(
    client, place, coordinator
):
    answer = client.post(SEARCH, {"q": "odin"})
    assert answer.url == SEARCH
    for session in Session.objects.all():
        assert "odin" not in str(session.get_decoded())
    assert client.get(SEARCH).context["form"].initial == {"q": "odin"}


def test_a_clerk_finds_the_family_but_opens_nothing(client, place):
    referral = refer(place)
    client.force_login(UserFactory(clerks_in=place.intake_unit))
    page = client.post(SEARCH, {"q": "odin"}, follow=True)
    assert referral.reference in page.content.decode()
    assert referral.get_absolute_url() not in page.content.decode()


@pytest.mark.parametrize(
    ("role", "may"),
    [
        ("coordinates", True),
        ("leads", True),
        ("clerks_in", True),
        ("practises_in", False),
        ("supervises_in", False),
        ("cleared_in", False),
    ],
)
def test_the_field_on_top_is_there_for_just_those_who_may_search(client, place, role, may):
    client.force_login(UserFactory(**{role: place.intake_unit}))
    assert (SEARCH in Page(client.get("/")).html) is may
    assert client.get(SEARCH).status_code == (200 if may else 403)
    assert client.post(SEARCH, {"q": "odin"}).status_code == (302 if may else 403)


@pytest.mark.parametrize("is_member", [False, True])
def test_a_leader_opens_the_cases_they_are_a_member_of(client, place, is_member):
    referral = refer(place)
    case = referral.case if is_member else None
    client.force_login(UserFactory(leads=place.intake_unit, works_with=case))
    page = client.post(SEARCH, {"q": "odin"}, follow=True)
    assert (referral.get_absolute_url() in page.content.decode()) is is_member
    opened = client.get(referral.get_absolute_url()).status_code
    assert opened == (200 if is_member else 403)


def test_one_hit_and_three_take_equally_many_queries(client, place, coordinator):
    def asked():
        with CaptureQueriesContext(connection) as queries:
            client.get(SEARCH)
        return len(queries)

    client.post(SEARCH, {"q": "odin"})
    refer(place)
    one = asked()
    refer(place)
    refer(place)
    assert asked() == one <= 11


@pytest.mark.parametrize("name", ["Ødegård", "AASE", "Çelik", "O'Brien", "Čáhpput", "Ärla Öst Ü"])
def test_the_key_is_the_databases_own(place, name):
    person = Person.objects.create(municipality=place, first_name=name, last_name="")
    person.refresh_from_db()
    assert person.given_key.strip() == key(name)


def test_names_stand_in_norwegian_order(place):
    names = ["Østby", "Aas", "Ås", "Zahl", "Ærlig", "Abel"]
    for name in names:
        Person.objects.create(municipality=place, last_name=name)
    order = Person.objects.order_by("sort_key", "pk").values_list("last_name", flat=True)
    assert list(order) == ["Abel", "Zahl", "Ærlig", "Østby", "Aas", "Ås"]
