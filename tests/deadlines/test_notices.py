"""When each notice is due: the plans, day by day, against the calendar itself."""

from datetime import date, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tibir.calendar.answer import ANSWER_DAYS, due_on, stages_due
from tibir.calendar.holidays import is_working_day, next_working_day
from tibir.deadlines.kinds import RULES, Kind
from tibir.deadlines.notices import Before, Overdue, Pace, Reach, due

ONE_DAY = timedelta(days=1)
days = st.dates(date(2024, 1, 1), date(2030, 12, 31))
ages = st.integers(0, 40)


def told(plan, last_day, today):
    """{stage: late} of a deadline with this last day, if nothing was told before."""
    return {
        one.stage: last_day <= one.late_horizon
        for one in due(plan, today)
        if last_day <= one.horizon
    }


@given(received=days, age=ages, promised=st.integers(1, ANSWER_DAYS))
@example(received=date(2026, 3, 20), age=8, promised=14)
def test_the_answer_is_told_as_the_calendar_says(received, age, promised):
    today = received + age * ONE_DAY
    ours = told(RULES[Kind.ANSWER].plan, due_on(received, promised), today)
    theirs = {
        f"overdue-{notice.on}" if notice.stage == "overdue" else str(notice.stage): notice
        for notice in stages_due(received, today, promised)
    }
    assert ours.keys() == theirs.keys()
    for stage, late in ours.items():
        # What would have come before the referral has no day of its own: it is never late.
        began_before = received < today
        assert (late and began_before) == (theirs[stage].on < today)


def test_with_two_weeks_the_days_are_eight_ten_and_twelve_and_from_fifteen_every_day():
    received = date(2026, 11, 2)
    last_day = due_on(received)
    plan = RULES[Kind.ANSWER].plan
    first = {}
    for age in range(20):
        today = received + age * ONE_DAY
        for stage in told(plan, last_day, today):
            first.setdefault(stage, age)
    assert first == {"owner": 8, "coordinator": 10, "leader": 12} | {
        f"overdue-{received + age * ONE_DAY}": age for age in range(15, 20)
    }


@given(last_day=days, today=days, count=st.integers(1, 5))
def test_working_days_before_are_counted_from_the_last_day_backwards(last_day, today, count):
    own_day = last_day
    for _number in range(count):
        own_day -= ONE_DAY
        while not is_working_day(own_day):
            own_day -= ONE_DAY
    plan = (Before("soon", Reach.OWNER, days=count, working=True),)
    expected = {"soon": own_day < today} if own_day <= today else {}
    assert told(plan, last_day, today) == expected


@given(last_day=days, later=st.integers(-3, 60))
def test_overdue_on_working_days_is_silent_on_the_others(last_day, later):
    today = last_day + later * ONE_DAY
    expected = {f"overdue-{today}": False} if later > 0 and is_working_day(today) else {}
    assert told((Overdue(Reach.COORDINATOR, Pace.WORKING_DAYS),), last_day, today) == expected


@given(last_day=days, weeks=st.integers(1, 6))
def test_weekly_is_once_in_each_week_on_its_first_working_day(last_day, weeks):
    plan = (Overdue(Reach.COORDINATOR, Pace.WEEKLY),)
    heard, on_time = {}, []
    for number in range(1, weeks * 7 + 1):
        today = last_day + number * ONE_DAY
        for stage, late in told(plan, last_day, today).items():
            heard.setdefault(stage, today)
            if not late:
                on_time.append((stage, today))
    assert on_time == list(heard.items()), "each is on time on its first day, and on no other"
    by_week = [today.isocalendar()[:2] for today in heard.values()]
    assert len(set(by_week)) == len(by_week)
    if heard:
        assert min(heard.values()) == next_working_day(last_day)


@pytest.mark.parametrize("kind", Kind, ids=str)
def test_every_kind_has_a_rule_and_stages_with_different_names(kind):
    stages = [one.stage for one in due(RULES[kind].plan, date(2026, 11, 23))]
    assert len(set(stages)) == len(stages)
    assert all(len(stage) <= 20 for stage in stages)
