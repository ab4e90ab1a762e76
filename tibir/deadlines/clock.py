"""Can this clock be believed? Notices that are written on a wrong day cannot be taken back.

Plain values. Why each answer is what it is stands in docs/decisions/0007.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

DIFFERENCE = timedelta(minutes=5)  # what clocks that are looked after may differ by
JUMP = timedelta(hours=36)
OUTAGE = timedelta(days=90)  # longer than anybody is away without noticing


class Doubt(StrEnum):
    BACKWARDS = "backwards"  # it has been later than this before
    DATABASE_DISAGREES = "database_disagrees"  # one of the two is wrong
    JUMPED = "jumped"  # it moved more than the time that passed
    FAR_AHEAD = "far_ahead"  # nobody has seen this clock for so long


@dataclass(frozen=True)
class Reading:
    """What the clocks say. `ticks` is the seconds since `origin`, which no setting moves."""

    host: datetime
    database: datetime
    origin: str
    ticks: float


def doubt(last: Reading | None, now: Reading) -> Doubt | None:
    """What speaks against believing `now`, when `last` was believed; None: nothing does.

    A long time with nobody here is an outage, not a jump. A jump is a clock that moved by more
    than 36 hours beyond the time that its own machine has counted since it was started.
    """
    if abs(now.host - now.database) > DIFFERENCE:
        return Doubt.DATABASE_DISAGREES
    if last is None:
        return None
    if now.host < last.host - DIFFERENCE:
        return Doubt.BACKWARDS
    passed = now.host - last.host
    if now.origin == last.origin:
        counted = timedelta(seconds=now.ticks - last.ticks)
        return Doubt.JUMPED if passed - counted > JUMP else None
    return Doubt.FAR_AHEAD if passed > OUTAGE else None
