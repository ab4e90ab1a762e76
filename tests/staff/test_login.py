import logging
from datetime import timedelta
from statistics import median
from time import perf_counter

import pytest
import time_machine
from django.conf import settings
from django.contrib.auth import hashers
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from tests.factories import UserFactory
from tests.logins import LOGIN, PASSWORD, code_of, employed, first_step, log_in
from tibir.accounts.models import User
from tibir.audit.models import Event
from tibir.core.attempts import Patience, key_of
from tibir.core.models import Attempt
from tibir.staff.limits import ACCOUNT, ADDRESS, HERE

pytestmark = pytest.mark.django_db

CODE = "/logg-inn/kode/"


@pytest.fixture
def user():
    return employed(UserFactory(email="kari@kommune.example"))


def try_password(client, email="kari@kommune.example", password=PASSWORD):
    return client.post(LOGIN, {"username": email, "password": password})


def test_passwords_are_kept_with_argon2(user):
    assert user.password.startswith("argon2")


@pytest.mark.parametrize("email", ["kari@kommune.example", "KARI@Kommune.example "])
def test_the_right_password_and_the_right_code_open_and_are_logged(client, user, email):
    assert try_password(client, email).url == CODE
    assert client.post(CODE, {"code": code_of(user)}).url == reverse("home:start")
    event = Event.objects.get(verb="user.logged_in", actor_id=user.pk)
    assert event.codes == {"way": "totp"}


def test_a_password_alone_opens_no_page(client, user):
    try_password(client)
    assert client.get("/drift/").url.startswith(LOGIN)
    assert "Min dag" not in client.get("/").content.decode()
    assert not Event.objects.filter(verb="user.logged_in").exists()


def test_a_wrong_password_and_an_unknown_account_get_the_same_page(client, user):
    wrong = try_password(client, password="feil")
    unknown = try_password(client, email="hvem@kommune.example", password="feil")
    for response in (wrong, unknown):
        assert response.status_code == 200
        assert "E-postadressen eller passordet stemmer ikke" in response.content.decode()
    assert len(wrong.content) - len(unknown.content) == len("kari") - len("hvem")
    assert Event.objects.filter(verb="user.login_refused").count() == 2


def _kinds_of_accounts(user):
    employed(UserFactory(email="ny@kommune.example"), password=None, codes=False)
    employed(UserFactory(email="sluttet@kommune.example", is_active=False))
    return ["kari", "hvem", "ny", "sluttet"]


def test_every_account_and_none_costs_one_hashing(client, user, monkeypatch):
    """What takes the time of a try is done once, whoever it is that is asked for."""
    hashed = []
    argon = hashers.Argon2PasswordHasher
    for name in ("encode", "verify"):
        real = getattr(argon, name)
        monkeypatch.setattr(
            argon, name, lambda *a, real=real, **k: hashed.append(1) or real(*a, **k)
        )
    for name in _kinds_of_accounts(user):
        hashed.clear()
        response = try_password(client, f"{name}@kommune.example", "feil")
        assert (response.status_code, len(hashed)) == (200, 1), name


@pytest.mark.prove
def test_time_does_not_tell_which_accounts_there_are(client, user):
    names = _kinds_of_accounts(user)
    took = {name: [] for name in names}
    for _time in range(100):
        for name in names:
            begun = perf_counter()
            try_password(client, f"{name}@kommune.example", "feil")
            took[name].append(perf_counter() - begun)
            Attempt.objects.all().delete()
    middle = {name: median(times) for name, times in took.items()}
    assert max(middle.values()) < 1.25 * min(middle.values()), middle


def test_an_inactive_account_looks_like_a_wrong_password(client, user):
    user.is_active = False
    user.save()
    assert "E-postadressen eller passordet stemmer ikke" in try_password(client).content.decode()


# --- Guessing -------------------------------------------------------------------------------


