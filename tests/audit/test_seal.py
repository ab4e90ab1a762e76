"""The chain of the log: nothing is skipped, and whoever changes a byte is found."""

import logging
import threading
from datetime import timedelta

import psycopg
import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import ProgrammingError, connection, transaction
from django.utils import timezone

from tests.factories import MunicipalityFactory, refer
from tibir.audit.models import Event, Seal
from tibir.audit.record import CLOCK, event, record_all
from tibir.audit.schedule import seal_log, verify_log, verify_now
from tibir.audit.seal import StillWriting, seal, shipped_in, verify
from tibir.cases.models import Person
from tibir.core.models import JobRun
from tibir.notifications.kinds import Kind as Message
from tibir.notifications.models import Notification
from tibir.operations import health
from tibir.operations.schedule import tick

OWNED = ["audit_event", "audit_change", "audit_seal"]


def write(times=1, place=None):
    record_all([event("thing.done", by=CLOCK, municipality=place) for _each in range(times)])


def as_owner(committed, statement):
    """With the triggers out of the way, as only the owner of the tables can."""
    with psycopg.connect(committed.owner_url, autocommit=True) as owner:
        for table in OWNED:
            owner.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        owner.execute(statement)
        for table in OWNED:
            owner.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


@pytest.fixture
def sealed(committed):
    """Two municipalities in three rounds, and rows of none."""
    places = [MunicipalityFactory(), MunicipalityFactory()]
    with transaction.atomic():
        write()
        transaction.set_rollback(True)
    for _round in range(3):
        for place in [*places, None]:
            write(2, place)
        case = refer(places[0]).case
        Person.objects.filter(pk=case.child_id).update(birth_date="2020-02-29")
        seal()
    assert verify().fault == ""
    return committed


def test_every_row_is_in_one_seal_and_each_municipality_has_its_chain(sealed):
    verdict = verify()
    assert verdict.unsealed == 0
    changes = sum(each.count for each in Seal.objects.filter(source="change"))
    assert verdict.rows == Event.objects.count() + changes
    assert changes
    chains = {}
    for each in Seal.objects.filter(source="event").order_by("number"):
        assert bytes(each.previous) == chains.get(each.municipality_id, b"")
        chains[each.municipality_id] = bytes(each.hash)
    assert len(chains) == 3


INSERTED = (
    "INSERT INTO audit_event (id, at, verb, actor_kind, target_type, basis, codes, request_id)"
    " VALUES ({}, now(), 'x', 'clock', '', '', '{{}}', '')"
)
TAMPERING = {
    "a verb is changed": (
        "UPDATE audit_event SET verb = 'thing.Done' WHERE id = 2",
        "Rad 2 i audit_event er endret.",
    ),
    "one byte of the codes": (
        "UPDATE audit_event SET codes = '{\"a\": null}' WHERE id = 3",
        "Rad 3 i audit_event er endret.",
    ),
    "a moment": (
        "UPDATE audit_event SET at = at + interval '1 microsecond' WHERE id = 4",
        "Rad 4 i audit_event er endret.",
    ),
    "a row is removed": (
        "DELETE FROM audit_event WHERE id = 5",
        "Rad 5 i audit_event er fjernet.",
    ),
    "a row changes its number": (
        "UPDATE audit_event SET id = 0 WHERE id = 2",
        "Rad 2 i audit_event er fjernet.",
    ),
    "a row of another municipality": (
        "UPDATE audit_event SET municipality_id = 987 WHERE id = 6",
        "Rad 6 i audit_event er ",
    ),
    "a row is added where a number was free": (
        INSERTED.format(1),
        "Rad 1 i audit_event er føyd til etterpå.",
    ),
    "a row is added before the first": (
        INSERTED.format(-1),
        "Rad -1 i audit_event er føyd til etterpå.",
    ),
    "an old value": (
        "UPDATE audit_change SET old = '{}' WHERE id = (SELECT min(id) FROM audit_change)",
        "Rad 1 i audit_change er endret.",
    ),
    "a change is removed": (
        "DELETE FROM audit_change WHERE id = 1",
        "Rad 1 i audit_change er fjernet.",
    ),
    "a seal in the middle": ("DELETE FROM audit_seal WHERE number = 2", "Segl 2 mangler."),
    "the numbers are closed up": (
        "DELETE FROM audit_seal WHERE number = 2;"
        "UPDATE audit_seal SET number = -number WHERE number > 2;"
        "UPDATE audit_seal SET number = -number - 1 WHERE number < 0",
        "Rad 2 i audit_event er føyd til etterpå.",
    ),
    "a hash": (
        "UPDATE audit_seal SET hash = sha256('x') WHERE number = 1",
        "Segl 1 er endret.",
    ),
    "how many rows a seal has": (
        "UPDATE audit_seal SET count = 100 WHERE number = 1",
        "Segl 1 er endret.",
    ),
}


EACH_TIME = ["one byte of the codes", "a row is removed", "a seal in the middle"]


@pytest.mark.parametrize(
    "how",
    [pytest.param(how, marks=() if how in EACH_TIME else pytest.mark.prove) for how in TAMPERING],
)
def test_whatever_the_owner_changes_is_found_and_named(sealed, how):
    statement, fault = TAMPERING[how]
    as_owner(sealed, statement)
    with pytest.raises(CommandError, match="Loggen holder ikke") as refused:
        call_command("verify_log")
    assert fault in str(refused.value)


