"""A course is over: fulfilled, or before its time. And it may be opened again."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from interventions import rules
from interventions.actions.measure import end_measures, measure_again
from interventions.actions.start import ask_of_parallels, ask_whether_it_goes_on
from interventions.models import Course, LeftOut, Reopening
from interventions.states import CourseState, MeetingState
from tibir.audit.record import record
from tibir.cases.models import Case
from tibir.core.errors import DomainError
from tibir.deadlines import actions as deadlines
from tibir.deadlines.kinds import Kind as Due

OVER_WITH_IT = (
    Due.SCREENING, Due.FIRST_MEETING, Due.NEW_PRACTITIONER, Due.PARALLEL, Due.CONTACT,
)  # fmt: skip


@transaction.atomic
def complete(course, *, by, next_step, left_out=None):
    """It is fulfilled. `left_out` is {what is missing: why}, for what belongs to an ending."""
    course = Course.objects.held(course.pk)
    if course.is_screening:
        raise DomainError(_("En kartlegging avsluttes med en beslutning."))
    today = timezone.localdate()
    if not course.can_move_to(CourseState.COMPLETED):
        raise DomainError(
            _("Det går ikke: tiltaket er «%(state)s».") % {"state": course.get_state_display()}
        )
    _go_through(course, left_out or {}, by, today)
    course.move_to(CourseState.COMPLETED, ended_on=today, next_step=next_step)
    wind_up(course, by=by, reason="completed")
    ask_of_parallels(course, by=by)
    record("course.completed", course, by=by)


@transaction.atomic
def end(course, *, by, ending, reason, next_step="", left_out=None):
    """It is over before its time, and why. What is agreed is agreed no more."""
    course = Course.objects.held(course.pk)
    today = timezone.localdate()
    if not course.is_open:
        raise DomainError(
            _("Det går ikke: tiltaket er «%(state)s».") % {"state": course.get_state_display()}
        )
    _go_through(course, left_out or {}, by, today)
    said = {"ending": ending, "end_reason": reason, "next_step": next_step}
    course.move_to(CourseState.ENDED, ended_on=today, **said)
    wind_up(course, by=by, reason="ended")
    ask_of_parallels(course, by=by)
    record("course.ended", course, by=by, ending=ending)


@transaction.atomic
def reopen(course, *, by, reason):
    """It was not over after all. How it was over stands beside the reason."""
    course = Course.objects.held(course.pk)
    if course.is_screening:
        raise DomainError(_("En kartlegging åpnes ikke igjen. Planlegg en ny."))
    if course.is_open:
        raise DomainError(
            _("Det går ikke: tiltaket er «%(state)s».") % {"state": course.get_state_display()}
        )
    if course.case.state != Case.State.OPEN:
        raise DomainError(_("Saken er lukket. Åpne den først."))
    today = timezone.localdate()
    before = {
        "was": course.state,
        "was_ended_on": course.ended_on,
        "was_ending": course.ending,
        "was_end_reason": course.end_reason,
    }
    state = CourseState.RUNNING if course.is_begun else CourseState.PLANNED
    course.move_to(state, ended_on=None, ending="", end_reason="", next_step="")
    Reopening.objects.create(course=course, reason=reason, by=by, on=today, **before)
    record("course.reopened", course, by=by)
    unit, about = rules.unit_again(course), {"case": course.case, "on": today}
    if rules.why_not(course.case, course.service, course.practitioner, today, unit):
        deadlines.begin(Due.NEW_PRACTITIONER, course, by=by, unit=unit, **about)
    elif state == CourseState.PLANNED:
        about |= {"unit": course.unit, "owner": course.practitioner}
        deadlines.begin(Due.FIRST_MEETING, course, by=by, **about)
    if course.is_begun:
        _go_beside(course, by)
        measure_again(course, by=by, since=before["was_ended_on"])
    for parallel in course.parallels.open() if course.is_promised else ():
        deadlines.close(Due.PARALLEL, parallel, by=by, reason="reopened")


@transaction.atomic(savepoint=False)
def wind_up(course, *, by, reason):
    """What was agreed, asked and due about it is so no more. `reason` is a code word."""
    for meeting in course.meetings.ahead(timezone.now()):
        meeting.move_to(MeetingState.CALLED_OFF)
    course.pauses.running().update(ended_on=timezone.localdate())
    end_measures(course, by=by, on=timezone.localdate())
    for kind in OVER_WITH_IT:
        deadlines.close(kind, course, by=by, reason=reason)
    for asked in course.extensions.open():
        deadlines.close(Due.EXTENSION, asked, by=by, reason=reason)
        asked.delete()


def _go_beside(course, by):
    """What it went beside may be over meanwhile, or have gone on in another unit."""
    if not course.service.needs_family_course:
        return
    beside = course.beside_id and Course.objects.held(course.beside.goes_on_as.pk)
    if beside and beside.pk != course.beside_id:
        course.beside = beside
        course.save(update_fields=["beside"])
    if not (beside and beside.is_promised):
        ask_whether_it_goes_on(course, by=by)


def _go_through(course, left_out, by, today):
    """Nothing stops it, and of what is missing, somebody has said why."""
    checks = rules.ending_checks(course)
    stops = [str(check.what) for check in checks if check.is_blocked]
    if stops:
        raise DomainError(" ".join(stops))
    missing = [check for check in checks if check.is_missing]
    if any(not left_out.get(check.code, "").strip() for check in missing):
        raise DomainError(_("Skriv hvorfor det som mangler, ikke er gjort."))
    LeftOut.objects.bulk_create(
        LeftOut(course=course, what=check.code, reason=left_out[check.code], by=by, on=today)
        for check in missing
    )
