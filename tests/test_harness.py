"""The harness must fail what it promises to fail, or every other test proves less than it says."""

import subprocess
import sys
import urllib.request
from types import SimpleNamespace

import psycopg
import pytest
from celery import shared_task
from django.contrib.auth.decorators import login_not_required
from django.db import connection, transaction
from django.db.models import Count
from django.http import HttpResponse
from django.template import Context, Origin, Template
from django.test import TestCase, TransactionTestCase
from django.urls import path, reverse
from django.utils import timezone

from tests import conftest, databases
from tests.databases import at_once
from tests.factories import UserFactory
from tibir.audit.record import CLOCK, record
from tibir.core import doorbell
from tibir.core.models import Heartbeat


def beat(name):
    return Heartbeat.objects.create(name=name, at=timezone.now())


def ask(sql):
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchone()[0]


@shared_task(name="tests.beat_twice")
def beat_twice(pk):
    with transaction.atomic():
        first = Heartbeat.objects.get(pk=pk)
        second = beat(f"{first.name} twice")
        doorbell.ring(beat_thrice, second.pk)


@shared_task(name="tests.beat_thrice")
def beat_thrice(pk):
    beat(f"thrice after {pk}")


@login_not_required
def ringing(request):
    with transaction.atomic():
        doorbell.ring(beat_twice, beat("page").pk)
    return HttpResponse("ok")


@login_not_required
def failing(request):
    doorbell.ring(beat_twice, beat("page").pk)
    raise ZeroDivisionError


urlpatterns = [path("ringing/", ringing), path("failing/", failing)]


# --- Databases ------------------------------------------------------------------------------


@pytest.mark.parametrize("_again", range(2))
def test_what_a_test_writes_is_gone_in_the_next(db, _again):
    beat("alone")
    assert Heartbeat.objects.count() == 1


def test_tests_come_as_the_application(db):
    assert ask("SELECT current_user") == "tibir_app"
    with pytest.raises(Exception, match="permission denied"), transaction.atomic():
        ask("CREATE TABLE public.mine ()")
    with pytest.raises(Exception, match="permission denied"), transaction.atomic():
        ask("DELETE FROM audit_event RETURNING 1")


@pytest.mark.parametrize("_again", range(2))
def test_a_committed_row_is_seen_by_threads_and_by_others(committed, _again):
    beat("first")
    assert at_once(lambda: Heartbeat.objects.get().name, times=3) == ["first"] * 3
    with psycopg.connect(committed.url) as other:
        assert other.execute("SELECT name FROM core_heartbeat").fetchall() == [("first",)]


@pytest.mark.parametrize("_again", range(3))
def test_a_committed_database_is_as_new_for_each_test(committed, _again):
    assert ask("SELECT count(*) FROM audit_event") == 0
    assert ask("SELECT count(*) FROM pg_tables WHERE tablename = 'mine'") == 0
    assert ask("SELECT count(*) FROM django_content_type WHERE app_label = 'mine'") == 0
    assert ask("SELECT count(*) FROM django_content_type WHERE app_label = 'cases'") > 0
    first = beat("first").pk
    assert first == 1
    record("user.codes_kept", UserFactory(), by=CLOCK)  # append-only
    with psycopg.connect(committed.owner_url, autocommit=True) as owner:
        owner.execute("UPDATE django_content_type SET app_label = 'mine' WHERE model = 'event'")
        if _again == 1:
            owner.execute("CREATE TABLE mine ()")


@pytest.mark.prove
def test_another_process_works_in_the_committed_database(committed):
    code = "from tests.test_harness import beat; beat('elsewhere')"
    command = [sys.executable, "manage.py", "shell", "--no-imports", "-c", code]
    subprocess.run(command, cwd=databases.ROOT, check=True)
    assert Heartbeat.objects.get().name == "elsewhere"


