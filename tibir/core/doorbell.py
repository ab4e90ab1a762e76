"""Ring for put-off work after commit. The row is the queue, so a lost ring costs ten seconds.

No publish happens inside a request: one daemon thread per process talks to the broker, and
when it is slow or gone the bounded queue fills and further rings are dropped.
"""

import logging
import os
import queue
import threading
import time

from django.db import transaction

log = logging.getLogger(__name__)
_rings = queue.Queue(maxsize=1000)
_lock = threading.Lock()
_ringer_pid = None


def ring(task, *ids):
    transaction.on_commit(lambda: _put(task, ids))


def _put(task, ids):
    _start_ringer()
    try:
        _rings.put_nowait((task, ids))
    except queue.Full:
        log.warning("doorbell full; the next tick finds %s %s", task.name, ids)


def _start_ringer():
    """A forked worker inherits no thread, so each process starts its own."""
    global _ringer_pid
    if _ringer_pid == os.getpid():
        return
    with _lock:
        if _ringer_pid != os.getpid():
            threading.Thread(target=_ringer, name="doorbell", daemon=True).start()
            _ringer_pid = os.getpid()


def _ringer():
    while True:
        task, ids = _rings.get()
        try:
            task.apply_async(args=ids, retry=False, expires=60)
        except Exception as error:  # the tick will find the row; nothing here may stop the thread
            log.warning("doorbell unheard for %s %s: %s", task.name, ids, type(error).__name__)
        finally:
            _rings.task_done()


def drain(seconds):
    """Wait until every ring has been tried; for tests and for a process about to end."""
    until = time.monotonic() + seconds
    while _rings.unfinished_tasks and time.monotonic() < until:
        time.sleep(0.01)
    return not _rings.unfinished_tasks
