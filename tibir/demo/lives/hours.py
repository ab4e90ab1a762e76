"""When a family and somebody of ours meet: their hour of the week, but not in the holidays."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.utils import timezone

from interventions import actions
from interventions.models import Busy, Meeting
from tibir.calendar.holidays import is_working_day

HOURS = range(8, 16)


@dataclass(frozen=True)
class Slot:
    """An hour of the week that is theirs, with whoever meets them."""

    weekday: int
    hour: int

    def next(self, day):
        """The first such day from that day on when people are at work."""
        day += timedelta(days=(self.weekday - day.weekday()) % 7)
        while not is_working_day(day) or is_holiday(day):
            day += timedelta(days=7)
        return day


def is_holiday(day):
    """July, and the days about Christmas and New Year's."""
    return day.month == 7 or (day.month, day.day) >= (12, 20) or (day.month, day.day) <= (1, 2)


def agree(course, after, *, by, slot, people, mode=Meeting.Mode.IN_PERSON):
    """The next meeting from that day on; at another hour where somebody else has theirs."""
    for _week in range(3):
        day = slot.next(after)
        for hour in [slot.hour, *(each for each in HOURS if each != slot.hour)]:
            starts = timezone.make_aware(datetime.combine(day, time(hour)))
            try:
                return actions.plan_meeting(
                    course, by=by, starts_at=starts, ends_at=starts + timedelta(hours=1),
                    kind=Meeting.Kind.MEETING, mode=mode, place="Familiens hus", people=people,
                    is_at_ours=True,
                )  # fmt: skip
            except Busy:
                continue
        after = day + timedelta(days=1)
    raise RuntimeError(f"no hour for {course} after {after}")
