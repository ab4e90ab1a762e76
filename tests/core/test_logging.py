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
