import secrets
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone

from tibir.audit.record import record
from tibir.calendar.hours import first_allowed
from tibir.core import doorbell
from tibir.notifications import sms, tasks
from tibir.notifications.kinds import RULES, Channel, Kind, ToStaff
from tibir.notifications.models import Delivery, Notification
from tibir.notifications.rules import may_be_reached


@transaction.atomic
def tell(
    kind,
    target,
    *,
    by,
    person=None,
    user=None,
    case=None,
    municipality=None,
    language="nb",
    data=None,
    stage="",
):
    """Promise one person in a case, or one employed, one message. Told twice, it is still one row.

    A person is reached on those of the kind's channels that staff has confirmed as safe. Somebody
    employed has it in the inbox at once. What is not said of case and municipality is the target's.
    """
    case = person.case if person else case
    return _write(
        kind,
        by=by,
        about={"target_type": target._meta.label_lower, "target_id": target.pk, "stage": stage},
        to={"person": person, "user": user, "mailbox": ""},
        case_id=case.pk if case else _case_id(target),
        municipality_id=_id(municipality) or getattr(case or target, "municipality_id", None),
        language=language,
        data=data or {},
    )


@transaction.atomic
def alarm(stage, *, by):
    """Tell whoever owns the system that a person must look; once for each `stage`, a code word."""
    return _write(
        Kind.SYSTEM_ALARM,
        by=by,
        about={"target_type": "", "target_id": 0, "stage": stage},
        to={"person": None, "user": None, "mailbox": Notification.Mailbox.SYSTEM_OWNER},
    )


@transaction.atomic
def gather(user, *, by, slot):
    """One e-mail at that time of the day that says that all of this waits."""
    waiting = Notification.objects.to_gather(slot).filter(user=user)
    digest = _write(
        Kind.DIGEST,
        by=by,
        about={"target_type": user._meta.label_lower, "target_id": user.pk, "stage": str(slot)},
        to={"person": None, "user": user, "mailbox": ""},
        municipality_id=waiting.values_list("municipality", flat=True).first(),
        read_at=Now(),  # nothing that is to be read in the inbox
    )
    waiting.update(digest=digest)
    return digest


@transaction.atomic
def read(notifications, *, by):
    """Whoever got them has seen them."""
    count = notifications.unread().update(read_at=Now())
    if count:
        record("notification.read", by=by, rows=count)


@transaction.atomic
def stop(person, *, by, reason):
    """Nothing that is still on its way to this person goes out; `reason` is a code word."""
    waiting = Delivery.objects.filter(notification__person=person, state=Delivery.State.WAITING)
    count = waiting.update(state=Delivery.State.STOPPED, error=reason)
    if count:
        record("notification.stopped", person, by=by, rows=count, reason=reason)


@transaction.atomic
def hide(cases, *, by):
    """Nothing that waits goes to a family that must be hidden now."""
    waiting = Delivery.objects.filter(
        notification__case__in=cases,
        notification__person__isnull=False,
        state__in=[Delivery.State.WAITING, Delivery.State.SENDING],
    )
    stopped = waiting.update(state=Delivery.State.STOPPED, error="hidden", claimed_until=None)
    if stopped:
        record("notification.stopped", by=by, rows=stopped)


def _write(kind, *, by, about, to, **content):
    notification, created = Notification.objects.get_or_create(
        kind=kind, **about, **to, defaults=content
    )
    if created:
        record("notification.written", notification, by=by, kind=kind)
        for channel in _channels(notification):
            _deliver(notification, channel)
    return notification


def _channels(notification):
    rule = RULES[notification.kind]
    if notification.person:
        safe = [c for c in rule.to_person if may_be_reached(notification.person, c)]
        return [channel for channel in safe if channel != Channel.SMS or sms.is_on()]
    return [] if rule.to_staff == ToStaff.GATHERED else [Channel.EMAIL]


def _deliver(notification, channel):
    now, name = timezone.now(), secrets.token_hex(16)
    host = urlsplit(settings.PUBLIC_URL).hostname
    starts = first_allowed(now, settings.QUIET_HOURS) if notification.person else now
    delivery = Delivery.objects.create(
        notification=notification,
        channel=channel,
        message_id=f"<{name}@{host}>" if channel == Channel.EMAIL else name,
        next_try_at=starts,
    )
    if starts == now:
        doorbell.ring(tasks.send, delivery.pk)


def _id(row):
    return row.pk if row else None


def _case_id(target):
    is_case = target._meta.label_lower == "cases.case"
    return target.pk if is_case else getattr(target, "case_id", None)
