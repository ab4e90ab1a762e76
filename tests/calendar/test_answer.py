from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tibir.calendar import answer
from tibir.calendar.answer import Notice, Stage
from tibir.calendar.holidays import is_working_day

RECEIVED = date(2026, 11, 2)

days = st.dates(date(2020, 1, 1), date(2090, 12, 31))
promises = st.integers(1, 14)


def day(number):
    return RECEIVED + timedelta(days=number)


@pytest.mark.parametrize(
    ("received_on", "due_on", "target"),
    [
        pytest.param(date(2026, 12, 10), date(2026, 12, 24), date(2026, 12, 24), id="julaften"),
        pytest.param(date(2026, 12, 11), date(2026, 12, 25), date(2026, 12, 24), id="juledag"),
        pytest.param(date(2026, 12, 13), date(2026, 12, 27), date(2026, 12, 24), id="romjul"),
        pytest.param(date(2026, 12, 18), date(2027, 1, 1), date(2026, 12, 31), id="year end"),
        pytest.param(date(2026, 3, 19), date(2026, 4, 2), date(2026, 4, 1), id="skjærtorsdag"),
        pytest.param(date(2026, 3, 23), date(2026, 4, 6), date(2026, 4, 1), id="2. påskedag"),
        pytest.param(date(2026, 4, 17), date(2026, 5, 1), date(2026, 4, 30), id="1 May"),
        pytest.param(date(2026, 5, 3), date(2026, 5, 17), date(2026, 5, 15), id="17 May"),
        pytest.param(date(2028, 2, 15), date(2028, 2, 29), date(2028, 2, 29), id="leap day"),
        pytest.param(date(2028, 2, 16), date(2028, 3, 1), date(2028, 3, 1), id="over leap day"),
        pytest.param(date(2027, 2, 15), date(2027, 3, 1), date(2027, 3, 1), id="no leap day"),
        pytest.param(date(2026, 3, 20), date(2026, 4, 3), date(2026, 4, 1), id="summer time"),
        pytest.param(date(2026, 10, 12), date(2026, 10, 26), date(2026, 10, 26), id="winter time"),
        pytest.param(date(2026, 11, 22), date(2026, 12, 6), date(2026, 12, 4), id="a Sunday"),
    ],
)
def test_the_answer_is_due_in_two_weeks_and_no_holiday_moves_it(received_on, due_on, target):
    assert answer.due_on(received_on) == due_on
    assert answer.inner_target(due_on, received_on) == target


@pytest.mark.parametrize("easter_sunday", [date(2026, 4, 5), date(2027, 3, 28), date(2028, 4, 16)])
@pytest.mark.parametrize("offset", [-3, -2, -1, 0, 1])
def test_easter_gives_no_extra_days(easter_sunday, offset):
    due_on = easter_sunday + timedelta(days=offset)
    assert answer.due_on(due_on - timedelta(days=14)) == due_on
    assert answer.inner_target(due_on) == easter_sunday - timedelta(days=4)


def test_a_municipality_may_promise_less_time():
    assert answer.due_on(RECEIVED, 7) == day(7)
    assert answer.due_on(RECEIVED, answer_days=1) == day(1)


@pytest.mark.parametrize("answer_days", [15, 30, 0, -1])
def test_a_municipality_may_not_promise_more_time(answer_days):
    with pytest.raises(ValueError, match="1–14"):
        answer.due_on(RECEIVED, answer_days)
    with pytest.raises(ValueError, match="1–14"):
        answer.stages_due(RECEIVED, RECEIVED, answer_days)


def test_without_a_working_day_before_it_the_last_day_is_the_target():
    good_friday, easter_sunday = date(2026, 4, 3), date(2026, 4, 5)
    assert answer.due_on(good_friday, 2) == easter_sunday
    assert answer.inner_target(easter_sunday, good_friday) == easter_sunday
    assert answer.inner_target(easter_sunday) == date(2026, 4, 1)


def test_the_days_left_are_read_never_counted_down():
    due_on = answer.due_on(RECEIVED)
    assert answer.days_left(due_on, RECEIVED) == 14
    assert answer.days_left(due_on, due_on) == 0
    assert answer.days_left(due_on, day(15)) == -1


