"""More meetings than the service has: asked for by one, answered by another."""

import pytest
from django.db import IntegrityError, transaction

from interventions import actions, rules
from interventions.models import Extension
from tests.factories import MunicipalityFactory, UnitFactory, UserFactory
from tests.interventions.courses import COUNSELLING, THERAPY, planned, running, trained
from tests.interventions.screenings import days_ago, screening
from tibir.core.errors import DomainError, StaleState
from tibir.deadlines.kinds import Kind as Due
from tibir.deadlines.models import Deadline
from tibir.notifications.models import Notification

pytestmark = pytest.mark.django_db


@pytest.fixture
def place():
    return MunicipalityFactory()


def asked(course, count=3, by=None):
    by = by or course.practitioner
    return actions.ask_for_more(course, by=by, count=count, reason="Far kom sent med.")


def test_more_meetings_count_when_another_has_said_yes(place):
    coordinator = UserFactory(coordinates=place.intake_unit)
    course = running(place)
    extension = asked(course)
    task = Deadline.objects.get(kind=Due.EXTENSION)
    assert (task.unit, task.case, course.most_meetings) == (course.unit, course.case, 7)
    with pytest.raises(StaleState, match="ingen har svart"):
        asked(course)
    actions.answer_extension(extension, by=coordinator, is_approved=True)
    assert course.most_meetings == 10
    task.refresh_from_db()
    assert task.met_on
    assert Notification.objects.filter(user=course.practitioner, stage__startswith="answered")
    with pytest.raises(StaleState, match="alt svart"):
        actions.answer_extension(extension, by=coordinator, is_approved=False, answer="x")
    no = asked(course)
    with pytest.raises(DomainError, match="Skriv hvorfor"):
        actions.answer_extension(no, by=coordinator, is_approved=False, answer=" ")
    actions.answer_extension(no, by=coordinator, is_approved=False, answer="Prøv gruppe.")
    assert course.most_meetings == 10


def test_nobody_says_yes_to_their_own(place):
    user = trained(place.intake_unit, COUNSELLING, coordinates=place.intake_unit)
    course = running(place, practitioner=user)
    other = UserFactory(coordinates=place.intake_unit)
    mine, theirs = asked(course), UserFactory(leads=place.intake_unit)
    assert not rules.may_answer_extension(user, mine)
    assert rules.may_answer_extension(other, mine)
    assert rules.may_answer_extension(theirs, mine)
    with pytest.raises(DomainError, match="ikke gir tiltaket selv"):
        actions.answer_extension(mine, by=user, is_approved=True)
    row = Extension.objects.filter(pk=mine.pk)
    with pytest.raises(IntegrityError, match=r"by_another|does not give"), transaction.atomic():
        row.update(decided_by=user, decided_on=days_ago(0), is_approved=True)
    row.update(asked_by=other)
    with pytest.raises(IntegrityError, match="does not give"), transaction.atomic():
        row.update(decided_by=user, decided_on=days_ago(0), is_approved=True)
    with pytest.raises(IntegrityError, match="by_another"), transaction.atomic():
        row.update(decided_by=other, decided_on=days_ago(0), is_approved=True)
    assert not rules.may_answer_extension(other, Extension.objects.get())


def test_where_nobody_else_is_another_unit_answers_and_learns_of_no_family(place):
    user = trained(place.intake_unit, THERAPY, coordinates=place.intake_unit)
    unit = UnitFactory(municipality=place)
    elsewhere = UserFactory(leads=unit)
    course = planned(place, THERAPY, practitioner=user, by=user)
    place.intake_unit.memberships.exclude(user=user).update(ended_on=days_ago(1))
    extension = Extension.objects.create(
        course=course, count=2, reason="x", asked_by=user, asked_on=days_ago(0)
    )
    assert rules.answering_unit(course, user) == unit
    assert rules.may_answer_extension(elsewhere, extension)
    assert not rules.knows_family(elsewhere, course)


@pytest.mark.parametrize("state", ["planned", "over", "screening"])
def test_only_what_runs_is_asked_more_of(place, state):
    course = screening(place) if state == "screening" else planned(place)
    if state == "over":
        actions.end(course, by=course.practitioner, ending="moved", reason="Flyttet.")
    with pytest.raises(DomainError):
        asked(course)


def test_what_is_said_of_how_many_meetings_there_are_comes_from_the_catalogue(place):
    counselling, therapy = planned(place), planned(place, THERAPY)
    said = {held: list(rules.numbers(counselling, held, 0)) for held in (4, 5, 6, 7, 8)}
    assert said[4] == said[5] == []
    assert "det vanlige" in said[6][0]
    assert "Det er ikke plass til flere" in said[7][0]
    assert "Be om flere" in said[8][0]
    assert "skriv i notatet" in said[8][1]
    assert list(rules.numbers(therapy, 30, 1)) == []
    assert "evaluer" in next(rules.numbers(therapy, 31, 0))
