"""Every address × every kind of visitor, over the resolver: an address nobody listed fails."""

import itertools
import re

import pytest
from django.contrib.admin.sites import site as admin_site
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.factories import (
    MunicipalityFactory,
    UnitFactory,
    UserFactory,
    attach,
    refer,
    submit,
)
from tibir.audit.models import Event
from tibir.cases.models import Grade

pytestmark = pytest.mark.django_db

LOGIN, NOT_THERE, NOT_YOURS, OK = "login", 404, 403, 200

WHO = [
    "anonymous", "coordinator", "leader", "clerk", "practitioner", "member", "cleared",
    "other unit's leader", "other municipality's coordinator", "regional", "no role", "superuser",
]  # fmt: skip

# What a GET gives each visitor. A page for everybody stands in PUBLIC instead.
PAGES = {
    "referrals:list": {
        "coordinator": OK,
        "leader": OK,
        "cleared": NOT_YOURS,
        "other unit's leader": OK,
        "other municipality's coordinator": OK,
        "otherwise": NOT_YOURS,
    },
    "referrals:detail": {
        "coordinator": OK,
        "member": OK,
        "leader": NOT_YOURS,
        "clerk": NOT_YOURS,
        "otherwise": NOT_THERE,
    },
    "referrals:confirm_contact": {
        "coordinator": OK,
        "member": NOT_YOURS,
        "leader": NOT_YOURS,
        "clerk": NOT_YOURS,
        "otherwise": NOT_THERE,
    },
    "referrals:attach": {
        "coordinator": OK,
        "member": OK,
        "leader": NOT_YOURS,
        "clerk": NOT_YOURS,
        "otherwise": NOT_THERE,
    },
    "referrals:attachment": {
        "coordinator": OK,
        "member": OK,
        "leader": NOT_YOURS,
        "clerk": NOT_YOURS,
        "otherwise": NOT_THERE,
    },
    "referrals:submission": {
        "coordinator": OK,
        "other municipality's coordinator": NOT_THERE,
        "otherwise": NOT_YOURS,
    },
    "operations:health": {"superuser": OK, "otherwise": NOT_YOURS},
}

# Open to all; what opens a draft, a receipt or a status is a secret, tested with those pages.
PUBLIC = {
    "home:start", "login", "logout", "set_language", "admin_door",
    "operations:live", "operations:ready", "operations:whole",
    "referrals:start", "referrals:begin", "referrals:call_me", "referrals:resume",
    "referrals:later", "referrals:discard", "referrals:summary", "referrals:step",
    "referrals:enclose", "referrals:take_out",
    "portal:receipt", "portal:receipt_ready", "portal:receipt_pdf", "portal:forget",
    "portal:status",
}  # fmt: skip


def names(patterns=None, namespace=""):
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from names(pattern.url_patterns, inner)
        elif isinstance(pattern, URLPattern):
            yield f"{namespace}{pattern.name}"


def test_every_address_is_in_the_table():
    ours = {name for name in names() if not name.startswith("admin:")}
    assert ours == PAGES.keys() | PUBLIC


@pytest.fixture
def place():
    return MunicipalityFactory()


@pytest.fixture
def addresses(place, monkeypatch):
    referral = refer(place)
    person = referral.case.people.get()
    attachment = attach(referral)
    with monkeypatch.context() as broken:
        broken.setattr("tibir.family.actions.add", _breaks)
        stopped = submit(place)
    return {
        "referrals:list": reverse("referrals:list"),
        "referrals:detail": reverse("referrals:detail", args=[referral.pk]),
        "referrals:confirm_contact": reverse(
            "referrals:confirm_contact", args=[referral.pk, person.pk]
        ),
        "referrals:attach": reverse("referrals:attach", args=[referral.pk]),
        "referrals:attachment": reverse(
            "referrals:attachment", args=[referral.pk, attachment.public_id]
        ),
        "referrals:submission": reverse("referrals:submission", args=[stopped.pk]),
        "operations:health": reverse("operations:health"),
        "referral": referral,
    }


def _breaks(*args, **kwargs):
    raise ValueError("cannot be read in")


def visitor(who, place, case):
    unit = place.intake_unit
    return {
        "coordinator": lambda: UserFactory(coordinates=unit),
        "leader": lambda: UserFactory(leads=unit),
        "clerk": lambda: UserFactory(clerks_in=unit),
        "practitioner": lambda: UserFactory(practises_in=unit),
        "member": lambda: UserFactory(practises_in=unit, works_with=case),
        "cleared": lambda: UserFactory(cleared_in=place),
        "other unit's leader": lambda: UserFactory(leads=UnitFactory(municipality=place)),
        "other municipality's coordinator": lambda: UserFactory(coordinates=MunicipalityFactory()),
        "regional": lambda: UserFactory(coordinates_region=place.region),
        "no role": lambda: UserFactory(),
        "superuser": lambda: UserFactory(is_staff=True, is_superuser=True),
    }[who]()


