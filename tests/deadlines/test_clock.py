"""F10: which clocks the sweep believes."""

from datetime import UTC, datetime, timedelta

import pytest

from tibir.deadlines.clock import Doubt, Reading, doubt

AT = datetime(2026, 11, 22, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
LAST = Reading(AT, AT, "this start", 5_000.0)


def later(passed, *, counted=None, database=None, origin="this start"):
    """Both clocks have moved by `passed`; the machine has counted `counted`."""
    counted = passed if counted is None else counted
    database = passed if database is None else database
    return Reading(AT + passed, AT + database, origin, LAST.ticks + counted.total_seconds())


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        pytest.param(later(HOUR / 4), None, id="a quarter of an hour later"),
        pytest.param(later(3 * DAY), None, id="nobody swept for three days"),
        pytest.param(
            later(3 * DAY, origin="a new start", counted=-HOUR), None, id="the machine was down"
        ),
        pytest.param(later(-DAY), Doubt.BACKWARDS, id="a day back"),
        pytest.param(
            later(-DAY, origin="a new start"), Doubt.BACKWARDS, id="a day back, and a new start"
        ),
        pytest.param(later(-HOUR / 60), None, id="another host, a minute behind"),
        pytest.param(later(3 * DAY, counted=HOUR), Doubt.JUMPED, id="three days in an hour"),
        pytest.param(later(DAY + HOUR, counted=HOUR), None, id="put right by a day"),
        pytest.param(
            later(DAY, database=HOUR / 4, counted=HOUR / 4),
            Doubt.DATABASE_DISAGREES,
            id="a day ahead of the database",
        ),
        pytest.param(
            later(HOUR / 4, database=-DAY), Doubt.DATABASE_DISAGREES, id="a day behind the host"
        ),
        pytest.param(
            later(91 * DAY, origin="a new start"), Doubt.FAR_AHEAD, id="nobody for three months"
        ),
    ],
)
def test_what_speaks_against_a_clock(now, expected):
    assert doubt(LAST, now) == expected


def test_the_first_sweep_believes_clocks_that_agree_and_no_others():
    assert doubt(None, LAST) is None
    assert doubt(None, later(HOUR, database=DAY)) == Doubt.DATABASE_DISAGREES


def test_a_clock_that_is_put_right_is_believed_again():
    assert doubt(LAST, later(3 * DAY, counted=HOUR)) == Doubt.JUMPED
    assert doubt(LAST, later(2 * HOUR)) is None
