"""The table of the security standard claims nothing that no test shows: docs/security/asvs.csv."""

import ast
import json
import math
import random
import re
import runpy
from collections import Counter
from datetime import timedelta

import pytest
import time_machine
import yaml
from cryptography.exceptions import InvalidTag
from django.conf import settings as ours
from django.contrib.sessions.backends.db import SessionStore
from django.urls import reverse
from django.utils import timezone

from interventions.views.calendar import GUESSES
from tests import databases
from tests.conftest import Client
from tests.databases import ROOT
from tests.factories import MunicipalityFactory, UserFactory
from tests.logins import LOGIN, employed, first_step
from tests.named import missing, rows_of
from tests.test_consistency import sources
from tests.test_production import GOOD
from tibir.accounts.models import User
from tibir.celery import app
from tibir.core import codes, encryption
from tibir.documents.sanitise import LIMITS, SECONDS
from tibir.embedded.postgres import APP_TIMEOUTS
from tibir.operations.views import REPORTS_IN_AN_HOUR
from tibir.staff import factors, limits, reading

# Of level 3, these are for us as well.
ALSO = [
    "V1.2.10", "V2.3.5", "V3.4.7", "V3.4.8", "V3.6.1", "V6.3.8", "V8.3.2", "V13.1.2", "V13.1.3",
    "V13.2.6", "V14.2.6", "V14.2.7", "V14.2.8", "V15.2.5", "V15.4.1", "V15.4.2", "V15.4.3",
    "V16.5.4",
]  # fmt: skip
STATUSES = {"met", "operator", "not applicable", "open"}
COLUMNS = {"id", "level", "status", "measure", "test"}


def levels():
    """The level of every requirement of ASVS 5.0.0, by its id."""
    lines = (ROOT / "docs/security/asvs-levels.txt").read_text().splitlines()
    return dict(line.split() for line in lines)


def mistakes(rows):
    """What is wrong with the table, as sentences."""
    levels_of = levels()
    ids = Counter(row["id"] for row in rows)
    found = [f"{id_} stands {count} times" for id_, count in ids.items() if count > 1]
    asked = [id_ for id_, level in levels_of.items() if level in "12"] + ALSO
    found += [f"{id_} is missing" for id_ in asked if not ids[id_]]
    for row in rows:
        id_, status = row["id"], row["status"]
        if row.keys() != COLUMNS or row["level"] != levels_of.get(id_):
            found.append(f"{id_} has another level or other columns")
        if status not in STATUSES:
            found.append(f"{id_} has no status that we know")
        if not row["measure"].endswith("."):
            found.append(f"{id_} says nothing")
        if (status == "met") != bool(row["test"]):
            found.append(f"{id_} is met when a test shows it, and then alone")
        found += [f"{id_} names {test}" for test in missing(row["test"])]
    return found


def test_the_list_is_the_whole_list():
    assert Counter(levels().values()) == {"1": 70, "2": 183, "3": 92}


def test_every_requirement_has_a_status_and_what_is_met_names_tests_that_exist():
    assert mistakes(rows_of("docs/security/asvs.csv")) == []


@pytest.mark.parametrize(
    "change",
    [
        {"id": "V99.1.1"},
        {"level": "3"},
        {"status": "nearly"},
        {"status": "open"},
        {"measure": ""},
        {"test": ""},
        {"test": "tests/test_asvs.py::test_that_was_never_written"},
    ],
)
def test_a_mistake_in_the_table_is_seen(change):
    rows = rows_of("docs/security/asvs.csv")
    at = next(at for at, row in enumerate(rows) if row["status"] == "met" and row["level"] == "1")
    rows[at] = rows[at] | change
    assert mistakes(rows)
    assert mistakes([*rows[:at], *rows[at + 1 :]])


# --- docs/security/limits.md -------------------------------------------------------------------


def seconds(text):
    number, unit = text.split()
    units = {"s": 1, "min": 60, "h": 3600, "days": 86400}
    return float(number) * units[unit]


def _length_of_a_password():
    (rule,) = (each for each in ours.AUTH_PASSWORD_VALIDATORS if "MinimumLength" in each["NAME"])
    return rule["OPTIONS"]["min_length"]


