"""The sweep: every fifteen minutes, when a worker or a web server starts, and by `sveip`."""

import logging
import secrets
import threading
import time
from pathlib import Path

from celery import shared_task
from django.db import connection
from django.utils import timezone

from tibir.accounts.models import Municipality
from tibir.audit.record import CLOCK, record
from tibir.calendar.oslo import day_of
from tibir.core.jobs import noted, run_once
from tibir.deadlines import actions
from tibir.deadlines.clock import Reading, doubt
from tibir.deadlines.kinds import Kind
from tibir.deadlines.models import Sweep
from tibir.deadlines.sweep import tell
from tibir.notifications import actions as notifications

log = logging.getLogger(__name__)

JOB = "deadlines"
BOOT = Path("/proc/sys/kernel/random/boot_id")
THIS_PROCESS = secrets.token_hex(16)  # where a machine does not say when it was started


@shared_task(name="deadlines.sweep")
def sweep():
    noted(JOB, lambda: run(clocks()))


def sweep_at_start():
    """For a web server, which waits for nobody and starts whatever becomes of this."""
    threading.Thread(target=_sweep_alone, name="sweep", daemon=True).start()


def _sweep_alone():
    try:
        sweep()
    except Exception:
        log.exception("no sweep at the start; the next one finds the same")
    finally:
        connection.close()


def clocks():
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        (database,) = cursor.fetchone()
    return Reading(timezone.now(), database, *_since_start())


def _since_start():
    try:
        return BOOT.read_text().strip(), time.clock_gettime(time.CLOCK_BOOTTIME)
    except (AttributeError, OSError):
        return THIS_PROCESS, time.monotonic()


def run(reading, *, trusted=False):
    """One sweep by these clocks, if they can be believed; `trusted`: a person says they can."""
    with run_once(JOB) as is_ours:
        if not is_ours:
            return "en annen gjennomgang er i gang"
        state, _is_new = Sweep.objects.get_or_create(pk=1)
        wrong = None if trusted else doubt(state.believed, reading)
        if wrong:
            _stop(state, reading, wrong)
            return f"stanset, klokken er feil: {wrong}"
        return _go_on(state, reading)


def _go_on(state, reading):
    # Two hosts may differ by a little, and it never becomes yesterday again.
    today = day_of(max(reading.host, state.host_at or reading.host))
    told = tell(today)
    if state.doubt:
        for place in _places():
            actions.meet(Kind.CLOCK_STOPPED, place, by=CLOCK, on=today)
    state.believe(reading, told.untold)
    if told.written:
        record("deadlines.swept", by=CLOCK, written=told.written, untold=told.untold)
    untold = f", {told.untold} frister uten noen å varsle" if told.untold else ""
    return f"{told.written} varsler{untold}"


def _stop(state, reading, wrong):
    """Nothing is told, and everybody who can do something about it sees that it is so."""
    log.error("the sweep does not believe the clock: %s", wrong)
    if state.doubt != wrong:
        state.doubt = wrong
        state.save(update_fields=["doubt"])
    today = day_of(reading.database)
    notifications.alarm(f"clock-{wrong}-{today}", by=CLOCK)
    for place in _places():
        actions.begin(Kind.CLOCK_STOPPED, place, by=CLOCK, unit=place.intake_unit, on=today)


def _places():
    return Municipality.objects.exclude(intake_unit=None).select_related("intake_unit")
