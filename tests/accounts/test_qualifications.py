"""What somebody is trained to give: one of a kind at a time, and never one's own supervisor."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse

from tests.factories import UserFactory
from tibir.accounts.models import Qualification
from tibir.audit.models import Event

pytestmark = pytest.mark.django_db

Kind, Status = Qualification.Kind, Qualification.Status


def qualify(user, kind=Kind.SCREENER, start="2026-01-01", end=None, **about):
    about = {"status": Status.QUALIFIED} | about
    days = {
        "started_on": date.fromisoformat(start),
        "ended_on": date.fromisoformat(end) if end else None,
    }
    return Qualification.objects.create(user=user, kind=kind, **days, **about)


def refused(user, **about):
    with pytest.raises(IntegrityError), transaction.atomic():
        qualify(user, **about)
    return True


def test_one_of_a_kind_at_a_time_to_the_day():
    user, other = UserFactory(), UserFactory()
    qualify(user, start="2026-01-01", end="2026-06-30")
    assert refused(user, start="2026-06-30")
    assert refused(user, start="2025-01-01")
    qualify(user, start="2026-07-01")
    qualify(user, kind=Kind.COUNSELLOR)
    qualify(other)


def test_who_is_in_training_has_a_supervisor_and_nobody_else_does():
    user, supervisor = UserFactory(), UserFactory()
    assert refused(user, status=Status.IN_TRAINING)
    assert refused(user, supervisor=supervisor)
    assert refused(user, status=Status.IN_TRAINING, supervisor=user)
    assert refused(user, start="2026-02-01", end="2026-01-31")
    qualify(user, status=Status.IN_TRAINING, supervisor=supervisor)


def test_what_holds_is_asked_by_day():
    user = UserFactory()
    qualify(user, start="2026-01-01", end="2026-06-30")
    held = user.qualifications
    assert held.on(date(2026, 1, 1)).exists()
    assert held.on(date(2026, 6, 30)).exists()
    assert not held.on(date(2026, 7, 1)).exists()
    assert not held.on(date(2025, 12, 31)).exists()


def test_an_administrator_is_told_in_words(client):
    user, admin = UserFactory(), UserFactory(is_staff=True, is_superuser=True)
    qualify(user)
    client.force_login(admin)
    address = reverse("admin:accounts_qualification_add")
    typed = {"user": user.pk, "kind": "screener", "status": "in_training"}
    page = client.post(address, typed | {"started_on": "01.02.2026"}).content.decode()
    assert "må ha en veileder" in page
    assert "har denne kompetansen fra før" in page
    assert user.qualifications.count() == 1

    typed |= {"kind": "consultant", "status": "qualified", "started_on": "01.02.2026"}
    assert client.post(address, typed).status_code == 302
    added = user.qualifications.get(kind="consultant")
    assert Event.objects.filter(verb="configuration.added", target_id=added.pk).exists()


def test_a_row_is_checked_before_it_is_saved():
    user = UserFactory()
    qualify(user)
    again = Qualification(
        user=user, kind="screener", status="qualified", started_on=date(2026, 5, 1)
    )
    with pytest.raises(ValidationError, match="fra før"):
        again.full_clean()
