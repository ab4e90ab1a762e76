"""Deadlines in weeks, months and years, by domstolloven (lov 13 august 1915 nr. 5) §§ 148–149.

The day a deadline starts from is not counted. It ends on the day of the last week with the same
name, or of the last month with the same number; where the month has no such number, on its last
day. If that is a Saturday, a holiday or a day put on a level with one, it ends on the next working
day. The two-week answer does not follow these rules, as no holiday moves it: see `answer`.
"""

import calendar
from datetime import date, timedelta

from tibir.calendar.holidays import first_working_day_on_or_after

MONTHS_IN_A_YEAR = 12


def weeks(start: date, count: int) -> date:
    """The last day of a deadline of `count` weeks from `start`; always a working day.

    Raises ValueError if `count` is less than 1, or if the end is after 2100.
    """
    return first_working_day_on_or_after(start + timedelta(weeks=_positive(count)))


def months(start: date, count: int) -> date:
    """The last day of a deadline of `count` months from `start`; always a working day.

    Raises ValueError if `count` is less than 1, or if the end is after 2100.
    """
    return first_working_day_on_or_after(_same_number(start, _positive(count)))


def years(start: date, count: int) -> date:
    """The last day of a deadline of `count` years from `start`; always a working day.

    Raises ValueError if `count` is less than 1, or if the end is after 2100.
    """
    return months(start, _positive(count) * MONTHS_IN_A_YEAR)


def calendar_days(start: date, count: int) -> date:
    """`count` days after `start`, whatever day that is: a promise in days is not moved.

    Raises ValueError if `count` is less than 1.
    """
    return start + timedelta(days=_positive(count))


def _same_number(start: date, months_later: int) -> date:
    whole_years, month_index = divmod(start.month - 1 + months_later, MONTHS_IN_A_YEAR)
    year, month = start.year + whole_years, month_index + 1
    return date(year, month, min(start.day, calendar.monthrange(year, month)[1]))


def _positive(count: int) -> int:
    if count < 1:
        raise ValueError("a deadline is at least one long")
    return count
