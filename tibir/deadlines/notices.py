"""Which notices of what is due should exist on a day. Plain values: the sweep makes rows of them.

Nothing here looks at a window. A notice is told by how late the last day may be for the notice's
own day to have come, so that a sweep after an outage finds everything that was missed.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import IntEnum, StrEnum

from tibir.calendar.holidays import (
    first_working_day_on_or_after,
    is_working_day,
    last_working_day_on_or_before,
    working_days_after,
)
from tibir.calendar.oslo import week_of

ONE_DAY = timedelta(days=1)


class Reach(IntEnum):
    """Whom a notice reaches: each with those before it."""

    OWNER = 1
    COORDINATOR = 2
    LEADER = 3


class Pace(StrEnum):
    """How often one is told of what is overdue."""

    DAILY = "daily"  # Sundays and holidays too
    WORKING_DAYS = "working_days"
    WEEKLY = "weekly"  # on the first working day of the week, and when it has become overdue


@dataclass(frozen=True)
class Due:
    """One notice, for every open deadline with its last day on or before `horizon`.

    Where the last day is on or before `late_horizon`, the notice's own day is past.
    """

    stage: str
    reach: Reach
    horizon: date
    late_horizon: date


@dataclass(frozen=True)
class Before:
    """A notice `days` before the last day: calendar days, or working days. 0 is the day itself."""

    stage: str
    reach: Reach
    days: int
    working: bool = False

    def due(self, today: date) -> list[Due]:
        return [Due(self.stage, self.reach, self._reaches(today), self._reaches(today - ONE_DAY))]

    def _reaches(self, today):
        """The day number `days` before a last day has come just when that is no later than this."""
        if self.working and self.days:
            return working_days_after(today, self.days)
        return today + self.days * ONE_DAY


@dataclass(frozen=True)
class Overdue:
    """A notice again and again from the day after the last day: only the newest is ever due."""

    reach: Reach
    pace: Pace

    def due(self, today: date) -> list[Due]:
        if self.pace == Pace.DAILY:
            return [Due(_overdue(today), self.reach, today - ONE_DAY, date.min)]
        if not is_working_day(today):
            return []
        if self.pace == Pace.WORKING_DAYS:
            return [Due(_overdue(today), self.reach, today - ONE_DAY, date.min)]
        first = first_working_day_on_or_after(week_of(today).monday)
        before = last_working_day_on_or_before(today - ONE_DAY)
        late = before - ONE_DAY if before >= first else date.min
        return [Due(_overdue(first), self.reach, today - ONE_DAY, late)]


def _overdue(day):
    return f"overdue-{day}"


def due(plan: tuple[Before | Overdue, ...], today: date) -> list[Due]:
    """Every notice of `plan` that may be due on `today`.

    Raises ValueError outside 1901–2100, where nobody knows the holidays.
    """
    return [one for notice in plan for one in notice.due(today)]
