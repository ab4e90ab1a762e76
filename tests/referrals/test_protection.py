"""A family that must not be found: asked first, and then never asked where they are."""

import pytest

from referrals.models import Draft, Referral, Submission
from tests.factories import MunicipalityFactory
from tests.referrals.parent import SLUGS, TYPED, Page, Parent
from tests.referrals.tables import tables_that_say
from tibir.audit.models import Event
from tibir.cases.models import Case, Grade

pytestmark = pytest.mark.django_db

PLACES = {"address": "Kanariveien 7, 0000 Fjordvik", "place": "Kanari barnehage"}


@pytest.fixture
def parent(client):
    return Parent(client, MunicipalityFactory())


def is_kept(text):
    draft = Draft.objects.get()
    return text in str(draft.payload)


@pytest.mark.parametrize("answer", ["yes", "talk"])
def test_yes_and_a_wish_to_talk_hide_every_question_about_where_the_child_is(parent, answer):
    parent.begin()
    parent.fill_in("deg", protection=answer)

    child = parent.open("barnet")
    assert child.names() & PLACES.keys() == set()
    assert parent.municipality.phone in child.text
    assert "Vi spør ikke om adresse, barnehage eller skole." in child.text
    assert "place_contact" not in parent.open("samtykke").names()

    parent.fill_in("barnet")
    for question in ("Hvor bor barnet?", "Hvilken barnehage", "Kan vi kontakte barnehagen"):
        assert question not in parent.open("oppsummering").text


def test_a_plain_no_asks(parent):
    parent.begin()
    parent.fill_in("deg", protection="no")
    child = parent.open("barnet")
    assert child.names() >= PLACES.keys()
    assert "Vi spør ikke om adresse" not in child.text
    assert "place_contact" in parent.open("samtykke").names()


@pytest.mark.parametrize("answer", [None, "", "NO", "no\0", "maybe"])
def test_no_answer_is_no_permission_to_ask(parent, answer):
    parent.begin()
    if answer is not None:
        parent.press(parent.open("deg"), typed=TYPED["deg"] | {"protection": answer})
    child = parent.open("barnet")
    assert child.names() & PLACES.keys() == set()
    parent.press(child, "later", TYPED["barnet"] | PLACES)
    assert not is_kept("Kanari")


@pytest.mark.parametrize("answer", ["yes", "talk"])
def test_a_later_yes_takes_back_what_was_typed_before_it(parent, answer):
    parent.fill_in_all()
    assert is_kept("Kanariveien")
    assert is_kept("Kanari barnehage")

    parent.press(parent.open("deg"), typed={"protection": answer})

    assert not is_kept("Kanariveien")
    assert not is_kept("Kanari barnehage")
    assert not is_kept("place_contact")
    summary = parent.open("oppsummering")
    assert "Kanariveien" not in summary.text
    parent.press(summary)
    submission = Submission.objects.get()
    assert "Kanariveien" not in str(submission.answers)
    assert "Kanari barnehage" not in str(submission.answers)
    assert "place_contact" not in submission.answers["samtykke"]
    assert "Kanariveien" not in str(submission.receipt.data)
    assert Case.objects.get().child.address == ""


def test_a_yes_that_is_taken_back_does_not_bring_the_address_back(parent):
    parent.fill_in_all()
    parent.press(parent.open("deg"), typed={"protection": "yes"})
    parent.press(parent.open("deg"), typed={"protection": "no"})
    assert parent.open("barnet").fields()["address"] == [""]


def test_fields_that_were_not_asked_are_ignored_when_posted_by_hand(parent):
    parent.begin()
    parent.fill_in("deg", protection="yes")
    child = parent.open("barnet")
    parent.post(child.path, child.fields() | TYPED["barnet"] | PLACES | {"action": "next"})
    assert not is_kept("Kanari")
    for slug in SLUGS:
        if slug not in ("deg", "barnet"):
            parent.hurry_through(slug)
    parent.press(parent.open("samtykke"), typed={"place_contact": "yes", "address": "Kanariveien"})

    parent.press(parent.open("oppsummering"), typed=PLACES)

    answers = Submission.objects.get().answers
    assert answers["barnet"].keys() & PLACES.keys() == set()
    assert "place_contact" not in answers["samtykke"]
    assert tables_that_say("Kanariveien") == set()


@pytest.mark.parametrize(
    ("answer", "grade", "asked"),
    [
        ("yes", Grade.CONFIDENTIAL, True),
        ("talk", Grade.OPEN, True),
        ("no", Grade.OPEN, False),
    ],
)
def test_a_yes_makes_the_case_confidential_and_a_wish_to_talk_is_marked(
    parent, answer, grade, asked
):
    receipt = Page(parent.refer(deg={"protection": answer}), parent.client)

    assert receipt.status == 200
    referral = Referral.objects.get()
    assert (referral.case.grade, referral.case.child.grade) == (grade, grade)
    assert referral.asked_for_protection == asked
    protected = Event.objects.filter(verb="case.protected", case_id=referral.case_id)
    assert protected.count() == (grade != Grade.OPEN)


def test_a_missing_name_does_not_take_the_address_back(parent):
    """Only an answer about protection does."""
    parent.fill_in_all()
    parent.press(parent.open("deg"), typed={"name": ""})

    child = parent.open("barnet")
    assert child.fields()["address"] == ["Kanariveien 7, 0000 Fjordvik"]
    parent.press(child)
    assert is_kept("Kanariveien")
