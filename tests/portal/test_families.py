"""Families as they are, from where each of them stands: what the form, the status page, the
envelopes and the messages tell each one, and what they never tell."""

from datetime import date

import pytest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from referrals.models import Referral, Submission
from tests.factories import ANSWERS, PROFESSIONAL, MunicipalityFactory, UserFactory, refer
from tests.family.hands import Hands
from tests.html import parse
from tests.referrals.parent import Page, Parent
from tibir.audit.record import CLOCK
from tibir.cases.identity_number import Kind, synthetic_number
from tibir.cases.models import Grade, Person
from tibir.core.codes import TOKEN_BITS, derive, new_secret
from tibir.core.dates import long_date, weekday_date
from tibir.documents import tasks
from tibir.documents.kinds import TEMPLATES
from tibir.documents.models import Dispatch, Document
from tibir.family import actions as family

pytestmark = pytest.mark.django_db

STREET = "Storgata 9\n0000 Fjordvik"
REASON = "Dere har det vanskelig ved leggetid."
OTHER = {
    "name": "Terje Ødegård", "relation": "father", "responsibility": "yes", "lives_with": "no",
    "safe": "yes", "phone": "+4799000002", "email": "terje@post.example", "language": "",
}  # fmt: skip
TOLD_ALL = "Vi har svart på henvisningen din"


def said(people=(), *, name="Åse-Lill Ødegård", relation="mother", protection="no", **family):
    """What a parent answers; hidden, so that no address was asked for."""
    child = ANSWERS["barnet"]
    if protection == "yes":
        child = {key: value for key, value in child.items() if key not in ("address", "place")}
    return ANSWERS | {
        "deg": {"name": name, "relation": relation, "protection": protection},
        "barnet": child,
        "familien": ANSWERS["familien"] | {"people": [OTHER | each for each in people], **family},
    }


class Sender(Parent):
    """Somebody with the status code of what they sent, on their own device."""

    def __init__(self, place, answers, client, **about):
        super().__init__(client, place)
        token = new_secret(TOKEN_BITS)
        self.referral = refer(place, answers=answers, token=token, **about)
        self.submission = self.referral.submission
        self.status_at = reverse("portal:status", args=[place.slug, self.submission.public_id])
        self.press(self.get(self.status_at), typed={"code": derive(Submission.STATUS, token)})

    @property
    def person(self):
        return Referral.objects.get(submission=self.submission).sent_by

    def status(self):
        return self.get(self.status_at).text


class Desk:
    """The coordinator of the intake, at the pages."""

    def __init__(self, client, place):
        self.client, self.place = client, place
        self.user = UserFactory(coordinates=place.intake_unit)
        client.force_login(self.user)

    def post(self, name, *args, **typed):
        response = self.client.post(reverse(name, args=args), typed)
        assert response.status_code == 302, Page(response).faults()

    def hands(self, case):
        return Hands(self.client, case)

    def confirm(self, referral, person, **found):
        known = {
            "how": "called",
            "responsibility": person.responsibility,
            "phone": person.person.phone,
            "safe_phone": "yes",
            "email": person.person.email,
            "safe_email": "yes" if person.person.email else "unknown",
        }
        self.post("referrals:confirm_contact", referral.pk, person.pk, **(known | found))

    def answer_page(self, referral):
        return Page(self.client.get(reverse("interventions:answer", args=[referral.pk])))

    def answer(self, referral, reason=REASON, **ways):
        """`ways` by first name: post, handed_over or read_out. Then all of it is on its way."""
        people = list(referral.case.people.select_related("person"))
        typed = {"outcome": "screening", "reason": reason, "action": "send"}
        for name, way in ways.items():
            for person in people:  # after a merge two may have the name, and one of them is asked
                if person.person.first_name == name.replace("_", "-"):
                    typed |= {f"way-{person.pk}": way}
                    typed |= {f"address-{person.pk}": STREET} if way == "post" else {}
        if not Referral.objects.filter(pk=referral.pk, owner=self.user).exists():
            self.post("referrals:take", referral.pk)
        self.post("interventions:answer", referral.pk, **typed)
        for dispatch in Dispatch.objects.filter(document__case=referral.case):
            tasks.render(dispatch.document_id)
            self.post("documents:done", dispatch.pk, on=f"{timezone.localdate():%d.%m.%Y}")


def envelope(person):
    """What stands on the one letter to this person, who opens no other."""
    letter = Document.objects.get(recipient=person, kind="answer")
    about = {**letter.data, "title": letter.title, "language": letter.language}
    with override(letter.language):
        html = render_to_string(TEMPLATES[letter.kind].path, about)
    return " ".join(" ".join(parse(html).itertext()).split())


