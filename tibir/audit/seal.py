"""Sealing the log: one chain of hashes for each municipality, and finding what was done to it.

A round seals every row up to a number below which nobody still writes. Nothing waits for it: a
lock that orders the rows while pages write them would be held to the end of each request.
"""

import logging
import re
import time
from dataclasses import dataclass

from django.db import connection, transaction
from psycopg import sql

from tibir.audit.models import Event, Seal
from tibir.audit.record import CLOCK, record
from tibir.core.jobs import run_once

log = logging.getLogger(__name__)

SEALING, VERIFYING = "log_seal", "log_verification"  # the jobs
AT_ONCE = 10_000  # rows in a round
PATIENCE = 8  # seconds; a transaction of ours may last 20
ROUNDS = 5  # in one transaction
VERIFIED = "log.verified"

# All that a row says, the same whatever the session's time zone. A null says nothing, so that a
# column that comes later changes no seal; `codes` and `old` are text, so that theirs do.
SOURCES = {
    "event": sql.SQL("jsonb_build_object('at', r.at AT TIME ZONE 'UTC', 'codes', r.codes::text)"),
    "change": sql.SQL(
        "jsonb_build_object('at', r.at AT TIME ZONE 'UTC', 'columns', r.columns::text,"
        " 'old', r.old::text)"
    ),
}
DIGESTS = """
    SELECT r.id, coalesce(r.municipality_id, 0) AS place, w.first_id,
           sha256(convert_to(jsonb_strip_nulls(to_jsonb(r) || {fixed})::text, 'UTF8')) AS digest
    FROM windows w JOIN {table} r ON r.id BETWEEN w.first_id AND w.last_id
"""
GROUPS = """
    SELECT place, first_id, count(*)::int AS count,
           string_agg(int8send(id) || substr(digest, 1, 8), ''::bytea ORDER BY id) AS rows,
           string_agg(digest, ''::bytea ORDER BY id) AS digests
    FROM digests GROUP BY place, first_id
"""
# What is hashed: the seal before it, what this one says of itself, and the rows' digests.
HASH = """
    sha256(s.previous || convert_to(concat_ws(' ', s.number, s.source, s.municipality_id,
                                              s.first_id, s.last_id, g.count), 'UTF8')
           || g.digests)
"""
SEAL = """
    WITH windows(first_id, last_id) AS (VALUES (%(first)s::bigint, %(last)s::bigint)),
    digests AS ({digests}),
    g AS ({groups}),
    s AS (
        SELECT place AS municipality_id, %(first)s::bigint AS first_id,
               %(last)s::bigint AS last_id, %(source)s AS source,
               row_number() OVER (ORDER BY place)
               + coalesce((SELECT max(number) FROM audit_seal), 0) AS number,
               coalesce((SELECT hash FROM audit_seal
                         WHERE source = %(source)s AND municipality_id = place
                         ORDER BY audit_seal.number DESC LIMIT 1), ''::bytea) AS previous
        FROM g
    )
    INSERT INTO audit_seal
        (number, source, municipality_id, first_id, last_id, count, rows, previous, hash)
    SELECT number, source, municipality_id, s.first_id, last_id, count, rows, previous, {hash}
    FROM s JOIN g ON g.place = s.municipality_id ORDER BY number
    RETURNING number, count, encode(hash, 'hex')
"""
AGAIN = """
    WITH windows AS (
        SELECT DISTINCT first_id, last_id FROM audit_seal WHERE number = ANY(%(numbers)s)
    ),
    digests AS ({digests}),
    g AS ({groups}),
    s AS (SELECT * FROM audit_seal WHERE number = ANY(%(numbers)s))
    SELECT s.number, s.rows, g.rows,
           coalesce(s.rows = g.rows AND s.count = g.count AND s.hash = {hash}, false)
    FROM s FULL JOIN g ON g.place = s.municipality_id AND g.first_id = s.first_id
    ORDER BY coalesce(s.first_id, g.first_id), coalesce(s.municipality_id, g.place)
"""


def _statement(text, source):
    digests = sql.SQL(DIGESTS).format(
        fixed=SOURCES[source], table=sql.Identifier(f"audit_{source}")
    )
    return sql.SQL(text).format(digests=digests, groups=sql.SQL(GROUPS), hash=sql.SQL(HASH))


# --- Sealing --------------------------------------------------------------------------------


