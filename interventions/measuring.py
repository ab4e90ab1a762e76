"""When a course is measured: dates, and nothing else.

What is planned at the start is an estimate, one week to each meeting; when the course is over, what
comes after it is planned from that day. Knows no Django.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from tibir.calendar.holidays import first_working_day_on_or_after
from tibir.calendar.terms import months

BEFORE, HALF_WAY, AFTER, SIX_MONTHS = "before", "half_way", "after", "six_months"
OCCASIONS = (BEFORE, HALF_WAY, AFTER, SIX_MONTHS)

WEEK = timedelta(weeks=1)
AHEAD = timedelta(weeks=2)  # how long before its day a measure can be taken and asked for
EARLIER = timedelta(weeks=8)  # and before the first meeting, from the talks that led to the course
LATER = timedelta(weeks=12)  # after this it says nothing of that occasion any more


@dataclass(frozen=True)
class Window:
    """A measure counts for an occasion from the first day to the last, and is due between."""

    opens_on: date
    due_on: date
    closes_on: date

    def holds(self, day: date) -> bool:
        return self.opens_on <= day <= self.closes_on


def half_of(meetings: int) -> int:
    """The meeting after which half of so many have been held, never less than the first.

    Raises ValueError if `meetings` is less than 1.
    """
    if meetings < 1:
        raise ValueError("a course has at least one meeting")
    return (meetings + 1) // 2


def usual(least: int, most: int, said: int | None) -> int:
    """How many meetings a course is taken to have: what the catalogue says, else the middle of
    its range, rounded up."""
    return said or (least + most + 1) // 2


def plan(started_on: date, meetings: int) -> dict[str, Window]:
    """A window for each occasion of a course of so many meetings, one a week from `started_on`.

    Every due day is a working day, and they come in the order of the occasions. Raises ValueError
    if `meetings` is less than 1, or after 2100.
    """
    half, end = started_on + WEEK * half_of(meetings), started_on + WEEK * meetings
    before = first_working_day_on_or_after(started_on + WEEK)
    half = max(first_working_day_on_or_after(half), before)
    return {
        BEFORE: Window(started_on - EARLIER, before, before + LATER),
        HALF_WAY: Window(half - AHEAD, half, half + LATER),
        **after(max(end, half)),
    }


def after(ended_on: date) -> dict[str, Window]:
    """The windows that follow the last day of a course, or the day that is taken to be it."""
    due_on = first_working_day_on_or_after(ended_on)
    later = months(ended_on, 6)
    return {
        AFTER: Window(due_on - AHEAD, due_on, due_on + LATER),
        SIX_MONTHS: Window(later - AHEAD, later, later + LATER),
    }
