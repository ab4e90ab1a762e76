"""What somebody is today is read in plain SQL: it must say what the querysets say."""

from datetime import timedelta

import pytest

from tests.factories import MunicipalityFactory, UnitFactory, UserFactory
from tibir.accounts.models import Membership, Role, User

pytestmark = pytest.mark.django_db

SHOWN = ["name", "privacy_url", "accessibility_url", "intake_unit_id"]


@pytest.fixture
def many(today):
    """In a unit, a municipality and a region, with an end today, tomorrow and long ago."""
    place = MunicipalityFactory(privacy_url="https://fjordvik.example/personvern/")
    unit = UnitFactory(
        municipality=MunicipalityFactory(), law_profile="child_welfare", leader_reads=True
    )
    user = UserFactory(coordinates=place.intake_unit, coordinates_region=place.region)
    day = timedelta(days=1)
    held = {"user": user, "role": Role.LEADER}
    periods = [
        (today - day, None), (today, today), (today + day, None),
        (today - 2 * day, today - day), (today - day, today + day),
    ]  # fmt: skip
    for started_on, ended_on in periods:
        period = {"started_on": started_on, "ended_on": ended_on}
        Membership.objects.create(**held, unit=unit, **period)
        Membership.objects.create(**held, municipality=place, **period)
    return user


def said(membership):
    place = membership.municipality or (membership.unit and membership.unit.municipality)
    return (
        membership.pk,
        membership.user_id,
        membership.role,
        membership.region_id,
        membership.unit_id,
        membership.unit and (membership.unit.municipality_id, membership.unit.leader_reads),
        membership.municipality_id,
        place and [place.pk, *(getattr(place, name) for name in SHOWN)],
    )


def test_the_memberships_of_today_are_those_of_the_queryset(many):
    found = Membership.objects.current().filter(user=many).order_by("started_on", "pk")
    expected = [said(membership) for membership in found]
    assert len(expected) == 8
    assert [said(it) for it in User.objects.get(pk=many.pk).memberships_today] == expected


def test_they_take_one_query_with_all_that_every_page_shows(many, django_assert_num_queries):
    user = User.objects.get(pk=many.pk)
    with django_assert_num_queries(1):
        for membership in user.memberships_today:
            said(membership)


def test_what_was_not_read_is_read_when_somebody_asks(many):
    membership = next(it for it in many.memberships_today if it.unit_id)
    assert membership.unit.name
    assert membership.started_on
    assert membership.unit.municipality.slug