def test_each_wrong_try_makes_the_wait_longer():
    patience = Patience(free=3, longest=timedelta(minutes=15))
    waits = [patience.after(tries).total_seconds() for tries in range(12)]
    assert waits == [0, 0, 0, 15, 30, 60, 120, 240, 480, 900, 900, 900]


def test_a_guesser_waits_longer_and_longer_and_is_told_how_long(client, user):
    now = timezone.now()
    with time_machine.travel(now, tick=False) as clock:
        for _try in range(HERE.free):
            assert try_password(client, password="feil").status_code == 200
        refused = try_password(client)
        assert (refused.status_code, refused["Retry-After"]) == (429, "15")
        assert "Vent 15 sekunder" in refused.content.decode()
        clock.shift(16)
        assert try_password(client, password="feil").status_code == 200
        clock.shift(16)
        assert "Vent 14 sekunder" in try_password(client).content.decode()
        clock.shift(15)
        assert try_password(client).url == CODE


def test_whoever_gets_in_begins_anew(client, user):
    for _try in range(HERE.free - 1):
        try_password(client, password="feil")
    assert try_password(client).url == CODE
    for _try in range(HERE.free):
        assert try_password(client, password="feil").status_code == 200


def _tried(kind, key, times):
    Attempt.objects.bulk_create(
        Attempt(kind=kind, key=key_of(key), at=timezone.now()) for _time in range(times)
    )


def test_one_address_cannot_try_every_account(client, user):
    _tried("login from", "127.0.0.1", ADDRESS.free + 20)
    assert "Vent 15 minutter" in try_password(client).content.decode()


def test_strangers_everywhere_keep_the_owner_out_for_a_minute_at_most(client, user):
    _tried("login to", user.email, ACCOUNT.free + 20)
    with time_machine.travel(timezone.now() + timedelta(seconds=61)):
        assert try_password(client).url == CODE


def test_codes_are_not_for_guessing_either(client, user):
    try_password(client)
    right = code_of(user)
    wrong = f"{(int(right) + 1) % 10**6:06}"
    for _try in range(5):
        assert "Koden stemmer ikke" in client.post(CODE, {"code": wrong}).content.decode()
    refused = client.post(CODE, {"code": right})
    assert (refused.status_code, refused["Retry-After"]) == (429, "15")
    assert Event.objects.filter(verb="user.code_refused", target_id=user.pk).count() == 5


def test_a_limiter_that_is_down_lets_staff_in_and_says_so(client, user, caplog):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL search_path = pg_temp, public")
        cursor.execute("CREATE TEMPORARY TABLE core_attempt (gone int)")
    with caplog.at_level(logging.ERROR):
        log_in(client, user)
    assert client.get("/min-innlogging/").status_code == 200
    assert "attempts could not be counted" in caplog.text


def test_empty_fields_say_what_to_write(client):
    page = try_password(client, "", "").content.decode()
    assert "Skriv et svar på «E-postadresse»" in page
    assert "Skriv passordet ditt" in page
    assert "påkrevd" not in page


def test_a_session_ends_without_use_and_after_a_working_day(client, user):
    start = timezone.now()
    with time_machine.travel(start, tick=False) as clock:
        log_in(client, user)
        assert client.get("/drift/").status_code == 403
        clock.move_to(start + settings.SESSION_IDLE - timedelta(seconds=1))
        assert client.get("/drift/").status_code == 403
        clock.move_to(start + 2 * settings.SESSION_IDLE + timedelta(minutes=1))
        assert client.get("/drift/").url.startswith(LOGIN)

        log_in(client, user)
        for hours in range(1, 42):
            clock.move_to(start + timedelta(minutes=15 * hours))
            client.get("/")
        clock.move_to(start + settings.SESSION_ABSOLUTE + timedelta(hours=2))
        assert client.get("/drift/").url.startswith(LOGIN)


def test_the_session_before_login_is_dead_after_it(client, user):
    client.get(LOGIN)
    log_in(client, user)
    first = client.cookies[settings.SESSION_COOKIE_NAME].value
    client.post("/logg-ut/")
    log_in(client, user)
    assert client.cookies[settings.SESSION_COOKIE_NAME].value != first
    client.cookies[settings.SESSION_COOKIE_NAME] = first
    assert client.get("/drift/").url.startswith(LOGIN)


