"""What is handed in is locked away until it is checked, and kept as it was when it is."""

from datetime import timedelta

import psycopg
import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone

from tests.conftest import after_commit
from tests.databases import at_once
from tests.documents import corpus
from tests.documents.clamd import clamd
from tests.factories import UserFactory, attach, refer
from tibir.audit.models import Event
from tibir.audit.record import SENDER
from tibir.core.models import JobRun
from tibir.deadlines.kinds import Kind as Due
from tibir.deadlines.models import Deadline
from tibir.documents import actions, schedule
from tibir.documents.clamav import ScannerAway, scan
from tibir.documents.models import Attachment
from tibir.documents.sanitise import Code, Refused
from tibir.documents.tasks import LEASE, LONGEST_LEASE, PAUSE, check
from tibir.operations import health

State = Attachment.State


def hand_in(content=None, name="brev.pdf", case=None):
    case = case or refer().case
    with after_commit():
        return actions.take_in(
            corpus.pdf() if content is None else content,
            name,
            by=SENDER,
            municipality=case.municipality,
            case=case,
        )


def row(attachment):
    return Attachment.objects.values().get(pk=attachment.pk)


def tick(rings):
    rings[:] = [(schedule.tick, ())]
    rings.answer()


def signs():
    return {sign.label: sign.is_well for sign in health.signs()}


@pytest.fixture
def scanner(tmp_path, settings):
    with clamd(tmp_path / "clamd.sock") as server:
        settings.CLAMAV_SOCKET = server.address
        yield server


# --- Checked --------------------------------------------------------------------------------


def test_a_file_waits_encrypted_and_becomes_a_clean_copy(db, rings):
    came = corpus.pdf(corpus.on_opening)
    attachment = hand_in(came, "brev fra skolen.pdf")

    waiting = row(attachment)
    assert (waiting["state"], waiting["copy"], waiting["sha256"]) == (State.WAITING, None, None)
    assert b"%PDF" not in bytes(waiting["original"])
    assert attachment.original_content() == came
    assert [ids for task, ids in rings if task is check] == [(attachment.pk,)]

    rings.answer()

    attachment.refresh_from_db()
    assert (attachment.state, attachment.original, attachment.pages) == (State.CLEAN, None, 1)
    copy = attachment.content()
    assert copy.startswith(b"%PDF")
    assert b"JavaScript" not in copy
    assert attachment.size == len(copy)
    assert bytes(attachment.copy)[:5] != b"%PDF-"
    verbs = Event.objects.filter(target_type="documents.attachment").order_by("pk")
    assert [(e.verb, e.case_id) for e in verbs] == [
        ("attachment.received", attachment.case_id),
        ("attachment.cleaned", attachment.case_id),
    ]
    assert "skolen" not in str(list(verbs.values()))


def test_the_first_look_refuses_and_stores_nothing(db, rings):
    case = refer().case
    rings.clear()
    with pytest.raises(Refused, match=Code.NOT_ALLOWED):
        hand_in(corpus.svg(), "tegning.png", case)
    assert (Attachment.objects.count(), rings) == (0, [])


def test_the_second_look_refuses_and_throws_the_file_away(db, rings, today):
    attachment = hand_in(corpus.locked())
    rings.answer()
    attachment.refresh_from_db()
    assert (attachment.state, attachment.refused_for) == (State.REFUSED, Code.LOCKED_PDF)
    assert (attachment.original, attachment.copy) == (None, None)
    assert "låst med passord" in str(attachment.why)

    tick(rings)
    tick(rings)
    task = Deadline.objects.get(kind=Due.ATTACHMENT_STOPPED)
    assert (task.target_id, task.case, task.unit) == (
        attachment.pk,
        attachment.case,
        attachment.case.unit,
    )
    assert task.due_on > today


def test_checked_twice_it_is_the_same(db, rings):
    attachment = hand_in()
    check(attachment.pk)
    made = row(attachment)
    check(attachment.pk)
    tick(rings)
    assert row(attachment) == made


def test_what_is_gone_is_nothing_to_do(db):
    check(999_999)


