"""What was measured, read again: what it was before, what others say, and what has changed."""

import re
from datetime import date, timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from tests.factories import UserFactory
from tests.instruments.paper import answered, cast, instrument, licensed
from tibir.audit.models import Change, Event
from tibir.cases.models import Grade, Person
from tibir.core.dates import short_date
from tibir.core.errors import DomainError, StaleState
from tibir.family import actions as family
from tibir.instruments import actions
from tibir.instruments.models import Choice, Measurement, NormSet

pytestmark = pytest.mark.django_db


@pytest.fixture
def given(client):
    case, (mother, father, teacher), user = cast(father="yes", teacher="no")
    client.force_login(user)
    return case, mother, father, teacher, user


def page_of(client, case):
    answer = client.get(reverse("instruments:measurements", args=[case.pk]))
    return re.sub(r"\s+", " ", answer.content.decode())


def test_the_score_before_stands_beside_with_its_day_and_the_change(client, given):
    case, mother, father, _teacher, user = given
    answered(mother, by=user, each=5, taken_on=date(2026, 3, 2))
    answered(father, by=user, each=2, taken_on=date(2026, 5, 4))
    answered(mother, by=user, each=3, taken_on=date(2026, 9, 7), occasion="after")
    shown = page_of(client, case)
    assert f"<td>180 ({short_date(date(2026, 3, 2))})</td><td>−72</td>" in shown
    # Nobody knows what is chance: no source says how much the answers spread.
    assert "tilfeldig" not in shown


@pytest.mark.parametrize(
    ("after", "said"), [(3, "mer enn tilfeldigheter kan forklare"), (5, "kan være tilfeldig")]
)
def test_that_a_change_is_reliable_is_said_only_where_the_norms_can_tell(
    client, given, after, said
):
    case, mother, _father, _teacher, user = given
    row = NormSet.objects.get(code="ecbi", is_in_use=True, rank=10).rows.get(scale="intensity")
    row.sd, row.reliability = 35, 0.8
    row.save()
    answered(mother, by=user, each=5, days_ago=90, totals={"intensity": 170})
    answered(mother, by=user, totals={"intensity": 36 * after})
    assert said in page_of(client, case)


def test_opposite_pictures_stand_beside_each_other_and_it_is_said(client, given):
    case, mother, father, _teacher, user = given
    answered(mother, by=user, each=5)
    assert "Side ved side" not in page_of(client, case)
    answered(father, by=user, each=2)
    shown = page_of(client, case)
    assert "Side ved side: ECBI – før tiltaket" in shown
    assert "De ser dette ulikt: intensitet. Begge kan ha rett" in shown


def test_a_parent_and_a_teacher_are_read_side_by_side_on_the_scales_they_share(client, given):
    case, mother, _father, teacher, user = given
    for code in ("sdq-parent-4-17", "sdq-teacher-4-17"):
        Choice.objects.create(municipality=case.municipality, code=code, is_on=True)
    parts = {"emotional": 2, "conduct": 7, "hyperactivity": 5, "peer": 1}
    answered(mother, by=user, code="sdq-parent-4-17", totals=parts | {"prosocial": 4})
    answered(teacher, by=user, code="sdq-teacher-4-17", totals=parts | {"conduct": 1})
    shown = page_of(client, case)
    assert "Side ved side: SDQ foreldre, 4–17 år, SDQ lærer, 4–17 år" in shown
    assert "ulikt: atferdsvansker. Begge" in shown
    (side,) = re.findall(r"Side ved side.*?</section>", shown)
    assert "Prososial" not in side
    assert "britiske grenseverdier, fire nivåer" in shown


@pytest.mark.parametrize(
    ("born", "said"),
    [
        (date(2019, 9, 1), "Barnet"),
        (date(2005, 1, 1), "Instrumentet er ikke for den alderen."),
        (date(2016, 1, 1), "Normgruppen er den samme."),
    ],
)
def test_a_birth_date_corrected_afterwards_changes_no_score_and_is_said(client, given, born, said):
    case, mother, _father, _teacher, user = given
    made = answered(mother, by=user, taken_on=date(2026, 9, 7))
    before = made.scores
    Person.objects.filter(pk=case.child_id).update(birth_date=born)
    shown = page_of(client, case)
    made.refresh_from_db()
    assert made.scores == before
    assert "<strong>144</strong>" in shown
    if made.age == Person.objects.get(pk=case.child_id).age(date(2026, 9, 7)):
        assert "Fødselsdatoen er rettet" not in shown
    else:
        assert "Fødselsdatoen er rettet siden: barnet var" in shown
        assert said in shown


