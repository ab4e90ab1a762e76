"""A screening: each page of it, empty, with mistakes, and with everything written."""

from datetime import timedelta

from django.urls import reverse
from django.utils import timezone

from interventions import actions
from tests.browser.pages.people import LONG
from tests.factories import LONG_AGO
from tests.interventions.at_once import typed
from tests.interventions.screenings import (
    Kind,
    held,
    meet,
    qualify,
    referred,
    requalify,
    screener,
    signed,
)
from tibir.accounts.models import Membership, Role

FORMS = (
    "plan_meeting", "plan_series", "call", "gate", "observation", "conversation", "findings",
    "safety", "end",
)  # fmt: skip
DECIDE = "interventions:decide"


def screening_pages(page, place, coordinator):
    """As a coordinator who also screens."""
    page.goto(reverse("interventions:screenings"))
    yield "no screenings"
    referral = referred(place)
    plan = reverse("interventions:plan_screening", args=[referral.pk])
    page.goto(plan)
    yield "nobody who can screen"
    qualify(coordinator)
    page.goto(plan)
    yield "who is to screen"
    page.click("main form.t-form button")
    page.wait_for_selector("ds-error-summary")
    yield "who is to screen, with mistakes"
    course = actions.plan_screening(referral, by=coordinator, practitioner=coordinator)
    page.goto(course.get_absolute_url())
    yield "a screening that is planned"
    person = course.case.people.get()
    more = {"gate": [person.pk]}
    for name in FORMS:
        ids = [course.case_id, course.pk, *more.get(name, [])]
        page.goto(reverse(f"interventions:{name}", args=ids))
        yield f"of a screening: {name}, empty"
        if name not in ("findings",):
            page.click("main form.t-form button")
            page.wait_for_selector("ds-error-summary")
            yield f"of a screening: {name}, with mistakes"
    yield from _meetings(page, course)
    yield from _written(page, course, person)
    page.goto(reverse("interventions:assign", args=[course.case_id, course.pk]))
    yield "nobody else who can screen"
    screener(place.intake_unit, name=LONG)
    page.goto(reverse("interventions:assign", args=[course.case_id, course.pk]))
    yield "who is to have the screening"
    page.goto(reverse("interventions:screenings"))
    yield "screenings"
    page.goto(reverse("home:case", args=[course.case_id]))
    yield "a case with a screening"
    yield from at_once(page, coordinator)


def at_once(page, coordinator):
    """The one page, for a coordinator who also works with families and is trained for both."""
    unit = coordinator.memberships.get().unit
    Membership.objects.create(
        user=coordinator, unit=unit, role=Role.PRACTITIONER, started_on=LONG_AGO
    )
    requalify(coordinator, Kind.COUNSELLOR)
    page.goto(reverse("interventions:direct"))
    yield "a family that was met"
    look = "main form button[value=look]"
    page.click(look)
    page.wait_for_selector("ds-error-summary")
    yield "a family that was met, with mistakes"
    page.click("main form button[value=add]")
    yield "a family that was met, with one more person"
    then = {"motet-starts": "12", "motet-ends": "13"}  # at nine somebody else was met
    for name, value in (typed() | then).items():
        if isinstance(value, str):
            _type(page, name, value)
    page.click(look)
    page.wait_for_selector(".t-letter")
    yield "a family that was met, looked over"


def _type(page, name, value):
    field = page.locator(f"main form [name='{name}']")
    if field.first.get_attribute("type") == "radio":
        page.check(f"main form [name='{name}'][value='{value}']")
    else:
        field.fill(value)


