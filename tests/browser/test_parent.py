"""A parent at eleven in the evening, with a telephone and nobody to ask."""

import pytest
from django.conf import settings
from django.urls import reverse

from referrals.models import Draft, Referral, Submission
from tests.browser.hands import Form, Keyboard
from tests.browser.looking import barriers
from tests.referrals.parent import SLUGS, TYPED

# One of them each time; the proofs take the others.
LANGUAGES = [
    pytest.param(code, marks=() if code == "nb" else pytest.mark.prove)
    for code, _name in settings.LANGUAGES
]


@pytest.mark.prove
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_keyboard_alone_is_enough_to_ask_for_help(devices, place, language):
    page = devices(360)
    form = Form(page, place, Keyboard)
    form.begin(language)
    form.fill_in_all()
    form.send()

    submission = Submission.objects.get()
    assert page.get_attribute("html", "lang") == submission.language == language
    assert submission.reference in page.inner_text("main")
    assert submission.answers["bekymringen"] == TYPED["bekymringen"]
    assert Referral.objects.get().submission == submission


@pytest.mark.prove
def test_a_browser_without_scripts_is_enough_to_ask_for_help(devices, place):
    page = devices(360, javascript=False)
    form = Form(page, place)
    form.begin("en")
    form.press("next")
    assert page.inner_text(".ds-error-summary").count("\n") >= 3
    form.fill_in_all()
    form.send()

    assert page.get_attribute("html", "lang") == "en"
    assert Submission.objects.get().reference in page.inner_text("main")


@pytest.mark.prove
def test_enter_in_a_field_goes_on_and_changes_no_language(devices, place):
    page = devices(360)
    form = Form(page, place)
    form.begin("nn")
    form.fill_in("deg")
    page.focus("[name=name]")
    page.keyboard.press("Enter")
    page.wait_for_url("**/kontakt/")
    assert page.get_attribute("html", "lang") == "nn"


def test_what_is_wrong_gets_the_focus_and_leads_to_its_field(devices, place):
    page = devices(360)
    hand = Keyboard(page)
    form = Form(page, place, Keyboard)
    form.begin()
    form.press("next")
    page.wait_for_selector(".ds-error-summary")
    assert hand.has_focus(".ds-error-summary")

    hand.press('.ds-error-summary a[href="#id_relation_0"]')
    assert hand.has_focus("#id_relation_0")


@pytest.mark.prove
def test_the_language_changes_in_the_middle_and_nothing_is_lost(devices, place):
    page = devices(360)
    form = Form(page, place)
    form.begin()
    form.hand.type("name", "Åse Čáhppe")
    page.click('[name="_language"][value="en"]')
    page.wait_for_selector('html[lang="en"]')
    assert page.input_value("[name=name]") == "Åse Čáhppe"


# --- On another device ----------------------------------------------------------------------


@pytest.fixture
def saved(devices, place):
    """(link, code) of a draft in which the first step is answered."""
    form = Form(devices(360), place)
    form.begin()
    form.fill_in("deg")
    form.press("later")
    form.page.wait_for_url("**/senere/")
    return tuple(form.page.locator(".t-secret").all_inner_texts())


@pytest.mark.prove
def test_a_link_opens_the_draft_on_another_device_and_leaves_no_secret_in_the_address(
    devices, saved
):
    link, code = saved
    page = devices(1280)
    page.goto(link)
    page.wait_for_url("**/kontakt/*")
    assert code not in page.url
    assert page.evaluate("history.length") == 2

    page.goto(reverse_step(page.url, "deg"))
    assert page.input_value("[name=name]") == TYPED["deg"]["name"]


@pytest.mark.prove
def test_a_typed_code_opens_the_draft_where_no_script_runs(devices, saved):
    link, code = saved
    page = devices(360, javascript=False)
    page.goto(link)
    page.fill("[name=code]", code.lower().replace("-", " "))
    page.click("main .t-form button")
    page.wait_for_url("**/kontakt/*")
    assert code not in page.url


@pytest.mark.prove
def test_another_device_without_the_secret_opens_nothing(devices, saved):
    link, _code = saved
    draft = Draft.objects.get()
    for address in (link.partition("#")[0], reverse_step(link, "deg")):
        page = devices(360)
        page.goto(address)
        assert page.is_visible("[name=code]")
        assert page.url.endswith(f"/{draft.public_id}/fortsett/")


@pytest.mark.prove
def test_a_link_shows_the_status_on_another_device_and_nothing_of_what_was_written(devices, place):
    phone = devices(360)
    phone.goto(reverse("referrals:call_me", args=[place.slug]))
    for name, text in (("name", "Samira Kanari"), ("phone", "99000003"), ("child_age", "5")):
        phone.fill(f"main [name={name}]", text)
    phone.click("#steg button:not([name])")
    link = phone.inner_text("#lenke")

    page = devices(1280)
    page.goto(link)
    page.wait_for_selector(".t-timeline")
    assert link.partition("#")[2] not in page.url
    assert Submission.objects.get().reference in page.inner_text("main")
    assert "Kanari" not in page.content()


@pytest.mark.prove
def test_a_borrowed_telephone_shows_no_receipt_after_one_press(devices, place):
    page = devices(360)
    form = Form(page, place, Keyboard)
    page.goto(reverse("referrals:call_me", args=[place.slug]))
    for name, text in (("name", "Samira Kanari"), ("phone", "99000003"), ("child_age", "5")):
        form.hand.type(name, text)
    form.send()
    reference = Submission.objects.get().reference
    assert reference in page.inner_text("main")
    form.hand.press("main form[action$='/glem/'] button")
    page.wait_for_url("**/glem/")
    assert barriers(page) == []

    for _step in range(3):
        page.go_back()
        assert reference not in page.inner_text("body")


@pytest.mark.prove
@pytest.mark.parametrize("javascript", [True, False])
def test_one_who_asked_for_a_call_goes_back_to_what_was_wrong(devices, place, javascript):
    page = devices(360, javascript=javascript)
    page.goto(reverse("referrals:call_me", args=[place.slug]))
    page.fill("main [name=name]", "Samira Kanari")
    page.fill("main [name=phone]", "tolv")
    page.click("#steg button:not([name])")
    page.wait_for_url("**/ring-meg/?vis=feil")
    page.click("#steg a")
    page.wait_for_url("**/henvisning/")

    page.go_back()

    assert "Skriv telefonnummeret" in page.inner_text(".ds-error-summary")
    assert page.input_value("main [name=name]") == "Samira Kanari"
    assert page.input_value("main [name=phone]") == "tolv"
    page.reload()
    page.fill("main [name=phone]", "99000003")
    page.fill("main [name=child_age]", "5")
    page.click("#steg button:not([name])")
    page.wait_for_url("**/kvittering/**")
    assert Submission.objects.get().answers["ring-meg"]["name"] == "Samira Kanari"


def test_a_press_copies_the_link(devices, place):
    page = devices(360)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    form = Form(page, place)
    form.begin()
    form.press("later")
    page.click("[data-copy]")
    page.wait_for_selector("[data-copied]:not(:empty)")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == page.inner_text("#lenke")


def reverse_step(address, slug):
    parts = address.split("/")
    assert parts[4] == "henvisning"
    assert slug in SLUGS
    return "/".join([*parts[:6], slug, ""])
