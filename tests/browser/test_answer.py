"""The letter beside the form, while it is typed."""

import pytest
from django.urls import reverse

from referrals import actions
from tests.browser.hands import log_in
from tests.browser.pages import PASSWORD, employ
from tests.factories import confirm, refer
from tibir.documents.models import Document

LETTER = ".t-letter"


@pytest.fixture
def mine(place):
    coordinator = employ(coordinates=place.intake_unit)
    referral = refer(place)
    confirm(referral, by=coordinator)
    actions.take(referral, by=coordinator)
    return referral


def opened(devices, referral, **how):
    page = devices(1280, **how)
    page.goto(reverse("interventions:answer", args=[referral.pk]))
    log_in(page, referral.owner, PASSWORD)
    return page


@pytest.mark.prove
def test_the_letter_comes_while_it_is_typed_and_nothing_typed_is_lost(devices, mine):
    page = opened(devices, mine)
    page.evaluate("document.title = 'the same page'")
    page.check("[name=outcome][value=screening]")
    page.check("[name^=way-][value=read_out]")
    page.click("[name=reason]")
    page.keyboard.type("Det er vanskelig ved")
    page.wait_for_selector(f"{LETTER}:has-text('Det er vanskelig ved')")
    page.keyboard.type(" leggetid.")
    page.wait_for_selector(f"{LETTER}:has-text('ved leggetid.')")

    assert page.title() == "the same page"
    assert page.input_value("[name=reason]") == "Det er vanskelig ved leggetid."
    assert page.evaluate("document.activeElement.name") == "reason"
    assert page.inner_text("[data-shown]") == "Brevet vises nå."
    assert page.locator("ds-error-summary").count() == 0
    assert not Document.objects.filter(case=mine.case).exists()

    page.click("button[value=send]")
    page.wait_for_url(f"**{mine.get_absolute_url()}")
    assert Document.objects.get(case=mine.case).data["reason"] == "Det er vanskelig ved leggetid."


@pytest.mark.prove
def test_what_is_missing_is_said_only_to_whoever_presses(devices, mine):
    page = opened(devices, mine)
    page.check("[name=outcome][value=screening]")
    page.check("[name^=way-][value=read_out]")
    page.fill("[name=reason]", "Kom.")
    page.wait_for_selector(LETTER)
    page.fill("[name=reason]", "")
    page.wait_for_selector(LETTER, state="detached")
    assert page.locator("ds-error-summary, .t-field--faulty, button[value=send]").count() == 0
    page.click("button[value=preview]")
    page.wait_for_selector("ds-error-summary")
    assert page.inner_text(".t-field--faulty .t-errors").strip() == "Skriv et svar på «Hvorfor»."


@pytest.mark.prove
def test_only_what_the_outcome_needs_is_asked_and_never_hidden_when_it_is_wrong(devices, mine):
    page = opened(devices, mine)
    shown = {
        name: page.locator(f"[name^={name}]").first
        for name in ("first_week", "last_week", "referred_to", "consent", "address-")
    }

    def seen():
        return {name for name, field in shown.items() if field.is_visible()}

    page.check("[name^=way-][value=read_out]")
    assert seen() == set()
    page.check("[name=outcome][value=waitlist]")
    assert seen() == {"first_week", "last_week"}
    page.check("[name=outcome][value=referred_on]")
    assert seen() == {"referred_to", "consent"}
    page.check("[name^=way-][value=post]")
    assert seen() == {"referred_to", "consent", "address-"}

    page.click("button[value=preview]")
    page.wait_for_selector("ds-error-summary")
    page.check("[name=outcome][value=screening]")
    assert {"referred_to", "consent"} <= seen()


@pytest.mark.prove
def test_a_login_that_ended_leaves_what_is_typed_alone(devices, mine):
    page = opened(devices, mine)
    page.check("[name=outcome][value=screening]")
    page.context.clear_cookies()
    with page.expect_response("**/svar/") as refused:
        page.fill("[name=reason]", "Kom.")
    assert refused.value.status == 403
    assert page.input_value("[name=reason]") == "Kom."
    assert page.locator(LETTER).count() == 0
    devices.complaints.clear()  # the browser says in the console what was refused


@pytest.mark.prove
def test_without_javascript_a_button_shows_the_letter_and_all_is_asked(devices, mine):
    page = opened(devices, mine, javascript=False)
    assert page.is_visible("[name=first_week]")
    assert page.is_visible("[name=referred_to]")
    page.check("[name=outcome][value=screening]")
    page.fill("[name=reason]", "Kom.")
    page.check("[name^=way-][value=read_out]")
    page.click("button[value=preview]")
    assert page.inner_text(f"{LETTER} h4") == "Dere er tilbudt en kartleggingssamtale"
    page.click("button[value=send]")
    page.wait_for_url(f"**{mine.get_absolute_url()}")
