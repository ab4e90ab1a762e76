import os
import statistics
import subprocess
import sys
import time

import django

django.setup()

from django.db import connection, transaction  # noqa: E402
from django.test import Client  # noqa: E402

from benchmarks import load  # noqa: E402
from referrals import actions  # noqa: E402
from referrals.models import Referral, Submission  # noqa: E402
from tests.factories import ANSWERS, CALL  # noqa: E402
from tibir import embedded  # noqa: E402
from tibir.accounts.models import Municipality  # noqa: E402
from tibir.audit.record import SENDER  # noqa: E402
from tibir.core import doorbell  # noqa: E402
from tibir.core.codes import TOKEN_BITS, new_secret  # noqa: E402
from tibir.embedded.redis import Redis  # noqa: E402

ROUNDS = 150
SMALL, LARGE = 700, 70_000

HEAD = """# What it costs

Medians of {rounds} rounds, each pair measured in turn in one run, on two shared cores.
Only the ratios mean anything. Made by `python -m benchmarks`.

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
    rows = [*inbox(), *frozen(folder), write_path()]
    return HEAD.format(rounds=ROUNDS) + "".join(f"| {' | '.join(row)} |\n" for row in rows)


def medians(*works, rounds=ROUNDS, warm=10):
    """The median of each, in milliseconds, taken in turn so that noise hits all alike."""
    times = [[] for _work in works]
    for number in range(rounds + warm):
        for work, taken in zip(works, times, strict=True):
            start = time.perf_counter()
            work()
            if number >= warm:
                taken.append((time.perf_counter() - start) * 1000)
    return [statistics.median(taken) for taken in times]


def row(what, ours, beside, theirs, goal):
    ratio = f"{ours / theirs:.2f}×"
    return [what, f"{ours:.1f} ms", f"{beside}: {theirs:.1f} ms", ratio, goal]


# --- The inbox ------------------------------------------------------------------------------


def inbox():
    coordinator = load.places()
    client = Client(headers={"host": "127.0.0.1"})
    client.force_login(coordinator)
    measured, last = {}, 0
    for size in (SMALL, LARGE):
        load.referrals(load.FIRST + last, load.FIRST + size - 1)
        last = size
        _analyse()
        measured[size] = medians(
            lambda: _ok(client.get("/henvisninger/")), lambda: _ok(client.get("/bare/1/"))
        )
    for size, (ours, bare) in measured.items():
        yield row(f"Inbox at {size:,} referrals", ours, "bare list", bare, "≤ 2×")
    large, small = measured[LARGE][0], measured[SMALL][0]
    yield row(f"Inbox at {LARGE:,}", large, f"at {SMALL:,}", small, "≤ 1.3×")


def _ok(response):
    assert response.status_code in (200, 302), response.status_code
    return response


def _analyse():
    """As autovacuum would have done; only the owner may."""
    subprocess.run(
        [sys.executable, "-c", "import psycopg, sys; "
         "psycopg.connect(sys.argv[1], autocommit=True).execute('VACUUM ANALYZE')",
         embedded.database_url(os.environ["TIBIR_DATA"], role="tibir_owner")],
        check=True,
    )  # fmt: skip


# --- A submission while Redis stands still --------------------------------------------------


def frozen(folder):
    well, gone = [], []
    redis = Redis(folder)
    for _round in range(8):
        well += _submissions(20)
        doorbell.drain(10)
        redis.process().suspend()
        gone += _submissions(20)
        redis.process().resume()
        doorbell.drain(30)
    ours, beside = statistics.median(gone), statistics.median(well)
    worst = max(gone) - beside
    yield row("A submission, Redis frozen", ours, "Redis well", beside, "≤ 50 ms more")
    yield ["The slowest of them", f"{beside + worst:.1f} ms", "", f"+{worst:.0f} ms", ""]


def _submissions(count):
    return [_timed(_submit) for _number in range(count)]


def _timed(work):
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) * 1000


def _submit():
    client = Client(headers={"host": "127.0.0.1", "x-forwarded-for": new_secret()[:20]})
    said = CALL["ring-meg"] | {"token": new_secret(TOKEN_BITS), "phone": "99000003"}
    _ok(client.post("/kommune-2/henvisning/ring-meg/", said))


# --- The write path -------------------------------------------------------------------------


def write_path():
    place = Municipality.objects.select_related("intake_unit").get(pk=3)

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
    return row("Receive a referral, whole", ours, "one bare UPDATE", bare, "–")
