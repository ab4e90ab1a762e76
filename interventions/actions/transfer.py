"""A course goes on in another unit, as a course of its own, with everything that follows it."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from interventions import rules
from interventions.actions.course import let_in, tell
from interventions.actions.measure import settle_measures
from interventions.actions.staffing import hand_over
from interventions.models import Course
from interventions.states import CourseState
from tibir.audit.record import record
from tibir.core.errors import DomainError
from tibir.deadlines import actions as deadlines
from tibir.deadlines.kinds import Kind as Due
from tibir.deadlines.models import Deadline


@transaction.atomic
def transfer(course, *, by, unit, practitioner, reason, wider_basis=""):
    """Somebody in another unit goes on with it. What was written here stays here."""
    parallels = list(course.parallels.open().select_for_update().order_by("pk"))
    course = Course.objects.held(course.pk)
    today = timezone.localdate()
    _require(course, unit)
    refused = rules.why_not(course.case, course.service, practitioner, today, unit)
    if refused:
        raise DomainError(refused)
    state, held = course.state, course.meetings.filter(number__isnull=False).count()
    course.move_to(CourseState.TRANSFERRED, ended_on=today, next_step=reason)
    new = Course.objects.create(
        case=course.case,
        referral_id=course.referral_id,
        service=course.service,
        unit=unit,
        state=state,
        practitioner=practitioner,
        supervisor=rules.supervisor_of(practitioner, course.service, today),
        assigned_on=today,
        planned_on=today,
        started_on=today,
        beside_id=course.beside_id,
        accepted_on=course.accepted_on,
        follows=course,
        held_before=course.held_before + held,
    )
    record("course.transferred", course, by=by, to=new.pk, unit=unit.pk)
    record("course.planned", new, by=by, kind=course.service.kind, practitioner=practitioner.pk)
    let_in(new, by=by, wider_basis=wider_basis)
    for brings in ALONG:
        brings(course, new, by)
    for parallel in parallels:
        Course.objects.filter(pk=parallel.pk).update(beside=new)
    tell(new, by=by)
    return new


def _require(course, unit):
    if course.is_screening:
        raise DomainError(_("En kartlegging overføres ikke. Gi den til en annen behandler."))
    if not course.can_move_to(CourseState.TRANSFERRED):
        raise DomainError(
            _("Det går ikke: tiltaket er «%(state)s».") % {"state": course.get_state_display()}
        )
    if unit.pk == course.unit_id:
        raise DomainError(_("Det er enheten tiltaket har. Bytt behandler i stedet."))
    if stops := list(rules.not_transferred_because(course)):
        raise DomainError(" ".join(stops))


def _meetings(old, new, by):
    """What is agreed is agreed still, with whoever gives it now."""
    old.meetings.planned().update(course=new)
    hand_over(new, by=by, user=new.practitioner, instead_of=old.practitioner)


def _rests(old, new, by):
    """Who is on a pause, is so still."""
    for rest in old.pauses.running():
        new.pauses.create(started_on=new.started_on, reason=rest.reason, by=rest.by)
        rest.ended_on = new.started_on
        rest.save(update_fields=["ended_on"])


def _extensions(old, new, by):
    """What somebody has said yes to goes on counting; what is asked waits for its answer."""
    old.extensions.update(course=new)


def _siblings(old, new, by):
    for child in old.children.current():
        new.children.create(case_id=child.case_id, started_on=new.started_on, by=by)
        child.ended_on = new.started_on
        child.save(update_fields=["ended_on"])


def _measures(old, new, by):
    """What is still to be measured is asked of whoever gives it now; what was measured stays."""
    waiting = old.planned_measures.waiting()
    for planned in waiting.order_by("pk"):
        deadlines.close(Due.MEASURE, planned, by=by, reason="transferred")
    waiting.update(course=new)
    settle_measures(new, by=by)


def _due(old, new, by):
    """What has a last day keeps it."""
    for kind in (Due.PARALLEL, Due.NEW_PRACTITIONER, Due.CONTACT):
        task = Deadline.objects.about(old, kind).open().first()
        deadlines.close(kind, old, by=by, reason="transferred")
        if task and kind != Due.NEW_PRACTITIONER:
            about = {"unit": new.unit, "case": new.case, "owner": new.practitioner}
            deadlines.begin(kind, new, by=by, on=task.begun_on, due_on=task.due_on, **about)


# What goes along. Each is asked with (old, new, by); what is new gets a line here.
ALONG = [_meetings, _rests, _extensions, _siblings, _measures, _due]
