"""Every state, action and role: who may do what with a consent, and when."""

from itertools import product

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.factories import MunicipalityFactory, UserFactory
from tests.family.families import ASKED, NO, YES, decides, family, says, service_of, takes_over
from tibir.audit.models import Event
from tibir.cases.models import Consent, ConsentDecision, StandIn
from tibir.family import actions

pytestmark = pytest.mark.django_db

DONE, NOT_NOW, NOT_YOURS, NOT_THERE = 302, 409, 403, 404
ROLES = {
    "coordinator": lambda unit, case: UserFactory(coordinates=unit),
    "member": lambda unit, case: UserFactory(practises_in=unit, works_with=case),
    "leader": lambda unit, case: UserFactory(leads=unit),
    "clerk": lambda unit, case: UserFactory(clerks_in=unit),
    "practitioner": lambda unit, case: UserFactory(practises_in=unit),
}
REFUSED = {"leader": NOT_YOURS, "clerk": NOT_YOURS, "practitioner": NOT_THERE}
STATES = ["requested", "given", "refused", "withdrawn"]


@pytest.fixture
def place():
    return MunicipalityFactory()


@pytest.fixture
def by(place):
    return UserFactory(coordinates=place.intake_unit)


def said(person, state, by):
    if state == "withdrawn":
        today = timezone.localdate()
        given = says(person, YES, by=by)
        return actions.withdraw(given, by=by, channel="phone", said_on=today)
    return says(person, {"requested": ASKED, "given": YES, "refused": NO}[state], by=by)


@pytest.mark.parametrize(("state", "role"), list(product(STATES, ROLES)))
def test_only_a_yes_is_taken_back_and_by_those_who_work_with_the_family(
    client, place, by, state, role
):
    case, (mother,) = family(place)
    consent = said(mother, state, by)
    before = Consent.objects.count()
    client.force_login(ROLES[role](place.intake_unit, case))
    today = timezone.localdate().strftime("%d.%m.%Y")
    response = client.post(
        reverse("family:withdraw", args=[case.pk, consent.pk]),
        {"channel": "phone", "said_on": today},
    )
    allowed = DONE if state == "given" else NOT_NOW
    assert response.status_code == REFUSED.get(role, allowed)
    assert Consent.objects.count() - before == (response.status_code == DONE)


# What mother and father say; whether there is something that somebody may decide.
PAIRS = {
    ("given", "given"): False,
    ("given", "refused"): True,
    ("given", "withdrawn"): True,
    ("given", "requested"): True,
    ("refused", "withdrawn"): False,
    ("refused", "requested"): False,
    ("requested", "requested"): False,
}


@pytest.mark.parametrize(("pair", "role"), list(product(PAIRS, ROLES)))
def test_only_what_somebody_agreed_to_is_decided_and_by_those_who_answer_for_it(
    client, place, by, pair, role
):
    case, (mother, father) = family(place, father="yes")
    consent = said(mother, pair[0], by)
    said(father, pair[1], by)
    client.force_login(ROLES[role](place.intake_unit, case))
    response = client.post(
        reverse("family:decide", args=[case.pk, consent.pk]),
        {"outcome": "guide", "legal_basis": "Hjemmel", "reason": "Barnet trenger det."},
    )
    allowed = DONE if PAIRS[pair] else NOT_NOW
    expected = (REFUSED | {"member": NOT_YOURS}).get(role, allowed)
    assert response.status_code == expected
    assert ConsentDecision.objects.count() == (expected == DONE)
    assert Event.objects.filter(verb="consent.decided").count() == (expected == DONE)


def test_whoever_is_responsible_for_the_case_may_decide(client, place, by):
    case, (mother, father) = family(place, father="yes")
    consent = said(mother, "given", by)
    said(father, "refused", by)
    responsible = UserFactory(practises_in=place.intake_unit, works_with=case)
    case.responsible = responsible
    case.save(update_fields=["responsible"])
    client.force_login(responsible)
    page = reverse("family:decide", args=[case.pk, consent.pk])
    assert client.get(page).status_code == 200


def test_the_same_is_not_decided_twice(client, place, by):
    case, (mother, father) = family(place, father="yes")
    consent = said(mother, "given", by)
    said(father, "refused", by)
    decides(case, by=by, outcome="stop")
    client.force_login(by)
    page = reverse("family:decide", args=[case.pk, consent.pk])
    assert client.get(page).status_code == NOT_NOW


def test_what_has_ended_is_not_ended_again(client, place, by):
    case, (mother,) = family(place)
    takes_over(case, [mother], by=by)
    stand_in = StandIn.objects.get()
    client.force_login(by)
    page = reverse("family:end_stand_in", args=[case.pk, stand_in.pk])
    today = {"on": timezone.localdate().strftime("%d.%m.%Y")}
    assert client.post(page, today).status_code == DONE
    assert client.post(page, today).status_code == NOT_NOW


def test_nobody_decides_for_another_while_they_say_it_themselves(client, place, by):
    case, (mother,) = family(place)
    takes_over(case, [mother], by=by)
    client.force_login(by)
    response = client.post(
        reverse("family:stand_in", args=[case.pk]),
        {
            "people": [mother.pk],
            "decider": service_of(case).pk,
            "reference": "26/2",
            "legal_basis": "Hjemmel",
            "started_on": timezone.localdate().strftime("%d.%m.%Y"),
        },
    )
    assert response.status_code == NOT_NOW
