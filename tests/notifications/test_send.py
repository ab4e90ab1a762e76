"""At least once, at most twice, never to an address that is not safe."""

import logging
import socket
from datetime import timedelta

import pytest
from aiosmtpd.smtp import AuthResult
from django.utils import timezone

from tests.factories import UserFactory, refer
from tests.notifications.mail_server import HANGS_UP, MailServer
from tibir.cases.models import Case, Grade
from tibir.notifications import schedule
from tibir.notifications.models import Delivery, Notification
from tibir.notifications.tasks import LEASE, WAITS, send
from tibir.operations import health

pytestmark = pytest.mark.django_db


@pytest.fixture
def smtp(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST = "127.0.0.1"
    settings.EMAIL_TIMEOUT = 2
    settings.PUBLIC_URL = "https://tibir.fjordvik.example:8443"
    return settings


@pytest.fixture
def server(smtp):
    logging.getLogger("mail.log").setLevel(logging.CRITICAL)
    server = MailServer()
    smtp.EMAIL_PORT = server.start()
    yield server
    server.stop()


@pytest.fixture
def promised(client, smtp):
    """A delivery that waits, as staff's confirmation leaves it."""
    referral = refer()
    client.force_login(UserFactory(coordinates=referral.unit))
    person = referral.case.people.get()
    found = {
        "how": "called",
        "responsibility": "yes",
        "safe_phone": "yes",
        "email": "turid@post.example",
        "safe_email": "yes",
    }
    client.post(f"/henvisninger/{referral.pk}/kontakt/{person.pk}/", found)
    return Delivery.objects.get()


def try_again_at(delivery, time_machine):
    """Let the clock come to the next try, and tick."""
    delivery.refresh_from_db()
    time_machine.move_to(delivery.next_try_at + timedelta(seconds=1))
    schedule.tick()
    delivery.refresh_from_db()
    return delivery


def test_a_message_is_sent_and_says_whose_it_is(promised, server, rings):
    rings.answer()

    ((to, message),) = server.received
    assert to == ["turid@post.example"]
    assert message["To"] == "turid@post.example"
    assert message["Subject"] == "Vi har fått henvendelsen din"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Message-ID"] == promised.message_id
    assert promised.message_id.endswith("@tibir.fjordvik.example>")
    assert message.get_content_type() == "text/plain"
    assert "Vi har fått henvendelsen din til Kommune" in message.get_content()
    assert "Odin" not in message.as_string()
    promised.refresh_from_db()
    assert (promised.state, promised.attempts, promised.error) == ("sent", 1, "")
    assert (promised.uncertain, promised.claimed_until) == (False, None)
    assert promised.sent_at is not None


@pytest.mark.parametrize("grade", [Grade.STRICT, Grade.STRICT_ABROAD])
def test_strict_protection_that_came_since_stops_the_message(promised, server, grade):
    Case.objects.update(grade=grade)
    schedule.tick()
    promised.refresh_from_db()
    assert (promised.state, promised.error, server.visits) == ("stopped", "not safe", 0)


def test_what_is_sent_is_not_sent_again(promised, server):
    for _time in range(3):
        send(promised.pk)
        schedule.tick()
    assert len(server.received) == 1


def test_a_lost_ring_loses_nothing(promised, server, rings):
    rings.clear()
    schedule.tick()
    assert len(server.received) == 1


@pytest.mark.parametrize(
    ("stage", "answer", "error"),
    [
        ("RCPT", "450 Mailbox busy", "refused 450"),
        ("RCPT", "421 Shutting down", "refused 421"),
        ("DATA", "451 Later", "smtp 451"),
    ],
)
def test_a_no_for_now_is_tried_again_later(promised, server, time_machine, stage, answer, error):
    time_machine.move_to(timezone.now())
    server.will(stage, answer)
    before = timezone.now()
    send(promised.pk)

    promised.refresh_from_db()
    assert (promised.state, promised.error) == ("waiting", error)
    assert promised.uncertain is False
    wait = promised.next_try_at - before
    assert WAITS[0] <= wait < WAITS[0] + timedelta(seconds=10)
    schedule.tick()  # not yet
    assert server.visits == 1

    try_again_at(promised, time_machine)
    assert (promised.state, promised.attempts, promised.error) == ("sent", 2, error)
    assert server.received[-1][1]["Message-ID"] == promised.message_id


@pytest.mark.parametrize(
    ("stage", "answer", "error"),
    [("RCPT", "550 No such user", "refused 550"), ("DATA", "554 Refused", "smtp 554")],
)
def test_a_no_for_good_is_not_tried_again(promised, server, time_machine, stage, answer, error):
    server.will(stage, answer)
    send(promised.pk)
    promised.refresh_from_db()
    assert (promised.state, promised.error, promised.sent_at) == ("failed", error, None)
    time_machine.move_to(timezone.now() + timedelta(days=2))
    schedule.tick()
    assert server.visits == 1


def test_tries_come_to_an_end_that_can_be_seen(promised, server, time_machine):
    time_machine.move_to(timezone.now())
    server.will("RCPT", *["450 Mailbox busy"] * 10)
    send(promised.pk)
    waits = []
    for _time in WAITS:
        promised.refresh_from_db()
        waits.append(round((promised.next_try_at - timezone.now()).total_seconds() / 60))
        try_again_at(promised, time_machine)

    assert waits == [1, 5, 15, 60, 240]
    assert (promised.state, promised.attempts) == ("failed", 6)
    time_machine.move_to(timezone.now() + timedelta(days=2))
    schedule.tick()
    assert (server.visits, len(server.received)) == (6, 0)
    (seen,) = [sign for sign in health.signs() if sign.label == "Meldinger som ikke kom fram"]
    assert (seen.value, seen.is_well) == ("1", False)
    assert Notification.objects.count() == 1


def test_an_answer_that_never_came_is_tried_once_more_under_the_same_name(
    promised, server, time_machine
):
    server.will("DATA", HANGS_UP)
    send(promised.pk)
    promised.refresh_from_db()
    assert (promised.state, promised.uncertain) == ("waiting", True)

    try_again_at(promised, time_machine)
    assert (promised.state, promised.uncertain) == ("sent", True)
    assert {message["Message-ID"] for _to, message in server.received} == {promised.message_id}
    assert len(server.received) == 2


def test_nobody_gets_a_message_three_times(promised, server, time_machine):
    server.will("DATA", *[HANGS_UP] * 5)
    send(promised.pk)
    try_again_at(promised, time_machine)
    assert (promised.state, promised.uncertain) == ("failed", True)
    time_machine.move_to(timezone.now() + timedelta(days=2))
    schedule.tick()
    assert len(server.received) == 2


def test_a_definite_no_after_an_unknown_outcome_does_not_use_up_the_one_repeat(
    promised, server, time_machine
):
    server.will("DATA", HANGS_UP)
    server.will("RCPT", "450 Mailbox busy")
    send(promised.pk)
    try_again_at(promised, time_machine)
    assert promised.state == "waiting"
    try_again_at(promised, time_machine)
    assert (promised.state, promised.uncertain, promised.attempts) == ("sent", True, 3)
    assert len(server.received) == 2


# --- Nobody at home -----------------------------------------------------------------------


def nobody_listens(smtp):
    """Nothing at the port."""
    with socket.socket() as it:
        it.bind(("127.0.0.1", 0))
        smtp.EMAIL_PORT = it.getsockname()[1]
    yield


def nobody_speaks(smtp):
    """Somebody takes the call and says nothing."""
    smtp.EMAIL_TIMEOUT = 0.2
    with socket.socket() as it:
        it.bind(("127.0.0.1", 0))
        it.listen()
        smtp.EMAIL_PORT = it.getsockname()[1]
        yield


def does_not_know_us(smtp):
    """Our password is wrong: our fault and not the receiver's."""
    server = MailServer()
    smtp.EMAIL_HOST_USER, smtp.EMAIL_HOST_PASSWORD = "tibir", "wrong"
    smtp.EMAIL_PORT = server.start(
        authenticator=lambda *args: AuthResult(success=False, handled=False),
        auth_require_tls=False,
    )
    yield
    server.stop()


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
@pytest.mark.parametrize("away", [nobody_listens, nobody_speaks, does_not_know_us])
def test_a_mail_server_that_is_away_for_hours_costs_only_time(promised, smtp, time_machine, away):
    time_machine.move_to(timezone.now())
    trouble = away(smtp)
    next(trouble)
    send(promised.pk)
    for _time in WAITS[:-1]:
        try_again_at(promised, time_machine)
        assert (promised.state, promised.uncertain) == ("waiting", False)
    next(trouble, None)

    server = MailServer()
    smtp.EMAIL_HOST_USER = ""
    smtp.EMAIL_PORT = server.start()
    try_again_at(promised, time_machine)
    server.stop()
    assert (promised.state, promised.uncertain, promised.attempts) == ("sent", False, 6)
    assert len(server.received) == 1


# --- Workers that die ---------------------------------------------------------------------


def died(delivery, **changes):
    """As a worker leaves the row that is killed between the claim and the outcome."""
    changes |= {"state": "sending", "claimed_until": timezone.now() + LEASE}
    Delivery.objects.filter(pk=delivery.pk).update(**changes)


def test_nobody_else_sends_while_somebody_does(promised, server):
    died(promised)
    send(promised.pk)
    schedule.tick()
    assert server.visits == 0


def test_a_worker_that_died_while_sending_is_followed_by_one_more_try(
    promised, server, time_machine
):
    died(promised, attempts=1)
    time_machine.move_to(timezone.now() + LEASE)
    schedule.tick()
    promised.refresh_from_db()
    assert (promised.state, promised.uncertain, promised.attempts) == ("sent", True, 2)
    assert len(server.received) == 1


def test_two_workers_that_died_are_the_end_of_it(promised, server, time_machine):
    died(promised, attempts=2, uncertain=True)
    time_machine.move_to(timezone.now() + LEASE)
    schedule.tick()
    promised.refresh_from_db()
    assert (promised.state, promised.error) == ("failed", "unknown outcome twice")
    assert server.visits == 0


def test_a_delivery_that_is_gone_is_nothing_to_do(db, smtp):
    send(999_999)
