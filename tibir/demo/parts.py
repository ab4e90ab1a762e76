"""What the supervisor keeps alive: two services and our own processes.

Every child leads a process group of its own, so that Ctrl-C reaches only the supervisor, which
decides the order. It also holds a lock file open, and so do its own children: the lock says
whether any of them is left, even to a supervisor that comes after one that was killed.
"""

import contextlib
import ctypes
import fcntl
import os
import signal
import subprocess
import sys
import time

from django.conf import settings

LARGE_LOG = 5_000_000
PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None


class Part:
    started_at = 0.0
    restart_at = None
    deaths = 0
    has_given_up = False
    is_done = False

    def start(self):
        self.started_at, self.restart_at = time.monotonic(), None
        self.launch()


class Service(Part):
    """PostgreSQL or Redis; they outlive us when we are killed, and are found again."""

    def __init__(self, name, folder, kind):
        self.name = name
        self.server = kind(folder)

    def launch(self):
        self.server.start()

    def is_alive(self):
        return self.server.process() is not None

    def end(self, _grace=0):
        self.server.stop()


class Child(Part):
    def __init__(self, supervisor, name, command, lend=(), **environment):
        self.supervisor = supervisor
        self.name = name
        self.command = command
        self.lend = lend
        self.environment = supervisor.environment | environment
        self.log = supervisor.folder / "logs" / f"{name}.log"
        self.lock = supervisor.folder / "run" / f"{name}.lock"
        self.process = None

    def launch(self):
        self.end()
        if self.log.exists() and self.log.stat().st_size > LARGE_LOG:
            self.log.replace(self.log.with_suffix(".log.1"))
        with open(self.lock, "w") as lock, open(self.log, "ab") as log:
            fcntl.flock(lock, fcntl.LOCK_EX)
            self.process = subprocess.Popen(  # noqa: S603
                self.command,
                cwd=settings.BASE_DIR,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                pass_fds=[lock.fileno(), *self.lend],
                preexec_fn=die_with(os.getpid()),
            )
            lock.write(str(self.process.pid))

    def is_alive(self):
        return self.process.poll() is None

    def end(self, grace=0):
        """Ask the child, then kill it and everything it started, ours or our predecessor's."""
        until = time.monotonic() + grace
        if self.process and grace:
            # Only the first process: it knows how to take its own children down.
            self.process.terminate()
            while time.monotonic() < until and not self.supervisor.in_a_hurry:
                if self.process.poll() is not None:
                    break
                time.sleep(0.05)
        while group := self.group():
            with contextlib.suppress(ProcessLookupError):
                os.killpg(group, signal.SIGKILL)
            time.sleep(0.05)
        if self.process:
            self.process.wait()

    def group(self):
        """The process group, if anyone in it still holds the lock."""
        with contextlib.suppress(FileNotFoundError), open(self.lock) as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return int(lock.read() or 0)
        return None


class Extra(Child):
    """One that the others do without: killed it comes back, but an error of its own ends it."""

    def __init__(self, supervisor, name, command, listener):
        super().__init__(supervisor, name, command, lend=[listener.fileno()])
        self.listener = listener

    @property
    def has_given_up(self):
        return (self.process.poll() or 0) > 0

    def give_up(self):
        self.end()
        self.listener.close()  # whoever asks there is told at once that nobody answers


class Errand(Child):
    """One that has an end of its own, and is not started again."""

    @property
    def is_done(self):
        return self.process.poll() is not None

    @property
    def went_well(self):
        return self.process.returncode == 0


def die_with(parent):
    """Linux tells the child when we are killed, so that nobody answers for a dead demo."""

    def prepare():
        LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:
            os._exit(1)

    return prepare if LIBC else None
