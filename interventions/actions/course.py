"""A course is planned, and given to somebody: who gives it, and what is due."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from interventions import rules
from interventions.actions.sibling import share
from interventions.actions.staffing import hand_over
from interventions.kinds import ServiceKind
from interventions.models import Course, Screening, Service
from referrals.models import Referral
from tibir.accounts.models import Role
from tibir.audit.record import record
from tibir.cases.models import Case, CaseMember
from tibir.core.errors import DomainError
from tibir.deadlines import actions as deadlines
from tibir.deadlines.kinds import Kind as Due
from tibir.deadlines.models import Deadline
from tibir.family import actions as family
from tibir.family.rules.people import possible_members
from tibir.notifications import actions as notifications
from tibir.notifications.kinds import Kind as Message

# What is due about a course as a whole, and so goes with whoever gives it.
OF_WHO_GIVES_IT = (Due.SCREENING, Due.FIRST_MEETING, Due.PARALLEL, Due.CONTACT)


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
    about = {"practitioner": practitioner, "referral": referral, "unit": case.unit}
    course = _plan(case, service, by, today, **about)
    Screening.objects.create(course=course)
    due_on = today + timedelta(days=case.municipality.screening_days)
    about = {"unit": case.unit, "case": case, "owner": practitioner, "on": today}
    deadlines.begin(Due.SCREENING, course, by=by, due_on=due_on, **about)
    deadlines.meet(Due.PLAN_SCREENING, referral, by=by, on=today)
    tell(course, by=by)
    return course


@transaction.atomic
def plan_course(
    case, *, by, kind, practitioner, unit=None, wider_basis="", beside=None, siblings=(),
    due_on=None,
):  # fmt: skip
    """A service is planned for a family: with somebody who may give it, and a day to begin by.

    `unit` is another one than the case's, whose law the course then follows; `wider_basis` is the
    consent or the law that lets its people see more than services, dates and contacts. `beside` is
    what the parents are given meanwhile; it may be said later, when it begins. `siblings` are
    linked cases that a course of the parents is for too. `due_on` is a day to begin that is agreed
    with the family.
    """
    today = timezone.localdate()
    Case.objects.select_for_update().get(pk=case.pk)
    case = Case.objects.select_related("unit", "municipality").get(pk=case.pk)
    if case.state != Case.State.OPEN:
        raise DomainError(_("Saken er lukket. Åpne den først."))
    service = Service.objects.row_of(kind, case.municipality, today)
    if service is None or kind == ServiceKind.SCREENING:
        raise DomainError(_("Tiltaket står ikke i tiltakskatalogen. Spør administratoren."))
    same = Course.objects.open().filter(case=case, service__kind=kind, practitioner=practitioner)
    if same.exists():
        raise DomainError(
            _("Familien har dette tiltaket hos %(name)s fra før.") % {"name": practitioner}
        )
    if (
        beside is not None
        and not rules.possible_beside(case, service).filter(pk=beside.pk).exists()
    ):
        raise DomainError(_("Velg et tiltak som foreldrene til dette barnet har, eller skal ha."))
    referral = Referral.objects.filter(case=case).order_by("-pk").first()
    unit = unit or case.unit
    about = {"practitioner": practitioner, "referral": referral, "beside": beside, "unit": unit}
    course = _plan(case, service, by, today, wider_basis, **about)
    for sibling in siblings:
        share(course, by=by, case=sibling)
    due = {"unit": course.unit, "case": case, "owner": practitioner, "on": today}
    deadlines.begin(Due.FIRST_MEETING, course, by=by, due_on=due_on, **due)
    _set_going(case, by, today)
    tell(course, by=by)
    return course


@transaction.atomic
def assign(course, *, by, practitioner):
    """Somebody else gives the course from today, with the meetings that are agreed."""
    course = Course.objects.held(course.pk)
    today = timezone.localdate()
    if not course.is_open:
        raise DomainError(
            _("Det går ikke: tiltaket er «%(state)s».") % {"state": course.get_state_display()}
        )
    if practitioner == course.practitioner:
        raise DomainError(_("%(name)s har dette alt.") % {"name": practitioner})
    course.unit = rules.unit_of(course)
    _require(course.case, course.service, practitioner, today, course.unit)
    was = course.practitioner
    course.practitioner = practitioner
    course.supervisor = rules.supervisor_of(practitioner, course.service, today)
    course.assigned_on = today
    course.save(update_fields=["unit", "practitioner", "supervisor", "assigned_on"])
    record("course.assigned", course, by=by, was=was.pk, practitioner=practitioner.pk)
    let_in(course, by=by)
    hand_over(course, by=by, user=practitioner, instead_of=was)
    for kind in OF_WHO_GIVES_IT:
        deadlines.entrust(kind, course, by=by, to=practitioner)
    deadlines.meet(Due.NEW_PRACTITIONER, course, by=by, on=today)
    tell(course, by=by)
    return course


@transaction.atomic(savepoint=False)
def let_in(course, *, by, wider_basis=""):
    """Whoever gives it works with the family; so does the supervisor who works in the unit. In
    another unit than the case's, they see services, dates and contacts, or more by a ground."""
    unit = course.unit if course.unit_id != course.case.unit_id else None
    through = {"unit": unit, "wider_basis": wider_basis if unit else ""}
    today = CaseMember.objects.current().filter(case=course.case)
    reason = _("Skal gi familien %(what)s.") % {"what": course.service.get_kind_display()}
    people = [(course.practitioner, Role.PRACTITIONER)]
    if course.supervisor:
        people.append((course.supervisor, Role.SUPERVISOR))
    possible = possible_members(course.case, unit)
    for user, role in people:
        is_there = today.filter(user=user).exists()
        if not is_there and possible.filter(pk=user.pk).exists():
            said = {"user": user, "role": role, "reason": reason}
            family.add_member(course.case, by=by, **said, **through)


