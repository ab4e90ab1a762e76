"""Families as they are: each walked through the pages, as far as who people are goes."""

import pytest
from django.urls import reverse

from referrals import actions as referrals
from referrals.rules import is_owed_an_answer
from tests.factories import ANSWERS, UserFactory, refer
from tests.family.families import YES, says, stands
from tests.family.hands import Hands
from tests.referrals.parent import Page
from tibir.cases.consensus import Answer
from tibir.cases.identity_number import Kind, synthetic_duf, synthetic_number
from tibir.cases.models import HIDDEN, Case, Grade, Person, StandIn
from tibir.core.errors import DomainError
from tibir.family import actions

pytestmark = pytest.mark.django_db


@pytest.fixture
def referral():
    return refer()


@pytest.fixture
def coordinator(client, referral):
    user = UserFactory(coordinates=referral.unit)
    client.force_login(user)
    return user


@pytest.fixture
def hands(client, referral, coordinator):
    hands = Hands(client, referral.case)
    hands.coordinator = coordinator
    return hands


@pytest.fixture
def mother(referral):
    return referral.case.people.get()


def owed(referral):
    people = referral.case.people.select_related("person").order_by("pk")
    return [each.person.first_name for each in people if is_owed_an_answer(each, referral)]


def shown(hands):
    return hands.client.get(reverse("home:case", args=[hands.case.pk])).content.decode()


def test_two_parents_in_conflict_each_have_their_own_safety_and_times(referral, hands, mother):
    father = hands.add(
        first_name="Terje",
        last_name="Ødegård",
        relation="father",
        responsibility="yes",
        phone="99 00 00 02",
        safe_phone="yes",
    )
    hands.change(
        father,
        "forhold",
        lives_with="partly",
        contact_arrangement="Annenhver helg, fredag til søndag",
        contact_since="01.09.2026",
        right_to_information="yes",
        information_source="decision",
    )
    hands.change(
        mother, "kontakt", safe_phone="no", safe_sms="no", safe_post="no", preferred="email",
        email="ny@post.example", safe_email="yes",
    )  # fmt: skip
    for parent in (mother, father):
        hands.send(
            "verify_responsibility", parent.pk, responsibility="yes", source="register",
            on="20.11.2026",
        )  # fmt: skip

    assert owed(referral) == ["Åse-Lill", "Terje"]
    hers, his = hands.see("person", mother.pk), hands.see("person", father.pk)
    assert "Annenhver helg" in his
    assert "Annenhver helg" not in hers
    assert "ny@post.example" in hers
    assert "ny@post.example" not in his
    mother.refresh_from_db()
    father.refresh_from_db()
    assert not any((mother.may_be_posted_to, mother.may_be_texted))
    assert father.may_be_posted_to
    assert father.is_responsibility_verified


def test_a_foster_home_has_the_child_and_decides_nothing(referral, hands, mother):
    foster = hands.add(
        first_name="Grete", last_name="Myhrvold", relation="foster_parent", lives_with="yes"
    )
    hands.change(mother, "forhold", lives_with="no")
    text = hands.see("person", foster.pk)
    assert "fosterforelder" in text
    assert "ja, fast" in text
    assert owed(referral) == ["Åse-Lill"]
    # A foster parent is not one in whose hands the decision can be put.
    page = Page(hands.client.get(hands.address("stand_in")))
    assert str(foster.pk) not in [option.get("value") for option in page.root.iter("option")]
    decided = {"people": [], "legal_basis": "x", "reference": "26/1", "started_on": "2026-01-01"}
    with pytest.raises(DomainError):
        actions.stand_in(referral.case, by=hands.coordinator, decider=foster, **decided)


