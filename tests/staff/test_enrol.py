"""The first time: a second step is made before any other page opens."""

import re

import pytest
from django.urls import reverse

from tests.factories import MunicipalityFactory, UserFactory
from tests.logins import LOGIN, PASSWORD, employed, first_step, in_time
from tibir.audit.models import Event
from tibir.staff import factors
from tibir.staff.factors import Authenticator, Type

pytestmark = pytest.mark.django_db

ENROL, PAPER = "/logg-inn/to-steg/", "/logg-inn/reservekoder/"


@pytest.fixture
def user():
    return employed(UserFactory(coordinates=MunicipalityFactory().intake_unit), codes=False)


def secret_on(page):
    return re.search(r"<code>([A-Z2-7 ]+)</code>", page.content.decode())[1].replace(" ", "")


def code_for(secret):
    in_time()
    return factors._code_at(secret, factors._step(factors.time.time()))


def enrol(client, user):
    first_step(client, user)
    secret = secret_on(client.get(ENROL))
    return client.post(ENROL, {"make": "codes", "code": code_for(secret)})


def test_whoever_has_no_second_step_makes_one_before_anything_opens(client, user):
    assert first_step(client, user, next="/henvisninger/").url == ENROL
    assert client.get("/henvisninger/").url.startswith(LOGIN)
    assert client.get(reverse("staff:code")).url == ENROL

    secret = secret_on(client.get(ENROL))
    answer = client.post(ENROL, {"make": "codes", "code": code_for(secret)})
    assert answer.url == PAPER
    page = client.get(PAPER).content.decode()
    codes = re.findall(r"<code>(\d{4} \d{4})</code>", page)
    assert len(set(codes)) == 10
    assert client.post(PAPER).url == "/henvisninger/"
    assert client.get("/henvisninger/").status_code == 200
    assert client.get(PAPER).url == reverse("staff:own")


def test_a_wrong_code_keeps_the_same_picture(client, user):
    first_step(client, user)
    before = client.get(ENROL)
    wrong = f"{(int(code_for(secret_on(before))) + 1) % 10**6:06}"
    after = client.post(ENROL, {"make": "codes", "code": wrong})
    assert "Koden stemmer ikke" in after.content.decode()
    assert secret_on(after) == secret_on(before)
    assert not factors.has_any(user)


def test_the_code_that_made_it_does_not_open_again(client, user):
    first_step(client, user)
    code = code_for(secret_on(client.get(ENROL)))
    client.post(ENROL, {"make": "codes", "code": code})
    client.post("/logg-ut/")
    first_step(client, user)
    assert "Koden stemmer ikke" in client.post("/logg-inn/kode/", {"code": code}).content.decode()


def test_nobody_makes_a_second_step_where_there_is_one(client, user):
    enrol(client, user)
    client.post("/logg-ut/")
    first_step(client, user)
    assert client.get(ENROL).url == "/logg-inn/kode/"
    assert client.post(ENROL, {"make": "codes", "code": "123456"}).url == "/logg-inn/kode/"


def test_each_code_on_paper_opens_once(client, user):
    enrol(client, user)
    code = re.search(r"<code>(\d{4} \d{4})</code>", client.get(PAPER).content.decode())[1]
    for status in (302, 200):
        client.post("/logg-ut/")
        first_step(client, user)
        assert client.post("/logg-inn/kode/", {"code": code}).status_code == status
    assert factors.paper_codes_left(user) == 9
    ways = Event.objects.filter(verb="user.logged_in").order_by("pk")
    assert [event.codes["way"] for event in ways] == ["totp", "recovery_codes"]


def test_a_copy_of_the_database_makes_no_codes(client, user):
    """Neither the session on the way, nor the rows afterwards, have the secrets in plain."""
    first_step(client, user)
    secret = secret_on(client.get(ENROL))
    kept = str(client.session.items())
    client.post(ENROL, {"make": "codes", "code": code_for(secret)})
    codes = re.findall(r"<code>(\d{4} \d{4})</code>", client.get(PAPER).content.decode())
    kept += str(client.session.items()) + str(list(Authenticator.objects.values_list("data")))
    assert Authenticator.objects.filter(type__in=[Type.TOTP, Type.RECOVERY_CODES]).count() == 2
    (hashes,) = [row.data["hashes"] for row in Authenticator.objects.filter(data__has_key="hashes")]
    assert len({each.split("$")[4] for each in hashes}) == len(hashes) == 10  # a salt for each
    assert all(each.startswith("$argon2id$") for each in hashes)
    for plain in (secret, *codes, *[code.replace(" ", "") for code in codes]):
        assert plain not in kept


@pytest.mark.parametrize(
    "answer", ["{}", "[]", "7", '"x"', "{", '{"id": "x", "rawId": "x", "response": {}}', ""]
)
def test_what_is_no_passkey_is_told_so(client, user, answer):
    first_step(client, user)
    page = client.post(ENROL, {"make": "passkey", "passkey-name": "", "passkey-passkey": answer})
    assert page.status_code == 200
    assert "Passnøkkelen ble ikke laget" in page.content.decode()
    assert not factors.has_any(user)


def test_the_pages_between_are_nobodys(client):
    for name in ("staff:code", "staff:enrol"):
        assert client.get(reverse(name)).url == LOGIN
    assert client.get(reverse("staff:password_by_link")).url == reverse("staff:link")


def test_an_administrator_without_a_role_has_two_steps_as_well(client):
    assert first_step(client, employed(UserFactory(is_superuser=True), codes=False)).url == ENROL


def test_the_code_is_shown_in_the_demo_alone(client, user, settings):
    factors.keep_codes(user, factors.new_secret())
    first_step(client, user, PASSWORD)
    assert "Bare i demoen" not in client.get("/logg-inn/kode/").content.decode()
    settings.SHOW_CODES = True
    page = client.get("/logg-inn/kode/").content.decode()
    assert "Bare i demoen" in page
    shown = re.search(r'<strong class="t-code">(\d{6})</strong>', page)[1]
    for _person in range(2):
        assert client.post("/logg-inn/kode/", {"code": shown}).status_code == 302
        client.post("/logg-ut/")
        first_step(client, user, PASSWORD)
