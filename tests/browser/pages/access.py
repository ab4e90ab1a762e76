"""Who may see what."""

from django.urls import reverse
from django.utils import timezone

from tests.browser.hands import log_in
from tests.browser.pages.people import LONG, PASSWORD, employ
from tests.factories import UnitFactory, refer
from tibir.calendar.oslo import week_of
from tibir.cases.models import Grade
from tibir.family import actions as family


def access_pages(page, place):
    """A family that is hidden more and more, and those who are let in and kept out."""
    unit = place.intake_unit
    one, other = refer(place), refer(place)
    case, coordinator = one.case, employ(coordinates=unit, name=LONG)
    member = employ(practises_in=unit, works_with=case)
    used = family.open_in_emergency(case, by=member, reason="danger", text=LONG)
    cleared = [employ(cleared_in=place, name=f"Klarert {LONG}"), employ(cleared_in=place)]
    page.goto("/henvisninger/")
    log_in(page, coordinator, PASSWORD)
    yield from _forms(page, ["disqualify", "recuse"], case)
    family.keep_out(case, by=coordinator, user=employ(practises_in=unit), reason="close")
    family.link(case, other.case, by=coordinator, reason=LONG)
    page.goto(reverse("family:access", args=[case.pk]))
    yield "who has access"
    yield from _forms(page, ["siblings"], case)
    page.click("main .t-rows a")
    yield "parting siblings"
    yield from _forms(page, ["protection"], case)
    family.shelter(case.child, case, by=coordinator)
    page.goto(one.get_absolute_url())
    yield "a referral with hidden contacts"
    page.click("main form[action$='/vis/'] button")
    page.wait_for_selector("main form[action$='/vis/']", state="detached")
    yield "a referral with contacts shown once"
    page.goto(reverse("family:protection", args=[case.pk]))
    yield "a confidential family"
    page.click("main form[action$='/vis/'] button")
    page.wait_for_selector(".t-sheet")
    yield "contacts shown once"
    yield from _as_leader(page, employ(leads=unit), case, used)
    yield from _in_an_emergency(page, employ(practises_in=UnitFactory(municipality=place)), one)
    family.protect(case.child, case, by=coordinator, grade=Grade.STRICT, group=cleared[:1])
    _change_to(page, cleared[0])
    page.goto(one.get_absolute_url())
    yield "a strictly protected referral, with too few who know of it"
    page.goto(reverse("family:shielded"))
    yield "shielded cases"
    yield from _forms(page, ["group", "words", "protection"], case)
    _change_to(page, cleared[1])
    page.goto(reverse("family:shielded"))
    yield "no shielded cases"


def _forms(page, names, case):
    for name in names:
        page.goto(reverse(f"family:{name}", args=[case.pk]))
        yield name
        page.click("main .t-form .t-actions button")
        page.wait_for_selector("ds-error-summary")
        yield f"{name}, with mistakes"


def _change_to(page, user):
    page.goto("/")
    page.click(".t-topbar form[action$='/logg-ut/'] button")
    page.wait_for_url("**/logg-inn/")
    log_in(page, user, PASSWORD)


def _as_leader(page, leader, case, used):
    _change_to(page, leader)
    yield from _forms(page, ["open", "loosen"], case)
    page.goto(reverse("family:review", args=[case.pk, used.pk]))
    yield "reviewing"
    page.click("main .t-form .t-actions button")
    page.wait_for_selector("ds-error-summary")
    yield "reviewing, with mistakes"
    family.review(used, by=leader, justified=False, review=LONG)
    page.reload()
    yield "reviewed"
    week = week_of(timezone.localdate()).previous
    family.check_log(case.unit, by=leader, week=week, result="followed_up", note=LONG)
    page.goto(reverse("family:controls"))
    yield "checks of the log"
    page.click("main .t-rows a >> nth=0")
    page.wait_for_selector("main .t-form")
    yield "a week of the log"
    page.click("main .t-form .t-actions button")
    page.wait_for_selector("ds-error-summary")
    yield "a week of the log, with mistakes"


def _in_an_emergency(page, outsider, referral):
    _change_to(page, outsider)
    page.goto(reverse("family:emergency"))
    yield "asking in an emergency"
    page.fill("main [name=q]", "TB-0000-0000")
    page.check("main [name=reason][value=danger]")
    page.fill("main [name=text]", LONG)
    page.click("main .t-form .t-actions button")
    page.wait_for_selector("ds-error-summary")
    yield "asking in an emergency for what is not there"
    page.fill("main [name=q]", referral.reference)
    page.click("main .t-form .t-actions button")
    page.wait_for_url(f"**{referral.get_absolute_url()}")
    yield "a referral that is read in an emergency"
