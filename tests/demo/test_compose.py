"""What an operator is given, as far as it can be tried without Docker."""

import os
import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
import redis
import yaml

from tests.demo.test_supervisor import eventually
from tibir.embedded.postgres import APP_PLANNING, APP_TIMEOUTS, Postgres
from tibir.embedded.redis import Redis

ROOT = Path(__file__).resolve().parents[2]
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES = COMPOSE["services"]
DOCKERFILE = (ROOT / "Dockerfile").read_text()
GUIDE = (ROOT / "docs" / "deploy.md").read_text()
SETTINGS = (ROOT / "tibir" / "settings.py").read_text()
OURS = ["web", "worker", "beat", "migrate"]
KEYS = {
    "build", "cap_drop", "command", "depends_on", "env_file", "environment", "healthcheck",
    "image", "logging",
    "networks", "ports", "read_only", "restart", "security_opt", "shm_size", "stop_grace_period",
    "tmpfs", "volumes",
}  # fmt: skip


@pytest.fixture(scope="module")
def secrets(tmp_path_factory):
    """What secrets.sh makes, as {file: {variable: value}}."""
    root = tmp_path_factory.mktemp("operator")
    (root / "docs" / "deploy").mkdir(parents=True)
    script = root / "docs" / "deploy" / "secrets.sh"
    script.write_bytes((ROOT / "docs" / "deploy" / "secrets.sh").read_bytes())
    given = ["tibir.fjordvik.example", "smtp+tls://u:p@mail.example:587", "eier@fjordvik.example"]
    command = ["sh", str(script), *given]
    subprocess.run(command, check=True, capture_output=True)
    assert subprocess.run(command, check=False, capture_output=True).returncode == 1
    files = list((root / "secrets").iterdir())
    assert {file.stat().st_mode & 0o777 for file in files} == {0o600}
    return {
        f"secrets/{file.name}": dict(
            line.split("=", 1) for line in file.read_text().splitlines() if line
        )
        for file in files
    }


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_only_names_what_is_declared(name, secrets):
    service = SERVICES[name]

    assert set(service) <= KEYS
    assert set(service.get("depends_on", {})) <= set(SERVICES)
    assert set(service["networks"]) <= set(COMPOSE["networks"])
    assert set(service.get("env_file", [])) <= set(secrets)
    for volume in service.get("volumes", []):
        source = volume.split(":")[0]
        assert (ROOT / source).is_file() if source.startswith(".") else source in COMPOSE["volumes"]


def test_only_the_proxy_is_open_to_the_world():
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["proxy"]
    assert COMPOSE["networks"]["inner"]["internal"] is True
    assert SERVICES["web"]["networks"] == ["inner"]


def test_postgres_keeps_its_data_where_version_18_wants_it():
    assert SERVICES["postgres"]["image"] == "postgres:18"
    assert "database:/var/lib/postgresql" in SERVICES["postgres"]["volumes"]


def test_the_queue_throws_nothing_away():
    command = SERVICES["valkey"]["command"]

    assert command[command.index("--maxmemory-policy") + 1] == "noeviction"
    assert command[command.index("--appendonly") + 1] == "yes"


def test_the_queue_opens_with_the_password_that_our_services_have_and_not_without(
    secrets, tmp_path
):
    """The flags of the container, given to a server that is here."""
    socket = tmp_path / "queue.sock"
    flags = environment("valkey", secrets)["VALKEY_EXTRA_FLAGS"].split()
    options = ["--port", "0", "--unixsocket", socket, "--save", "", "--dir", tmp_path, *flags]
    server = subprocess.Popen([Redis(tmp_path).binary, *options], stdout=subprocess.DEVNULL)
    try:
        eventually(socket.exists, 10)
        anybody = redis.Redis(unix_socket_path=str(socket))
        with anybody, pytest.raises(redis.AuthenticationError):
            anybody.ping()
        for name in OURS:
            url = urlsplit(environment(name, secrets)["REDIS_URL"])
            with redis.Redis(unix_socket_path=str(socket), password=url.password) as ours:
                assert ours.ping()
    finally:
        server.terminate()
        server.wait(10)


def environment(name, secrets):
    """What the service has in its environment, as Compose puts it together."""
    service, found = SERVICES[name], {}
    for file in service.get("env_file", []):
        found |= secrets[file]
    return found | service.get("environment", {})


@pytest.mark.parametrize("name", ["web", "worker", "beat"])
def test_what_runs_waits_for_the_tables_and_is_not_their_owner(name, secrets):
    waits = SERVICES[name]["depends_on"]["migrate"]["condition"]
    url = environment(name, secrets)["DATABASE_URL"]

    assert waits == "service_completed_successfully"
    assert url.startswith(("postgres://tibir_app:", "postgres://nobody@localhost"))


