"""Production does not start with a weak spot, and says in one sentence which."""

import os
import runpy
import subprocess
import sys

import pytest
from django.core.exceptions import ImproperlyConfigured

from tests import databases
from tibir.demo import trial

GOOD = {
    "TIBIR_MODE": "production",
    "SECRET_KEY": "a-secret-that-is-long-enough-to-be-taken-seriously-by-all",
    "TIBIR_KEYS": "1:" + "c29tZS1vdGhlci1rZXktb2YtdGhpcnR5LXR3by1ieXQ=",
    "TIBIR_INDEX_KEY": "c29tZS1vdGhlci1pbmRleC1rZXktb2YtMzItYnl0ZXM=",
    "ALLOWED_HOSTS": "tibir.example",
    "PUBLIC_URL": "https://tibir.example",
    "REDIS_URL": "redis://127.0.0.1:1/0",
    "EMAIL_URL": "smtp://127.0.0.1:1",
    "DEFAULT_FROM_EMAIL": "ikke-svar@tibir.example",
    "SYSTEM_OWNER_EMAIL": "eier@tibir.example",
}
SETTINGS = "from django.conf import settings; settings.DEBUG"
WEB = "import tibir.wsgi"


def start(code, **changed):
    environment = {"PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": "tibir.settings", **GOOD}
    environment["DATABASE_URL"] = databases.APP_URL
    environment.update(changed)
    kept = {name: value for name, value in environment.items() if value is not None}
    return subprocess.run(
        [sys.executable, "-c", code], env=kept, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"SECRET_KEY": None}, "SECRET_KEY"),
        ({"SECRET_KEY": "short"}, "at least 50 characters"),
        ({"SECRET_KEY": "demo-only-" + "x" * 50}, "must be a secret"),
        ({"DEBUG": "true"}, "DEBUG must be off"),
        ({"TIBIR_KEYS": None}, "TIBIR_KEYS"),
        ({"TIBIR_KEYS": "1:ZGVtby1vbmx5LWtleS13b3J0aC1ub3RoaW5nLTAwMDA="}, "must be your own"),
        ({"DATABASE_URL": None}, "DATABASE_URL"),
        ({"REDIS_URL": None}, "REDIS_URL"),
        ({"EMAIL_URL": None}, "EMAIL_URL"),
        ({"SYSTEM_OWNER_EMAIL": None}, "SYSTEM_OWNER_EMAIL"),
        ({"DATABASE_URL": "postgres://u:p@db.example/tibir"}, "sslmode=verify-full"),
        ({"DATABASE_URL": "postgres://u:p@10.0.0.7/t?sslmode=require"}, "sslmode=verify-full"),
        ({"REDIS_URL": "redis://queue.example:6379/0"}, "must be rediss://"),
        ({"EMAIL_URL": "smtp://u:p@mail.example:25"}, "smtp\\+tls or smtp\\+ssl"),
        ({"SMS_URL": "http://sms.example", "SMS_TOKEN": "x"}, "SMS_URL must be https://"),
        ({"SMS_URL": "https://sms.example"}, "SMS_TOKEN"),
        ({"STAFF_OIDC": trial.configuration("http://127.0.0.1:9400")}, "https:// issuer"),
        (
            {"STAFF_OIDC": trial.configuration("http://127.0.0.1:9400"), "TIBIR_MODE": "test"},
            "https:// issuer",
        ),
        (
            {"STAFF_OIDC": trial.configuration("http://entra.example"), "TIBIR_MODE": "demo"},
            "https:// issuer",
        ),
        ({"QUIET_HOURS": "20:00-08:00"}, "QUIET_HOURS must be two hours"),
        ({"TIBIR_MODE": "prodution"}, "TIBIR_MODE must be"),
    ],
)
def test_a_weak_setting_is_refused(monkeypatch, changed, says):
    """The file of settings, read as a new process reads it."""
    for name, value in {"DATABASE_URL": databases.APP_URL, **GOOD, **changed}.items():
        if value is None:
            monkeypatch.delenv(name, raising=False)
        else:
            monkeypatch.setenv(name, value)
    with pytest.raises(ImproperlyConfigured, match=says):
        runpy.run_path(databases.ROOT / "tibir/settings.py")


@pytest.mark.parametrize(
    "changed",
    [
        {"DATABASE_URL": "postgres://u:p@db.example/tibir?sslmode=verify-full"},
        {"DATABASE_URL": "postgres://u:p@postgres:5432/tibir", "REDIS_URL": "redis://valkey/0"},
        {"REDIS_URL": "rediss://queue.example:6379/0?ssl_cert_reqs=required"},
        {"EMAIL_URL": "smtp+tls://u:p@mail.example:587"},
    ],
)
def test_what_is_encrypted_or_never_leaves_the_machine_is_taken(monkeypatch, changed):
    for name, value in {"DATABASE_URL": databases.APP_URL, **GOOD, **changed}.items():
        monkeypatch.setenv(name, value)
    assert runpy.run_path(databases.ROOT / "tibir/settings.py")["PRODUCTION"]


def test_good_settings_start_and_weak_ones_do_not(django_db_setup):
    assert start(SETTINGS).returncode == 0
    result = start(SETTINGS, SECRET_KEY="short")
    assert result.returncode != 0
    assert "at least 50 characters" in result.stderr


def test_web_starts_as_the_application(committed):
    result = start(WEB, DATABASE_URL=committed.url)
    assert result.returncode == 0, result.stderr


def test_web_refuses_the_owner_of_the_tables(committed):
    result = start(WEB, DATABASE_URL=committed.owner_url)
    assert result.returncode != 0
    assert "must name the application's role" in result.stderr


@pytest.mark.prove
def test_web_refuses_a_superuser(committed):
    url = committed.url.replace("tibir_app@", "postgres@")
    assert url != committed.url
    result = start(WEB, DATABASE_URL=url)
    assert result.returncode != 0
    assert "must name the application's role" in result.stderr


def test_admin_is_off_in_production_until_somebody_turns_it_on():
    ask = "from django.conf import settings; print(settings.ADMIN_ENABLED)"
    assert start(ask).stdout.strip() == "False"
    assert start(ask, ADMIN_ENABLED="true").stdout.strip() == "True"


def test_no_code_of_a_login_is_shown_in_production():
    assert start("from django.conf import settings; print(settings.SHOW_CODES)").stdout == "False\n"
