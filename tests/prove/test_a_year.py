"""What somebody writes in a book by hand, and what the program says, for most of a year."""

import logging
from dataclasses import replace
from datetime import date

import pytest

from referrals import actions
from tests.notifications.mail_server import MailServer
from tests.prove.year import FIRST, LAST, ONE_DAY, PARTS, Year
from tibir.deadlines import schedule as deadlines
from tibir.deadlines import sweep
from tibir.deadlines.clock import Reading
from tibir.deadlines.kinds import RULES, Kind
from tibir.documents import actions as documents
from tibir.documents import tasks
from tibir.notifications import tasks as sending
from tibir.operations import reconciliation
from tibir.operations.reconciliation import Finding

pytestmark = [pytest.mark.prove, pytest.mark.usefixtures("committed")]


class Mail(MailServer):
    """What it says «later» to, it does not keep; away, nobody opens where one knocks."""

    def __init__(self, settings):
        super().__init__()
        self.settings = settings
        self.port = self.start()

    async def handle_DATA(self, server, session, envelope):
        said = await super().handle_DATA(server, session, envelope)
        if said.startswith("450"):
            self.received.pop()
        return said

    def is_away(self, away):
        self.settings.EMAIL_PORT = 1 if away else self.port


@pytest.fixture
def year(committed, settings, time_machine, rings, monkeypatch):
    logging.getLogger("mail.log").setLevel(logging.CRITICAL)
    logging.disable(logging.ERROR)  # what is broken on purpose is not told at length
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_TIMEOUT = "127.0.0.1", 2
    mail = Mail(settings)
    # How a letter looks, and what becomes of one that cannot be drawn, is proved elsewhere.
    monkeypatch.setattr(tasks, "render_pdf", lambda *args, **kwargs: b"%PDF")

    def begin(seed, **about):
        year = Year(seed, time_machine, rings, mail, **about)

        def clocks():
            ticks = (year.moment - year.start).total_seconds()
            return Reading(year.moment, year.moment, "the same start", ticks)

        monkeypatch.setattr(deadlines, "clocks", clocks)
        return year

    yield begin
    mail.stop()
    logging.disable(logging.NOTSET)


AFTER_17_MAY = date(2027, 5, 20)
SOME = {"told", "late", "cut", "died"}
ALL = {*SOME, *PARTS, "injected", "stopped", "comes_back", "send_again", "reopen", "withdraw"}


@pytest.mark.parametrize(
    ("seed", "last", "happens"),
    [(1, LAST, ALL), (2, AFTER_17_MAY, SOME)],
    ids=["year", "spring"],
)
def test_in_a_year_of_trouble_nobody_is_forgotten_and_nobody_is_told_twice(
    year, seed, last, happens
):
    year = year(seed, last=last)

    year.pass_()

    assert {what for what in happens if not year.counted[what]} == set()


def without(*gone):
    """The plan of the answer without some of its stages."""
    rule = RULES[Kind.ANSWER]
    plan = tuple(each for each in rule.plan if getattr(each, "stage", "overdue") not in gone)
    return replace(rule, plan=plan)


def said(was, becomes):
    assert was in sweep.STATEMENT
    return sweep.STATEMENT.replace(was, becomes)


LATE = "deadline.due_on <= stage.late_horizon AND deadline.begun_on < %(today)s AS late"
OPEN = "deadline.met_on IS NULL AND deadline.closed_reason = ''"

# What is wrong, and in how many days the book has seen it for certain.
MISTAKES = {
    "the coordinators are never told": (
        40,
        lambda patch: patch.setitem(RULES, Kind.ANSWER, without("coordinator")),
    ),
    "nobody is told that it is overdue": (
        40,
        lambda patch: patch.setitem(RULES, Kind.ANSWER, without("overdue")),
    ),
    "nothing says that it is late": (
        40,
        lambda patch: patch.setattr(sweep, "STATEMENT", said(LATE, "false AS late")),
    ),
    "what is met or withdrawn is told too": (
        40,
        lambda patch: patch.setattr(sweep, "STATEMENT", said(OPEN, "true")),
    ),
    "a letter that arrived meets nothing": (
        90,
        lambda patch: patch.setattr(documents, "settle", lambda deadline, *, by: None),
    ),
    "the reconciliation overlooks what lies": (
        90,
        lambda patch: patch.delitem(reconciliation.CHECKS, Finding.NOT_SENT),
    ),
    "half of what was sent is stored": (
        90,
        lambda patch: patch.setattr(actions, "receive", actions.receive.__wrapped__),
    ),
    "nobody notes that a message was sent": (
        12,
        lambda patch: patch.setattr(sending, "_finish", lambda delivery, **changes: None),
    ),
}


@pytest.mark.parametrize(("days", "mistake"), MISTAKES.values(), ids=MISTAKES)
def test_the_book_sees_what_goes_wrong(year, days, mistake, monkeypatch):
    year = year(4, last=FIRST + days * ONE_DAY)
    mistake(monkeypatch)

    with pytest.raises(AssertionError):
        year.pass_()
