"""Two courses of one family: what was measured at the end of one is not taken for the other's."""

import pytest
from django.urls import reverse
from django.utils import timezone

from interventions import actions, letters, rules
from interventions.models import PlannedMeasure
from interventions.rules.measure import names_of, taken_for
from interventions.schedule import _has_changed, measures
from tests.instruments.paper import answered
from tests.interventions.courses import apart, course_of, reasons
from tests.interventions.screenings import days_ago
from tibir.cases.models import CasePerson
from tibir.core.dates import brief_date

pytestmark = pytest.mark.django_db


@pytest.fixture
def family():
    return apart()


def beside_of(case, *, begun=60, since=58):
    """(what the parents are given, what goes beside it for the child)."""
    course = course_of(case, begun=begun)
    return course, course_of(case, kind="social_skills", begun=since, beside=course)


def over(course):
    said = {"ending": "moved", "reason": "Flyttet.", "left_out": reasons(course)}
    actions.end(course, by=course.practitioner, **said)


def ended(course, days):
    """As if it had ended that many days ago."""
    over(course)
    type(course).objects.filter(pk=course.pk).update(ended_on=days_ago(days))
    course.refresh_from_db()
    actions.end_measures(course, by=course.practitioner, on=course.ended_on)


def after(course, person):
    rows = course.planned_measures.filter(occasion="after", instrument__code="ecbi")
    return rows.get(informant=person)


def settled():
    """By the clock; and then it has nothing more to do."""
    measures()
    measures()
    assert not PlannedMeasure.objects.filter(_has_changed(days_ago(0))).exists()


def test_what_was_taken_at_the_end_of_one_course_is_not_of_another_that_goes_on(family):
    case, mother, _father = family
    course, skills = beside_of(case, begun=175)
    made = answered(mother, by=course.practitioner, occasion="after", days_ago=20)
    ended(skills, 20)
    settled()
    assert after(skills, mother).met_by == made
    assert after(course, mother).is_waiting
    assert after(course, mother) in rules.missing_at_end(course)


def test_what_was_thought_to_be_of_both_is_of_the_one_that_ends(family):
    case, mother, _father = family
    course, skills = beside_of(case, begun=175)
    made = answered(mother, by=course.practitioner, occasion="after")
    settled()
    assert after(course, mother).met_by == after(skills, mother).met_by == made
    over(skills)
    settled()
    assert (after(skills, mother).met_by, after(course, mother).met_by) == (made, None)


def test_while_both_go_on_it_is_of_the_one_that_was_thought_to_end_then(family):
    case, mother, _father = family
    course, skills = beside_of(case)
    made = answered(mother, by=course.practitioner, occasion="after")
    settled()
    assert (after(skills, mother).met_by, after(course, mother).met_by) == (made, None)


def test_ended_in_the_same_weeks_both_have_their_answer_of_one_and_nobody_is_asked_again(family):
    case, mother, _father = family
    course, skills = beside_of(case)
    made = answered(mother, by=course.practitioner, occasion="after", days_ago=3)
    ended(skills, 3)
    settled()
    assert after(course, mother).is_waiting
    assert after(course, mother) not in rules.missing_at_end(course)
    over(course)
    assert after(course, mother).met_by == after(skills, mother).met_by == made


def test_what_is_taken_anew_is_of_the_course_that_goes_on(family):
    case, mother, _father = family
    course, skills = beside_of(case)
    first = answered(mother, by=course.practitioner, occasion="after", days_ago=20)
    ended(skills, 20)
    second = answered(mother, by=course.practitioner, occasion="after")
    settled()
    assert (after(skills, mother).met_by, after(course, mother).met_by) == (first, second)


def test_what_another_course_has_put_aside_is_of_the_one_that_goes_on(family):
    case, mother, _father = family
    course, skills = beside_of(case)
    by = course.practitioner
    actions.put_aside(after(skills, mother), by=by, reason="Rakk det ikke.")
    ended(skills, 20)
    made = answered(mother, by=by, occasion="after", days_ago=10)
    settled()
    assert after(course, mother).met_by == made


def test_the_page_of_a_course_that_goes_on_says_nothing_of_the_end_of_another(client, family):
    case, mother, _father = family
    course, skills = beside_of(case, begun=175)
    made = answered(mother, by=course.practitioner, occasion="after", days_ago=20)
    settled()
    ended(skills, 20)
    settled()
    link = reverse("instruments:measurement", args=[case.pk, made.pk])
    shown = {}
    for each in (course, skills):
        client.force_login(each.practitioner)
        address = reverse("interventions:progress", args=[case.pk, each.pk])
        shown[each] = link in client.get(address).content.decode()
    assert shown == {course: False, skills: True}


# --- What each figure was taken for ---------------------------------------------------------------


def said_in(client, course):
    client.force_login(course.practitioner)
    shown = client.get(reverse("interventions:progress", args=[course.case_id, course.pk]))
    return [row.occasion for each in shown.context["charts"] for row in each["progress"].rows]


def test_of_two_courses_each_figure_says_which_one_it_was_taken_for(client, family):
    case, mother, father = family
    course, skills = beside_of(case)
    by = course.practitioner
    answered(mother, by=by, days_ago=59, occasion="before")
    answered(mother, by=by, occasion="other", days_ago=30)
    answered(mother, by=by, occasion="after")
    answered(father, by=by, code="pss", totals={"stress": 30}, days_ago=1, occasion="after")
    settled()
    of_both = "før tiltaket (PMTO-terapi, sosial ferdighetstrening)"
    of_one = "etter tiltaket (sosial ferdighetstrening)"
    # Of what only one course has measured, nothing more is said.
    expected = [of_both, "en annen gang", of_one, "etter tiltaket"]
    assert said_in(client, course) == said_in(client, skills) == expected


def test_two_courses_of_one_name_are_told_apart_by_the_day_they_began(client, family):
    case, mother, _father = family
    first, second = course_of(case, begun=400), course_of(case, begun=40)
    for days in (399, 39):
        answered(mother, by=second.practitioner, days_ago=days, occasion="before")
    settled()
    names = names_of(taken_for(second.practitioner, case))
    assert [*names.values()] == [
        {each.pk: f"PMTO-terapi fra {brief_date(each.started_on)}"} for each in (first, second)
    ]


def test_a_report_says_which_course_each_of_the_recipients_figures_was_taken_for(family):
    case, mother, father = family
    course, skills = beside_of(case)
    by = course.practitioner
    answered(mother, by=by, days_ago=59, occasion="before")
    answered(mother, by=by, occasion="after")
    answered(father, by=by, occasion="before", days_ago=59)
    settled()
    said = {}
    CasePerson.objects.filter(case=case).update(
        verified_at=timezone.now(), verified_by=by, verified_how="met"
    )
    for person in CasePerson.objects.filter(case=case):
        draft = actions.begin_report(case, by=by, recipient=person)
        words = letters.drafted(draft, by=by, on=days_ago(0))
        charts = [chart for each in words["sections"] for chart in each["charts"]]
        said[person] = [row["occasion"] for each in charts for row in each["rows"]]
    of_both = "før tiltaket (PMTO-terapi, sosial ferdighetstrening)"
    assert said[mother] == [of_both, "etter tiltaket (sosial ferdighetstrening)"]
    assert said[father] == [of_both]
    assert skills.planned_measures.filter(informant=father, met_by=None).exists()
