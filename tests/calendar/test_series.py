"""The same hour each week, around what is closed, by the clock on the wall."""

from datetime import date, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tibir.calendar.oslo import OSLO
from tibir.calendar.series import hours_of, is_public_holiday, weekly

WEEK = timedelta(weeks=1)


def off(day):
    return "fridag" if is_public_holiday(day) else ""


@given(
    st.dates(date(2024, 1, 1), date(2035, 12, 31)),
    st.integers(1, 60),
    st.integers(0, 700),
    st.sets(st.integers(0, 100)),
)
def test_a_series_has_as_many_as_asked_for_each_a_week_apart_and_none_on_a_day_off(
    first, count, length, away
):
    until = first + timedelta(days=length)
    weeks = {first + number * WEEK for number in away}
    slots = weekly(first, count, lambda day: off(day) or "fravær" * (day in weeks), until)
    days, met = [slot.day for slot in slots], [slot.day for slot in slots if not slot.why]
    assert days == [first + number * WEEK for number in range(len(slots))]
    assert not any(is_public_holiday(day) or day in weeks for day in met)
    assert all(off(slot.day) or slot.day in weeks for slot in slots if slot.why)
    # As many as asked for, and then no more; or there are no more days.
    assert len(met) == count or (days[-1:] != [] and days[-1] + WEEK > until)
    assert len(met) <= count
    assert not slots or days[-1] <= until
    assert len(met) < count or not slots[-1].why


def test_a_spring_of_tuesdays_goes_around_the_seventeenth_of_may_and_of_thursdays_around_easter():
    tuesdays = weekly(date(2022, 5, 3), 4, off, date(2022, 12, 31))
    assert [(slot.day.day, bool(slot.why)) for slot in tuesdays] == [
        (3, False), (10, False), (17, True), (24, False), (31, False),
    ]  # fmt: skip
    thursdays = weekly(date(2026, 3, 26), 2, off, date(2026, 12, 31))
    assert [slot.day.day for slot in thursdays if slot.why] == [2]


@pytest.mark.parametrize("change", [date(2026, 3, 29), date(2026, 10, 25)])
@given(st.times(time(7), time(20)), st.integers(-3, 3))
def test_the_clock_on_the_wall_stays_when_the_clocks_are_changed(change, starts, weeks):
    day = change + timedelta(days=1) + weeks * WEEK
    start, end = hours_of(day, starts, time(22))
    assert (start.astimezone(OSLO).date(), start.astimezone(OSLO).time()) == (day, starts)
    later, _end = hours_of(day + WEEK, starts, time(22))
    apart = later.timestamp() - start.timestamp()
    is_between = day <= change < day + WEEK
    hours = 0 if not is_between else (-1 if change.month == 3 else 1)
    assert apart == WEEK.total_seconds() + hours * 3600
    assert end.time() == time(22)


@pytest.mark.parametrize("count", [0, 105, -1])
def test_a_series_without_meetings_or_without_end_is_refused(count):
    with pytest.raises(ValueError, match="1–104"):
        weekly(date(2026, 1, 1), count, off, date(2026, 12, 31))
