"""Moments and days: moments are stored in UTC, deadlines are days in Oslo.

On the last Sunday of March a day in Oslo has 23 hours, on the last Sunday of October 25. Count
days as days and never as 24 hours, and no clock change can skip one or count one twice.
"""

from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

OSLO = ZoneInfo("Europe/Oslo")


class Week(NamedTuple):
    """A week as Norwegians number them (ISO 8601): "uke 8". Week 1 has the year's first Thursday.

    The year is the week's own, which around New Year is not always that of the day.
    """

    year: int
    number: int

    @property
    def monday(self) -> date:
        """Raises ValueError if the year has no week of that number."""
        return date.fromisocalendar(self.year, self.number, 1)

    @property
    def sunday(self) -> date:
        return date.fromisocalendar(self.year, self.number, 7)

    @property
    def days(self) -> list[date]:
        """Monday to Sunday."""
        return [self.monday + timedelta(days=count) for count in range(7)]

    @property
    def next(self) -> "Week":
        return week_of(self.monday + timedelta(days=7))

    @property
    def previous(self) -> "Week":
        return week_of(self.monday - timedelta(days=7))


def day_of(moment: datetime) -> date:
    """The day it is in Oslo at `moment`. Raises ValueError if `moment` has no time zone."""
    if moment.utcoffset() is None:
        raise ValueError("a moment without a time zone belongs to no day")
    return moment.astimezone(OSLO).date()


def start_of(day: date) -> datetime:
    """The first moment of `day` in Oslo, in UTC."""
    return datetime.combine(day, time.min, tzinfo=OSLO).astimezone(UTC)


def end_of(day: date) -> datetime:
    """The first moment after `day` in Oslo, in UTC: start_of(day) ≤ moment < end_of(day)."""
    return start_of(day + timedelta(days=1))


def week_of(day: date) -> Week:
    return Week(*day.isocalendar()[:2])
