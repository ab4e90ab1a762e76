"""Complaints: their last days, whose they are, and how they end."""

from datetime import date, timedelta
from itertools import product

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from tests.factories import MunicipalityFactory, UnitFactory, UserFactory
from tests.family.families import family
from tibir.audit.models import Event
from tibir.calendar.holidays import is_working_day
from tibir.cases.models import Complaint, Grade
from tibir.core.errors import DomainError
from tibir.deadlines.kinds import Kind as Due
from tibir.deadlines.models import Deadline
from tibir.family import actions

pytestmark = pytest.mark.django_db


@pytest.fixture
def place():
    return MunicipalityFactory()


@pytest.fixture
def leader(place):
    return UserFactory(leads=place.intake_unit)


def complain(unit, *, by, sort="administrative", on=None, **about):
    about = {
        "channel": "letter",
        "complainant": "Terje Ødegård",
        "about": "Vi fikk ikke svar på det vi spurte om.",
    } | about
    return actions.complain(unit, by=by, sort=sort, received_on=on or timezone.localdate(), **about)


def typed(**said):
    today = timezone.localdate().strftime("%d.%m.%Y")
    about = {"sort": "service", "channel": "letter", "received_on": today}
    return about | {"complainant": "Terje Ødegård", "about": "Ingen ringte tilbake."} | said


@pytest.mark.parametrize(("sort", "weeks"), [("service", 3), ("administrative", 3), ("health", 4)])
def test_each_sort_has_its_weeks(place, leader, sort, weeks):
    complaint = complain(place.intake_unit, by=leader, sort=sort, on=date(2026, 9, 7))
    assert complaint.due_on == date(2026, 9, 7) + timedelta(weeks=weeks)


def test_a_last_day_that_is_a_holiday_moves_to_the_next_working_day(place, leader):
    # Friday 4 December and three weeks is Christmas Day: domstolloven §§ 148–149.
    complaint = complain(place.intake_unit, by=leader, on=date(2026, 12, 4))
    assert complaint.due_on == date(2026, 12, 28)
    assert is_working_day(complaint.due_on)


@pytest.mark.parametrize(
    ("sort", "told_on", "is_late"),
    [
        ("administrative", date(2026, 10, 1), False),
        ("administrative", date(2026, 9, 30), True),
        ("health", date(2026, 9, 24), False),
        ("health", date(2026, 9, 23), True),
        ("service", date(2026, 1, 1), False),
        ("administrative", None, False),
    ],
)
def test_it_came_in_time_or_too_late(place, leader, sort, told_on, is_late):
    about = {"by": leader, "sort": sort, "told_on": told_on}
    complaint = complain(place.intake_unit, on=date(2026, 10, 22), **about)
    assert complaint.is_late == is_late


def test_it_stands_in_frister_with_its_last_day_and_can_be_taken(client, place, leader):
    client.force_login(leader)
    response = client.post(reverse("family:complain"), typed(unit=place.intake_unit.pk))
    complaint = Complaint.objects.get()
    assert response.url == reverse("family:complaint", args=[complaint.pk])
    due = Deadline.objects.get(kind=Due.COMPLAINT)
    assert (due.due_on, due.get_absolute_url()) == (complaint.due_on, response.url)
    assert "klage som skal besvares" in client.get(reverse("deadlines:list")).content.decode()

    client.post(reverse("deadlines:take", args=[due.pk]))
    assert leader.name in client.get(response.url).content.decode()


def test_the_leader_sees_those_of_the_unit_with_and_without_a_case(client, place, leader):
    case, _people = family(place)
    client.force_login(leader)
    client.post(reverse("family:case_complain", args=[case.pk]), typed())
    client.post(reverse("family:complain"), typed(unit=place.intake_unit.pk))
    everywhere = client.get(reverse("family:complaints")).content.decode()
    in_case = client.get(reverse("family:case_complaints", args=[case.pk])).content.decode()
    assert everywhere.count("Serviceklage") == 2
    assert in_case.count("Serviceklage") == 1


def test_one_about_a_case_that_is_strictly_protected_is_nowhere_else(client, place, leader):
    case, _people = family(place)
    complaint = complain(case.unit, by=leader, case=case)
    case.grade = Grade.STRICT
    case.save(update_fields=["grade"])
    cleared = UserFactory(practises_in=place.intake_unit, works_with=case, cleared_in=place)
    for who, status in ((leader, 404), (cleared, 200)):
        client.force_login(who)
        for name, pk in (("complaint", complaint.pk), ("case_complaints", case.pk)):
            assert client.get(reverse(f"family:{name}", args=[pk])).status_code == status
    client.force_login(leader)
    assert "Forvaltningsklage" not in client.get(reverse("family:complaints")).content.decode()


