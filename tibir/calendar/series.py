"""The same hour each week: which days a series of meetings falls on, and which it leaves out."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple

from tibir.calendar.holidays import public_holidays
from tibir.calendar.oslo import OSLO

WEEK = timedelta(weeks=1)
LONGEST = 52 * 2  # weeks that are looked through: a series that is longer is no plan


class Slot(NamedTuple):
    """One day of a series; `why` it is left out, in words, or nothing when they meet."""

    day: date
    why: str


def is_public_holiday(day: date) -> bool:
    """Raises ValueError outside 1901–2100."""
    return day in public_holidays(day.year)


def weekly(first: date, count: int, closed: Callable[[date], str], until: date) -> list[Slot]:
    """`count` days a week apart from `first` on, and between them those that are left out.

    `closed` says why nobody meets on a day, or nothing. Ends with the last meeting, or after
    `until` with fewer of them. Raises ValueError if `count` is not 1–104.
    """
    if not 1 <= count <= LONGEST:
        raise ValueError(f"a series has 1–{LONGEST} meetings, not {count}")
    slots, day = [], first
    while day <= until and count:
        why = closed(day)
        slots.append(Slot(day, why))
        count -= not why
        day += WEEK
    return slots


def hours_of(day: date, starts: time, ends: time) -> tuple[datetime, datetime]:
    """(start, end) by the clock on the wall in Oslo, whichever side of a clock change it is."""
    return tuple(datetime.combine(day, hour, tzinfo=OSLO) for hour in (starts, ends))


def lasts(starts: datetime, ends: datetime) -> timedelta:
    """How long it is from the one to the other, also where the clocks change between them: the
    clock on the wall alone would say that an hour which is left out is an hour."""
    return ends.astimezone(UTC) - starts.astimezone(UTC)
