from celery import shared_task
from django.utils import timezone

from tibir.audit.record import CLOCK
from tibir.cases.models import STRICT
from tibir.core import doorbell
from tibir.core.jobs import noted
from tibir.deadlines import actions as deadlines
from tibir.deadlines.kinds import Kind
from tibir.deadlines.models import Deadline
from tibir.documents.models import Attachment, Document
from tibir.documents.tasks import check, render

AT_ONCE = 50


@shared_task(name="documents.tick")
def tick():
    noted("documents", _render_waiting)
    noted("attachments", _check_waiting)


def _render_waiting():
    waiting = Document.objects.to_render(timezone.now()).order_by("created_at", "pk")
    found = list(waiting.values_list("pk", "case__grade")[:AT_ONCE])
    for pk, _grade in found:
        doorbell.ring(render, pk)  # each a task of its own: one that takes long holds up no other
    _tell_about_failures()
    return _count(found)


def _count(found):
    """For those who look after the machine; it includes no case under strict protection."""
    return str(sum(grade not in STRICT for _pk, grade in found))


def _tell_about_failures():
    """A document that could not be made is a task for the intake unit."""
    known = Deadline.objects.filter(
        kind=Kind.DOCUMENT_FAILED, target_type=Document._meta.label_lower
    )
    failed = Document.objects.filter(state=Document.State.FAILED)
    unseen = failed.exclude(pk__in=known.values("target_id"))
    for document in unseen.select_related("municipality__intake_unit").order_by("pk")[:AT_ONCE]:
        deadlines.begin(
            Kind.DOCUMENT_FAILED,
            document,
            by=CLOCK,
            unit=document.municipality.intake_unit,
            on=timezone.localdate(),
            case=document.case,
        )


def _check_waiting():
    waiting = Attachment.objects.to_check(timezone.now()).order_by("received_at", "pk")
    found = list(waiting.values_list("pk", "case__grade")[:AT_ONCE])
    for pk, _grade in found:
        doorbell.ring(check, pk)
    _tell_about_stopped()
    return _count(found)


def _tell_about_stopped():
    """What came in and cannot be used is a task for the unit that has the case."""
    known = Deadline.objects.filter(
        kind=Kind.ATTACHMENT_STOPPED, target_type=Attachment._meta.label_lower
    )
    stopped = Attachment.objects.filter(state__in=Attachment.STOPPED, case__isnull=False)
    unseen = stopped.exclude(pk__in=known.values("target_id")).order_by("pk")
    for attachment in unseen.select_related("case__unit")[:AT_ONCE]:
        deadlines.begin(
            Kind.ATTACHMENT_STOPPED,
            attachment,
            by=CLOCK,
            unit=attachment.case.unit,
            case=attachment.case,
            on=timezone.localdate(),
        )
