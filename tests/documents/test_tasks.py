"""A document is made once, however often it is asked for, and never changes."""

import hashlib
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from tests.databases import at_once
from tests.factories import CALL, MunicipalityFactory, UserFactory, refer, submit
from tibir.audit.models import Event
from tibir.audit.record import CLOCK
from tibir.core.models import JobRun
from tibir.deadlines.kinds import Kind as Due
from tibir.deadlines.models import Deadline
from tibir.documents import actions, schedule
from tibir.documents.kinds import TEMPLATES, Kind, Template
from tibir.documents.models import Blob, Document
from tibir.documents.pdf import LONGEST
from tibir.documents.tasks import LEASE, TRIES, render
from tibir.operations import health

State = Document.State


@pytest.fixture
def document(db):
    return submit(answers=CALL).receipt


def too_long(municipality=None):
    """A letter of more pages than anybody prints: what cannot be made, with no pretence."""
    data = submit(municipality, answers=CALL).receipt.data
    data["sections"][0]["rows"] = [{"question": "?", "answer": "x" * (LONGEST + 1)}]
    return actions.order(
        Kind.RECEIPT,
        by=CLOCK,
        municipality=municipality or MunicipalityFactory(),
        title="Altfor lang",
        language="nb",
        data=data,
    )


def tick(rings):
    """The tick, and all that it rings for."""
    rings[:] = [(schedule.tick, ())]
    rings.answer()


def test_a_document_is_made_and_frozen(document):
    render(document.pk)

    document.refresh_from_db()
    assert (document.state, document.attempts, document.error) == (State.READY, 1, "")
    assert (document.claimed_until, document.ready_at is None) == (None, False)
    content = document.blob.content()
    assert content.startswith(b"%PDF")
    assert document.blob.size == len(content)
    assert bytes(document.blob.sha256) == hashlib.sha256(content).digest()
    assert bytes(document.blob.sealed)[:4] != b"%PDF"


def test_what_is_issued_goes_to_another_case_and_changes_in_nothing_else(document):
    case = refer(document.municipality).case
    render(document.pk)
    issued = Document.objects.filter(pk=document.pk)
    issued.update(case=case, unit=case.unit)
    assert issued.get().case == case
    changes = {"title": "Noe annet", "data": {}, "language": "en", "author": UserFactory()}
    changes |= {"state": State.FAILED, "template_version": 9, "ready_at": timezone.now()}
    for name, value in changes.items():
        with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
            issued.update(case=None, **{name: value})


def test_made_twice_it_is_the_same(document, rings):
    render(document.pk)
    made = Document.objects.values().get(pk=document.pk)
    for _time in range(2):
        render(document.pk)
        tick(rings)
    assert Document.objects.values().get(pk=document.pk) == made
    assert Blob.objects.count() == 1


def test_a_document_that_is_gone_is_nothing_to_do(db):
    render(999_999)
    assert Blob.objects.count() == 0


def test_what_somebody_is_making_is_left_to_them(document, rings):
    Document.objects.update(claimed_until=timezone.now() + LEASE, attempts=1)
    render(document.pk)
    tick(rings)
    document.refresh_from_db()
    assert (document.state, document.attempts) == (State.QUEUED, 1)


def test_whoever_died_making_it_is_followed_by_the_next(document, time_machine, rings):
    Document.objects.update(claimed_until=timezone.now() + LEASE, attempts=1)
    time_machine.move_to(timezone.now() + LEASE)
    tick(rings)
    document.refresh_from_db()
    assert (document.state, document.attempts) == (State.READY, 2)


def test_a_document_that_kills_its_makers_is_given_up(document, time_machine, rings):
    Document.objects.update(claimed_until=timezone.now() + LEASE, attempts=TRIES)
    time_machine.move_to(timezone.now() + LEASE)
    tick(rings)
    tick(rings)
    document.refresh_from_db()
    assert (document.state, document.error) == (State.FAILED, "worker died")
    assert Deadline.objects.filter(kind=Due.DOCUMENT_FAILED, target_id=document.pk).exists()


def test_what_cannot_be_made_becomes_a_task_after_three_tries(db, time_machine, today, rings):
    place = MunicipalityFactory()
    document = too_long(place)
    for number in range(1, TRIES + 1):
        tick(rings)
        document.refresh_from_db()
        assert (document.attempts, document.error) == (number, "RenderFailed")
        tick(rings)  # not yet
        time_machine.move_to(timezone.now() + timedelta(seconds=31))

    assert (document.state, document.blob, document.ready_at) == (State.FAILED, None, None)
    tick(rings)
    task = Deadline.objects.get(kind=Due.DOCUMENT_FAILED)
    assert (task.target_id, task.unit, task.met_on) == (document.pk, place.intake_unit, None)
    assert task.due_on > today
    assert Event.objects.filter(verb="deadline.begun", target_id=task.pk).count() == 1
    (seen,) = [sign for sign in health.signs() if sign.label == "Dokumenter som ikke ble laget"]
    assert (seen.value, seen.is_well) == ("1", False)
    document.refresh_from_db()
    assert document.attempts == TRIES


def test_a_fault_of_ours_counts_as_a_try_and_stops_nobody_else(
    document, monkeypatch, time_machine, rings
):
    other = submit(answers=CALL).receipt
    monkeypatch.setitem(TEMPLATES, Kind.RECEIPT, Template("documents/finnes-ikke.html", version=2))
    tick(rings)
    for each in (document, other):
        each.refresh_from_db()
        assert (each.state, each.attempts, each.error) == (State.QUEUED, 1, "TemplateDoesNotExist")
    assert JobRun.objects.get(job="documents").outcome == "2"

    monkeypatch.setitem(TEMPLATES, Kind.RECEIPT, Template("documents/receipt.html", version=1))
    time_machine.move_to(timezone.now() + timedelta(seconds=31))
    tick(rings)
    assert set(Document.objects.values_list("state", flat=True)) == {State.READY}


def test_eight_workers_with_one_document_make_one(committed):
    document = submit(answers=CALL).receipt

    outcomes = at_once(lambda: render(document.pk))

    assert outcomes == [None] * 8
    document.refresh_from_db()
    assert (document.state, document.attempts) == (State.READY, 1)
    assert Blob.objects.count() == 1


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE documents_document SET title = title",
        "UPDATE documents_document SET state = 'queued', blob_id = NULL, ready_at = NULL",
        "UPDATE documents_document SET attempts = 9",
        "DELETE FROM documents_document",
        "UPDATE documents_blob SET size = 1",
        "DELETE FROM documents_blob",
        "TRUNCATE documents_document CASCADE",
        "ALTER TABLE documents_document DISABLE TRIGGER ALL",
        "DROP TRIGGER documents_blob_is_frozen ON documents_blob",
    ],
)
def test_an_issued_document_can_neither_change_nor_go(document, statement):
    render(document.pk)
    before = Document.objects.values().get(), Blob.objects.values().get()
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert (Document.objects.values().get(), Blob.objects.values().get()) == before


def test_a_document_that_is_not_made_yet_may_still_change(document):
    document.language = "nn"
    document.save(update_fields=["language"])
    assert Document.objects.get().language == "nn"
