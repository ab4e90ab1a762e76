"""The coordinator at eight in the morning."""

import pytest

from tests.browser.hands import Keyboard, log_in
from tests.factories import UserFactory, refer
from tests.logins import PASSWORD, employed
from tibir.urls import login


@pytest.fixture
def coordinator(place):
    return employed(UserFactory(coordinates=place.intake_unit))


@pytest.mark.prove
def test_the_keyboard_alone_finds_a_referral_and_confirms_who_sent_it(devices, place, coordinator):
    referral = refer(place)
    page = devices(1280)
    hand = Keyboard(page)
    page.goto("/logg-inn/?next=/")
    log_in(page, coordinator, PASSWORD, Keyboard)

    hand.press(".t-nav a[href='/henvisninger/']")
    page.wait_for_url("**/henvisninger/")
    hand.press(f"tbody a[href='{referral.get_absolute_url()}']")
    page.wait_for_url(f"**{referral.get_absolute_url()}")
    assert "Ødegård" in page.inner_text("main")

    hand.press(".t-people a")
    page.wait_for_url("**/kontakt/**")
    hand.choose("how", "called")
    hand.press("main form button")
    page.wait_for_url(f"**{referral.get_absolute_url()}")

    sender = referral.case.people.get()
    assert (sender.is_verified, sender.verified_by) == (True, coordinator)
    assert page.is_visible(".ds-alert[data-color=success]")


@pytest.mark.prove
def test_whoever_was_refused_is_still_among_their_own_pages(devices, place, coordinator):
    page = devices(1280)
    page.goto("/henvisninger/")
    log_in(page, coordinator, PASSWORD)
    page.goto("/henvisninger/999999/")
    assert page.is_visible(".t-nav")
    page.goto("/drift/")
    assert page.is_visible(".t-nav")


@pytest.mark.prove
def test_in_the_demo_two_presses_are_enough_to_be_somebody(
    devices, place, coordinator, monkeypatch, settings
):
    settings.SHOW_CODES = True
    shown = {"email": coordinator.email, "label": "Kari: koordinator"}
    for name, value in (("demo_users", [shown]), ("demo_password", PASSWORD)):
        monkeypatch.setitem(login.view_initkwargs["extra_context"], name, value)
    page = devices(1280)
    page.goto("/henvisninger/")
    assert PASSWORD in page.inner_text("main")
    page.click("main button:has-text('Kari: koordinator')")
    page.wait_for_url("**/logg-inn/kode/")
    assert "Bare i demoen" in page.inner_text("main")
    page.click("main button:has-text('Bruk koden')")
    page.wait_for_url("**/henvisninger/")


def test_outside_the_demo_nobody_is_listed(devices, place):
    page = devices(1280)
    page.goto("/logg-inn/")
    assert page.locator("main form").count() == 1
