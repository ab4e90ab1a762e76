"""How long is left of a login: to ask does not prolong it, to say «still here» does."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.urls import reverse

from tests.factories import UserFactory
from tests.referrals.parent import Page

pytestmark = pytest.mark.django_db

IDLE = settings.SESSION_IDLE.total_seconds()
WHOLE = settings.SESSION_ABSOLUTE.total_seconds()


@pytest.fixture
def clock(time_machine):
    time_machine.move_to("2026-11-24T08:00:00Z", tick=False)
    return time_machine


@pytest.fixture
def user(client, clock):
    user = UserFactory()
    client.force_login(user)
    client.get("/")
    return user


def passes(clock, **time):
    clock.shift(timedelta(**time))


def ask(client, method="get"):
    response = getattr(client, method)(reverse("logged_in"))
    assert response.status_code == 200
    return response.json()


def test_it_says_who_and_for_how_long(client, user, clock):
    passes(clock, minutes=20)
    said = ask(client)
    assert said.pop("token")
    assert said == {"user": user.pk, "left": IDLE - 20 * 60, "longest": WHOLE - 20 * 60}


def test_every_page_of_staff_says_it_too(client, user, clock):
    passes(clock, seconds=40)
    (place,) = (
        element
        for element in Page(client.get("/")).root.iter("div")
        if element.get("data-logged-in")
    )
    assert place.get("data-logged-in") == "/innlogget/"
    assert place.get("data-user") == str(user.pk)
    # Use is written down once a minute only; what is said is what will happen.
    assert place.get("data-left") == str(int(IDLE) - 40)
    assert place.get("data-longest") == str(int(WHOLE) - 40)
    client.logout()
    assert "data-logged-in" not in client.get("/").content.decode()


def test_a_page_that_asks_does_not_keep_anybody_logged_in(client, user, clock):
    for _time in range(2):
        passes(clock, minutes=14)
        ask(client)
    passes(clock, minutes=3)
    response = client.get(reverse("logged_in"))
    assert (response.status_code, response.url) == (302, "/logg-inn/?next=/innlogget/")
    assert client.post(reverse("logged_in")).status_code == 302


@pytest.mark.parametrize("pause", [30, 29 * 60])
def test_to_say_still_here_begins_the_time_anew(client, user, clock, pause):
    passes(clock, seconds=pause)
    assert ask(client, "post")["left"] == IDLE
    passes(clock, seconds=IDLE - 1)
    assert ask(client)["left"] == 1


def test_nothing_makes_it_longer_than_a_working_day(client, user, clock):
    for _time in range(29):
        passes(clock, minutes=20)
        ask(client, "post")
    passes(clock, minutes=15)
    said = ask(client, "post")
    assert said["left"] == said["longest"] == 5 * 60
    passes(clock, minutes=6)
    assert client.post(reverse("logged_in")).status_code == 302


def test_to_say_still_here_takes_the_token_of_a_form(user):
    from tests.conftest import Client

    strict = Client(enforce_csrf_checks=True)
    strict.force_login(user)
    assert strict.post(reverse("logged_in")).status_code == 403
    token = ask(strict)["token"]
    response = strict.post(reverse("logged_in"), headers={"X-CSRFToken": token})
    assert response.status_code == 200
