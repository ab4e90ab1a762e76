"""Making the bytes. Slow work stands outside the transaction; safe to run twice."""

import hashlib
import logging
from datetime import timedelta

from celery import shared_task
from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from tibir.audit.record import CLOCK, record
from tibir.core.encryption import encrypt
from tibir.documents.clamav import ScannerAway, scan
from tibir.documents.kinds import TEMPLATES
from tibir.documents.models import Attachment, Blob, Document
from tibir.documents.pdf import render_pdf
from tibir.documents.sanitise import Refused, clean_apart

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=2)
TRIES = 3
PAUSE = timedelta(seconds=30)
LONGEST_LEASE = timedelta(hours=1)


@shared_task(name="documents.render")
def render(document_id):
    document = _claim(document_id)
    if document is None:
        return
    try:
        pdf = render_pdf(
            TEMPLATES[document.kind].path,
            document.data,
            language=document.language,
            title=document.title,
        )
    except Exception as error:  # whatever it is, it counts as a try and stops no other document
        log.exception("document %s was not made", document.pk)
        _give_back(document, type(error).__name__)
        return
    with transaction.atomic():
        document = Document.objects.select_for_update().get(pk=document_id)
        if document.is_frozen:
            return
        document.blob = Blob.of(pdf)
        document.state = Document.State.READY
        document.ready_at = timezone.now()
        document.claimed_until = None
        document.error = ""
        document.save(update_fields=["blob", "state", "ready_at", "claimed_until", "error"])


@transaction.atomic
def _claim(document_id):
    """The document, ours for a while; None when another has it or it is made already."""
    now = timezone.now()
    waiting = Document.objects.to_render(now).select_for_update(skip_locked=True)
    document = waiting.filter(pk=document_id).first()
    if document is None:
        return None
    if document.attempts >= TRIES:
        # The worker died each time before it could say why: memory, or a hard time limit.
        _fail(document, document.error or "worker died")
        return None
    Document.objects.filter(pk=document.pk).update(
        claimed_until=now + LEASE, attempts=F("attempts") + 1
    )
    return document


def _give_back(document, error):
    if document.attempts + 1 >= TRIES:
        _fail(document, error)
    else:
        Document.objects.filter(pk=document.pk).exclude(state=Document.State.READY).update(
            claimed_until=timezone.now() + PAUSE, error=error
        )


def _fail(document, error):
    Document.objects.filter(pk=document.pk).exclude(state=Document.State.READY).update(
        state=Document.State.FAILED, claimed_until=None, error=error[:60]
    )


# --- What others hand in --------------------------------------------------------------------


@shared_task(name="documents.check")
def check(attachment_id):
    """Ask the scanner, if there is one, and make the clean copy; until then nobody gets it."""
    attachment = _claim_attachment(attachment_id)
    if attachment is None:
        return
    try:
        verb, changes = _verdict(attachment)
    except ScannerAway as error:
        log.warning("attachment %s waits for the scanner: %s", attachment.pk, error)
        _ours(attachment).update(claimed_until=timezone.now() + PAUSE, attempts=F("attempts") - 1)
    except Exception:  # a fault of ours is no reason to throw away what somebody sent
        log.exception("attachment %s was not checked", attachment.pk)
    else:
        _settle(attachment, verb, changes)


def _verdict(attachment):
    """What is to be recorded of the attachment, and written."""
    content = attachment.original_content()
    found = scan(content, settings.CLAMAV_SOCKET) if settings.CLAMAV_SOCKET else ""
    if found:
        log.warning("attachment %s is infected: %s", attachment.pk, found)
        return "attachment.infected", {"state": Attachment.State.INFECTED}
    try:
        copy = clean_apart(content, attachment.name)
    except Refused as refused:
        changes = {"state": Attachment.State.REFUSED, "refused_for": refused.code, "original": None}
        return "attachment.refused", changes
    return "attachment.cleaned", {
        "state": Attachment.State.CLEAN,
        "original": None,
        "copy": encrypt(copy.content, Attachment.COPY),
        "sha256": hashlib.sha256(copy.content).digest(),
        "size": len(copy.content),
        "pages": copy.pages,
    }


@transaction.atomic
def _claim_attachment(attachment_id):
    """The attachment, ours for a while; None when it is gone, settled or in another's hands.

    Whoever fails or dies lets it wait for the rest of that while, which is longer each time; it
    is never given up, and what waits is red on the page for operations.
    """
    now = timezone.now()
    waiting = Attachment.objects.to_check(now).select_for_update(skip_locked=True)
    attachment = waiting.filter(pk=attachment_id).first()
    if attachment is not None:
        lease = min(LEASE * (attachment.attempts + 1), LONGEST_LEASE)
        _ours(attachment).update(claimed_until=now + lease, attempts=F("attempts") + 1)
    return attachment


def _ours(attachment):
    """The row, while it still waits; one that was removed meanwhile is no row at all."""
    return Attachment.objects.filter(pk=attachment.pk, state=Attachment.State.WAITING)


@transaction.atomic
def _settle(attachment, verb, changes):
    changes = changes | {"checked_at": timezone.now(), "claimed_until": None}
    if _ours(attachment).update(**changes):
        # Read anew: it may have got its case meanwhile.
        settled = Attachment.objects.get(pk=attachment.pk)
        record(verb, settled, by=CLOCK, code=settled.refused_for)
