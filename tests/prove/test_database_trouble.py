"""A database that is gone, full, locked or read-only is a page that asks to be tried again."""

import threading
from contextlib import contextmanager

import psycopg
import pytest
from django.contrib.auth.decorators import login_not_required
from django.db import connections
from django.http import HttpResponse
from django.test import Client
from django.urls import path, reverse
from django.utils import timezone

from referrals.models import Draft, Submission
from referrals.questions import PARENT
from tests.databases import at_once
from tests.factories import MunicipalityFactory, UserFactory, refer
from tibir.core.models import Heartbeat

pytestmark = [pytest.mark.prove, pytest.mark.usefixtures("committed")]

CALL = {"name": "Samira Rahmani", "phone": "99000003", "child_age": "5"}


@pytest.fixture
def place():
    return MunicipalityFactory()


@pytest.fixture
def parent(place):
    """A browser that shows the page «Ring meg», with what it will send."""
    client = Client(raise_request_exception=False)
    address = reverse("referrals:call_me", args=[place.slug])
    token = client.get(address).context["token"]
    return lambda: client.post(address, CALL | {"token": token})


@pytest.fixture
def desk(place):
    """A browser in which the coordinator has been logged in for a while."""
    client = Client(raise_request_exception=False)
    client.force_login(UserFactory(coordinates=place.intake_unit))
    client.get(reverse("referrals:list"))
    return client


@pytest.fixture
def owner(committed):
    with psycopg.connect(committed.owner_url, autocommit=True) as owner:
        owner.name = committed.name
        yield owner


def cut_off(owner):
    owner.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE usename = 'tibir_app' AND datname = current_database()"
    )


@contextmanager
def with_setting(owner, change, back):
    """For connections made from now on; the old ones are cut off, before and after."""
    name = owner.name
    owner.execute(f"ALTER DATABASE {name} {change}")
    cut_off(owner)
    connections.close_all()
    yield
    owner.execute(f"ALTER DATABASE {name} {back}")
    cut_off(owner)
    connections.close_all()


def full(owner):
    return with_setting(owner, "CONNECTION LIMIT 0", "CONNECTION LIMIT -1")


def read_only(owner):
    return with_setting(
        owner, "SET default_transaction_read_only = on", "RESET default_transaction_read_only"
    )


def is_clean(page):
    is_marked = (page.status_code, page.headers.get("Retry-After")) == (503, "10")
    return is_marked and "Vi er straks tilbake" in page.content.decode()


def test_a_database_that_was_restarted_between_two_pages_is_not_noticed(owner, parent, desk):
    connections.close_all()  # as after each request, when the server has come to know of it
    cut_off(owner)

    assert parent().status_code == 302
    cut_off(owner)
    connections.close_all()
    assert desk.get(reverse("referrals:list")).status_code == 200


@pytest.mark.parametrize("trouble", [full, read_only])
def test_a_parent_is_asked_to_try_again_and_nothing_is_stored_until_then(owner, parent, trouble):
    with trouble(owner):
        assert is_clean(parent())

    assert not Submission.objects.exists()
    assert parent().status_code == 302
    assert Submission.objects.count() == 1


@pytest.mark.parametrize("trouble", [full, read_only])
def test_staff_is_asked_to_try_again_too(owner, place, desk, trouble):
    addresses = [reverse("referrals:list"), refer(place).get_absolute_url()]

    with trouble(owner):
        assert all(is_clean(desk.get(address)) for address in addresses)

    assert {desk.get(address).status_code for address in addresses} == {200}


def test_pages_that_only_read_go_on_while_nothing_can_be_written(owner, place):
    with read_only(owner):
        assert Client().get(reverse("referrals:start", args=[place.slug])).status_code == 200
        assert Client().get(reverse("referrals:call_me", args=[place.slug])).status_code == 200


def test_a_locked_draft_is_a_page_that_asks_to_be_tried_again(owner, place):
    client = Client(raise_request_exception=False)
    first = client.post(reverse("referrals:begin", args=[place.slug])).url
    typed = {"name": "Åse", "relation": "mother", "protection": "no", "version": "0"}
    with psycopg.connect(owner.info.dsn) as other:
        other.execute("SELECT FROM referrals_draft FOR UPDATE")
        assert is_clean(client.post(first, typed))

    assert Draft.objects.get().version == 0
    assert client.post(first, typed).url.endswith(f"/{PARENT.steps[1].slug}/")


@login_not_required
def lock(request, one, other):
    Heartbeat.objects.select_for_update().get(name=one)
    both_hold_one.wait(5)
    Heartbeat.objects.select_for_update().get(name=other)
    return HttpResponse("ok")


urlpatterns = [path("<one>/<other>/", lock)]
both_hold_one = threading.Barrier(2)


@pytest.mark.urls(__name__)
def test_one_of_two_who_wait_for_each_other_is_asked_to_try_again():
    for name in ("first", "second"):
        Heartbeat.objects.create(name=name, at=timezone.now())
    paths = ["/first/second/", "/second/first/"]

    answers = at_once(lambda: Client(raise_request_exception=False).get(paths.pop()), times=2)

    assert sorted(answer.status_code for answer in answers) == [200, 503]
    assert is_clean(max(answers, key=lambda answer: answer.status_code))