def seal(*, patience=PATIENCE):
    """Seal what is committed, and say how many rows; None when somebody else is at it.

    Each new seal also goes to the application's log: whoever can rewrite the database cannot
    rewrite what has left the machine.
    """
    with run_once(SEALING) as is_ours:
        if not is_ours:
            return None
        lines = [line for source in SOURCES for line in _seal(source, patience)]
    for number, count, digest in lines:
        log.info("log seal %d of %d rows: %s", number, count, digest)
    return sum(count for _number, count, _digest in lines)


def _seal(source, patience):
    with connection.cursor() as cursor:
        newest = _newest(cursor, source)
        _wait_for_writers(cursor, source, patience)
        first = _sealed(cursor, source) + 1
        newest = min(newest, first + ROUNDS * AT_ONCE - 1)
        while first <= newest:
            last = min(first + AT_ONCE - 1, newest)
            statement = _statement(SEAL, source)
            cursor.execute(statement, {"source": source, "first": first, "last": last})
            yield from cursor.fetchall()
            first = last + 1


def _newest(cursor, source):
    """The last number given out that can be seen; one that was made up is above them all."""
    table = f"audit_{source}"
    cursor.execute(
        sql.SQL(
            "SELECT coalesce(max(id), 0) FROM {} WHERE id <= (SELECT last_value FROM {})"
        ).format(sql.Identifier(table), sql.Identifier(f"{table}_id_seq"))
    )
    return cursor.fetchone()[0]


def _sealed(cursor, source):
    cursor.execute("SELECT coalesce(max(last_id), 0) FROM audit_seal WHERE source = %s", [source])
    return cursor.fetchone()[0]


def _wait_for_writers(cursor, source, patience):
    """Until those who write now have finished: only they can have a lower number in hand.

    Whoever inserts holds this lock from before the number is taken until the commit is seen.
    """
    until = time.monotonic() + patience
    waited_for = _writers(cursor, source)
    while waited_for:
        if time.monotonic() > until:
            raise StillWriting(f"{len(waited_for)} transactions")
        time.sleep(0.05)
        waited_for &= _writers(cursor, source)


def _writers(cursor, source):
    cursor.execute(
        "SELECT virtualtransaction FROM pg_locks WHERE locktype = 'relation'"
        " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
        " AND relation = %s::regclass AND mode = 'RowExclusiveLock'"
        " AND pid IS DISTINCT FROM pg_backend_pid()",
        [f"audit_{source}"],
    )
    return {name for (name,) in cursor.fetchall()}


class StillWriting(Exception):
    """Somebody has written in the log for longer than any page may last."""


# --- Verifying ------------------------------------------------------------------------------

SEALS_AT_ONCE = 500


@dataclass(frozen=True)
class Verdict:
    rows: int  # that were counted again
    seals: int
    unsealed: int
    fault: str  # the first thing that is wrong; empty when nothing is
    last: int  # the number of the newest seal; 0 before the first


def verify(*, shipped=()):
    """Count everything again. `shipped` are seals that left the machine, as {number: hash}."""
    rows, seals, last, fault, known = 0, 0, 0, "", dict(shipped)
    try:
        _look_for_gaps(known)
        _look_at_what_was_said_before()
        for source in SOURCES:
            for number, count in _verified(source, known):
                rows, seals = rows + count, seals + 1
                last = max(last, number)
        _look_for_made_up()
    except Broken as found:
        fault = str(found)
    return Verdict(rows, seals, _unsealed(), fault, last)


def verify_and_tell(*, shipped=()):
    """The same, and leave a row that says how far it went: the next one starts by asking it."""
    verdict = verify(shipped=shipped)
    if not verdict.fault and verdict.last:
        with transaction.atomic():
            record(VERIFIED, by=CLOCK, seal=verdict.last, hash=_whole(verdict.last))
    if verdict.fault:
        log.error("the log does not hold: %s", verdict.fault)
    return verdict


def shipped_in(lines):
    """The seals that these lines of the application's log tell of."""
    found = re.findall(r"log seal (\d+) of \d+ rows: ([0-9a-f]{64})", "\n".join(lines))
    return {int(number): digest for number, digest in found}


class Broken(Exception):
    """Something in the log is not as it was written."""


def _look_at_what_was_said_before():
    """The verification before: a log that has lost its end, and got another, still looks whole."""
    said = Event.objects.filter(verb=VERIFIED).order_by("-pk").values_list("codes", flat=True)
    for codes in said[:1]:
        if _whole(codes["seal"]) != codes["hash"]:
            raise Broken(f"Segl til og med {codes['seal']} er ikke de samme som sist.")


