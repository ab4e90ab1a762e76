"""Every fault that was thought of has a test, and the table in docs/faults.csv says which."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from referrals.states import State
from tests.factories import MunicipalityFactory, UserFactory, refer
from tests.named import missing, rows_of
from tests.test_races import broken
from tibir.calendar import answer, terms
from tibir.calendar.holidays import is_working_day
from tibir.deadlines.models import Deadline


def test_every_fault_says_what_is_expected_and_names_tests_that_exist():
    rows = rows_of("docs/faults.csv")
    assert len(rows) > 40
    assert len({row["fault"] for row in rows}) == len(rows)
    for row in rows:
        assert row.keys() == {"fault", "expected", "test"}
        assert row["expected"].endswith(".")
        assert row["test"]
        assert missing(row["test"]) == [], row["fault"]


@pytest.mark.parametrize(
    "named",
    [
        "tests/test_faults.py::test_that_was_never_written",
        "tests/test_gone.py::test_every_fault_says_what_is_expected_and_names_tests_that_exist",
        "tests/named.py::missing",
        "tests/test_faults.py",
    ],
)
def test_a_test_that_does_not_exist_is_seen(named):
    assert missing(named)
    assert missing(
        f"tests/test_faults.py::{test_a_test_that_does_not_exist_is_seen.__name__} {named}"
    )


# --- Those that belong nowhere else -----------------------------------------------------------


def test_what_staff_does_does_not_happen_when_it_cannot_be_logged(committed):
    referral = refer()
    client = Client(raise_request_exception=False)
    client.force_login(UserFactory(coordinates=referral.unit))
    address = reverse("referrals:take", args=[referral.pk])

    with broken(committed, "audit_event"):
        assert client.post(address).status_code == 500

    referral.refresh_from_db()
    assert (referral.state, referral.owner) == (State.RECEIVED, None)
    assert not Deadline.objects.exclude(owner=None, met_on=None).exists()
    assert client.post(address).status_code == 302


def test_where_attempts_cannot_be_counted_staff_still_log_in(committed, caplog):
    user = UserFactory(coordinates=MunicipalityFactory().intake_unit)
    user.set_password("en lang setning som ingen gjetter")
    user.save()
    client = Client(raise_request_exception=False)
    wrong = {"username": user.email, "password": "feil"}

    with broken(committed, "core_attempt"):
        assert client.post(reverse("login"), wrong).status_code == 200
        right = wrong | {"password": "en lang setning som ingen gjetter"}
        assert client.post(reverse("login"), right).status_code == 302

    assert "an attempt could not be counted" in caplog.text


def test_for_ten_years_the_answer_keeps_its_day_and_the_law_moves_to_a_working_day():
    day = date(2026, 1, 1)
    while day < date(2036, 1, 1):
        due = answer.due_on(day)
        assert due == day + timedelta(days=14)
        assert day <= answer.inner_target(due, day) <= due
        assert is_working_day(answer.inner_target(due))
        for end in (terms.weeks(day, 3), terms.months(day, 1)):
            assert is_working_day(end)
        day += timedelta(days=1)
