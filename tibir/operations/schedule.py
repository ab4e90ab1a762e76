from datetime import timedelta

from celery import shared_task
from django.contrib.sessions.models import Session
from django.utils import timezone

from referrals.models import Draft
from tibir.audit.record import CLOCK, record
from tibir.core import attempts
from tibir.core.jobs import noted
from tibir.core.models import Heartbeat
from tibir.operations import health

KEPT_ATTEMPTS = timedelta(days=1)


@shared_task(name="operations.tick")
def tick():
    """A sign that broker, beat, worker and database all do their part, and some tidying."""
    noted("operations", _tidy)
    Heartbeat.objects.update_or_create(name=health.CLOCK, defaults={"at": timezone.now()})


def _tidy():
    now = timezone.now()
    attempts.forget_old(now - KEPT_ATTEMPTS)
    Session.objects.filter(expire_date__lt=now).delete()
    expired = Draft.objects.filter(expires_at__lte=now)
    for draft in expired[:100]:
        record("draft.expired", draft, by=CLOCK)
        draft.delete()
