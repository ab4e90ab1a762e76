"""Rows are the queue: whatever carries the work may stop, and the work is done all the same."""

import os
import shutil
import signal

import pytest

from tests.prove.person import Person, ask_for_a_call
from tests.prove.system import eventually

pytestmark = [pytest.mark.prove, pytest.mark.long(5)]

TICKS = 45  # seconds: two ticks, with a start or a reconnection before them
LEASE = 120
LATE = 60  # three ticks, and some
UNREADY = "SELECT count(*) FROM documents_document WHERE state <> 'ready'"


@pytest.fixture(autouse=True)
def _is_well(system):
    """Each of these leaves something broken behind it when it fails."""
    system.start()
    eventually(lambda: is_done(system), LEASE, system.logs)


def is_done(system):
    return system.one(UNREADY) == 0


def log_of(system, part):
    return (system.folder / f"{part}.log").read_text(errors="replace")


def test_without_redis_a_parent_gets_a_receipt_and_the_rest_comes_when_it_is_back(system):
    system.redis.kill()
    shutil.rmtree(system.folder / "redis")
    said = len(log_of(system, "web"))
    parent = Person(system.address, "10.1.0.1")

    reference = ask_for_a_call(parent, "fjordvik", "Uten Redis")

    assert not parent.troubles
    assert system.one("SELECT count(*) FROM referrals_submission WHERE reference = %s", reference)
    assert "lager en PDF" in parent.page.text
    eventually(lambda: "doorbell unheard" in log_of(system, "web")[said:], 30)
    assert not is_done(system)
    eventually(lambda: system.status("/helse/") == 503, LATE)
    assert system.status("/helse/klar/") == 200

    system.redis.start()
    system.start_again()

    eventually(lambda: is_done(system), TICKS, system.logs)
    assert "Last ned som PDF" in parent.open(parent.page.url).text
    eventually(lambda: system.status("/helse/") == 200, TICKS)


DIES_BEFORE_IT_RINGS = """
import os
from tests.factories import submit
from tibir.accounts.models import Municipality
from tibir.core import doorbell

doorbell._put = lambda task, ids: os._exit(9)
submit(Municipality.objects.get(slug="fjordvik"))
"""


def test_a_process_that_dies_between_commit_and_ring_loses_nothing(system):
    before = system.one("SELECT count(*) FROM referrals_referral")

    died = system.manage("shell", "--no-imports", "-c", DIES_BEFORE_IT_RINGS, check=False)

    assert died == 9
    assert system.one("SELECT count(*) FROM referrals_referral") == before + 1
    eventually(lambda: is_done(system), TICKS, system.logs)


@pytest.mark.parametrize("whole", [True, False], ids=["whole group", "first process"])
def test_a_worker_that_is_asked_to_stop_loses_nothing(system, whole):
    before = system.one("SELECT count(*) FROM documents_document")
    for number in range(12):
        ask_for_a_call(Person(system.address, f"10.2.{number}.1"), "fjordvik", "Før stansen")
    assert not is_done(system)

    if whole:
        system.worker.ask_group_to_stop()
    else:
        os.kill(system.worker.process.pid, signal.SIGTERM)
        system.worker.process.wait(60)
    system.worker.start()

    eventually(lambda: is_done(system), LEASE + TICKS, system.logs)
    assert system.one("SELECT count(*) FROM documents_document") == before + 12
    assert system.one("SELECT max(attempts) FROM documents_document") <= 2


def test_work_that_lay_for_three_days_is_done_once(system):
    for part in (system.beat, system.worker):
        part.kill_group()
    system.redis.kill()
    shutil.rmtree(system.folder / "redis")
    ask_for_a_call(Person(system.address, "10.3.0.1"), "fjordvik", "Lenge siden")
    moved = "UPDATE documents_document SET created_at = now() - interval '3 days' WHERE id IN "
    moved += "(SELECT max(id) FROM documents_document) RETURNING id"
    (paper,) = system.change(moved)

    system.start()

    eventually(lambda: is_done(system), TICKS, system.logs)
    assert system.one("SELECT attempts FROM documents_document WHERE id = %s", paper) == 1


@pytest.mark.parametrize(("name", "end"), [("beat", "kill"), ("worker", "freeze")])
def test_the_watch_outside_is_told_when_one_stops_and_when_it_is_back(system, name, end):
    part = getattr(system, name)
    getattr(part, end)()

    eventually(lambda: system.status("/helse/") == 503, LATE)
    assert system.status("/helse/klar/") == 200

    part.start() if end == "kill" else part.thaw()
    eventually(lambda: system.status("/helse/") == 200, TICKS, system.logs)
