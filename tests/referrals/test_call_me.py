"""The short door: a name, a number and a safe time."""

from datetime import timedelta

import pytest
from django.core import mail

from referrals.models import Draft, Referral, Submission
from tests.factories import MunicipalityFactory
from tests.referrals.parent import CALL, Page, Parent
from tests.referrals.tables import tables_that_say
from tibir.deadlines.models import Deadline
from tibir.notifications.models import Notification

pytestmark = pytest.mark.django_db


@pytest.fixture
def parent(client):
    return Parent(client, MunicipalityFactory())


@pytest.fixture
def door(parent):
    return parent.get(f"/{parent.municipality.slug}/henvisning/ring-meg/")


def test_a_call_that_is_asked_for_is_a_referral_and_starts_the_clock(parent, door, today):
    receipt = Page(parent.press(door, typed=CALL), parent.client)

    assert (receipt.status, receipt.heading) == (200, "Vi har fått beskjeden din. Vi ringer deg.")
    submission, referral = Submission.objects.get(), Referral.objects.get()
    assert submission.channel == Submission.Channel.CALL_ME
    assert submission.answers == {"ring-meg": CALL | {"phone": "+4799000003", "child_age": 5}}
    assert submission.reference in receipt.text
    assert (referral.received_on, referral.due_on) == (today, today + timedelta(days=14))
    assert (referral.child_age, referral.asked_for_protection) == (5, False)
    sender = referral.case.people.select_related("person").get()
    assert (sender.person.name, sender.person.phone) == ("Samira Rahmani", "+4799000003")
    assert (sender.is_sender, sender.safe_phone, sender.safe_email) == (True, "yes", "unknown")
    assert referral.case.child.name == "uten navn"
    assert set(Deadline.objects.values_list("kind", flat=True)) == {
        "answer",
        "read",
        "claim",
        "confirm_contact",
    }

    assert Draft.objects.count() == Notification.objects.count() == len(mail.outbox) == 0
    assert tables_that_say("99000003") | tables_that_say("anari") == set()


@pytest.mark.parametrize("language", ["nn", "en"])
def test_a_change_of_language_keeps_what_was_typed(parent, door, language):
    changed = Page(parent.speak(door, language, CALL | {"phone": "tolv"}), parent.client)
    assert (changed.status, changed.language, changed.faults()) == (200, language, {})
    fields = changed.fields()
    assert (fields["name"], fields["phone"]) == (["Samira Rahmani"], ["tolv"])
    assert fields["token"] == door.fields()["token"]

    parent.press(changed, typed={"phone": "99000003"})
    assert Submission.objects.get().language == language


def test_what_is_wrong_is_said_and_what_was_typed_stays(parent, door):
    typed = CALL | {"name": " ", "phone": "12", "child_age": "fem", "when": "x" * 201}
    wrong = Page(parent.press(door, typed=typed))
    assert wrong.faults() == {
        "name": "Skriv et svar på «Hva heter du?».",
        "phone": "Skriv telefonnummeret med 8 siffer, eller med landkode, for eksempel +46.",
        "child_age": "Skriv «Hvor gammelt er barnet?» med et tall fra 0 til 25.",
        "when": "Svaret på «Når er det trygt at vi ringer?» er 201 tegn. "
        "Kort det ned til 200 tegn.",
    }
    fields = wrong.fields()
    assert {name: fields[name] for name in typed} == {name: [text] for name, text in typed.items()}
    assert Submission.objects.count() == 0
    assert parent.press(wrong, typed=CALL).status_code == 302


def test_a_page_with_mistakes_is_there_when_one_goes_back_to_it(parent, door):
    typed = CALL | {"phone": "tolv"}
    answer = parent.post(door.path, door.fields() | typed)
    assert (answer.status_code, answer.url) == (302, door.path + "?vis=feil")
    for _time in range(2):
        page = parent.get(answer.url)
        assert page.faults().keys() == {"phone"}
        fields = page.fields()
        assert {name: fields[name] for name in typed} == {name: [typed[name]] for name in typed}
        assert fields["token"] == door.fields()["token"]
    assert parent.get(door.path).fields()["name"] == [""]  # whoever comes next has not typed it


def test_what_was_typed_is_kept_on_the_device_alone_and_sealed(parent, door):
    answer = parent.post(door.path, door.fields() | CALL | {"phone": "tolv"})
    (ticket,) = (m for m in answer.cookies.values() if "skrevet" in m.key)
    assert (ticket["httponly"], ticket["secure"], ticket["max-age"]) == (True, True, 3600)
    for silent in ("Samira", "tolv", "anari"):
        assert silent not in ticket.value
    assert tables_that_say("tolv") == tables_that_say("anari") == set()

    stranger = Parent(type(parent.client)(), parent.municipality)
    page = stranger.get(answer.url)
    assert (page.status, page.faults(), page.fields()["name"]) == (200, {}, [""])