TIMES = {
    "a login without use": ours.SESSION_IDLE,
    "a login whatever the use": ours.SESSION_ABSOLUTE,
    "between the two steps": ours.LOGIN_STEP,
    "proof enough to change a login": ours.PROOF_LASTS,
    "the first link": ours.FIRST_LINK_LASTS,
    "a link for a forgotten password": ours.LINK_LASTS,
    "an account nobody uses": ours.IDLE_AFTER,
    "a code of an app": timedelta(seconds=factors.PERIOD),
    "a draft": ours.DRAFT_LIFETIME,
    "the longest wait at the password": limits.HERE.longest,
    "the longest wait for one account from everywhere": limits.ACCOUNT.longest,
    "the longest wait at the code": limits.CODE.longest,
    "cleaning one file": timedelta(seconds=SECONDS),
    "one task of the worker": timedelta(seconds=app.conf.task_time_limit),
    "one statement of a page": timedelta(seconds=int(APP_TIMEOUTS["statement_timeout"][:-1])),
    "waiting for a lock": timedelta(seconds=int(APP_TIMEOUTS["lock_timeout"][:-1])),
    "one transaction of a page": timedelta(seconds=int(APP_TIMEOUTS["transaction_timeout"][:-1])),
    "the mail server": timedelta(seconds=ours.EMAIL_TIMEOUT),
    "the SMS gateway": timedelta(seconds=ours.SMS_TIMEOUT),
    "a provider of logins": timedelta(seconds=ours.STAFF_OIDC_TIMEOUT),
    "the queue": timedelta(seconds=app.conf.broker_transport_options["socket_timeout"]),
}
DOCKERFILE = (ROOT / "Dockerfile").read_text()
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
THREADS = math.prod(int(n) for n in re.findall(r'"--(?:workers|threads)", "(\d+)"', DOCKERFILE))
PROCESSES = int(
    COMPOSE["worker"]["command"][COMPOSE["worker"]["command"].index("--concurrency") + 1]
)
NUMBERS = {
    "of web to PostgreSQL": THREADS,
    "of the worker to PostgreSQL": PROCESSES,
    "that PostgreSQL takes": 100,  # its own default, which the image does not change
    "of one process to the queue": app.conf.broker_pool_limit,
    "of the worker to mail server and gateway": PROCESSES,
    "of web to providers of logins": THREADS,
    "characters of a password, at least": _length_of_a_password(),
    "free tries of a password": limits.HERE.free,
    "free tries from one address": limits.ADDRESS.free,
    "free tries for one account": limits.ACCOUNT.free,
    "free tries of a code": limits.CODE.free,
    "free letters to one person": limits.LETTERS.free,
    "forms sent from one address in an hour": ours.SUBMISSIONS_PER_HOUR_PER_ADDRESS,
    "files from one address in an hour": ours.UPLOADS_PER_HOUR_PER_ADDRESS,
    "files that one member of staff adds in a day": ours.UPLOADS_PER_DAY_PER_USER,
    "families that one member of staff opens in ten minutes": reading.CASES,
    "reports of a browser from one address in an hour": REPORTS_IN_AN_HOUR,
    "wrong addresses of a calendar from one address in 15 minutes": GUESSES["limit"],
    "bytes of a file": LIMITS.size,
    "bytes of its clean copy": LIMITS.copy_size,
    "pixels of a picture": LIMITS.pixels,
    "pages of a PDF": LIMITS.pages,
    "bytes of a form": ours.DATA_UPLOAD_MAX_MEMORY_SIZE,
    "fields of a form": ours.DATA_UPLOAD_MAX_NUMBER_FIELDS,
}


def test_the_page_of_limits_says_what_the_program_does():
    text = (ROOT / "docs/security/limits.md").read_text()
    told = dict(re.findall(r"^\| ([^|]+?) \| ([\d,.]+(?: (?:s|min|h|days))?) \|", text, re.M))
    assert told.keys() == TIMES.keys() | NUMBERS.keys()
    for name, time in TIMES.items():
        assert seconds(told[name]) == time.total_seconds(), name
    for name, number in NUMBERS.items():
        assert int(told[name].replace(",", "")) == number, name


def test_more_connections_than_postgresql_takes_are_never_asked_for():
    assert "command" not in COMPOSE["postgres"]
    assert len(re.findall(r"--(?:workers|threads)", DOCKERFILE)) == 2
    assert NUMBERS["that PostgreSQL takes"] / 2 > THREADS + PROCESSES
    database = ours.DATABASES["default"]
    assert (database["CONN_MAX_AGE"], database["CONN_HEALTH_CHECKS"]) == (600, True)