def test_another_norm_group_is_said(client, given):
    case, mother, _father, _teacher, user = given
    norwegian = NormSet.objects.get(code="ecbi", rank=1)
    norwegian.rows.filter(scale="intensity").update(
        bands=[["average", 36], ["very_high", 130]], least_age=7, most_age=12
    )
    answered(mother, by=user)
    assert "norske grenseverdier" in page_of(client, case)
    day = timezone.localdate()
    Person.objects.filter(pk=case.child_id).update(birth_date=day.replace(year=day.year - 4, day=1))
    shown = page_of(client, case)
    assert "barnet var 4 år, ikke 7" in shown
    assert "Normgruppen er en annen nå. Skårene står som de ble regnet ut." in shown


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_asks_as_much_for_one_as_for_many(client, given, count):
    case, mother, father, _teacher, user = given
    for days_ago in range(count):
        answered(mother, by=user, days_ago=days_ago)
        answered(father, by=user, days_ago=days_ago)
    page_of(client, case)
    with CaptureQueriesContext(connection) as asked:
        page_of(client, case)
    assert len(asked) <= 20, [each["sql"][:90] for each in asked]


# --- Typed twice, and struck out ----------------------------------------------------------------


def second(client, made, numbers, **about):
    said = {f"intensity-{item}": number for item, number in enumerate(numbers, 1)}
    address = reverse("instruments:second", args=[made.case_id, made.pk])
    answer = client.post(address, said | about, follow=True)
    return re.sub(r"\s+", " ", answer.content.decode())


def test_the_same_typed_twice_is_checked_and_says_by_whom(client, given):
    case, mother, _father, _teacher, user = given
    made = answered(mother, by=user)
    colleague = UserFactory(practises_in=case.unit, works_with=case)
    client.force_login(colleague)
    assert "Alt er likt." in second(client, made, ["4"] * 36)
    made.refresh_from_db()
    assert made.checked_by == colleague
    assert f"Kontrollert av {colleague.name}" in page_of(client, case)


def test_what_differs_is_shown_and_the_paper_decides(client, given):
    case, mother, _father, _teacher, user = given
    made = answered(mother, by=user)
    numbers = ["4"] * 35 + ["6"]
    shown = second(client, made, numbers)
    assert '<th scope="row">Intensitet, ledd 36</th><td>4</td><td>6</td>' in shown
    assert Measurement.objects.count() == 1
    second(client, made, numbers, is_sure="on")
    made.refresh_from_db()
    assert made.is_struck
    new = Measurement.objects.standing().get()
    assert (new.replaces, new.scores["intensity"]["value"]) == (made, 146)
    assert new.checked_by == user
    shown = page_of(client, case)
    assert "strøket" in shown
    assert "Det første stemte ikke med papiret." in shown


def test_what_cannot_be_corrected_now_loses_nothing_of_what_was_typed(client, given):
    case, mother, _father, _teacher, user = given
    made = answered(mother, by=user)
    case.move_to("closed", closed_on=timezone.localdate())
    shown = second(client, made, ["5"] * 36, is_sure="on")
    assert "Saken er avsluttet." in shown
    assert len(re.findall(r'name="intensity-\d+" value="5"', shown)) == 36
    made.refresh_from_db()
    assert not made.is_struck


def test_a_mistake_is_struck_out_with_a_reason_and_may_be_typed_anew(client, given):
    case, mother, _father, _teacher, user = given
    made = answered(mother, by=user)
    address = reverse("instruments:strike", args=[case.pk, made.pk])
    assert "Skriv et svar på «Hvorfor er den feil?»." in client.post(address, {}).content.decode()
    client.post(address, {"reason": "Feil barn."})
    assert "Feil barn." in page_of(client, case)
    assert client.get(address).status_code == 409
    with pytest.raises(StaleState):
        actions.strike(made, by=user, reason="x")
    with pytest.raises(StaleState):
        actions.check(made, by=user)
    assert answered(mother, by=user).pk != made.pk
    assert Change.objects.filter(table="instruments_measurement", case_id=case.pk).exists()