@pytest.mark.parametrize("meddled", ["x", "AAAA", "é", "A" * 400, '{"name": ["x"]}'])
def test_a_page_that_somebody_meddled_with_is_an_empty_one(parent, door, meddled):
    answer = parent.post(door.path, door.fields() | CALL | {"phone": "tolv"})
    (name,) = (m.key for m in answer.cookies.values() if "skrevet" in m.key)
    parent.client.cookies[name] = meddled
    page = parent.get(answer.url)
    assert (page.status, page.faults(), page.fields()["name"]) == (200, {}, [""])


def test_more_than_a_cookie_holds_comes_back_all_the_same(parent, door):
    typed = CALL | {"when": "Når som helst, men helst ikke. " * 400}
    page = Page(parent.press(door, typed=typed))
    assert page.faults().keys() == {"when"}
    assert page.fields()["when"] == [typed["when"]]
    spoken = Page(parent.speak(page, "en", typed), parent.client)
    assert (spoken.language, spoken.fields()["when"]) == ("en", [typed["when"]])


def test_what_was_sent_at_last_is_no_longer_on_the_device(parent, door):
    parent.post(door.path, door.fields() | CALL | {"phone": "tolv"})
    wrong = parent.get(door.path + "?vis=feil")
    assert parent.press(wrong, typed=CALL).status_code == 302
    assert not [m for m in parent.client.cookies.values() if "skrevet" in m.key and m.value]
    page = parent.get(door.path + "?vis=feil")
    assert (page.faults(), page.fields()["name"]) == ({}, [""])


def test_nothing_at_all_says_what_to_type_too(parent, door):
    answer = parent.post(door.path, {"csrfmiddlewaretoken": "x"})
    assert Page(answer, parent.client).faults().keys() == {"name", "phone", "child_age"}


def test_nothing_typed_says_what_to_type(parent, door):
    assert Page(parent.press(door)).faults().keys() == {"name", "phone", "child_age"}


def test_an_age_of_nought_years_is_an_age(parent, door):
    parent.press(door, typed=CALL | {"child_age": "0"})
    submission = Submission.objects.get()
    assert Referral.objects.get().child_age == 0
    (section,) = submission.receipt.data["sections"]
    assert {"question": "Hvor gammelt er barnet?", "answer": "0"} in section["rows"]


def test_a_double_click_and_a_reload_are_one_referral(parent, door):
    receipts = {parent.press(door, typed=CALL).url for _time in range(3)}
    assert len(receipts) == 1
    assert Submission.objects.count() == Referral.objects.count() == 1


def test_somebody_who_comes_back_and_writes_something_else_is_heard_once_more(parent, door):
    first = parent.press(door, typed=CALL).url
    second = {parent.press(door, typed=CALL | {"when": "etter 15"}).url for _time in range(3)}

    assert len(second) == 1
    assert first not in second
    assert Submission.objects.count() == Referral.objects.count() == 2
    assert Page(parent.client.get(second.pop())).status == 200
    assert parent.press(door, typed=CALL).url == first


def test_a_busy_address_may_reload_but_not_ask_for_ever_more_calls(parent, door, settings):
    settings.SUBMISSIONS_PER_HOUR_PER_ADDRESS = 1
    receipt = parent.press(door, typed=CALL).url
    assert parent.press(door, typed=CALL).url == receipt
    for when in ("etter 13", "etter 14"):
        assert Page(parent.press(door, typed=CALL | {"when": when})).status == 429
    assert Submission.objects.count() == 1


@pytest.mark.parametrize("token", ["", "x", "A" * 52 + "é", "U" * 52, "0" * 51, "\0" * 52])
def test_a_token_that_somebody_meddled_with_is_replaced(parent, door, token):
    receipt = Page(parent.press(door, typed=CALL | {"token": token}), parent.client)
    assert receipt.status == 200
    assert Submission.objects.count() == 1


def test_the_token_of_another_family_does_not_show_their_receipt(parent, door):
    """The token is a secret of theirs; with other words it is another submission."""
    parent.press(door, typed=CALL)
    theirs = Submission.objects.get()
    stranger = Parent(type(parent.client)(), parent.municipality)

    receipt = stranger.press(door, typed=CALL | {"name": "En fremmed"}).url

    assert str(theirs.public_id) not in receipt
    assert str(theirs.public_id) not in str(stranger.client.cookies)
