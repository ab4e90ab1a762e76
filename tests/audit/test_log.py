from datetime import UTC, datetime

import pytest
from django.db import ProgrammingError, connection, transaction

from tests.factories import UserFactory
from tibir.audit.models import Event
from tibir.audit.record import CLOCK, record

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
