"""Every state of a course, every action on it, and every role: what is let through, and what not.

The table of states says what the action does; the table of roles, who reaches its page.
"""

import pytest
from django.db import transaction
from django.urls import reverse

from interventions import actions
from interventions.models import Course
from interventions.states import CourseState
from tests.factories import MunicipalityFactory, UnitFactory, UserFactory
from tests.interventions.courses import COUNSELLING, agree, in_state, planned, trained
from tests.interventions.screenings import days_ago
from tibir.core.errors import DomainError

pytestmark = pytest.mark.django_db

EARLY = {"planned", "waitlisted", "offered"}
GOING = {"running", "paused"}
# In which states each action does what it says.
POSSIBLE = {
    "waitlist": {"planned", "offered"},
    "offer": {"planned", "waitlisted"},
    "accept": EARLY,
    "start": {"planned", "offered"},
    "pause": {"running"},
    "resume": {"paused"},
    "assign": EARLY | GOING,
    "ask_for_more": GOING,
    "transfer": GOING,
    "complete": GOING,
    "end": EARLY | GOING,
    "reopen": {"completed", "ended"},
}


@pytest.fixture
def place():
    return MunicipalityFactory()


def attempts(course, by, other, unit, away):
    codes = ["meetings", "goals", "measures", "feedback", "report"]
    today, left_out = days_ago(0), dict.fromkeys(codes, "x")
    return {
        "waitlist": lambda: actions.waitlist(course, by=by),
        "offer": lambda: actions.offer(course, by=by),
        "accept": lambda: actions.accept(course, by=by, on=today),
        "start": lambda: actions.start(course, by=by, on=today),
        "pause": lambda: actions.pause(course, by=by, on=today, reason="x"),
        "resume": lambda: actions.resume(course, by=by, on=today),
        "assign": lambda: actions.assign(course, by=by, practitioner=other),
        "ask_for_more": lambda: actions.ask_for_more(course, by=by, count=1, reason="x"),
        "transfer": lambda: actions.transfer(
            course, by=by, unit=unit, practitioner=away, reason="x"
        ),
        "complete": lambda: actions.complete(course, by=by, next_step="x", left_out=left_out),
        "end": lambda: actions.end(course, by=by, ending="moved", reason="x", left_out=left_out),
        "reopen": lambda: actions.reopen(course, by=by, reason="x"),
    }


@pytest.mark.parametrize("state", CourseState.values)
def test_each_action_is_possible_in_its_states_alone(place, state):
    course = planned(place)
    agree(course.case, COUNSELLING)
    unit = UnitFactory(municipality=place)
    by = UserFactory(coordinates=place.intake_unit)
    people = trained(place.intake_unit, COUNSELLING), unit, trained(unit, COUNSELLING)
    course = in_state(course, state)
    done = set()
    tried = attempts(course, by, *people)
    assert tried.keys() == POSSIBLE.keys()
    for name, attempt in tried.items():
        with transaction.atomic():
            try:
                attempt()
                done.add(name)
            except DomainError:
                pass
            transaction.set_rollback(True)
    assert done == {name for name, states in POSSIBLE.items() if state in states}


PLANS, GIVES, EITHER = {"coordinator"}, {"practitioner", "supervisor"}, {
    "coordinator", "practitioner", "supervisor",
}  # fmt: skip
PAGES = {
    "accept": (EITHER, "planned"),
    "start": (EITHER, "planned"),
    "pause": (EITHER, "running"),
    "resume": (EITHER, "paused"),
    "complete": (EITHER, "running"),
    "end": (EITHER, "running"),
    "reopen": (PLANS, "ended"),
    "assign": (PLANS, "running"),
    "transfer": (PLANS, "running"),
    "siblings": (PLANS, "running"),
    "ask_for_more": (GIVES, "running"),
    "plan_meeting": (GIVES, "running"),
    "safety": (GIVES, "running"),
    "course": ({*EITHER, "leader", "member"}, "running"),
}


def test_each_page_is_for_its_roles_alone(client, place):
    supervisor = UserFactory(practises_in=place.intake_unit)
    course = planned(place)
    Course.objects.filter(pk=course.pk).update(supervisor=supervisor)
    people = {
        "coordinator": UserFactory(coordinates=place.intake_unit),
        "leader": UserFactory(leads=place.intake_unit),
        "practitioner": course.practitioner,
        "supervisor": supervisor,
        "member": UserFactory(practises_in=place.intake_unit, works_with=course.case),
        "stranger": UserFactory(practises_in=place.intake_unit),
    }
    course.case.members.create(user=supervisor, role="supervisor", started_on=days_ago(0))
    for state in ("planned", "running", "paused", "ended"):
        in_state(course, state)
        for who, user in people.items():
            client.force_login(user)
            for name, (allowed, in_which) in PAGES.items():
                if in_which != state:
                    continue
                address = reverse(f"interventions:{name}", args=[course.case_id, course.pk])
                got = client.get(address).status_code
                expected = 404 if who == "stranger" else 200 if who in allowed else 403
                assert got == expected, (name, who, state)
        if state != "ended":
            Course.objects.filter(pk=course.pk).update(state="planned", started_on=None)
