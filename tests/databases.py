"""Where the tests find their databases and their Redis. Loaded by `pytest -p`, before Django.

DATABASE_URL (the application's role), DATABASE_OWNER_URL (may create databases and is a member
of that role) and REDIS_URL are used when given. Otherwise the embedded servers are, in one
folder that every run in this checkout shares.

The owner migrates a template once. A process that runs tests has two copies of it: one for the
tests that are rolled back, and one for those that commit, made as new again after each.
"""

import contextlib
import fcntl
import hashlib
import os
import subprocess
import sys
import threading
from pathlib import Path
from urllib.parse import urlsplit

import django
import psutil
import psycopg
import pytest
from psycopg import sql

from tibir import embedded
from tibir.embedded.postgres import Postgres

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / ".test-services"
TEMPLATES_KEPT = 5  # one for each branch that somebody is likely to be on
MIGRATING = int.from_bytes(b"migrate")


def address(url, name):
    return urlsplit(url)._replace(path=f"/{name}").geturl()


def redis_address(url, db):
    if "+socket:" in url:
        return url.partition("?")[0] + f"?virtual_host={db}"
    return urlsplit(url)._replace(path=f"/{db}").geturl()


def set_environment():
    given = os.environ
    if "DATABASE_URL" in given and "DATABASE_OWNER_URL" not in given:
        raise pytest.UsageError("DATABASE_URL is set, so DATABASE_OWNER_URL must be too.")
    given.setdefault("DATABASE_URL", embedded.database_url(FOLDER))
    given.setdefault("DATABASE_OWNER_URL", embedded.database_url(FOLDER, "tibir_owner"))
    # Each worker of pytest-xdist rings at a door of its own.
    worker = int(given.get("PYTEST_XDIST_WORKER", "gw-1").removeprefix("gw"))
    redis = given.get("REDIS_URL") or embedded.redis_url(FOLDER)
    given["REDIS_URL"] = redis_address(redis, (worker + 1) % 16)
    given["TIBIR_MODE"] = "test"
    given["QUIET_HOURS"] = ""  # tests of the night say so; the others also run at night
    given["TIBIR_DATA"] = str(FOLDER)
    given["STATIC_ROOT"] = str(FOLDER / "static")  # empty: the sources are served
    # Playwright keeps an event loop in the thread of the test, which makes Django suspicious.
    given["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


set_environment()
Path(os.environ["STATIC_ROOT"]).mkdir(parents=True, exist_ok=True)
NAME = f"tibir_test_{os.getpid()}"
OWNER_URL = os.environ["DATABASE_OWNER_URL"]
APP_URL = os.environ["DATABASE_URL"]
REDIS_URL = os.environ["REDIS_URL"]


def postgres():
    """The server, for as long as somebody in this checkout tests against it."""
    is_ours = embedded.database_url(FOLDER) == APP_URL
    return _shared("postgres", _start_postgres, embedded.stop_postgres, is_ours)


def redis():
    is_ours = redis_address(embedded.redis_url(FOLDER), 0) == redis_address(REDIS_URL, 0)
    return _shared("redis", embedded.start_redis, embedded.stop_redis, is_ours)


def _start_postgres(folder):
    """What these tests write need not outlive the machine; those of a crash have servers of their
    own."""
    embedded.start_postgres(folder)
    url = Postgres(folder).url("postgres", "postgres")
    with psycopg.connect(url, autocommit=True) as connection:
        for setting in ("fsync", "full_page_writes"):
            connection.execute(f"ALTER SYSTEM SET {setting} = off")
        connection.execute("SELECT pg_reload_conf()")


@contextlib.contextmanager
def _shared(name, start, stop, is_ours):
    if not is_ours:
        yield
        return
    with (FOLDER / f"{name}.users").open("a") as users:
        fcntl.flock(users, fcntl.LOCK_SH)
        try:
            start(FOLDER)
            yield
        finally:
            with contextlib.suppress(BlockingIOError):  # somebody else still uses it
                fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
                stop(FOLDER)


def _owner():
    return psycopg.connect(OWNER_URL, autocommit=True)


def _execute(connection, statement, *names):
    return connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


def template():
    """The name of the migrated database; it is made again when a migration has changed."""
    name = f"tibir_template_{_fingerprint()}"
    with _owner() as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", [MIGRATING])
        _drop_leftovers(connection)
        if name not in _names(connection):
            half = f"tibir_test_{os.getpid()}_half"
            _execute(connection, "CREATE DATABASE {}", half)
            _manage("migrate", "--verbosity=0", database=half)
            _manage("grant_application", f"--role={urlsplit(APP_URL).username}", database=half)
            _execute(connection, "ALTER DATABASE {} RENAME TO {}", half, name)
    return name


def _fingerprint():
    sources = [
        *ROOT.glob("*/migrations/*.py"),
        *ROOT.glob("tibir/*/migrations/*.py"),
        ROOT / "tibir/core/management/commands/grant_application.py",
        ROOT / "tibir/audit/history.py",
        ROOT / "tibir/core/tables.py",
    ]
    content = [django.__version__.encode()]
    content += [bytes(source.relative_to(ROOT)) + source.read_bytes() for source in sorted(sources)]
    return hashlib.sha256(b"\0".join(content)).hexdigest()[:12]


def _manage(*command, database):
    """As in production: by the owner, in a process of its own."""
    subprocess.run(
        [sys.executable, "manage.py", *command, "--skip-checks"],
        cwd=ROOT,
        env=os.environ | {"DATABASE_URL": address(OWNER_URL, database)},
        check=True,
    )


def _names(connection):
    """Oldest first."""
    found = "SELECT datname FROM pg_database WHERE datname LIKE 'tibir\\_te%' ORDER BY oid"
    return [name for (name,) in connection.execute(found)]


def _drop_leftovers(connection):
    """Databases of killed runs, and templates of migrations from long ago."""
    names = _names(connection)
    templates = [name for name in names if name.startswith("tibir_template_")]
    dead = [
        name
        for name in names
        if name.startswith("tibir_test_") and not psutil.pid_exists(int(name.split("_")[2]))
    ]
    for name in [*dead, *templates[:-TEMPLATES_KEPT]]:
        _drop(connection, name)


def _drop(connection, name):
    """Not WITH (FORCE): that fails when the server happens to be vacuuming there."""
    connection.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = %s AND usename IN (SELECT rolname FROM pg_roles WHERE NOT rolsuper)",
        [name],
    )
    _execute(connection, "DROP DATABASE IF EXISTS {}", name)


