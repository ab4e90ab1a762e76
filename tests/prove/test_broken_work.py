"""A letter that kills its makers, or never ends, is given up where people see it, alone."""

import os
import signal
import subprocess
import sys
import time

import pytest

from tests.databases import ROOT
from tests.factories import CALL, submit
from tests.prove.system import eventually
from tibir.deadlines.kinds import Kind as Due
from tibir.deadlines.models import Deadline
from tibir.documents import schedule
from tibir.documents.models import Document
from tibir.documents.tasks import TRIES
from tibir.operations import health

pytestmark = pytest.mark.prove

SOFT, HARD = 3, 4  # seconds; in production 60 and 90


@pytest.fixture
def worker(committed, redis_server, tmp_path, monkeypatch):
    """As in production, with letters that break it and limits that a test can wait for."""
    running = []

    def start(way):
        limits = ["--soft-time-limit", str(SOFT), "--time-limit", str(HARD)]
        command = ["celery", "-A", "tests.prove.broken_work", "worker", "--concurrency", "2"]
        with (tmp_path / "worker.log").open("w") as log:
            running.append(
                subprocess.Popen(
                    [sys.executable, "-m", *command, *limits, "--loglevel", "WARNING"],
                    cwd=ROOT,
                    env=os.environ | {"BROKEN": way},
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                )
            )

    yield start
    for process in running:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@pytest.mark.parametrize(
    ("way", "said"),
    [
        pytest.param("killed", "worker died", id="killed, as for want of memory"),
        pytest.param("hangs", "SoftTimeLimitExceeded", id="never ends"),
        pytest.param("hears nothing", "worker died", id="never ends and hears nothing"),
    ],
)
def test_a_letter_that_breaks_its_makers_is_given_up_and_the_others_are_made(worker, way, said):
    dangerous = submit(answers=CALL).receipt
    Document.objects.update(title="farlig")
    worker(way)
    others = [submit(answers=CALL).receipt for _letter in range(3)]

    eventually(lambda: beats_until_failed(dangerous), 120)

    dangerous.refresh_from_db()
    assert (dangerous.attempts, dangerous.error) == (TRIES, said)
    made = Document.objects.filter(pk__in=[each.pk for each in others])
    assert {each.state for each in made} == {Document.State.READY}
    schedule.tick()
    assert Deadline.objects.get(kind=Due.DOCUMENT_FAILED).target_id == dangerous.pk
    (sign,) = [sign for sign in health.signs() if sign.label == "Dokumenter som ikke ble laget"]
    assert not sign.is_well


def beats_until_failed(document):
    """What the clock does every ten seconds, done more often: the row is the queue."""
    schedule.tick()
    time.sleep(1)
    document.refresh_from_db()
    return document.state == Document.State.FAILED
