"""The clock on the wall in Oslo says when a family sleeps and when staff get their e-mail."""

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tibir.calendar.holidays import is_working_day
from tibir.calendar.hours import Quiet, first_allowed, last_slot, quiet_hours
from tibir.calendar.oslo import OSLO, day_of

NIGHT = Quiet(20, 8)
TIMES = (time(7, 30), time(12, 30))

moments = st.datetimes(
    datetime(2020, 1, 1),  # noqa: DTZ001 - the zone is given below
    datetime(2040, 1, 1),  # noqa: DTZ001
    timezones=st.sampled_from([UTC, OSLO]),
)
hours = st.builds(Quiet, st.integers(0, 23), st.integers(0, 23))


def oslo(*parts):
    return datetime(*parts, tzinfo=OSLO)


# --- Quiet hours --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        pytest.param(oslo(2026, 11, 23, 19, 59, 59), oslo(2026, 11, 23, 19, 59, 59), id="evening"),
        pytest.param(oslo(2026, 11, 23, 20), oslo(2026, 11, 24, 8), id="at eight in the evening"),
        pytest.param(oslo(2026, 11, 24, 0), oslo(2026, 11, 24, 8), id="midnight"),
        pytest.param(oslo(2026, 11, 24, 7, 59, 59), oslo(2026, 11, 24, 8), id="just before eight"),
        pytest.param(oslo(2026, 11, 24, 8), oslo(2026, 11, 24, 8), id="at eight in the morning"),
        pytest.param(oslo(2026, 12, 31, 22), oslo(2027, 1, 1, 8), id="New Year"),
    ],
)
def test_a_message_of_the_night_waits_until_eight(written, sent):
    assert first_allowed(written, NIGHT) == sent


@pytest.mark.parametrize(
    ("evening", "morning", "hours_between"),
    [
        pytest.param((2026, 3, 28, 20), (2026, 3, 29, 6), 11, id="to summer time"),
        pytest.param((2026, 10, 24, 20), (2026, 10, 25, 7), 13, id="to winter time"),
    ],
)
def test_eight_is_eight_on_the_wall_after_both_clock_changes(evening, morning, hours_between):
    """`morning` is in UTC: 8 in Oslo is 6 in summer and 7 in winter."""
    sent = first_allowed(oslo(*evening), NIGHT)
    assert sent == datetime(*morning, tzinfo=UTC)
    assert (sent.astimezone(OSLO).hour, sent.astimezone(OSLO).minute) == (8, 0)
    assert sent - oslo(*evening).astimezone(UTC) == timedelta(hours=hours_between)


@pytest.mark.parametrize("fold", [0, 1])
def test_the_hour_that_comes_twice_is_night_both_times(fold):
    twice = oslo(2026, 10, 25, 2, 30).replace(fold=fold)
    assert first_allowed(twice, NIGHT) == oslo(2026, 10, 25, 8)


@given(moments, hours)
def test_what_is_allowed_is_never_before_and_never_quiet(moment, quiet):
    allowed = first_allowed(moment, quiet)
    assert allowed >= moment
    assert not quiet.covers(allowed)
    assert first_allowed(allowed, quiet) == allowed
    assert (allowed.astimezone(UTC) == moment.astimezone(UTC)) == (not quiet.covers(moment))
    assert allowed.astimezone(UTC) - moment.astimezone(UTC) <= timedelta(hours=24)


@given(moments, st.integers(0, 23))
def test_hours_that_end_when_they_begin_are_never(moment, hour):
    assert first_allowed(moment, Quiet(hour, hour)) == moment


def test_a_moment_without_a_time_zone_is_refused():
    with pytest.raises(ValueError, match="time zone"):
        first_allowed(datetime(2026, 11, 23, 12), NIGHT)  # noqa: DTZ001


@pytest.mark.parametrize(
    ("text", "said"), [("20-8", (20, 8)), ("0-6", (0, 6)), ("23-0", (23, 0)), ("", (0, 0))]
)
def test_hours_are_written_with_a_dash(text, said):
    assert quiet_hours(text) == said


@pytest.mark.parametrize("text", ["20", "20-24", "-1-8", "8-20-3", "tjue-åtte", "20–8"])
def test_hours_that_are_none_are_refused(text):
    with pytest.raises(ValueError, match=r"."):
        quiet_hours(text)


# --- Gathered e-mail ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("now", "slot"),
    [
        pytest.param(oslo(2026, 11, 23, 7, 29, 59), oslo(2026, 11, 20, 12, 30), id="early Monday"),
        pytest.param(oslo(2026, 11, 23, 7, 30), oslo(2026, 11, 23, 7, 30), id="Monday"),
        pytest.param(oslo(2026, 11, 23, 12, 29), oslo(2026, 11, 23, 7, 30), id="before lunch"),
        pytest.param(oslo(2026, 11, 23, 12, 30), oslo(2026, 11, 23, 12, 30), id="after lunch"),
        pytest.param(oslo(2026, 11, 28, 9), oslo(2026, 11, 27, 12, 30), id="Saturday"),
        pytest.param(oslo(2027, 3, 29, 9), oslo(2027, 3, 24, 12, 30), id="Easter Monday"),
    ],
)
def test_the_last_time_for_e_mail_was_on_a_working_day(now, slot):
    assert last_slot(now, TIMES) == slot


@pytest.mark.parametrize(("day", "utc"), [((2026, 3, 30), 5), ((2026, 10, 26), 6)])
def test_half_past_seven_is_that_on_the_wall_after_both_clock_changes(day, utc):
    assert last_slot(oslo(*day, 8), TIMES) == datetime(*day, utc, 30, tzinfo=UTC)


@given(moments)
def test_a_slot_is_past_and_on_a_working_day_and_none_is_later(moment):
    slot = last_slot(moment, TIMES)
    assert slot <= moment
    assert is_working_day(day_of(slot))
    assert slot.time() in TIMES
    assert last_slot(slot, TIMES) == slot
    assert last_slot(moment, reversed(TIMES)) == slot
    later = [datetime.combine(day_of(moment), at, tzinfo=OSLO) for at in TIMES]
    assert not [at for at in later if slot < at <= moment and is_working_day(day_of(at))]


def test_no_times_are_refused():
    with pytest.raises(ValueError, match="at least one"):
        last_slot(oslo(2026, 11, 23, 12), [])
