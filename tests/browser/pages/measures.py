"""What was measured of a child, from nothing at all to two who disagree."""

from django.urls import reverse

from tests.browser.pages.people import LONG
from tests.family.families import family
from tests.instruments.paper import answered, licensed
from tibir.cases.models import Person
from tibir.instruments import actions


def measuring(page, place, user):
    case, (mother, father) = family(place, father="yes")
    case.members.create(user=user, role="coordinator", started_on=case.opened_on)
    Person.objects.filter(pk=father.person_id).update(last_name=LONG)

    def go(name, *more):
        page.goto(reverse(f"instruments:{name}", args=[case.pk, *more]))

    def press():
        page.click("main .t-form .t-actions button")
        page.wait_for_selector("ds-error-summary")

    go("measurements")
    yield "no measurements"
    go("choose")
    yield "instruments to choose from"
    go("licence", "pss")
    yield "a licence"
    press()
    yield "a licence that nobody has confirmed"
    go("totals", "ecbi")
    yield "totals, empty"
    page.fill("[name=total-intensity]", "300")
    press()
    yield "totals, with mistakes"
    licensed(case, user)
    go("items", "ecbi")
    yield "a grid of numbers"
    page.fill("[name=intensity-2]", "9")
    press()
    yield "a grid of numbers, with mistakes"
    page.fill("[name=intensity-2]", "3")
    press()
    yield "a grid that is half filled in"
    wrong = answered(mother, by=user, each=2, days_ago=9, occasion="screening")
    actions.strike(wrong, by=user, reason=LONG)
    made = answered(mother, by=user, each=6)
    answered(father, by=user, each=2, totals={"intensity": 60, "problem": 3})
    go("measurements")
    yield "measurements that disagree"
    go("measurement", made.pk)
    yield "a measurement"
    go("strike", made.pk)
    yield "a measurement to strike out"
    press()
    yield "a measurement to strike out, without a reason"
    go("second", made.pk)
    yield "a second time"
    for item in range(1, 37):
        page.fill(f"[name=intensity-{item}]", "5" if item < 4 else "6")
    press()
    yield "a second time, with differences"
