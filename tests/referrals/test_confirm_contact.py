"""Staff knows who it is: from then on the sender may be told, once, and in neutral words."""

from datetime import timedelta

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from tests.factories import ANSWERS, CALL, MunicipalityFactory, UserFactory, refer
from tests.referrals.parent import Page
from tests.referrals.tables import tables_that_say
from tibir.audit.models import Event
from tibir.deadlines.kinds import Kind as Due
from tibir.deadlines.models import Deadline
from tibir.notifications.models import Delivery, Notification

pytestmark = pytest.mark.django_db

FOUND = {
    "how": "called",
    "responsibility": "yes",
    "phone": "99 00 00 01",
    "safe_phone": "yes",
    "email": "turid@post.example",
    "safe_email": "yes",
}
FATHER = {
    "name": "Ole Annenforelder",
    "relation": "father",
    "responsibility": "yes",
    "lives_with": "no",
    "safe": "yes",
    "phone": "+4799000002",
    "email": "ole@post.example",
    "language": "",
}


@pytest.fixture
def referral():
    family = ANSWERS["familien"] | {"people": [FATHER]}
    return refer(answers=ANSWERS | {"familien": family})


@pytest.fixture
def coordinator(client, referral):
    user = UserFactory(coordinates=referral.unit)
    client.force_login(user)
    return user


def sender_of(referral):
    return referral.case.people.get(is_sender=True)


def address_of(referral, person):
    return reverse("referrals:confirm_contact", args=[referral.pk, person.pk])


def confirm(client, referral, person=None, **found):
    address = address_of(referral, person or sender_of(referral))
    return client.post(address, FOUND | found)


def test_a_confirmed_sender_is_told_once_without_a_word_about_the_family(
    client, referral, coordinator, rings
):
    rings.clear()
    response = confirm(client, referral)
    confirm(client, referral)

    assert response.url == referral.get_absolute_url()
    sender = sender_of(referral)
    assert (sender.verified_by, sender.verified_how) == (coordinator, "called")
    assert (sender.safe_email, sender.person.email) == ("yes", "turid@post.example")
    assert sender.person.phone == "+4799000001"
    notification, delivery = Notification.objects.get(), Delivery.objects.get()
    assert (notification.person, notification.kind) == (sender, "referral_received")
    assert (delivery.notification, delivery.state) == (notification, Delivery.State.WAITING)
    assert notification.data.keys() == {"reference", "answer_by"}
    assert [(task.name, ids) for task, ids in rings] == [("notifications.send", (delivery.pk,))]
    assert mail.outbox == []

    rings.answer()

    (message,) = mail.outbox
    assert message.to == ["turid@post.example"]
    assert message.subject == "Vi har fått henvendelsen din"
    place = referral.municipality
    for said in (referral.reference, place.name, place.phone, place.office_hours):
        assert said in message.body
    for silent in ("Odin", "Ødegård", "Åse", "Ole", "barn", "henvisning", "TIBIR", "http"):
        assert silent not in message.body + message.subject
    assert "  " not in message.body
    delivery.refresh_from_db()
    assert (delivery.state, delivery.uncertain, delivery.attempts) == ("sent", False, 1)
    assert tables_that_say("turid@post.example") == set()


def test_the_task_is_done_and_the_log_says_by_whom(client, referral, coordinator, today):
    task = Deadline.objects.get(kind=Due.CONFIRM_CONTACT)
    confirm(client, referral)
    task.refresh_from_db()
    assert task.met_on == today
    assert Deadline.objects.get(kind=Due.ANSWER).met_on is None  # a confirmation is no answer
    done = Event.objects.filter(
        actor_kind="user", actor_id=coordinator.pk, case_id=referral.case_id
    )
    assert set(done.values_list("verb", flat=True)) >= {
        "family.contact_verified",
        "deadline.met",
        "notification.written",
        "referral.contact_confirmed",
    }
    assert "turid@post.example" not in str(list(done.values()))


