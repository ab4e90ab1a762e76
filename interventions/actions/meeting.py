"""A meeting is agreed, held, moved, or comes to nothing."""

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from interventions import rules
from interventions.actions.contact import been_in_touch
from interventions.actions.note import open_note
from interventions.actions.staffing import put_in_charge
from interventions.actions.start import begin
from interventions.models import Meeting, free
from interventions.models.meeting import WITH_OTHERS
from interventions.models.planning import (
    again,
    expect,
    held_course,
    require_meets,
    require_planned,
    require_room,
)
from interventions.states import MOVED, CourseState, MeetingState
from tibir.audit.record import record
from tibir.core.errors import DomainError

Came = Meeting.Came


@transaction.atomic
def plan_meeting(
    course, *, by, starts_at, ends_at, kind, mode, place, people, is_at_ours=False, series=None
):
    """An appointment with those who are asked to come: people of the case, and the child."""
    course = held_course(course)
    require_meets(course)
    if kind not in WITH_OTHERS:
        require_room(course)
    meeting = Meeting.objects.create(
        course=course,
        kind=kind,
        mode=mode,
        place=place,
        is_at_ours=is_at_ours,
        series=series,
        starts_at=starts_at,
        ends_at=ends_at,
        child=_child(people),
    )
    put_in_charge(meeting, by=by, user=course.practitioner)
    expect([meeting], people)
    record("meeting.planned", meeting, by=by)
    return meeting


@transaction.atomic
def change_meeting(meeting, *, by, starts_at, ends_at, kind, mode, place, people, is_at_ours=False):
    """What was typed wrong, or where it is. A day that the family was told of is moved instead."""
    meeting = again(meeting)
    course = held_course(meeting.course)
    require_planned(meeting)
    if meeting.kind in WITH_OTHERS and kind not in WITH_OTHERS:
        require_room(course)
    with free(course.practitioner):
        Meeting.objects.filter(pk=meeting.pk).update(
            starts_at=starts_at,
            ends_at=ends_at,
            kind=kind,
            mode=mode,
            place=place,
            is_at_ours=is_at_ours,
            child=_child(people),
        )
    of_case = [each for each in people if not rules.is_child(each)]
    meeting.attendances.exclude(person__in=of_case).delete()
    expect([meeting], _not_there(meeting, of_case))
    record("meeting.changed", meeting, by=by)


@transaction.atomic
def hold(meeting, *, by, attended, excused=(), minutes=None):
    """It has been held: who came, how long it took, and a note to write. Returns the note.

    `attended` and `excused` are people of the case, and the child; the others who were expected
    did not come. Without `minutes` it took what was set aside for it.
    """
    meeting = again(meeting)
    course = held_course(meeting.course)
    require_planned(meeting)
    if meeting.starts_at > timezone.now():
        raise DomainError(_("Møtet har ikke begynt ennå."))
    if not attended:
        raise DomainError(_("Velg hvem som var med, eller skriv at møtet ikke ble noe av."))
    child = _note_who_came(meeting, {Came.ATTENDED: attended, Came.EXCUSED: excused})
    is_counted = meeting.kind not in WITH_OTHERS and any(
        rules.counts(each, course.service) for each in attended
    )
    number = _next_number(course) if is_counted else None
    if course.state == CourseState.PAUSED:
        raise DomainError(_("Tiltaket er på pause. Sett det i gang igjen først."))
    meeting.move_to(MeetingState.HELD, number=number, child=child, minutes_used=minutes)
    if not course.is_begun:
        begin(course, by=by, on=meeting.day)
    record("meeting.held", meeting, by=by, number=number)
    been_in_touch(course, by=by, on=meeting.day)
    return open_note(course, by=by, meeting=meeting)


@transaction.atomic
def miss(meeting, *, by, state, reason="", instead=None):
    """It was not held. `instead` is when it is held then: (start, end)."""
    meeting = again(meeting)
    course = held_course(meeting.course)
    require_planned(meeting)
    if instead and state not in MOVED:
        raise DomainError(_("Bare et møte som er flyttet, får et nytt tidspunkt."))
    if state == MeetingState.NO_SHOW and meeting.starts_at > timezone.now():
        raise DomainError(_("Møtet har ikke begynt ennå."))
    meeting.move_to(MeetingState(state), reason=reason)
    record("meeting.missed", meeting, by=by, state=state)
    if not instead:
        return None
    if stops := rules.stopped_by(course, timezone.localdate(), meeting.kind):
        raise DomainError(" ".join(stops))
    people = [each.person for each in meeting.attendances.select_related("person")]
    later = plan_meeting(
        course,
        by=by,
        starts_at=instead[0],
        ends_at=instead[1],
        kind=meeting.kind,
        mode=meeting.mode,
        place=meeting.place,
        is_at_ours=meeting.is_at_ours,
        series=meeting.series,
        people=[*people, course.case.child] if meeting.child else people,
    )
    for each in meeting.attendances.exclude(language=""):
        later.attendances.filter(person=each.person_id).update(
            language=each.language, interpreting=each.interpreting
        )
    Meeting.objects.filter(pk=meeting.pk).update(moved_to=later)
    return later


def _child(people):
    return Came.EXPECTED if any(rules.is_child(each) for each in people) else ""


def _note_who_came(meeting, said):
    """Writes it of each, and returns how it is with the child."""
    came = {each.pk: state for state, people in said.items() for each in people
            if not rules.is_child(each)}  # fmt: skip
    expect([meeting], _not_there(meeting, [each for people in said.values() for each in people]))
    for attendance in meeting.attendances.all():
        attendance.state = came.get(attendance.person_id, Came.ABSENT)
        attendance.save(update_fields=["state"])
    for state, people in said.items():
        if any(rules.is_child(each) for each in people):
            return state
    return Came.ABSENT if meeting.child else ""


def _not_there(meeting, people):
    there = set(meeting.attendances.values_list("person", flat=True))
    return [each for each in people if rules.is_child(each) or each.pk not in there]


def _next_number(course):
    return (course.meetings.aggregate(last=Max("number"))["last"] or course.held_before) + 1
