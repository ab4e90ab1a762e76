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
ROOM = 1000


def ring(task, *ids):
    # Robust, because what rings has been committed: no fault of ours may undo its page.
    transaction.on_commit(lambda: _put(task, ids), robust=True)


def _put(task, ids):
    _start_ringer()
    try:
        _rings.put_nowait((task, ids))
    except queue.Full:
        log.warning("doorbell full; the next tick finds %s %s", task.name, ids)


def _begin():
    """A forked process inherits no thread, only what that was in the middle of: it starts anew."""
    global _rings, _lock, _has_ringer
    _rings, _lock, _has_ringer = queue.Queue(maxsize=ROOM), threading.Lock(), False


_begin()
os.register_at_fork(after_in_child=_begin)


def _start_ringer():
    global _has_ringer
    with _lock:
        if not _has_ringer:
            threading.Thread(target=_ringer, name="doorbell", daemon=True).start()
            _has_ringer = True


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
