"""A text message: at least once, at most twice under the same id, never to where it is not safe."""

import logging
import socket
from datetime import timedelta

import pytest
from django.utils import timezone

from tests.factories import refer
from tests.notifications.gateway import HANGS_UP, SAYS_NOTHING, Gateway
from tests.notifications.parents import parent_of
from tibir.audit.record import CLOCK
from tibir.cases.models import Grade
from tibir.notifications import actions, schedule
from tibir.notifications.kinds import Kind
from tibir.notifications.models import Delivery
from tibir.notifications.tasks import LEASE, WAITS, send

pytestmark = pytest.mark.django_db


@pytest.fixture
def gateway(settings):
    gateway = Gateway()
    gateway.start()
    settings.SMS_URL, settings.SMS_TOKEN = gateway.url, "hemmelig"
    settings.SMS_SENDER, settings.SMS_TIMEOUT = "Fjordvik", 0.3
    yield gateway
    gateway.stop()


@pytest.fixture
def promised():
    referral = refer()
    person = parent_of(referral, safe_email="no")
    actions.tell(Kind.ANSWER_WAITS, referral, by=CLOCK, person=person)
    return Delivery.objects.get()


def try_again_at(delivery, time_machine):
    delivery.refresh_from_db()
    time_machine.move_to(delivery.next_try_at + timedelta(seconds=1))
    schedule.tick()
    delivery.refresh_from_db()


def test_a_message_says_that_something_waits_and_nothing_of_a_family(promised, gateway):
    send(promised.pk)

    (message,) = gateway.received
    assert message.path == "/send?from=tibir"
    assert message.headers["Authorization"] == "Bearer hemmelig"
    assert message.headers["Idempotency-Key"] == message.body["id"] == promised.message_id
    assert (message.body["to"], message.body["from"]) == ("+4799000001", "Fjordvik")
    place = promised.notification.municipality
    assert message.body["text"] == (
        f"Du har en ny beskjed fra {place.name}. Se den med statuslenken din, "
        "eller ring oss på 75 00 00 00, mandag–fredag 08.00–15.30."
    )
    promised.refresh_from_db()
    assert (promised.state, promised.attempts, promised.error) == ("sent", 1, "")
    assert promised.sent_at is not None


def test_what_is_sent_is_not_sent_again(promised, gateway):
    for _time in range(3):
        send(promised.pk)
        schedule.tick()
    assert len(gateway.received) == 1


@pytest.mark.parametrize("code", [401, 403, 408, 425, 429, 500, 502, 503, 504, 301, 307])
def test_a_no_for_now_is_tried_again_later(promised, gateway, time_machine, code):
    time_machine.move_to(timezone.now())
    gateway.will(code)
    send(promised.pk)
    promised.refresh_from_db()
    assert (promised.state, promised.error) == ("waiting", f"http {code}")
    assert promised.uncertain is False
    assert promised.next_try_at - timezone.now() > WAITS[0] - timedelta(seconds=5)
    schedule.tick()
    assert len(gateway.received) == 1

    try_again_at(promised, time_machine)
    assert (promised.state, promised.attempts) == ("sent", 2)
    assert len({message.body["id"] for message in gateway.received}) == 1


@pytest.mark.parametrize("code", [400, 404, 410, 413, 422])
def test_a_no_for_good_is_not_tried_again(promised, gateway, time_machine, code):
    gateway.will(code)
    send(promised.pk)
    promised.refresh_from_db()
    assert (promised.state, promised.error) == ("failed", f"http {code}")
    time_machine.move_to(timezone.now() + timedelta(days=2))
    schedule.tick()
    assert len(gateway.received) == 1


def test_tries_come_to_an_end_that_can_be_seen(promised, gateway, time_machine):
    gateway.will(*[503] * 10)
    send(promised.pk)
    for _time in WAITS:
        try_again_at(promised, time_machine)
    assert (promised.state, promised.attempts, promised.error) == ("failed", 6, "http 503")
    assert len(gateway.received) == 6