# --- Those that belong nowhere else ------------------------------------------------------------

PUBLIC = ["/", LOGIN, "/logg-inn/glemt/", "/helse/live/"]


def addresses():
    slug = MunicipalityFactory().slug
    return [*PUBLIC, f"/{slug}/henvisning/", f"/{slug}/henvisning/ring-meg/"]


@pytest.mark.django_db
def test_a_form_of_another_site_is_refused():
    strict = Client(enforce_csrf_checks=True)
    page = strict.get(LOGIN, secure=True).content.decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)[1]
    typed = {"username": "kari@kommune.example", "password": "feil"}
    with_token = typed | {"csrfmiddlewaretoken": token}
    there = {"Origin": "https://ond.example"}
    here = {"Origin": "https://testserver"}
    assert strict.post(LOGIN, typed, secure=True, headers=here).status_code == 403
    assert strict.post(LOGIN, with_token, secure=True, headers=there).status_code == 403
    assert strict.post(LOGIN, with_token, secure=True, headers=here).status_code == 200


def test_no_other_site_may_read_an_answer(client):
    for address in addresses():
        for ask in (client.get, client.options):
            answer = ask(address, headers={"Origin": "https://ond.example"})
            assert not [name for name in answer.headers if name.startswith("Access-Control")]


def test_every_answer_says_what_it_is_and_in_which_letters(client):
    for address in addresses():
        kind = client.get(address)["Content-Type"]
        assert kind in ("text/html; charset=utf-8", "application/json"), address


def test_trace_is_refused(client):
    for address in [*addresses(), "/varsler/", "/sprak/"]:
        answer = client.trace(address, headers={"X-Canary": "anarifugl"})
        assert answer.status_code in (302, 405), address
        assert "anarifugl" not in answer.content.decode(), address


@pytest.mark.parametrize(
    "address", ["/.git/config", "/static/", "/static/build/", "/static/..%2fmanage.py", "/.env"]
)
def test_no_folder_and_no_source_is_served(client, address):
    assert client.get(address).status_code == 404


DANGEROUS = (
    r"\beval\(|new Function|\.(inner|outer)HTML\s*=[^=]|insertAdjacentHTML|document\.write|"
    r"localStorage|sessionStorage|indexedDB|document\.cookie|postMessage|set\w+\(\s*[\"'`]"
)


def test_our_scripts_make_no_markup_of_text_and_store_nothing():
    scripts = list((ROOT / "static").glob("*.js"))
    assert len(scripts) > 2
    for script in scripts:
        assert not re.search(DANGEROUS, script.read_text()), script
    assert re.search(DANGEROUS, "box.innerHTML = text")


def test_production_asks_for_https_and_leaves_the_demo_out(monkeypatch):
    for name, value in {"DATABASE_URL": databases.APP_URL, **GOOD}.items():
        monkeypatch.setenv(name, value)
    read = runpy.run_path(ROOT / "tibir/settings.py")
    assert read["SECURE_HSTS_SECONDS"] >= 365 * 24 * 3600
    assert read["SECURE_HSTS_INCLUDE_SUBDOMAINS"]
    assert read["SECURE_SSL_REDIRECT"]
    assert not read["DEBUG"]
    assert not read["SHOW_CODES"]
    assert "tibir.demo" not in read["INSTALLED_APPS"]
    assert read["SECURE_REDIRECT_EXEMPT"] == [r"^helse/"]


def test_browsers_are_told_to_stay_with_https(client, settings):
    settings.SECURE_HSTS_SECONDS, settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = 63_072_000, True
    settings.SECURE_SSL_REDIRECT = True
    for address in [*addresses(), "/nei/", "/varsler/"]:
        answer = client.get(address, secure=True)
        said = answer["Strict-Transport-Security"]
        assert said == "max-age=63072000; includeSubDomains", address
        plain = client.get(address)
        if address.startswith("/helse/"):  # a machine asks, which must not be led anywhere
            assert plain.status_code == 200
        else:
            assert (plain.status_code, plain["Location"]) == (301, f"https://testserver{address}")


@pytest.mark.django_db
def test_a_new_database_has_no_accounts():
    assert not User.objects.exists()


PASSPHRASE = "  Æ på \u6f22\u5b57, «fjellet» er 'grønt' \\ om <sommeren> & \" " + "og lenge " * 10


