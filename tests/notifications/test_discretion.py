"""Whatever a family wrote, no message and no line of the log repeats it."""

import logging
from datetime import datetime

import pytest

from tests.factories import ANSWERS, UserFactory, refer
from tests.notifications.gateway import Gateway
from tests.notifications.parents import parent_of
from tibir.audit.record import CLOCK
from tibir.calendar.oslo import OSLO
from tibir.deadlines.models import Deadline
from tibir.notifications import actions, schedule
from tibir.notifications.kinds import RULES, Kind
from tibir.notifications.models import Delivery, Notification

NOON = datetime(2027, 3, 1, 12, 31, tzinfo=OSLO)
CANARIES = ["Kanarifugl", "Undulat", "Papegøyeveien", "Kakadue barnehage", "Nymfeparakitt"]
SAID = {
    **ANSWERS,
    "deg": {"name": "Kari Kanarifugl", "relation": "mother", "protection": "no"},
    "barnet": {
        **ANSWERS["barnet"],
        "first_name": "Undulat",
        "address": "Papegøyeveien 1",
        "place": "Kakadue barnehage",
    },
    "bekymringen": {**ANSWERS["bekymringen"], "examples": "Nymfeparakitt"},
}

OF_A_LOGIN = {"kind": "first", "secret": "9GXH-02VD", "until": "i morgen", "what": "codes"}


@pytest.fixture
def gateway(settings):
    gateway = Gateway()
    gateway.start()
    settings.SMS_URL, settings.SMS_TOKEN = gateway.url, "hemmelig"
    yield gateway
    gateway.stop()


@pytest.mark.django_db
def test_no_message_and_no_log_says_anything_of_a_family(gateway, mailoutbox, caplog, time_machine):
    referral = refer(answers=SAID)
    person = parent_of(referral, email="papegoye@post.example", phone="99 00 00 77")
    user = UserFactory(coordinates=referral.unit)
    with caplog.at_level(logging.DEBUG):
        for kind in set(Kind) - {Kind.DIGEST, Kind.SYSTEM_ALARM, Kind.REFERRAL_RECEIVED}:
            if RULES[kind].to_person:
                actions.tell(kind, referral, by=CLOCK, person=person)
            actions.tell(kind, referral, by=CLOCK, user=user, data=OF_A_LOGIN)
            actions.tell(kind, Deadline.objects.first(), by=CLOCK, user=user, data=OF_A_LOGIN)
        actions.alarm("nattjobben 2027-03-01", by=CLOCK)
        Notification.objects.update(created_at=NOON.replace(hour=9))
        time_machine.move_to(NOON)
        schedule.tick()

    assert {delivery.state for delivery in Delivery.objects.all()} == {"sent"}
    mails = [message.message().as_string() for message in mailoutbox]
    assert len(mails) >= 5
    assert "papegoye@post.example" in "".join(mails)  # the canaries would be seen
    texts = [message.body["text"] for message in gateway.received]
    assert len(texts) == 1
    lines = [record.getMessage() for record in caplog.records]
    assert lines
    for said in [*mails, *texts, *lines]:
        assert not [word for word in CANARIES if word in said]
    for line in lines:
        assert "papegoye" not in line
        assert "99000077" not in line.replace(" ", "")
    to_staff = [text for text in mails if "papegoye" not in text]
    assert not [text for text in to_staff if referral.reference in text]