def test_what_somebody_is_checking_is_left_to_them_until_they_died(db, rings, time_machine):
    attachment = hand_in()
    Attachment.objects.update(claimed_until=timezone.now() + LEASE, attempts=1)
    tick(rings)
    assert row(attachment)["state"] == State.WAITING
    time_machine.move_to(timezone.now() + LEASE)
    tick(rings)
    assert (row(attachment)["state"], row(attachment)["attempts"]) == (State.CLEAN, 2)


def test_a_fault_of_ours_never_loses_what_somebody_sent(db, rings, time_machine, monkeypatch):
    attachment = hand_in()
    with monkeypatch.context() as broken:
        broken.setattr("tibir.documents.sanitise.ROOT", "/nowhere")
        for number in range(1, 6):
            tick(rings)
            tick(rings)  # not yet
            assert (row(attachment)["state"], row(attachment)["attempts"]) == (
                State.WAITING,
                number,
            )
            time_machine.move_to(timezone.now() + LEASE * number)
    tick(rings)
    assert row(attachment)["state"] == State.CLEAN


def test_however_often_it_failed_it_is_tried_within_the_hour(db, monkeypatch):
    attachment = hand_in()
    Attachment.objects.update(attempts=500)
    monkeypatch.setattr("tibir.documents.sanitise.ROOT", "/nowhere")
    check(attachment.pk)
    assert row(attachment)["claimed_until"] <= timezone.now() + LONGEST_LEASE


def test_what_was_removed_while_it_was_checked_leaves_nothing(db, monkeypatch):
    attachment = hand_in()
    Attachment.objects.update(case=None)

    def remove_meanwhile(content, name):
        Attachment.objects.all().delete()
        raise Refused(Code.BROKEN_PDF)

    monkeypatch.setattr("tibir.documents.tasks.clean_apart", remove_meanwhile)
    check(attachment.pk)
    assert not Attachment.objects.exists()
    assert not Event.objects.filter(verb="attachment.refused").exists()


def test_eight_workers_with_one_file_make_one_copy(committed):
    attachment = hand_in()
    assert at_once(lambda: check(attachment.pk)) == [None] * 8
    assert (row(attachment)["state"], row(attachment)["attempts"]) == (State.CLEAN, 1)
    assert Event.objects.filter(verb="attachment.cleaned").count() == 1


def test_what_waits_too_long_is_red(db, time_machine):
    hand_in()
    label = "Vedlegg som har ventet på kontroll over to minutter"
    assert signs()[label]
    time_machine.move_to(timezone.now() + timedelta(minutes=3))
    assert not signs()[label]


# --- ClamAV ---------------------------------------------------------------------------------


def test_the_scanner_is_asked_before_anything_is_shown(db, rings, scanner):
    came = corpus.pdf()
    attachment = hand_in(came)
    rings.answer()
    assert scanner.heard == [came]
    assert row(attachment)["state"] == State.CLEAN


def test_a_virus_stays_locked_up_and_becomes_a_task(db, rings, scanner):
    came = corpus.pdf_with_eicar()
    attachment = hand_in(came)
    rings.answer()
    attachment.refresh_from_db()
    assert (attachment.state, attachment.copy) == (State.INFECTED, None)
    assert attachment.original_content() == came
    assert "Virusskanneren" in attachment.why

    tick(rings)
    assert Deadline.objects.get(kind=Due.ATTACHMENT_STOPPED).target_id == attachment.pk
    assert Event.objects.filter(verb="attachment.infected", target_id=attachment.pk).exists()


def test_a_scanner_that_is_away_stops_everything_and_nothing_is_lost(
    db, rings, tmp_path, settings, time_machine
):
    settings.CLAMAV_SOCKET = str(tmp_path / "clamd.sock")
    attachment = hand_in()
    for _time in range(5):
        tick(rings)
        assert (row(attachment)["state"], row(attachment)["attempts"]) == (State.WAITING, 0)
        time_machine.move_to(timezone.now() + PAUSE + timedelta(seconds=1))
    assert JobRun.objects.get(job="attachments").outcome == "1"

    with clamd(tmp_path / "clamd.sock"):
        tick(rings)
    assert row(attachment)["state"] == State.CLEAN


