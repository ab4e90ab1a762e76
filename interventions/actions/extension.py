"""More meetings than the service has: asked for, and answered by somebody else."""

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from interventions import rules
from interventions.models import Course, Extension
from tibir.audit.record import record
from tibir.core.errors import DomainError, StaleState
from tibir.deadlines import actions as deadlines
from tibir.deadlines.kinds import Kind as Due
from tibir.notifications import actions as notifications
from tibir.notifications.kinds import Kind as Message


@transaction.atomic
def ask_for_more(course, *, by, count, reason):
    """So many meetings beyond what there are, and why. Somebody who does not give it answers."""
    course = Course.objects.held(course.pk)
    if not course.is_open or not course.is_begun:
        raise DomainError(
            _("Det går ikke: tiltaket er «%(state)s».") % {"state": course.get_state_display()}
        )
    if course.is_screening:
        raise DomainError(
            _("En kartlegging har høyst %(most)d møter. Avslutt den, eller velg et tiltak.")
            % {"most": course.most_meetings}
        )
    today = timezone.localdate()
    try:
        with transaction.atomic():
            asked = Extension.objects.create(
                course=course, count=count, reason=reason, asked_by=by, asked_on=today
            )
    except IntegrityError:
        raise StaleState(_("Det er bedt om flere møter alt, og ingen har svart ennå.")) from None
    record("extension.asked", asked, by=by, count=count)
    unit = rules.answering_unit(course, by)
    # Where it is answered in another unit, nobody there learns which family it is about.
    is_own = unit.pk in (course.unit_id, course.case.unit_id)
    case = course.case if is_own else None
    deadlines.begin(Due.EXTENSION, asked, by=by, unit=unit, case=case, on=today)
    return asked


@transaction.atomic
def answer_extension(asked, *, by, is_approved, answer=""):
    """Another person says yes or no; a no says why."""
    course = Course.objects.held(asked.course_id)
    asked = Extension.objects.select_for_update(of=["self"]).get(pk=asked.pk)
    if not asked.is_open:
        raise StaleState(_("Noen andre har alt svart."))
    if by.pk == asked.asked_by_id or course.is_given_by(by):
        raise DomainError(_("En som ikke gir tiltaket selv, må svare."))
    if not is_approved and not answer.strip():
        raise DomainError(_("Skriv hvorfor det ikke blir flere møter."))
    today = timezone.localdate()
    asked.is_approved, asked.answer = is_approved, answer
    asked.decided_by, asked.decided_on = by, today
    asked.save(update_fields=["is_approved", "answer", "decided_by", "decided_on"])
    deadlines.meet(Due.EXTENSION, asked, by=by, on=today)
    record("extension.decided", asked, by=by, yes=is_approved)
    if asked.asked_by != by:
        told = {"user": asked.asked_by, "stage": f"answered-{asked.pk}"}
        notifications.tell(Message.TASK, course, by=by, **told)
