"""Nobody hears nothing for three weeks while a course goes on."""

from datetime import timedelta

import pytest
from django.utils import timezone

from interventions import actions
from interventions.models import Meeting
from interventions.schedule import contact
from tests.factories import MunicipalityFactory
from tests.interventions.courses import planned, reasons, running, set_back
from tests.interventions.screenings import days_ago, held, meet
from tibir.deadlines.kinds import Kind as Due
from tibir.deadlines.models import Deadline

pytestmark = pytest.mark.django_db


@pytest.fixture
def course():
    return set_back(running(MunicipalityFactory()), 60)


def due(course):
    contact()
    return Deadline.objects.about(course, Due.CONTACT).open().first()


def call(course, days):
    about = {"person": course.case.people.first(), "minutes": 5, "text": "Det går bedre."}
    at = timezone.now() - timedelta(days=days)
    return actions.write_call(course, by=course.practitioner, called_at=at, **about)


def test_three_weeks_after_the_last_contact_it_is_due_for_whoever_gives_the_course(course):
    held(course, days=-30)
    late, _note = held(course, days=-13)
    struck = call(course, 12)
    assert due(course) is None
    actions.strike_call(struck, by=course.practitioner, reason="Feil familie.")
    assert due(course) is None
    Meeting.objects.filter(pk=late.pk).update(state="no_show", number=None)
    asked = due(course)
    assert (asked.begun_on, asked.due_on) == (days_ago(30), days_ago(9))
    assert (asked.owner, asked.unit, asked.case) == (course.practitioner, course.unit, course.case)
    assert asked.get_absolute_url() == course.get_absolute_url()
    assert due(course) == asked

    # What is written down late is no later contact; the next one is.
    held(course, days=-31)
    assert due(course) == asked
    held(course, days=-3)
    assert due(course) is None
    asked.refresh_from_db()
    assert asked.met_on == days_ago(3)


def test_a_call_is_contact_and_a_meeting_that_is_agreed_in_time_is_waited_for(course):
    call(course, 15)
    ahead = meet(course, days=6)
    assert due(course) is None
    actions.miss(ahead, by=course.practitioner, state="excused")
    assert due(course).due_on == days_ago(-6)
    call(course, 0)
    assert due(course) is None


def test_it_is_not_asked_of_a_course_that_rests_or_is_over(course):
    asked = due(course)
    assert asked.begun_on == course.started_on
    actions.pause(course, by=course.practitioner, on=days_ago(0), reason="Ferie.")
    assert due(course) is None
    actions.resume(course, by=course.practitioner, on=days_ago(0))
    assert due(course) is None
    course.pauses.update(started_on=days_ago(50), ended_on=days_ago(40))
    asked = due(course)
    assert asked.begun_on == days_ago(40)
    said = {"ending": "moved", "reason": "De flyttet.", "left_out": reasons(course)}
    actions.end(course, by=course.practitioner, **said)
    asked.refresh_from_db()
    assert asked.closed_reason == "ended"
    assert due(course) is None
    assert due(set_back(planned(course.case.municipality), 60)) is None
