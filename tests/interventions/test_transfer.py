"""A course goes on in another unit, and everything follows it that is not written yet."""

import pytest
from django.urls import reverse

from interventions import actions, rules
from interventions.models import Course
from tests.factories import MunicipalityFactory, UnitFactory, UserFactory
from tests.interventions.courses import (
    COUNSELLING,
    SKILLS,
    THERAPY,
    fulfilled,
    planned,
    reasons,
    running,
    trained,
)
from tests.interventions.journals import goal
from tests.interventions.screenings import days_ago, held, meet, signed
from tibir.cases.models import CaseMember
from tibir.core.dates import weekday_date
from tibir.core.errors import DomainError
from tibir.deadlines.kinds import Kind as Due
from tibir.deadlines.models import Deadline

pytestmark = pytest.mark.django_db


@pytest.fixture
def place():
    return MunicipalityFactory()


@pytest.fixture
def unit(place):
    return UnitFactory(municipality=place)


def transfer(course, unit, practitioner, **about):
    by = UserFactory(coordinates=course.case.unit)
    said = {"unit": unit, "practitioner": practitioner, "reason": "De flytter til bydelen."}
    return actions.transfer(course, by=by, **said | about)


def test_meetings_extensions_pauses_and_what_goes_beside_it_follow(place, unit):
    other = trained(unit, COUNSELLING)
    course = fulfilled(running(place))
    beside = running(place, SKILLS, case=course.case, beside=course)
    later = meet(course, days=5)
    actions.ask_for_more(course, by=course.practitioner, count=2, reason="Far kom sent med.")
    actions.pause(course, by=course.practitioner, on=days_ago(0), reason="Ferie.")
    due_on = Deadline.objects.get(kind=Due.PARALLEL).due_on

    new = transfer(course, unit, other)
    course.refresh_from_db()
    later.refresh_from_db()
    beside.refresh_from_db()
    assert (course.state, course.ended_on) == ("transferred", days_ago(0))
    assert (new.state, new.follows, new.unit, new.held_before) == ("paused", course, unit, 3)
    assert new.service == course.service
    assert later.course == new
    assert [staff.user for staff in later.staff.all()] == [other]
    assert beside.beside == new
    assert new.extensions.get().count == 2
    assert new.pauses.get().ended_on is None
    assert course.pauses.get().ended_on == days_ago(0)
    assert CaseMember.objects.get(user=other).unit == unit
    # It is asked about what goes beside it, which still has its last day.
    assert Deadline.objects.open().get(kind=Due.PARALLEL).due_on == due_on

    actions.resume(new, by=other, on=days_ago(0))
    meeting, note = held(new)
    assert meeting.number == 4
    signed(note)
    actions.complete(new, by=other, next_step="Ingen.", left_out=reasons(new))


def test_goals_are_seen_and_rated_where_it_goes_on_also_after_two_transfers(client, place, unit):
    course = running(place)
    mother = course.case.people.get()
    hers = goal(course, person=mother)
    actions.rate(course, by=course.practitioner, ratings=[(hers, mother, 2)])
    first = course.practitioner
    middle = transfer(course, unit, trained(unit, COUNSELLING))
    third = UnitFactory(municipality=place)
    new = transfer(middle, third, trained(third, COUNSELLING))

    _meeting, note = held(new)
    client.force_login(new.practitioner)
    page = client.get(reverse("interventions:note", args=[note.case_id, note.pk]))
    assert f"rating-{hers.pk}-{mother.pk}" in page.content.decode()
    actions.sign(note, by=note.author, version=0, internal="Godt.", ratings=[(hers, mother, 7)])
    under = reverse("interventions:set_under", args=[new.case_id, hers.pk])
    words = {"words": "Legge seg klokken åtte", "low": "krangel", "high": "sang"}
    to = reverse("interventions:goals", args=[new.case_id, new.pk])
    assert client.post(under, words).url == to
    [its, below] = rules.goals_of(new.practitioner, new)
    assert [(who, sorted(said)) for who, said in its.raters] == [(mother, [2, 7])]
    assert below.goal.parent == hers
    assert [check.code for check in rules.ending_checks(new) if check.code == "goals"
            and check.is_missing]  # fmt: skip

    # Where it was, it stands as it was; and whoever gave it then changes nothing of it.
    assert rules.goals_of(first, course)[0].goal == hers
    client.force_login(first)
    assert client.post(under, words).status_code == 403
    client.force_login(UserFactory(practises_in=unit, works_with=course.case))
    assert client.post(under, words).status_code == 404


def test_what_is_not_measured_yet_is_asked_of_whoever_gives_it_now(place, unit):
    course = running(place, THERAPY)
    waiting = course.planned_measures.waiting().count()
    assert Deadline.objects.open().filter(kind=Due.MEASURE, owner=course.practitioner).exists()
    new = transfer(course, unit, trained(unit, THERAPY))
    assert (course.planned_measures.count(), new.planned_measures.waiting().count()) == (0, waiting)
    due = Deadline.objects.open().filter(kind=Due.MEASURE)
    assert {(each.owner, each.unit) for each in due} == {(new.practitioner, unit)}
    assert rules.missing_at_end(new)


def test_a_course_for_the_child_goes_on_although_the_parents_have_a_pause(place, unit):
    family = running(place)
    course = running(place, SKILLS, case=family.case, beside=family)
    actions.pause(family, by=family.practitioner, on=days_ago(0), reason="Ferie.")
    new = transfer(course, unit, trained(unit, SKILLS))
    assert (new.state, new.beside) == ("running", family)
    task = Deadline.objects.open().get(kind=Due.PARALLEL)
    assert (task.target_id, task.owner, task.unit) == (new.pk, new.practitioner, unit)


def test_what_is_unsigned_or_elsewhere_or_unknown_stops_it(place, unit):
    course = running(place)
    other = trained(unit, COUNSELLING)
    with pytest.raises(DomainError, match="Bytt behandler"):
        transfer(course, course.unit, other)
    with pytest.raises(DomainError, match="kan ikke gi dette tiltaket"):
        transfer(course, unit, UserFactory(practises_in=unit))
    with pytest.raises(DomainError, match="planlagt"):
        transfer(planned(place), unit, other)
    _meeting, note = held(course)
    with pytest.raises(DomainError, match="Signer notatene"):
        transfer(course, unit, other)
    signed(note)
    busy = running(place, practitioner=other, unit=unit)
    for days in (-1, 3, 4):
        meet(busy, days=days, hour=11)
    forgotten, later = meet(course, hour=11), meet(course, days=3, hour=11)
    meet(course, days=5, hour=11)
    with pytest.raises(DomainError, match="er opptatt når") as refused:
        transfer(course, unit, other)
    assert f": {weekday_date(later.day)} klokken 11.00. Flytt" in str(refused.value)
    course.refresh_from_db()
    assert course.state == "running"
    assert not Course.objects.filter(follows=course).exists()
    actions.miss(later, by=course.practitioner, state="moved_by_us")
    new = transfer(course, unit, other)
    forgotten.refresh_from_db()
    assert (forgotten.course, forgotten.state) == (new, "planned")
    assert [staff.user for staff in forgotten.staff.all()] == [course.practitioner]