def test_a_log_that_has_lost_its_end_is_found_by_what_left_the_machine(sealed, caplog, tmp_path):
    with caplog.at_level(logging.INFO):
        write()
        seal()
    shipped = shipped_in([each.getMessage() for each in caplog.records])
    newest = Seal.objects.latest("number")
    assert shipped == {newest.number: bytes(newest.hash).hex()}
    as_owner(
        sealed,
        "DELETE FROM audit_seal WHERE number = (SELECT max(number) FROM audit_seal);"
        "DELETE FROM audit_event WHERE id = (SELECT max(id) FROM audit_event)",
    )
    assert verify().fault == ""
    assert verify(shipped=shipped).fault == f"Segl {newest.number} mangler."
    receipts = tmp_path / "programlogg.txt"
    receipts.write_text("\n".join(each.getMessage() for each in caplog.records))
    with pytest.raises(CommandError, match=f"Segl {newest.number} mangler"):
        call_command("verify_log", "--kvitteringer", str(receipts))


def test_a_log_that_has_lost_its_end_is_found_by_the_verification_before(sealed):
    verify_now()
    seal()
    as_owner(sealed, "DELETE FROM audit_seal WHERE number > 8")
    seal()
    assert verify().fault == "Segl til og med 12 er ikke de samme som sist."


def test_a_row_with_a_number_that_was_never_given_out_is_found(sealed):
    with transaction.atomic():
        Event.objects.create(pk=10**12, verb="x", actor_kind="clock")
    seal()
    assert verify().fault == f"Rad {10**12} i audit_event er føyd til etterpå."
    write()
    assert seal() == 1


def test_what_commits_late_is_sealed_later_and_never_skipped(committed):
    """A low number in hand, and a colleague with a higher one who is done before."""
    place = MunicipalityFactory()
    holds, may_go = threading.Event(), threading.Event()

    def slow():
        with transaction.atomic():
            write(1, place)
            holds.set()
            may_go.wait(10)
        connection.close()

    thread = threading.Thread(target=slow)
    thread.start()
    holds.wait(10)
    write(1, place)
    with pytest.raises(StillWriting):
        seal(patience=0.2)
    assert not Seal.objects.exists()
    threading.Timer(0.3, may_go.set).start()
    seal()
    thread.join()
    assert sum(each.count for each in Seal.objects.filter(source="event")) == (
        Event.objects.count()
    )
    assert verify().fault == ""


def test_many_writers_at_once_are_all_sealed(committed):
    stop = threading.Event()
    places = [MunicipalityFactory() for _each in range(3)]

    def busy(place):
        while not stop.is_set():
            with transaction.atomic():
                write(3, place)
        connection.close()

    threads = [threading.Thread(target=busy, args=[place]) for place in [*places, *places]]
    for thread in threads:
        thread.start()
    rounds = [seal() for _each in range(20)]
    stop.set()
    for thread in threads:
        thread.join()
    seal()
    assert sum(count > 0 for count in rounds) > 5
    verdict = verify()
    assert (verdict.fault, verdict.unsealed) == ("", 0)
    sealed = sum(each.count for each in Seal.objects.filter(source="event"))
    assert sealed == Event.objects.count()


def test_a_log_that_is_much_longer_than_a_round_is_sealed_in_several(committed, monkeypatch):
    monkeypatch.setattr("tibir.audit.seal.AT_ONCE", 10)
    monkeypatch.setattr("tibir.audit.schedule.AT_ONCE", 10)
    write(133, MunicipalityFactory())
    seal_log()
    assert [each.count for each in Seal.objects.order_by("number")] == [10] * 13 + [3]
    assert (verify().fault, verify().unsealed) == ("", 0)


def test_the_time_zone_of_a_session_changes_no_seal(sealed):
    with connection.cursor() as cursor:
        cursor.execute("SET TimeZone = 'Asia/Tokyo'")
    assert verify().fault == ""


def test_rows_that_wait_are_counted_and_the_command_says_how_many(sealed, capsys):
    write(4)
    call_command("verify_log")
    said = capsys.readouterr().out
    assert "Loggen holder" in said
    assert "4 rader er ikke forseglet ennå." in said


def test_a_verification_is_made_once_a_day(sealed):
    verify_log()
    first = JobRun.objects.get(job="log_verification").started_at
    verify_log()
    assert JobRun.objects.get(job="log_verification").started_at == first


@pytest.mark.parametrize("table", OWNED)
@pytest.mark.parametrize("statement", ["UPDATE {0} SET id = id", "DELETE FROM {0}", "TRUNCATE {0}"])
def test_the_application_can_change_neither_log_history_nor_seals(db, table, statement):
    with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format(table))


def test_the_application_cannot_write_history_itself(db):
    with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            'INSERT INTO audit_change (transaction, role, "table", row_id, operation)'
            " VALUES (1, 'x', 'cases_case', 1, 'update')"
        )


def test_a_log_that_does_not_hold_is_an_alarm_and_red(sealed):
    assert state_of("Loggen er etterprøvd") is False  # never yet
    verify_now()
    assert state_of("Loggen er etterprøvd") is True
    as_owner(sealed, "DELETE FROM audit_event WHERE id = 3")
    verify_now()
    assert state_of("Loggen er etterprøvd") is False
    tick()
    alarm = Notification.objects.get(kind=Message.SYSTEM_ALARM)
    assert "log_verification" in alarm.stage


def test_a_log_that_is_not_sealed_any_more_is_red(sealed):
    seal_log()
    assert state_of("Loggen er forseglet") is True
    with time_machine.travel(timezone.now() + timedelta(minutes=6)):
        assert state_of("Loggen er forseglet") is False


def state_of(label):
    return {sign.label: sign.is_well for sign in health.signs()}[label]
