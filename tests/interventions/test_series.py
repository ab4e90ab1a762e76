"""Meetings each week: shown first, agreed all at once, and moved together."""

from datetime import date, datetime, time, timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from interventions import actions, rules
from interventions.models import Meeting, Service
from tests.factories import LONG_AGO, MunicipalityFactory
from tests.interventions.screenings import meet, screening
from tests.referrals.parent import Page
from tibir.accounts.models import Absence, SchoolBreak
from tibir.calendar.oslo import OSLO
from tibir.calendar.series import hours_of
from tibir.core.errors import DomainError

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 10, 5, 12, tzinfo=OSLO)  # a Monday, with a clock change three weeks ahead
FIRST = date(2026, 10, 6)


@pytest.fixture(autouse=True)
def _in_october():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def place():
    return MunicipalityFactory()


@pytest.fixture
def course(place):
    """One that takes more than the three meetings of a screening."""
    now = {"started_on": LONG_AGO, "least_meetings": 1, "most_meetings": 12, "risk": "universal"}
    service = {"kind": "screening", "audience": "family", "qualification": "screener"}
    Service.objects.create(municipality=place, **service, **now)
    return screening(place)


def weeks(count, *, first=FIRST, hour=9):
    days = [first + timedelta(weeks=number) for number in range(count)]
    return [hours_of(day, time(hour), time(hour + 1)) for day in days]


def agree(course, times):
    return actions.plan_series(
        course,
        by=course.practitioner,
        times=times,
        kind="meeting",
        mode="in_person",
        place="Rom 2",
        people=list(course.case.people.all()),
    )


def local(meetings):
    return [f"{timezone.localtime(each.starts_at):%d.%m %H.%M}" for each in meetings]


def planned(course):
    return course.meetings.planned().for_list()


class Hands:
    def __init__(self, client, course):
        self.client, self.course = client, course
        self.address = reverse("interventions:plan_series", args=[course.case_id, course.pk])
        client.force_login(course.practitioner)

    def send(self, **typed):
        right = {"day": "06.10.2026", "starts": "9", "ends": "10", "count": "4", "action": "show"}
        fields = Page(self.client.get(self.address)).fields()
        return self.client.post(self.address, fields | right | typed)

    def agree(self, **typed):
        seen = self.send(**typed).context["seen"]
        return self.send(**typed, action="agree", seen=seen)


def test_the_days_are_shown_with_what_is_left_out_and_why_then_agreed(client, course, place):
    user = course.practitioner
    Absence.objects.create(user=user, kind="course", first_on="2026-10-20", last_on="2026-10-21")
    SchoolBreak.objects.create(
        municipality=place, name="høstferien", first_on="2026-10-12", last_on="2026-10-16"
    )
    meet(screening(MunicipalityFactory(), practitioner=None), days=1)  # somebody else's
    hands = Hands(client, course)
    page = hands.send(skips_breaks="on")
    slots = page.context["slots"]
    assert [(slot.day.day, slot.why) for slot in slots] == [
        (6, ""), (13, "høstferien"), (20, "fravær"), (27, ""), (3, ""), (10, ""),
    ]  # fmt: skip
    text = page.content.decode()
    assert "Tirsdag 13. oktober 2026" in text
    assert "ikke møte: høstferien" in text
    assert not Meeting.objects.filter(course=course).exists()
    assert hands.agree(skips_breaks="on").url == course.get_absolute_url()
    made = planned(course)
    # Nine on the wall, before the clocks are set back and after.
    assert local(made) == ["06.10 09.00", "27.10 09.00", "03.11 09.00", "10.11 09.00"]
    assert {each.staff.get().user for each in made} == {user}
    assert len({each.series for each in made}) == 1
    assert {each.attendances.count() for each in made} == {1}


def test_the_hours_when_one_is_busy_are_gone_around_and_where_one_is_is_not_said(client, course):
    elsewhere = screening(MunicipalityFactory(), practitioner=None)
    elsewhere_meeting = meet(elsewhere, days=8, hour=9)
    elsewhere_meeting.staff.update(user=course.practitioner)
    slots = Hands(client, course).send().context["slots"]
    assert [slot.why for slot in slots if slot.why] == ["opptatt da"]
    assert slots[1].day == date(2026, 10, 13)


def test_what_was_not_seen_is_not_agreed(client, course):
    hands = Hands(client, course)
    seen = hands.send().context["seen"]
    Absence.objects.create(
        user=course.practitioner, kind="other", first_on="2026-10-13", last_on="2026-10-13"
    )
    page = hands.send(action="agree", seen=seen)
    assert "Se over dem en gang til" in page.content.decode()
    assert not planned(course)
    assert hands.send(action="agree", seen=page.context["seen"]).status_code == 302
    assert len(planned(course)) == 4


BAD = [
    ({"count": "13"}, "count", "plass til 12 møter til i tiltaket. Trengs det flere"),
    ({"count": "1"}, "count", "fra 2 til 60"),
    ({"count": "ni"}, "count", "fra 2 til 60"),
    ({"count": ""}, "count", "Skriv et svar"),
    ({"day": "01.10.2025"}, "day", "Se over datoen"),
    ({"day": "06.10.2036"}, "day", "Se over årstallet"),
    ({"day": "01.09.2027", "count": "12"}, "count", "bare 6 møter innen et år"),
    ({"starts": "10", "ends": "9"}, "ends", "slutte etter"),
    ({"people": []}, "people", "Velg minst én"),
]


