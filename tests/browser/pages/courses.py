"""Courses: planned, begun, paused, over, and the list of them; empty and with mistakes."""

from django.urls import reverse

from interventions import actions
from tests.browser.pages.people import LONG
from tests.interventions.courses import THERAPY, agree, in_state, planned, reasons, trained
from tests.interventions.screenings import days_ago, meet, referred, requalify
from tibir.family import actions as family

FORMS = ("start", "pause", "complete", "end", "ask_for_more", "plan_meeting")
OF_ITS_COORDINATOR = ("assign", "transfer", "siblings")


def course_pages(page, place, coordinator):
    """As a coordinator who also gives them."""
    page.goto(reverse("interventions:courses"))
    yield "no courses"
    case = referred(place).case
    plan = reverse("interventions:plan_course", args=[case.pk])
    page.goto(plan)
    yield "which service is planned"
    address = f"{plan}?tiltak=pmto_therapy"
    page.goto(address)
    yield "nobody who can give it"
    trained(place.intake_unit, name=LONG)
    page.goto(address)
    page.click("main form.t-form button")
    page.wait_for_selector("ds-error-summary")
    yield "who is to give it, with mistakes"
    course = planned(place, THERAPY, case=case, by=coordinator, practitioner=_both(coordinator))
    page.goto(course.get_absolute_url())
    yield "a course that lacks something"
    page.goto(_at("accept", course))
    yield "the family has accepted"
    agree(case, THERAPY)
    in_state(course, "running")
    meet(course, days=2, place=LONG)
    for name in FORMS:
        page.goto(_at("start", planned(place)) if name == "start" else _at(name, course))
        yield f"of a course: {name}, empty"
    page.goto(_at("complete", course))
    page.click("main form.t-form button")
    page.wait_for_selector("ds-error-summary")
    yield "of a course: complete, with mistakes"
    family.link(case, referred(place).case, by=coordinator, reason="Samme mor")
    for name in OF_ITS_COORDINATOR:
        page.goto(_at(name, course))
        yield f"of a course: {name}"
    actions.ask_for_more(course, by=coordinator, count=3, reason=LONG)
    actions.pause(course, by=coordinator, on=days_ago(0), reason=LONG)
    page.goto(_at("resume", course))
    yield "of a course: resume"
    other = planned(place, THERAPY)
    in_state(other, "running")
    asked = actions.ask_for_more(other, by=other.practitioner, count=3, reason=LONG)
    page.goto(reverse("interventions:extension", args=[asked.pk]))
    yield "more meetings are asked for"
    page.goto(course.get_absolute_url())
    yield "a course that is paused"
    left_out = dict.fromkeys(reasons(course), LONG)
    said = {"ending": "moved", "reason": LONG, "next_step": LONG, "left_out": left_out}
    actions.end(course, by=coordinator, **said)
    page.goto(course.get_absolute_url())
    yield "a course that is over"
    page.goto(_at("reopen", course))
    yield "of a course: reopen"
    page.goto(reverse("interventions:courses"))
    yield "courses"


def _both(coordinator):
    requalify(coordinator, "pmto_therapist")
    return coordinator


def _at(name, course):
    return reverse(f"interventions:{name}", args=[course.case_id, course.pk])
