"""A leader looks at who has read in the unit, and says so."""

from datetime import datetime, time, timedelta

import psycopg
import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from tests.factories import MunicipalityFactory, UnitFactory, UserFactory, refer
from tests.referrals.parent import Page
from tibir.audit.models import Event
from tibir.calendar.oslo import OSLO, Week, week_of
from tibir.cases.models import Case, Grade, LogCheck
from tibir.family import actions
from tibir.family.rules import control


@pytest.fixture
def place(request):
    if "committed" not in request.fixturenames:
        request.getfixturevalue("db")
    return MunicipalityFactory()


@pytest.fixture
def leader(place):
    return UserFactory(leads=place.intake_unit, name="Leder Ledersen")


@pytest.fixture
def week():
    """This one: only the database says when something was read, and it says now."""
    return week_of(timezone.localdate())


@pytest.fixture
def next_week(week):
    """When this week is whole, and may be looked at."""
    with time_machine.travel(timezone.now() + timedelta(days=7)):
        yield


@pytest.fixture
def at_the_page(client, leader, next_week):
    client.force_login(leader)
    return client


@pytest.fixture
def any_time(committed):
    """Rows of the log may be from any time, in this database alone."""
    with psycopg.connect(committed.owner_url) as owner:
        owner.execute("ALTER TABLE audit_event DISABLE TRIGGER audit_event_at_is_now")


def page_of(unit, week):
    return reverse("family:control", args=[unit.pk, week.year, week.number])


def reads(user, referral, verb="referral.read", basis="role", at=None):
    return Event.objects.create(
        verb=verb, actor_kind="user", actor_id=user.pk, case_id=referral.case_id, basis=basis,
        municipality_id=referral.municipality_id, target_type="referrals.referral",
        target_id=referral.pk, at=at or timezone.now(),
    )  # fmt: skip


def test_a_real_reading_is_counted_and_what_is_done_is_not(client, place, leader, week):
    referral = refer(place)
    reader = UserFactory(coordinates=place.intake_unit)
    client.force_login(reader)
    assert client.get(referral.get_absolute_url()).status_code == 200
    client.post(reverse("referrals:take", args=[referral.pk]))
    (found,) = control.readers(leader, place.intake_unit, week)
    assert (found.user, found.times, found.cases) == (reader, 1, {referral.case_id})


def test_a_week_shows_who_one_may_ask_and_which_cases_to_read(any_time, client, place, leader):
    unit, week = place.intake_unit, Week(2026, 46)  # without a holiday
    tuesday = week.days[1]

    def at(hour, day=tuesday):
        return datetime.combine(day, time(hour), tzinfo=OSLO)

    eager, usual, night, urgent = (UserFactory(coordinates=unit) for _number in range(4))
    referrals = [refer(place) for _number in range(12)]
    for referral in referrals:
        reads(eager, referral, at=at(10))
    reads(usual, referrals[0], at=at(7))
    reads(usual, referrals[0], at=at(16))
    reads(night, referrals[1], at=at(10, week.sunday))
    reads(night, referrals[1], at=at(6))
    reads(night, referrals[1], at=at(17))
    reads(urgent, referrals[2], basis="emergency", at=at(10))
    namesake = UserFactory(coordinates=unit, name="Siri Ødegård")
    reads(namesake, referrals[3], at=at(10))
    for elsewhen in (week.previous.sunday, week.next.monday):
        reads(usual, referrals[4], at=at(10, elsewhen))

    found = {each.user: each for each in control.readers(leader, unit, week)}
    assert [user for user in found if found[user].is_many] == [eager]
    assert (found[night].off_hours, found[usual].off_hours) == (3, 0)
    assert len(found[urgent].for_a_time) == 1
    assert len(found[usual].cases) == 1
    own = [row for row in control.namesakes(leader, unit, week) if row.is_own]
    assert [(row.case, row.colleague) for row in own] == [(referrals[3].case, namesake)]
    chosen = control.spot_check(leader, unit, week)
    assert len(chosen) == control.SPOT_CHECK
    assert chosen == control.spot_check(leader, unit, week)

    with time_machine.travel(at(10, week.next.monday)):
        client.force_login(leader)
        text = Page(client.get(page_of(unit, week))).text
    for said in ("mange", "har sett den selv", "Stikkprøve", *(str(user) for user in found)):
        assert said in text
    for silent in ("Odin", "Åse-Lill"):
        assert silent not in text


def test_what_was_looked_at_is_kept_and_logged(at_the_page, place, leader, week):
    client = at_the_page
    unit, page = place.intake_unit, page_of(place.intake_unit, week)
    weeks = Page(client.get(reverse("family:controls")))
    assert weeks.text.count("ikke kontrollert") == control.WEEKS
    assert page in weeks.links()
    assert Page(client.post(page, {"result": "followed_up"})).faults() == {
        "note": "Skriv hva som må følges opp."
    }
    typed = {"result": "followed_up", "note": "Spurte om søndagen. Vakt."}
    assert client.post(page, typed).url == reverse("family:controls")
    assert Page(client.get(reverse("family:controls"))).text.count("ikke kontrollert") == 7
    assert "Spurte om søndagen" in Page(client.get(page)).text
    check = LogCheck.objects.get()
    assert (check.unit, check.week_of, check.by) == (unit, week.monday, leader)
    done, read = (Event.objects.filter(verb=f"log.{what}") for what in ("checked", "check_read"))
    assert done.get().codes["result"] == "followed_up"
    assert read.count() == 2
    assert "søndagen" not in str(list(Event.objects.values_list("codes", flat=True)))
    too_soon = week_of(timezone.localdate())
    assert client.get(page_of(unit, too_soon)).status_code == 409
    assert client.get(page_of(UnitFactory(), week)).status_code == 404


def test_the_hidden_and_those_of_whom_one_is_kept_out_are_not_there(place, leader, week):
    hidden, mine, seen = refer(place), refer(place), refer(place)
    reader = UserFactory(coordinates=place.intake_unit)
    for referral in (hidden, mine, seen):
        reads(reader, referral)
    reads(reader, seen, verb="duty.read")
    Case.objects.filter(pk=hidden.case_id).update(grade=Grade.STRICT)
    actions.keep_out(mine.case, by=reader, user=leader, reason="close")
    (found,) = control.readers(leader, place.intake_unit, week)
    assert (found.cases, found.times) == ({seen.case_id}, 1)
    assert control.spot_check(leader, place.intake_unit, week) == [seen.case]
    assert {row.case for row in control.namesakes(leader, place.intake_unit, week)} <= {seen.case}


def test_more_readers_and_cases_cost_no_more_queries(at_the_page, place, week):
    def queries():
        with CaptureQueriesContext(connection) as asked:
            assert at_the_page.get(page_of(place.intake_unit, week)).status_code == 200
        return len(asked)

    def read_anew():
        referral = refer(place)
        reads(UserFactory(coordinates=place.intake_unit), referral)

    read_anew()
    queries()  # what a login looks up once
    one = queries()
    for _number in range(2):
        read_anew()
    assert queries() == one
