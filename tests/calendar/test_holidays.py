from datetime import date, timedelta

import pytest
from dateutil.easter import easter
from hypothesis import given, settings
from hypothesis import strategies as st

from tibir.calendar import holidays

days = st.dates(date(1902, 1, 1), date(2099, 12, 1))

# Easter Sunday, from the almanac.
EASTER = [
    date(2025, 4, 20),
    date(2026, 4, 5),
    date(2027, 3, 28),
    date(2028, 4, 16),
    date(2029, 4, 1),
    date(2030, 4, 21),
    date(2031, 4, 13),
    date(2032, 3, 28),
    date(2033, 4, 17),
    date(2034, 4, 9),
]


def holidays_by_law(easter_sunday):
    """Helligdagsloven § 2 and the law on 1 and 17 May, written out once more."""
    year = easter_sunday.year
    fixed = {date(year, *day) for day in [(1, 1), (5, 1), (5, 17), (12, 25), (12, 26)]}
    return fixed | {easter_sunday + timedelta(days=days) for days in (-3, -2, 0, 1, 39, 49, 50)}


@pytest.mark.parametrize("easter_sunday", EASTER, ids=lambda day: str(day.year))
def test_ten_years_of_holidays(easter_sunday):
    assert holidays.public_holidays(easter_sunday.year) == holidays_by_law(easter_sunday)


def test_holidays_for_two_centuries_are_those_of_the_law():
    """From 1947, when 1 and 17 May were put on a level with Sundays."""
    for year in range(1947, 2101):
        assert holidays.public_holidays(year) == holidays_by_law(easter(year)), year


@pytest.mark.parametrize("year", range(2025, 2035))
def test_christmas_eve_and_new_years_eve_are_no_holidays(year):
    for eve in (date(year, 12, 24), date(year, 12, 31)):
        assert eve not in holidays.public_holidays(year)
        assert holidays.is_working_day(eve) == (eve.weekday() < 5)


@pytest.mark.parametrize(
    "day",
    [
        pytest.param(date(2026, 4, 2), id="skjærtorsdag"),
        pytest.param(date(2026, 4, 3), id="langfredag"),
        pytest.param(date(2026, 4, 4), id="påskeaften, a Saturday"),
        pytest.param(date(2026, 4, 6), id="andre påskedag"),
        pytest.param(date(2026, 5, 1), id="1. mai"),
        pytest.param(date(2026, 5, 14), id="Kristi himmelfartsdag"),
        pytest.param(date(2027, 5, 17), id="17. mai on andre pinsedag"),
        pytest.param(date(2026, 12, 25), id="første juledag"),
        pytest.param(date(2027, 1, 1), id="nyttårsdag"),
        pytest.param(date(2026, 11, 22), id="an ordinary Sunday"),
    ],
)
def test_nobody_works_on(day):
    assert not holidays.is_working_day(day)


@pytest.mark.parametrize(
    "day",
    [
        pytest.param(date(2026, 4, 1), id="onsdag før skjærtorsdag"),
        pytest.param(date(2026, 4, 7), id="after Easter"),
        pytest.param(date(2026, 5, 15), id="the squeezed-in Friday"),
        pytest.param(date(2026, 12, 24), id="julaften on a Thursday"),
        pytest.param(date(2028, 2, 29), id="leap day"),
    ],
)
def test_the_office_is_open_on(day):
    assert holidays.is_working_day(day)


@pytest.mark.parametrize(
    ("day", "before", "after"),
    [
        pytest.param(date(2026, 4, 5), date(2026, 4, 1), date(2026, 4, 7), id="Easter"),
        pytest.param(date(2026, 12, 26), date(2026, 12, 24), date(2026, 12, 28), id="Christmas"),
        pytest.param(date(2027, 1, 1), date(2026, 12, 31), date(2027, 1, 4), id="New Year"),
        pytest.param(date(2026, 5, 17), date(2026, 5, 15), date(2026, 5, 18), id="17 May, Sunday"),
        pytest.param(date(2026, 11, 24), date(2026, 11, 24), date(2026, 11, 25), id="a Tuesday"),
    ],
)
def test_the_working_days_around(day, before, after):
    assert holidays.last_working_day_on_or_before(day) == before
    assert holidays.next_working_day(day) == after


@pytest.mark.parametrize(
    ("day", "count", "expected"),
    [
        pytest.param(date(2026, 11, 23), 2, date(2026, 11, 25), id="Monday to Wednesday"),
        pytest.param(date(2026, 11, 20), 1, date(2026, 11, 23), id="over a weekend"),
        pytest.param(date(2026, 11, 21), 1, date(2026, 11, 23), id="from a Saturday"),
        pytest.param(date(2026, 4, 1), 2, date(2026, 4, 8), id="over Easter"),
        pytest.param(date(2026, 12, 23), 3, date(2026, 12, 29), id="over Christmas"),
        pytest.param(date(2026, 12, 31), 1, date(2027, 1, 4), id="over New Year"),
    ],
)
def test_working_days_are_counted_from_the_day_after(day, count, expected):
    assert holidays.working_days_after(day, count) == expected


@pytest.mark.parametrize("count", [0, -1])
def test_no_working_days_cannot_be_counted(count):
    with pytest.raises(ValueError, match="at least one"):
        holidays.working_days_after(date(2026, 11, 23), count)


@pytest.mark.parametrize("year", [1900, 2101])
def test_a_year_without_known_holidays_is_refused_not_taken_for_one_without_any(year):
    with pytest.raises(ValueError, match="1901–2100"):
        holidays.is_working_day(date(year, 12, 25))


@given(days)
@settings(max_examples=150)
def test_the_neighbouring_working_days_are_nearest(day):
    before = holidays.last_working_day_on_or_before(day)
    after = holidays.next_working_day(day)
    assert before <= day < after
    assert holidays.is_working_day(before)
    assert holidays.is_working_day(after)
    between = [before + timedelta(days=n) for n in range(1, (after - before).days)]
    assert not any(holidays.is_working_day(other) for other in between)
    assert len(between) <= 5


@given(days, st.integers(1, 20))
@settings(max_examples=100)
def test_as_many_working_days_lie_between_as_were_counted(day, count):
    end = holidays.working_days_after(day, count)
    passed = [day + timedelta(days=n) for n in range(1, (end - day).days + 1)]
    assert sum(map(holidays.is_working_day, passed)) == count
    assert holidays.is_working_day(end)
