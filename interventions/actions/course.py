"""A course from planned until it is over: who gives it, and what is due."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from interventions import rules
from interventions.actions.staffing import put_in_charge
from interventions.kinds import ServiceKind
from interventions.models import Course, Screening, Service
from interventions.states import CourseState, MeetingState
from tibir.accounts.models import Role
from tibir.audit.record import record
from tibir.cases.models import CaseMember
from tibir.core.errors import DomainError
from tibir.deadlines import actions as deadlines
from tibir.deadlines.kinds import Kind as Due
from tibir.deadlines.models import Deadline
from tibir.family import actions as family
from tibir.family.rules.people import possible_members
from tibir.notifications import actions as notifications
from tibir.notifications.kinds import Kind as Message


@transaction.atomic
def plan_screening(referral, *, by, practitioner):
    """Somebody is to screen this family, and has until a day to conclude."""
    case, today = referral.case, timezone.localdate()
    if why_not := rules.not_screened_because(referral):
        raise DomainError(why_not)
    if Course.objects.open().filter(case=case, service__kind=ServiceKind.SCREENING).exists():
        raise DomainError(_("Familien har en kartlegging som ikke er avsluttet."))
    service = Service.objects.row_of(ServiceKind.SCREENING, case.municipality, today)
    if service is None:
        raise DomainError(_("Kartlegging står ikke i tiltakskatalogen. Spør administratoren."))
    _require(case, service, practitioner, today)
    course = Course.objects.create(
        case=case,
        referral=referral,
        service=service,
        unit=case.unit,
        practitioner=practitioner,
        supervisor=rules.supervisor_of(practitioner, service, today),
        assigned_on=today,
        planned_on=today,
    )
    Screening.objects.create(course=course)
    record("course.planned", course, by=by, kind=service.kind, practitioner=practitioner.pk)
    _let_in(course, by)
    deadlines.begin(
        Due.SCREENING,
        course,
        by=by,
        unit=course.unit,
        case=case,
        owner=practitioner,
        on=today,
        due_on=today + timedelta(days=case.municipality.screening_days),
    )
    deadlines.meet(Due.PLAN_SCREENING, referral, by=by, on=today)
    _tell(course, by)
    return course


@transaction.atomic
def assign(course, *, by, practitioner):
    """Somebody else gives the course from today, with the meetings that are agreed."""
    course = _held(course)
    today = timezone.localdate()
    _require_open(course)
    if practitioner == course.practitioner:
        raise DomainError(_("%(name)s har dette alt.") % {"name": practitioner})
    _require(course.case, course.service, practitioner, today)
    was = course.practitioner
    course.unit = course.case.unit  # it may have got another since
    course.practitioner = practitioner
    course.supervisor = rules.supervisor_of(practitioner, course.service, today)
    course.assigned_on = today
    course.save(update_fields=["unit", "practitioner", "supervisor", "assigned_on"])
    record("course.assigned", course, by=by, was=was.pk, practitioner=practitioner.pk)
    _let_in(course, by)
    for meeting in course.meetings.planned():
        put_in_charge(meeting, by=by, user=practitioner, instead_of=was)
    deadlines.entrust(Due.SCREENING, course, by=by, to=practitioner)
    deadlines.meet(Due.NEW_PRACTITIONER, course, by=by, on=today)
    _tell(course, by)
    return course


@transaction.atomic
def end(course, *, by, ending, reason):
    """It is over before its time, and why. What is agreed is agreed no more."""
    course = _held(course)
    if course.notes.unsigned().exists():
        raise DomainError(_("Signer notatene først. Ett er ikke signert."))
    if course.safety_checks.undecided().exists():
        raise DomainError(_("Avgjør først om bekymringen skal meldes til barnevernet."))
    today = timezone.localdate()
    course.move_to(CourseState.ENDED, ended_on=today, ending=ending, end_reason=reason)
    for meeting in course.meetings.planned():
        meeting.move_to(MeetingState.CALLED_OFF)
    for kind in (Due.SCREENING, Due.NEW_PRACTITIONER):
        deadlines.close(kind, course, by=by, reason="ended")
    record("course.ended", course, by=by, ending=ending)


@transaction.atomic
def begin(course, *, by, on):
    """The first meeting has been held."""
    course.move_to(CourseState.RUNNING, started_on=on)
    record("course.begun", course, by=by)


def _require(case, service, practitioner, today):
    found = rules.possible_practitioners(case, service, today)
    if not found.filter(pk=practitioner.pk).exists():
        raise DomainError(
            _(
                "%(name)s kan ikke gi dette tiltaket: opplæringen mangler, eller hun eller han "
                "arbeider ikke i enheten eller er inhabil."
            )
            % {"name": practitioner}
        )


def _require_open(course):
    if not course.is_open:
        raise DomainError(
            _("Det går ikke: kartleggingen er «%(state)s».") % {"state": course.get_state_display()}
        )


def _held(course):
    """Locked, and as it is now."""
    found = Course.objects.select_for_update(of=["self"])
    shown = ("case__unit", "case__municipality", "service", "unit", "practitioner", "supervisor")
    return found.select_related(*shown).get(pk=course.pk)


def _let_in(course, by):
    """Whoever gives it works with the family; so does the supervisor who works in the unit."""
    today = CaseMember.objects.current().filter(case=course.case)
    reason = _("Skal gi familien %(what)s.") % {"what": course.service.get_kind_display()}
    people = [(course.practitioner, Role.PRACTITIONER)]
    if course.supervisor:
        people.append((course.supervisor, Role.SUPERVISOR))
    possible = possible_members(course.case)
    for user, role in people:
        is_there = today.filter(user=user).exists()
        if not is_there and possible.filter(pk=user.pk).exists():
            family.add_member(course.case, by=by, user=user, role=role, reason=reason)


def _tell(course, by):
    if course.practitioner != by:
        clock = Deadline.objects.about(course, Due.SCREENING).open().first()
        stage = f"assigned-{course.practitioner_id}-{course.assigned_on:%Y%m%d}"
        notifications.tell(Message.TASK, clock, by=by, user=course.practitioner, stage=stage)
