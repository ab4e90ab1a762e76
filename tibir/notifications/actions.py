import secrets
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction

from tibir.audit.record import record
from tibir.core import doorbell
from tibir.notifications import tasks
from tibir.notifications.models import Delivery, Notification


@transaction.atomic
def tell(kind, target, *, by, person, language, data, stage=""):
    """Promise one person one message by e-mail. Told twice, it is still one row."""
    notification, created = Notification.objects.get_or_create(
        kind=kind,
        target_type=target._meta.label_lower,
        target_id=target.pk,
        stage=stage,
        person=person,
        user=None,
        defaults={
            "municipality_id": person.case.municipality_id,
            "case": person.case,
            "language": language,
            "data": data,
        },
    )
    if not created:
        return notification
    delivery = Delivery.objects.create(
        notification=notification,
        channel=Delivery.Channel.EMAIL,
        message_id=f"<{secrets.token_hex(16)}@{urlsplit(settings.PUBLIC_URL).hostname}>",
    )
    record("notification.written", notification, by=by, kind=kind)
    doorbell.ring(tasks.send, delivery.pk)
    return notification
