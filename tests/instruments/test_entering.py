"""Typing in what somebody answered: what is kept, what is refused, and that nothing is lost."""

import re
from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.instruments.paper import answered, cast, instrument, licensed, typed
from tibir.audit.models import Event
from tibir.cases.models import Person
from tibir.core.errors import DomainError
from tibir.instruments import actions
from tibir.instruments.models import Choice, Licence, Measurement, NormSet

pytestmark = pytest.mark.django_db


@pytest.fixture
def given(client):
    case, (mother, teacher), user = cast(teacher="no")
    client.force_login(user)
    return case, mother, teacher, user


def at(name, case, *more):
    return reverse(f"instruments:{name}", args=[case.pk, *more])


def page(answer):
    return re.sub(r"\s+", " ", answer.content.decode())


def test_36_numbers_become_a_score_with_a_band_and_who_typed_it(client, given):
    case, mother, _teacher, user = given
    licensed(case, user)
    response = client.post(at("items", case, "ecbi"), typed(mother, ["4"] * 36), follow=True)

    made = Measurement.objects.get()
    assert made.scores == {"intensity": {"value": 144, "answered": 36, "asked": 36, "band": "over"}}
    assert (made.values, made.way) == ({"intensity": [4] * 36}, "items")
    assert (made.entered_by, made.municipality) == (user, case.municipality)
    shown = page(response)
    assert "<strong>144</strong>" in shown
    assert "over grensen" in shown
    assert "amerikanske grenseverdier" in shown
    assert "USA, manualen for ECBI (PAR)" in shown
    verbs = Event.objects.filter(actor_id=user.pk).values_list("verb", flat=True)
    assert {"measurement.entered", "measurement.listed"} <= set(verbs)


def test_the_licence_is_asked_for_once_and_totals_need_none(client, given):
    case, mother, _teacher, user = given
    items, licence = at("items", case, "ecbi"), at("licence", case, "ecbi")
    assert client.get(items).url == licence
    assert client.post(items, typed(mother, ["4"] * 36)).url == licence
    assert not Measurement.objects.exists()

    about = typed(mother, [], **{"total-intensity": "144", "total-problem": "16"})
    client.post(at("totals", case, "ecbi"), about)
    made = Measurement.objects.get()
    assert (made.way, made.scores["problem"]["band"]) == ("totals", "over")
    assert made.scores["intensity"]["answered"] is None

    assert "Kryss av hvis kommunen har lov" in page(client.post(licence, {}))
    assert client.post(licence, {"is_licensed": "on"}).url == items
    assert client.get(items).status_code == 200
    said = Licence.objects.get()
    assert (said.confirmed_by, said.licence, said.municipality) == (user, "ecbi", case.municipality)
    client.post(licence, {"is_licensed": "on"})
    assert Event.objects.filter(verb="licence.confirmed").count() == 1
    # One licence for every SDQ form; ECBI's is another.
    assert client.get(at("items", case, "pss")).url == at("licence", case, "pss")


def test_a_number_out_of_range_is_named_and_nothing_is_lost(client, given):
    case, mother, _teacher, user = given
    licensed(case, user)
    numbers = ["4"] * 36
    numbers[6], numbers[20] = "8", "x"
    shown = page(client.post(at("items", case, "ecbi"), typed(mother, numbers)))
    for item in (7, 21):
        assert f"Skriv «intensitet, ledd {item}» med et tall fra 1 til 7." in shown
    assert len(re.findall(r'name="intensity-\d+" value="4"', shown)) == 34
    assert 'name="intensity-7" value="8"' in shown
    assert 'name="intensity-21" value="x"' in shown
    assert not Measurement.objects.exists()


def test_a_half_answered_scale_is_asked_about_and_then_follows_the_rule(client, given):
    case, mother, _teacher, user = given
    licensed(case, user)
    numbers = ["4"] * 33 + [""] * 3
    about = typed(mother, numbers)
    shown = page(client.post(at("items", case, "ecbi"), about))
    assert "Intensitet: 34, 35, 36" in shown
    assert 'name="blank"' in shown
    client.post(at("items", case, "ecbi"), about | {"blank": "on"})
    score = Measurement.objects.get().scores["intensity"]
    assert score == {"value": 33 * 4 + 3, "answered": 33, "asked": 36, "band": "over"}
    assert "3 av 36 ledd mangler." in page(client.get(at("measurements", case)))


