"""The worker and the clock. Rows are the queue: everything here may be lost at any moment."""

import logging
import os

from celery import Celery
from celery.signals import worker_init, worker_ready
from django.conf import settings

log = logging.getLogger(__name__)
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tibir.settings")

app = Celery("tibir")
app.conf.update(
    broker_url=settings.REDIS_URL,
    result_backend=None,
    task_ignore_result=True,
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    worker_prefetch_multiplier=1,
    worker_max_tasks_per_child=200,
    worker_soft_shutdown_timeout=10,
    worker_hijack_root_logger=False,
    task_soft_time_limit=60,
    task_time_limit=90,
    broker_connection_retry_on_startup=True,
    broker_transport_options={
        # Longer than any task, so that a running one is never handed out twice.
        "visibility_timeout": 900,
        "unacked_restore_interval": 10,
        "unacked_restore_throttle": 1,
        "socket_timeout": 2,
        "socket_connect_timeout": 1,
    },
    timezone="UTC",
    # Ticks look at everything due and not done, so a missed one loses nothing. A tick that
    # waited in a queue is worth nothing: the next has come.
    beat_schedule={
        name: {"task": f"{name}.tick", "schedule": 10.0, "options": {"expires": 10}}
        for name in ("documents", "notifications", "operations", "staff")
    }
    | {
        "named groups": {"task": "family.groups", "schedule": 900.0, "options": {"expires": 900}},
        "deadlines": {"task": "deadlines.sweep", "schedule": 900.0, "options": {"expires": 900}},
        "staff": {"task": "staff.look", "schedule": 900.0, "options": {"expires": 900}},
        "reconciliation": {
            "task": "operations.reconcile",
            "schedule": 900.0,
            "options": {"expires": 900},
        },
        "measures": {
            "task": "interventions.measures",
            "schedule": 60.0,
            "options": {"expires": 60},
        },
        "contact": {
            "task": "interventions.contact",
            "schedule": 900.0,
            "options": {"expires": 900},
        },
        "seal": {"task": "audit.seal", "schedule": 60.0, "options": {"expires": 60}},
        "verify": {"task": "audit.verify", "schedule": 900.0, "options": {"expires": 900}},
    },
)
app.autodiscover_tasks()
app.autodiscover_tasks(related_name="schedule")


@worker_init.connect
def start_safely(**kwargs):
    from tibir.core.startup import refuse_powerful_connection  # noqa: PLC0415 - needs Django

    if settings.PRODUCTION:
        refuse_powerful_connection()


@worker_ready.connect
def sweep_at_start(sender, **kwargs):
    """The clock counts its quarter of an hour from its own start, which may come often."""
    try:
        for name in ("deadlines.sweep", "operations.reconcile"):
            sender.app.send_task(name, expires=60, retry=False)
    except Exception as error:  # the next one finds the same
        log.warning("no sweep at the start: %s", type(error).__name__)
