"""What PostgreSQL and Redis have in common here."""

import contextlib
import errno
import fcntl
import hashlib
import os
import stat
import subprocess
import time
from importlib.util import find_spec
from pathlib import Path

try:
    import psutil
except ImportError:  # comes with the wheel; production has neither, and reads its own addresses
    psutil = None

STARTING = 60  # seconds: recovery after a crash is slow on a slow disk
STOPPING = 20


class Unavailable(RuntimeError):
    """One sentence to the person at the keyboard: what is wrong, and what to do about it."""


class Server:
    """One per folder, at any time; adopted when it is healthy, replaced when it is not.

    Each kind says how it is launched, asked to stop and asked whether it answers.
    """

    name: str
    title: str
    variable: str  # what to set instead
    socket_name: str
    error: type[Exception]  # of its client
    account = None  # (uid, gid) to run it as; None is our own

    def __init__(self, folder):
        self.folder = Path(folder).resolve()
        self.data = self.folder / self.name
        self.log = self.folder / f"{self.name}.log"
        # The path of a socket has room for about a hundred characters, so it cannot lie in the
        # data folder; nor under XDG_RUNTIME_DIR, for every shell must arrive at the same place.
        place = f"tibir-{self.name}-{digest(os.geteuid(), self.folder)}"
        self.sockets = Path("/tmp", place)  # noqa: S108 (_open_sockets refuses a stranger's)
        self.socket = self.sockets / self.socket_name

    def start(self):
        with self._explained(), self._alone():
            if not (self._wake() and self._settles()):
                self._end()
                self._open_sockets()
                self._launch()
                if not self._settles():
                    raise Unavailable(f"{self.title} kom ikke i gang: se hvorfor i {self.log}.")
            self._prepare()

    def stop(self):
        one_at_a_time = self._alone() if self.folder.is_dir() else contextlib.nullcontext()
        with self._explained(), one_at_a_time:
            self._end()
            self._sweep_sockets()
            with contextlib.suppress(OSError):
                self.sockets.rmdir()

    def process(self):
        """The living process that works in our data folder.

        A zombie is nobody, and so is a stranger who got the number after a restart.
        """
        for file in self._pid_files():
            with contextlib.suppress(OSError, ValueError, IndexError, psutil.Error):
                process = psutil.Process(int(file.read_text().split()[0]))
                is_alive = process.status() != psutil.STATUS_ZOMBIE
                if is_alive and process.cwd() == str(self.data.resolve()):
                    return process
        return None

    def _wake(self):
        """Somebody may have stopped it with Ctrl-Z or a debugger; awake it is as good as before."""
        process = self.process()
        if process:
            process.resume()
        return process

    def _settles(self):
        """Wait while it starts or recovers, but not for one that has lost its socket or files."""
        began = time.monotonic()
        while (waited := time.monotonic() - began) < STARTING:
            if self._answers():
                return True
            is_whole = self.process() and self.socket.exists() and self._pid_files()[0].exists()
            if waited > 2 and not is_whole:
                return False
            time.sleep(0.05)
        return False

    def _end(self):
        for end in (self._ask_to_stop, self._kill):
            with contextlib.suppress(psutil.Error, self.error):
                self._wake()
                end()
            if eventually(lambda: self.process() is None, STOPPING):
                return
        raise Unavailable(
            f"{self.title} i {self.folder} lar seg ikke stoppe: start maskinen på nytt."
        )

    def _kill(self):
        if process := self.process():
            process.kill()

    def _prepare(self):
        """What must be in place before anyone else comes in; nothing, unless a kind says so."""

    def _open_sockets(self):
        """Whoever owns this folder can answer in our name, so it must not be a stranger."""
        with contextlib.suppress(FileExistsError):
            self.sockets.mkdir(mode=0o700)
        found = self.sockets.lstat()
        is_ours = found.st_uid in {os.geteuid(), *(self.account or ())[:1]}
        if not stat.S_ISDIR(found.st_mode) or found.st_mode & 0o077 or not is_ours:
            raise Unavailable(f"{self.sockets} er ikke bare din: slett den, og start på nytt.")
        self._give_away(self.sockets)
        self._sweep_sockets()

    def _sweep_sockets(self):
        """What a killed one leaves behind; PostgreSQL also believes the lock beside its socket."""
        for left in self.sockets.glob(f"{self.socket_name}*"):
            left.unlink()

    def _give_away(self, path):
        if self.account:
            os.chown(path, *self.account)

    def _run(self, *command, **environment):
        """Through the log and never through a pipe, which the server would keep open."""
        user, group = self.account or (None, None)
        with self.log.open("ab") as log:
            try:
                return subprocess.run(  # noqa: S603
                    [str(part) for part in command],
                    cwd="/",  # ours may be closed to the account
                    env={"PATH": os.defpath, "LC_ALL": "C", **environment},  # nobody's PGPORT
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    check=False,
                    timeout=STARTING + 10,
                    user=user,
                    group=group,
                    extra_groups=[] if self.account else None,
                ).returncode
            except OSError as error:
                raise self._missing() from error

    def _missing(self):
        return Unavailable(
            f"{self.title} mangler eller lar seg ikke kjøre: "
            f"kjør «make setup», eller sett {self.variable}."
        )

    @contextlib.contextmanager
    def _alone(self):
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / f"{self.name}.lock").open("a") as lock:
            if not eventually(lambda: _locks(lock), 2 * STARTING):
                raise Unavailable(f"Noen andre starter i {self.folder}: vent litt, og prøv igjen.")
            yield

    @contextlib.contextmanager
    def _explained(self):
        if psutil is None:
            raise self._missing()
        try:
            yield
        except (FileExistsError, NotADirectoryError) as error:
            raise Unavailable(
                f"{self.folder} er ikke en mappe: velg en annen med TIBIR_DATA."
            ) from error
        except OSError as error:
            raise Unavailable(
                f"Disken er full: rydd plass til {self.folder}."
                if error.errno == errno.ENOSPC
                else f"Får ikke skrive i {self.folder}: gi deg selv skriverett der, "
                "eller velg en annen mappe med TIBIR_DATA."
            ) from error
        except (self.error, subprocess.SubprocessError) as error:
            raise Unavailable(f"{self.title} svarer ikke: se hvorfor i {self.log}.") from error


def digest(*what):
    return hashlib.sha256(repr(what).encode()).hexdigest()[:12]


def eventually(question, seconds):
    deadline = time.monotonic() + seconds
    while not (answer := question()) and time.monotonic() < deadline:
        time.sleep(0.02)
    return answer


def _locks(file):
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def package_folder(name):
    """Where a package lies, without importing it: these do more on import than we want."""
    spec = find_spec(name)
    return spec and Path(spec.submodule_search_locations[0])
