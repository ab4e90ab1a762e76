"""Sending. At least once: after an unknown outcome one more try under the same name."""

import logging
import smtplib
from contextlib import closing
from datetime import timedelta

from celery import shared_task
from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db import transaction
from django.db.models import F
from django.template.loader import render_to_string
from django.utils import timezone, translation

from tibir.calendar.hours import first_allowed
from tibir.core import phones
from tibir.notifications import sms
from tibir.notifications.kinds import IN_NO_INBOX, RULES, Channel, Kind
from tibir.notifications.models import Delivery, Notification
from tibir.notifications.rules import may_be_reached

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=2)
WAITS = [timedelta(minutes=m) for m in (1, 5, 15, 60, 240)]
PERMANENT = range(500, 600)


@shared_task(name="notifications.send")
def send(delivery_id):
    delivery = _claim(delivery_id)
    if delivery is None:
        return
    reason = _reason_to_stop(delivery)
    if reason:
        _finish(delivery, state=Delivery.State.STOPPED, error=reason)
    elif delivery.channel == Channel.SMS:
        _text(delivery)
    else:
        _mail(delivery)


def _reason_to_stop(delivery):
    """What was right when the message was promised may not be so now."""
    notification = delivery.notification
    user, person = notification.user, notification.person
    if person:
        return "" if may_be_reached(person, delivery.channel) else "not safe"
    if user is None:
        return ""
    if not user.is_active:
        return "not active"
    if notification.kind in IN_NO_INBOX and notification.kind != Kind.DIGEST:
        return ""
    waiting = Notification.objects.visible_to(user).unread()
    if notification.kind != Kind.DIGEST:
        waiting = waiting.filter(pk=notification.pk)
    return "" if waiting.exists() else "nothing to read"


def _address(notification):
    if notification.person:
        return notification.person.person.email
    return notification.user.email if notification.user else settings.SYSTEM_OWNER_EMAIL


# --- E-mail -------------------------------------------------------------------------------


def _mail(delivery):
    with closing(get_connection()) as mail:
        try:
            mail.open()
        except OSError as error:
            # Nobody at home, or they do not know us: for certain nothing has been sent.
            _again(delivery, type(error).__name__)
        else:
            _hand_over(_message(delivery, mail), delivery)


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


def _message(delivery, mail):
    notification = delivery.notification
    rule = RULES[notification.kind]
    with translation.override(notification.language):
        return EmailMessage(
            subject=str(rule.subject),
            body=render_to_string(rule.template, _words(notification)),
            to=[_address(notification)],
            headers={"Message-ID": delivery.message_id, "Auto-Submitted": "auto-generated"},
            connection=mail,
        )


def _words(notification):
    """What a text may use; none of it is of a family."""
    words = {
        "municipality": notification.municipality,
        "stage": notification.stage,
        "site": settings.PUBLIC_URL,
    }
    if notification.kind == Kind.DIGEST:
        words["count"] = Notification.objects.visible_to(notification.user).unread().count()
    return words | (notification.data or {})


# --- SMS ----------------------------------------------------------------------------------


def _text(delivery):
    notification = delivery.notification
    if not sms.is_on():
        _finish(delivery, state=Delivery.State.FAILED, error="no gateway")
        return
    with translation.override(notification.language):
        text = render_to_string(RULES[notification.kind].sms, _words(notification)).strip()
    number = phones.international(notification.person.person.phone)
    try:
        sms.send(number, text, message_id=delivery.message_id)
    except sms.NotAccepted as error:
        _again(delivery, str(error), permanent=error.permanent)
    except sms.Unanswered as error:
        _again(delivery, str(error), permanent=delivery.uncertain, uncertain=True)
    else:
        _finish(delivery, state=Delivery.State.SENT, sent_at=timezone.now())


# --- The row ------------------------------------------------------------------------------


@transaction.atomic
def _claim(delivery_id):
    """The delivery, ours for a while; None when another has it or it needs no sending now."""
    now = timezone.now()
    delivery = (
        Delivery.objects.to_try(now)
        .select_for_update(of=["self"], skip_locked=True)
        .select_related(
            "notification__municipality",
            "notification__user",
            "notification__person__person",
            "notification__person__case",
        )
        .filter(pk=delivery_id)
        .first()
    )
    if delivery is None or _is_put_off(delivery, now):
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


def _is_put_off(delivery, now):
    """A family is left in peace at night, however late a message became."""
    if delivery.notification.person is None:
        return False
    starts = first_allowed(now, settings.QUIET_HOURS)
    if starts == now:
        return False
    delivery.next_try_at = starts
    if delivery.state == Delivery.State.SENDING:
        delivery.claimed_until = starts
    delivery.save(update_fields=["next_try_at", "claimed_until"])
    return True


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