def test_each_service_has_the_secrets_that_it_needs_and_no_others(secrets):
    given = {name: environment(name, secrets) for name in [*OURS, "proxy", "postgres", "valkey"]}
    having = {
        "the keys of what is stored": ("TIBIR_KEYS", {"web", "worker", "migrate"}),
        "what signs cookies": ("SECRET_KEY", {"web", "worker", "migrate"}),
        "the application's database": ("DATABASE_URL", {"web", "worker"}),
        "the mail server": ("EMAIL_URL", {"worker"}),
    }
    for what, (variable, services) in having.items():
        secret = given["worker"][variable]
        assert {name for name, own in given.items() if secret in own.values()} == services, what
    owner = secrets["secrets/postgres.env"]["TIBIR_OWNER_PASSWORD"]
    holding = {name for name, own in given.items() if owner in " ".join(own.values())}
    assert holding == {"migrate", "postgres"}
    assert {name for name, own in given.items() if "STAFF_OIDC" in own} == {"web"}
    assert {own["SMS_TOKEN"] for name, own in given.items() if "SMS_TOKEN" in own} == {"none"}
    assert "SMS_TOKEN" not in given["worker"]
    assert given["proxy"].keys() == {"TIBIR_HOST"}
    assert given["valkey"].keys() == {"VALKEY_EXTRA_FLAGS"}


def test_a_service_without_the_mail_server_starts_all_the_same(secrets):
    """Each has all the variables that the settings ask for."""
    asked = set(re.findall(r"required\(\s*\"([A-Z_]+)\"", SETTINGS))
    assert len(asked) > 7
    for name in OURS:
        assert asked - environment(name, secrets).keys() == set(), name


def test_the_owner_migrates_with_the_passwords_that_the_roles_got(secrets):
    made = secrets["secrets/postgres.env"]
    app, owner = secrets["secrets/app.env"], secrets["secrets/owner.env"]

    assert SERVICES["migrate"]["env_file"] == ["secrets/app.env", "secrets/owner.env"]
    assert f"tibir_owner:{made['TIBIR_OWNER_PASSWORD']}@postgres" in owner["DATABASE_URL"]
    assert f"tibir_app:{made['TIBIR_APP_PASSWORD']}@postgres" in app["DATABASE_URL"]


@pytest.mark.parametrize("name", OURS)
def test_our_containers_hold_no_rights_they_do_not_need(name):
    service = SERVICES[name]

    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in service["security_opt"]


def test_the_worker_may_finish_its_longest_task(settings):
    from tibir.celery import app

    seconds = int(SERVICES["worker"]["stop_grace_period"].removesuffix("s"))
    assert seconds > app.conf.task_time_limit


def test_the_image_is_made_of_what_is_here():
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    allowed = {line[1:] for line in ignored if line.startswith("!")}
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", DOCKERFILE, re.MULTILINE)

    for path in " ".join(copied).split():
        assert (ROOT / path).exists(), path
        assert path in allowed, path
    assert re.search(r"^USER tibir$", DOCKERFILE, re.MULTILINE)


def test_the_image_and_the_set_up_need_the_same_pango():
    set_up = (ROOT / ".ci" / "setup.py").read_text()
    for package in ("libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0"):
        assert package in DOCKERFILE
        assert package in set_up
        assert package in GUIDE


def test_the_guide_tells_of_every_variable_that_the_settings_read():
    read = set(re.findall(r"(?:\benv(?:\.\w+)?|required)\(\s*\"([A-Z_]+)\"", SETTINGS))
    told = set(re.findall(r"^\| `([A-Z_]+)` \|", GUIDE, re.MULTILINE))

    assert told == read


@pytest.mark.prove
def test_the_secrets_are_all_that_production_asks_for(secrets):
    around = {
        "PATH": os.environ["PATH"],
        **environment("worker", secrets),
        "DATABASE_URL": "postgres://tibir_app@localhost:1/none",
    }

    checked = subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        cwd=ROOT,
        env=around,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert checked.returncode == 0, checked.stderr


def test_roles_sql_makes_the_two_roles_that_the_tests_use(data_folder):
    server = Postgres(data_folder)
    server.start()
    try:
        superuser = server.url("postgres", "postgres")
        with psycopg.connect(superuser, autocommit=True) as connection:
            expected = roles(connection)
            connection.execute("DROP DATABASE tibir")
            connection.execute("DROP ROLE tibir_owner, tibir_app")

            subprocess.run(
                [server.binaries / "psql", superuser, "--file", ROOT / "docs/deploy/roles.sql"],
                env={"TIBIR_OWNER_PASSWORD": "ei'er", "TIBIR_APP_PASSWORD": "bruker"},
                check=True,
                capture_output=True,
            )

            made = roles(connection)
            locale = connection.execute(
                "SELECT datlocprovider, datlocale, pg_encoding_to_char(encoding) FROM pg_database"
                " WHERE datname = 'tibir'"
            ).fetchone()
    finally:
        server.stop()
    # The tests' owner may create databases, because they clone them; an operator's may not.
    assert made["tibir_owner"] == expected["tibir_owner"] | {"rolcreatedb": False}
    assert made["tibir_app"] == expected["tibir_app"]
    settings = APP_TIMEOUTS | APP_PLANNING
    assert set(made["tibir_app"]["rolconfig"]) == {f"{k}={v}" for k, v in settings.items()}
    assert locale == ("b", "C.UTF-8", "UTF8")


def roles(connection):
    columns = "rolname, rolcanlogin, rolsuper, rolbypassrls, rolcreatedb, rolcreaterole, rolconfig"
    rows = connection.execute(f"SELECT {columns} FROM pg_roles WHERE rolname LIKE 'tibir%'")  # noqa: S608
    names = columns.split(", ")
    return {row[0]: dict(zip(names, row, strict=True)) for row in rows}
