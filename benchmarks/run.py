import contextlib
import http.client
import io
import os
import socket
import statistics
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlencode

import psycopg
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.db import connection, connections, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from benchmarks import load, wsgi
from referrals import actions, routing
from referrals.models import Recommendation, Referral, RuleSet, Submission
from referrals.routing.editing import remove
from referrals.views import staff
from tests.factories import ANSWERS
from tibir import embedded
from tibir.accounts.models import Municipality
from tibir.accounts.sessions import SessionStore
from tibir.audit.record import SENDER
from tibir.core.codes import TOKEN_BITS, new_secret
from tibir.core.jobs import noted
from tibir.deadlines import schedule
from tibir.embedded.redis import Redis

ROUNDS, WARM = 200, 20
SMALL, LARGE = 700, 70_000
YEARS, DUE = 700_000, 7_800
FAMILIES = 10_000
INBOX, BARE, LOGGED_IN = "/henvisninger/", "/bare/1/", "/bare-behind-login/1/"
DEADLINES, DAY = "/frister/", "/"

HEAD = f"""# What it costs

Medians, on two cores, all that is compared measured in turn: only the ratios mean anything.
The bare page is one query for twenty-five rows and a plain template, behind our middleware, to
one who is logged in. «Anybody's» is the same page with Django's standard middleware alone: no
login, no roles, no log. Beside its rows the inbox reads how many there are of each view and
what was not read in, and writes one row of the log: that is where the rest goes, and none of
it grows with the number of referrals. Of 70,000 referrals 3,500 stand in this inbox, of 700
35. Of 700,000 cases one in ten has an open deadline; the raw SQL writes the same notices and knows
beforehand whose they are. A try-out asks two versions of the rules of each family; beside it stands
the reading of the families' facts alone. «Min dag» is of somebody with twelve families, of whom
five come today; each other case has a course and a meeting too. Made by `python -m benchmarks`
({ROUNDS} rounds).

| What | Median | Beside | Ratio | Goal |
|---|---|---|---|---|
"""


def everything(folder):
    owner = embedded.database_url(folder, role="tibir_owner")
    for command in (["migrate", "--verbosity", "0"], ["grant_application"]):
        subprocess.run(
            [sys.executable, "-m", "django", *command],
            env=os.environ | {"DATABASE_URL": owner},
            check=True,
            stdout=subprocess.DEVNULL,
        )
    ticket = logged_in(load.places())
    people = load.practitioners()
    mine = logged_in(people[0])
    connection.close()
    with psycopg.connect(owner, autocommit=True) as server:
        for name in ("tibir_small", "tibir_years"):
            server.execute(f"CREATE DATABASE {name} TEMPLATE tibir")
    load.referrals(owner, LARGE)
    load.referrals(embedded.database_url(folder, "tibir_owner", "tibir_small"), SMALL)
    load.deadlines(embedded.database_url(folder, "tibir_owner", "tibir_years"), YEARS, DUE)
    for name, count in (("tibir_small", SMALL), ("tibir", LARGE)):
        connections["default"] = database(name)
        load.day(embedded.database_url(folder, "tibir_owner", name), count, *people)
    with gunicorn() as web:
        rows = [*inbox(web, ticket), *frozen(folder, web), write_path()]
    rows += [*somebodys_day(mine), *tried(owner), *logged(ticket), *stories(ticket)]
    rows += [*deadlines(ticket), *sweeps()]
    return HEAD + "".join(f"| {' | '.join(row)} |\n" for row in rows)


def medians(*works, rounds=ROUNDS, warm=WARM):
    """The median of each, in milliseconds, taken in turn so that noise hits all alike."""
    times = [[] for _work in works]
    for number in range(rounds + warm):
        for work, taken in zip(works, times, strict=True):
            spent = timed(work)
            if number >= warm:
                taken.append(spent)
    return [statistics.median(taken) for taken in times]


def timed(work):
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) * 1000


def row(what, ours, beside, theirs, goal):
    return [what, f"{ours:.1f} ms", f"{beside}: {theirs:.1f} ms", f"{ours / theirs:.2f}×", goal]


# --- The inbox ------------------------------------------------------------------------------


def inbox(web, ticket):
    small, large = database("tibir_small"), database("tibir")
    assert _queries(BARE) == 1
    pages = {
        (place, path): lambda place=place, path=path: in_process(path, ticket, place)
        for place in (small, large)
        for path in (INBOX, BARE, LOGGED_IN)
    }
    cost = dict(zip(pages, medians(*pages.values()), strict=True))
    for size, place in ((SMALL, small), (LARGE, large)):
        ours, bare, logged = (cost[place, path] for path in (INBOX, BARE, LOGGED_IN))
        yield row(f"Inbox at {size:,} referrals", ours, "bare page", logged, "≤ 2×")
        yield row("", ours, "anybody's bare page", bare, "–")
    pages = [(INBOX, ticket), (LOGGED_IN, ticket), (BARE, "")]
    ours, logged, bare = medians(*(lambda page=page: web.get(*page) for page in pages))
    yield row(f"Inbox at {LARGE:,} through gunicorn", ours, "bare page", logged, "≤ 2×")
    yield row("", ours, "anybody's bare page", bare, "–")
    yield row(
        f"Inbox at {LARGE:,}", cost[large, INBOX], f"at {SMALL:,}", cost[small, INBOX], "≤ 1.3×"
    )


