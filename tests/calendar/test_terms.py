from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tibir.calendar import terms
from tibir.calendar.holidays import is_working_day

days = st.dates(date(1948, 1, 1), date(2080, 12, 31))


@pytest.mark.parametrize(
    ("start", "count", "expected"),
    [
        pytest.param(date(2026, 12, 4), 3, date(2026, 12, 28), id="ends on 25 December"),
        pytest.param(date(2026, 12, 10), 2, date(2026, 12, 24), id="24 December is a working day"),
        pytest.param(date(2026, 12, 17), 2, date(2026, 12, 31), id="31 December is a working day"),
        pytest.param(date(2026, 11, 23), 3, date(2026, 12, 14), id="the same name"),
        pytest.param(date(2026, 3, 12), 3, date(2026, 4, 7), id="skjærtorsdag, then all of Easter"),
        pytest.param(date(2026, 4, 17), 2, date(2026, 5, 4), id="1 May, then a weekend"),
        pytest.param(date(2026, 11, 21), 1, date(2026, 11, 30), id="a Saturday"),
        pytest.param(date(2026, 12, 18), 2, date(2027, 1, 4), id="over New Year"),
        pytest.param(date(2026, 3, 16), 2, date(2026, 3, 30), id="over the clock change"),
    ],
)
def test_weeks_end_on_the_day_with_the_same_name(start, count, expected):
    assert terms.weeks(start, count) == expected


@pytest.mark.parametrize(
    ("start", "count", "expected"),
    [
        pytest.param(date(2027, 1, 31), 1, date(2027, 3, 1), id="28 February, a Sunday"),
        pytest.param(date(2028, 1, 31), 1, date(2028, 2, 29), id="29 February, a Tuesday"),
        pytest.param(date(2028, 1, 30), 1, date(2028, 2, 29), id="30 January in a leap year"),
        pytest.param(date(2029, 1, 29), 1, date(2029, 2, 28), id="29 January in another year"),
        pytest.param(date(2026, 3, 31), 1, date(2026, 4, 30), id="a month of 30 days"),
        pytest.param(date(2026, 2, 28), 1, date(2026, 3, 30), id="28 March, a Saturday"),
        pytest.param(date(2026, 11, 23), 1, date(2026, 12, 23), id="the same number"),
        pytest.param(date(2026, 11, 25), 1, date(2026, 12, 28), id="25 December, a Friday"),
        pytest.param(date(2026, 12, 15), 1, date(2027, 1, 15), id="over New Year"),
        pytest.param(date(2026, 8, 31), 6, date(2027, 3, 1), id="half a year to February"),
        pytest.param(date(2026, 11, 30), 13, date(2027, 12, 30), id="more than a year"),
    ],
)
def test_months_end_on_the_day_with_the_same_number(start, count, expected):
    assert terms.months(start, count) == expected


@pytest.mark.parametrize(
    ("start", "count", "expected"),
    [
        pytest.param(date(2028, 2, 29), 1, date(2029, 2, 28), id="from a leap day"),
        pytest.param(date(2028, 2, 29), 4, date(2032, 3, 1), id="to a leap day, a Sunday"),
        pytest.param(date(2026, 11, 23), 1, date(2027, 11, 23), id="the same date"),
        pytest.param(date(2026, 5, 17), 1, date(2027, 5, 18), id="17 May"),
    ],
)
def test_years_end_on_the_same_date(start, count, expected):
    assert terms.years(start, count) == expected


def test_a_promise_in_days_is_not_moved_by_any_holiday():
    assert terms.calendar_days(date(2026, 12, 11), 14) == date(2026, 12, 25)
    assert terms.calendar_days(date(2026, 3, 22), 14) == date(2026, 4, 5)


@pytest.mark.parametrize("term", [terms.weeks, terms.months, terms.years, terms.calendar_days])
@pytest.mark.parametrize("count", [0, -1])
def test_a_deadline_is_at_least_one_long(term, count):
    with pytest.raises(ValueError, match="at least one"):
        term(date(2026, 11, 23), count)


def test_a_deadline_after_the_known_holidays_is_refused():
    with pytest.raises(ValueError, match="1901–2100"):
        terms.years(date(2026, 11, 23), 75)


@pytest.mark.parametrize("term", [terms.weeks, terms.months, terms.years])
@given(start=days, count=st.integers(1, 15))
@settings(max_examples=100)
def test_a_deadline_of_the_law_always_ends_on_a_working_day_after_its_start(term, start, count):
    end = term(start, count)
    assert end > start
    assert is_working_day(end)


@pytest.mark.parametrize("term", [terms.weeks, terms.months, terms.years])
@given(start=days, later=st.integers(0, 40), count=st.integers(1, 15))
@settings(max_examples=100)
def test_who_starts_later_never_ends_earlier(term, start, later, count):
    assert term(start, count) <= term(start + timedelta(days=later), count)
    assert term(start, count) <= term(start, count + 1)


@given(start=days, count=st.integers(1, 30))
@settings(max_examples=100)
def test_the_next_working_day_is_the_only_thing_that_moves_an_end(start, count):
    by_name = start + timedelta(weeks=count)
    end = terms.weeks(start, count)
    assert by_name.weekday() == start.weekday()
    assert 0 <= (end - by_name).days <= 5
    assert not any(
        is_working_day(by_name + timedelta(days=passed)) for passed in range((end - by_name).days)
    )


@pytest.mark.prove
def test_every_start_for_thirty_years_ends_on_a_working_day_in_order():
    for term, count in ((terms.weeks, 3), (terms.months, 1), (terms.years, 1)):
        latest = date.min
        for number in range(date(2020, 1, 1).toordinal(), date(2050, 1, 1).toordinal()):
            end = term(date.fromordinal(number), count)
            assert is_working_day(end)
            assert end >= latest
            latest = end