@pytest.mark.parametrize(
    "says", [b"", b"stream: OK", b"stream: \0", b"ERROR\0", b"\xff\xfe\0", b"stream: OK " * 200],
)  # fmt: skip
def test_only_a_plain_yes_is_a_yes(db, rings, scanner, says):
    scanner.says = says
    attachment = hand_in()
    rings.answer()
    assert (row(attachment)["state"], row(attachment)["attempts"]) == (State.WAITING, 0)


def test_a_file_that_clamd_finds_too_large_is_not_clean(scanner):
    scanner.most = 10
    with pytest.raises(ScannerAway):
        scan(b"x" * 1000, scanner.address)


@pytest.mark.parametrize("address", ["/nowhere/clamd.sock", "127.0.0.1:1", "127.0.0.1", ""])
def test_a_wrong_address_is_a_scanner_that_is_away(address):
    with pytest.raises(ScannerAway):
        scan(b"x", address)


def test_the_scanner_hears_large_files_whole(scanner):
    content = bytes(range(256)) * 10_000
    assert scan(content, scanner.address) == ""
    assert scan(content + corpus.eicar(), scanner.address) == "Eicar-Test-Signature"
    assert scanner.heard[0] == content


# --- Kept -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE documents_attachment SET copy = '\\x00'",
        "UPDATE documents_attachment SET sha256 = '\\x00'",
        "UPDATE documents_attachment SET name = '\\x00'",
        "UPDATE documents_attachment SET received_at = now() - interval '1 day'",
        "UPDATE documents_attachment SET state = 'waiting', copy = NULL",
        "DELETE FROM documents_attachment",
        "TRUNCATE documents_attachment CASCADE",
        "DROP TRIGGER documents_attachment_copy_stays ON documents_attachment",
    ],
)
def test_what_came_into_a_case_can_neither_change_nor_go(db, rings, statement):
    attachment = hand_in()
    rings.answer()
    before = row(attachment)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert row(attachment) == before


@pytest.mark.parametrize(
    "change",
    [
        {"original": None},
        {"state": State.CLEAN},
        {"state": State.REFUSED, "original": None},
        {"refused_for": Code.EMPTY},
        {"copy": b"x"},
    ],
)
def test_a_state_without_its_bytes_cannot_be(db, change):
    hand_in()
    with pytest.raises(IntegrityError), transaction.atomic():
        Attachment.objects.update(**change)


def spoil(committed, change):
    """As only somebody with the owner's rights, or a broken disk, could."""
    with psycopg.connect(committed.owner_url, autocommit=True) as owner:
        owner.execute("ALTER TABLE documents_attachment DISABLE TRIGGER USER")
        owner.execute(f"UPDATE documents_attachment SET {change}")  # noqa: S608 - ours
        owner.execute("ALTER TABLE documents_attachment ENABLE TRIGGER USER")


CHANGES = {
    "a changed byte": "copy = set_byte(copy, 40, (get_byte(copy, 40) + 1) % 256)",
    "cut off": "copy = substring(copy FOR 50)",
    "empty": "copy = ''",
    "another checksum": "sha256 = decode(repeat('00', 32), 'hex')",
    "an unknown key": "copy = set_byte(copy, 1, 99)",
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_copy_that_has_changed_is_never_handed_out_and_somebody_is_told(committed, change):
    attachment = attach(refer())
    reader = UserFactory(coordinates=attachment.case.unit)
    spoil(committed, change)
    attachment = Attachment.objects.select_related("case__unit").get(pk=attachment.pk)
    assert signs()["Vedlegg som er skadet"]

    for _time in range(2):
        assert actions.hand_out(attachment, by=reader) is None

    attachment.refresh_from_db()
    assert attachment.state == State.DAMAGED
    task = Deadline.objects.get(kind=Due.ATTACHMENT_DAMAGED)
    assert (task.case, task.unit) == (attachment.case, attachment.case.unit)
    assert Event.objects.filter(verb="attachment.damaged").count() == 1
    assert not Event.objects.filter(verb="attachment.downloaded").exists()
    assert not signs()["Vedlegg som er skadet"]


def test_a_list_of_attachments_reads_none_of_their_bytes(db, django_assert_num_queries):
    attachment = hand_in()
    with django_assert_num_queries(1) as queries:
        assert list(Attachment.objects.for_list()) == [attachment]
    assert '"copy"' not in queries[0]["sql"]
