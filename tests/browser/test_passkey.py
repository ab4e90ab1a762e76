"""A key in the USB port, as the browser sees it."""

from urllib.parse import urlsplit

import pytest

from tests.browser.hands import Keyboard
from tests.browser.pages import PASSWORD
from tests.browser.test_pages import look
from tests.factories import UserFactory
from tests.logins import employed
from tibir.audit.models import Event
from tibir.staff import factors


@pytest.fixture
def page(devices, server, settings):
    """Browsers have passkeys for names, never for numbers: it is «localhost» here."""
    settings.PUBLIC_URL = f"http://localhost:{urlsplit(server).port}"
    page = devices(1280)
    told = page.context.new_cdp_session(page)
    told.send("WebAuthn.enable")
    key = {"protocol": "ctap2", "transport": "usb", "automaticPresenceSimulation": True}
    options = key | {"hasUserVerification": True, "isUserVerified": True}
    told.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    page.home = settings.PUBLIC_URL
    return page


def first_step(page, user):
    page.goto(f"{page.home}/logg-inn/")
    page.fill("[name=username]", user.email)
    page.fill("[name=password]", PASSWORD)
    page.click("main form button")


@pytest.mark.prove
def test_a_passkey_is_made_the_first_time_and_opens_the_next(page, place):
    user = employed(UserFactory(coordinates=place.intake_unit), password=PASSWORD, codes=False)
    hand = Keyboard(page)
    first_step(page, user)
    page.wait_for_url("**/logg-inn/to-steg/")
    assert look(page) == []
    page.fill("[name='passkey-name']", "nøkkelen i skuffen")
    hand.press("[data-passkey] button")
    page.wait_for_url("**/logg-inn/reservekoder/")
    page.click("main form button[type=submit]")
    page.wait_for_selector(".t-who")
    (passkey,) = factors.passkeys(user)
    assert passkey.name == "nøkkelen i skuffen"

    page.click(".t-topbar form button")
    page.wait_for_url("**/logg-inn/")
    first_step(page, user)
    page.wait_for_url("**/logg-inn/kode/")
    assert look(page) == []
    hand.press("[data-passkey] button")
    page.wait_for_selector(".t-who")
    ways = Event.objects.filter(verb="user.logged_in").order_by("pk")
    assert [event.codes["way"] for event in ways] == ["webauthn", "webauthn"]


@pytest.mark.prove
def test_a_key_that_is_not_known_here_is_told_so(page, place):
    user = employed(UserFactory(coordinates=place.intake_unit), password=PASSWORD, codes=False)
    first_step(page, user)
    page.wait_for_url("**/logg-inn/to-steg/")
    page.click("[data-passkey] button")
    page.wait_for_url("**/logg-inn/reservekoder/")
    page.context.clear_cookies()
    first_step(page, user)
    page.wait_for_url("**/logg-inn/kode/")
    factors.remove_all(user)
    employed(user, password=PASSWORD)
    page.click("[data-passkey] button")
    page.wait_for_url("**/logg-inn/**")
    assert page.locator(".t-who").count() == 0


@pytest.mark.prove
def test_without_javascript_a_code_is_enough(devices, place):
    page = devices(360, javascript=False)
    user = employed(UserFactory(coordinates=place.intake_unit), password=PASSWORD, codes=False)
    page.goto("/logg-inn/")
    page.fill("[name=username]", user.email)
    page.fill("[name=password]", PASSWORD)
    page.click("main form button")
    page.wait_for_url("**/logg-inn/to-steg/")
    assert not page.locator("[data-passkey]").is_visible()
    page.click("summary")
    secret = page.inner_text(".t-secret").replace(" ", "")
    step = factors._step(factors.time.time())
    page.fill("main [name=code]", factors._code_at(secret, step))
    page.click("main .t-form .t-actions button")
    page.wait_for_url("**/logg-inn/reservekoder/")
    page.click("main form button[type=submit]")
    page.wait_for_selector(".t-who")