@pytest.mark.parametrize("lost", [HANGS_UP, SAYS_NOTHING])
def test_a_lost_answer_is_followed_by_one_repeat_under_the_same_id(
    promised, gateway, time_machine, lost
):
    gateway.will(lost)
    send(promised.pk)
    promised.refresh_from_db()
    assert (promised.state, promised.uncertain) == ("waiting", True)

    try_again_at(promised, time_machine)
    assert (promised.state, promised.uncertain) == ("sent", True)
    keys = [message.headers["Idempotency-Key"] for message in gateway.received]
    assert keys == [promised.message_id] * 2


@pytest.mark.parametrize("lost", [HANGS_UP, SAYS_NOTHING])
def test_nobody_gets_a_message_three_times(promised, gateway, time_machine, lost):
    gateway.will(*[lost] * 5)
    send(promised.pk)
    try_again_at(promised, time_machine)
    assert (promised.state, promised.uncertain) == ("failed", True)
    time_machine.move_to(timezone.now() + timedelta(days=2))
    schedule.tick()
    assert len(gateway.received) == 2


def test_a_gateway_that_is_away_costs_only_time(promised, settings, time_machine):
    with socket.socket() as it:
        it.bind(("127.0.0.1", 0))
        settings.SMS_URL = f"http://127.0.0.1:{it.getsockname()[1]}/"
    send(promised.pk)
    for _time in WAITS[:-1]:
        try_again_at(promised, time_machine)
        assert (promised.state, promised.uncertain) == ("waiting", False)
    gateway = Gateway()
    gateway.start()
    settings.SMS_URL = gateway.url
    try_again_at(promised, time_machine)
    gateway.stop()
    assert (promised.state, promised.uncertain, promised.attempts) == ("sent", False, 6)


def test_a_worker_that_died_while_sending_is_followed_by_one_more_try(
    promised, gateway, time_machine
):
    died = {"state": "sending", "claimed_until": timezone.now() + LEASE, "attempts": 1}
    Delivery.objects.update(**died)
    schedule.tick()
    assert gateway.received == []
    time_machine.move_to(timezone.now() + LEASE)
    schedule.tick()
    promised.refresh_from_db()
    assert (promised.state, promised.uncertain, promised.attempts) == ("sent", True, 2)


def unsafe(person):
    person.safe_phone = "no"
    person.save(update_fields=["safe_phone"])


def strict(person):
    person.case.grade = Grade.STRICT
    person.case.save(update_fields=["grade"])


def strict_alone(person):
    person.person.grade = Grade.STRICT_ABROAD
    person.person.address = ""
    person.person.save(update_fields=["grade", "address"])


def without_a_mobile(person):
    person.person.phone = "75 00 00 00"
    person.person.save(update_fields=["phone"])


@pytest.mark.parametrize("becomes", [unsafe, strict, strict_alone, without_a_mobile])
def test_what_was_safe_when_it_was_promised_and_is_no_more_is_stopped(promised, gateway, becomes):
    becomes(promised.notification.person)
    send(promised.pk)
    schedule.tick()
    promised.refresh_from_db()
    assert (promised.state, promised.error, gateway.received) == ("stopped", "not safe", [])


def test_without_a_gateway_the_demo_only_notes_that_one_was_sent(promised, caplog):
    with caplog.at_level(logging.INFO):
        send(promised.pk)
    promised.refresh_from_db()
    assert promised.state == "sent"
    (line,) = [record.getMessage() for record in caplog.records if "would have" in record.msg]
    assert promised.message_id in line
    assert "99" not in line.replace(promised.message_id, "")


def test_in_production_without_a_gateway_what_was_promised_fails_where_it_is_seen(
    promised, settings
):
    settings.PRODUCTION = True
    send(promised.pk)
    promised.refresh_from_db()
    assert (promised.state, promised.error) == ("failed", "no gateway")