def test_cookies_keep_to_this_site_and_to_https(client, user):
    response = log_in(client, user)
    for name in ("__Host-sessionid", "__Host-csrftoken"):
        cookie = response.cookies[name]
        assert cookie["secure"]
        assert cookie["httponly"]
        assert cookie["samesite"] == "Lax"
        assert cookie["path"] == "/"
        assert not cookie["domain"]


def test_logging_out_is_a_post_and_leaves_nothing(client, user):
    log_in(client, user)
    assert client.get("/logg-ut/").status_code == 405
    out = client.post("/logg-ut/")
    assert (out.status_code, out["Clear-Site-Data"]) == (302, '"cache", "storage"')
    assert client.get("/drift/").url.startswith(LOGIN)


def test_a_cookie_that_was_stolen_is_dead_after_logging_out(client, user):
    log_in(client, user)
    stolen = client.cookies[settings.SESSION_COOKIE_NAME].value
    client.post("/logg-ut/")
    client.cookies[settings.SESSION_COOKIE_NAME] = stolen
    assert client.get("/min-innlogging/").url.startswith(LOGIN)


def test_each_step_gives_the_session_a_new_name(client, user):
    def name():
        return client.cookies[settings.SESSION_COOKIE_NAME].value

    first_step(client, user)
    between = name()
    client.post(CODE, {"code": code_of(user)})
    inside = name()
    assert between != inside
    client.cookies[settings.SESSION_COOKIE_NAME] = between
    assert client.get("/min-innlogging/").url.startswith(LOGIN)


def test_a_new_password_elsewhere_ends_what_has_begun(client, user):
    try_password(client)
    user.set_password("noe helt annet enn før")
    user.save()
    assert client.post(CODE, {"code": code_of(user)}).url == LOGIN


def test_the_second_step_does_not_wait_for_ever(client, user):
    try_password(client)
    with time_machine.travel(timezone.now() + settings.LOGIN_STEP + timedelta(seconds=1)):
        assert client.post(CODE, {"code": code_of(user)}).url == LOGIN


def test_a_code_opens_once(client, user):
    first_step(client, user)
    code = code_of(user)
    client.post(CODE, {"code": code})
    client.post("/logg-ut/")
    first_step(client, user)
    assert "Koden stemmer ikke" in client.post(CODE, {"code": code}).content.decode()


def test_a_code_lives_for_half_a_minute(client, user):
    """Whoever was slow is told so, and it is no guess."""
    begun = timezone.now().replace(second=0, microsecond=0)
    with time_machine.travel(begun, tick=False) as clock:
        first_step(client, user)
        for later in (-2, 1, 2):
            answer = client.post(CODE, {"code": code_of(user, later)}).content.decode()
            assert "Koden stemmer ikke" in answer
        for _slow in range(9):
            answer = client.post(CODE, {"code": code_of(user, -1)})
            assert "Koden er byttet ut" in answer.content.decode()
        code = code_of(user)
        clock.shift(29)
        assert client.post(CODE, {"code": code}).status_code == 302


def test_a_deactivated_user_is_out_at_the_next_request(client, user):
    log_in(client, user)
    assert client.get("/min-innlogging/").status_code == 200
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert client.get("/min-innlogging/").url.startswith(LOGIN)


def test_login_does_not_lead_to_another_site(client, user):
    response = log_in(client, user, next="https://ond.example/")
    assert response.url == reverse("home:start")


def test_login_leads_to_where_one_was_on_the_way(client, user):
    assert log_in(client, user, next="/frister/").url == "/frister/"


def test_a_wait_that_is_imposed_is_in_the_log_of_the_server(client, user, caplog):
    for _try in range(6):
        try_password(client, password="feil")
    assert "made to wait: LoginForm for" in caplog.text
    assert user.email not in caplog.text
