"""Sending. At least once: after an unknown outcome one more try with the same Message-ID."""

import logging
import smtplib
from contextlib import closing
from datetime import timedelta

from celery import shared_task
from django.core.mail import EmailMessage, get_connection
from django.db import transaction
from django.db.models import F
from django.template.loader import render_to_string
from django.utils import timezone, translation

from tibir.notifications.kinds import SUBJECTS, TEMPLATES
from tibir.notifications.models import Delivery

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=2)
WAITS = [timedelta(minutes=m) for m in (1, 5, 15, 60, 240)]
PERMANENT = range(500, 600)


@shared_task(name="notifications.send")
def send(delivery_id):
    delivery = _claim(delivery_id)
    if delivery is None:
        return
    person = delivery.notification.person
    if not person.may_be_emailed:
        # What was safe when the message was promised may not be so now.
        _finish(delivery, state=Delivery.State.STOPPED, error="not safe")
        return
    with closing(get_connection()) as mail:
        try:
            mail.open()
        except OSError as error:
            # Nobody at home, or they do not know us: for certain nothing has been sent.
            _again(delivery, type(error).__name__)
        else:
            _hand_over(_message(delivery, person.person.email, mail), delivery)


def _hand_over(message, delivery):
    try:
        message.send()
    except smtplib.SMTPRecipientsRefused as error:
        code = min((code for code, _text in error.recipients.values()), default=550)
        _again(delivery, f"refused {code}", permanent=code in PERMANENT)
    except smtplib.SMTPResponseException as error:
        _again(delivery, f"smtp {error.smtp_code}", permanent=error.smtp_code in PERMANENT)
    except smtplib.SMTPServerDisconnected as error:
        _again(delivery, type(error).__name__, permanent=delivery.uncertain, uncertain=True)
    except OSError as error:  # whatever else smtplib raises is one too
        _again(delivery, type(error).__name__)
    else:
        _finish(delivery, state=Delivery.State.SENT, sent_at=timezone.now())


@transaction.atomic
def _claim(delivery_id):
    """The delivery, ours for a while; None when another has it or it needs no sending."""
    now = timezone.now()
    delivery = (
        Delivery.objects.to_try(now)
        .select_for_update(of=["self"], skip_locked=True)
        .select_related("notification__municipality", "notification__person__person")
        .filter(pk=delivery_id)
        .first()
    )
    if delivery is None:
        return None
    if delivery.state == Delivery.State.SENDING:
        # Whoever had it died after claiming: it may or may not have been sent.
        if delivery.uncertain:
            _finish(delivery, state=Delivery.State.FAILED, error="unknown outcome twice")
            return None
        delivery.uncertain = True
    delivery.state = Delivery.State.SENDING
    delivery.claimed_until = now + LEASE
    delivery.attempts = F("attempts") + 1
    delivery.save(update_fields=["state", "claimed_until", "attempts", "uncertain"])
    delivery.refresh_from_db(fields=["attempts"])
    return delivery


def _message(delivery, address, mail):
    notification = delivery.notification
    with translation.override(notification.language):
        context = {"municipality": notification.municipality, **notification.data}
        return EmailMessage(
            subject=str(SUBJECTS[notification.kind]),
            body=render_to_string(TEMPLATES[notification.kind], context),
            to=[address],
            headers={"Message-ID": delivery.message_id, "Auto-Submitted": "auto-generated"},
            connection=mail,
        )


def _again(delivery, error, *, permanent=False, uncertain=False):
    tried = delivery.attempts
    if permanent or tried > len(WAITS):
        _finish(delivery, state=Delivery.State.FAILED, error=error)
        return
    _finish(
        delivery,
        state=Delivery.State.WAITING,
        error=error,
        next_try_at=timezone.now() + WAITS[tried - 1],
        uncertain=delivery.uncertain or uncertain,
    )


def _finish(delivery, **changes):
    changes.setdefault("claimed_until", None)
    log.info("delivery %s: %s %s", delivery.pk, changes["state"], changes.get("error", ""))
    Delivery.objects.filter(pk=delivery.pk).exclude(state=Delivery.State.SENT).update(**changes)
