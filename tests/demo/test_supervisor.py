"""The demo as a newcomer meets it: real processes, killed in every way."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from tibir.demo import supervisor
from tibir.embedded.postgres import Postgres
from tibir.embedded.redis import Redis

ROOT = Path(__file__).resolve().parents[2]
COMMAND = [sys.executable, "manage.py", "demo", "--small"]
OURS = {
    "TIBIR_MODE", "DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "SECRET_KEY", "STAFF_OIDC",
}  # fmt: skip
CHILDREN = ["web", "worker", "beat", "provider"]


def environment(folder, **more):
    """A newcomer's: nothing of what the tests themselves are run with."""
    theirs = {name: value for name, value in os.environ.items() if name not in OURS}
    return theirs | {"TIBIR_DATA": str(folder), **more}


class Demo:
    def __init__(self, folder, *arguments, **more):
        self.folder = folder
        self.screen = folder.with_suffix(".txt")
        self.began = time.monotonic()
        with self.screen.open("w") as screen:
            self.process = subprocess.Popen(
                [*COMMAND, *arguments],
                cwd=ROOT,
                env=environment(folder, **more),
                stdout=screen,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def said(self):
        return self.screen.read_text()

    def address(self, within=120):
        eventually(lambda: "TIBIR er klar" in self.said(), within, self.said)
        return re.search(r"http://127\.0\.0\.1:\d+", self.said())[0]

    def answers(self, path="/"):
        """Whether a page comes, however long the web server takes to be there."""
        try:
            with urllib.request.urlopen(self.address() + path, timeout=20) as page:  # noqa: S310
                return page.status == 200
        except OSError:
            return False

    def pid(self, child):
        return int((self.folder / "run" / f"{child}.lock").read_text() or 0)

    def ask_to_stop(self, number=signal.SIGINT):
        """Seconds it took, and what it ended with."""
        began = time.monotonic()
        self.process.send_signal(number)
        return self.process.wait(40), time.monotonic() - began

    def left(self):
        """Every process that works for this demo; the services clean their environment."""
        ours = []
        for process in psutil.process_iter():
            try:
                mine = process.environ().get("TIBIR_DATA") == str(self.folder)
                if mine and process.status() != psutil.STATUS_ZOMBIE:
                    ours.append(process.cmdline())
            except psutil.Error:
                continue
        services = [Postgres(self.folder), Redis(self.folder)]
        return ours + [service.name for service in services if service.process()]


def eventually(question, seconds, report=lambda: ""):
    until = time.monotonic() + seconds
    while not (answer := question()):
        assert time.monotonic() < until, report()
        time.sleep(0.1)
    return answer


@contextmanager
def demo(folder, *arguments, **more):
    running = Demo(folder, *arguments, **more)
    try:
        yield running
    finally:
        if running.process.poll() is None:
            running.ask_to_stop(signal.SIGTERM)


@pytest.fixture(scope="module")
def folder(data_folder):
    """A demo that has been started once, so that each test sees a later start."""
    with demo(data_folder, "--port", str(free_port())) as first:
        assert first.answers()
        assert first.ask_to_stop()[0] == 0
        assert first.left() == []
    return data_folder


@pytest.fixture(scope="module")
def port():
    return free_port()


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


@pytest.mark.prove
def test_a_second_start_is_quick_and_an_interrupt_leaves_no_process(folder, port):
    with demo(folder, "--port", str(port)) as running:
        running.address()
        assert time.monotonic() - running.began <= 15
        assert running.answers()
        assert len(running.left()) > len(CHILDREN) + 2

        code, seconds = running.ask_to_stop()

        assert (code, running.left()) == (0, [])
        assert seconds < 30
        assert "TIBIR er stoppet." in running.said()


@pytest.mark.prove
def test_whoever_is_killed_comes_back(folder, port):
    with demo(folder, "--port", str(port)) as running:
        running.address()
        for child in CHILDREN:
            killed = running.pid(child)
            os.kill(killed, signal.SIGKILL)
            # What the killed one had begun is lost with it; the next request waits for the new one.
            eventually(running.answers, 60, running.said)
            eventually(lambda c=child, k=killed: running.pid(c) not in (0, k), 20, running.said)
            assert f"{child} stoppet. Starter igjen." in running.said()

        for service in (Postgres(folder), Redis(folder)):
            killed = service.process().pid
            os.kill(killed, signal.SIGKILL)
            eventually(lambda s=service, k=killed: came_back(s, k), 30, running.said)
            eventually(lambda: running.answers("/helse/"), 60, running.said)


def came_back(service, killed):
    process = service.process()
    return process and process.pid != killed


@pytest.mark.prove
def test_a_closed_terminal_while_it_starts_leaves_no_process(folder, port):
    with demo(folder, "--port", str(port)) as running:
        eventually(lambda: "Gjør databasen klar" in running.said(), 30)

        code, _ = running.ask_to_stop(signal.SIGHUP)

        assert (code, running.left()) == (0, [])


@pytest.mark.prove
def test_a_worker_that_does_not_listen_is_killed_with_its_children(folder, port):
    with demo(folder, "--port", str(port)) as running:
        running.address()
        os.kill(running.pid("worker"), signal.SIGSTOP)

        code, seconds = running.ask_to_stop(signal.SIGTERM)

        assert (code, running.left()) == (0, [])
        assert seconds < 30


@pytest.mark.prove
def test_a_new_start_works_after_the_supervisor_was_killed(folder, port):
    with demo(folder, "--port", str(port)) as running:
        running.address()
        os.kill(running.pid("worker"), signal.SIGSTOP)  # cannot see that we die
        running.process.kill()
        running.process.wait()

    with demo(folder, "--port", str(port)) as again:
        assert again.answers()
        assert again.ask_to_stop()[0] == 0
        assert again.left() == []


@pytest.mark.prove
def test_a_second_demo_in_the_same_folder_says_where_the_first_is(folder, port):
    with demo(folder, "--port", str(port)) as running:
        address = running.address()

        second = run(folder)

        assert second.returncode == 1
        assert f"TIBIR kjører alt på {address}" in second.stderr
        assert running.answers()


def run(folder, *arguments):
    return subprocess.run(
        [*COMMAND, *arguments],
        cwd=ROOT,
        env=environment(folder),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_a_folder_that_cannot_be_written_to_is_told_in_one_sentence():
    refused = run("/proc/tibir")

    assert refused.returncode == 1
    assert refused.stderr == (
        "Får ikke skrive i /proc/tibir: gi deg selv skriverett der, "
        "eller velg en annen mappe med TIBIR_DATA.\n"
    )


def test_a_taken_port_is_told_in_one_sentence(tmp_path):
    with supervisor.listen(None) as taken:
        port = taken.getsockname()[1]

        refused = run(tmp_path, "--port", str(port))

    assert refused.returncode == 1
    assert refused.stderr == f"Port {port} kan ikke brukes: velg en annen med --port.\n"


def test_without_a_wish_the_next_free_port_is_taken():
    with supervisor.listen(None) as first, supervisor.listen(None) as second:
        assert first.getsockname()[1] < second.getsockname()[1] <= supervisor.LAST_PORT
        assert second.getsockname()[0] == "127.0.0.1"


def test_a_demo_has_keys_of_its_own_that_only_its_owner_can_read(tmp_path):
    keys = supervisor.keys(tmp_path)

    assert supervisor.keys(tmp_path) == keys
    assert {path.stat().st_mode & 0o777 for path in tmp_path.iterdir()} == {0o600}
    assert len(keys["SECRET_KEY"]) >= 50
    assert keys["TIBIR_KEYS"].startswith("1:")
