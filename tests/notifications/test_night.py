"""Families sleep: what is written at night is sent at eight."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.conftest import after_commit
from tests.factories import UserFactory, refer
from tests.notifications.parents import parent_of
from tibir.audit.record import CLOCK
from tibir.calendar.hours import Quiet
from tibir.calendar.oslo import OSLO
from tibir.notifications import actions, schedule
from tibir.notifications.kinds import Kind
from tibir.notifications.models import Delivery
from tibir.notifications.tasks import LEASE, send

pytestmark = pytest.mark.django_db

EVENING = datetime(2027, 3, 27, 22, 15, tzinfo=OSLO)  # the night before summer time
MORNING = datetime(2027, 3, 28, 8, tzinfo=OSLO)


@pytest.fixture(autouse=True)
def _quiet(settings):
    settings.QUIET_HOURS = Quiet(20, 8)


@pytest.fixture
def parent():
    return parent_of(refer())


def tell(person):
    with after_commit():
        told = actions.tell(Kind.ANSWER_WAITS, person.case, by=CLOCK, person=person)
    return told.deliveries.order_by("channel")


def test_what_is_written_at_night_waits_until_eight_on_every_channel(
    parent, rings, mailoutbox, time_machine
):
    time_machine.move_to(EVENING)
    rings.clear()
    deliveries = tell(parent)

    assert [delivery.next_try_at for delivery in deliveries] == [MORNING, MORNING]
    assert MORNING.astimezone(UTC).hour == 6
    assert rings == []
    for hours in range(1, 9):
        time_machine.move_to(EVENING + timedelta(hours=hours))
        schedule.tick()
    assert mailoutbox == []

    time_machine.move_to(MORNING)
    schedule.tick()
    assert {delivery.state for delivery in deliveries.all()} == {"sent"}
    assert {delivery.attempts for delivery in deliveries.all()} == {1}
    assert len(mailoutbox) == 1


def test_what_is_written_by_day_is_sent_at_once(parent, rings, mailoutbox, time_machine):
    time_machine.move_to(EVENING.replace(hour=19, minute=59))
    rings.clear()
    tell(parent)
    rings.answer()
    assert len(mailoutbox) == 1


def test_what_the_evening_overtook_is_not_sent_at_night(parent, mailoutbox, time_machine):
    """A worker that was away, or a retry: the row was due by day and it is night now."""
    time_machine.move_to(EVENING.replace(hour=19, minute=59))
    delivery = tell(parent).first()
    time_machine.move_to(EVENING)
    send(delivery.pk)

    delivery.refresh_from_db()
    assert (delivery.state, delivery.attempts) == ("waiting", 0)
    assert delivery.next_try_at == MORNING
    assert mailoutbox == []


def test_what_a_dead_worker_had_begun_in_the_evening_is_left_until_eight(
    parent, mailoutbox, time_machine
):
    time_machine.move_to(EVENING.replace(hour=19, minute=59))
    delivery = tell(parent).first()
    claimed = {"state": "sending", "claimed_until": EVENING, "attempts": 1}
    Delivery.objects.filter(pk=delivery.pk).update(**claimed)
    time_machine.move_to(EVENING + LEASE)
    schedule.tick()
    assert mailoutbox == []
    assert delivery not in Delivery.objects.to_try(EVENING + 2 * LEASE)

    time_machine.move_to(MORNING)
    schedule.tick()
    delivery.refresh_from_db()
    assert (delivery.state, delivery.uncertain, delivery.attempts) == ("sent", True, 2)


def test_staff_are_reached_at_night_when_it_cannot_wait(rings, mailoutbox, time_machine):
    referral = refer()
    user = UserFactory(coordinates=referral.unit)
    time_machine.move_to(EVENING)
    rings.clear()
    with after_commit():
        actions.tell(Kind.EMERGENCY_ACCESS, referral, by=CLOCK, user=user)
    rings.answer()
    assert [message.to for message in mailoutbox] == [[user.email]]
