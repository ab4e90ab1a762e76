"""Clock work runs once at a time, and leaves a row that says so."""

import hashlib
from contextlib import contextmanager

from django.db import connection, transaction
from django.utils import timezone

from tibir.core.models import JobRun

FAILED = "feilet"  # how the outcome of a job that broke begins


def _lock_number(name):
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], signed=True)


@contextmanager
def run_once(name):
    """Yield True to the one who got the lock, False to everyone else; one transaction.

    The lock belongs to the transaction, so it cannot outlive a killed process and works
    behind a pooler.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_lock_number(name)])
            (mine,) = cursor.fetchone()
        yield mine


def noted(name, work):
    """Run `work`; when it began, when it ended and how is what the health page shows."""
    JobRun.objects.update_or_create(
        job=name, defaults={"started_at": timezone.now(), "finished_at": None, "outcome": ""}
    )
    try:
        outcome = work()
    except Exception as error:
        _finished(name, f"{FAILED}: {type(error).__name__}")
        raise
    _finished(name, "" if outcome is None else str(outcome), succeeded_at=timezone.now())
    return outcome


def _finished(name, outcome, **changes):
    changes |= {"finished_at": timezone.now(), "outcome": outcome[:200]}
    JobRun.objects.filter(job=name).update(**changes)