def test_barnevern_that_has_taken_over_care_stands_in_the_guardians_place(referral, hands, mother):
    caseworker = hands.add(
        first_name="Barneverntjenesten", last_name="v/ Siv Ås", relation="child_welfare",
        phone="75 00 00 11",
    )  # fmt: skip
    decided = {
        "decider": str(caseworker.pk), "legal_basis": "Hjemmelen kommunen har valgt",
        "started_on": "02.03.2026",
    }  # fmt: skip
    half = Page(hands.send("stand_in", **decided))
    assert half.faults() == {"reference": "Skriv et svar på «Vedtakets nummer»."}
    whole = decided | {"reference": "BFN-2026/114"}
    assert hands.send("stand_in", **whole).status_code == 302

    text = hands.see("person", caseworker.pk)
    assert "fra 2. mars 2026. Vedtak BFN-2026/114" in " ".join(text.split())
    assert "bestemmer i foreldrenes sted fra 2. mars 2026" in shown(hands)
    assert owed(referral) == ["Åse-Lill", "Barneverntjenesten"]
    # Mother's own right is another thing, and stays as it was until somebody says otherwise.
    mother.refresh_from_db()
    assert mother.responsibility == "yes"
    says(mother, YES, by=hands.coordinator)
    assert stands(referral.case).answer == Answer.WAITS  # for the service
    # The relation cannot be made one that decides nothing, nor the person be taken out.
    page = Page(hands.send("correct_person", caseworker.pk, "hvem", relation="other", reason="x"))
    assert "relation" in page.faults()
    ended = hands.send("end_person", caseworker.pk, on="20.11.2026", reason="Feil")
    assert ended.status_code == 409
    # The decision says that mother is asked no more: the service answers in her place.
    assert hands.send("stand_in", **whole, people=[str(mother.pk)]).status_code == 302
    beside, instead = StandIn.objects.order_by("pk")
    assert hands.send("end_stand_in", beside.pk, on="22.11.2026").status_code == 302
    assert stands(referral.case).answer == Answer.WAITS
    assert says(mother, YES, by=hands.coordinator).stand_in == instead
    assert stands(referral.case).answer == Answer.PROCEEDS
    # Care is given back: who it was, and until when, is kept.
    assert hands.send("end_stand_in", instead.pk, on="22.11.2026").status_code == 302
    assert owed(referral) == ["Åse-Lill"]
    assert "BFN-2026/114" in hands.see("consent_history")
    assert hands.change(caseworker, "hvem", relation="other").relation == "other"


@pytest.mark.parametrize("relation", ["step_parent", "grandparent"])
def test_a_step_parent_and_a_grandparent_may_take_part_and_are_owed_nothing(
    referral, hands, relation
):
    other = hands.add(first_name="Bjørg", relation=relation, lives_with="yes", phone="99000009")
    assert owed(referral) == ["Åse-Lill"]
    assert "Bjørg" in shown(hands)
    hands.change(other, "forhold", right_to_information="no", information_source="own_word")
    half = {"right_to_information": "yes", "information_source": "", "reason": "x"}
    page = Page(hands.send("correct_person", other.pk, "forhold", **half))
    assert page.faults() == {"information_source": "Velg hvor vi vet det fra."}
    # Moved out: nothing more, but the row stays.
    hands.send("end_person", other.pk, on="20.11.2026", reason="Flyttet ut.")
    assert "Bjørg" not in shown(hands)
    assert "Bjørg" in hands.see("people")


def test_a_parent_at_a_crisis_centre_is_reached_only_where_it_is_safe(referral, hands, mother):
    """Her whereabouts are nowhere: no address on the person, none on a page or in a form."""
    case = referral.case
    Case.objects.filter(pk=case.pk).update(grade=Grade.CONFIDENTIAL)
    page = Page(hands.client.get(hands.address("correct_person", mother.pk, "kontakt")))
    assert "address" not in page.fields()
    mother = hands.change(
        mother, "kontakt", phone="99000088", safe_phone="yes", safe_sms="no", email="",
        safe_email="no", safe_post="no", preferred="phone",
    )  # fmt: skip
    assert not mother.may_be_posted_to
    text = hands.see("person", mother.pk)
    assert HIDDEN in text
    assert "Adressesperre: fortrolig" in shown(hands)
    referrals.confirm_contact(
        referral, mother, by=UserFactory(coordinates=referral.unit), how="called",
        phone="+4799000088", email="", safe_phone="yes", safe_email="no", responsibility="yes",
    )  # fmt: skip
    mother.refresh_from_db()
    assert mother.is_verified
    assert not mother.may_be_emailed


# --- Numbers -----------------------------------------------------------------------------------


def twin(referral, *, name, serial):
    about = {"first_name": name, "national_id": synthetic_number(_born(referral), serial)}
    return refer(referral.municipality, answers=ANSWERS | {"barnet": ANSWERS["barnet"] | about})


def _born(referral):
    return referral.case.child.birth_date


