"""The catalogue: six services with their numbers, one row of each at a time."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse

from interventions.kinds import ServiceKind
from interventions.models import Service
from tests.factories import MunicipalityFactory, UserFactory
from tests.interventions.courses import planned
from tibir.audit.models import Event

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 22)
SHIPPED = {
    "screening": (1, None, 3),
    "counselling": (3, 5, 7),
    "pmto_therapy": (15, 25, 40),
    "parent_group": (12, 12, 12),
    "social_skills": (6, 8, 10),
    "consultation": (6, 6, 8),
}


def own(place, kind="counselling", **about):
    shipped = Service.objects.row_of(kind, place, TODAY)
    about = {"started_on": date(2026, 1, 1), "ended_on": None} | about
    for name, value in ({"pk": None, "municipality": place} | about).items():
        setattr(shipped, name, value)
    shipped._state.adding = True
    return shipped


def refused(row):
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save()
    return True


def test_all_six_are_shipped_for_everybody_with_the_numbers_of_the_programme():
    rows = Service.objects.offered_by(MunicipalityFactory(), TODAY)
    numbers = {r.kind: (r.least_meetings, r.usual_meetings, r.most_meetings) for r in rows}
    assert numbers == SHIPPED
    assert set(SHIPPED) == set(ServiceKind.values)
    beside = {row.kind for row in rows if row.needs_family_course}
    assert beside == {"social_skills", "consultation"}


def test_a_municipality_with_a_row_of_its_own_goes_by_that_and_no_other_does():
    place, other = MunicipalityFactory(), MunicipalityFactory()
    own(place, usual_meetings=6).save()
    found = [Service.objects.row_of("counselling", it, TODAY) for it in (place, other)]
    assert [row.usual_meetings for row in found] == [6, 5]
    before = Service.objects.row_of("counselling", place, date(2025, 12, 31))
    assert before.usual_meetings == 5
    assert Service.objects.row_of("counselling", place, date(2019, 1, 1)) is None


def test_there_is_one_row_at_a_time_to_the_day():
    place = MunicipalityFactory()
    own(place, ended_on=date(2026, 6, 30)).save()
    assert refused(own(place, started_on=date(2026, 6, 30)))
    assert refused(own(None))
    own(place, started_on=date(2026, 7, 1)).save()


@pytest.mark.parametrize(
    ("kind", "wrong"),
    [
        ("counselling", {"least_meetings": 0}),
        ("counselling", {"most_meetings": 2}),
        ("counselling", {"usual_meetings": 8}),
        ("counselling", {"warn_above": 8}),
        ("counselling", {"least_minutes": 90}),
        ("counselling", {"leader_count": 0}),
        ("counselling", {"ended_on": date(2025, 12, 31)}),
        ("consultation", {"needs_family_course": False}),
    ],
    ids=lambda it: next(iter(it)) if isinstance(it, dict) else it,
)
def test_numbers_that_cannot_be_are_refused(kind, wrong):
    assert refused(own(MunicipalityFactory(), kind, **wrong))


def test_an_administrator_is_told_in_words_and_what_is_danish_says_so(client):
    client.force_login(UserFactory(is_staff=True, is_superuser=True))
    address = reverse("admin:interventions_service_add")
    assert "Dansk anbefaling, kan endres." in client.get(address).content.decode()
    typed = {
        "kind": "consultation", "started_on": "01.01.2026", "audience": "staff",
        "qualification": "consultant", "leader_count": "1", "risk": "indicated",
        "least_meetings": "6", "most_meetings": "4",
    }  # fmt: skip
    page = client.post(address, typed).content.decode()
    assert "det laveste først" in page
    assert "bare sammen med et tiltak for" in page
    assert "Det står en annen rad" in page

    place = MunicipalityFactory()
    typed |= {"municipality": place.pk, "most_meetings": "6", "needs_family_course": "on"}
    assert client.post(address, typed).status_code == 302
    added = Service.objects.get(municipality=place)
    assert Event.objects.filter(verb="configuration.added", target_id=added.pk).exists()


@pytest.mark.parametrize(
    ("table", "about"),
    [
        ("interventions_service", {"kind": "counselling"}),
        ("interventions_battery", {"kind": "counselling"}),
        ("accounts_qualification", {"kind": "counsellor"}),
    ],
)
def test_a_last_day_before_the_first_is_told_beside_it_and_nothing_typed_is_lost(
    client, table, about
):
    client.force_login(UserFactory(is_staff=True, is_superuser=True))
    about = about | {"user": UserFactory().pk, "started_on": "01.01.2027", "ended_on": "01.01.2026"}
    shown = client.post(reverse(f"admin:{table}_add"), about)
    errors = shown.context["adminform"].form.errors
    assert errors["ended_on"] == ["Sluttdatoen kan ikke være før startdatoen."]
    assert not {"kind", "user", "started_on"} & errors.keys()
    assert 'value="01.01.2027"' in shown.content.decode()


def test_a_row_ends_no_earlier_than_what_was_planned_by_it(client):
    place = MunicipalityFactory()
    own(place).save()
    row = Service.objects.get(municipality=place)
    course = planned(place)
    assert course.service == row
    row.ended_on = course.planned_on - timedelta(days=1)
    with pytest.raises(ValidationError, match="er det planlagt tiltak"):
        row.full_clean()
    row.ended_on = course.planned_on
    row.full_clean()
