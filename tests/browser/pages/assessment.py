"""From a referral that was taken to its answer."""

from datetime import timedelta
from typing import NamedTuple

from django.urls import reverse

from referrals import actions
from tests.browser.pages.letters import letters_pages
from tests.browser.pages.people import LONG, employ
from tests.factories import confirm, refer


class Letters(NamedTuple):
    mine: object
    other: object
    colleague: object


def kinds_of_letters(place, coordinator):
    """A referral that the coordinator has taken, another of the same child, and one with whom."""
    mine, other = refer(place), refer(place)
    confirm(mine, by=coordinator)
    colleague = employ(coordinates=place.intake_unit)
    actions.take(mine, by=coordinator)
    return Letters(mine, other, colleague)


def assessing(page, given):
    """From a referral that was taken to letters that came back."""
    mine, other, colleague = given
    yield from _acts(page, mine)
    page.goto(reverse("referrals:compare", args=[mine.pk, other.pk]))
    yield "two that may be about one child"
    page.click("main button[value=apart]")
    page.wait_for_url(f"**{mine.get_absolute_url()}")
    actions.propose_correction(
        mine, by=colleague, becomes=mine.received_on - timedelta(days=1), reason=LONG
    )
    page.reload()
    page.click(".t-buttons summary")
    yield "all that can be done with a referral"
    yield from _answering(page, mine)
    yield from letters_pages(page, mine)
    page.goto(reverse("referrals:reopen", args=[mine.pk]))
    yield "opening again"
    page.fill("main [name=reason]", LONG)
    page.click("main form button")
    page.wait_for_url(f"**{mine.get_absolute_url()}")
    yield "a referral, opened again"


WRONG = {
    "give": {},
    "ask": {},
    "preliminary": {"why": LONG, "when": "31.02.2050"},
    "withdraw": {},
    "correct": {"becomes": "22.11.2099", "reason": LONG},
}


def _acts(page, mine):
    """Each form that is on its way to the answer: empty, and with mistakes."""
    for name, typed in WRONG.items():
        page.goto(reverse(f"referrals:{name}", args=[mine.pk]))
        yield f"{name}, empty"
        for field, text in typed.items():
            page.fill(f"main [name={field}]", text)
        page.click("main form button")
        page.wait_for_selector("ds-error-summary")
        yield f"{name}, with mistakes"
    page.goto(reverse("referrals:ask", args=[mine.pk]))
    page.check("[name=how][value=phone]")
    page.fill("main [name=question]", LONG)
    page.click("main form button")
    page.wait_for_url(f"**{mine.get_absolute_url()}")
    page.click("main a[href*='/spor/'][href$='/']:not([href$='/spor/'])")
    yield "what the family said"
    page.click("main form button")
    page.wait_for_selector("ds-error-summary")
    yield "what the family said, with mistakes"
    page.fill("main [name=answer]", LONG)
    page.click("main form button")
    page.wait_for_url(f"**{mine.get_absolute_url()}")


def _answering(page, mine):
    page.goto(reverse("interventions:answer", args=[mine.pk]))
    yield "the answer, empty"
    for outcome in ("waitlist", "referred_on"):
        page.check(f"[name=outcome][value={outcome}]")
        page.click("main button[value=preview]")
        page.wait_for_selector("ds-error-summary")
        yield f"the answer, {outcome}, with mistakes"
    page.fill("main [name=reason]", f"{LONG}\n\n{LONG}")
    page.fill("main [name=referred_to]", "Pedagogisk-psykologisk tjeneste")
    page.check("[name=consent][value=yes]")
    page.check("[name^=way-][value=post]")
    page.fill("main [name^=address-]", "Storgata 1\n0000 Fjordvik")
    page.wait_for_selector(".t-letter")
    yield "the answer, with its letter"
    page.click("main button[value=preview]")
    page.wait_for_selector(".t-letter")
    yield "the answer, with its letter, asked for"
    page.click("main button[value=send]")
    page.wait_for_url(f"**{mine.get_absolute_url()}")
    yield "a referral that is decided"
    page.goto(reverse("referrals:forwarded", args=[mine.pk]))
    yield "forwarded"
    page.click("main form button")
    page.wait_for_selector("ds-error-summary")
    yield "forwarded, with mistakes"
