"""The people of a case: added, corrected for a reason, verified by name, ended; nothing is lost."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from referrals.rules import is_owed_an_answer
from tests.factories import MunicipalityFactory, UserFactory, refer
from tests.family.hands import Hands, person
from tests.referrals.parent import Page
from tests.referrals.tables import tables_that_say
from tibir.audit.models import Event
from tibir.cases.identity_number import Kind, synthetic_duf, synthetic_number
from tibir.cases.models import CasePerson, Correction, Grade, Person
from tibir.core.errors import DomainError
from tibir.deadlines.kinds import Kind as Due
from tibir.deadlines.models import Deadline
from tibir.documents import actions as documents
from tibir.documents.kinds import Kind as Paper
from tibir.family import actions

pytestmark = pytest.mark.django_db


@pytest.fixture
def case():
    return refer().case


@pytest.fixture
def coordinator(client, case):
    user = UserFactory(coordinates=case.unit, name="Kari Koordinator")
    client.force_login(user)
    return user


@pytest.fixture
def hands(client, case, coordinator):
    return Hands(client, case)


@pytest.fixture
def mother(case):
    return case.people.get()


def number_of(child, serial=0, kind=Kind.BIRTH_NUMBER):
    return synthetic_number(child.birth_date, serial, kind)


def test_parental_responsibility_is_verified_with_name_source_and_day(hands, mother, coordinator):
    assert "ikke bekreftet" in hands.see("person", mother.pk)
    hands.send(
        "verify_responsibility",
        mother.pk,
        responsibility="yes",
        source="register",
        on="20.11.2026",
    )
    mother.refresh_from_db()
    assert (mother.responsibility, mother.responsibility_source) == ("yes", "register")
    assert (f"{mother.responsibility_on}", mother.responsibility_by) == ("2026-11-20", coordinator)
    text = hands.see("person", mother.pk)
    for said in ("Folkeregisteret", "20. november 2026", "Kari Koordinator"):
        assert said in text
    event = Event.objects.get(verb="family.responsibility_verified")
    assert event.codes == {"responsibility": "yes", "source": "register"}


def test_what_is_said_otherwise_later_is_no_longer_verified(hands, mother, coordinator):
    actions.verify_responsibility(
        mother, by=coordinator, responsibility="yes", source="decision", on="2026-11-01"
    )
    about = {"how": "called", "phone": "", "email": "", "safe_phone": "no", "safe_email": "no"}
    actions.verify(mother, by=coordinator, responsibility="yes", **about)
    assert mother.is_responsibility_verified
    actions.verify(mother, by=coordinator, responsibility="no", **about)
    mother.refresh_from_db()
    assert not mother.is_responsibility_verified


def test_a_day_to_come_and_nothing_chosen_are_refused_and_stay(hands, mother):
    answer = hands.send("verify_responsibility", mother.pk, on="20.11.2099")
    page = Page(answer)
    assert set(page.faults()) == {"responsibility", "source", "on"}
    assert page.fields()["on"] == ["20.11.2099"]
    mother.refresh_from_db()
    assert not mother.is_responsibility_verified


def test_a_correction_says_what_it_was_by_whom_and_why(hands, case, coordinator):
    typed = {"birth_date_0": "15", "reason": "Mor ringte: det er den 15."}
    assert hands.send("correct_child", **typed).status_code == 302
    case.child.refresh_from_db()
    assert case.child.birth_date.isoformat() == "2019-03-15"
    correction = Correction.objects.get(person=case.child)
    assert (correction.by, correction.parts) == (coordinator, ["birth_date"])
    assert correction.was == {"birth_date": "2019-03-14"}
    text = hands.see("child")
    for said in ("15. mars 2019", "Mor ringte: det er den 15.", "Kari Koordinator"):
        assert said in text
    event = Event.objects.get(verb="family.person_corrected")
    assert event.codes == {"correction": correction.pk, "parts": ["birth_date"]}
    assert "ringte" not in str(event.codes)


@pytest.mark.parametrize("name", ["correct_child", "hvem", "kontakt", "forhold"])
def test_a_change_without_a_reason_is_shown_again_with_what_was_typed(hands, mother, name):
    where = (name,) if name == "correct_child" else ("correct_person", mother.pk, name)
    typed = {"first_name": "Lang", "phone": "99000077", "lives_with": "no", "reason": ""}
    page = Page(hands.send(*where, **typed))
    assert page.faults() == {"reason": "Skriv et svar på «Hvorfor endrer du det?»."}
    shown = page.fields()
    assert any([text] == shown.get(field) for field, text in typed.items())
    assert not Correction.objects.exists()


def test_nothing_changed_is_no_correction(hands, mother):
    answer = hands.send(
        "correct_person",
        mother.pk,
        "kontakt",
        reason="Ingenting",
        safe_sms="unknown",
        safe_post="unknown",
    )
    assert "Det er ikke endret noe." in answer.content.decode()
    assert not Correction.objects.exists()


def test_contact_is_kept_per_channel_and_encrypted(hands, mother):
    changed = hands.change(
        mother,
        "kontakt",
        phone="99 00 00 44",
        safe_phone="yes",
        safe_sms="no",
        email="ny@post.example",
        safe_email="no",
        address="Hemmelig gate 4",
        safe_post="no",
        preferred="phone",
    )
    assert changed.person.phone == "+4799000044"
    assert (changed.safe_sms, changed.safe_email, changed.safe_post) == ("no", "no", "no")
    assert not changed.may_be_texted
    assert not changed.may_be_emailed
    assert not changed.may_be_posted_to
    text = hands.see("person", mother.pk)
    assert "Hemmelig gate 4" in text
    assert tables_that_say("Hemmelig gate 4") == tables_that_say("+4799000044") == set()


@pytest.mark.parametrize(
    "typed",
    [
        {"preferred": "sms", "safe_sms": "no"},
        {"preferred": "sms", "safe_phone": "no"},
        {"preferred": "email", "safe_email": "no"},
        {"preferred": "post", "safe_post": "no"},
    ],
)
def test_what_is_not_safe_is_not_preferred(hands, mother, typed):
    known = {"safe_phone": "yes", "safe_sms": "yes", "safe_post": "yes", "reason": "x"}
    page = Page(hands.send("correct_person", mother.pk, "kontakt", **(known | typed)))
    assert page.faults() == {"preferred": "Det er ikke trygt. Velg noe annet, eller ingenting."}
    with pytest.raises(IntegrityError), transaction.atomic():
        CasePerson.objects.filter(pk=mother.pk).update(**typed)


def test_a_letter_does_not_go_where_post_is_not_safe(hands, mother, case, coordinator):
    letter = documents.order(
        Paper.INQUIRY,
        by=coordinator,
        municipality=case.municipality,
        case=case,
        unit=case.unit,
        title="x",
        language="nb",
        data={},
    )
    mother = hands.change(mother, "kontakt", safe_phone="yes", safe_sms="yes", safe_post="no")
    with pytest.raises(DomainError):
        documents.send(letter, by=coordinator, person=mother, channel="post")
    documents.send(letter, by=coordinator, person=mother, channel="read_out")


def test_where_a_protected_family_lives_is_on_no_page_and_in_no_form(hands, case, mother):
    Person.objects.filter(pk=mother.person_id).update(address="Hemmelig gate 4")
    case.grade = Grade.CONFIDENTIAL
    case.save(update_fields=["grade"])
    for where in (("people",), ("person", mother.pk), ("correct_person", mother.pk, "kontakt")):
        assert "Hemmelig" not in hands.see(*where)
    assert "Storgata" not in hands.see("child")
    hands.change(mother, "kontakt", safe_phone="yes", safe_sms="yes", safe_post="yes")
    assert Person.objects.get(pk=mother.person_id).address == "Hemmelig gate 4"


def test_who_no_longer_belongs_gets_nothing_more_and_stays_in_the_case(hands, case, mother):
    referral = case.referrals.get()
    assert is_owed_an_answer(mother, referral)
    hands.send("end_person", mother.pk, on="22.11.2026", reason="Flyttet til utlandet.")
    mother.refresh_from_db()
    assert mother.has_ended
    assert not is_owed_an_answer(mother, referral)
    assert not any((mother.may_be_emailed, mother.may_be_texted, mother.may_be_posted_to))
    task = Deadline.objects.get(kind=Due.CONFIRM_CONTACT)
    assert task.closed_reason == "ended"
    assert "hørte til saken til 22. november 2026" in hands.see("people")
    shown = hands.client.get(reverse("home:case", args=[case.pk])).content.decode()
    assert "Åse-Lill" not in shown.partition('id="personer"')[2]
    text = hands.see("person", mother.pk)
    assert "Flyttet til utlandet." in text
    hands.client.post(hands.address("take_back", mother.pk))
    mother.refresh_from_db()
    assert is_owed_an_answer(mother, referral)


def test_a_last_day_before_the_first_is_refused(hands, mother):
    hands.change(mother, "hvem", started_on="10.11.2026")
    page = Page(hands.send("end_person", mother.pk, on="09.11.2026", reason="x"))
    assert page.faults() == {"on": "Den siste dagen kan ikke være før den første."}


def test_one_person_and_three_take_equally_many_queries(
    client, hands, case, coordinator, django_assert_max_num_queries
):
    hands.see("people")
    with django_assert_max_num_queries(30) as queries:
        hands.see("people")
    one = len(queries)
    person(case, by=coordinator)
    person(case, by=coordinator)
    with django_assert_max_num_queries(one):
        hands.see("people")


@pytest.mark.parametrize("who", ["leads", "clerks_in"])
def test_those_without_the_right_see_names_only(client, case, mother, who):
    client.force_login(UserFactory(**{who: case.unit}))
    hands = Hands(client, case)
    for where in (
        ("people",), ("add_person",), ("person", mother.pk), ("end_person", mother.pk),
        ("verify_responsibility", mother.pk), ("correct_person", mother.pk, "hvem"),
        ("child",), ("correct_child",),
    ):  # fmt: skip
        assert client.get(hands.address(*where)).status_code == 403


def test_a_person_of_another_case_and_a_part_that_is_none_are_not_there(hands, case, mother):
    stranger = refer(case.municipality).case.people.get()
    elsewhere = refer(MunicipalityFactory()).case.people.get()
    for other in (stranger, elsewhere):
        for where in (("person", other.pk), ("correct_person", other.pk, "hvem")):
            assert hands.client.get(hands.address(*where)).status_code == 404
    nothing = hands.address("correct_person", mother.pk, "annet")
    assert hands.client.get(nothing).status_code == 404


# --- Identity numbers --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (lambda child: number_of(child), ""),
        (lambda child: number_of(child, kind=Kind.D_NUMBER), ""),
        (lambda child: synthetic_duf(77), ""),
        (lambda child: "30108299920", "Her brukes bare oppdiktede numre"),
        (lambda child: number_of(child)[:-1], "Nummeret har 11 siffer"),
        (lambda child: number_of(child)[:-1] + "x", "Skriv nummeret med bare siffer."),
        (lambda child: "99" + number_of(child)[2:], "De første sifrene er ingen dato."),
    ],
)
def test_a_number_of_each_kind_is_taken_and_a_wrong_one_says_why(hands, case, make, why):
    digits = make(case.child)
    answer = hands.send("correct_child", national_id=digits, reason="Fra passet")
    case.child.refresh_from_db()
    if why:
        page = Page(answer)
        assert why in page.faults()["national_id"]
        assert page.fields()["national_id"] == [digits]
        assert case.child.national_id == ""
    else:
        assert case.child.national_id == digits
        assert Person.objects.with_national_id(digits).get() == case.child
        assert tables_that_say(digits) == set()


def test_in_production_an_invented_number_is_refused(hands, case, settings):
    settings.PRODUCTION = True
    page = Page(hands.send("correct_child", national_id=number_of(case.child), reason="x"))
    assert "Dette er et oppdiktet nummer" in page.faults()["national_id"]


def test_no_number_is_for_a_reason_and_goes_when_there_is_one(hands, case):
    hands.send("correct_child", no_number="not_yet", reason="Nyankommet")
    assert "har ikke fått noe nummer ennå" in hands.see("child")
    page = Page(hands.send("correct_child", national_id=number_of(case.child), reason="x"))
    assert page.faults() == {"no_number": "Personen har et nummer. Velg ingenting her."}
    hands.send("correct_child", national_id=number_of(case.child), no_number="", reason="Brev")
    case.child.refresh_from_db()
    assert (case.child.no_number, case.child.national_id) == ("", number_of(case.child))


@pytest.mark.parametrize(
    "wrong",
    [
        {"national_id": "12345678901"},
        {"national_id_index": b"x" * 16},
        {"no_number": "unknown", "national_id": "1", "national_id_index": b"x" * 16},
    ],
)
def test_the_table_refuses_a_number_without_its_index(case, wrong):
    with pytest.raises(IntegrityError), transaction.atomic():
        Person.objects.filter(pk=case.child_id).update(**wrong)


@pytest.mark.parametrize(
    "wrong",
    [
        {"responsibility_source": "register"},
        {"right_to_information": "yes"},
        {"information_source": "register"},
        {"contact_since": "2026-01-01"},
        {"ended_on": "2026-01-01"},
        {"end_reason": "borte"},
        {"started_on": "2026-02-01", "ended_on": "2026-01-01", "end_reason": "x"},
    ],
)
def test_the_table_refuses_what_is_half_said(mother, wrong):
    with pytest.raises(IntegrityError), transaction.atomic():
        CasePerson.objects.filter(pk=mother.pk).update(**wrong)