def gets_nothing(person, mailoutbox):
    return (
        not Document.objects.filter(recipient=person).exists()
        and not Dispatch.objects.filter(person=person).exists()
        and not mails_to(person, mailoutbox)
    )


def mails_to(person, mailoutbox):
    return [m.subject + m.body for m in mailoutbox if m.to == [person.person.email]]


def assert_silent(text, *words):
    assert [word for word in words if word and word in text] == []


@pytest.fixture
def place():
    return MunicipalityFactory(name="Fjordvik kommune")


@pytest.fixture
def desk(client, place):
    return Desk(client, place)


@pytest.fixture
def elsewhere(client):
    """Another device."""
    return type(client)


def around(referral, relation):
    return referral.case.people.select_related("person", "case").get(relation=relation)


# --- Each family ------------------------------------------------------------------------------


def test_two_parents_in_conflict_each_get_their_own_and_nothing_of_the_others(
    place, desk, elsewhere, rings, mailoutbox
):
    mother = Sender(place, said([{}]), elsewhere())
    referral, father = mother.referral, around(mother.referral, "father")
    rings.answer()
    assert gets_nothing(father, mailoutbox)  # that somebody typed his address is no leave to use it

    desk.confirm(referral, mother.person)
    desk.confirm(referral, father)
    rings.answer()
    assert len(mails_to(mother.person, mailoutbox)) == 1
    assert gets_nothing(father, mailoutbox)  # he asked for nothing, and is told with the answer
    desk.hands(referral.case).change(father, "forhold", contact_arrangement="Annenhver helg")
    assert "Alle får den samme begrunnelsen" in desk.answer_page(referral).text
    before = mother.status()
    desk.answer(referral, Åse_Lill="handed_over", Terje="post")
    rings.answer()

    hers, his = envelope(mother.person), envelope(father)
    assert "Terje Ødegård Storgata 9 0000 Fjordvik" in his
    assert_silent(hers, "Terje", "Storgata", "helg", "99000002", "far")
    assert_silent(his, "Åse-Lill", "Storgata 1", "99000001", "Det tar to timer", "mor ", "helg")
    (told,) = mails_to(father, mailoutbox)
    assert_silent(told, "Åse", "Odin", "Ødegård", "barn", referral.reference)
    assert "Du får svar senest" in before
    assert TOLD_ALL in mother.status()
    assert_silent(mother.status(), "Terje", "uenig", REASON)


def test_two_parents_who_both_asked_for_help_do_not_learn_it_of_each_other(
    place, desk, elsewhere, rings, mailoutbox, today
):
    week_ago = timezone.now() - timezone.timedelta(days=7)
    mother = Sender(place, said(), elsewhere(), received_at=week_ago)
    father_says = said(name="Terje Ødegård", relation="father")
    father_says["kontakt"] = ANSWERS["kontakt"] | {"email": "terje@post.example"}
    father = Sender(place, father_says, elsewhere(), language="en")
    promised = father.status()
    desk.post("referrals:triage", father.referral.pk, mother.referral.pk, verdict="merged")
    assert father.status() == promised
    hers, his = mother.referral.reference, father.referral.reference

    desk.confirm(mother.referral, mother.person)
    desk.confirm(mother.referral, father.person)
    rings.answer()
    (told,) = mails_to(father.person, mailoutbox)
    assert his in told
    assert_silent(told, hers, weekday_date(mother.referral.due_on))
    desk.answer(mother.referral, Åse_Lill="read_out", Terje="read_out")

    letter = envelope(father.person)
    assert his in letter
    assert "You are invited" in letter
    assert_silent(letter, hers, "Åse-Lill")
    assert_silent(envelope(mother.person), his, "Terje")
    for sender, other in ((mother, hers), (father, his)):
        page = sender.status()
        assert other in page
        assert_silent(page, *({hers, his} - {other}))


