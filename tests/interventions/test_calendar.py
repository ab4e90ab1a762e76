"""The calendar that people's own programs fetch: when, and nothing of whom."""

from datetime import UTC, timedelta
from urllib.parse import urlsplit

import icalendar
import pytest
from django.urls import reverse
from django.utils import timezone

from interventions import actions
from interventions.models import CalendarAddress, Meeting
from tests.factories import MunicipalityFactory, UserFactory
from tests.interventions.screenings import held, meet, screener, screening
from tibir.cases.models import Case, CaseMember, Grade

pytestmark = pytest.mark.django_db


@pytest.fixture
def place():
    return MunicipalityFactory()


@pytest.fixture
def course(place):
    user = screener(place.intake_unit, cleared_in=place.intake_unit)
    return screening(place, practitioner=user)


def address_of(user):
    secret = actions.open_calendar(user, by=user)
    return reverse("interventions:calendar_feed", args=[secret])


def events(client, address):
    answer = client.get(address)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    return icalendar.Calendar.from_ical(answer.content).walk("VEVENT")


def test_it_is_a_calendar_that_programs_read(client, course):
    meeting = meet(course, days=3, hour=9, place="Rådhuset; rom 2, " + "ærlig talt " * 12,
                   is_at_ours=True)  # fmt: skip
    address = address_of(course.practitioner)
    text = client.get(address).content
    assert text.endswith(b"END:VCALENDAR\r\n")
    lines = text.split(b"\r\n")
    assert b"\n" not in text.replace(b"\r\n", b"")
    assert max(len(line) for line in lines) <= 75  # octets, with what is folded
    assert b"VERSION:2.0" in lines
    (event,) = events(client, address)
    assert (event.decoded("dtstart"), event.decoded("dtend")) == (
        meeting.starts_at, meeting.ends_at,
    )  # fmt: skip
    assert b"DTSTART:" + f"{meeting.starts_at.astimezone(UTC):%Y%m%dT%H%M%SZ}".encode() in lines
    assert event["summary"] == "TIBIR-møte"
    assert event["location"] == meeting.place
    assert event["uid"].startswith(f"mote-{meeting.pk}@")
    assert {"dtstamp", "status", "class"} <= {name.lower() for name in event}


def test_nothing_of_a_family_is_in_it_and_the_place_only_where_it_is_ours(client, course):
    home = meet(course, days=3, hour=9, kind="home_visit", place="Storgata 1")
    address = address_of(course.practitioner)
    text = client.get(address).content.decode()
    words = ["Odin", "Ødegård", "Åse", "Storgata", "artlegging", f"saker/{course.case_id}"]
    assert [word for word in words if word in text] == []
    Meeting.objects.filter(pk=home.pk).update(is_at_ours=True)
    assert "Storgata" in client.get(address).content.decode()
    Case.objects.update(grade=Grade.CONFIDENTIAL)
    (event,) = events(client, address)
    assert "location" not in event
    assert event["summary"] == "TIBIR-møte"  # as of anybody whom we meet elsewhere


def test_nothing_of_a_family_in_hiding_is_in_it(client, course):
    meet(course, days=3, hour=9)
    address = address_of(course.practitioner)
    assert len(events(client, address)) == 1
    Case.objects.update(grade=Grade.STRICT)
    assert Meeting.objects.visible_to(course.practitioner).exists()
    assert events(client, address) == []


def test_a_meeting_keeps_its_name_when_it_is_moved_and_says_when_it_is_off(client, course):
    user, meeting = course.practitioner, meet(course, days=3, hour=9)
    held(course, days=-1, hour=8)
    address = address_of(user)
    before = {event["uid"]: event["status"] for event in events(client, address)}
    assert set(before.values()) == {"CONFIRMED"}
    later = [each + timedelta(days=7) for each in (meeting.starts_at, meeting.ends_at)]
    actions.miss(meeting, by=user, state="moved_by_us", instead=tuple(later))
    after = {event["uid"]: event["status"] for event in events(client, address)}
    assert set(before) < set(after)
    assert [after[uid] for uid in before] == ["CANCELLED", "CONFIRMED"] or sorted(
        after.values()
    ) == ["CANCELLED", "CONFIRMED", "CONFIRMED"]


def test_only_ones_own_and_only_while_one_may_know_of_the_family(client, course, place):
    meet(course, days=3)
    meet(screening(place), days=3)
    address = address_of(course.practitioner)
    assert len(events(client, address)) == 1
    meet(course, days=380)
    assert len(events(client, address)) == 1
    CaseMember.objects.update(started_on="2020-01-01", ended_on="2020-01-02")
    assert events(client, address) == []


def test_a_closed_address_and_one_that_never_was_answer_alike(client, course):
    user = course.practitioner
    first = address_of(user)
    second = address_of(user)
    actions.close_calendar(user, by=user)
    third = address_of(user)
    user.is_active = False
    user.save()
    unknown = [first, second, third, "/kalender/abc.ics", third.replace("A", "B", 1)]
    answers = [client.get(each) for each in unknown]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1
    user.is_active = True
    user.save()
    assert client.get(third).status_code == 200


def test_who_tries_too_often_is_made_to_wait_and_a_calendar_that_is_right_is_not(client, course):
    address = address_of(course.practitioner)
    statuses = [client.get("/kalender/feil.ics").status_code for _number in range(21)]
    assert statuses == [404] * 20 + [429]
    assert client.get(address).status_code == 200


def test_the_page_shows_the_address_once_makes_it_anew_and_closes_it(client, course):
    user = course.practitioner
    client.force_login(user)
    page = reverse("interventions:calendar")
    assert client.post(page, {"action": "open"}).url == page
    shown = client.get(page).context["address"]
    path = urlsplit(shown).path
    assert client.get(path).status_code == 200
    again = client.get(page)
    assert again.context["address"] == ""
    assert shown.rsplit("/")[-1] not in again.content.decode()
    assert CalendarAddress.objects.get().read_on == timezone.localdate()
    client.post(page, {"action": "open"})
    assert client.get(path).status_code == 404
    new = urlsplit(client.get(page).context["address"]).path
    client.post(page, {"action": "close"})
    assert client.get(new).status_code == 404
    assert not CalendarAddress.objects.exists()


def test_the_secret_is_kept_nowhere_and_is_long(course):
    secret = actions.open_calendar(course.practitioner, by=course.practitioner)
    row = CalendarAddress.objects.values_list().get()
    assert secret not in str(row)
    assert len(secret.replace("-", "")) * 5 >= 256


def test_who_meets_no_family_has_no_calendar(client):
    client.force_login(UserFactory())
    assert client.get(reverse("interventions:calendar")).status_code == 403
