"""When a course is measured: dates, in order, on working days."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from interventions import measuring
from tibir.calendar.holidays import is_working_day

DAYS = some.dates(min_value=date(2020, 1, 1), max_value=date(2060, 1, 1))
MEETINGS = some.integers(min_value=1, max_value=60)


def test_therapy_of_twenty_five_meetings_is_measured_after_the_thirteenth():
    found = measuring.plan(date(2026, 1, 5), 25)
    assert found["before"].due_on == date(2026, 1, 12)
    assert found["half_way"].due_on == date(2026, 4, 7)  # the sixth is Easter Monday
    assert found["after"].due_on == date(2026, 6, 29)
    assert found["six_months"].due_on == date(2026, 12, 29)


@given(DAYS, MEETINGS)
def test_every_occasion_has_a_working_day_and_they_come_in_their_order(day, meetings):
    found = measuring.plan(day, meetings)
    assert list(found) == list(measuring.OCCASIONS)
    due = [window.due_on for window in found.values()]
    assert due == sorted(due)
    assert all(map(is_working_day, due))
    assert due[0] > day
    for window in found.values():
        assert window.opens_on < window.due_on < window.closes_on
        assert window.holds(window.opens_on)
        assert window.holds(window.closes_on)
        assert not window.holds(window.opens_on - timedelta(days=1))
        assert not window.holds(window.closes_on + timedelta(days=1))


@given(DAYS, MEETINGS, some.integers(min_value=0, max_value=400))
def test_what_comes_after_follows_the_day_that_the_course_ended(day, meetings, later):
    ended_on = day + timedelta(days=later)
    found = measuring.after(ended_on)
    assert list(found) == ["after", "six_months"]
    assert 0 <= (found["after"].due_on - ended_on).days <= 5
    assert found["six_months"].opens_on > found["after"].due_on


@given(MEETINGS)
def test_half_way_is_in_the_middle(meetings):
    half = measuring.half_of(meetings)
    assert 1 <= half <= meetings
    assert abs(2 * half - meetings) <= 1


@pytest.mark.parametrize(
    ("least", "most", "said", "meetings"),
    [(3, 7, 5, 5), (15, 40, 25, 25), (6, 8, None, 7), (1, 1, None, 1), (6, 9, None, 8)],
)
def test_the_usual_number_is_what_the_catalogue_says_or_else_the_middle(
    least, most, said, meetings
):
    assert measuring.usual(least, most, said) == meetings


def test_no_meeting_has_no_half():
    with pytest.raises(ValueError, match="at least one"):
        measuring.half_of(0)
