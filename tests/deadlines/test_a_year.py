"""A year of the sweep: holidays, both clock changes, nights without anybody, days without power.

What should have been told is worked out here a second time, day by day and in plain words. Every
sweep is then held to it: who is told of what, on which day, and whether it says that it is late.
"""

import random
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple

import pytest

from tests.factories import MunicipalityFactory, UserFactory
from tibir.calendar.answer import due_on, stages_due
from tibir.calendar.holidays import is_working_day
from tibir.calendar.oslo import OSLO
from tibir.deadlines.clock import Reading
from tibir.deadlines.kinds import RULES, Kind
from tibir.deadlines.models import Deadline
from tibir.deadlines.schedule import run
from tibir.notifications.models import Notification

ONE_DAY = timedelta(days=1)
FIRST, LAST = date(2026, 3, 20), date(2027, 3, 31)
BEGIN = [Kind.ANSWER, Kind.ANSWER, Kind.CONFIRM_CONTACT, Kind.MESSAGE_FAILED, Kind.CLAIM]


# --- What people expect ---------------------------------------------------------------------


class Expected(NamedTuple):
    """One notice: from which day it is due, and until which day it is worth telling."""

    stage: str
    reach: int
    on: date
    until: date = date.max


def expected_of(deadline, promised, today):
    """Every notice that is due on `today`, or was, and is still worth telling."""
    if deadline.kind == Kind.ANSWER:
        return list(_of_answer(deadline, promised, today))
    return [
        one
        for one in [*_before(deadline), *_overdue(deadline, today)]
        if one.on <= today <= one.until
    ]


def _of_answer(deadline, promised, today):
    reach = {"owner": 1, "coordinator": 2, "leader": 3}
    for notice in stages_due(deadline.begun_on, today, promised):
        if notice.stage == "overdue":
            yield Expected(f"overdue-{notice.on}", 3, notice.on, notice.on)
        else:
            yield Expected(str(notice.stage), reach[notice.stage], notice.on)


def _before(deadline):
    if deadline.kind == Kind.CLAIM:
        yield Expected("unclaimed", 2, deadline.due_on)
        return
    day = deadline.due_on - ONE_DAY
    while not is_working_day(day):
        day -= ONE_DAY
    yield Expected("soon", 1, max(day, deadline.begun_on))


def _overdue(deadline, today):
    day = deadline.due_on + ONE_DAY
    told_in = None
    while day <= today:
        week = day.isocalendar()[:2]
        if is_working_day(day):
            if deadline.kind != Kind.MESSAGE_FAILED:
                yield Expected(f"overdue-{day}", 2, day, day)
            elif week != told_in:
                told_in = week
                monday = date.fromisocalendar(*week, 1)
                first = next(d for n in range(7) if is_working_day(d := monday + n * ONE_DAY))
                # On a day off nobody is nagged, and next week there is a new one.
                if is_working_day(today) and today.isocalendar()[:2] == week:
                    yield Expected(f"overdue-{first}", 2, day)
        day += ONE_DAY


# --- The year -------------------------------------------------------------------------------


class Clock:
    """Moments at which somebody sweeps, with nights off, outages and hours that are odd."""

    def __init__(self, chance):
        self.chance = chance

    def moments(self):
        """(moment, the day that it is in Oslo)"""
        day, away_until = FIRST, FIRST
        while day <= LAST:
            if self.chance.random() < 0.06:
                away_until = day + self.chance.randint(1, 8) * ONE_DAY
            if day >= away_until:
                yield from sorted(self._moments_of(day))
            day += ONE_DAY

    def _moments_of(self, day):
        """Just after midnight, just before it, when clocks change, or any time; in Oslo."""
        hours = [time(0, 0, 1), time(1, 59), time(2, 30), time(3, 1), time(12), time(23, 59, 59)]
        for at in self.chance.sample(hours, self.chance.choice([1, 1, 1, 2])):
            moment = datetime.combine(day, at, tzinfo=OSLO).replace(fold=self.chance.randint(0, 1))
            yield moment.astimezone(UTC), day


@pytest.mark.parametrize(
    "seed", [1, *(pytest.param(n, marks=pytest.mark.prove) for n in range(2, 6))]
)
def test_over_a_year_everybody_is_told_what_is_due_on_the_right_day_and_once(db, seed):
    chance = random.Random(seed)
    unit = MunicipalityFactory().intake_unit
    coordinators = [UserFactory(coordinates=unit), UserFactory(coordinates=unit.municipality)]
    leaders = [UserFactory(leads=unit)]
    owners = [None, UserFactory(practises_in=unit), coordinators[0]]
    people = Staff(owners, coordinators, leaders)
    deadlines, promises, told = {}, {}, set()
    seen, yesterday, ticks = 0, FIRST - ONE_DAY, 0.0
    start = datetime.combine(FIRST, time(), tzinfo=UTC)

    for moment, today in Clock(chance).moments():
        for day in days_between(yesterday, today):
            begin(chance, unit, owners, day, deadlines, promises)
        end_some(chance, deadlines, today)
        yesterday = today
        ticks = (moment - start).total_seconds()

        assert "stanset" not in run(Reading(moment, moment, "the same start", ticks))

        should = set()
        for deadline in deadlines.values():
            for one in expected_of(deadline, promises[deadline.pk], today):
                if (deadline.pk, one.stage) not in told:
                    should |= {
                        (deadline.pk, one.stage, user.pk, one.on < today)
                        for user in people.reached(deadline, one.reach)
                    }
        rows = Notification.objects.filter(pk__gt=seen).order_by("pk")
        written = [(r.target_id, r.stage, r.user_id, r.late) for r in rows]
        assert len(written) == len(set(written))
        assert set(written) == should, f"on {moment}"
        seen = max([seen, *(row.pk for row in rows)])
        told |= {row[:2] for row in should}

    assert len(told) > 800
    assert {row.late for row in Notification.objects.all()} == {True, False}


class Staff(NamedTuple):
    owners: list
    coordinators: list
    leaders: list

    def reached(self, deadline, reach):
        people = {deadline.owner} - {None}
        if reach >= 2 or not people:
            people |= set(self.coordinators)
        return people | set(self.leaders) if reach >= 3 else people


def days_between(yesterday, today):
    return [yesterday + n * ONE_DAY for n in range(1, (today - yesterday).days + 1)]


def begin(chance, unit, owners, day, deadlines, promises):
    """Referrals come on Sundays and while the server is down too: by paper, by telephone."""
    for _one in range(chance.choice([0, 0, 1, 1, 2])):
        kind, promised = chance.choice(BEGIN), chance.randint(1, 14)
        deadline = Deadline.objects.create(
            kind=kind,
            municipality=unit.municipality,
            unit=unit,
            owner=chance.choice(owners),
            target_type="test",
            target_id=len(promises) + 1,
            begun_on=day,
            due_on=due_on(day, promised) if kind == Kind.ANSWER else RULES[kind].length.after(day),
        )
        deadlines[deadline.pk], promises[deadline.pk] = deadline, promised


def end_some(chance, deadlines, today):
    ended = [pk for pk in deadlines if chance.random() < 0.06]
    Deadline.objects.filter(pk__in=ended[::2]).update(met_on=today)
    Deadline.objects.filter(pk__in=ended[1::2]).update(closed_reason="withdrawn")
    for pk in ended:
        del deadlines[pk]
