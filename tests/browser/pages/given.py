"""A course that is given: its story, what is measured of it, and its report."""

from datetime import timedelta

from django.urls import reverse
from django.utils import timezone

from interventions import actions
from interventions.models import Rating
from tests.browser.pages.people import LONG
from tests.instruments.paper import answered
from tests.interventions.courses import apart, course_of
from tests.interventions.journals import goal
from tests.interventions.screenings import days_ago, held, meet, signed
from tibir.instruments.models import NormRow


def given_pages(page, place, coordinator):
    """As a coordinator who also gives therapy."""
    case, mother, father = apart(place)
    case.members.create(user=coordinator, role="coordinator", started_on=case.opened_on)
    course = course_of(case, practitioner=coordinator, begun=200)
    address = reverse("interventions:progress", args=[case.pk, course.pk])
    page.goto(address)
    yield "nothing measured yet"
    NormRow.objects.filter(norm_set__code="ecbi", scale="intensity").update(sd=35, reliability=0.9)
    for number in range(9):
        people = [mother, father] if number % 3 else [mother]
        meeting = meet(course, days=-190 + 7 * number)
        note = actions.hold(meeting, by=coordinator, attended=people)
        signed(note)
    held(course, days=-3, people=[father])
    meet(course, days=5, hour=14, place=LONG)
    for days, one, other in ((195, 171, 128), (95, 150, 131), (4, 112, 126)):
        for person, value in ((mother, one), (father, other)):
            answered(person, by=coordinator, days_ago=days, occasion="other",
                     totals={"intensity": value, "problem": value // 12})  # fmt: skip
    answered(mother, by=coordinator, code="pss", days_ago=195, totals={"stress": 44})
    rated, _unrated = goal(course), goal(course, person=mother, words=LONG)
    for days, one, other in ((150, 2, 3), (90, 5, 4), (4, 8, 6)):
        for person, value in ((mother, one), (father, other)):
            Rating.objects.create(
                goal=rated, person=person, value=value, on=days_ago(days), by=coordinator
            )
    actions.settle_measures(course, by=coordinator)
    row = course.planned_measures.waiting().order_by("due_on", "pk").first()
    actions.put_aside(row, by=coordinator, reason=LONG)
    page.goto(address)
    yield "measures and change"
    for each in page.locator("main details").all():
        each.evaluate("each => each.open = true")
    yield "measures and change, with all the tables"
    waiting = course.planned_measures.waiting().order_by("due_on", "pk").first()
    page.goto(reverse("interventions:put_aside", args=[case.pk, waiting.pk]))
    yield "a planned measure"
    page.click("main form.t-form button")
    page.wait_for_selector("ds-error-summary")
    yield "a planned measure, with mistakes"
    yield from _reported(page, case, course, mother, coordinator)
    page.goto(reverse("home:case", args=[case.pk]))
    yield "the story of a case"


def _reported(page, case, course, mother, by):
    begin = reverse("interventions:begin_report", args=[case.pk, course.pk])
    page.goto(begin)
    yield "nobody who can get a report"
    type(mother).objects.filter(pk=mother.pk).update(
        verified_at=timezone.now() - timedelta(days=1), verified_by=by, verified_how="met"
    )
    page.goto(begin)
    yield "to whom a report goes"
    page.goto(reverse("interventions:begin_case_report", args=[case.pk]))
    yield "to whom a report of the case goes"
    page.check("main form input[type=radio]")
    page.click("main form.t-form button")
    page.wait_for_selector("textarea")
    yield "a report that is empty"
    page.fill("textarea >> nth=0", LONG)
    page.click("main form button[value=preview]")
    page.wait_for_selector("main form button[value=issue]")
    yield "a report before it is sent"
