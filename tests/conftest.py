"""The harness: real PostgreSQL with the application's rights, and no luck with the order.

What a test may ask for:
    db         rolled back afterwards; `client` asks for it
    scene      what `make_scene` of the module returns, there for each of its tests that asks
    committed  a database of the test's own, with real commits: threads, other processes
    server     the site on loopback, over such a database, for a browser
    rings      what was put off (always there); `rings.answer()` does it
    broker     rings are really published, to this process's Redis
    redis_server, redis_gone    the same with one that may be killed or frozen, or with none
"""

import contextlib
import gc
import os
import shutil
import sys
from copy import deepcopy
from pathlib import Path
from typing import NamedTuple

import hypothesis
import kombu.pools
import pytest
import redis
from django.conf import settings as django_settings
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.db import connection, connections, transaction
from django.db.backends.postgresql.compiler import SQLCompiler
from django.db.models.expressions import OrderBy
from django.db.models.functions import Random
from django.template import engines
from django.test import Client as DjangoClient
from django.test import TestCase, TransactionTestCase
from django.utils import timezone, translation
from pytest_django.live_server_helper import LiveServer

from tests import databases
from tibir import celery, embedded
from tibir.calendar.oslo import day_of
from tibir.core import doorbell
from tibir.embedded.redis import Redis

# Two cores, shared with a database: how long an example takes says nothing.
hypothesis.settings.register_profile("tibir", deadline=None)
hypothesis.settings.load_profile("tibir")


@pytest.fixture(autouse=True)
def _our_language():
    """Whoever asked for a page last may have read it in another language."""
    yield
    translation.deactivate()


# --- Databases ------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def migrated():
    with databases.postgres():
        yield databases.template()


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment, migrated):
    """This process's copy of what the owner migrated; the tests come as the application."""
    with databases.copy_of(migrated, databases.NAME):
        default = connections.settings["default"]
        default["NAME"] = databases.NAME
        # A test is one long transaction; the role's limits on those are for requests.
        limits = ("transaction_timeout", "idle_in_transaction_session_timeout")
        default.setdefault("OPTIONS", {})["options"] = " ".join(f"-c {it}=0" for it in limits)
        yield
        connections.close_all()


@pytest.fixture(scope="module")
def _standing_scene(request, django_db_setup, django_db_blocker):
    """What the module's `make_scene` writes; what each of its tests writes is rolled back to it."""
    with django_db_blocker.unblock():
        with transaction.atomic(), pytest.MonkeyPatch.context() as patch:
            patch.setattr(doorbell, "_put", lambda task, ids: None)
            scene = request.module.make_scene()
            with django_db_blocker.block():
                yield scene
            transaction.set_rollback(True)
        connection.close()


@pytest.fixture
def scene(_standing_scene, db):
    """A copy of what takes longer to make than to look at, made once for all tests of a module."""
    return deepcopy(_standing_scene)


class Committed(NamedTuple):
    name: str
    url: str
    owner_url: str


@pytest.fixture(scope="session")
def _reusable(migrated):
    reusable = databases.Reusable(migrated, f"{databases.NAME}_committed")
    yield reusable
    reusable.drop()


@pytest.fixture
def committed(django_db_setup, _reusable, django_db_blocker, monkeypatch):
    """A database of the test's own. The limits of the application's role hold here."""
    name = _reusable.name
    urls = [databases.address(url, name) for url in (databases.APP_URL, databases.OWNER_URL)]
    _reusable.make()
    with django_db_blocker.unblock():
        connection.close()
        # Every connection of every thread is made from this one dictionary.
        monkeypatch.setitem(connections.settings["default"], "NAME", name)
        monkeypatch.delitem(connections.settings["default"]["OPTIONS"], "options")
        monkeypatch.setenv("DATABASE_URL", urls[0])
        monkeypatch.setenv("DATABASE_OWNER_URL", urls[1])
        yield Committed(name, *urls)
        connections.close_all()
    _reusable.clean()


