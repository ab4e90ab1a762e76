"""Logging in, in two steps and for the first time, and what each role looks after there."""

from django.test import override_settings
from django.urls import reverse
from django.utils import timezone

from tests.browser.hands import log_in
from tests.browser.pages.people import PASSWORD, employ
from tests.factories import UserFactory
from tests.logins import code_of, forget_last_code
from tibir.audit.record import CLOCK
from tibir.notifications.kinds import Kind as Told
from tibir.notifications.models import Notification
from tibir.staff.actions import links
from tibir.staff.models import Link
from tibir.staff.providers import Provider
from tibir.staff.schedule import ask_for_reviews


def second_step(page, user):
    page.fill("[name=username]", user.email)
    page.fill("[name=password]", PASSWORD)
    page.click("main form button")
    page.wait_for_url("**/logg-inn/kode/")
    yield "the second step"
    page.click("#steg-to .t-actions button")
    page.wait_for_selector("ds-error-summary")
    yield "the second step, refused"
    forget_last_code(user)
    page.fill("[name=code]", code_of(user))
    page.click("#steg-to .t-actions button")
    page.wait_for_selector(".t-who")


def _proves(page, user):
    forget_last_code(user)
    page.fill("main [name=password]", PASSWORD)
    page.fill("main [name=code]", code_of(user))
    page.click("main .t-form .t-actions button[type=submit]")


def own_login(page, user):
    page.click("a.t-who__name")
    yield "one's own login"
    page.goto(reverse("staff:proof"))
    yield "is it still you"
    page.click("main .t-form .t-actions button[type=submit]")
    page.wait_for_selector("ds-error-summary")
    yield "is it still you, with mistakes"
    _proves(page, user)
    page.wait_for_url("**/min-innlogging/")
    for name, what in (("make", "a new second step"), ("password", "a new password")):
        page.goto(reverse(f"staff:{name}"))
        yield what
        page.click("main .t-form .t-actions button")
        page.wait_for_selector("ds-error-summary")
        yield f"{what}, with mistakes"
    page.goto(reverse("staff:own"))
    page.click("main form[action$='/reservekoder/'] button")
    page.wait_for_url("**/logg-inn/reservekoder/")
    yield "codes on paper"
    page.click("main form button[type=submit]")


def _log_out(page):
    page.goto("/")
    page.click(".t-topbar form button")
    page.wait_for_url("**/logg-inn/")


def leader_pages(page, place):
    _log_out(page)
    log_in(page, employ(leads=place.intake_unit), PASSWORD)
    ask_for_reviews(timezone.localdate())
    page.goto(reverse("staff:reviews"))
    yield "the units to look over"
    page.goto(reverse("staff:review", args=[place.intake_unit.pk]))
    yield "who has which role"
    page.click("main form .t-actions button")
    page.wait_for_selector("ds-error-summary")
    yield "who has which role, with mistakes"


ELSEWHERE = Provider("entra", "Entra", "https://entra.example", "tibir", "hemmelig", ("high",))


def first_time(page, place):
    _log_out(page)
    with override_settings(STAFF_OIDC={ELSEWHERE.key: ELSEWHERE}):
        page.goto("/logg-inn/")
        yield "the login, here or elsewhere"
    for name in ("forgotten", "link"):
        page.goto(reverse(f"staff:{name}"))
        yield name
        page.click("main .t-form button")
        page.wait_for_selector("ds-error-summary")
        yield f"{name}, with mistakes"
    page.goto(reverse("staff:forgotten"))
    page.fill("main [name=email]", "hvem@kommune.example")
    page.click("main .t-form button")
    page.wait_for_selector("main:not(:has(form))")
    yield "a link is asked for"
    new = UserFactory(coordinates=place.intake_unit)
    links.send_link(new, by=CLOCK, kind=Link.Kind.FIRST)
    secret = Notification.objects.get(user=new, kind=Told.LOGIN_LINK).data["secret"]
    page.goto(f"{reverse('staff:link')}#{secret}")
    page.wait_for_url("**/logg-inn/passord/")
    yield "the first password"
    page.click("main .t-form button")
    page.wait_for_selector("ds-error-summary")
    yield "the first password, with mistakes"
    for name in ("password", "again"):
        page.fill(f"main [name={name}]", PASSWORD)
    page.click("main .t-form button")
    page.wait_for_url("**/logg-inn/to-steg/")
    yield "the first second step"
    page.click("main .t-form .t-actions button >> nth=0")
    page.wait_for_selector("ds-error-summary")
    yield "the first second step, with mistakes"


def administrator_pages(page):
    page.click(".t-topbar form button")
    page.wait_for_url("**/logg-inn/")
    log_in(page, employ(is_staff=True, is_superuser=True), PASSWORD)
    yield "the day of one without a role"
    page.goto("/drift/")
    yield "the health of it all"
