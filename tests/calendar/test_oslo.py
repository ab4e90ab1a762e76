from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tibir.calendar import oslo
from tibir.calendar.oslo import Week

SPRING = date(2026, 3, 29)
AUTUMN = date(2026, 10, 25)

days = st.dates(date(1981, 1, 1), date(2099, 12, 30))


def utc(*numbers):
    return datetime(*numbers, tzinfo=UTC)


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        pytest.param(utc(2026, 1, 31, 22, 59, 59), date(2026, 1, 31), id="winter, before midnight"),
        pytest.param(utc(2026, 1, 31, 23), date(2026, 2, 1), id="winter, midnight"),
        pytest.param(utc(2026, 6, 30, 21, 59, 59), date(2026, 6, 30), id="summer, before midnight"),
        pytest.param(utc(2026, 6, 30, 22), date(2026, 7, 1), id="summer, midnight"),
        pytest.param(utc(2026, 12, 31, 23), date(2027, 1, 1), id="New Year in Oslo"),
        pytest.param(utc(2028, 2, 28, 23), date(2028, 2, 29), id="leap day in Oslo"),
        pytest.param(utc(2026, 3, 28, 23), SPRING, id="23 hours begin"),
        pytest.param(utc(2026, 3, 29, 21, 59), SPRING, id="23 hours end"),
        pytest.param(utc(2026, 3, 29, 22), date(2026, 3, 30), id="after 23 hours"),
        pytest.param(utc(2026, 10, 24, 22), AUTUMN, id="25 hours begin"),
        pytest.param(utc(2026, 10, 25, 22, 59), AUTUMN, id="25 hours end"),
        pytest.param(utc(2026, 10, 25, 23), date(2026, 10, 26), id="after 25 hours"),
        pytest.param(
            datetime(2026, 11, 23, 1, tzinfo=timezone(timedelta(hours=9))),
            date(2026, 11, 22),
            id="from another time zone",
        ),
    ],
)
def test_a_moment_belongs_to_the_day_it_is_in_oslo(moment, day):
    assert oslo.day_of(moment) == day


def test_a_moment_without_a_time_zone_belongs_to_no_day():
    with pytest.raises(ValueError, match="without a time zone"):
        oslo.day_of(datetime(2026, 11, 22, 12))  # noqa: DTZ001


@pytest.mark.parametrize(
    ("day", "start", "hours"),
    [
        pytest.param(date(2026, 1, 15), utc(2026, 1, 14, 23), 24, id="winter"),
        pytest.param(date(2026, 7, 15), utc(2026, 7, 14, 22), 24, id="summer"),
        pytest.param(SPRING, utc(2026, 3, 28, 23), 23, id="last Sunday of March"),
        pytest.param(AUTUMN, utc(2026, 10, 24, 22), 25, id="last Sunday of October"),
        pytest.param(date(2027, 3, 28), utc(2027, 3, 27, 23), 23, id="the year after, in March"),
        pytest.param(date(2027, 10, 31), utc(2027, 10, 30, 22), 25, id="the year after, October"),
    ],
)
def test_a_day_in_oslo_has_23_24_or_25_hours(day, start, hours):
    assert oslo.start_of(day) == start
    assert oslo.start_of(day).tzinfo is UTC
    assert oslo.end_of(day) - oslo.start_of(day) == timedelta(hours=hours)


def test_each_year_has_one_short_and_one_long_day():
    for year in range(2020, 2036):
        lengths = {}
        for number in range(date(year, 1, 1).toordinal(), date(year + 1, 1, 1).toordinal()):
            day = date.fromordinal(number)
            length = oslo.end_of(day) - oslo.start_of(day)
            lengths.setdefault(length // timedelta(hours=1), []).append(day)
        assert sorted(map(len, (lengths[23], lengths[25]))) == [1, 1]
        assert (lengths[23][0].month, lengths[25][0].month) == (3, 10)


@given(days)
@settings(max_examples=200)
def test_days_follow_each_other_without_a_gap(day):
    start, end = oslo.start_of(day), oslo.end_of(day)
    assert oslo.day_of(start) == oslo.day_of(end - timedelta(microseconds=1)) == day
    assert oslo.day_of(start - timedelta(microseconds=1)) == day - timedelta(days=1)
    assert oslo.start_of(day + timedelta(days=1)) == end


@given(st.datetimes(datetime(1981, 1, 1), datetime(2099, 12, 30), timezones=st.just(UTC)))  # noqa: DTZ001
@settings(max_examples=200)
def test_every_moment_lies_within_its_day(moment):
    day = oslo.day_of(moment)
    assert oslo.start_of(day) <= moment < oslo.end_of(day)


@pytest.mark.parametrize(
    ("day", "week"),
    [
        pytest.param(date(2026, 2, 16), Week(2026, 8), id="uke 8, the winter holiday"),
        pytest.param(date(2026, 2, 22), Week(2026, 8), id="its Sunday"),
        pytest.param(date(2026, 2, 23), Week(2026, 9), id="the Monday after"),
        pytest.param(date(2027, 1, 1), Week(2026, 53), id="New Year's Day in last year's week 53"),
        pytest.param(date(2027, 1, 4), Week(2027, 1), id="the first Monday"),
        pytest.param(date(2024, 12, 30), Week(2025, 1), id="December in next year's week 1"),
        pytest.param(date(2028, 2, 29), Week(2028, 9), id="leap day"),
    ],
)
def test_weeks_are_numbered_as_norwegians_do(day, week):
    assert oslo.week_of(day) == week
    assert week.monday <= day <= week.sunday
    assert day in week.days


def test_a_week_is_monday_to_sunday():
    week = Week(2026, 8)
    assert week.days[0] == week.monday == date(2026, 2, 16)
    assert week.days[-1] == week.sunday == date(2026, 2, 22)
    assert len(week.days) == 7


def test_the_week_after_the_last_is_the_first_of_the_next_year():
    assert Week(2026, 53).next == Week(2027, 1)
    assert Week(2027, 1).previous == Week(2026, 53)
    assert Week(2027, 52).next == Week(2028, 1)


def test_a_week_that_the_year_does_not_have_has_no_days():
    with pytest.raises(ValueError, match="week"):
        _ = Week(2027, 53).monday


@given(days)
@settings(max_examples=100)
def test_weeks_follow_each_other(day):
    week = oslo.week_of(day)
    assert week.next.monday - week.sunday == timedelta(days=1)
    assert week.next.previous == week
    assert week < week.next
