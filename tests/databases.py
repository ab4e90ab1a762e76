"""Where the tests find their databases and their Redis. Loaded by `pytest -p`, before Django.

DATABASE_URL (the application's role), DATABASE_OWNER_URL (may create databases and is a member
of that role) and REDIS_URL are used when given. Otherwise the embedded servers are, in one
folder that every run in this checkout shares.

The owner migrates a template once; a copy of it takes hundredths of a second. A process that
runs tests has a copy of its own, and so has each test that commits.
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
    return _shared("postgres", embedded.start_postgres, embedded.stop_postgres, is_ours)


def redis():
    is_ours = redis_address(embedded.redis_url(FOLDER), 0) == redis_address(REDIS_URL, 0)
    return _shared("redis", embedded.start_redis, embedded.stop_redis, is_ours)


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
        " WHERE datname = %s AND usename IS NOT NULL",
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