OWNER = Notice(8, day(8), Stage.OWNER)
COORDINATOR = Notice(10, day(10), Stage.COORDINATOR)
LEADER = Notice(12, day(12), Stage.LEADER)


@pytest.mark.parametrize(
    ("today", "notices"),
    [
        pytest.param(day(-1), [], id="before it came"),
        pytest.param(day(0), [], id="the day it came"),
        pytest.param(day(7), [], id="day 7"),
        pytest.param(day(8), [OWNER], id="day 8"),
        pytest.param(day(9), [OWNER], id="day 9"),
        pytest.param(day(10), [OWNER, COORDINATOR], id="day 10"),
        pytest.param(day(11), [OWNER, COORDINATOR], id="day 11"),
        pytest.param(day(12), [OWNER, COORDINATOR, LEADER], id="day 12"),
        pytest.param(day(14), [OWNER, COORDINATOR, LEADER], id="the last day in time"),
        pytest.param(
            day(15),
            [OWNER, COORDINATOR, LEADER, Notice(15, day(15), Stage.OVERDUE)],
            id="day 15, the first too late",
        ),
        pytest.param(
            day(40),
            [OWNER, COORDINATOR, LEADER, Notice(40, day(40), Stage.OVERDUE)],
            id="day 40, after a long outage: every stage, and one list",
        ),
    ],
)
def test_the_notices_that_should_exist(today, notices):
    assert answer.stages_due(RECEIVED, today) == notices


def test_a_shorter_promise_warns_before_it_breaks():
    def stages(age, answer_days):
        due = answer.stages_due(RECEIVED, day(age), answer_days)
        return {notice.stage: notice.day for notice in due}

    assert stages(8, 7) == {
        Stage.OWNER: 1,
        Stage.COORDINATOR: 3,
        Stage.LEADER: 5,
        Stage.OVERDUE: 8,
    }
    assert stages(0, 3) == {Stage.OWNER: 0, Stage.COORDINATOR: 0}
    assert stages(1, 3)[Stage.LEADER] == 1
    assert stages(1, 1) == {Stage.OWNER: 0, Stage.COORDINATOR: 0, Stage.LEADER: 0}


@given(days, promises)
@settings(max_examples=200)
def test_the_answer_is_never_due_later_than_two_weeks(received_on, answer_days):
    due_on = answer.due_on(received_on, answer_days)
    assert 1 <= (due_on - received_on).days == answer_days <= 14
    assert answer.due_on(received_on + timedelta(days=1), answer_days) > due_on


@given(days, promises)
@settings(max_examples=200)
def test_the_target_lies_between_receipt_and_the_last_day(received_on, answer_days):
    due_on = answer.due_on(received_on, answer_days)
    target = answer.inner_target(due_on, received_on)
    assert received_on <= target <= due_on
    span = [received_on + timedelta(days=n) for n in range(answer_days + 1)]
    assert is_working_day(target) == any(map(is_working_day, span))


@given(days)
@settings(max_examples=200)
def test_with_two_weeks_the_target_is_always_a_working_day(received_on):
    target = answer.inner_target(answer.due_on(received_on))
    assert is_working_day(target)
    assert target - received_on >= timedelta(days=9)
    later = answer.inner_target(answer.due_on(received_on + timedelta(days=1)))
    assert target <= later


@given(days, promises, st.lists(st.integers(0, 60), min_size=1, max_size=8))
@settings(max_examples=200)
def test_however_seldom_the_sweep_runs_each_stage_is_written_once(received_on, promise, ages):
    """A row per (stage, day); the sweep runs on some days only, and perhaps twice."""
    written = []
    for age in sorted(ages + ages):
        for notice in answer.stages_due(received_on, received_on + timedelta(days=age), promise):
            assert notice.on <= received_on + timedelta(days=age)
            if notice not in written:
                written.append(notice)

    stages = [notice.stage for notice in written if notice.stage != Stage.OVERDUE]
    assert len(stages) == len(set(stages))
    expected = {stage for stage, days in answer.DAYS_BEFORE.items() if promise - days <= max(ages)}
    assert set(stages) == expected
    lists = {notice.day for notice in written if notice.stage == Stage.OVERDUE}
    assert lists == {age for age in ages if age > promise}
