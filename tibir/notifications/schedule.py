from celery import shared_task
from django.utils import timezone

from tibir.core.jobs import noted
from tibir.notifications.models import Delivery
from tibir.notifications.tasks import send

AT_ONCE = 100


@shared_task(name="notifications.tick")
def tick():
    noted("notifications", _send_waiting)


def _send_waiting():
    ids = list(
        Delivery.objects.to_try(timezone.now())
        .order_by("next_try_at", "pk")
        .values_list("pk", flat=True)[:AT_ONCE]
    )
    for pk in ids:
        send(pk)
    return f"{len(ids)}"
