"""Through whom somebody speaks at a meeting; never through a child."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from interventions import actions
from interventions.models import Attendance
from tests.factories import MunicipalityFactory, refer
from tests.interventions.screenings import meet, screening
from tibir.cases.models import Person

pytestmark = pytest.mark.django_db
OTHER = {"interpreter": "other", "why_other": "Ingen i registeret var ledig", "is_adult": "on"}


@pytest.fixture
def course():
    return screening(MunicipalityFactory())


class Hands:
    def __init__(self, client, meeting):
        self.client, self.meeting = client, meeting
        self.case = meeting.course.case_id
        client.force_login(meeting.course.practitioner)

    def page(self, person=None):
        person = person or self.meeting.attendances.get().person_id
        return reverse("interventions:interpret", args=[self.case, self.meeting.pk, person])

    def send(self, **typed):
        right = {"language": "tigrinja", "interpreting": "phone", "interpreter": "registered"}
        return self.client.post(self.page(), right | typed)


@pytest.fixture
def hands(client, course):
    return Hands(client, meet(course, days=3))


def test_a_family_that_needs_one_is_seen_until_it_is_ordered(client, hands):
    Person.objects.update(interpreter=True, language="tigrinja")
    course = hands.meeting.course
    assert "trenger tolk" in client.get(course.get_absolute_url()).content.decode()
    assert client.get(hands.page()).context["form"].initial["language"] == "tigrinja"
    hands.send()
    assert "ikke bestilt" in client.get(course.get_absolute_url()).content.decode()
    hands.send(ordered_on=timezone.localdate().strftime("%d.%m.%Y"))
    page = client.get(course.get_absolute_url()).content.decode()
    assert "Tolk for Åse-Lill Ødegård: tigrinja" in page
    assert "ikke bestilt" not in page
    hands.send(language="")
    assert not Attendance.objects.get().has_interpreter


def test_it_follows_a_meeting_that_is_moved_and_is_to_be_ordered_anew(hands):
    hands.send(ordered_on=timezone.localdate().strftime("%d.%m.%Y"))
    meeting = hands.meeting
    later = [each + timedelta(days=7) for each in (meeting.starts_at, meeting.ends_at)]
    new = actions.miss(
        meeting, by=meeting.course.practitioner, state="moved_by_us", instead=tuple(later)
    )
    attendance = new.attendances.get()
    assert (attendance.language, attendance.ordered_on) == ("tigrinja", None)


@pytest.mark.parametrize(
    ("wrong", "field", "said"),
    [
        ({"interpreting": ""}, "interpreting", "hvordan det tolkes"),
        (OTHER | {"why_other": ""}, "why_other", "Skriv hvorfor"),
        (OTHER | {"is_adult": ""}, "is_adult", "Et barn tolker aldri"),
        ({"ordered_on": "01.01.2999"}, "ordered_on", "ikke være etter i dag"),
        ({"interpreter": "child"}, "interpreter", "Velg ett av svarene"),
    ],
)
def test_what_is_missing_is_said_beside_the_field(hands, wrong, field, said):
    page = hands.send(**wrong)
    assert said in " ".join(page.context["form"].errors[field])
    assert not Attendance.objects.get().has_interpreter


def test_another_adult_interprets_with_a_reason(hands):
    assert hands.send(**OTHER).status_code == 302
    attendance = Attendance.objects.get()
    assert (attendance.interpreter, attendance.is_adult) == ("other", True)
    assert hands.send().status_code == 302  # found one after all
    attendance.refresh_from_db()
    assert (attendance.why_other, attendance.is_adult) == ("", False)


def test_nobody_interprets_for_somebody_who_is_not_asked_to_come(client, hands):
    stranger = refer(MunicipalityFactory()).case.people.get()
    assert client.get(hands.page(stranger.pk)).status_code == 404


@pytest.mark.parametrize(
    ("written", "constraint"),
    [
        ({"language": "tigrinja"}, "has_a_language"),
        ({"interpreter": "registered"}, "has_a_language"),
        ({"interpreter": "other", "is_adult": True}, "registered_or_explained"),
        ({"interpreter": "other", "why_other": "Hast"}, "is_no_child"),
    ],
)
def test_the_database_alone_keeps_children_out_of_it(hands, written, constraint):
    whole = {"language": "tigrinja", "interpreting": "phone"} if "is_" not in constraint else {}
    about = written if constraint == "has_a_language" else whole | written
    about |= {"language": "x", "interpreting": "phone"} if constraint == "is_no_child" else {}
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Attendance.objects.update(**about)
