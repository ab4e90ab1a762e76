"""Known holes in libraries, and how long one may stand: docs/security/libraries.md."""

import json
import re
import runpy
from datetime import UTC, date, datetime, timedelta

import pytest

from tests.databases import ROOT

AUDIT = runpy.run_path(ROOT / ".ci/audit.py")
Hole, NoAnswer, complaints = AUDIT["Hole"], AUDIT["NoAnswer"], AUDIT["complaints"]
DAY = date(2026, 11, 22)
PILLOW = Hole("pillow", "GHSA-xxxx")


def test_the_page_says_how_many_days_the_program_counts():
    page = (ROOT / "docs/security/libraries.md").read_text()
    told = {word: int(days) for word, days in re.findall(r"^\| (\w+) \| (\d+) days \|", page, re.M)}
    assert told == AUDIT["FRAMES"]


def test_no_hole_that_is_written_down_has_stood_too_long():
    """By today's calendar, on purpose: this fails when the days of a hole are over."""
    assert list(AUDIT["overdue"](AUDIT["written"](), datetime.now(UTC).date())) == []


@pytest.mark.parametrize(("severity", "days"), AUDIT["FRAMES"].items())
def test_a_hole_may_stand_for_its_days_and_no_longer(severity, days):
    known = {PILLOW: (severity, DAY)}
    assert list(complaints({PILLOW}, known, DAY + timedelta(days=days))) == []
    (said,) = complaints({PILLOW}, known, DAY + timedelta(days=days + 1))
    assert "pillow: GHSA-xxxx" in said


def test_a_new_hole_and_one_that_is_gone_are_told_of():
    assert "is new" in next(complaints({PILLOW}, {}, DAY))
    assert "is gone" in next(complaints(set(), {PILLOW: ("low", DAY)}, DAY))


def test_the_answers_of_both_are_read():
    python = {
        "dependencies": [
            {"name": "Pillow", "version": "13.0.0", "vulns": [{"id": "GHSA-xxxx"}]},
            {"name": "django", "version": "5.2.19", "vulns": []},
        ]
    }
    assert AUDIT["of_python"](json.dumps(python)) == {PILLOW}
    via = [{"url": "https://github.com/advisories/GHSA-yyyy"}, "another"]
    node = {"vulnerabilities": {"esbuild": {"severity": "high", "via": via}}}
    assert AUDIT["of_node"](json.dumps(node)) == {Hole("esbuild", "GHSA-yyyy")}


def test_a_library_that_was_not_looked_up_is_no_answer():
    skipped = {"dependencies": [{"name": "django", "skip_reason": "not found"}]}
    with pytest.raises(NoAnswer):
        AUDIT["of_python"](json.dumps(skipped))


@pytest.mark.parametrize("text", ["", "not json", "{}", '{"error": {"code": "405"}}', "[]"])
@pytest.mark.parametrize("reader", ["of_python", "of_node"])
def test_no_answer_is_not_taken_for_no_holes(reader, text):
    with pytest.raises(NoAnswer):
        AUDIT[reader](text)