@contextlib.contextmanager
def copy_of(template, name):
    with _owner() as connection:
        _drop(connection, name)
        _execute(connection, "CREATE DATABASE {} TEMPLATE {}", name, template)
    try:
        yield
    finally:
        with _owner() as connection:
            _drop(connection, name)


class Reusable:
    """A copy for tests that commit, one after the other: each finds it as the template is.

    To empty what was filled takes a tenth of the time of a new copy. Only a superuser gets past
    the append-only triggers, so with a server that was given to us each test gets a new copy, and
    so does the next test after one that changed more than rows.
    """

    def __init__(self, template, name):
        self.template, self.name = template, name
        self.is_made = False
        self.is_ours = embedded.database_url(FOLDER) == APP_URL

    def make(self):
        if self.is_made:
            return
        with _owner() as connection:
            _drop(connection, self.name)
            _execute(connection, "CREATE DATABASE {} TEMPLATE {}", self.name, self.template)
        if self.is_ours:
            with self._superuser() as connection:
                self.shape = _shape(connection)
                self.rows = {table: _rows(connection, table) for table in _filled(connection)}
                self.counted = _counted(connection)
        self.is_made = True

    def clean(self):
        if not (self.is_ours and self._emptied()):
            self.drop()

    def _emptied(self):
        with self._superuser() as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
                " WHERE datname = %s AND pid <> pg_backend_pid() AND usename IS NOT NULL",
                [self.name],
            )
            if _shape(connection) != self.shape:
                return False
            connection.execute("SET session_replication_role = replica")
            for table in _filled(connection) | self.rows.keys():
                rows = self.rows.get(table)
                if rows and rows == _rows(connection, table):
                    continue
                _execute(connection, "DELETE FROM {}", table)
                if rows:
                    into = sql.SQL("COPY {} FROM STDIN").format(sql.Identifier(table))
                    with connection.cursor().copy(into) as copy:
                        copy.write(rows)
            first = dict(self.counted)
            for sequence, _last in _counted(connection) - self.counted:
                last = first[sequence]
                connection.execute(
                    "SELECT setval(%s, %s, %s)", [sequence, last or 1, last is not None]
                )
        return True

    def drop(self):
        self.is_made = False
        with _owner() as connection:
            _drop(connection, self.name)

    def _superuser(self):
        url = Postgres(FOLDER).url("postgres", self.name)
        return psycopg.connect(url, autocommit=True)


def _filled(connection):
    """The tables that have rows."""
    found = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    asked = [
        sql.SQL("SELECT {} WHERE EXISTS (SELECT FROM {})").format(table, sql.Identifier(table))
        for (table,) in found
    ]
    return {table for (table,) in connection.execute(sql.SQL(" UNION ALL ").join(asked))}


def _counted(connection):
    """Sequences and the last number that each has given."""
    found = connection.execute("SELECT quote_ident(sequencename), last_value FROM pg_sequences")
    return set(found)


def _rows(connection, table):
    out = sql.SQL("COPY (SELECT * FROM {} ORDER BY 1) TO STDOUT").format(sql.Identifier(table))
    with connection.cursor().copy(out) as copy:
        return b"".join(copy)


def _shape(connection):
    """Changes with every table, column, trigger, function, right and setting of the database."""
    return connection.execute(
        """
        SELECT array_agg((it.kind, it.many, it.last) ORDER BY it.kind) FROM (
            SELECT 'tables' AS kind, count(*) AS many, sum(xmin::text::bigint) AS last FROM pg_class
            UNION ALL SELECT 'columns', count(*), sum(xmin::text::bigint) FROM pg_attribute
            UNION ALL SELECT 'triggers', count(*), sum(xmin::text::bigint) FROM pg_trigger
            UNION ALL SELECT 'constraints', count(*), sum(xmin::text::bigint) FROM pg_constraint
            UNION ALL SELECT 'functions', count(*), sum(xmin::text::bigint) FROM pg_proc
            UNION ALL SELECT 'schemas', count(*), sum(xmin::text::bigint) FROM pg_namespace
            UNION ALL SELECT 'settings', count(*), sum(xmin::text::bigint) FROM pg_db_role_setting
            UNION ALL SELECT 'database', count(*), sum(xmin::text::bigint) FROM pg_database
                WHERE datname = current_database()
        ) AS it
        """
    ).fetchone()


def at_once(function, times=8):
    """Call it in that many threads, all let go in the same moment; what each returned or raised."""
    from django.db import connections

    outcomes = []
    start = threading.Barrier(times)

    def run(number):
        try:
            start.wait()
            outcomes.append(function())
        except Exception as error:
            outcomes.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=[number]) for number in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


if __name__ == "__main__":  # ahead of the tests, which would all wait for it
    with postgres():
        template()