def _meetings(page, course):
    meeting = meet(course, days=0, hour=0, place=LONG)
    page.goto(reverse("home:start"))
    yield "a day with a meeting"
    attendance = meeting.attendances.get()
    actions.interpret(
        attendance, by=course.practitioner, language=LONG[:50], interpreting="video",
        ordered_on=None, interpreter="other", is_adult=True, why_other=LONG[:300],
    )  # fmt: skip
    page.goto(
        reverse("interventions:interpret", args=[course.case_id, meeting.pk, attendance.person_id])
    )
    yield "an interpreter"
    page.check("input[name=interpreter][value=other]")
    page.uncheck("input[name=is_adult]")
    page.click("main form.t-form button")
    page.wait_for_selector("ds-error-summary")
    yield "an interpreter, with mistakes"
    yield from _series(page, course)
    yield from _calls(page, course, attendance.person)
    for name in ("change_meeting", "hold", "miss"):
        page.goto(reverse(f"interventions:{name}", args=[course.case_id, meeting.pk]))
        yield f"of a meeting: {name}"
    actions.miss(meeting, by=course.practitioner, state="excused", reason=LONG)
    _meeting, note = held(course)
    address = reverse("interventions:note", args=[course.case_id, note.pk])
    page.goto(address)
    yield "an empty note"
    page.click("main form.t-form button[value=sign]")
    page.wait_for_selector("ds-error-summary")
    yield "an empty note cannot be signed"
    note.refresh_from_db()
    signed(note, LONG)
    page.goto(address)
    yield "a signed note"
    actions.add_to(note, by=course.practitioner, text=LONG, reason=LONG)
    page.goto(reverse("interventions:add_to_note", args=[course.case_id, note.pk]))
    yield "something to add to a note"
    page.goto(address)
    yield "a note with something added"


def _series(page, course):
    page.goto(reverse("interventions:plan_series", args=[course.case_id, course.pk]))
    first = course.planned_on + timedelta(days=1)
    page.fill("input[name=day]", f"{first:%d.%m.%Y}")
    for name, value in (("starts", "4"), ("ends", "5"), ("count", "2")):
        page.fill(f"input[name={name}]", value)
    page.click("main form.t-form button[value=show]")
    page.wait_for_selector("button[value=agree]")
    yield "the days of a series"


def _calls(page, course, person):
    by, now = course.practitioner, timezone.now()
    about = {"person": person, "called_at": now, "minutes": 5}
    actions.strike_call(
        actions.write_call(course, by=by, text=LONG, **about), by=by, reason=LONG[:300]
    )
    call = actions.write_call(course, by=by, text=LONG, **about)
    page.goto(reverse("interventions:strike_call", args=[course.case_id, call.pk]))
    yield "a call to strike out"
    page.goto(course.get_absolute_url())
    yield "a course with calls"
    page.goto(reverse("interventions:calendar"))
    yield "no calendar"
    page.click("main button[value=open]")
    page.wait_for_selector("button[value=close]")
    yield "a calendar that was just made"
    page.goto(reverse("interventions:calendar"))
    yield "a calendar"


def _written(page, course, person):
    by = course.practitioner
    actions.answer_gate(
        course.screening, by=by, person=person, asked_on=course.planned_on, thrives="mixed",
        thrives_words=LONG, worries=True, worries_words=LONG,
    )  # fmt: skip
    actions.find_out(
        course.screening, by=by, version=0, observed_on=course.planned_on, observed_where="home",
        observed_task=LONG, observed_strengths=LONG, observed_difficulties=LONG,
        conversation=LONG, wish="group", wish_words=LONG, negativity_months=8, arenas=["home"],
        burdens=[], is_serious=True,
    )  # fmt: skip
    check = actions.check_safety(course, by=by, is_worried=True, words=LONG)
    for name in ("report_worry", "explain_worry"):
        page.goto(reverse(f"interventions:{name}", args=[course.case_id, check.pk]))
        yield f"of a worry: {name}"
    page.goto(course.get_absolute_url())
    yield "a screening with everything written"
    page.goto(reverse(DECIDE, args=[course.case_id, course.pk]))
    yield "a decision after a screening"
    page.click("main form.t-form button[value=preview]")
    page.wait_for_selector("ds-error-summary")
    yield "a decision after a screening, with mistakes"
