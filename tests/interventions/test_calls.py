"""Telephone calls between meetings: written down, never changed, and never a meeting."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, ProgrammingError, transaction
from django.urls import reverse
from django.utils import timezone

from interventions import actions, rules
from interventions.models import Call
from tests.factories import MunicipalityFactory, UserFactory, refer
from tests.interventions.screenings import at, days_ago, screening
from tests.referrals.parent import Page
from tibir.core.dates import long_date
from tibir.deadlines.kinds import Kind as Due
from tibir.deadlines.models import Deadline

pytestmark = pytest.mark.django_db


@pytest.fixture
def place():
    return MunicipalityFactory()


@pytest.fixture
def course(place):
    return screening(place)


def called(course, **about):
    said = {
        "person": course.case.people.get(),
        "called_at": timezone.now() - timedelta(hours=1),
        "minutes": 12,
        "text": "Leggingen gikk bedre.",
    }
    return actions.write_call(course, by=course.practitioner, **said | about)


def address(course):
    return reverse("interventions:call", args=[course.case_id, course.pk])


def test_a_call_stands_with_the_course_and_is_no_meeting_and_asks_for_no_note(client, course):
    client.force_login(course.practitioner)
    today = timezone.localdate().strftime("%d.%m.%Y")
    person = course.case.people.get()
    typed = {"day": today, "at": "00.00", "minutes": "12", "text": "Leggingen gikk bedre."}
    answer = client.post(address(course), typed | {"person": person.pk})
    assert answer.url == course.get_absolute_url()
    assert "Leggingen gikk bedre." in client.get(answer.url).content.decode()
    assert not course.meetings.exists()
    assert not Deadline.objects.filter(kind=Due.NOTE).exists()
    client.force_login(UserFactory(coordinates=course.unit))
    assert "Leggingen" not in client.get(answer.url).content.decode()


def test_the_same_call_twice_within_a_minute_stands_once(course, monkeypatch):
    at = timezone.now() - timedelta(hours=1)
    first = called(course, called_at=at)
    assert called(course, called_at=at) == first
    others = [called(course, called_at=at, minutes=13), called(course, called_at=at, text="Annet.")]
    assert course.calls.count() == 3
    actions.strike_call(first, by=course.practitioner, reason="Feil.")
    again = called(course, called_at=at)
    assert again not in (first, *others)
    monkeypatch.setattr("interventions.actions.call.TWICE", timedelta(0))
    assert called(course, called_at=at) != again


def faults():
    later = (timezone.localdate() + timedelta(days=1)).strftime("%d.%m.%Y")
    return [
        ({"day": later}, "day", "ikke være etter i dag"),
        ({"at": "23.59"}, "at", "har ikke vært ennå"),
        ({"day": "01.01.2020"}, "day", "Se over datoen"),
        ({"minutes": "0"}, "minutes", "fra 1 til 240"),
        ({"text": " "}, "text", "Skriv et svar"),
        ({"person": ""}, "person", "Velg et svar"),
        ({"person": "0"}, "person", "Velg ett av svarene"),
    ]


def test_what_is_wrong_with_a_call_is_said_beside_the_field(client, course):
    client.force_login(course.practitioner)
    fields = Page(client.get(address(course))).fields()
    today = timezone.localdate().strftime("%d.%m.%Y")
    right = {"person": course.case.people.get().pk, "day": today, "at": "0", "minutes": "5"}
    for wrong, field, said in faults():
        if wrong == {"at": "23.59"} and timezone.localtime().hour == 23:
            continue
        page = client.post(address(course), fields | right | {"text": "Hei"} | wrong)
        assert said in " ".join(page.context["form"].errors[field]), wrong
    assert not Call.objects.exists()


def test_a_call_is_struck_once_with_a_reason_and_stays_to_be_seen(client, course):
    call = called(course)
    client.force_login(course.practitioner)
    page = reverse("interventions:strike_call", args=[course.case_id, call.pk])
    assert "Skriv et svar" in client.post(page, {"reason": ""}).content.decode()
    assert client.post(page, {"reason": "Feil forelder"}).url == course.get_absolute_url()
    shown = client.get(course.get_absolute_url()).content.decode()
    assert "<s>Leggingen gikk bedre.</s>" in shown
    assert "Feil forelder" in shown
    again = client.post(page, {"reason": "En gang til"})
    assert again.status_code == 409
    assert [each.is_struck for each in rules.calls_of(course.practitioner, course)] == [True]


def test_a_call_just_after_midnight_is_of_the_day_that_it_was_here(client, course):
    call = called(course, called_at=at(days_ago(2), 0, 20), minutes=1)
    client.force_login(course.practitioner)
    page = client.get(reverse("interventions:strike_call", args=[course.case_id, call.pk]))
    assert long_date(days_ago(2)) in page.context["lead"]
    shown = client.get(course.get_absolute_url()).content.decode()
    assert "00.20, 1 minutt<br>" in shown


def test_the_database_alone_keeps_what_was_written(course):
    call = called(course)
    calls = Call.objects.filter(pk=call.pk)
    stranger = refer(MunicipalityFactory()).case.people.get()
    wrong = [
        lambda: calls.update(text="Noe annet"),
        lambda: calls.update(minutes=13),
        lambda: calls.delete(),
    ]
    for write in wrong:
        with pytest.raises(ProgrammingError, match="append-only"), transaction.atomic():
            write()
    broken = [
        lambda: calls.update(struck_at=timezone.now()),
        lambda: called(course, person=stranger),
        lambda: called(course, text=" "),
        lambda: called(course, minutes=0),
    ]
    for write in broken:
        with pytest.raises(IntegrityError), transaction.atomic():
            write()
    actions.strike_call(call, by=course.practitioner, reason="Feil")
    with pytest.raises(IntegrityError, match="struck out stays"), transaction.atomic():
        calls.update(struck_why="Noe annet")