ENDS = {
    "upheld": ("answered", "upheld"),
    "partly": ("answered", "partly"),
    "not_upheld": ("answered", "not_upheld"),
    "forward": ("forwarded", ""),
    "drop": ("withdrawn", ""),
}


@pytest.mark.parametrize(("way", "sort"), list(product(ENDS, Complaint.Sort.values)))
def test_every_way_a_complaint_can_end(client, place, leader, way, sort):
    complaint = complain(place.intake_unit, by=leader, sort=sort)
    client.force_login(leader)
    response = client.post(
        reverse("family:end_complaint", args=[complaint.pk]),
        {
            "way": way,
            "on": timezone.localdate().strftime("%d.%m.%Y"),
            "to": "Statsforvalteren",
            "has_file": "on",
            "explanation": "Vi har skrevet til klageren.",
        },
    )
    complaint.refresh_from_db()
    due = Deadline.objects.get(kind=Due.COMPLAINT)
    if (way, sort) == ("forward", "service"):
        assert "way" in response.context["form"].errors
        assert complaint.state == "received"
        assert due.is_open
        with pytest.raises(DomainError):
            actions.forward(complaint, by=leader, on=timezone.localdate(), to="x", explanation="y")
        return
    assert (complaint.state, complaint.outcome) == ENDS[way]
    assert complaint.ended_on == timezone.localdate()
    assert bool(due.met_on) == (way != "drop")
    assert not due.is_open
    assert Event.objects.filter(verb=f"complaint.{complaint.state}").count() == 1
    again = client.post(reverse("family:end_complaint", args=[complaint.pk]), {})
    assert again.status_code == 409


@pytest.mark.parametrize("missing", ["to", "has_file", "explanation", "on", "way"])
def test_nothing_is_sent_on_without_a_receiver_and_the_file(client, place, leader, missing):
    complaint = complain(place.intake_unit, by=leader)
    client.force_login(leader)
    said = {
        "way": "forward",
        "on": timezone.localdate().strftime("%d.%m.%Y"),
        "to": "Statsforvalteren",
        "has_file": "on",
        "explanation": "Vi står på avgjørelsen.",
    }
    del said[missing]
    response = client.post(reverse("family:end_complaint", args=[complaint.pk]), said)
    assert missing in response.context["form"].errors
    complaint.refresh_from_db()
    assert complaint.state == "received"


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"unit": ""}, "unit"),
        ({"sort": ""}, "sort"),
        ({"about": ""}, "about"),
        ({"complainant": ""}, "complainant"),
        ({"received_on": "i fjor"}, "received_on"),
        ({"told_on": "{tomorrow}"}, "told_on"),
    ],
)
def test_what_was_typed_wrong_is_said_beside_the_field(client, place, leader, said, field):
    tomorrow = (timezone.localdate() + timedelta(days=1)).strftime("%d.%m.%Y")
    said = {name: value.format(tomorrow=tomorrow) for name, value in said.items()}
    client.force_login(leader)
    response = client.post(reverse("family:complain"), typed(unit=place.intake_unit.pk) | said)
    assert field in response.context["form"].errors
    assert not Complaint.objects.exists()


def test_a_unit_where_one_is_nothing_cannot_be_chosen(client, place, leader):
    client.force_login(leader)
    elsewhere = UnitFactory(municipality=place)
    response = client.post(reverse("family:complain"), typed(unit=elsewhere.pk))
    assert "unit" in response.context["form"].errors


@pytest.mark.parametrize(
    "change", ["DELETE FROM cases_complaint", "UPDATE cases_complaint SET received_on = '2020-1-1'"]
)
def test_what_came_is_never_changed(place, leader, change):
    complain(place.intake_unit, by=leader)
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(change)


def test_a_page_is_cut_and_goes_on(client, place, leader):
    for number in range(27):
        on = timezone.localdate() - timedelta(days=number)
        complain(place.intake_unit, by=leader, on=on)
    client.force_login(leader)
    first = client.get(reverse("family:complaints"))
    second = client.get(reverse("family:complaints"), {"etter": first.context["next"]})
    assert (len(first.context["rows"]), len(second.context["rows"])) == (25, 2)
    assert not set(first.context["rows"]) & set(second.context["rows"])


@pytest.mark.parametrize("page", ["family:complaints", "family:case_complaints"])
def test_more_complaints_cost_no_more_queries(client, place, leader, page):
    case, _people = family(place)
    client.force_login(leader)
    address = reverse(page, args=[case.pk] if page.endswith("case_complaints") else [])

    def queries():
        client.get(address)
        with CaptureQueriesContext(connection) as asked:
            client.get(address)
        return len(asked)

    complain(case.unit, by=leader, case=case)
    one = queries()
    for sort in ("health", "service"):
        complain(case.unit, by=leader, case=case, sort=sort)
    assert queries() == one
