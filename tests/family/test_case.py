"""The case page: one child, and what each who may know of it sees."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from referrals import actions as referrals
from tests.factories import MunicipalityFactory, UnitFactory, UserFactory, confirm, refer
from tests.family.hands import person
from tibir.audit.models import Event
from tibir.cases.models import Case, Grade
from tibir.deadlines.kinds import Kind as Due
from tibir.deadlines.models import Deadline
from tibir.documents.models import Document
from tibir.family import actions

pytestmark = pytest.mark.django_db


@pytest.fixture
def referral():
    return refer()


@pytest.fixture
def case(referral):
    return referral.case


@pytest.fixture
def coordinator(client, case):
    user = UserFactory(coordinates=case.unit)
    client.force_login(user)
    return user


def page_of(client, case):
    return client.get(reverse("home:case", args=[case.pk]))


def text_of(client, case):
    return page_of(client, case).content.decode()


def test_everybody_who_knows_of_the_case_sees_the_child_the_unit_and_the_clock(client, referral):
    unit = referral.unit
    for user in (
        UserFactory(coordinates=unit),
        UserFactory(leads=unit),
        UserFactory(clerks_in=unit),
        UserFactory(practises_in=unit, works_with=referral.case),
    ):
        client.force_login(user)
        text = text_of(client, referral.case)
        for said in ("Odin Ødegård", "Åse-Lill Ødegård", referral.reference, unit.name):
            assert said in text
        assert Event.objects.filter(verb="case.read", actor_id=user.pk).count() == 1


@pytest.mark.parametrize(
    ("who", "contact", "opens", "staffs"),
    [
        ("coordinates", True, True, True),
        ("leads", False, False, True),
        ("clerks_in", False, False, False),
        ("member", True, True, False),
    ],
)
def test_how_to_reach_the_parents_is_for_those_who_do(
    client, referral, who, contact, opens, staffs
):
    unit = referral.unit
    if who == "member":
        user = UserFactory(practises_in=unit, works_with=referral.case)
    else:
        user = UserFactory(**{who: unit})
    client.force_login(user)
    text = text_of(client, referral.case)
    assert ("99\N{NO-BREAK SPACE}00\N{NO-BREAK SPACE}00\N{NO-BREAK SPACE}01" in text) is contact
    assert ("aaselill@post.example" in text) is contact
    assert (f'href="{referral.get_absolute_url()}"' in text) is opens
    assert (reverse("family:members", args=[referral.case_id]) in text) is staffs
    assert "Storgata 1" not in text


def test_the_page_takes_equally_many_queries_with_one_row_and_with_three(client, case, coordinator):
    def asked():
        with CaptureQueriesContext(connection) as queries:
            page_of(client, case)
        return [each["sql"] for each in queries if "SAVEPOINT" not in each["sql"]]

    referral = case.referrals.get()
    confirm(referral, by=coordinator)
    referrals.take(referral, by=coordinator)
    ask(referral, coordinator)
    page_of(client, case)
    one = asked()
    for number in range(3):
        person(case, by=coordinator, first_name=f"Tante {number}")
        ask(referral, coordinator)
        worker = UserFactory(practises_in=case.unit)
        actions.add_member(case, by=coordinator, user=worker, role="practitioner", reason="x")
        other = refer(case.municipality)
        Deadline.objects.filter(case=other.case).update(case=case)
        other.case = case
        other.save(update_fields=["case"])
    three = asked()
    assert len(one) == len(three) <= 14, three


def ask(referral, by):
    people = list(referral.case.people.select_related("person"))
    referrals.ask(referral, by=by, how="letter", question="Hvor?", people=people)


def test_next_steps_lead_to_what_is_missing_and_go_when_it_is_done(client, case, coordinator):
    def steps():
        return [where for _sentence, where in page_of(client, case).context["next"]]

    mother = case.people.get()
    verify = reverse("family:verify_responsibility", args=[case.pk, mother.pk])
    assert steps() == [
        reverse("family:responsible", args=[case.pk]),
        reverse("family:add_member", args=[case.pk]),
        verify,
    ]
    actions.verify_responsibility(
        mother, by=coordinator, responsibility="yes", source="register", on="2026-11-01"
    )
    assert verify not in steps()
    actions.verify_responsibility(
        mother, by=coordinator, responsibility="no", source="register", on="2026-11-02"
    )
    assert reverse("family:people", args=[case.pk]) in steps()


def test_the_search_and_the_referral_lead_to_the_case(client, referral, coordinator):
    address = reverse("home:case", args=[referral.case_id])
    assert f'href="{address}"' in client.get(referral.get_absolute_url()).content.decode()
    found = client.post(reverse("home:search"), {"q": "odin"}, follow=True)
    assert f'href="{address}"' in found.content.decode()


def test_an_outsider_cannot_tell_that_it_exists(client, case):
    client.force_login(UserFactory(coordinates=MunicipalityFactory().intake_unit))
    assert page_of(client, case).status_code == 404
    client.force_login(UserFactory(practises_in=case.unit))
    assert page_of(client, case).status_code == 404


def test_a_case_that_is_merged_points_to_the_other(client, case, coordinator):
    other = refer(case.municipality).case
    actions.merge(other, into=case, by=coordinator)
    assert reverse("home:case", args=[case.pk]) in text_of(client, other)


def test_protection_is_said_in_words(client, case, coordinator):
    Case.objects.filter(pk=case.pk).update(grade=Grade.CONFIDENTIAL)
    assert "Adressesperre: fortrolig" in text_of(client, case)


def test_my_families_stand_on_my_day_and_nothing_of_one_in_hiding(client, referral):
    therapist = UserFactory(
        practises_in=referral.unit, works_with=referral.case, cleared_in=referral.municipality
    )
    client.force_login(therapist)

    def day():
        with CaptureQueriesContext(connection) as queries:
            text = client.get("/").content.decode()
        return text, len(queries)

    client.get("/")
    address = reverse("home:case", args=[referral.case_id])
    text, one = day()
    assert address in text
    assert "Odin Ødegård" in text
    for _number in range(2):
        other = refer(referral.municipality).case
        actions.add_member(other, by=therapist, user=therapist, role="practitioner", reason="x")
    assert day()[1] == one
    Case.objects.update(grade=Grade.STRICT)
    text, _queries = day()
    assert address not in text
    assert "Odin" not in text
    Case.objects.update(grade=Grade.CONFIDENTIAL)
    assert address in day()[0]
    referral.case.members.update(ended_on="2020-01-02")
    assert address not in day()[0]


# --- Another unit ------------------------------------------------------------------------------


def give(client, case, unit, reason="Barneverntjenesten følger opp familien."):
    address = reverse("home:give_unit", args=[case.pk])
    return client.post(address, {"unit": unit.pk, "reason": reason})


@pytest.fixture
def child_welfare(case):
    unit = UnitFactory(municipality=case.municipality, law_profile="child_welfare")
    UserFactory(coordinates=unit)
    return unit


def test_all_that_belongs_to_the_case_gets_the_other_unit_in_one_go(
    client, referral, coordinator, child_welfare, rings
):
    case = referral.case
    confirm(referral, by=coordinator)

    referrals.take(referral, by=coordinator)
    ask(referral, coordinator)
    rings.answer()
    worker = UserFactory(practises_in=case.unit, works_with=case)
    due_on = referral.due_on

    response = give(client, case, child_welfare)

    assert response.url == reverse("home:start")  # the coordinator is not there, and sees no more
    case.refresh_from_db()
    referral.refresh_from_db()
    assert {case.unit, referral.unit} == {child_welfare}
    assert (referral.owner, referral.due_on) == (None, due_on)
    still = Deadline.objects.filter(case=case).open()
    assert set(still.values_list("unit", "owner")) == {(child_welfare.pk, None)}
    assert {Due.ANSWER, Due.CLAIM, Due.MONTH_ANSWER} <= set(still.values_list("kind", flat=True))
    assert set(Document.objects.filter(case=case).values_list("unit", flat=True)) == {
        child_welfare.pk
    }
    assert page_of(client, case).status_code == 404
    client.force_login(worker)
    assert page_of(client, case).status_code == 404
    change = case.changes.get(kind="moved")
    assert (change.was, change.becomes, change.by) == ("Inntak", child_welfare.name, coordinator)
    assert case.members.get(user=worker).end_reason == change.reason
    moved = Event.objects.get(verb="case.moved")
    assert "følger" not in str(moved.codes)
    newcomer = UserFactory(coordinates=child_welfare)
    client.force_login(newcomer)
    referrals.take(referral, by=newcomer)
    assert page_of(client, case).status_code == 200


def test_who_works_in_both_units_keeps_what_they_have(client, referral, coordinator, child_welfare):

    everywhere = UserFactory(coordinates=referral.municipality)
    referrals.take(referral, by=everywhere)
    actions.add_member(
        referral.case, by=coordinator, user=everywhere, role="coordinator", reason="x"
    )
    give(client, referral.case, child_welfare)
    referral.refresh_from_db()
    assert referral.owner == everywhere
    assert referral.case.members.get(ended_on=None).user == everywhere
    clock = Deadline.objects.about(referral, Due.ANSWER).get()
    assert (clock.owner, clock.unit) == (everywhere, child_welfare)


def test_a_unit_where_nobody_takes_what_comes_is_not_offered(
    client, case, coordinator, child_welfare
):
    empty = UnitFactory(municipality=case.municipality)
    elsewhere = MunicipalityFactory().intake_unit
    UserFactory(coordinates=elsewhere)
    for unit in (empty, elsewhere, case.unit):
        response = give(client, case, unit)
        assert response.status_code == 200
        assert "følger opp familien." in response.content.decode()  # what was typed stays
    case.refresh_from_db()
    assert case.unit == case.municipality.intake_unit
    child_welfare.memberships.all().delete()  # the last coordinator there
    nobody = client.get(reverse("home:give_unit", args=[case.pk])).content.decode()
    assert "Ingen annen enhet i kommunen har en koordinator" in nobody


def test_the_form_without_a_reason_is_shown_again(client, case, coordinator, child_welfare):
    response = give(client, case, child_welfare, reason="")
    assert "Skriv et svar på «Begrunnelse»." in response.content.decode()
    case.refresh_from_db()
    assert case.unit != child_welfare