@pytest.mark.parametrize(("name", "who"), list(itertools.product(PAGES, WHO)))
def test_each_visitor_gets_what_the_table_says(client, place, addresses, name, who):
    if who != "anonymous":
        client.force_login(visitor(who, place, addresses["referral"].case))

    response = client.get(addresses[name])

    if who == "anonymous":
        assert response.status_code == 302
        assert response.url.startswith(reverse("login"))
        return
    expected = PAGES[name].get(who, PAGES[name]["otherwise"])
    assert response.status_code == expected
    denied = Event.objects.filter(verb__in=["access.not_there", "access.not_yours"])
    assert denied.count() == (0 if expected == OK else 1)
    if expected != OK:
        assert addresses["referral"].reference not in response.content.decode()


WRITES = ["referrals:confirm_contact", "referrals:attach", "referrals:submission"]


@pytest.mark.parametrize(("name", "who"), list(itertools.product(WRITES, WHO)))
def test_a_post_is_held_to_the_same_table(client, place, addresses, name, who):
    if who != "anonymous":
        client.force_login(visitor(who, place, addresses["referral"].case))
    response = client.post(addresses[name], {})
    if who == "anonymous":
        assert response.url.startswith(reverse("login"))
        return
    expected = PAGES[name].get(who, PAGES[name]["otherwise"])
    assert response.status_code in ({expected} if expected != OK else {200, 302})


def test_a_case_under_strict_protection_is_there_for_its_cleared_members_alone(client, place):
    referral = refer(place)
    case = referral.case
    case.grade = Grade.STRICT
    case.save(update_fields=["grade"])
    address = referral.get_absolute_url()
    cleared = UserFactory(practises_in=place.intake_unit, works_with=case, cleared_in=place)
    cases = {
        UserFactory(coordinates=place.intake_unit): NOT_THERE,
        UserFactory(practises_in=place.intake_unit, works_with=case): NOT_THERE,
        UserFactory(cleared_in=place): NOT_THERE,
        UserFactory(is_superuser=True, is_staff=True): NOT_THERE,
        cleared: OK,
    }
    for user, expected in cases.items():
        client.force_login(user)
        assert client.get(address).status_code == expected
        listed = client.get(reverse("referrals:list"))
        assert referral.reference not in listed.content.decode()


def test_a_person_of_another_case_is_not_found_through_mine(client, place):
    mine, other = refer(place), refer(MunicipalityFactory())
    client.force_login(UserFactory(coordinates=place.intake_unit))
    stranger = other.case.people.get()
    for pk, person in [(mine.pk, stranger.pk), (other.pk, stranger.pk)]:
        address = reverse("referrals:confirm_contact", args=[pk, person])
        assert client.get(address).status_code == NOT_THERE
        assert client.post(address, {"how": "met"}).status_code == NOT_THERE
    stranger.refresh_from_db()
    assert not stranger.is_verified


def test_a_right_that_ends_ends_at_the_next_request(client, place, addresses):
    coordinator = UserFactory(coordinates=place.intake_unit)
    client.force_login(coordinator)
    assert client.get(addresses["referrals:detail"]).status_code == OK

    coordinator.memberships.update(ended_on="2021-01-01")
    assert client.get(addresses["referrals:detail"]).status_code == NOT_THERE

    coordinator.is_active = False
    coordinator.save(update_fields=["is_active"])
    assert client.get(addresses["referrals:detail"]).url.startswith(reverse("login"))


def test_an_outsiders_not_found_is_the_same_as_for_what_never_was(client, place, addresses):
    client.force_login(UserFactory(coordinates=MunicipalityFactory()))
    there = client.get(addresses["referrals:detail"])
    nowhere = client.get(reverse("referrals:detail", args=[999_999]))
    assert there.status_code == nowhere.status_code == NOT_THERE
    assert bare(there) == bare(nowhere)


def bare(response):
    """The page without what differs by chance: the token of its forms, and its own address."""
    text = re.sub(r'(csrfmiddlewaretoken" value=)"\w+"', r"\1", response.content.decode())
    return text.replace(response.request["PATH_INFO"], "")


def test_a_superuser_finds_nothing_of_a_case_in_admin(client, place, addresses):
    client.force_login(UserFactory(is_staff=True, is_superuser=True))
    reference = addresses["referral"].reference
    for model in admin_site._registry:
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist"
        page = client.get(reverse(name))
        assert page.status_code == OK
        assert reference not in page.content.decode()
        assert "Ødegård" not in page.content.decode()


def test_staff_without_the_right_do_not_enter_admin(client, place):
    client.force_login(UserFactory(coordinates=place.intake_unit))
    assert client.get("/admin/", follow=True).status_code == NOT_YOURS


def test_administrators_log_in_at_the_one_door_with_its_limits(client):
    response = client.get("/admin/", follow=True)
    assert response.redirect_chain[-1][0].startswith(reverse("login"))
    assert "next=/admin/" in response.redirect_chain[-1][0]
