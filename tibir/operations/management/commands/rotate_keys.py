"""Everything that is encrypted comes under the newest key, while people work.

In small transactions of their own: stopped at any time, it is started again and does the rest. A
row that somebody is writing is left for the next round. Run by the owner of the tables, because
what is issued never changes, and only the owner may say for one transaction that this is no change.
"""

import time
from collections import Counter
from dataclasses import dataclass, field

from allauth.mfa.models import Authenticator
from cryptography.exceptions import InvalidTag
from django.apps import apps
from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError, connection, transaction
from psycopg import sql

from tibir.audit.record import CLOCK, record
from tibir.core.encryption import (
    EncryptedTextField,
    blind_index,
    decrypt,
    encrypt,
    is_newest,
    newest_key_id,
    seal,
    unseal,
)
from tibir.staff.adapter import PLACE

ROWS, BYTES = 500, 16_000_000  # of one transaction
ROUNDS = 20
PAUSE = 0.5  # seconds, before what was in use is tried again


@dataclass
class Table:
    """The columns of one model that are encrypted, and those that are found by."""

    name: str
    sealed: dict[str, str]  # column: the place its values are bound to
    indexed: dict[str, tuple[str, str, str]]  # column: (column of the number, its place, own place)
    counts: Counter = field(default_factory=Counter)

    @property
    def columns(self):
        return [*self.sealed, *self.indexed]


def tables():
    """Every model with something encrypted: fields of that kind, and what it says is sealed."""
    for model in apps.get_models(include_auto_created=True):
        if model._meta.proxy or not model._meta.managed:
            continue
        fields = {each.name: each for each in model._meta.local_concrete_fields}
        sealed = {
            each.column: each.place
            for each in fields.values()
            if isinstance(each, EncryptedTextField)
        }
        places = vars(model).get("SEALED", {})
        sealed |= {fields[name].column: place for name, place in places.items()}
        indexed = {
            fields[name].column: (fields[number].column, fields[number].place, place)
            for name, (number, place) in vars(model).get("INDEXED", {}).items()
        }
        if sealed:
            yield Table(model._meta.db_table, sealed, indexed)


class Command(BaseCommand):
    help = "Re-encrypts all that is under an older key, and makes the index of numbers anew."

    def add_arguments(self, parser):
        parser.add_argument(
            "--check", action="store_true", help="changes nothing; fails while anything is left"
        )
        parser.add_argument("--rows", type=int, default=ROWS, help="at most, in one transaction")

    def handle(self, *, check, rows, **options):
        self.rows = rows
        found = list(tables())
        if not check:
            self._rotate(found)
        left = Counter()
        for table in found:
            left[table.name] = self._left(table)
            words = f"{table.counts['changed']} changed, " * (not check)
            self.stdout.write(f"{table.name}: {words}{left[table.name]} left")
        name = Authenticator._meta.db_table
        changed = 0 if check else _second_steps_anew()
        left[name] = sum(map(_is_old_step, _second_steps()))
        words = f"{changed} changed, " * (not check)
        self.stdout.write(f"{name}: {words}{left[name]} left")
        if left.total():
            raise CommandError(f"{left.total()} rows are not under the newest keys.")
        self.stdout.write(f"Everything is under key {newest_key_id()}.")

    def _rotate(self, found):
        for table in found:
            for _round in range(ROUNDS):
                in_use = self._one_round(table)
                if not in_use:
                    break
                time.sleep(PAUSE)
        with transaction.atomic():
            changed = {table.name: table.counts["changed"] for table in found}
            record("keys.rotated", by=CLOCK, key=newest_key_id(), rows=changed)

    def _one_round(self, table):
        """Through the whole table once; True when rows were in use and are left."""
        last, in_use = 0, False
        while pks := self._next(table, last):
            try:
                in_use |= self._rewrite(table, pks)
            except OperationalError as error:
                if getattr(error.__cause__, "sqlstate", "") not in ("55P03", "40P01"):
                    raise
                in_use = True  # somebody had the table for too long
            last = pks[-1]
        return in_use

    def _next(self, table, last):
        """Ids of the next rows that may need it: no more than fit into memory."""
        size = sql.SQL(" + ").join(
            sql.SQL("coalesce(octet_length({}), 0)").format(sql.Identifier(column))
            for column in table.sealed
        )
        statement = sql.SQL(
            "SELECT id, {size} FROM {table} WHERE id > %s AND ({old}) ORDER BY id LIMIT %s"
        ).format(size=size, table=sql.Identifier(table.name), old=_may_be_old(table))
        with connection.cursor() as cursor:
            cursor.execute(statement, [last, self.rows])
            pks, total = [], 0
            for pk, octets in cursor.fetchall():
                total += octets
                if pks and total > BYTES:
                    break
                pks.append(pk)
        return pks

    @transaction.atomic
    def _rewrite(self, table, pks):
        """True when some of these are being written by somebody else."""
        name = sql.Identifier(table.name)
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '2s'")
            # Nobody else sees that the triggers are off: they are on again before the commit.
            # Taken first, so that no one writes here meanwhile, and no row is waited for.
            triggers = _triggers(cursor, table)
            for trigger in triggers:
                cursor.execute(
                    sql.SQL("ALTER TABLE {} DISABLE TRIGGER {}").format(
                        name, sql.Identifier(trigger)
                    )
                )
            rows = _locked(cursor, table, pks)
            for pk, values in rows:
                self._write(cursor, table, pk, values)
            for trigger in triggers:
                cursor.execute(
                    sql.SQL("ALTER TABLE {} ENABLE TRIGGER {}").format(
                        name, sql.Identifier(trigger)
                    )
                )
        return len(rows) < len(pks)

    def _write(self, cursor, table, pk, values):
        try:
            changed = _anew(table, values)
        except (InvalidTag, KeyError):
            self.stderr.write(f"{table.name} {pk}: cannot be read with any of the keys.")
            return
        if not changed:
            return
        assignments = sql.SQL(", ").join(
            sql.SQL("{} = %s").format(sql.Identifier(column)) for column in changed
        )
        cursor.execute(
            sql.SQL("UPDATE {} SET {} WHERE id = %s").format(
                sql.Identifier(table.name), assignments
            ),
            [*changed.values(), pk],
        )
        table.counts["changed"] += 1

    def _left(self, table):
        """Rows that are under an older key, or whose index is of another key than the newest."""
        if not table.indexed:
            statement = sql.SQL("SELECT count(*) FROM {} WHERE {}").format(
                sql.Identifier(table.name), _may_be_old(table)
            )
            with connection.cursor() as cursor:
                cursor.execute(statement)
                return cursor.fetchone()[0]
        left, last = 0, 0
        while pks := self._next(table, last):
            with transaction.atomic(), connection.cursor() as cursor:
                for _pk, values in _locked(cursor, table, pks, lock=""):
                    left += _is_old(table, values)
            last = pks[-1]
        return left