def database(name):
    """A connection of its own, so that both sizes can be asked in turn."""
    wrapper = connections.create_connection("default")
    wrapper.settings_dict = wrapper.settings_dict | {"NAME": name}
    return wrapper


def logged_in(user):
    """The cookie of a session that has lasted for a while."""
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return f"{settings.SESSION_COOKIE_NAME}={session.session_key}"


def in_process(path, cookie="", place=None, rows=25):
    """The page as a WSGI server asks for it, without one."""
    if place is not None:
        connections["default"] = place
    said = []
    environ = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": path,
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "8000",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_COOKIE": "" if path == BARE else cookie,
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(),
        "wsgi.errors": sys.stderr,
    }
    response = wsgi.application(environ, lambda status, headers: said.append(status))
    body = b"".join(response)
    response.close()
    assert said == ["200 OK"], said
    assert body.count(b"<tr>") >= rows


def _queries(path, cookie=""):
    with CaptureQueriesContext(connection) as asked:
        in_process(path, cookie)
    return len([one for one in asked if "referrals_" in one["sql"]])


# --- What the log costs ----------------------------------------------------------------------


def logged(ticket):
    """One referral, opened: with the row of the log that says so, and without it."""
    place, path = database("tibir"), f"/henvisninger/{load.FIRST}/"
    write = staff.record

    def opened(record):
        staff.record = record
        in_process(path, ticket, place, rows=0)

    ours, bare = medians(lambda: opened(write), lambda: opened(lambda *a, **k: None))
    staff.record = write
    yield row("A referral is opened, and the log says so", ours, "unlogged", bare, "≤ 1.1×")


# --- Through the web server -----------------------------------------------------------------


class Web:
    def __init__(self, port):
        self.line = http.client.HTTPConnection("127.0.0.1", port, timeout=30)

    def get(self, path, cookie=""):
        return self._ask("GET", path, None, {"Cookie": cookie}, 200)

    def post(self, path, said, cookie, address):
        headers = {"Cookie": cookie, "X-Forwarded-For": address}
        headers["Content-Type"] = "application/x-www-form-urlencoded"
        return self._ask("POST", path, urlencode(said), headers, 302)

    def _ask(self, method, path, body, headers, expected):
        self.line.request(method, path, body, headers)
        answer = self.line.getresponse()
        answer.read()
        assert answer.status == expected, answer.status


@contextlib.contextmanager
def gunicorn():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    command = [sys.executable, "-m", "gunicorn", "benchmarks.wsgi", "--no-control-socket"]
    command += ["--bind", f"127.0.0.1:{port}", "--log-level", "error", "--keep-alive", "30"]
    # One of each, so that it is always the same process that is warm.
    command += ["--worker-class", "gthread", "--workers", "1", "--threads", "4"]
    root = Path(__file__).resolve().parent.parent
    server = subprocess.Popen(command, cwd=root)
    try:
        yield Web(_awake(port))
    finally:
        server.terminate()
        server.wait()


def _awake(port):
    for _try in range(200):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
            return port
        time.sleep(0.1)
    raise RuntimeError("gunicorn did not start")


# --- A submission while Redis stands still --------------------------------------------------


def frozen(folder, web):
    """Few at a time, and in turn: each frozen one waits for a bell that nobody hears."""
    web.line.close()
    redis = Redis(folder)
    well, still = [], []
    for number in range(40):
        well += [timed(lambda: _submit(web)) for _one in range(4)]
        redis.process().suspend()
        still += [timed(lambda: _submit(web)) for _one in range(4)]
        redis.process().resume()
        time.sleep(0.5 if number else 2)
    ours, beside = statistics.median(still), statistics.median(well)
    yield [
        "A submission through gunicorn, Redis frozen",
        f"{ours:.1f} ms",
        f"Redis well: {beside:.1f} ms",
        f"{ours - beside:+.1f} ms",
        "≤ 50 ms more",
    ]
    slowest, theirs = (statistics.quantiles(taken, n=20)[-1] for taken in (still, well))
    yield [
        "Its slowest in twenty",
        f"{slowest:.1f} ms",
        f"Redis well: {theirs:.1f} ms",
        f"{slowest - theirs:+.1f} ms",
        "≤ 50 ms more",
    ]


def _submit(web):
    forged = "a" * 32  # one's own cookie and the form agree, and that is all that is asked
    said = {"name": "Samira Rahmani", "phone": "99000003", "child_age": "5"}
    said |= {"token": new_secret(TOKEN_BITS), "csrfmiddlewaretoken": forged}
    cookie = f"{settings.CSRF_COOKIE_NAME}={forged}"
    web.post("/kommune-2/henvisning/ring-meg/", said, cookie, new_secret()[:20])