@pytest.hookimpl(wrapper=True)
def pytest_collection():
    """There is no garbage yet where everything is only read in."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.enable()


def pytest_collection_finish():
    """What was read in by now stays: it need not be looked through for garbage again and again,
    which took a fifth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection_modifyitems(config, items):
    """What takes minutes begins first, and a module that says so of itself stays with one worker.

    At first each worker gets a stretch of them all, and whoever is done takes over the end of
    another's. So each stretch begins with its share of the long ones.
    """
    yield
    long = {}
    for item in items:
        for node, mark in item.iter_markers_with_node("long"):
            long.setdefault(node, (mark.args[0], []))[1].append(item)
    workers = getattr(config, "workerinput", {"workercount": 1})["workercount"]
    shares, minutes = [[] for _worker in range(workers)], [0] * workers
    for takes, tests in sorted(long.values(), key=lambda it: it[0], reverse=True):
        least = minutes.index(min(minutes))
        minutes[least] += takes
        shares[least] += tests
    firsts = {item for share in shares for item in share}
    others = [item for item in items if item not in firsts]
    ordered = []
    for number, share in enumerate(shares):
        stretch = (len(items) - len(ordered)) // (workers - number)
        filled = max(stretch - len(share), 0)
        ordered += share + others[:filled]
        del others[:filled]
    items[:] = ordered + others


FLUSHING = {"transactional_db", "live_server", "django_db_reset_sequences"}


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item):
    asked = set(getattr(item, "fixturenames", ()))
    marker = item.get_closest_marker("django_db")
    flushes = marker and (any(marker.args) or marker.kwargs.keys() - {"databases"})
    is_case = isinstance(getattr(item, "cls", None), type) and issubclass(
        item.cls, TransactionTestCase
    )
    if flushes or asked & FLUSHING or (is_case and not issubclass(item.cls, TestCase)):
        pytest.fail("Append-only tables cannot be flushed: use «committed» or «server».")
    if "committed" in asked and (marker or "db" in asked):
        pytest.fail("«committed» has a database of its own: leave out «db».")


# --- Requests -------------------------------------------------------------------------------


def after_commit():
    """In a test that is rolled back, what waits for the commit happens here all the same."""
    if connection.in_atomic_block:
        return TestCase.captureOnCommitCallbacks(execute=True)
    return contextlib.nullcontext()


@pytest.fixture(autouse=True, scope="session")
def _static_files_found_when_asked_for():
    """Each test client would otherwise begin by looking at all of them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(django_settings, "WHITENOISE_AUTOREFRESH", True)
        yield


@pytest.fixture(autouse=True, scope="session")
def _passwords_are_cheap():
    """A login is meant to be slow; a test of what comes after it is not."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Argon2PasswordHasher, "memory_cost", 1024)
        patch.setattr(Argon2PasswordHasher, "time_cost", 1)
        patch.setattr(Argon2PasswordHasher, "parallelism", 1)
        yield


class Client(DjangoClient):
    def request(self, **request):
        with after_commit():
            return super().request(**request)


@pytest.fixture
def client(request):
    if "committed" not in request.fixturenames:
        request.getfixturevalue("db")
    return Client()


@pytest.fixture
def today():
    return day_of(timezone.now())


@pytest.fixture
def server(committed):
    """The address of the site, with its static files, served by threads of this process."""
    live = LiveServer("127.0.0.1")
    live._live_server_modified_settings.enable()
    yield live.url
    live.stop()
    live._live_server_modified_settings.disable()


# --- The doorbell ---------------------------------------------------------------------------


class Rings(list):
    """Put-off work as (task, ids), in the order it was rung for."""

    def answer(self):
        """Do it all now, and what it rings for in its turn."""
        while self:
            task, ids = self.pop(0)
            with after_commit():
                task(*ids)


PUBLISHING = {"broker", "redis_server", "redis_gone"}