# --- The second step of a login -------------------------------------------------------------
# django-allauth keeps what we have sealed as text, among other things that say nothing.


def _second_steps():
    return Authenticator.objects.filter(type__in=["totp", "recovery_codes"]).order_by("pk")


def _sealed_in(step):
    """{name: text} of what is sealed; which names there are is theirs to say."""
    return {name: step.data[name] for name in ("secret", "seed") if step.data.get(name)}


def _is_old_step(step):
    return any(not is_newest(text) for text in _sealed_in(step).values())


@transaction.atomic
def _second_steps_anew():
    changed = 0
    for step in _second_steps().select_for_update():
        if _is_old_step(step):
            step.data |= {
                name: seal(unseal(text, PLACE), PLACE) for name, text in _sealed_in(step).items()
            }
            step.save(update_fields=["data"])
            changed += 1
    return changed


def _may_be_old(table):
    """Under an older key; a row with an index has to be read to be known."""
    newest = sql.Literal(newest_key_id())
    old = [
        sql.SQL("(octet_length({0}) > 1 AND get_byte({0}, 1) <> {1})").format(
            sql.Identifier(column), newest
        )
        for column in table.sealed
    ]
    old += [sql.SQL("{} IS NOT NULL").format(sql.Identifier(column)) for column in table.indexed]
    return sql.SQL(" OR ").join(old)


def _triggers(cursor, table):
    """Those of people, that say no to an update or note it; not those that keep references."""
    cursor.execute(
        """
        SELECT tgname FROM pg_trigger
        WHERE tgrelid = %s::regclass AND NOT tgisinternal AND tgenabled = 'O' AND tgtype & 16 > 0
        """,
        [table.name],
    )
    return [name for (name,) in cursor.fetchall()]


def _locked(cursor, table, pks, lock="FOR UPDATE SKIP LOCKED"):
    columns = sql.SQL(", ").join(map(sql.Identifier, table.columns))
    cursor.execute(
        sql.SQL("SELECT id, {} FROM {} WHERE id = ANY(%s) ORDER BY id {}").format(
            columns, sql.Identifier(table.name), sql.SQL(lock)
        ),
        [pks],
    )
    return [
        (pk, dict(zip(table.columns, values, strict=True))) for pk, *values in cursor.fetchall()
    ]


def _anew(table, values):
    """{column: value} for those that must be written."""
    newest = newest_key_id()
    changed = {
        column: encrypt(decrypt(values[column], place), place)
        for column, place in table.sealed.items()
        if values[column] and bytes(values[column])[1] != newest
    }
    for column, (number, place, own) in table.indexed.items():
        if values[number]:
            index = blind_index(own, decrypt(values[number], place).decode())
            if bytes(values[column]) != index:
                changed[column] = index
    return changed


def _is_old(table, values):
    try:
        return bool(_anew(table, values))
    except (InvalidTag, KeyError):
        return True