def test_threads_let_go_at_once_tell_what_became_of_each(committed):
    outcomes = at_once(lambda: beat("only one may have this name"))
    assert sum(isinstance(outcome, Heartbeat) for outcome in outcomes) == 1
    assert sum("duplicate key" in str(outcome) for outcome in outcomes) == 7


def test_the_limits_of_the_role_hold_in_a_committed_database(committed):
    assert ask("SHOW transaction_timeout") == "20s"


def test_the_owner_of_a_committed_database_may_do_what_the_application_may_not(committed):
    with psycopg.connect(committed.owner_url, autocommit=True) as owner:
        owner.execute("ALTER TABLE audit_event DISABLE TRIGGER USER")
    with pytest.raises(Exception, match="must be owner"):
        ask("ALTER TABLE audit_event ENABLE TRIGGER USER")


@pytest.mark.parametrize(
    ("asked", "marker", "case"),
    [
        pytest.param([], pytest.mark.django_db(transaction=True), None, id="transaction"),
        pytest.param([], pytest.mark.django_db(reset_sequences=True), None, id="sequences"),
        pytest.param(["transactional_db"], None, None, id="transactional_db"),
        pytest.param(["live_server"], None, None, id="live_server"),
        pytest.param([], None, TransactionTestCase, id="TransactionTestCase"),
        pytest.param(["committed", "db"], None, None, id="committed and db"),
        pytest.param(["committed"], pytest.mark.django_db, None, id="committed and marker"),
    ],
)
def test_what_would_flush_is_refused(asked, marker, case):
    mark = marker and marker.mark
    item = SimpleNamespace(fixturenames=asked, get_closest_marker=lambda name: mark, cls=case)
    with pytest.raises(pytest.fail.Exception, match="committed"):
        conftest.pytest_runtest_setup(item)


@pytest.mark.parametrize(
    ("asked", "marker", "case"),
    [(["db"], None, None), ([], pytest.mark.django_db, TestCase), (["committed"], None, None)],
)
def test_what_is_rolled_back_or_thrown_away_is_not_refused(asked, marker, case):
    mark = marker and marker.mark
    item = SimpleNamespace(fixturenames=asked, get_closest_marker=lambda name: mark, cls=case)
    conftest.pytest_runtest_setup(item)


def test_a_changed_migration_makes_another_template(monkeypatch):
    before = databases._fingerprint()
    monkeypatch.setattr(databases.django, "__version__", "5.2.999")
    assert databases._fingerprint() != before


def test_each_worker_rings_at_its_own_door():
    assert databases.redis_address("redis+socket:///a/b.sock?virtual_host=0", 2) == (
        "redis+socket:///a/b.sock?virtual_host=2"
    )
    assert databases.redis_address("redis://broker:6379/0", 2) == "redis://broker:6379/2"


# --- Requests and rings ---------------------------------------------------------------------


@pytest.mark.urls("tests.test_harness")
def test_a_request_rings_after_its_commit_and_nothing_is_published(client, rings):
    client.get("/ringing/")
    page = Heartbeat.objects.get()
    assert rings == [(beat_twice, (page.pk,))]

    rings.answer()
    names = Heartbeat.objects.order_by("pk").values_list("name", flat=True)
    assert [name.split()[0] for name in names] == ["page", "page", "thrice"]
    assert rings == []


@pytest.mark.urls("tests.test_harness")
def test_a_request_that_fails_rings_for_nothing(client, rings):
    with pytest.raises(ZeroDivisionError):
        client.get("/failing/")
    assert rings == []
    assert not Heartbeat.objects.exists()


@pytest.mark.urls("tests.test_harness")
def test_a_request_in_a_committed_database_rings_too(committed, client, rings):
    client.get("/ringing/")
    assert rings == [(beat_twice, (Heartbeat.objects.get().pk,))]


def ring():
    with transaction.atomic():
        doorbell.ring(beat_twice, 1)


def test_a_test_with_a_broker_publishes(committed, broker):
    ring()
    assert doorbell.drain(5)
    assert broker.llen("celery") == 1