def decide(client, one, other, verdict):
    address = reverse("referrals:triage", args=[one.pk, other.pk])
    return client.post(address, {"verdict": verdict})


@pytest.mark.parametrize("verdict", ["merged", "linked"])
def test_twins_are_not_made_one_by_mistake(client, referral, coordinator, verdict):
    odin, oda = (twin(referral, name=name, serial=n) for n, name in enumerate(["Odin", "Odina"]))

    refused = decide(client, oda, odin, verdict)
    assert refused.status_code == 409
    assert "hvert sitt fødselsnummer" in refused.content.decode()
    oda.refresh_from_db()
    assert oda.case != odin.case
    assert oda.case.state == "open"
    assert decide(client, oda, odin, "apart").status_code == 302


def test_a_twins_number_is_not_typed_on_the_sibling_in_the_same_case(referral, hands, coordinator):
    number = synthetic_number(_born(referral), 1)
    sister = hands.add(first_name="Oda", last_name="Ødegård", relation="sibling")
    hands.change(sister, "hvem", national_id=number)
    page = Page(hands.send("correct_child", national_id=number, reason="Fra passet"))
    assert page.faults() == {"national_id": "Nummeret står på Oda Ødegård i denne saken."}
    assert page.fields()["national_id"] == [number]
    assert Person.objects.with_national_id(number).get() == sister.person


def test_a_child_known_under_two_numbers_is_one_child_found_by_both(
    client, referral, hands, coordinator
):
    """First a D-number, then a fødselsnummer; another service referred under the new one."""
    born = _born(referral)
    before, after = synthetic_number(born, 0, Kind.D_NUMBER), synthetic_number(born, 0)
    hands.send("correct_child", national_id=before, reason="D-nummer fra mottaket")
    second = refer(
        referral.municipality,
        answers=ANSWERS | {"barnet": ANSWERS["barnet"] | {"national_id": after}},
    )
    assert decide(client, second, referral, "linked").status_code == 409

    unsaid = Page(hands.send("correct_child", national_id=after, reason="Nytt nummer"))
    assert "former" in unsaid.faults()
    sent = hands.send("correct_child", national_id=after, former="also", reason="Nytt nummer")
    assert sent.status_code == 302

    text = hands.see("child")
    assert after in text
    assert before in text
    for digits in (before, after):
        found = client.post(reverse("home:search"), {"q": digits}, follow=True)
        assert referral in [row["referral"] for row in found.context["found"]]
    assert decide(client, second, referral, "linked").status_code == 302
    second.refresh_from_db()
    assert second.case == referral.case


def test_a_number_that_was_wrong_finds_nobody_any_more(client, referral, hands):
    wrong, right = (synthetic_number(_born(referral), serial) for serial in (3, 4))
    hands.send("correct_child", national_id=wrong, reason="Fra skjemaet")
    hands.send("correct_child", national_id=right, former="wrong", reason="Tastefeil")
    assert not Person.objects.with_national_id(wrong).exists()
    assert Person.objects.with_national_id(right).get() == referral.case.child
    # What it was is kept, encrypted, with who put it right.
    correction = referral.case.child.corrections.order_by("-pk").first()
    assert correction.was["national_id"] == wrong


def test_a_number_that_becomes_the_first_one_again_stands_once(referral, hands):
    one, two = (synthetic_number(_born(referral), serial) for serial in (5, 6))
    for digits, former in ((one, ""), (two, "also"), (one, "also")):
        hands.send("correct_child", national_id=digits, former=former, reason="x")
    child = Person.objects.get(pk=referral.case.child_id)
    assert child.national_id == one
    assert [other.national_id for other in child.other_numbers.all()] == [two]


def test_a_duf_number_is_found_too(client, referral, hands):

    digits = synthetic_duf(4711)
    hands.send("correct_child", national_id=digits, reason="Fra UDI")
    found = client.post(reverse("home:search"), {"q": digits}, follow=True)
    assert [row["referral"] for row in found.context["found"]] == [referral]


def test_two_cases_without_numbers_may_be_one_child(referral, coordinator):
    other = refer(referral.municipality)
    referrals.link(other, referral, by=coordinator)
    other.refresh_from_db()
    assert other.case == referral.case
    with pytest.raises(DomainError):
        actions.move(other.case, by=coordinator, unit=other.unit, reason="x")
