from datetime import timedelta

import pytest
import time_machine
from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from tests.factories import UserFactory
from tibir.audit.models import Event
from tibir.core.attempts import key_of
from tibir.core.models import Attempt

pytestmark = pytest.mark.django_db

PASSWORD = "en-ganske-lang-setning"
LOGIN = "/logg-inn/"


@pytest.fixture
def user():
    user = UserFactory(email="kari@kommune.example")
    user.set_password(PASSWORD)
    user.save()
    return user


def log_in(client, email="kari@kommune.example", password=PASSWORD, **extra):
    return client.post(LOGIN, {"username": email, "password": password}, **extra)


def test_passwords_are_kept_with_argon2(user):
    assert user.password.startswith("argon2")


@pytest.mark.parametrize("email", ["kari@kommune.example", "KARI@Kommune.example "])
def test_the_right_password_opens_and_is_logged(client, user, email):
    assert log_in(client, email).url == reverse("home:start")
    assert Event.objects.filter(verb="user.logged_in", actor_id=user.pk).count() == 1


def test_a_wrong_password_and_an_unknown_account_get_the_same_page(client, user):
    wrong = log_in(client, password="feil")
    unknown = log_in(client, email="hvem@kommune.example", password="feil")
    for response in (wrong, unknown):
        assert response.status_code == 200
        assert "E-postadressen eller passordet stemmer ikke" in response.content.decode()
    assert len(wrong.content) - len(unknown.content) == len("kari") - len("hvem")
    assert Event.objects.filter(verb="user.login_refused").count() == 2


def test_an_inactive_account_looks_like_a_wrong_password(client, user):
    user.is_active = False
    user.save()
    response = log_in(client)
    assert "E-postadressen eller passordet stemmer ikke" in response.content.decode()


def test_a_guesser_is_stopped_and_let_in_again_after_a_while(client, user):
    for _try in range(settings.LOGIN_TRIES):
        log_in(client, password="feil")
    assert "Vent et kvarter" in log_in(client).content.decode()
    with time_machine.travel(timezone.now() + timedelta(minutes=16)):
        assert log_in(client).status_code == 302


def test_one_address_cannot_try_every_account(client, user):
    for _number in range(settings.LOGIN_TRIES * 5):
        Attempt.objects.create(kind="login from", key=key_of("127.0.0.1"))
    assert "Vent et kvarter" in log_in(client).content.decode()


def test_empty_fields_say_what_to_write(client):
    page = log_in(client, "", "").content.decode()
    assert "Skriv et svar på «E-postadresse»" in page
    assert "Skriv passordet ditt" in page
    assert "påkrevd" not in page


def test_a_session_ends_without_use_and_after_a_working_day(client, user):
    start = timezone.now()
    with time_machine.travel(start, tick=False) as clock:
        log_in(client)
        assert client.get("/drift/").status_code == 403
        clock.move_to(start + settings.SESSION_IDLE - timedelta(seconds=1))
        assert client.get("/drift/").status_code == 403
        clock.move_to(start + 2 * settings.SESSION_IDLE + timedelta(minutes=1))
        assert client.get("/drift/").url.startswith(LOGIN)

        log_in(client)
        for hours in range(1, 42):
            clock.move_to(start + timedelta(minutes=15 * hours))
            client.get("/")
        clock.move_to(start + settings.SESSION_ABSOLUTE + timedelta(hours=2))
        assert client.get("/drift/").url.startswith(LOGIN)


def test_the_session_before_login_is_dead_after_it(client, user):
    client.get(LOGIN)
    log_in(client)
    first = client.cookies[settings.SESSION_COOKIE_NAME].value
    client.post("/logg-ut/")
    log_in(client)
    assert client.cookies[settings.SESSION_COOKIE_NAME].value != first
    client.cookies[settings.SESSION_COOKIE_NAME] = first
    assert client.get("/drift/").url.startswith(LOGIN)


def test_cookies_keep_to_this_site_and_to_https(client, user):
    response = log_in(client)
    for name in ("__Host-sessionid", "__Host-csrftoken"):
        cookie = response.cookies[name]
        assert cookie["secure"]
        assert cookie["httponly"]
        assert cookie["samesite"] == "Lax"
        assert cookie["path"] == "/"
        assert not cookie["domain"]


def test_log_out_is_a_post(client, user):
    log_in(client)
    assert client.get("/logg-ut/").status_code == 405
    assert client.post("/logg-ut/").status_code == 302
    assert client.get("/drift/").url.startswith(LOGIN)


def test_login_does_not_lead_to_another_site(client, user):
    response = client.post(
        LOGIN,
        {"username": user.email, "password": PASSWORD, "next": "https://ond.example/"},
    )
    assert response.url == reverse("home:start")


@pytest.mark.parametrize("password", ["kort", "polniypizdec0211", "kari@kommune.example"])
def test_a_weak_password_is_refused(user, password):
    from django.contrib.auth.password_validation import validate_password
    from django.core.exceptions import ValidationError

    with pytest.raises(ValidationError):
        validate_password(password, user)


def test_a_long_sentence_needs_no_digits_or_signs(user):
    from django.contrib.auth.password_validation import validate_password

    validate_password("fjellet er grønt om sommeren", user)
