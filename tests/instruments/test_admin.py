"""What an administrator sets up: instruments in versions, norms, and what is on."""

import json

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from tests.factories import UserFactory
from tests.instruments.paper import answered, cast, instrument
from tests.instruments.shipped import RAW
from tibir.instruments.models import Choice, Instrument, NormSet

pytestmark = pytest.mark.django_db

NEW = {
    "informant": "parent",
    "columns": [{"key": "a", "name": "spørsmål", "items": 3, "least": 0, "most": 4}],
    "scales": [{"key": "sum", "name": "sum", "column": "a", "items": "all"}],
}


@pytest.fixture
def admin(client):
    client.force_login(UserFactory(is_staff=True, is_superuser=True))
    return client


def add(client, **about):
    said = {"code": "new", "name": "Nytt", "licence": "new", "definition": json.dumps(NEW)}
    return client.post(reverse("admin:instruments_instrument_add"), said | {"is_on": "on"} | about)


def test_a_new_instrument_can_be_measured_with_at_once(admin):
    assert add(admin).status_code == 302
    _case, (mother,), user = cast()
    made = answered(mother, by=user, code="new", answers={"a": [1, 2, 3]})
    assert made.scores["sum"]["value"] == 6


def test_a_mistake_is_named_where_it_is(admin):
    wrong = {**NEW, "scales": [{**NEW["scales"][0], "items": [4]}]}
    answer = add(admin, definition=json.dumps(wrong))
    assert "sum: «items» må være numre på ledd" in answer.content.decode()
    assert not Instrument.objects.filter(code="new").exists()


def test_a_code_stands_in_addresses_and_is_plain(admin):
    assert "Bruk små bokstaver" in add(admin, code="Nytt_1").content.decode()


def test_a_version_never_changes_and_the_next_one_is_used_from_then_on(admin):
    _case, (mother,), user = cast()
    before = answered(mother, by=user, days_ago=9)
    page = admin.get(reverse("admin:instruments_instrument_add"), {"code": "ecbi"})
    assert page.context["adminform"].form.initial["licence"] == "ecbi"
    changed = {**RAW["ecbi"], "most_age": 12}
    add(admin, code="ecbi", name="ECBI", licence="ecbi", definition=json.dumps(changed))
    assert instrument().version == 2
    before.refresh_from_db()
    assert before.instrument.version == 1
    assert answered(mother, by=user).instrument.version == 2
    for write in (
        lambda: Instrument.objects.filter(version=1).update(definition=NEW),
        lambda: Instrument.objects.filter(version=1).delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            write()


def rows(*each):
    said = {"rows-TOTAL_FORMS": len(each), "rows-INITIAL_FORMS": 0}
    for number, row in enumerate(each):
        said |= {f"rows-{number}-{name}": value for name, value in row.items()}
    return said


def norms(client, bands, **row):
    said = {"code": "ecbi", "name": "våre egne", "source": "en tabell", "rank": 1}
    row = {"scale": "intensity", "bands": json.dumps(bands)} | row
    said |= rows(row) | {"is_in_use": "on"}
    return client.post(reverse("admin:instruments_normset_add"), said)


def test_norms_that_are_filled_in_are_used_before_the_foreign_ones(admin):
    assert norms(admin, [["average", 36], ["very_high", 140]]).status_code == 302
    _case, (mother,), user = cast()
    made = answered(mother, by=user)
    assert (made.norm_set.name, made.scores["intensity"]["band"]) == ("våre egne", "very_high")


@pytest.mark.parametrize(
    ("bands", "row", "said"),
    [
        ([["average", 0]], {}, "Det første nivået må begynne på 36"),
        ([["average", 36], ["high", 300]], {}, "Det første nivået må begynne på 36"),
        ([["enormous", 36]], {}, "Skriv nivåene slik"),
        ({"average": 36}, {}, "Skriv nivåene slik"),
        ([["average", 36]], {"scale": "anger"}, "Instrumentet har ingen slik skala."),
        ([["average", 36]], {"sd": 0, "reliability": "0.8"}, "Standardavviket må være over 0"),
    ],
)
def test_norms_that_cannot_be_are_refused(admin, bands, row, said):
    assert said in norms(admin, bands, **row).content.decode()
    assert not NormSet.objects.filter(name="våre egne").exists()


def test_norms_that_scores_were_held_against_stay_as_they_were(admin):
    _case, (mother,), user = cast()
    used = answered(mother, by=user).norm_set
    change = reverse("admin:instruments_normset_change", args=[used.pk])
    assert "rows-TOTAL_FORMS" not in admin.get(change).content.decode()
    for write in (
        lambda: used.rows.update(bands=[]),
        lambda: used.rows.create(scale="new"),
        lambda: NormSet.objects.filter(pk=used.pk).update(source="x"),
        lambda: used.rows.all().delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            write()
    # It may be taken out of use: what was counted stays.
    assert admin.post(change, {"rank": 10}).status_code == 302
    used.refresh_from_db()
    assert not used.is_in_use
    assert answered(mother, by=user, days_ago=3).norm_set is None


def test_the_empty_norwegian_rows_can_be_filled_in(admin):
    empty = NormSet.objects.get(code="ecbi", name="norske grenseverdier")
    page = admin.get(reverse("admin:instruments_normset_change", args=[empty.pk])).content.decode()
    assert "rows-TOTAL_FORMS" in page


def test_a_municipality_turns_an_instrument_on(admin):
    case, _people, _user = cast()
    said = {"municipality": case.municipality_id, "code": "sdq-parent-4-17", "is_on": "on"}
    assert admin.post(reverse("admin:instruments_choice_add"), said).status_code == 302
    assert Choice.objects.get().is_on
    used = Instrument.objects.used_in(case.municipality).values_list("code", flat=True)
    assert set(used) == {"ecbi", "pss", "sdq-parent-4-17"}