def test_with_too_many_missing_there_is_no_score_and_the_page_says_so(client, given):
    case, mother, _teacher, user = given
    licensed(case, user)
    about = typed(mother, ["4"] * 32 + [""] * 4, blank="on")
    shown = page(client.post(at("items", case, "ecbi"), about, follow=True))
    assert "Kan ikke regnes ut: 4 av 36 ledd mangler." in shown
    assert Measurement.objects.get().scores["intensity"]["band"] == ""


def test_nothing_at_all_is_no_measurement(client, given):
    case, mother, _teacher, user = given
    licensed(case, user)
    shown = page(client.post(at("items", case, "ecbi"), typed(mother, [""] * 36)))
    assert "Skriv inn svarene fra papiret." in shown
    shown = page(client.post(at("totals", case, "ecbi"), typed(mother, [])))
    assert "Skriv inn minst én sum." in shown
    assert not Measurement.objects.exists()


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("intensity", "35", "Skriv «Intensitet» med et tall fra 36 til 252."),
        ("problem", "37", "Skriv «Problem» med et tall fra 0 til 36."),
    ],
)
def test_a_total_that_cannot_be_is_refused(client, given, key, value, said):
    case, mother, *_others = given
    about = typed(mother, [], **{f"total-{key}": value})
    assert said in page(client.post(at("totals", case, "ecbi"), about))


def test_a_sum_that_does_not_add_up_is_refused(client, given):
    case, mother, *_others = given
    Choice.objects.create(municipality=case.municipality, code="sdq-parent-4-17", is_on=True)
    parts = {"total-conduct": "3", "total-hyperactivity": "7", "total-externalising": "11"}
    shown = page(client.post(at("totals", case, "sdq-parent-4-17"), typed(mother, [], **parts)))
    assert "«Utagerende» er summen av atferdsvansker + hyperaktivitet, og det blir 10" in shown


def test_an_instrument_for_another_age_is_refused_with_both_ages(client, given):
    case, mother, *_others = given
    Choice.objects.create(municipality=case.municipality, code="sdq-parent-2-4", is_on=True)
    chosen = page(client.get(at("choose", case)))
    assert "Barnet er 7 år nå." in chosen
    about = typed(mother, [], **{"total-total": "12"})
    shown = page(client.post(at("totals", case, "sdq-parent-2-4"), about))
    assert "For barn fra 2 til 4 år. Barnet var 7 år den dagen." in shown
    assert 'value="12"' in shown
    # It was filled in when the child had the age.
    about["taken_on"] = "15.3.2022"
    client.post(at("totals", case, "sdq-parent-2-4"), about)
    assert Measurement.objects.get().age == 3


def test_without_a_birth_date_there_are_scores_and_no_norm_group(client, given):
    case, mother, *_others = given
    Person.objects.filter(pk=case.child_id).update(birth_date=None)
    assert "Fødselsdatoen er ikke skrevet inn." in page(client.get(at("choose", case)))
    about = typed(mother, [], **{"total-intensity": "144"})
    shown = page(client.post(at("totals", case, "ecbi"), about, follow=True))
    assert "Skårene står uten nivå." in shown
    made = Measurement.objects.get()
    assert (made.age, made.norm_set, made.scores["intensity"]["band"]) == (None, None, "")


def test_who_answers_must_be_somebody_who_can(client, given):
    case, mother, teacher, user = given
    licensed(case, user)
    choices = dict(
        client.get(at("items", case, "ecbi")).context["form"].fields["informant"].choices
    )
    assert set(choices) == {"", str(mother.pk)}
    shown = page(client.post(at("items", case, "ecbi"), typed(teacher, ["4"] * 36)))
    assert "Velg ett av svarene som står under «Hvem har svart?»." in shown
    with pytest.raises(DomainError):
        answered(teacher, by=user)


