"""How fast somebody may open families that are theirs to open."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from tests.factories import MunicipalityFactory, UserFactory, refer
from tibir.audit.models import Event
from tibir.audit.record import event, record_all
from tibir.notifications.models import Notification
from tibir.staff.reading import CASES, WINDOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def place():
    return MunicipalityFactory()


@pytest.fixture
def coordinator(place):
    return UserFactory(coordinates=place.intake_unit)


def has_opened(user, families, verb="case.read", times=1):
    rows = [event(verb, by=user) for _family in range(families * times)]
    for at, row in enumerate(rows):
        row.case_id = 5_000_000 + at % families
    record_all(rows)


def alarms():
    return Notification.objects.filter(kind="system_alarm", stage__startswith="reading ")


def test_whoever_opens_a_hundred_families_in_ten_minutes_is_slowed_down(client, place, coordinator):
    address = refer(place).get_absolute_url()
    client.force_login(coordinator)
    has_opened(coordinator, CASES - 1)
    assert client.get(address).status_code == 200  # this is the hundredth
    for _time in range(2):
        answer = client.get(address)
        assert (answer.status_code, answer["Retry-After"]) == (429, "300")
        assert "svært mange saker på kort tid" in answer.content.decode()
    assert Event.objects.filter(verb="access.slowed", actor_id=coordinator.pk).count() == 2
    assert alarms().count() == 1  # a day
    assert client.get("/henvisninger/").status_code == 200

    with time_machine.travel(timezone.now() + WINDOW + timedelta(seconds=5)):
        assert client.get(address).status_code == 200


def test_a_day_at_work_is_not_slowed_down(client, place, coordinator):
    """One family again and again, lists, and what others open, are no families more."""
    address = refer(place).get_absolute_url()
    client.force_login(coordinator)
    has_opened(coordinator, 40, times=8)
    has_opened(coordinator, CASES, verb="referral.taken")
    has_opened(UserFactory(), CASES)
    assert client.get(address).status_code == 200
    assert not alarms().exists()