@pytest.fixture(autouse=True)
def rings(request, monkeypatch):
    heard = Rings()
    if not PUBLISHING & set(request.fixturenames):
        monkeypatch.setattr(doorbell, "_put", lambda task, ids: heard.append((task, ids)))
    return heard


@contextlib.contextmanager
def ringing_at(url, monkeypatch):
    """Here and in the processes that the test starts."""
    monkeypatch.setenv("REDIS_URL", url)
    monkeypatch.setattr(django_settings, "REDIS_URL", url)
    _change_broker(url)
    yield
    doorbell.drain(10)
    _change_broker(databases.REDIS_URL)


def _change_broker(url):
    celery.app.conf.broker_url = url
    celery.app._after_fork()  # forgets its pools
    kombu.pools.reset()


@pytest.fixture(scope="session")
def _redis():
    with databases.redis():
        yield


@pytest.fixture
def broker(_redis, monkeypatch):
    """This process's own database in Redis, empty before and after, as a redis-py client."""
    with (
        redis.Redis.from_url(embedded.redis_client_url(databases.REDIS_URL)) as client,
        ringing_at(databases.REDIS_URL, monkeypatch),
    ):
        client.flushdb()
        yield client
        client.flushdb()


class RedisServer:
    """To be killed, frozen and started again."""

    def __init__(self, folder):
        self.url = embedded.redis_url(folder)
        self._server = Redis(folder)
        self.start = self._server.start
        self.stop = self._server.stop

    def client(self):
        return redis.Redis.from_url(embedded.redis_client_url(self.url), socket_timeout=1)

    def kill(self):
        self._server.process().kill()

    def freeze(self):
        self._server.process().suspend()

    def thaw(self):
        self._server.process().resume()


@pytest.fixture
def redis_server(tmp_path, monkeypatch):
    server = RedisServer(tmp_path)
    server.start()
    with ringing_at(server.url, monkeypatch):
        yield server
        server.stop()


@pytest.fixture
def redis_gone(tmp_path, monkeypatch):
    """Rings go to a Redis that was never there."""
    with ringing_at(embedded.redis_url(tmp_path), monkeypatch):
        yield


# --- Nothing by luck ------------------------------------------------------------------------


class Shuffle(Random):
    def get_group_by_cols(self):
        return []


@pytest.fixture(autouse=True, scope="session")
def _shuffled():
    """Rows that nobody asked an order for come in any order, as they one day will."""
    in_order = SQLCompiler.get_order_by

    def get_order_by(self):
        query = self.query
        ordering = in_order(self)
        is_whole = not query.subquery or query.is_sliced
        if ordering or not is_whole or query.distinct or query.combinator:
            return ordering
        shuffle = OrderBy(Shuffle()).resolve_expression(query)
        return [(shuffle, (*self.compile(shuffle), False))]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(SQLCompiler, "get_order_by", get_order_by)
        yield


class Undefined:
    """A variable that does not exist is a mistake in our templates, and a habit in others'."""

    def __contains__(self, key):
        return key == "%s"

    def __mod__(self, variable):
        frame = sys._getframe(1)
        while "context" not in frame.f_locals:
            frame = frame.f_back
        template = frame.f_locals["context"].render_context.template
        if Path(template.origin.name).is_relative_to(databases.ROOT / "templates"):
            raise AssertionError(f"«{variable}» is undefined in {template.origin.name}")
        return ""


@pytest.fixture(autouse=True, scope="session")
def _defined():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engines["django"].engine, "string_if_invalid", Undefined())
        yield


# --- A browser ------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def base_url():
    """In place of the one that pytest-playwright brings, which pytest warns about."""


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    quiet = ["--disable-background-networking", "--disable-component-update", "--disable-sync"]
    return browser_type_launch_args | {
        "executable_path": shutil.which("chromium"),
        "args": [*quiet, *(["--no-sandbox"] if os.geteuid() == 0 else [])],
    }


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args):
    return browser_context_args | {"locale": "nb-NO", "timezone_id": "Europe/Oslo"}