def test_when_nobody_of_the_case_can_have_answered_the_page_says_what_to_do(client):
    case, _people, user = cast()
    client.force_login(user)
    Choice.objects.create(municipality=case.municipality, code="sdq-teacher-4-17", is_on=True)
    shown = page(client.get(at("totals", case, "sdq-teacher-4-17")))
    assert "Ingen i saken kan ha svart på dette" in shown
    assert reverse("family:add_person", args=[case.pk]) in shown


def test_the_same_form_is_not_typed_in_twice(client, given):
    case, mother, _teacher, user = given
    answered(mother, by=user)
    shown = page(client.post(at("items", case, "ecbi"), typed(mother, ["5"] * 36)))
    assert "er alt skrevet inn" in shown
    assert len(re.findall(r'name="intensity-\d+" value="5"', shown)) == 36
    assert Measurement.objects.count() == 1


def test_a_day_to_come_is_refused(client, given):
    case, mother, *_others = given
    tomorrow = (timezone.localdate() + timedelta(days=1)).strftime("%d.%m.%Y")
    about = typed(mother, [], taken_on=tomorrow, **{"total-intensity": "144"})
    assert "kan ikke være etter i dag" in page(client.post(at("totals", case, "ecbi"), about))


def test_in_a_closed_case_nothing_is_typed_in(client, given):
    case, mother, *_others = given
    case.move_to("closed", closed_on=timezone.localdate())
    about = typed(mother, [], **{"total-intensity": "144"})
    shown = page(client.post(at("totals", case, "ecbi"), about))
    assert "Saken er avsluttet. Åpne den igjen" in shown
    assert reverse("instruments:choose", args=[case.pk]) not in page(
        client.get(at("measurements", case))
    )


def test_what_the_municipality_has_off_is_not_there(client, given):
    case, *_others = given
    assert client.get(at("totals", case, "sdq-parent-4-17")).status_code == 404
    Choice.objects.create(municipality=case.municipality, code="sdq-parent-4-17", is_on=True)
    assert client.get(at("totals", case, "sdq-parent-4-17")).status_code == 200
    for code in ("ecbi", "pss"):
        Choice.objects.create(municipality=case.municipality, code=code, is_on=False)
    assert client.get(at("totals", case, "ecbi")).status_code == 404
    Choice.objects.update(is_on=False)
    assert "Kommunen har ikke slått på noe instrument" in page(client.get(at("choose", case)))


def test_the_instrument_of_a_parent_needs_no_age(given):
    case, mother, _teacher, user = given
    Person.objects.filter(pk=case.child_id).update(birth_date=date(1990, 1, 1))
    made = actions.measure(
        mother,
        by=user,
        instrument=instrument("pss"),
        occasion="before",
        taken_on=timezone.localdate(),
        totals={"stress": 50},
    )
    assert made.scores["stress"]["value"] == 50


def test_norms_for_girls_and_boys_are_asked_for_only_where_there_are_some(client, given):
    case, mother, *_others = given
    address = at("totals", case, "ecbi")
    assert "sex" not in client.get(address).context["form"].fields
    about = {"code": "ecbi", "name": "egne", "source": "en tabell", "rank": 1}
    own = NormSet.objects.create(municipality=case.municipality, **about)
    for sex, least in (("girl", 100), ("boy", 150)):
        bands = [["average", 36], ["very_high", least]]
        own.rows.create(scale="intensity", sex=sex, bands=bands)
    assert "sex" in client.get(address).context["form"].fields
    for days_ago, sex, band in ((1, "girl", "very_high"), (2, "boy", "average"), (3, "", "over")):
        day = (timezone.localdate() - timedelta(days=days_ago)).strftime("%d.%m.%Y")
        said = typed(mother, [], taken_on=day, sex=sex, **{"total-intensity": "140"})
        client.post(address, said)
        made = Measurement.objects.latest("pk")
        assert (made.sex, made.scores["intensity"]["band"]) == (sex, band)
