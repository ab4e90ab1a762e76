"""Hours in Oslo: when a family is left in peace, and when staff get their gathered e-mail.

Hours are those of a clock on the wall in Oslo, so that both clock changes keep them where they are.
"""

from collections.abc import Iterable
from datetime import datetime, time, timedelta
from typing import NamedTuple

from tibir.calendar.holidays import is_working_day
from tibir.calendar.oslo import OSLO, day_of

HOURS_IN_A_DAY = 24
ONE_DAY = timedelta(days=1)


class Quiet(NamedTuple):
    """From the hour `begins` until the hour `ends`, each 0–23; when they are equal, never."""

    begins: int
    ends: int

    def covers(self, moment: datetime) -> bool:
        hours = (self.ends - self.begins) % HOURS_IN_A_DAY
        return (moment.astimezone(OSLO).hour - self.begins) % HOURS_IN_A_DAY < hours


def quiet_hours(text: str) -> Quiet:
    """«20-8» as hours; nothing at all means never quiet. Raises ValueError for anything else."""
    if not text:
        return Quiet(0, 0)
    begins, ends = (int(hour) for hour in text.split("-"))
    if not (0 <= begins < HOURS_IN_A_DAY and 0 <= ends < HOURS_IN_A_DAY):
        raise ValueError(f"hours are 0–23, not {text}")
    return Quiet(begins, ends)


def first_allowed(moment: datetime, quiet: Quiet) -> datetime:
    """The first moment, not before `moment`, that is outside the quiet hours.

    Raises ValueError if `moment` has no time zone.
    """
    day = day_of(moment)
    if not quiet.covers(moment):
        return moment
    if moment.astimezone(OSLO).hour >= quiet.ends:
        day += ONE_DAY
    return datetime.combine(day, time(quiet.ends), tzinfo=OSLO).astimezone(moment.tzinfo)


def last_slot(moment: datetime, times: Iterable[time]) -> datetime:
    """The latest of these times on a working day that is not after `moment`.

    Raises ValueError if `moment` has no time zone, or if there are no times.
    """
    times = sorted(times, reverse=True)
    if not times:
        raise ValueError("name at least one time of the day")
    day = day_of(moment)
    while True:
        if is_working_day(day):
            for at in times:
                slot = datetime.combine(day, at, tzinfo=OSLO)
                if slot <= moment:
                    return slot
        day -= ONE_DAY
