from django.db import transaction
from django.utils import timezone

from tibir.audit.record import record
from tibir.core import doorbell
from tibir.core.encryption import encrypt
from tibir.deadlines import actions as deadlines
from tibir.deadlines.kinds import Kind as Due
from tibir.documents import tasks
from tibir.documents.kinds import TEMPLATES
from tibir.documents.models import Attachment, Document
from tibir.documents.sanitise import recognise


@transaction.atomic
def order(kind, *, by, municipality, title, language, data, case=None):
    """A document to be made from `data` as it is now; the bytes follow."""
    document = Document.objects.create(
        kind=kind,
        municipality=municipality,
        case=case,
        title=title,
        language=language,
        template_version=TEMPLATES[kind].version,
        data=data,
    )
    record("document.ordered", document, by=by, kind=kind)
    doorbell.ring(tasks.render, document.pk)
    return document


@transaction.atomic
def take_in(content, name, *, by, municipality, case=None, author=None):
    """A file from outside, locked away until it is checked. Raises Refused at the first look."""
    attachment = Attachment.objects.create(
        municipality=municipality,
        case=case,
        author=author,
        name=name,
        type=recognise(content, name),
        size=len(content),
        fingerprint=Attachment.fingerprint_of(content, name),
        original=encrypt(content, Attachment.ORIGINAL),
    )
    record("attachment.received", attachment, by=by, type=attachment.type, size=attachment.size)
    doorbell.ring(tasks.check, attachment.pk)
    return attachment


@transaction.atomic
def hand_out(attachment, *, by, basis=""):
    """The clean copy, for somebody who may read the case; None when it is no longer whole."""
    content = attachment.content()
    if content is None:
        _report_damage(attachment, by)
        return None
    record("attachment.downloaded", attachment, by=by, basis=basis)
    return content


def _report_damage(attachment, by):
    """Seen by the one who asked, in the list, on the page for operations, and as a task."""
    whole = Attachment.objects.filter(pk=attachment.pk, state=Attachment.State.CLEAN)
    if whole.update(state=Attachment.State.DAMAGED):
        record("attachment.damaged", attachment, by=by)
        deadlines.begin(
            Due.ATTACHMENT_DAMAGED,
            attachment,
            by=by,
            unit=attachment.case.unit,
            case=attachment.case,
            on=timezone.localdate(),
        )