@pytest.mark.parametrize(("wrong", "field", "said"), BAD, ids=lambda it: str(it)[:24])
def test_what_is_wrong_with_a_series_is_said_beside_the_field(client, course, wrong, field, said):
    page = Hands(client, course).send(**wrong)
    assert said in " ".join(page.context["form"].errors[field])
    assert page.context["slots"] == []


def test_all_of_a_series_or_none_of_it(course):
    with pytest.raises(DomainError, match="høyst 12 møter"):
        agree(course, weeks(13))
    meet(course, days=15, hour=9)
    with pytest.raises(DomainError, match="er opptatt da"):
        agree(course, weeks(4))
    assert len(planned(course)) == 1
    agree(course, weeks(11, hour=12))
    with pytest.raises(DomainError, match="høyst 12 møter"):
        meet(course, days=2, hour=16)
    assert meet(course, days=2, hour=16, kind="team").is_planned  # it never counts


def moved(meeting, by_days=0, hour=9, closed=lambda day: ""):
    instead = hours_of(meeting.day + timedelta(days=by_days), time(hour), time(hour + 1))
    by = meeting.course.practitioner
    return actions.move_series(
        meeting, by=by, state="moved_by_us", instead=instead, closed=closed, reason="Ny timeplan"
    )


@pytest.mark.parametrize(
    ("by_days", "hour", "expected"),
    [
        (2, 13, ["06.10 09.00", "15.10 13.00", "22.10 13.00", "29.10 13.00"]),
        (7, 9, ["06.10 09.00", "20.10 09.00", "27.10 09.00", "03.11 09.00"]),
        (-1, 9, ["06.10 09.00", "12.10 09.00", "19.10 09.00", "26.10 09.00"]),
    ],
)
def test_one_and_all_that_follow_are_moved(course, by_days, hour, expected):
    _first, second, third, _last = agree(course, weeks(4))
    assert moved(second, by_days, hour) == 2
    assert local(planned(course)) == expected
    second.refresh_from_db()
    assert (second.state, second.moved_to.series) == ("moved_by_us", second.series)
    third.refresh_from_db()
    assert third.is_planned  # the ones after it are the same meetings at another time


def test_a_series_that_would_fall_on_a_day_off_or_a_taken_hour_is_not_moved_at_all(course):
    first, *_rest = agree(course, weeks(4))
    user = course.practitioner
    Absence.objects.create(user=user, kind="other", first_on="2026-10-14", last_on="2026-10-14")
    closed = rules.days_off(user, FIRST, date(2026, 12, 31))
    with pytest.raises(DomainError, match=r"14\.10\.2026 \(fravær\)"):
        moved(first, by_days=1, closed=closed)
    meet(course, days=17, hour=9)
    with pytest.raises(DomainError, match="er opptatt da"):
        moved(first, by_days=2, closed=closed)
    assert local(planned(course))[0] == "06.10 09.00"
    assert len(planned(course)) == 5


def test_an_hour_that_the_clock_leaves_out_is_no_time_for_a_meeting(client, course):
    first, *_rest = agree(course, weeks(4))
    hours = {"starts": time(2, 15), "ends": time(3)}
    instead = hours_of(date(2027, 3, 21), *hours.values())  # a week before it happens
    with pytest.raises(DomainError, match=r"28\.03\.2027 \(klokken stilles om\)"):
        actions.move_series(
            first, by=course.practitioner, state="moved_by_us", instead=instead,
            closed=lambda day: "",
        )  # fmt: skip
    client.force_login(course.practitioner)
    address = reverse("interventions:miss", args=[course.case_id, first.pk])
    typed = {"state": "moved_by_us", "day": "28.03.2027", "starts": "02.15", "ends": "03.00"}
    form = client.post(address, typed | {"scope": "one"}).context["form"]
    assert form.errors["ends"] == ["Møtet må slutte etter at det begynner."]


def test_one_of_a_series_is_moved_alone_or_with_the_rest_on_the_page(client, course):
    first, second, *_rest = agree(course, weeks(4))
    client.force_login(course.practitioner)

    def send(meeting, **typed):
        address = reverse("interventions:miss", args=[course.case_id, meeting.pk])
        said = {"state": "moved_by_family", "reason": "Syk"}
        return client.post(address, said | typed)

    new = {"day": "07.10.2026", "starts": "9", "ends": "10"}
    form = send(second, scope="following").context["form"]
    assert "når det første av dem" in form.errors["day"][0]
    assert send(first, **new, scope="one").status_code == 302
    assert local(planned(course))[:2] == ["07.10 09.00", "13.10 09.00"]
    assert send(second, **new | {"day": "14.10.2026"}, scope="following").status_code == 302
    assert local(planned(course)) == ["07.10 09.00", "14.10 09.00", "21.10 09.00", "28.10 09.00"]