@pytest.mark.prove
def test_redis_may_be_killed_and_started_again(committed, redis_server):
    redis_server.kill()
    ring()
    assert doorbell.drain(10)
    redis_server.start()
    ring()
    assert doorbell.drain(10)
    with redis_server.client() as client:
        assert client.llen("celery") == 1


def test_redis_may_be_frozen_and_thawed(committed, redis_server):
    redis_server.freeze()
    ring()
    redis_server.thaw()
    assert doorbell.drain(10)


@pytest.mark.prove
def test_without_redis_a_ring_is_lost_and_nothing_else(committed, redis_gone):
    ring()
    assert doorbell.drain(10)


# --- Nothing by luck ------------------------------------------------------------------------


@pytest.fixture
def twenty(db):
    return {beat(f"{number:02}").pk for number in range(20)}


def orders(queryset):
    return {tuple(row.pk for row in queryset.all()) for _ in range(5)}


def test_rows_without_an_order_come_in_any_order(twenty):
    assert len(orders(Heartbeat.objects.all())) > 1
    assert len(orders(Heartbeat.objects.filter(name__gt="05")[:3])) > 1
    assert len(orders(Heartbeat.objects.order_by("name"))) == 1
    # A slice inside another query is as much a matter of luck.
    assert len(orders(Heartbeat.objects.filter(pk__in=Heartbeat.objects.all()[:3]))) > 1


def test_what_has_no_order_to_lose_works_as_before(twenty):
    every = Heartbeat.objects.all()
    assert every.exists()
    assert every.count() == 20
    assert every.get(name="07").name == "07"
    assert {every.order_by("name").first().name, every.last().name} == {"00", "19"}
    assert every.aggregate(many=Count("pk")) == {"many": 20}
    by_at = every.annotate(many=Count("pk")).values_list("many", flat=True)
    assert list(by_at) == [1] * 20
    assert list(
        every.values("at__year").annotate(many=Count("pk")).values_list("many", flat=True)
    ) == [20]
    assert every.values("at__year").distinct().count() == 1
    assert len(every.values_list("at__year").distinct()) == 1
    assert {row.pk for row in every.filter(name="01").union(every.filter(name="02"))} <= twenty
    assert set(every.in_bulk()) == twenty
    assert every.select_for_update().filter(pk__in=every.filter(name="03")).get().name == "03"
    assert len(every.filter(name__in=every.values("name"))) == 20
    assert every.filter(name="04").update(at=timezone.now()) == 1
    assert every.filter(name__lt="10").delete()[0] == 10
    assert len(list(every.iterator(chunk_size=3))) == 10


def render(source, folder):
    template = Template(source, origin=Origin(str(folder / "page.html")))
    return template.render(Context({"known": "her"}))


def test_a_variable_that_does_not_exist_fails_our_templates_only():
    ours, theirs = databases.ROOT / "templates", databases.ROOT / ".venv"
    assert render("{{ known }}{% if unknown %}x{% endif %}", ours) == "her"
    assert render("{{ known }}{{ unknown }}", theirs) == "her"
    with pytest.raises(AssertionError, match="unknown"):
        render("{{ known }}{{ unknown }}", ours)
    with pytest.raises(AssertionError, match=r"known\.further"):
        render("{{ known.further }}", ours)


# --- The site and a browser -----------------------------------------------------------------


def test_the_site_is_served_with_static_files(server):
    for address in (reverse("login"), "/static/tibir.css"):
        with urllib.request.urlopen(server + address) as answer:  # noqa: S310
            assert answer.status == 200


@pytest.mark.browser
def test_a_browser_speaks_norwegian_and_keeps_its_cookies(server, page):
    page.goto(server + reverse("login"))
    assert page.locator("html").get_attribute("lang") == "nb"
    assert page.evaluate("navigator.language") == "nb-NO"
    assert page.evaluate("Intl.DateTimeFormat().resolvedOptions().timeZone") == "Europe/Oslo"
    assert any("csrftoken" in cookie["name"] for cookie in page.context.cookies())
