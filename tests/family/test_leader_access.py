"""A leader reads one case of the unit, for a purpose, for some days; its members see it."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.factories import MunicipalityFactory, UnitFactory, UserFactory, refer
from tibir.accounts.models import Unit
from tibir.audit.models import Event
from tibir.cases.models import Case, Grade, TimedAccess

pytestmark = pytest.mark.django_db


@pytest.fixture
def place():
    return MunicipalityFactory()


@pytest.fixture
def referral(place):
    return refer(place)


@pytest.fixture
def leader(client, place):
    user = UserFactory(leads=place.intake_unit)
    client.force_login(user)
    return user


def open_case(client, case, **changed):
    typed = {"reason": "complaint", "text": "Mor har klaget.", "days": "3"} | changed
    return client.post(reverse("family:open", args=[case.pk]), typed)


def test_a_leader_opens_one_case_for_some_days(client, referral, leader):
    page = referral.get_absolute_url()
    assert client.get(page).status_code == 403

    assert open_case(client, referral.case).status_code == 302

    text = client.get(page)
    assert text.status_code == 200
    assert "Legg ved" not in text.content.decode()
    assert Event.objects.get(verb="referral.read").basis == "leader"
    for name in ("take", "attach", "withdraw"):
        assert client.post(reverse(f"referrals:{name}", args=[referral.pk])).status_code == 403
    other = refer(referral.municipality)
    assert client.get(other.get_absolute_url()).status_code == 403

    before = timezone.now() - timedelta(days=4)
    TimedAccess.objects.update(started_at=before, ends_at=before + timedelta(days=3))
    assert client.get(page).status_code == 403


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"days": "15"}, "fra 1 til 14"),
        ({"days": ""}, "Hvor mange dager"),
        ({"reason": ""}, "Velg et svar"),
        ({"reason": "danger"}, "Velg ett av svarene"),
        ({"text": " "}, "Skriv et svar"),
    ],
)
def test_no_purpose_no_words_or_too_long_opens_nothing(client, referral, leader, typed, said):
    assert said in open_case(client, referral.case, **typed).content.decode()
    assert not TimedAccess.objects.exists()


def test_the_members_of_the_case_see_who_reads_it_and_why(client, place, referral, leader):
    open_case(client, referral.case)
    client.force_login(UserFactory(practises_in=place.intake_unit, works_with=referral.case))
    page = client.get(reverse("family:access", args=[referral.case_id])).content.decode()
    assert leader.name in page
    assert "Mor har klaget." in page
    assert "åpen nå" in page


def test_it_ends_with_the_post_of_leader(client, referral, leader):
    open_case(client, referral.case)
    leader.memberships.update(ended_on="2021-01-01")
    assert client.get(referral.get_absolute_url()).status_code == 404


def test_a_strictly_protected_case_is_not_there_to_be_opened(client, referral, leader):
    Case.objects.update(grade=Grade.STRICT)
    assert open_case(client, referral.case).status_code == 404


def test_a_child_welfare_unit_may_let_its_leader_read_always(client, place):
    unit = UnitFactory(municipality=place, law_profile=Unit.LawProfile.CHILD_WELFARE)
    place.intake_unit = unit
    place.save()
    referral = refer(place)
    client.force_login(UserFactory(leads=unit))
    page = referral.get_absolute_url()
    assert client.get(page).status_code == 403

    Unit.objects.filter(pk=unit.pk).update(leader_reads=True)
    client.force_login(UserFactory(leads=unit))
    assert client.get(page).status_code == 200
    assert client.post(reverse("referrals:take", args=[referral.pk])).status_code == 403
    client.force_login(UserFactory(leads=UnitFactory(municipality=place)))
    assert client.get(page).status_code == 404
