"""The two-week answer: when it is due, and who is told as the day comes nearer.

A promise of the service, stricter than the law: 14 calendar days from the day of receipt, and no
holiday, weekend or missing information moves it later. A municipality may promise less time,
never more. Whole calendar days in Oslo; the hour of receipt does not matter.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from tibir.calendar.holidays import last_working_day_on_or_before
from tibir.calendar.terms import calendar_days

ANSWER_DAYS = 14


class Stage(StrEnum):
    """Who hears of an answer that is still missing; each stage includes those before it."""

    OWNER = "owner"
    COORDINATOR = "coordinator"
    LEADER = "leader"
    OVERDUE = "overdue"


# Days before `due_on`: with 14 days, day 8, 10 and 12 after receipt, and overdue from day 15.
DAYS_BEFORE = {Stage.OWNER: 6, Stage.COORDINATOR: 4, Stage.LEADER: 2}


@dataclass(frozen=True, order=True)
class Notice:
    """One notice that is to exist. (stage, day) names it for ever: write each of them once."""

    day: int
    on: date
    stage: Stage


def due_on(received_on: date, answer_days: int = ANSWER_DAYS) -> date:
    """The last day on which an answer to what came on `received_on` is in time.

    `answer_days` is what the municipality promises, 1–14. Raises ValueError otherwise.
    """
    return calendar_days(received_on, _promised(answer_days))


def inner_target(due_on: date, received_on: date | None = None) -> date:
    """The day to aim for: the last working day on or before `due_on`.

    With a promise of a few days and Easter between, that can be before the referral came. If
    `received_on` tells so, there is no working day to aim for and the target is `due_on` itself.
    """
    target = last_working_day_on_or_before(due_on)
    if received_on is not None and target < received_on:
        return due_on
    return target


def days_left(due_on: date, today: date) -> int:
    """Calendar days from `today` to `due_on`: 0 on the last day, negative when it is overdue."""
    return (due_on - today).days


def stages_due(received_on: date, today: date, answer_days: int = ANSWER_DAYS) -> list[Notice]:
    """Every notice that should exist by `today` for a referral still without an answer.

    In order of day, counted from the day of receipt, which is day 0. The stages that are past are
    all there, so that the first sweep after an outage finds what was missed. "Overdue" is there
    once, for today: yesterday's list of what is overdue helps nobody. With a shorter promise the
    stages keep their distance to the last day, but none comes before the referral.

    Raises ValueError if `answer_days` is not 1–14.
    """
    promised = _promised(answer_days)
    age = (today - received_on).days
    days = {stage: max(promised - before, 0) for stage, before in DAYS_BEFORE.items()}
    if age > promised:
        days[Stage.OVERDUE] = age
    return [
        Notice(day, received_on + timedelta(days=day), stage)
        for stage, day in days.items()
        if day <= age
    ]


def _promised(answer_days: int) -> int:
    if not 1 <= answer_days <= ANSWER_DAYS:
        raise ValueError(f"an answer is promised within 1–{ANSWER_DAYS} days, not {answer_days}")
    return answer_days
