"""Working days in Norway.

A working day is Monday to Friday and no public holiday: lov 24 februar 1995 nr. 12 om helligdager
og helligdagsfred § 2, and 1 and 17 May, which lov 26 april 1947 nr. 1 puts on a level with them.
24 and 31 December are ordinary days in law, however few people are at work.
"""

from datetime import date, timedelta
from functools import cache

import holidays

FIRST_YEAR, LAST_YEAR = holidays.Norway.start_year, holidays.Norway.end_year
SATURDAY = 5
ONE_DAY = timedelta(days=1)


@cache
def public_holidays(year: int) -> frozenset[date]:
    """The public holidays of one year that are not merely Sundays: twelve dates, or eleven.

    Raises ValueError outside 1901–2100, where the library would answer "none" without a word.
    """
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise ValueError(f"holidays are known for {FIRST_YEAR}–{LAST_YEAR}, not {year}")
    return frozenset(holidays.Norway(years=year))


def is_working_day(day: date) -> bool:
    """Raises ValueError outside 1901–2100, like everything here."""
    return day not in public_holidays(day.year) and day.weekday() < SATURDAY


def last_working_day_on_or_before(day: date) -> date:
    while not is_working_day(day):
        day -= ONE_DAY
    return day


def first_working_day_on_or_after(day: date) -> date:
    while not is_working_day(day):
        day += ONE_DAY
    return day


def next_working_day(day: date) -> date:
    """The first working day after `day`, never `day` itself."""
    return first_working_day_on_or_after(day + ONE_DAY)


def working_days_after(day: date, count: int) -> date:
    """The working day number `count` after `day`; `day` is number 0 whatever day it is.

    Raises ValueError if `count` is less than 1.
    """
    if count < 1:
        raise ValueError("count at least one working day")
    for _ in range(count):
        day = next_working_day(day)
    return day
