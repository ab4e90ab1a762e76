import time

from celery import shared_task
from django.db.models import Exists, OuterRef
from django.utils import timezone

from tibir.accounts.models import User
from tibir.audit.record import CLOCK
from tibir.calendar.hours import last_slot
from tibir.core.jobs import noted, run_once
from tibir.notifications import actions
from tibir.notifications.kinds import DIGEST_AT, Kind
from tibir.notifications.models import Delivery, Notification
from tibir.notifications.tasks import send

AT_ONCE = 100
SECONDS = 30  # of work in one tick; a server that answers slowly must not get the worker killed


@shared_task(name="notifications.tick")
def tick():
    noted("digests", _gather)
    noted("notifications", _send_waiting)


def _gather():
    """Whoever has something new when it is time gets one e-mail for that time, never two."""
    slot = last_slot(timezone.now(), DIGEST_AT)
    with run_once("digests") as is_ours:
        if not is_ours:
            return None
        waiting = Notification.objects.to_gather(slot).filter(user=OuterRef("pk"))
        done = Notification.objects.filter(
            kind=Kind.DIGEST,
            target_type=User._meta.label_lower,
            target_id=OuterRef("pk"),
            stage=str(slot),
        )
        users = User.objects.filter(Exists(waiting), ~Exists(done))
        told = [actions.gather(user, by=CLOCK, slot=slot) for user in users[:AT_ONCE]]
    return f"{len(told)}"


def _send_waiting():
    ids = list(
        Delivery.objects.to_try(timezone.now())
        .order_by("next_try_at", "pk")
        .values_list("pk", flat=True)[:AT_ONCE]
    )
    until = time.monotonic() + SECONDS
    for count, pk in enumerate(ids, start=1):
        send(pk)
        if time.monotonic() > until:
            return f"{count}"
    return f"{len(ids)}"
