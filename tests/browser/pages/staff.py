"""The walk of those who work here, from the login to the last page of a coordinator's day."""

from tests.browser.pages.assessment import assessing, kinds_of_letters
from tests.browser.pages.courses import course_pages
from tests.browser.pages.deadlines import deadlines_pages, notices_pages
from tests.browser.pages.family import log_pages, of_a_case
from tests.browser.pages.given import given_pages
from tests.browser.pages.inbox import (
    at_the_desk,
    attaching,
    confirming,
    reconciled,
    searching,
    send_all_kinds,
)
from tests.browser.pages.journal import journal_pages
from tests.browser.pages.login import (
    administrator_pages,
    first_time,
    leader_pages,
    own_login,
    second_step,
)
from tests.browser.pages.measures import measuring
from tests.browser.pages.people import LONG, employ
from tests.browser.pages.routing import routing_pages
from tests.browser.pages.screening import screening_pages
from tests.browser.pages.trust import trusting


def staff_pages(page, place, monkeypatch):
    coordinator = employ(coordinates=place.intake_unit, name=LONG)
    page.goto("/henvisninger/")
    yield "the login"
    page.fill("[name=username]", coordinator.email)
    page.fill("[name=password]", "feil")
    page.click("main form button")
    page.wait_for_selector("ds-error-summary")
    yield "the login, refused"
    yield from second_step(page, coordinator)
    page.goto("/henvisninger/")
    yield "an empty inbox"
    referrals = send_all_kinds(place, monkeypatch)
    page.goto("/henvisninger/")
    yield "an inbox of all kinds"
    page.goto("/henvisninger/?vis=over")
    yield "an inbox of what is late"
    for kind, referral in referrals.items():
        page.goto(referral.get_absolute_url())
        yield f"a referral, {kind}"
    yield from attaching(page, referrals["long"])
    page.goto(referrals["a call"].get_absolute_url())
    yield from confirming(page)
    given = kinds_of_letters(place, coordinator)
    yield from assessing(page, given)
    yield from log_pages(page, given.mine.case)
    yield from reconciled(page, referrals.values())
    page.goto("/henvisninger/")
    page.click(".t-alert a")
    yield "a submission that stopped"
    yield from deadlines_pages(page, place, referrals["late"], coordinator)
    yield from of_a_case(page, referrals["long"].case, coordinator)
    yield from at_the_desk(page)
    yield from screening_pages(page, place, coordinator)
    yield from journal_pages(page, place, coordinator)
    yield from given_pages(page, place, coordinator)
    yield from course_pages(page, place, coordinator)
    yield from trusting(page, place, coordinator)
    yield from measuring(page, place, coordinator)
    yield from routing_pages(page, place, coordinator)
    yield from searching(page)
    page.goto("/")
    yield "the coordinator's day"
    yield from notices_pages(page, coordinator, referrals)
    page.goto("/henvisninger/999999/")
    yield "not there"
    page.goto("/drift/")
    yield "not yours"
    yield from own_login(page, coordinator)
    yield from administrator_pages(page)
    yield from leader_pages(page, place)
    yield from first_time(page, place)