@pytest.mark.parametrize(
    "found",
    [
        pytest.param({"safe_email": "no"}, id="unsafe"),
        pytest.param({"safe_email": "unknown"}, id="not asked"),
        pytest.param({"email": ""}, id="no address"),
    ],
)
def test_nothing_is_sent_where_it_is_not_known_to_be_safe(
    client, referral, coordinator, rings, found
):
    rings.clear()
    assert confirm(client, referral, **found).status_code == 302
    assert sender_of(referral).is_verified
    assert Notification.objects.count() == Delivery.objects.count() == len(rings) == 0
    assert mail.outbox == []


def test_the_other_parent_has_sent_nothing_and_is_told_nothing(
    client, referral, coordinator, rings
):
    rings.clear()
    father = referral.case.people.get(is_sender=False)
    response = confirm(client, referral, father, email="ole@post.example")
    assert response.status_code == 302
    father.refresh_from_db()
    assert father.is_verified
    assert Notification.objects.count() == Delivery.objects.count() == len(rings) == 0
    assert Deadline.objects.get(kind=Due.CONFIRM_CONTACT).met_on is None


def test_what_has_become_unsafe_since_is_not_sent(client, referral, coordinator, rings):
    confirm(client, referral)
    confirm(client, referral, safe_email="no")
    rings.answer()
    assert mail.outbox == []
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.sent_at, delivery.attempts) == ("stopped", None, 1)


def test_a_corrected_address_is_the_one_that_is_used(client, referral, coordinator, rings):
    confirm(client, referral, email="feil@post.example")
    confirm(client, referral)
    rings.answer()
    assert [message.to for message in mail.outbox] == [["turid@post.example"]]


def test_the_message_is_in_the_language_that_the_sender_chose(client, rings):
    referral = refer(language="en", received_at=timezone.now() - timedelta(days=3))
    client.force_login(UserFactory(coordinates=referral.unit))
    confirm(client, referral)
    assert Notification.objects.get().language == "en"
    assert str(referral.due_on.year) in Notification.objects.get().data["answer_by"]
    assert "desember" not in Notification.objects.get().data["answer_by"].lower()


def test_what_staff_types_wrong_is_said_and_stays(client, referral, coordinator):
    page = Page(confirm(client, referral, how="", phone="12", email="turid"))
    assert page.faults() == {
        "how": "Velg et svar på «Hvordan vet du hvem dette er?».",
        "phone": "Skriv telefonnummeret med 8 siffer, eller med landkode, for eksempel +46.",
        "email": "Skriv e-postadressen slik: navn@eksempel.no.",
    }
    assert page.fields()["email"] == ["turid"]
    assert not sender_of(referral).is_verified
    assert Notification.objects.count() == 0


def test_the_page_shows_what_was_said_on_the_form_and_confirms_nothing_by_itself(
    client, referral, coordinator
):
    page = Page(client.get(address_of(referral, sender_of(referral))))
    assert page.fields()["email"] == ["aaselill@post.example"]
    assert "how" not in page.fields()
    assert not sender_of(referral).is_verified


def test_a_person_of_another_case_is_not_there(client, referral, coordinator):
    other = refer(referral.municipality, answers=CALL)
    assert confirm(client, referral, sender_of(other)).status_code == 404
    assert not sender_of(other).is_verified


@pytest.mark.parametrize("role", ["leads", "clerks_in", "practises_in"])
def test_only_the_coordinator_confirms(client, referral, role):
    client.force_login(UserFactory(**{role: referral.unit}))
    assert confirm(client, referral).status_code in (403, 404)
    assert not sender_of(referral).is_verified
    assert Notification.objects.count() == 0


def test_a_coordinator_elsewhere_finds_nothing(client, referral):
    client.force_login(UserFactory(coordinates=MunicipalityFactory().intake_unit))
    assert confirm(client, referral).status_code == 404
