import json
import logging
import runpy
import sys

import pytest
from django.core.exceptions import ValidationError
from django.utils.module_loading import import_string

from tests import databases
from tests.test_production import GOOD
from tibir.audit.seal import shipped_in
from tibir.core import fields
from tibir.core.middleware import Discreet, OneLine


def test_a_logged_error_tells_where_and_what_kind_but_not_its_words():
    try:
        try:
            raise KeyError("Odin Ødegård")
        except KeyError as error:
            raise ValueError("bor i Storgata 1") from error
    except ValueError:
        record = logging.LogRecord("x", logging.ERROR, "", 1, "failed", (), sys.exc_info())
    text = Discreet("{message}", style="{").format(record)
    assert "test_logging.py" in text
    assert "ValueError from KeyError" in text
    assert "Storgata" not in text.replace('raise ValueError("bor i Storgata 1")', "")


def test_one_event_is_one_line_whatever_somebody_sent():
    forged = "kari\n2026-11-22 INFO user.logged_in\r\x1b[2J\u2028slutt"
    record = logging.LogRecord("x", logging.INFO, "x.py", 1, "no user %s", (forged,), None)
    text = Discreet("{message}", style="{").format(record)
    assert len(text.splitlines()) == 1
    assert "\x1b" not in text
    assert "kari\\x0a2026-11-22 INFO" in text


@pytest.mark.parametrize("formatter", [Discreet("{message}", style="{"), OneLine()])
def test_what_opens_a_calendar_is_in_no_line(formatter):
    said = ("Not Found", "/kalender/9gxh-02vd.ics")
    record = logging.LogRecord("x", logging.WARNING, "x.py", 1, "%s: %s", said, None)
    line = formatter.format(record)
    assert "9gxh" not in line
    assert "/kalender/…" in (json.loads(line)["message"] if line.startswith("{") else line)


def test_the_time_of_a_line_says_its_zone():
    record = logging.LogRecord("x", logging.INFO, "x.py", 1, "x", (), None)
    record.created = 1_795_334_400.5
    text = Discreet("{asctime} {message}", style="{").format(record)
    assert text == "2026-11-22T08:00:00.500+00:00 x"


def test_in_production_each_event_is_one_line_of_json_with_its_traceback():
    try:
        try:
            raise KeyError("Odin Ødegård")
        except KeyError as error:
            raise ValueError("bor i Storgata 1") from error
    except ValueError:
        forged = ("kari\n{}\u2028",)
        record = logging.LogRecord("x", logging.ERROR, "", 1, "no %s", forged, sys.exc_info())
    record.request_id = "4f"
    line = OneLine().format(record)
    assert len(line.splitlines()) == 1
    said = json.loads(line)
    assert said["at"].endswith("+00:00")
    assert (said["level"], said["logger"], said["request"]) == ("ERROR", "x", "4f")
    assert said["message"] == "no kari\n{}\u2028"
    assert said["error"] == ["ValueError", "KeyError"]
    assert "test_logging.py" in said["trace"][0]
    assert "Storgata" not in line
    assert "degård" not in line


def test_production_writes_that_kind_of_line(monkeypatch):
    for name, value in {"DATABASE_URL": databases.APP_URL, **GOOD}.items():
        monkeypatch.setenv(name, value)
    logs = runpy.run_path(databases.ROOT / "tibir/settings.py")["LOGGING"]
    chosen = logs["formatters"][logs["handlers"]["console"]["formatter"]]["()"]
    assert import_string(chosen) is OneLine
    assert logs["root"]["handlers"] == ["console"]


def test_a_seal_is_found_again_in_such_a_line():
    seal = "log seal 812 of 96 rows: " + "3f" * 32
    line = OneLine().format(logging.LogRecord("x", logging.INFO, "", 1, seal, (), None))
    assert shipped_in([line]) == {812: "3f" * 32}


@pytest.mark.parametrize(
    ("field", "sent", "says"),
    [
        (fields.TextField(label="x"), "Storgata\x00", "refused in a TextField: characters that no"),
        (fields.ChoiceField(label="x", choices=[("a", "A")]), "Storgata", "no such choice"),
        (fields.ChoicesField(label="x", choices=[("a", "A")]), ["Storgata"], "no such choice"),
    ],
)
def test_what_no_page_lets_anybody_send_is_logged_without_what_it_was(caplog, field, sent, says):
    with pytest.raises(ValidationError):
        field.clean(sent)
    assert says in caplog.text
    assert "Storgata" not in caplog.text


def test_a_slip_of_the_pen_is_not_logged(caplog):
    for field in (fields.PhoneField(label="x"), fields.TextField(label="x", max_length=3)):
        with pytest.raises(ValidationError):
            field.clean("1234567890123456789012")
    assert caplog.text == ""
