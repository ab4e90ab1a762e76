import time

from celery import shared_task
from django.db.models import Exists, OuterRef
from django.utils import timezone

from tibir.accounts.models import User
from tibir.audit.record import CLOCK
from tibir.calendar.hours import last_slot
from tibir.cases.models import STRICT
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
    waiting = Delivery.objects.to_try(timezone.now()).order_by("next_try_at", "pk")
    until, count = time.monotonic() + SECONDS, 0
    for pk, grade in list(waiting.values_list("pk", "notification__case__grade")[:AT_ONCE]):
        send(pk)
        count += grade not in STRICT  # no figure includes a case under strict protection
        if time.monotonic() > until:
            break
    return str(count)
