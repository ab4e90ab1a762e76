"""The doorbell is a courtesy: it may be late, lost or broken, and nobody waits for it."""

import logging
import queue
import subprocess
import sys
import threading

import pytest
from celery import shared_task
from django.db import transaction

from tests.databases import ROOT
from tibir.core import doorbell

pytestmark = pytest.mark.usefixtures("committed")


@shared_task(name="tests.open_the_door")
def open_the_door(number):
    """Only rung for; nobody opens."""


def heard(redis_server):
    with redis_server.client() as client:
        return client.llen("celery")


@pytest.fixture
def asleep(redis_gone, monkeypatch):
    """A doorbell with room for two rings, and nobody who takes them."""
    waiting = queue.Queue(maxsize=2)
    monkeypatch.setattr(doorbell, "_rings", waiting)
    monkeypatch.setattr(doorbell, "_start_ringer", lambda: None)
    yield waiting
    while not waiting.empty():
        waiting.get()
        waiting.task_done()


@transaction.atomic
def ring_and_fail(number):
    doorbell.ring(open_the_door, number)
    raise ZeroDivisionError


# --- After commit, or not at all ----------------------------------------------------------


def test_it_rings_when_the_transaction_has_been_committed(rings):
    with transaction.atomic():
        doorbell.ring(open_the_door, 1)
        assert rings == []
    assert rings == [(open_the_door, (1,))]


def test_it_does_not_ring_for_what_was_rolled_back(rings):
    with pytest.raises(ZeroDivisionError):
        ring_and_fail(1)
    assert rings == []


def test_it_rings_only_for_the_part_that_was_kept(rings):
    with transaction.atomic():
        doorbell.ring(open_the_door, 1)
        with pytest.raises(ZeroDivisionError):
            ring_and_fail(2)
    assert rings == [(open_the_door, (1,))]


# --- Nobody waits for it ------------------------------------------------------------------


def test_a_full_queue_drops_the_ring_and_says_so(asleep, caplog):
    with caplog.at_level(logging.WARNING, logger="tibir.core.doorbell"), transaction.atomic():
        for number in range(4):
            doorbell.ring(open_the_door, number)

    assert list(asleep.queue) == [(open_the_door, (0,)), (open_the_door, (1,))]
    assert [record.getMessage() for record in caplog.records] == [
        "doorbell full; the next tick finds tests.open_the_door (2,)",
        "doorbell full; the next tick finds tests.open_the_door (3,)",
    ]


@pytest.mark.prove
def test_a_process_that_can_start_no_thread_keeps_what_it_committed(redis_gone, monkeypatch):
    def refuse(self):
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(doorbell, "_has_ringer", False)
    monkeypatch.setattr(threading.Thread, "start", refuse)
    with transaction.atomic():
        doorbell.ring(open_the_door, 1)


def test_a_ring_returns_while_redis_is_frozen(redis_server):
    redis_server.freeze()
    with transaction.atomic():
        doorbell.ring(open_the_door, 1)
    assert not doorbell.drain(0)

    redis_server.thaw()
    assert doorbell.drain(10)


def test_more_rings_than_there_is_room_for_return_while_redis_is_frozen(redis_server, caplog):
    redis_server.freeze()
    with caplog.at_level(logging.WARNING, logger="tibir.core.doorbell"), transaction.atomic():
        for number in range(doorbell.ROOM + 50):
            doorbell.ring(open_the_door, number)
    assert not doorbell.drain(0)
    assert sum("doorbell full" in record.getMessage() for record in caplog.records) >= 49

    redis_server.thaw()
    assert doorbell.drain(30)
    assert heard(redis_server) >= doorbell.ROOM - 1


@pytest.mark.prove
def test_a_ring_that_nobody_hears_does_not_silence_the_next(redis_server, caplog):
    redis_server.kill()
    with caplog.at_level(logging.WARNING, logger="tibir.core.doorbell"):
        with transaction.atomic():
            doorbell.ring(open_the_door, 1)
        assert doorbell.drain(10)
    assert "doorbell unheard for tests.open_the_door (1,)" in caplog.text

    redis_server.start()
    with transaction.atomic():
        doorbell.ring(open_the_door, 2)
    assert doorbell.drain(10)
    assert heard(redis_server) == 1


# --- Forked processes ---------------------------------------------------------------------

PARENT_AND_CHILD = """
import os
from django.db import connections, transaction
from tests.core.test_doorbell import open_the_door
from tibir.core import doorbell

def ring(number):
    with transaction.atomic():
        doorbell.ring(open_the_door, number)
    assert doorbell.drain(10)

ring(1)
connections.close_all()
child = os.fork()
if child == 0:
    ring(2)
    os._exit(0)
assert os.waitpid(child, 0)[1] == 0
ring(3)
"""

LOCKED = """
import os
from tests.core.test_doorbell import open_the_door
from tibir.core import doorbell

doorbell._rings.mutex.acquire()  # as when the thread is just taking a ring
child = os.fork()
if child == 0:
    doorbell._put(open_the_door, (1,))
    os._exit(0 if doorbell.drain(10) else 1)
assert os.waitpid(child, 0)[1] == 0
"""


def run(program):
    command = [sys.executable, "manage.py", "shell", "--no-imports", "-c", program]
    subprocess.run(command, cwd=ROOT, check=True, timeout=20)


@pytest.mark.prove
def test_a_forked_process_rings_by_itself(redis_server):
    run(PARENT_AND_CHILD)
    assert heard(redis_server) == 3


@pytest.mark.prove
def test_a_process_that_is_forked_while_the_bell_is_ringing_is_not_stuck(redis_server):
    run(LOCKED)
    assert heard(redis_server) == 1
