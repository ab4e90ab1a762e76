"""All of TIBIR on one machine: starts it, keeps it alive and leaves nothing behind."""

import base64
import contextlib
import fcntl
import http.client
import os
import secrets
import signal
import socket
import sys
import time
from pathlib import Path

from tibir import embedded
from tibir.demo import trial
from tibir.demo.parts import Child, Errand, Extra, Service

FIRST_PORT, LAST_PORT = 8000, 8050
GRACE = 5  # seconds a child gets to finish what it does
READY_WITHIN = 120
STABLE = 60  # seconds alive after which earlier deaths are forgotten
BACK_OFF = (0, 1, 2, 5, 10, 30)
SHUT = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stopped(Exception):
    """Somebody asked us to stop."""


class Supervisor:
    def __init__(self, folder, say, port=None, *, has_lives=False):
        self.folder = Path(folder).resolve()
        self.say = say
        self.wanted_port = port
        self.has_lives = has_lives
        self.parts = []
        self.shut_signals = 0

    def run(self, ready):
        """Start everything, call `ready(address)`, and stay until we are asked to stop."""
        for number in SHUT:
            if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:  # nohup
                signal.signal(number, self.asked_to_stop)
        with (
            self.take_folder() as lock,
            listen(self.wanted_port) as self.listener,
            self.listen_elsewhere() as self.elsewhere,
        ):
            self.address = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
            lock.write(self.address)
            lock.flush()
            try:
                self.start()
                ready(self.address)
                if self.has_lives:
                    self.begin_lives()
                while True:
                    self.pause(0.5)
                    self.look_after()
            except Stopped:
                self.say("Stopper TIBIR …")
            finally:
                self.stop()

    def asked_to_stop(self, *_):
        self.shut_signals += 1

    def pause(self, seconds):
        until = time.monotonic() + seconds
        while True:
            if self.shut_signals:
                raise Stopped
            if time.monotonic() >= until:
                return
            time.sleep(0.1)

    # --- Starting -----------------------------------------------------------------------

    def take_folder(self):
        """The folder is ours for as long as we live; a second start is told where the first is."""
        try:
            # PostgreSQL's own account must come through here when we are root.
            self.folder.mkdir(mode=0o711, parents=True, exist_ok=True)
            for name in ("logs", "run"):
                (self.folder / name).mkdir(mode=0o700, exist_ok=True)
            lock = open(self.folder / "run" / "supervisor.lock", "a+")  # noqa: SIM115
        except OSError as error:
            raise embedded.Unavailable(
                f"Får ikke skrive i {self.folder}: gi deg selv skriverett der, eller velg en "
                "annen mappe med TIBIR_DATA."
            ) from error
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            address = lock.read() or "en annen adresse"
            lock.close()
            raise embedded.Unavailable(
                f"TIBIR kjører alt på {address} fra {self.folder}: stopp den med Ctrl-C der, eller "
                "velg en annen mappe med TIBIR_DATA."
            ) from None
        lock.truncate(0)
        return lock

    def listen_elsewhere(self):
        """Where the login elsewhere that one may try is to be; without it all the rest runs."""
        listener = None
        if trial.is_wanted():
            if not trial.is_installed():
                self.say(trial.NOT_INSTALLED)
            elif not (listener := first_free(trial.PORTS)):
                self.say(trial.NO_PORT)
        return listener or contextlib.nullcontext()

    def start(self):
        self.environment = (
            keys(self.folder)
            | os.environ
            | {
                "TIBIR_MODE": "demo",
                "TIBIR_DATA": str(self.folder),
                "PUBLIC_URL": self.address,
                "PYTHONUNBUFFERED": "1",
            }
        )
        for name in ("web", "worker", "beat", "provider", "setup", "lives"):
            Child(self, name, []).end()
        self.start_services()
        self.prepare_database()
        for child in self.children():
            self.parts.append(child)
            child.start()
        self.say("Venter på at alt svarer …")
        at = ["--issuer", trial.address(self.elsewhere)] if self.elsewhere else []
        self.manage("seed_demo", *at)
        self.wait_until_ready()

    def begin_lives(self):
        """Three years of families, which come while somebody looks at the first pages."""
        lives = Errand(self, "lives", [sys.executable, "manage.py", "seed_lives"])
        self.parts.append(lives)
        lives.start()

    def start_services(self):
        if "DATABASE_URL" not in os.environ:
            self.parts.append(Service("PostgreSQL", self.folder, embedded.Postgres))
        elif "DATABASE_OWNER_URL" not in os.environ:
            raise embedded.Unavailable(
                "DATABASE_URL er satt: sett også DATABASE_OWNER_URL til den som eier databasen, "
                "så tabellene kan lages."
            )
        if "REDIS_URL" not in os.environ:
            self.parts.append(Service("Redis", self.folder, embedded.Redis))
        for service in self.parts:
            self.say(f"Starter {service.name} …")
            service.start()
            self.pause(0)

    def prepare_database(self):
        owner = os.environ.get("DATABASE_OWNER_URL") or embedded.database_url(
            self.folder, role="tibir_owner"
        )
        self.say("Gjør databasen klar …")
        self.manage("prepare_database", DATABASE_URL=owner)

    def manage(self, *command, **environment):
        child = Child(self, "setup", [sys.executable, "manage.py", *command], **environment)
        child.start()
        try:
            while child.process.poll() is None:
                self.pause(0.1)
        finally:
            child.end()
        if child.process.returncode:
            raise embedded.Unavailable(
                f"«manage.py {command[0]}» gikk ikke: se hvorfor i {child.log}."
            )

    def children(self):
        python = [sys.executable, "-m"]
        celery = [*python, "celery", "--app", "tibir"]
        socket_number = self.listener.fileno()
        web = [*python, "gunicorn", "tibir.wsgi", "--bind", f"fd://{socket_number}"]
        web += ["--worker-class", "gthread", "--workers", "2", "--threads", "4"]
        web += ["--graceful-timeout", str(GRACE - 1), "--no-control-socket"]
        worker = [*celery, "worker", "--concurrency", "2", "--without-gossip", "--without-mingle"]
        beat = [*celery, "beat", "--schedule", str(self.folder / "run" / "beat-schedule")]
        offered, extra = {}, []
        if self.elsewhere:
            offered = {"STAFF_OIDC": trial.configuration(trial.address(self.elsewhere))}
            extra = [Extra(self, "provider", trial.command(self.elsewhere), self.elsewhere)]
        return [
            Child(self, "web", web, lend=[socket_number], **offered),
            Child(self, "worker", [*worker, "--loglevel", "INFO"]),
            Child(self, "beat", [*beat, "--loglevel", "INFO"]),
            *extra,
        ]

    def wait_until_ready(self):
        until = time.monotonic() + READY_WITHIN
        while not self.is_ready():
            self.pause(0.2)
            self.look_after()
            if time.monotonic() > until:
                raise embedded.Unavailable(
                    f"TIBIR kom ikke i gang: se hvorfor i {self.folder / 'logs'}."
                )

    def is_ready(self):
        host, port = self.listener.getsockname()
        connection = http.client.HTTPConnection(host, port, timeout=5)
        try:
            connection.request("GET", "/helse/klar/")
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    # --- While it runs -------------------------------------------------------------------

    def look_after(self):
        """Whoever has died is started again, later and later if it keeps dying."""
        now = time.monotonic()
        for part in list(self.parts):
            if part.is_done:
                self.say(
                    "De førti familiene med tre års historie er på plass."
                    if part.went_well
                    else f"Ikke alle de førti familiene kom på plass: se {part.log}. Alt annet "
                    "virker."
                )
                part.end()
                self.parts.remove(part)
            elif part.has_given_up:
                self.say(f"«{trial.NAME}» kom ikke i gang: se {part.log}. {trial.THE_REST}")
                part.give_up()
                self.parts.remove(part)
            elif part.restart_at is None and not part.is_alive():
                if now - part.started_at > STABLE:
                    part.deaths = 0
                delay = BACK_OFF[min(part.deaths, len(BACK_OFF) - 1)]
                part.deaths += 1
                part.restart_at = now + delay
                self.say(f"{part.name} stoppet. Starter igjen{f' om {delay} s' if delay else ''}.")
            elif part.restart_at is not None and now >= part.restart_at:
                try:
                    part.start()
                except embedded.Unavailable as error:
                    self.say(str(error))

    def stop(self):
        """Last in, first out; and one that will not stop does not save the others."""
        with contextlib.ExitStack() as stack:
            for part in self.parts:
                stack.callback(part.end, GRACE)

    @property
    def in_a_hurry(self):
        return self.shut_signals > 1


