"""A parent's walk, with every mistake that can be made."""

import re

from django.urls import reverse

from referrals import actions
from referrals.models import Referral
from tests.browser.hands import Form
from tests.browser.pages.people import LONG
from tests.browser.pages.professionals import professional_pages
from tests.documents import corpus
from tests.factories import UserFactory
from tests.referrals.parent import SLUGS
from tests.referrals.professional import Professional


def parents_pages(page, place, rings):
    """A parent who makes every mistake, and comes back later; then a professional."""
    page.goto("/")
    yield "the front page"
    page.goto("/nei/")
    yield "an address that is nowhere"

    form = Form(page, place)
    form.begin()
    yield from _steps_with_mistakes(form)
    yield from _another_tab(form)
    yield from _enclosing(form, rings)
    yield from _later(form)
    yield from _receipt(form, rings)
    yield from _discarded(form)
    yield from _protected(form)
    yield from _call_me(form)
    yield from _page_left_open(form)
    yield from professional_pages(Form(page, place, person=Professional))


MISTAKES = {
    "deg": {},
    "kontakt": {"phone": "12", "email": "post"},
    "barnet": {"birth_date_2": "2039", "national_id": "12345678901"},
    "familien": {"person-0-phone": "12", "person-0-email": "x" * 80},
    "bekymringen": {"examples": "å" * 5001},
    "samtykke": {},
}


def _steps_with_mistakes(form):
    page = form.page
    for slug, after in zip(SLUGS, [*SLUGS[1:], "oppsummering"], strict=True):
        yield f"{slug}, empty"
        if slug == "familien":
            form.press("add")
        for name, text in MISTAKES.get(slug, {}).items():
            form.hand.type(name, text)
        if slug in MISTAKES:
            form.press("next")
            page.wait_for_selector("ds-error-summary")
            yield f"{slug}, with mistakes"
        if slug == "samtykke":
            page.click(".t-progress summary")
            yield "all the steps"
        if slug == "familien":
            form.press("remove-0")
        elif slug in MISTAKES:
            for name in MISTAKES[slug]:
                form.hand.type(name, "")
        form.fill_in(slug, **({"name": LONG} if slug == "deg" else {}))
        form.press("next")
        page.wait_for_url(f"**/{after}/")
    yield "the summary"


def _another_tab(form):
    page = form.page
    summary = page.url
    page.goto(summary.replace("oppsummering", "onsker"))
    page.evaluate("document.querySelector('[name=version]').value = 0")
    form.hand.type("hopes", "At kveldene blir rolige")
    form.press("next")
    page.wait_for_selector(".t-alert .t-description")
    yield "a step that another tab has changed"
    page.goto(summary.replace("oppsummering", "deg"))
    form.hand.type("name", "")
    form.press("next")
    page.goto(summary)
    yield "a summary in which something is wrong"
    page.click(".t-alert a")
    form.hand.type("name", LONG)
    form.press("next")
    page.wait_for_url(summary)


def _enclosing(form, rings):
    page = form.page
    summary = page.url
    page.click("section a[href$='/vedlegg/']")
    page.wait_for_url("**/vedlegg/")
    yield "nothing is enclosed yet"
    page.click("main .t-form button")
    page.wait_for_selector("ds-error-summary")
    yield "enclosing, without a file"
    for number, content in enumerate([corpus.pdf(), corpus.locked(), *[corpus.pdf()] * 3]):
        enclose(page, f"{LONG} {number}.pdf", content)
        page.wait_for_selector(f".t-files li:nth-child({number + 1})")
        if number == 1:
            rings.answer()
            page.goto(page.url)
            yield "some files, one of them locked"
    yield "five files"
    page.goto(summary)
    yield "the summary, with files"


def enclose(page, name, content):
    file = {"name": name, "mimeType": "application/pdf", "buffer": content}
    page.set_input_files("main [name=file]", files=[file])
    page.click("main form:has([name=file]) button")


def _later(form):
    page = form.page
    page.click(".t-later a")
    page.wait_for_url("**/senere/")
    yield "later"
    link = page.inner_text("#lenke").partition("#")[0]
    page.goto(link)
    yield "a code is asked for"
    form.hand.type("code", "feil")
    page.click("main .t-form button")
    page.wait_for_selector("ds-error-summary")
    yield "the code is wrong"
    page.goto(link.replace("fortsett", "oppsummering"))


def _receipt(form, rings):
    page = form.page
    form.send()
    yield "the receipt, before its PDF"
    rings.answer()
    page.wait_for_selector("main a[href$='/pdf/']")
    page.click(".t-more summary")
    yield "the receipt"
    link = page.inner_text("#lenke")
    page.goto(link.partition("#")[0])
    yield "the status"
    sent = Referral.objects.latest("pk")
    actions.withdraw(sent, by=UserFactory(coordinates=sent.unit), reason="Vil ikke.")
    page.reload()
    yield "the status of what was withdrawn"
    page.context.clear_cookies(name=re.compile("status|kvittering"))
    page.reload()
    yield "a code for the status is asked for"
    form.hand.type("code", "feil")
    page.click("main .t-form button")
    page.wait_for_selector("ds-error-summary")
    yield "the code for the status is wrong"


def _discarded(form):
    form.begin()
    form.press("later")
    form.page.wait_for_url("**/senere/")
    form.page.click("main form[action$='/slett/'] button")
    form.page.wait_for_url("**/slett/")
    yield "all is deleted"


def _protected(form):
    form.begin()
    form.fill_in("deg", protection="yes")
    form.press("next")
    form.page.wait_for_url("**/kontakt/")
    form.page.goto(form.page.url.replace("kontakt", "barnet"))
    yield "barnet, protected"


def _call_me(form):
    page = form.page
    page.goto(reverse("referrals:start", args=[form.place.slug]))
    yield "the start page"
    page.click(".t-door a")
    yield "the short door"
    form.hand.press("#steg button:not([name])")
    page.wait_for_selector("ds-error-summary")
    yield "the short door, with mistakes"
    for name, text in (("name", LONG), ("phone", "99000003"), ("child_age", "5")):
        form.hand.type(name, text)
    form.send()
    yield "the receipt of a call"
    page.click("main form[action$='/glem/'] button")
    page.wait_for_url("**/glem/")
    yield "the receipt is forgotten"


def _page_left_open(form):
    form.begin()
    form.page.evaluate("document.querySelector('#steg [name=csrfmiddlewaretoken]').value = 'x'")
    form.press("next")
    form.page.wait_for_selector(".t-code")
    yield "a page that was open for too long"