def test_a_foster_home_that_asks_for_help_is_told_when_and_not_what(
    place, desk, elsewhere, rings, mailoutbox
):
    people = [{"relation": "mother", "name": "Åse-Lill Ødegård", "email": "mor@post.example"}]
    home = {"responsibility": "no", "lives_with": "yes", "people": [OTHER | people[0]]}
    asks = said(name="Grete Myhrvold", relation="foster_parent") | {"familien": home}
    foster = Sender(place, asks, elsewhere())
    referral, mother = foster.referral, around(foster.referral, "mother")
    receipt = foster.submission.receipt.data
    assert receipt["for_guardians"]
    assert "De som har foreldreansvar, får svar senest" in foster.status()
    desk.confirm(referral, foster.person)
    desk.confirm(referral, mother)
    rings.answer()

    fields = desk.answer_page(referral).names()
    assert f"way-{mother.pk}" in fields
    assert f"way-{foster.person.pk}" not in fields
    assert f"address-{mother.pk}" in fields
    prefilled = desk.answer_page(referral).fields()
    assert "Storgata 1" not in str(prefilled[f"address-{mother.pk}"])  # where the child lives now
    desk.answer(referral, Åse_Lill="post")

    assert_silent(envelope(mother), "Grete", "Myhrvold", "Storgata 1", "Solkroken", "99000001")
    assert not Document.objects.filter(recipient=foster.person).exists()
    assert "Svaret er gått til dem som har foreldreansvar" in foster.status()
    assert REASON not in foster.status()
    # Barnevern has agreed that the foster home may know: then it is told as the others.
    hands = desk.hands(referral.case)
    hands.change(
        foster.person, "forhold", right_to_information="yes", information_source="agreement"
    )
    assert "Har du ikke fått svaret?" in foster.status()


def test_barnevern_that_has_taken_over_gets_an_envelope_of_its_own(
    place, desk, elsewhere, rings, mailoutbox
):
    """Mother keeps her right to the answer, and learns from it nothing of where the child is."""
    mother = Sender(place, said(lives_with="no"), elsewhere())
    referral = mother.referral
    hands = desk.hands(referral.case)
    service = hands.add(
        first_name="Barneverntjenesten", relation="child_welfare", phone="75000011",
        email="vern@post.example", safe_email="yes",
    )  # fmt: skip
    decided = {"decider": service.pk, "people": [mother.person.pk], "reference": "BFN-2026/114"}
    desk.post(
        "family:stand_in", referral.case_id, **decided, legal_basis="§", started_on="02.03.2026"
    )
    desk.confirm(referral, mother.person)
    desk.confirm(referral, service)
    Person.objects.filter(pk=referral.case.child_id).update(address="Fosterveien 3")
    asked = desk.answer_page(referral)
    known = asked.fields()
    assert known[f"address-{mother.person.pk}"] == known[f"address-{service.pk}"] == [""]
    assert "Fosterveien" not in asked.html
    desk.answer(referral, Åse_Lill="read_out", Barneverntjenesten="post")
    rings.answer()

    hers, theirs = envelope(mother.person), envelope(service)
    assert_silent(hers, "Foster", "Barnevern", "BFN")
    assert_silent(theirs, "Foster", "Åse-Lill")
    assert "Barneverntjenesten Storgata 9" in theirs
    (told,) = mails_to(service, mailoutbox)
    assert_silent(told, "Odin", "Ødegård")
    assert_silent(mother.status(), "Barnevern", "BFN", "Foster")


def test_a_step_parent_and_a_grandparent_who_live_there_get_nothing(
    place, desk, elsewhere, rings, mailoutbox
):
    """Named in the form, with telephone and e-mail that are safe; confirmed, and living there."""
    people = [
        {
            "name": "Bjørg Ste", "relation": "step_parent", "responsibility": "no",
            "lives_with": "yes", "email": "ste@post.example",
        },
        {
            "name": "Mormor Ås", "relation": "grandparent", "responsibility": "no",
            "lives_with": "yes", "email": "mormor@post.example",
        },
    ]  # fmt: skip
    mother = Sender(place, said(people), elsewhere())
    referral = mother.referral
    others = [around(referral, "step_parent"), around(referral, "grandparent")]
    for person in (mother.person, *others):
        desk.confirm(referral, person)
    desk.post("referrals:take", referral.pk)
    desk.post("referrals:ask", referral.pk, how="letter", question="Hvordan sover han?")
    assert {f"way-{each.pk}" for each in others}.isdisjoint(desk.answer_page(referral).names())
    desk.answer(referral, Åse_Lill="handed_over")
    rings.answer()
    assert all(gets_nothing(each, mailoutbox) for each in others)
    assert_silent(envelope(mother.person), "Bjørg", "Mormor")
    opened = Page(desk.client.get(reverse("family:openings", args=[referral.case_id])))
    may_have_the_list = [e.get("value") for e in opened.root.iter() if e.get("name") == "recipient"]
    assert may_have_the_list == [str(mother.person.pk)]


def test_twins_have_each_their_own_reference_page_and_envelope(place, desk, elsewhere):
    one, two = (
        Sender(
            place,
            said() | {"barnet": ANSWERS["barnet"] | {"first_name": name}},
            elsewhere(),
        )
        for name in ("Odin", "Odina")
    )
    desk.post("referrals:triage", two.referral.pk, one.referral.pk, verdict="apart")
    desk.hands(one.referral.case).send(
        "siblings", reference=two.referral.reference, reason="Tvillinger"
    )
    desk.confirm(one.referral, one.person)
    desk.answer(one.referral, Åse_Lill="read_out")
    assert TOLD_ALL in one.status()
    assert "Du får svar senest" in two.status()
    letter = envelope(one.person)
    assert one.referral.reference in letter
    assert_silent(letter + one.status(), two.referral.reference, "Odina", "Tvilling", "søsken")
    assert not Document.objects.filter(recipient=two.person).exists()