@transaction.atomic(savepoint=False)
def tell(course, *, by):
    """Whoever was given it hears of it at once."""
    if course.practitioner != by:
        about = {"target_type": course._meta.label_lower, "target_id": course.pk}
        due = Deadline.objects.filter(kind__in=OF_WHO_GIVES_IT, **about).open().first()
        stage = f"assigned-{course.practitioner_id}-{course.assigned_on:%Y%m%d}"
        target = due or course
        notifications.tell(Message.TASK, target, by=by, user=course.practitioner, stage=stage)


def _require(case, service, practitioner, today, unit):
    refused = rules.why_not(case, service, practitioner, today, unit)
    if refused:
        raise DomainError(refused)


def _plan(case, service, by, today, wider_basis="", *, practitioner, unit, **about):
    _require(case, service, practitioner, today, unit)
    course = Course.objects.create(
        case=case,
        service=service,
        unit=unit,
        practitioner=practitioner,
        supervisor=rules.supervisor_of(practitioner, service, today),
        assigned_on=today,
        planned_on=today,
        **about,
    )
    record("course.planned", course, by=by, kind=service.kind, practitioner=practitioner.pk)
    let_in(course, by=by, wider_basis=wider_basis)
    return course


def _set_going(case, by, today):
    """The task after a screening is done when everything that was decided there is planned."""
    tasks = Deadline.objects.filter(kind=Due.START_SERVICE, case=case).open()
    screened = Course.objects.filter(pk__in=tasks.values("target_id"))
    for course in screened.select_related("screening__choice"):
        since = Course.objects.for_child(case).filter(planned_on__gte=course.ended_on)
        planned = set(since.values_list("service__kind", flat=True))
        if course.screening.choice and set(course.screening.choice.services) <= planned:
            deadlines.meet(Due.START_SERVICE, course, by=by, on=today)
