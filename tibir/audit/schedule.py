"""The log is sealed every minute, and counted again once a day."""

import logging
from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from tibir.audit.seal import (
    AT_ONCE,
    SEALING,
    VERIFYING,
    StillWriting,
    seal,
    verify_and_tell,
)
from tibir.core.jobs import FAILED, noted
from tibir.core.models import JobRun

log = logging.getLogger(__name__)

VERIFIED_EVERY = timedelta(days=1)
TRIES = 3  # so long no transaction lasts that was there at the first
MOST = 8  # transactions in one run; the first run of an old log may need several runs


@shared_task(name="audit.seal")
def seal_log():
    noted(SEALING, _seal_all)


def _seal_all():
    total = 0
    for _each in range(MOST):
        sealed = _seal_patiently() or 0
        total += sealed
        if sealed < AT_ONCE:
            break
    return str(total)


def _seal_patiently():
    for _each in range(TRIES - 1):
        try:
            return seal()
        except StillWriting:
            log.warning("somebody has written in the log for long; trying again")
    return seal()


@shared_task(name="audit.verify", soft_time_limit=780, time_limit=800)
def verify_log():
    """Asked often, done once a day: a clock that was down does it when it is back."""
    lately = timezone.now() - VERIFIED_EVERY
    if not JobRun.objects.filter(job=VERIFYING, started_at__gt=lately).exists():
        verify_now()


def verify_now(*, shipped=()):
    """A log that does not hold is a job that failed, so it is an alarm and red under «Drift»."""
    verdicts = []

    def work():
        verdict = verify_and_tell(shipped=shipped)
        verdicts.append(verdict)
        if verdict.fault:
            return f"{FAILED}: {verdict.fault}"
        return f"{verdict.rows}"

    noted(VERIFYING, work)
    return verdicts[0]