def test_a_sibling_with_a_stricter_grade_silences_what_all_of_them_are_told(
    place, desk, elsewhere, rings, mailoutbox
):
    mother = Sender(place, said([{}]), elsewhere())
    referral = mother.referral
    desk.confirm(referral, mother.person)
    rings.answer()
    mailoutbox.clear()
    before = mother.status()
    sibling = refer(place)
    group = [UserFactory(cleared_in=place) for _number in range(2)]
    family.protect(sibling.case.child, sibling.case, by=CLOCK, grade=Grade.STRICT, group=group)
    family.link(referral.case, sibling.case, by=group[0], reason="Søsken")

    desk.client.force_login(group[0])
    desk.answer(referral, Åse_Lill="handed_over")
    rings.answer()
    assert mailoutbox == []
    assert mother.status() == before  # dates as they were promised, and nothing more
    assert_silent(envelope(mother.person), "Storgata", "Solkroken", "skjerm", "sperre")
    receipt = reverse("portal:receipt_pdf", args=[place.slug, mother.submission.public_id])
    assert mother.client.get(receipt).status_code == 302  # sealed: nothing of it comes out
    assert not Dispatch.objects.filter(channel="post").exists()


def test_a_parent_at_a_crisis_centre_is_found_by_nobody(place, desk, elsewhere, rings, mailoutbox):
    mother = Sender(place, said([{}], protection="yes"), elsewhere())
    referral, father = mother.referral, around(mother.referral, "father")
    Person.objects.filter(pk=mother.person.person_id).update(address="Felleshjemmet 5")
    family.shelter(mother.person.person, referral.case, by=desk.user)
    desk.confirm(
        referral, mother.person, phone="99000088", safe_phone="yes", email="", safe_email="no"
    )
    desk.confirm(referral, father)
    rings.answer()
    assert mails_to(father, mailoutbox) == []
    # A letter that is written by itself does not go to the home she left.
    desk.post("referrals:take", referral.pk)
    desk.post("referrals:ask", referral.pk, how="letter", question="Når passer det å ringe?")
    asked = Document.objects.get(kind="inquiry", recipient=mother.person)
    assert asked.data["recipient"] == []
    assert asked.dispatches.get().channel == "read_out"

    page = desk.answer_page(referral)
    assert "Noen i familien skal ikke kunne finnes" in page.text
    known = page.fields()
    assert known[f"address-{mother.person.pk}"] == [""]
    assert known[f"address-{father.pk}"] == [""]
    desk.answer(referral, Åse_Lill="read_out", Terje="post")
    rings.answer()
    his = envelope(father)
    assert_silent(his, "Åse-Lill", "Felleshjemmet", "99000088", "krise", "skjult")
    assert referral.unit.name not in his
    assert_silent(envelope(mother.person), "Storgata", "Felleshjemmet")
    assert_silent(mother.status(), "skjult", "krise", "sperre")


def test_a_child_known_under_two_numbers_is_one_child_to_its_parents_too(
    place, desk, elsewhere, today
):
    """Referred by mother with the old number, and by the health station with the new one."""
    born = date.fromisoformat(ANSWERS["barnet"]["birth_date"])
    old, new = synthetic_number(born, 0, Kind.D_NUMBER), synthetic_number(born, 0)
    mother = Sender(
        place, said() | {"barnet": ANSWERS["barnet"] | {"national_id": old}}, elsewhere()
    )
    theirs = PROFESSIONAL | {"barnet": ANSWERS["barnet"] | {"national_id": new}}
    station = Sender(place, theirs, elsewhere())
    promised = station.status()
    desk.hands(mother.referral.case).send(
        "correct_child", national_id=new, former="also", reason="Nytt nummer"
    )
    desk.post("referrals:triage", station.referral.pk, mother.referral.pk, verdict="merged")
    assert station.status() == promised
    desk.confirm(mother.referral, mother.person)
    desk.answer(mother.referral, Åse_Lill="read_out")
    assert TOLD_ALL in mother.status()
    assert f"Besvart {long_date(today)}" in station.status()
    letter = envelope(mother.person)
    assert mother.referral.reference in letter
    for number in (old, new):
        assert_silent(letter + mother.status() + station.status(), number, number[6:])
    assert station.referral.reference not in letter + mother.status()
