"""Making the bytes. Slow work stands outside the transaction; safe to run twice."""

import logging
from datetime import timedelta

from celery import shared_task
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from tibir.documents.kinds import TEMPLATES
from tibir.documents.models import Blob, Document
from tibir.documents.pdf import render_pdf

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=2)
TRIES = 3


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
            claimed_until=timezone.now() + timedelta(seconds=30), error=error
        )


def _fail(document, error):
    Document.objects.filter(pk=document.pk).exclude(state=Document.State.READY).update(
        state=Document.State.FAILED, claimed_until=None, error=error[:60]
    )
