"""Min innlogging: what opens my account, changed by me and nobody else."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.conf import settings
from django.core import mail
from django.test import RequestFactory
from django.urls import reverse
from django.utils import timezone

from tests.conftest import Client
from tests.factories import UserFactory
from tests.logins import LOGIN, PASSWORD, employed, log_in, prove
from tests.staff.test_enrol import code_for, secret_on
from tibir.audit.models import Event
from tibir.staff import factors
from tibir.staff.devices import device_of, mark_of
from tibir.staff.factors import Authenticator, Type

pytestmark = pytest.mark.django_db

OWN, PROOF = "/min-innlogging/", "/min-innlogging/bekreft/"
NEW = {"password": "havet er grått i morgen", "again": "havet er grått i morgen"}
CURRENT = NEW | {"current": PASSWORD}
SENSITIVE = ["make", "paper_anew"]


@pytest.fixture
def user():
    return employed(UserFactory())


@pytest.fixture
def inside(client, user):
    log_in(client, user)
    return client


def later(minutes=11):
    return time_machine.travel(timezone.now() + timedelta(minutes=minutes))


@pytest.fixture
def proved(inside, user):
    """Somebody who has just taken both steps once more."""
    assert prove(inside, user).url == OWN
    return inside


@pytest.mark.parametrize("name", SENSITIVE)
def test_both_steps_are_asked_for_before_the_second_is_changed(inside, user, name):
    """However lately somebody logged in; and for a few minutes they are proof enough."""
    address = reverse(f"staff:{name}")
    assert inside.post(address).url.startswith(PROOF)
    for wrong, says in (
        ({"password": "feil"}, "Passordet stemmer ikke"),
        ({"code": "000000"}, "Koden stemmer ikke"),
        ({"code": ""}, "Kode"),
    ):
        refused = prove(inside, user, **wrong)
        assert says in refused.content.decode()
        assert inside.post(address).url.startswith(PROOF)
    assert prove(inside, user, next=OWN).url == OWN
    assert inside.get(reverse("staff:make")).status_code == 200
    with later():
        assert inside.post(address).url.startswith(PROOF)


def test_the_question_leads_nowhere_else(inside, user):
    assert prove(inside, user, next="//ond.example/").url == OWN


def test_whoever_only_logs_in_elsewhere_proves_it_by_a_new_login(client):
    """There is nothing else to ask for; pressing the button proves nothing."""
    user = UserFactory()
    user.set_unusable_password()
    user.save()
    client.force_login(user)
    page = client.post(PROOF, {"next": OWN})
    assert "Logg ut og inn igjen" in page.content.decode()
    assert client.get(reverse("staff:make")).url.startswith(PROOF)
    assert client.get(reverse("staff:password")).url.startswith(PROOF)


@pytest.mark.parametrize("current", ["", "feil passord er dette"])
def test_a_new_password_asks_for_the_old_one_always(inside, user, current):
    page = inside.post(reverse("staff:password"), NEW | {"current": current})
    assert page.status_code == 200
    said = "Passordet stemmer ikke" if current else "Skriv passordet."
    assert said in page.content.decode()
    user.refresh_from_db()
    assert user.check_password(PASSWORD)


def test_whoever_guesses_there_waits_too(inside, user):
    for _try in range(5):
        prove(inside, user, password="feil")
    assert prove(inside, user).status_code == 429
    guess = CURRENT | {"current": "feil passord er dette"}
    assert inside.post(reverse("staff:password"), guess).status_code == 429


def test_a_new_password_ends_the_other_sessions_and_not_this_one(inside, user, rings):
    other = Client()
    log_in(other, user)
    before = inside.cookies[settings.SESSION_COOKIE_NAME].value
    assert inside.post(reverse("staff:password"), CURRENT).url == OWN
    assert inside.get(OWN).status_code == 200
    assert inside.cookies[settings.SESSION_COOKIE_NAME].value != before
    assert other.get(OWN).url.startswith(LOGIN)
    rings.answer()
    assert [letter.to for letter in mail.outbox] == [[user.email]]
    assert Event.objects.filter(verb="user.password_changed", actor_id=user.pk).exists()


def test_new_paper_codes_replace_the_old(proved, user, rings):
    old = factors.new_paper_codes(user)
    assert proved.post(reverse("staff:paper_anew")).url == reverse("staff:paper")
    assert old[0] not in proved.get(reverse("staff:paper")).content.decode()
    assert not factors.opens(user, old[0])
    rings.answer()
    assert "nye reservekoder" in mail.outbox[0].body


def _passkey(user):
    credential = {"id": "x", "rawId": "x", "response": {}}
    return Authenticator.objects.create(
        user=user, type=Type.WEBAUTHN, data={"name": "nøkkelen", "credential": credential}
    )


def test_a_passkey_is_removed_and_told_of(proved, user, rings):
    key = _passkey(user)
    proved.post(reverse("staff:remove_passkey", args=[key.pk]))
    assert factors.passkeys(user) == []
    rings.answer()
    assert "passnøkkel er fjernet" in mail.outbox[0].body


def test_the_last_second_step_stays(proved, user):
    key = _passkey(user)
    Authenticator.objects.filter(user=user, type=Type.TOTP).delete()
    answer = proved.post(reverse("staff:remove_passkey", args=[key.pk]))
    assert answer.status_code == 409
    assert factors.has_any(user)


def test_nobody_removes_the_passkey_of_another(proved):
    key = _passkey(UserFactory())
    proved.post(reverse("staff:remove_passkey", args=[key.pk]))
    assert Authenticator.objects.filter(pk=key.pk).exists()


def test_a_new_app_takes_over_for_the_old(proved, user, rings):
    address = reverse("staff:make")
    secret = secret_on(proved.get(address))
    proved.post(address, {"make": "codes", "code": code_for(secret)})
    assert Authenticator.objects.filter(user=user, type=Type.TOTP).count() == 1
    rings.answer()
    assert "ny app" in mail.outbox[0].body


# --- Where I am logged in -------------------------------------------------------------------

PHONE = {"User-Agent": "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0) AppleWebKit/6 Version/19 Safari/6"}
DESK = {"User-Agent": "Mozilla/5.0 (Windows NT 10.0) Chrome/150.0 Safari/537.36 Edg/150.0"}


def on_the_phone(user):
    phone = Client(headers=PHONE)
    log_in(phone, user)
    return phone


def made_anew(proved, user):
    secret = secret_on(proved.get(reverse("staff:make")))
    return proved.post(reverse("staff:make"), {"make": "codes", "code": code_for(secret)})


def paper_anew(proved, user):
    return proved.post(reverse("staff:paper_anew"))


def a_passkey_removed(proved, user):
    return proved.post(reverse("staff:remove_passkey", args=[_passkey(user).pk]))


@pytest.mark.parametrize("change", [made_anew, paper_anew, a_passkey_removed])
def test_a_change_of_the_second_step_ends_the_other_sessions(proved, user, change):
    phone = on_the_phone(user)
    assert change(proved, user).status_code == 302
    assert proved.get(OWN).status_code == 200
    assert phone.get(OWN).url.startswith(LOGIN)


def rows(page):
    section = re.search(r'id="innlogget".*?</section>', page.content.decode(), re.S)[0]
    return [re.sub(r"<[^>]+>", " ", row) for row in re.findall(r"<li>(.*?)</li>", section, re.S)]


def test_somebody_sees_where_they_are_logged_in_and_ends_what_is_elsewhere(user):
    desk = Client(headers=DESK)
    log_in(desk, user)
    on_the_phone(employed(UserFactory()))
    phone = on_the_phone(user)
    here, there = rows(desk.get(OWN))
    assert here.startswith("Edge, Windows – denne")
    assert there.startswith("Safari, iPhone")
    page = desk.get(OWN).content.decode()
    (address,) = re.findall(r'action="([^"]+/avslutt/)"', page)
    assert phone.session.session_key not in page

    assert desk.post(address).url.startswith(PROOF)
    assert phone.get(OWN).status_code == 200
    prove(desk, user)
    assert desk.post(address).url == OWN
    assert phone.get(OWN).url.startswith(LOGIN)
    assert len(rows(desk.get(OWN))) == 1
    assert Event.objects.filter(verb="user.sessions_ended", actor_id=user.pk).count() == 1


def test_nobody_ends_the_session_of_another(proved):
    phone = on_the_phone(employed(UserFactory()))
    address = reverse("staff:end_session", args=[mark_of(phone.session.session_key)])
    assert proved.post(address).url == OWN
    assert phone.get(OWN).status_code == 200


@pytest.mark.parametrize("said", ["", "x", "<b>Chrome</b>", "Æ" * 500])
def test_a_browser_that_says_nothing_of_itself_is_called_unknown(said):
    words = device_of(RequestFactory().get("/", headers={"User-Agent": said}))
    assert words in ("", "Chrome")