# --- The write path -------------------------------------------------------------------------


def write_path():
    place = Municipality.objects.select_related("intake_unit").get(pk=2)

    def received():
        actions.receive(
            place,
            by=SENDER,
            token=new_secret(TOKEN_BITS),
            channel=Submission.Channel.FORM,
            language="nb",
            answers=ANSWERS,
        )

    def updated():
        with transaction.atomic():
            Referral.objects.filter(pk=load.FIRST).update(reason="")

    ours, bare = medians(received, updated)
    connection.close()
    return row("Receive a referral, whole", ours, "one bare UPDATE", bare, "≤ 6×")


# --- The story of a family -------------------------------------------------------------------


def stories(ticket):
    """Three years and sixty meetings on one page, of a family among few and among many."""
    for size, name in ((SMALL, "tibir_small"), (LARGE, "tibir")):
        place = connections["default"] = database(name)
        case = load.FIRST + load.MUNICIPALITIES
        page, therapist = f"/saker/{case}/", logged_in(load.story(case))
        assert _all_queries(page, therapist) <= 12
        ours, bare = medians(
            lambda page=page, who=therapist, place=place: in_process(page, who, place, rows=0),
            lambda place=place: in_process(LOGGED_IN, ticket, place),
        )
        what = f"A case with {load.MEETINGS} meetings, of {size:,}"
        yield row(what, ours, "bare page", bare, "≤ 3×")
    connection.close()


ASKED = {"SELECT", "INSERT", "UPDATE", "WITH"}


def _all_queries(path, cookie):
    with CaptureQueriesContext(connections["default"]) as asked:
        in_process(path, cookie, rows=0)
    return len([one for one in asked if one["sql"].lstrip(" \n(").split(maxsplit=1)[0] in ASKED])


# --- A try-out of rules ---------------------------------------------------------------------


def tried(owner):
    """What a year of families would have met differently: asked of them, and only read."""
    connections["default"] = database("tibir")
    shipped = RuleSet.objects.get(municipality=None)
    load.recommendations(owner, FAMILIES, shipped)
    before, after = shipped.table, remove(shipped.table, "r4")
    place, now = Municipality.objects.get(pk=1), timezone.now()

    def facts():
        since = now - timedelta(days=365)
        stored = Recommendation.objects.newest_of_each_case(place, since, now)
        return stored.values_list("pk", "inputs").iterator()

    def asked():
        said = routing.try_out(facts(), before, after)
        assert said.total == FAMILIES
        assert said.changed

    ours, bare = medians(asked, lambda: list(facts()), rounds=20, warm=2)
    connection.close()
    yield row(f"A try-out over {FAMILIES:,} families", ours, "reading their facts", bare, "≤ 2×")


# --- Min dag ----------------------------------------------------------------------------------


def somebodys_day(ticket):
    for size, name in ((SMALL, "tibir_small"), (LARGE, "tibir")):
        place = database(name)
        ours, bare = medians(
            lambda place=place: in_process(DAY, ticket, place, rows=0),
            lambda place=place: in_process(LOGGED_IN, ticket, place),
        )
        yield row(f"Min dag at {size:,} cases", ours, "bare page", bare, "≤ 2×")
        place.close()


# --- Deadlines ------------------------------------------------------------------------------


def deadlines(ticket):
    years, large = database("tibir_years"), database("tibir")
    ours, bare = medians(
        lambda: in_process(DEADLINES, ticket, years), lambda: in_process(LOGGED_IN, ticket, large)
    )
    yield row(f"Deadlines at {YEARS:,} cases", ours, "bare page", bare, "≤ 3×")


# --- The sweep ------------------------------------------------------------------------------

# What somebody would type who knew that all of it is the owners' first notice.
RAW = """
INSERT INTO notifications_notification
    (kind, municipality_id, case_id, target_type, target_id, stage, user_id)
SELECT 'deadline_notice', municipality_id, case_id, 'deadlines.deadline', id, 'owner', owner_id
FROM deadlines_deadline
WHERE met_on IS NULL AND closed_reason = '' AND due_on <= current_date + 6 AND kind = 'answer'
ON CONFLICT DO NOTHING
"""


def sweeps():
    connections["default"] = database("tibir_years")
    ours, bare = medians(_undone(_sweep), _undone(_raw), rounds=20, warm=2)
    yield row(f"The sweep, {DUE:,} notices of {YEARS:,} cases", ours, "raw SQL", bare, "≤ 3×")
    assert _sweep() == f"{DUE} varsler"
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE notifications_notification")
    ours, bare = medians(_sweep, _raw, rounds=20, warm=2)
    yield row("The sweep, when all is told", ours, "raw SQL", bare, "≤ 3×")
    connection.close()


def _sweep():
    return noted(schedule.JOB, lambda: schedule.run(schedule.clocks()))


def _raw():
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(RAW)


def _undone(work):
    def done_and_undone():
        with transaction.atomic():
            work()
            transaction.set_rollback(True)

    return done_and_undone
