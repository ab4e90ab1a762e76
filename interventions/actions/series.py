"""Meetings at the same hour each week: agreed together, and moved together."""

from datetime import timedelta
from uuid import uuid4

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from interventions import rules
from interventions.actions.meeting import miss
from interventions.models import Meeting, MeetingStaff, free
from interventions.models.meeting import WITH_OTHERS, Came
from interventions.models.planning import (
    again,
    expect,
    held_course,
    require_meets,
    require_planned,
    require_room,
)
from tibir.audit.record import record
from tibir.calendar.series import hours_of
from tibir.core.errors import DomainError


@transaction.atomic
def plan_series(course, *, by, times, kind, mode, place, people, is_at_ours=False):
    """All of them or none. `times` are (start, end), as they were shown to whoever agreed."""
    course = held_course(course)
    require_meets(course)
    if kind not in WITH_OTHERS:
        require_room(course, len(times))
    child = Came.EXPECTED if any(rules.is_child(each) for each in people) else ""
    series = uuid4()
    meetings = Meeting.objects.bulk_create(
        Meeting(
            course=course,
            kind=kind,
            mode=mode,
            place=place,
            is_at_ours=is_at_ours,
            child=child,
            series=series,
            starts_at=starts_at,
            ends_at=ends_at,
        )
        for starts_at, ends_at in times
    )
    with free(course.practitioner):
        MeetingStaff.objects.bulk_create(
            MeetingStaff(
                meeting=each,
                user=course.practitioner,
                starts_at=each.starts_at,
                ends_at=each.ends_at,
            )
            for each in meetings
        )
    expect(meetings, people)
    for meeting in meetings:
        record("meeting.planned", meeting, by=by, series=str(series))
    return meetings


@transaction.atomic
def move_series(meeting, *, by, state, instead, closed, reason=""):
    """This meeting gets another time, and those after it in the series follow: as many days and
    the same hours. Each that would fall on a day when nobody meets stops it all: `closed` says why
    of a day, or nothing. Returns how many followed."""
    meeting = again(meeting)
    require_planned(meeting)
    rest = list(Meeting.objects.following(meeting).exclude(pk=meeting.pk).for_list())
    start, end = (timezone.localtime(each) for each in instead)
    apart = timedelta(days=(start.date() - meeting.day).days)
    moved = [(each, each.day + apart) for each in rest]
    why = {day: closed(day) or rules.clocks_change(day, start.time(), end.time())
           for _each, day in moved}  # fmt: skip
    stopped = [f"{day:%d.%m.%Y} ({said})" for day, said in why.items() if said]
    if stopped:
        raise DomainError(
            _("Disse kan ikke flyttes så langt: %(days)s. Flytt møtene ett for ett.")
            % {"days": ", ".join(stopped)}
        )
    # The first and the last go first, so that none of them meets the one before it on its way.
    backwards = instead[0] > meeting.starts_at
    ordered = sorted(moved, key=lambda it: it[1], reverse=backwards)
    if not backwards:
        miss(meeting, by=by, state=state, reason=reason, instead=instead)
    with free(meeting.course.practitioner):
        for each, day in ordered:
            starts_at, ends_at = hours_of(day, start.time(), end.time())
            Meeting.objects.filter(pk=each.pk).update(starts_at=starts_at, ends_at=ends_at)
            record("meeting.changed", each, by=by)
    if backwards:
        miss(meeting, by=by, state=state, reason=reason, instead=instead)
    return len(ordered)