def test_what_was_typed_and_counted_never_changes(given):
    _case, mother, _father, _teacher, user = given
    made = answered(mother, by=user)
    for write in (
        lambda: Measurement.objects.update(scores={}),
        lambda: Measurement.objects.update(values={}),
        lambda: Measurement.objects.update(taken_on=timezone.localdate() - timedelta(days=1)),
        made.delete,
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            write()


def test_every_answer_stands_on_the_page_of_the_measurement(client, given):
    case, mother, _father, _teacher, user = given
    made = answered(mother, by=user)
    answer = client.get(reverse("instruments:measurement", args=[case.pk, made.pk]))
    assert answer.content.decode().count('<span class="t-answers__item">') == 36
    read = Event.objects.filter(verb="measurement.read").get()
    assert (read.case_id, read.basis, read.target_id) == (case.pk, "member", made.pk)


# --- For whom ---------------------------------------------------------------------------------


def test_only_those_who_work_with_the_family_see_what_was_measured(client, given):
    case, mother, _father, _teacher, user = given
    made = answered(mother, by=user)
    unit = case.unit
    addresses = [
        reverse("instruments:measurements", args=[case.pk]),
        reverse("instruments:measurement", args=[case.pk, made.pk]),
    ]
    for other, status in (
        (UserFactory(coordinates=unit), 403),
        (UserFactory(leads=unit), 403),
        (UserFactory(practises_in=unit), 404),
    ):
        assert not Measurement.objects.visible_to(other).exists()
        client.force_login(other)
        assert {client.get(address).status_code for address in addresses} == {status}
    assert Measurement.objects.visible_to(user).get() == made


def test_a_leader_of_child_welfare_who_reads_always_reads_and_writes_nothing(client, given):
    case, mother, _father, _teacher, user = given
    made = answered(mother, by=user)
    unit = case.unit
    unit.law_profile, unit.leader_reads = "child_welfare", True
    unit.save()
    leader = UserFactory(leads=unit)
    client.force_login(leader)
    shown = page_of(client, case)
    assert "<strong>144</strong>" in shown
    assert reverse("instruments:choose", args=[case.pk]) not in shown
    for name, *more in (("choose",), ("items", "ecbi"), ("strike", made.pk), ("second", made.pk)):
        address = reverse(f"instruments:{name}", args=[case.pk, *more])
        assert client.post(address).status_code in (403, 405)


def test_under_strict_protection_only_the_cleared_members_see_it(given):
    case, mother, _father, _teacher, user = given
    answered(mother, by=user)
    family.protect(case.child, case, by=user, grade=Grade.STRICT)
    user = type(user).objects.get(pk=user.pk)
    assert not Measurement.objects.visible_to(user).exists()
    cleared = UserFactory(cleared_in=case.municipality, works_with=case)
    assert Measurement.objects.visible_to(cleared).count() == 1


def test_a_measurement_of_another_case_is_not_there(client, given):
    _case, mother, _father, _teacher, user = given
    made = answered(mother, by=user)
    other, _people, _practitioner = cast(made.municipality)
    other.members.create(user=user, role="practitioner", started_on=date(2020, 1, 1))
    for name in ("measurement", "second", "strike"):
        address = reverse(f"instruments:{name}", args=[other.pk, made.pk])
        assert client.get(address).status_code == 404


def test_the_answers_of_items_are_not_let_in_without_a_licence(given):
    case, mother, _father, _teacher, user = given
    with pytest.raises(DomainError):
        actions.measure(
            mother,
            by=user,
            instrument=instrument("pss"),
            occasion="before",
            taken_on=timezone.localdate(),
            answers={"items": [3] * 18},
        )
    licensed(case, user, "pss")
    assert answered(mother, by=user, code="pss", answers={"items": [3] * 18}).scores["stress"]


def test_the_case_page_leads_there_for_those_who_may_read(client, given):
    case, *_others, user = given
    address = reverse("instruments:measurements", args=[case.pk])
    home = reverse("home:case", args=[case.pk])
    assert address in client.get(home).content.decode()
    client.force_login(UserFactory(coordinates=case.unit))
    assert address not in client.get(home).content.decode()
    client.force_login(user)
    assert "Ingen målinger ennå" in page_of(client, case)
