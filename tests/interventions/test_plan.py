"""Which answers lead to a screening."""

import pytest
from django.urls import reverse

from referrals import actions as referrals
from tests.factories import MunicipalityFactory, UserFactory
from tests.interventions.screenings import referred, screener

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("outcome", "chosen", "sentence"),
    [
        ("screening", {}, ""),
        ("referred_on", {"referred_to": "BUP"}, "Svaret på henvisningen var «henvist videre»."),
        ("not_target_group", {}, "Svaret på henvisningen var «utenfor målgruppen»."),
        ("withdrawn", {}, "Henvisningen er «trukket»"),
    ],
)
def test_a_screening_is_planned_only_where_the_answer_leads_to_one(
    client, outcome, chosen, sentence
):
    place = MunicipalityFactory()
    referral, coordinator = referred(place), UserFactory(coordinates=place.intake_unit)
    practitioner = screener(place.intake_unit)
    if outcome == "withdrawn":
        referrals.withdraw(referral, by=coordinator, reason="x")
    else:
        referrals.take(referral, by=coordinator)
        referrals.decide(referral, by=coordinator, outcome=outcome, reason="x", **chosen)
    client.force_login(coordinator)
    address = reverse("interventions:plan_screening", args=[referral.pk])
    assert sentence in client.get(address).content.decode()
    answer = client.post(address, {"practitioner": practitioner.pk})
    assert referral.courses.exists() == (not sentence)
    assert answer.status_code == (409 if sentence else 302)
