"""Min innlogging: what opens my account, changed by me and nobody else."""

from datetime import timedelta

import pytest
import time_machine
from django.conf import settings
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from tests.conftest import Client
from tests.factories import UserFactory
from tests.logins import LOGIN, PASSWORD, employed, log_in
from tibir.audit.models import Event
from tibir.staff import factors
from tibir.staff.factors import Authenticator, Type

pytestmark = pytest.mark.django_db

OWN, PROOF = "/min-innlogging/", "/min-innlogging/bekreft/"
NEW = {"password": "havet er grått i morgen", "again": "havet er grått i morgen"}
SENSITIVE = ["password", "make", "paper_anew"]


@pytest.fixture
def user():
    return employed(UserFactory())


@pytest.fixture
def inside(client, user):
    log_in(client, user)
    return client


def later(minutes=11):
    return time_machine.travel(timezone.now() + timedelta(minutes=minutes))


@pytest.mark.parametrize("name", SENSITIVE)
def test_a_while_after_the_login_the_password_is_asked_for_first(inside, name):
    with later():
        answer = inside.post(reverse(f"staff:{name}"), NEW)
        assert answer.url.startswith(PROOF)
        refused = inside.post(PROOF, {"password": "feil", "next": OWN})
        assert "Passordet stemmer ikke" in refused.content.decode()
        assert inside.post(PROOF, {"password": PASSWORD, "next": OWN}).url == OWN
        assert inside.get(reverse("staff:password")).status_code == 200


def test_the_question_leads_nowhere_else(inside):
    typed = {"password": PASSWORD, "next": "//ond.example/"}
    assert inside.post(PROOF, typed).url == OWN


def test_whoever_guesses_there_waits_too(inside):
    for _try in range(5):
        inside.post(PROOF, {"password": "feil"})
    assert inside.post(PROOF, {"password": PASSWORD}).status_code == 429


def test_a_new_password_ends_the_other_sessions_and_not_this_one(inside, user, rings):
    other = Client()
    log_in(other, user)
    before = inside.cookies[settings.SESSION_COOKIE_NAME].value
    assert inside.post(reverse("staff:password"), NEW).url == OWN
    assert inside.get(OWN).status_code == 200
    assert inside.cookies[settings.SESSION_COOKIE_NAME].value != before
    assert other.get(OWN).url.startswith(LOGIN)
    rings.answer()
    assert [letter.to for letter in mail.outbox] == [[user.email]]
    assert Event.objects.filter(verb="user.password_changed", actor_id=user.pk).exists()


def test_new_paper_codes_replace_the_old(inside, user, rings):
    old = factors.new_paper_codes(user)
    assert inside.post(reverse("staff:paper_anew")).url == reverse("staff:paper")
    assert old[0] not in inside.get(reverse("staff:paper")).content.decode()
    assert not factors.opens(user, old[0])
    rings.answer()
    assert "nye reservekoder" in mail.outbox[0].body


def _passkey(user):
    credential = {"id": "x", "rawId": "x", "response": {}}
    return Authenticator.objects.create(
        user=user, type=Type.WEBAUTHN, data={"name": "nøkkelen", "credential": credential}
    )


def test_a_passkey_is_removed_and_told_of(inside, user, rings):
    key = _passkey(user)
    inside.post(reverse("staff:remove_passkey", args=[key.pk]))
    assert factors.passkeys(user) == []
    rings.answer()
    assert "passnøkkel er fjernet" in mail.outbox[0].body


def test_the_last_second_step_stays(inside, user):
    key = _passkey(user)
    Authenticator.objects.filter(user=user, type=Type.TOTP).delete()
    answer = inside.post(reverse("staff:remove_passkey", args=[key.pk]))
    assert answer.status_code == 409
    assert factors.has_any(user)


def test_nobody_removes_the_passkey_of_another(inside):
    key = _passkey(UserFactory())
    inside.post(reverse("staff:remove_passkey", args=[key.pk]))
    assert Authenticator.objects.filter(pk=key.pk).exists()


def test_a_new_app_takes_over_for_the_old(inside, user, rings):
    from tests.staff.test_enrol import code_for, secret_on

    address = reverse("staff:make")
    secret = secret_on(inside.get(address))
    inside.post(address, {"make": "codes", "code": code_for(secret)})
    assert Authenticator.objects.filter(user=user, type=Type.TOTP).count() == 1
    rings.answer()
    assert "ny app" in mail.outbox[0].body
