"""Two of what is one: a parent who stands twice, and two who confirm one parent at once."""

import pytest
from django.urls import reverse
from django.utils import timezone

from referrals import actions as referrals
from tests.factories import ANSWERS, UserFactory, confirm, refer
from tests.family.families import YES, family, says, stands
from tests.family.hands import Hands
from tests.referrals.parent import Page
from tibir.audit.models import Event
from tibir.cases.consensus import Answer
from tibir.cases.models import Purpose
from tibir.deadlines.kinds import Kind as Due
from tibir.deadlines.models import Deadline
from tibir.documents.models import Dispatch
from tibir.family import actions

pytestmark = pytest.mark.django_db


@pytest.fixture
def first(client):
    referral = refer()
    client.force_login(UserFactory(coordinates=referral.unit))
    return referral


@pytest.fixture
def hands(client, first):
    return Hands(client, first.case)


@pytest.fixture
def by(first):
    return UserFactory(coordinates=first.unit)


def test_a_parent_who_stands_twice_after_a_merge_becomes_one_with_all_that_was_said(
    hands, first, by
):
    second = refer(first.municipality)
    confirm(second, by=by)
    says(second.case.people.get(), YES, by=by)
    referrals.merge(second, first, by=by)
    one, two = first.case.people.order_by("pk")
    assert stands(first.case).answer == Answer.WAITS  # for herself
    page = hands.client.get(reverse("home:case", args=[first.case_id])).content.decode()
    assert page.count("står to ganger") == 1
    assert hands.address("same", one.pk) in page  # the one that nobody has confirmed

    assert hands.send("same", one.pk).status_code == 200  # nobody is chosen
    assert hands.send("same", one.pk, other=str(two.pk)).status_code == 302

    assert list(first.case.people.current()) == [two]
    assert stands(first.case).answer == Answer.PROCEEDS
    assert stands(first.case, Purpose.PLACE_CONTACT).said[0].consent  # said in both forms
    for sent in (first, second):
        sent.refresh_from_db()
        assert sent.sent_by == two
    two.refresh_from_db()
    assert (two.is_sender, two.is_verified) == (True, True)
    task = Deadline.objects.get(kind=Due.CONFIRM_CONTACT, target_id=one.pk)
    assert task.closed_reason == "same_person"
    page = hands.client.get(reverse("home:case", args=[first.case_id])).content.decode()
    assert "står to ganger" not in page
    assert hands.send("same", one.pk, other=str(two.pk)).status_code == 409


def test_who_confirms_what_another_has_just_confirmed_is_told_so(client, hands, first, by):
    address = reverse("referrals:confirm_contact", args=[first.pk, first.sent_by_id])
    page = Page(client.get(address))
    confirm(first, by=by)
    typed = {"how": "met", "responsibility": "no", "safe_phone": "no", "safe_email": "no"}
    typed |= {"phone": "99000055", "email": ""}

    second = client.post(address, page.fields() | typed)

    assert second.status_code == 409
    assert "Noen andre har bekreftet personen imens" in second.content.decode()
    assert Page(second).fields()["phone"] == ["99000055"]
    person = first.case.people.select_related("person").get()
    assert (person.responsibility, person.person.phone) == ("yes", "+4799000001")
    again = Page(client.get(address))
    assert client.post(address, again.fields() | typed).status_code == 302


def test_who_presses_again_because_the_answer_was_lost_is_told_that_it_is_done(client, first, by):
    address = reverse("referrals:confirm_contact", args=[first.pk, first.sent_by_id])
    client.force_login(by)
    typed = {"how": "called", "responsibility": "yes", "safe_phone": "yes", "safe_email": "no"}
    typed = Page(client.get(address)).fields() | typed | {"phone": "99 00 00 55", "email": ""}
    answers = [client.post(address, typed) for _again in range(2)]
    assert [each.url for each in answers] == [first.get_absolute_url()] * 2
    assert Event.objects.filter(verb="referral.contact_confirmed").count() == 1
    assert client.post(address, typed | {"how": "met"}).status_code == 409


def test_two_disagreements_say_which_purpose_each_is_about(client):
    case, (mother, father) = family(father="yes")
    coordinator = UserFactory(coordinates=case.unit)
    actions.verify_responsibility(
        mother, by=coordinator, responsibility="yes", source="register", on=timezone.localdate()
    )
    for purpose in (Purpose.TEAM, Purpose.QUALITY):
        says(mother, YES, by=coordinator, purpose=purpose)
        says(father, "refused", by=coordinator, purpose=purpose)
    client.force_login(coordinator)
    for page in (reverse("deadlines:list"), reverse("home:case", args=[case.pk])):
        text = client.get(page).content.decode().lower()
        for what in ("ansvarsgruppe", "bruk av opplysninger til å gjøre tjenesten bedre"):
            assert f"foreldrene er uenige: noen må avgjøre ({what})" in text


def test_the_childs_age_at_receipt_follows_a_corrected_birth_date(hands, first):
    assert first.child_age == first.case.child.age(first.received_on)
    born = first.received_on.replace(year=first.received_on.year - 2)
    day = {"birth_date_0": born.day, "birth_date_1": born.month, "birth_date_2": born.year}
    sent = hands.send("correct_child", reason="Feil år", **day)
    assert sent.status_code == 302, Page(sent).faults()
    first.refresh_from_db()
    assert (first.child_age, first.is_outside_age) == (2, True)


def test_letters_that_still_ask_are_stopped_when_the_family_withdraws(client, first, by):
    other = refer(first.municipality, answers=ANSWERS)
    referrals.link(other, first, by=by)
    for referral in (first, other):
        referral.refresh_from_db()
        confirm(referral, by=by)
        referrals.take(referral, by=by)
        people = first.case.people.filter(pk=referral.sent_by_id)
        referrals.ask(referral, by=by, how="letter", question="Hvor?", people=people)
    assert Dispatch.objects.waiting().count() == 2
    client.force_login(by)
    client.post(reverse("referrals:withdraw", args=[first.pk]), {"reason": "Mor ringte."})
    (left,) = Dispatch.objects.waiting().select_related("document")
    assert left.document.data["reference"] == other.reference


def test_a_leader_with_access_for_a_time_is_led_to_the_referral(client, first):
    leader = UserFactory(leads=first.unit)
    client.force_login(leader)
    page = reverse("home:case", args=[first.case_id])
    link = f'href="{first.get_absolute_url()}"'
    assert link not in client.get(page).content.decode()
    actions.open_for_leader(first.case, by=leader, reason="complaint", text="Klage", days=3)
    assert link in client.get(page).content.decode()
    assert client.get(first.get_absolute_url()).status_code == 200
