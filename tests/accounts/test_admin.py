from datetime import date

import pytest
from django.urls import reverse

from tests.factories import MunicipalityFactory, UserFactory, refer
from tibir.accounts.models import Membership, Role, Unit
from tibir.audit.models import Event

pytestmark = pytest.mark.django_db


@pytest.fixture
def administrator(client):
    user = UserFactory(is_staff=True, is_superuser=True)
    client.force_login(user)
    return user


def give_a_role(client, user, unit):
    typed = {
        "email": user.email,
        "name": user.name,
        "is_active": "on",
        "memberships-TOTAL_FORMS": "1",
        "memberships-INITIAL_FORMS": "0",
        "memberships-0-user": str(user.pk),
        "memberships-0-role": Role.COORDINATOR,
        "memberships-0-unit": str(unit.pk),
        "memberships-0-started_on": "1.1.2026",
    }
    address = reverse("admin:accounts_user_change", args=[user.pk])
    return client.post(address, typed)


def test_a_role_that_is_given_is_in_the_log_with_its_place(client, administrator):
    somebody, unit = UserFactory(), MunicipalityFactory().intake_unit
    assert give_a_role(client, somebody, unit).status_code == 302
    membership = somebody.memberships.get()
    assert (membership.role, membership.unit) == (Role.COORDINATOR, unit)
    event = Event.objects.get(verb="membership.added")
    assert (event.actor_id, event.target_id) == (administrator.pk, somebody.pk)
    assert (event.codes["role"], event.codes["unit"]) == (Role.COORDINATOR, unit.pk)


def test_nobody_gives_themselves_a_role(client, administrator):
    unit = MunicipalityFactory().intake_unit
    give_a_role(client, administrator, unit)
    assert not administrator.memberships.exists()


def test_nobody_prolongs_or_ends_their_own_role(client, administrator):
    unit = MunicipalityFactory().intake_unit
    own = Membership.objects.create(
        user=administrator, role=Role.CLERK, unit=unit, started_on=date(2020, 1, 1)
    )
    give_a_role(client, administrator, unit)
    assert list(administrator.memberships.all()) == [own]


def test_a_unit_stays_in_its_municipality_with_its_cases(client, administrator):
    place, elsewhere = MunicipalityFactory(), MunicipalityFactory()
    case = refer(place).case
    unit = place.intake_unit
    typed = {"name": "Nytt navn", "law_profile": unit.law_profile, "municipality": elsewhere.pk}

    address = reverse("admin:accounts_unit_change", args=[unit.pk])
    assert client.post(address, typed).status_code == 302

    unit.refresh_from_db()
    case.refresh_from_db()
    assert (unit.name, unit.municipality) == ("Nytt navn", place)
    assert (case.unit, case.municipality) == (unit, place)


def test_a_new_unit_is_put_in_a_municipality(client, administrator):
    place = MunicipalityFactory()
    typed = {"name": "Familiesenteret", "law_profile": "health", "municipality": place.pk}
    assert client.post(reverse("admin:accounts_unit_add"), typed).status_code == 302
    assert Unit.objects.get(name="Familiesenteret").municipality == place