def listen(wanted):
    """The socket is ours and only lent to the web server, so a page waits while that restarts."""
    if listener := first_free([wanted] if wanted else range(FIRST_PORT, LAST_PORT + 1)):
        return listener
    raise embedded.Unavailable(
        f"Port {wanted} kan ikke brukes: velg en annen med --port."
        if wanted
        else f"Alle porter fra {FIRST_PORT} til {LAST_PORT} er opptatt: velg en med --port."
    )


def first_free(ports):
    for port in ports:
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", port))
            listener.listen(128)
        except OSError:
            listener.close()
        else:
            return listener
    return None


def keys(folder):
    """This demo's own keys, made the first time; what the environment says goes before."""
    path = folder / "keys.env"
    if not path.exists():
        made = {
            "SECRET_KEY": secrets.token_urlsafe(64),
            "TIBIR_KEYS": f"1:{base64.b64encode(secrets.token_bytes(32)).decode()}",
            "TIBIR_INDEX_KEY": base64.b64encode(secrets.token_bytes(32)).decode(),
        }
        unfinished = path.with_suffix(".new")
        with open(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.writelines(f"{name}={key}\n" for name, key in made.items())
        unfinished.rename(path)
    lines = path.read_text().splitlines()
    return dict(line.split("=", 1) for line in lines)
