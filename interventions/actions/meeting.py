"""A meeting is agreed, held, moved, or comes to nothing."""

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from interventions import rules
from interventions.actions.course import begin
from interventions.actions.note import open_note
from interventions.actions.staffing import put_in_charge
from interventions.models import Attendance, Course, Meeting, free
from interventions.states import MOVED, CourseState, MeetingState
from tibir.audit.record import record
from tibir.core.errors import DomainError


@transaction.atomic
def plan_meeting(course, *, by, starts_at, ends_at, kind, mode, place, people):
    """An appointment with those of the family who are asked to come."""
    course = _held(course)
    _require_room(course)
    meeting = Meeting.objects.create(
        course=course, kind=kind, mode=mode, place=place, starts_at=starts_at, ends_at=ends_at
    )
    put_in_charge(meeting, by=by, user=course.practitioner)
    _expect(meeting, people)
    record("meeting.planned", meeting, by=by)
    return meeting


@transaction.atomic
def change_meeting(meeting, *, by, starts_at, ends_at, kind, mode, place, people):
    """What was typed wrong, or where it is. A day that the family was told of is moved instead."""
    meeting = _again(meeting)
    _require_planned(meeting)
    with free(meeting.course.practitioner):
        Meeting.objects.filter(pk=meeting.pk).update(
            starts_at=starts_at, ends_at=ends_at, kind=kind, mode=mode, place=place
        )
    meeting.attendances.exclude(person__in=people).delete()
    there = set(meeting.attendances.values_list("person", flat=True))
    _expect(meeting, [each for each in people if each.pk not in there])
    record("meeting.changed", meeting, by=by)


@transaction.atomic
def hold(meeting, *, by, attended, excused=()):
    """It has been held: who came, and a note to write. Returns the note.

    `attended` and `excused` are case persons; the others who were expected did not come.
    """
    meeting = _again(meeting)
    course = _held(meeting.course)
    if meeting.starts_at > timezone.now():
        raise DomainError(_("Møtet har ikke begynt ennå."))
    if not attended:
        raise DomainError(_("Velg hvem som var med, eller skriv at møtet ikke ble noe av."))
    _note_who_came(meeting, {"attended": attended, "excused": excused})
    is_counted = any(rules.counts(each) for each in attended)
    number = _next_number(course) if is_counted else None
    meeting.move_to(MeetingState.HELD, number=number)
    if course.state == CourseState.PLANNED:
        begin(course, by=by, on=meeting.day)
    record("meeting.held", meeting, by=by, number=number)
    return open_note(course, by=by, meeting=meeting)


@transaction.atomic
def miss(meeting, *, by, state, reason="", instead=None):
    """It was not held. `instead` is when it is held then: (start, end)."""
    meeting = _again(meeting)
    _held(meeting.course)
    _require_planned(meeting)
    if instead and state not in MOVED:
        raise DomainError(_("Bare et møte som er flyttet, får et nytt tidspunkt."))
    if state in (MeetingState.NO_SHOW,) and meeting.starts_at > timezone.now():
        raise DomainError(_("Møtet har ikke begynt ennå."))
    meeting.move_to(MeetingState(state), reason=reason)
    record("meeting.missed", meeting, by=by, state=state)
    if not instead:
        return None
    people = [each.person for each in meeting.attendances.select_related("person")]
    later = plan_meeting(
        meeting.course,
        by=by,
        starts_at=instead[0],
        ends_at=instead[1],
        kind=meeting.kind,
        mode=meeting.mode,
        place=meeting.place,
        people=people,
    )
    Meeting.objects.filter(pk=meeting.pk).update(moved_to=later)
    return later


def _held(course):
    """Locked: two who plan at once do not both get the last meeting."""
    found = Course.objects.select_for_update(of=["self"])
    course = found.select_related("case", "service", "unit", "practitioner").get(pk=course.pk)
    if not course.is_open:
        raise DomainError(
            _("Det går ikke: kartleggingen er «%(state)s».") % {"state": course.get_state_display()}
        )
    return course


def _again(meeting):
    found = Meeting.objects.select_for_update(of=["self"])
    return found.select_related("course__practitioner", "course__unit").get(pk=meeting.pk)


def _require_planned(meeting):
    if not meeting.is_planned:
        raise DomainError(
            _("Det går ikke: møtet er «%(state)s».") % {"state": meeting.get_state_display()}
        )


def _require_room(course):
    most = course.service.most_meetings
    if course.meetings.counted().count() >= most:
        raise DomainError(
            _("En kartlegging har høyst %(most)d møter. Avslutt den, eller velg et tiltak.")
            % {"most": most}
        )


def _expect(meeting, people):
    Attendance.objects.bulk_create(Attendance(meeting=meeting, person=each) for each in people)


def _note_who_came(meeting, said):
    came = {each.pk: state for state, people in said.items() for each in people}
    _expect(meeting, _not_expected(meeting, said))
    for attendance in meeting.attendances.all():
        attendance.state = came.get(attendance.person_id, Attendance.State.ABSENT)
        attendance.save(update_fields=["state"])


def _not_expected(meeting, said):
    there = set(meeting.attendances.values_list("person", flat=True))
    return [each for people in said.values() for each in people if each.pk not in there]


def _next_number(course):
    return (course.meetings.aggregate(last=Max("number"))["last"] or 0) + 1
