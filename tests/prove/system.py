"""All of TIBIR as real processes in a folder of their own, to be killed and started again."""

import asyncio
import contextlib
import email
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

import psutil
import psycopg
from aiosmtpd.controller import Controller

from tests.databases import ROOT
from tibir import embedded
from tibir.embedded.postgres import Postgres
from tibir.embedded.redis import Redis

OURS = {"DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "SECRET_KEY", "EMAIL_URL"}


class Process:
    """One of our own programs; it leads a process group, as under a supervisor."""

    def __init__(self, system, name, *arguments):
        self.system, self.name = system, name
        self.command = [sys.executable, "-m", *arguments]
        self.process = None

    def start(self):
        self.wait_for_the_last_of_the_dead()
        with (self.system.folder / f"{self.name}.log").open("ab") as log:
            self.process = subprocess.Popen(
                self.command,
                cwd=ROOT,
                env=self.system.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def is_alive(self):
        return self.process is not None and self.process.poll() is None

    def group(self):
        """The process and all that it started, also after its own death."""
        if self.process is None:
            return []
        return [p for p in psutil.process_iter() if _is_in_group(p, self.process.pid)]

    def children(self):
        return psutil.Process(self.process.pid).children(recursive=True)

    def kill(self):
        """The first process only: its children must find out by themselves."""
        self.process.kill()
        self.process.wait()

    def kill_group(self):
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def ask_group_to_stop(self):
        """As systemd does, to everyone in it at once."""
        os.killpg(self.process.pid, signal.SIGTERM)
        self.process.wait(60)

    def freeze(self):
        for process in self.group():
            process.suspend()

    def thaw(self):
        for process in self.group():
            process.resume()

    def wait_for_the_last_of_the_dead(self, seconds=20):
        """Whoever lost its parent leaves by itself, and is helped when it does not."""
        until = time.monotonic() + seconds
        while left := self.group():
            if time.monotonic() > until:
                for process in left:
                    with contextlib.suppress(psutil.Error):
                        process.kill()
            time.sleep(0.1)


def _is_in_group(process, number):
    with contextlib.suppress(psutil.Error, ProcessLookupError):
        return os.getpgid(process.pid) == number and process.status() != psutil.STATUS_ZOMBIE
    return False


class Service:
    """PostgreSQL or Redis: a daemon, found by its folder."""

    def __init__(self, kind, folder):
        self.server = kind(folder)
        self.name = self.server.name
        self.start = self.server.start
        self.stop = self.server.stop

    def is_alive(self):
        return self.server.process() is not None

    def kill(self):
        self.server.process().kill()

    def freeze(self):
        self.server.process().suspend()

    def thaw(self):
        self.server.process().resume()


class System:
    def __init__(self, folder, mail_port):
        self.folder = folder
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        kept = {name: value for name, value in os.environ.items() if name not in OURS}
        self.environment = kept | {
            "TIBIR_MODE": "demo",
            "TIBIR_DATA": str(folder),
            "PUBLIC_URL": self.address,
            "EMAIL_URL": f"smtp://127.0.0.1:{mail_port}",
            "PYTHONUNBUFFERED": "1",
        }
        self.postgres = Service(Postgres, folder)
        self.redis = Service(Redis, folder)
        bind = ["--bind", f"127.0.0.1:{self.port}", "--worker-class", "gthread"]
        size = ["--workers", "2", "--threads", "4", "--graceful-timeout", "4"]
        web = ["gunicorn", "tibir.wsgi", *bind, *size, "--no-control-socket"]
        celery = ["celery", "--app", "tibir"]
        lean = ["--concurrency", "2", "--without-gossip", "--without-mingle"]
        schedule = ["--schedule", str(folder / "beat-schedule")]
        self.web = Process(self, "web", *web)
        self.worker = Process(self, "worker", *celery, "worker", *lean, "--loglevel", "INFO")
        self.beat = Process(self, "beat", *celery, "beat", *schedule)
        self.parts = [self.postgres, self.redis, self.web, self.worker, self.beat]

    def build(self):
        """The tables, by their owner, and Fjordvik with its people."""
        self.postgres.start()
        self.redis.start()
        owner = embedded.database_url(self.folder, role="tibir_owner")
        self.manage("migrate", "--no-input", DATABASE_URL=owner)
        self.manage("grant_application", DATABASE_URL=owner)
        self.manage("seed_demo")

    def manage(self, *command, check=True, **environment):
        return subprocess.run(
            [sys.executable, "manage.py", *command],
            cwd=ROOT,
            env=self.environment | environment,
            check=check,
            stdout=subprocess.DEVNULL,
            timeout=120,
        ).returncode

    def start(self):
        """Whatever does not run; then wait until all of it is well."""
        self.start_again()
        eventually(self.is_well, 90, self.logs)

    def start_again(self):
        """As whoever looks after the processes does: a worker may break off in mid-answer."""
        for part in self.parts:
            if not part.is_alive():
                part.start()

    def stop(self):
        for part in (self.beat, self.worker, self.web):
            if part.is_alive():
                part.thaw()
                part.kill_group()
            part.wait_for_the_last_of_the_dead(seconds=0)
        for part in (self.redis, self.postgres):
            part.stop()

    def status(self, path):
        try:
            with urllib.request.urlopen(self.address + path, timeout=10) as page:  # noqa: S310
                return page.status
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            return None

    def is_well(self):
        return self.status("/helse/klar/") == self.status("/helse/") == 200

    def ask(self, question, *values):
        """Rows, by SQL and as the application: the ORM is part of what is being tried."""
        with psycopg.connect(embedded.database_url(self.folder)) as connection:
            return connection.execute(question, values).fetchall()

    def one(self, question, *values):
        return self.ask(question, *values)[0][0]

    def change(self, statement):
        with psycopg.connect(embedded.database_url(self.folder)) as connection:
            return connection.execute(statement).fetchone()

    def logs(self, lines=30):
        said = []
        for part in (self.web, self.worker, self.beat):
            log = self.folder / f"{part.name}.log"
            last = log.read_text(errors="replace").splitlines()[-lines:] if log.exists() else []
            said += [f"--- {part.name}", *last]
        return "\n".join(said)


class Mailbox:
    """A mail server that takes its time, so that there is a moment to be killed in."""

    def __init__(self):
        self.received = []

    async def handle_DATA(self, server, session, envelope):
        message = email.message_from_bytes(envelope.content)
        self.received.append((message["Message-ID"], tuple(envelope.rcpt_tos)))
        await asyncio.sleep(1)
        return "250 OK"


@contextlib.contextmanager
def running_system():
    # Not pytest's own folder: PostgreSQL has an account of its own, which must come through.
    folder = Path(tempfile.mkdtemp(prefix="tibir-prove-"))
    folder.chmod(0o711)
    mailbox = Mailbox()
    mail = Controller(mailbox, hostname="127.0.0.1", port=free_port())
    mail.start()
    system = System(folder, mail.port)
    system.mailbox = mailbox
    try:
        system.build()
        system.start()
        yield system
    finally:
        system.stop()
        mail.stop()
        shutil.rmtree(folder, ignore_errors=True)


class Storm:
    """Kills one part after the other, round after round, and starts it after a while."""

    def __init__(self, system, moment, rounds):
        self.victims = {
            "web worker": lambda: _kill_one(system.web.children()),
            "web": lambda: self._kill(system.web),
            "worker's child": lambda: _kill_one(system.worker.children()),
            "worker": lambda: self._kill(system.worker),
            "worker and its children": lambda: self._kill(system.worker, whole=True),
            "beat": lambda: self._kill(system.beat),
            "redis": lambda: self._kill(system.redis),
            "postgres": lambda: self._kill(system.postgres),
        }
        self.moment, self.rounds = moment, rounds
        self.killed = dict.fromkeys(self.victims, 0)
        self.fault = None
        self._thread = threading.Thread(target=self._rage)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._thread.join()
        if self.fault:
            raise self.fault

    def _rage(self):
        try:
            for _round in range(self.rounds):
                for name, strike in self.victims.items():
                    strike()
                    self.killed[name] += 1
                    time.sleep(self.moment)
        except Exception as error:
            self.fault = error

    def _kill(self, part, whole=False):
        part.kill_group() if whole else part.kill()
        time.sleep(self.moment / 2)
        part.start()


def _kill_one(processes):
    """One that serves: in both programs the first child may be a helper, the last is not."""
    with contextlib.suppress(IndexError, psutil.NoSuchProcess):
        processes[-1].kill()


def eventually(question, seconds, report=lambda: ""):
    until = time.monotonic() + seconds
    while not (answer := question()):
        assert time.monotonic() < until, report()
        time.sleep(0.2)
    return answer


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]