def _whole(number):
    """One hash of all seals up to this one."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT encode(sha256(coalesce(string_agg(hash, ''::bytea ORDER BY number), '')),"
            " 'hex') FROM audit_seal WHERE number <= %s",
            [number],
        )
        return cursor.fetchone()[0]


def _look_for_gaps(known):
    """Seals are numbered one by one, whoever they are of."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT number FROM (SELECT number, lag(number, 1, 0::bigint) OVER (ORDER BY number)"
            " AS before FROM audit_seal) s WHERE number <> before + 1 ORDER BY number LIMIT 1"
        )
        after = cursor.fetchone()
    if after:
        raise Broken(f"Segl {after[0] - 1} mangler.")
    there = Seal.objects.filter(number__in=known).values_list("number", flat=True)
    missing = known.keys() - set(there)
    if missing:
        raise Broken(f"Segl {min(missing)} mangler.")


def _verified(source, known):
    """(number, count) of each seal that holds, in order; raises at the first that does not.

    What one round covers begins where the one before it ended, so no row is left out.
    """
    ends, hashes, batch = 0, {}, []
    for each in _seals(source):
        digest = bytes(each.hash)
        follows = bytes(each.previous) == hashes.get(each.municipality_id, b"")
        if not follows or known.get(each.number, digest.hex()) != digest.hex():
            yield from _counted_again(source, batch)  # what was wrong before this comes first
            raise Broken(f"Segl {each.number} er endret.")
        hashes[each.municipality_id] = digest
        if not batch or batch[-1].first_id != each.first_id:
            if _is_enough(batch):
                yield from _counted_again(source, batch)
                batch = []
            if _rows_between(source, ends, each.first_id):
                raise Broken(f"Et segl før segl {each.number} mangler.")
            ends = each.last_id
        batch.append(each)
    yield from _counted_again(source, batch)


def _seals(source):
    """In order, some at a time: no cursor is held open, which a pooler could not do."""
    after, page = 0, True
    while page:
        found = Seal.objects.filter(source=source, number__gt=after).order_by("number")
        page = list(found.defer("rows")[:SEALS_AT_ONCE])
        yield from page
        after = page[-1].number if page else after


def _is_enough(batch):
    rows = sum(each.count for each in batch)
    return len(batch) >= SEALS_AT_ONCE or rows >= AT_ONCE


def _rows_between(source, ends, begins):
    """True when rows stand between two rounds; numbers that nobody used do no harm."""
    if begins <= ends + 1:
        return False
    statement = sql.SQL("SELECT EXISTS (SELECT FROM {} WHERE id > %s AND id < %s)").format(
        sql.Identifier(f"audit_{source}")
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [ends, begins])
        return cursor.fetchone()[0]


def _counted_again(source, batch):
    statement = _statement(AGAIN, source)
    with connection.cursor() as cursor:
        cursor.execute(statement, {"numbers": [each.number for each in batch]})
        for number, sealed, found, holds in cursor.fetchall():
            if not holds:
                raise Broken(_first_difference(source, number, sealed, found))
    for each in batch:
        yield each.number, each.count


def _first_difference(source, number, sealed, found):
    """Which row it is, and what happened to it."""
    was, now = _marks(sealed), _marks(found)
    for pk in sorted(was.keys() | now.keys()):
        if was.get(pk) != now.get(pk):
            row = f"Rad {pk} i audit_{source}"
            if pk not in now:
                return f"{row} er fjernet."
            return f"{row} er endret." if pk in was else f"{row} er føyd til etterpå."
    return f"Segl {number} er endret."


def _marks(rows):
    rows = bytes(rows or b"")
    cut = [rows[start : start + 16] for start in range(0, len(rows), 16)]
    return {int.from_bytes(each[:8], signed=True): each[8:] for each in cut}


def _look_for_made_up():
    """A row whose number was never given out would be passed over for ever."""
    for source in SOURCES:
        table = f"audit_{source}"
        statement = sql.SQL(
            "SELECT min(id) FROM {} WHERE id < 1 OR id > (SELECT last_value FROM {})"
        ).format(sql.Identifier(table), sql.Identifier(f"{table}_id_seq"))
        with connection.cursor() as cursor:
            cursor.execute(statement)
            (pk,) = cursor.fetchone()
        if pk is not None:
            raise Broken(f"Rad {pk} i {table} er føyd til etterpå.")


def _unsealed():
    count = 0
    with connection.cursor() as cursor:
        for source in SOURCES:
            statement = sql.SQL("SELECT count(*) FROM {} WHERE id > %s").format(
                sql.Identifier(f"audit_{source}")
            )
            cursor.execute(statement, [_sealed(cursor, source)])
            count += cursor.fetchone()[0]
    return count
