from contextlib import suppress
from datetime import UTC, datetime

import pytest
from django.db import DatabaseError, ProgrammingError, connection, transaction

from tests.factories import UserFactory
from tibir.accounts.models import User
from tibir.audit.models import Event
from tibir.audit.record import CLOCK, at_once, event, record, record_all

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_event SET verb = 'x'",
        "DELETE FROM audit_event",
        "TRUNCATE audit_event",
        "ALTER TABLE audit_event DISABLE TRIGGER ALL",
    ],
)
def test_the_application_can_neither_change_nor_empty_the_log(statement):
    record("thing.done", by=CLOCK)
    with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert Event.objects.filter(verb="thing.done").exists()


def test_a_row_tells_who_and_what_and_copies_no_text():
    user = UserFactory(name="Kari Hemmelig")
    event = record("user.read", user, by=user, basis="role", count=3)
    event.refresh_from_db()
    assert (event.actor_kind, event.actor_id) == ("user", user.pk)
    assert (event.target_type, event.target_id) == ("accounts.user", user.pk)
    assert event.codes == {"count": 3}
    assert event.at is not None
    row = Event.objects.filter(pk=event.pk).values().get()
    assert "Hemmelig" not in str(row)


def test_the_database_says_when_whoever_writes(db):
    event = Event.objects.create(verb="x", actor_kind="clock", at=datetime(2020, 1, 1, tzinfo=UTC))
    event.refresh_from_db()
    assert event.at.year > 2020


def test_the_application_cannot_change_what_administrators_did():
    with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_admin_log")


def verbs():
    return list(Event.objects.order_by("pk").values_list("verb", flat=True))


def test_what_is_recorded_at_once_is_one_statement_and_keeps_its_order(
    django_assert_num_queries,
):
    with django_assert_num_queries(1), at_once():
        record("first", by=CLOCK)
        record_all([event("second", by=CLOCK), event("third", by=CLOCK)])
        record("fourth", by=CLOCK)
    assert verbs() == ["first", "second", "third", "fourth"]


def test_what_fails_within_leaves_its_rows_out_and_those_after_it_in():
    with at_once():
        record("before", by=CLOCK)
        with suppress(ValueError), at_once():
            record("undone", by=CLOCK)
            raise ValueError
        record("after", by=CLOCK)
    record("alone", by=CLOCK)
    assert verbs() == ["before", "after", "alone"]


def register_somebody(email):
    with transaction.atomic(), at_once():
        record("x" * 61, UserFactory(email=email), by=CLOCK)


def test_work_whose_row_cannot_be_written_is_undone():
    with pytest.raises(DatabaseError):
        register_somebody("kari@kommune.example")
    assert not User.objects.filter(email="kari@kommune.example").exists()