@pytest.mark.parametrize(
    ("typed", "opens"),
    [
        (PASSPHRASE, True),
        (PASSPHRASE[:-1], False),
        (PASSPHRASE.strip(), False),
        (PASSPHRASE.swapcase(), False),
        (PASSPHRASE + " ", False),
    ],
    ids=["the same", "one fewer", "without spaces around", "other letters", "one more"],
)
def test_a_password_is_what_was_typed_to_the_last_character(client, typed, opens):
    assert len(PASSPHRASE) > 128
    user = employed(UserFactory(), password=PASSPHRASE)
    assert (first_step(client, user, typed).status_code == 302) == opens


def test_a_password_is_masked_and_may_be_pasted_and_remembered(client):
    page = client.get(LOGIN).content.decode()
    (field,) = re.findall(r"<input[^>]+password[^>]+>", page)
    assert 'type="password"' in field
    assert 'autocomplete="current-password"' in field
    assert not re.search(r"maxlength|onpaste|readonly", field)


@pytest.mark.parametrize(
    ("make", "characters"),
    [
        (codes.new_secret, 26),
        (factors.new_secret, 32),
        (lambda: SessionStore()._get_new_session_key(), 25),
    ],
    ids=["a secret of ours", "a second step", "a session"],
)
@pytest.mark.django_db
def test_what_must_not_be_guessed_comes_of_no_seed_and_is_long(make, characters):
    made = set()
    for _time in range(3):
        random.seed(1)
        made.add(make())
    assert len(made) == 3
    assert all(len(each.replace("-", "")) >= characters for each in made)


def test_what_is_encrypted_opens_whole_in_its_own_place_or_not_at_all():
    sealed = encryption.encrypt(b"Storgata 1", "cases.person.address")
    assert encryption.decrypt(sealed, "cases.person.address") == b"Storgata 1"
    with pytest.raises(InvalidTag):
        encryption.decrypt(sealed, "cases.person.phone")
    for at in range(2, len(sealed)):
        changed = bytearray(sealed)
        changed[at] ^= 1
        with pytest.raises(InvalidTag):
            encryption.decrypt(bytes(changed), "cases.person.address")


def test_the_same_text_is_never_encrypted_the_same_way_twice():
    sealed = {encryption.encrypt(b"Storgata 1", "x") for _time in range(50)}
    assert len({each[2 : 2 + encryption.NONCE_BYTES] for each in sealed}) == 50


def test_every_library_is_named_with_its_version_and_its_hash():
    text = (ROOT / "requirements.txt").read_text().replace("\\\n", "")
    lines = [line for line in text.splitlines() if line and not line.lstrip().startswith("#")]
    assert len(lines) > 20
    for line in lines:
        assert re.match(r"[\w.\-\[\]]+==\S+ .*--hash=sha256:[0-9a-f]{64}", line), line
    packages = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    assert len(packages) > 2
    for name, package in packages.items():
        assert name == "" or {"version", "integrity"} <= package.keys(), name


def test_every_page_of_staff_has_a_way_out(client):
    client.force_login(UserFactory(coordinates=MunicipalityFactory().intake_unit))
    for name in ("home:start", "referrals:list", "deadlines:list", "staff:own", "home:search"):
        page = client.get(reverse(name)).content.decode()
        assert f'method="post" action="{reverse("logout")}"' in page, name


def test_a_password_has_no_last_day(client):
    user = employed(UserFactory())
    with time_machine.travel(timezone.now() + timedelta(days=800)):
        assert first_step(client, user).status_code == 302


MAKES_CODE = {
    "eval", "exec", "compile", "__import__", "os.system", "os.popen", "pickle.load",
    "pickle.loads", "marshal.loads", "yaml.load", "engine.from_string", "engines.from_string",
}  # fmt: skip


def made_of_data(source):
    """The calls in a source that could run data as code, or as a command line."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            in_a_shell = any(each.arg == "shell" for each in node.keywords)
            if ast.unparse(node.func) in MAKES_CODE or in_a_shell:
                yield ast.unparse(node)
        elif isinstance(node, ast.ImportFrom) and node.module == "django.template":
            yield from (each.name for each in node.names if each.name in ("Template", "engines"))


def test_no_code_no_template_and_no_command_line_is_made_of_data():
    for path in sources("*.py"):
        assert list(made_of_data(path.read_text())) == [], path
    assert (
        len(list(made_of_data("eval(x); pickle.loads(y); run(z, shell=True); re.compile(w)"))) == 3
    )
