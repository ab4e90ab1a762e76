"""Four times a year a leader looks at who has which role in the unit."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from tests.factories import UnitFactory, UserFactory
from tibir.accounts.models import Membership, Role
from tibir.audit.models import Event
from tibir.deadlines.kinds import Kind
from tibir.deadlines.models import Deadline
from tibir.deadlines.sweep import tell
from tibir.notifications.models import Notification
from tibir.staff.models import Review
from tibir.staff.schedule import ask_for_reviews

pytestmark = pytest.mark.django_db

AUTUMN, WINTER = date(2026, 10, 1), date(2027, 1, 1)


@pytest.fixture
def unit():
    return UnitFactory()


@pytest.fixture
def leader(unit):
    return UserFactory(leads=unit, name="Leif Leder")


@pytest.fixture
def page(unit):
    return reverse("staff:review", args=[unit.pk])


def membership_of(user):
    return user.memberships.get()


def answers(**chosen):
    return {f"membership-{pk}": choice for pk, choice in chosen.items()}


def open_reviews(unit):
    return Deadline.objects.open().filter(kind=Kind.ACCESS_REVIEW, unit=unit)


def test_each_quarter_asks_once_in_every_unit_with_people(unit, leader):
    UnitFactory(municipality=unit.municipality)
    for day in (AUTUMN, AUTUMN, AUTUMN + timedelta(days=80)):
        ask_for_reviews(day)
    (deadline,) = Deadline.objects.filter(kind=Kind.ACCESS_REVIEW)
    assert (deadline.unit, deadline.owner, deadline.begun_on) == (unit, leader, AUTUMN)
    assert deadline.due_on == AUTUMN + timedelta(days=28)


def test_what_was_not_done_stays_overdue_and_is_not_asked_twice(unit, leader):
    ask_for_reviews(AUTUMN)
    ask_for_reviews(WINTER)
    assert open_reviews(unit).overdue(WINTER).count() == 1


def test_the_leader_is_told_and_when_it_is_over_again(unit, leader):
    ask_for_reviews(AUTUMN)
    tell(AUTUMN)
    assert list(Notification.objects.values_list("user", flat=True)) == [leader.pk]
    tell(date(2026, 11, 9))
    assert Notification.objects.filter(user=leader, stage__startswith="overdue").exists()


def test_a_new_leader_takes_over_what_was_asked_of_the_old(unit, leader):
    ask_for_reviews(AUTUMN)
    Membership.objects.filter(user=leader).update(ended_on=date(2026, 1, 1))
    new = UserFactory(leads=unit)
    ask_for_reviews(AUTUMN)
    assert open_reviews(unit).get().owner == new


def test_confirming_and_removing_is_recorded_and_acts_at_once(client, unit, leader, page, today):
    ask_for_reviews(today)
    stays = UserFactory(coordinates=unit, name="Kari Koordinator")
    goes = UserFactory(coordinates=unit, name="Sven Sluttet")
    other = type(client)()
    other.force_login(goes)
    assert other.get(reverse("referrals:list")).status_code == 200

    client.force_login(leader)
    shown = client.get(page).content.decode()
    assert "Kari Koordinator" in shown
    assert "Har aldri logget inn" in shown
    assert "Siden 1.1.2020" in shown
    typed = answers(**{str(membership_of(stays).pk): "keep", str(membership_of(goes).pk): "end"})
    assert client.post(page, typed).url == reverse("staff:reviews")

    assert other.get(reverse("referrals:list")).status_code == 403
    assert membership_of(goes).ended_on == today - timedelta(days=1)
    assert membership_of(stays).ended_on is None
    (review,) = Review.objects.all()
    assert sorted(review.lines.values_list("membership__user__name", "kept")) == [
        ("Kari Koordinator", True),
        ("Sven Sluttet", False),
    ]
    assert Event.objects.get(verb="access.reviewed").codes == {"kept": 1, "ended": 1}
    ended = Event.objects.get(verb="membership.ended")
    assert (ended.actor_id, ended.target_id) == (leader.pk, goes.pk)
    assert not open_reviews(unit).exists()


def test_everybody_must_be_looked_at(client, unit, leader, page):
    one, two = UserFactory(coordinates=unit), UserFactory(clerks_in=unit)
    client.force_login(leader)
    answer = client.post(page, answers(**{str(membership_of(one).pk): "end"}))
    assert "Velg et svar på" in answer.content.decode()
    assert membership_of(one).ended_on is None
    assert not Review.objects.exists()
    assert f'name="membership-{membership_of(two).pk}"' in answer.content.decode()


def test_nobody_decides_of_their_own_role(client, unit, leader, page):
    client.force_login(leader)
    own = membership_of(leader)
    assert "Din egen rolle som leder" in client.get(page).content.decode()
    client.post(page, answers(**{str(own.pk): "end"}))
    assert membership_of(leader).ended_on is None


def test_a_role_of_the_whole_municipality_is_not_the_units_to_remove(client, unit, leader, page):
    whole = UserFactory(supervises_in=unit.municipality, name="Vidar Veileder")
    client.force_login(leader)
    assert "Vidar Veileder" not in client.get(page).content.decode()
    client.post(page, answers(**{str(membership_of(whole).pk): "end"}))
    assert membership_of(whole).ended_on is None


def test_a_role_that_began_today_ends_today(client, unit, leader, page, today):
    new = UserFactory()
    held = Membership.objects.create(user=new, role=Role.CLERK, unit=unit, started_on=today)
    client.force_login(leader)
    client.post(page, answers(**{str(held.pk): "end"}))
    assert membership_of(new).ended_on == today


def test_the_list_says_what_is_overdue_and_when_it_was_last_done(client, unit, leader):
    ask_for_reviews(timezone.localdate() - timedelta(days=40))
    client.force_login(leader)
    assert "over" in client.get(reverse("staff:reviews")).content.decode()


@pytest.mark.parametrize("name", ["staff:review", "staff:reviews"])
def test_more_people_or_units_ask_no_more_of_the_database(client, unit, leader, name):
    client.force_login(leader)
    address = reverse(name, args=[unit.pk] if name == "staff:review" else [])

    def cost():
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 200
        return len(queries)

    UserFactory(coordinates=unit)
    client.get(address)
    first = cost()
    for _time in range(2):
        UserFactory(coordinates=unit)
        other = UnitFactory(municipality=unit.municipality)
        Membership.objects.create(
            user=leader, role=Role.LEADER, unit=other, started_on=date(2020, 1, 1)
        )
        UserFactory(clerks_in=other)
    assert cost() == first
