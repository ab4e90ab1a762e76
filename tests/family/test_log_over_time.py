"""The log of things that happened one after the other, each in a transaction of its own."""

import pytest
from django.db import connection, transaction
from django.urls import reverse

from tests.conftest import Client
from tests.factories import MunicipalityFactory, UserFactory, confirm, refer
from tibir.audit.record import record
from tibir.deadlines import actions as deadlines
from tibir.deadlines.kinds import Kind as Due
from tibir.family import letters


@pytest.fixture
def case(committed):
    return refer(MunicipalityFactory()).case


@pytest.fixture
def staff(case):
    return UserFactory(coordinates=case.unit), UserFactory(leads=case.unit)


def reported(case, by, today):
    """A report as an action writes it: its row and its task, in one transaction."""
    with transaction.atomic():
        record("duty.reported", case, by=by)
        task = deadlines.begin(
            Due.DOCUMENT_FAILED, case, by=by, unit=case.unit, case=case, on=today
        )
        record("case.read", case, by=by, basis="role")
    return task


def told(case, by, today):
    referral = case.referrals.get()
    confirm(referral, by=by)
    mother = case.people.get()
    words = letters.openings(case, mother, by=by, on=today, language="nb")
    return [(row["who"], row["what"]) for row in words["rows"]]


def test_the_report_what_came_with_it_and_who_looked_at_that_are_left_out(case, staff, today):
    coordinator, leader = staff
    task = reported(case, coordinator, today)
    record("deadline.read", task, by=leader, basis="role")
    record("duty.read", case, by=leader, basis="role")
    record("duty.listed", case, by=leader, basis="role")
    assert told(case, coordinator, today) == []
    record("case.read", case, by=leader, basis="role")
    assert told(case, coordinator, today) == [("Ansatt 1, leder (Inntak)", "leste i saken")]


def test_when_it_is_released_those_who_looked_at_it_are_told_of(case, staff, today):
    coordinator, leader = staff
    task = reported(case, coordinator, today)
    record("deadline.read", task, by=leader, basis="role")
    record("duty.released", case, by=coordinator)
    assert [what for _who, what in told(case, coordinator, today)] == ["leste i saken"] * 2


def test_changes_say_what_was_and_who_it_was(case, staff):
    coordinator, leader = staff
    coordinator.name = "Kari Koordinator"
    coordinator.save()
    confirm(case.referrals.get(), by=coordinator)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE cases_case SET opened_on = '2020-02-03' WHERE id = %s", [case.pk])
    client = Client()
    client.force_login(leader)
    page = " ".join(client.get(reverse("family:changes", args=[case.pk])).content.decode().split())
    rows = page[page.index("<tbody>") : page.index("</tbody>")]
    first, *others = rows.split("<tr>")[1:]
    assert "utenom systemet: tibir_app" in first
    assert "åpnet <span" in first
    assert "Kari Koordinator" in "".join(others)
    assert "hvordan bekreftet" in "".join(others)
    assert "(var: ikke fylt ut)" in "".join(others)
    assert "Ødegård" not in rows
