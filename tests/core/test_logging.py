import logging
import sys

from tibir.core.middleware import Discreet


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


def test_the_time_of_a_line_says_its_zone():
    record = logging.LogRecord("x", logging.INFO, "x.py", 1, "x", (), None)
    record.created = 1_795_334_400.5
    text = Discreet("{asctime} {message}", style="{").format(record)
    assert text == "2026-11-22T08:00:00.500+00:00 x"
