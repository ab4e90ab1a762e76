"""A practitioner who writes for long, and one who is called away in the middle of it."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.browser.hands import Keyboard, log_in
from tests.browser.looking import barriers
from tests.browser.pages import PASSWORD, employ
from tests.browser.test_pages import look
from tests.factories import refer

SOON = "Du blir snart logget ut, for det er en stund siden du gjorde noe her."
LAST = "Du blir snart logget ut, for du har vært innlogget en hel arbeidsdag."
OUT = "Siden er tatt bort fra skjermen. Det du har skrevet, er ikke borte"
ALERT = ".t-still-here [role=alert]"
FIELD = "main [name=email]"
TYPED = "aase@post.example"


@pytest.fixture
def referral(place):
    return refer(place)


@pytest.fixture
def coordinator(place):
    return employ(coordinates=place.intake_unit)


@pytest.fixture
def page(devices, referral, coordinator, time_machine):
    """Somebody has begun to write in a form."""
    time_machine.move_to(timezone.now())
    page = devices(1280)
    page.clock.install(time=timezone.now())
    person = referral.case.people.get()
    page.goto(reverse("referrals:confirm_contact", args=[referral.pk, person.pk]))
    log_in(page, coordinator, PASSWORD)
    page.check("main [name=how][value=called]")
    page.fill(FIELD, TYPED)
    return page


@pytest.fixture
def passes(page, time_machine):
    """Time, here and at the server."""

    def passes(**time):
        time_machine.shift(timedelta(**time))
        page.clock.fast_forward(int(timedelta(**time).total_seconds() * 1000))

    return passes


def answered(page, method="GET"):
    """What the page asks within is answered before the test goes on."""
    return page.expect_response(
        lambda got: got.url.endswith("/innlogget/") and got.request.method == method
    )


def type_more(page):
    with answered(page, "POST"):
        page.type(FIELD, "x")


def said(page):
    return page.inner_text(ALERT)


def wait_for(page, text):
    page.wait_for_function(
        "([where, text]) => document.querySelector(where).innerText.includes(text)",
        arg=[ALERT, text],
    )


def save(page):
    page.click("main .t-form button[type=submit]")


def come_back(page):
    """From another tab or window."""
    page.evaluate("window.dispatchEvent(new Event('focus'))")


def is_covered(page, referral):
    """Nothing of the page is in the document: neither what is seen, nor what a script finds."""
    people = [each.person.name for each in referral.case.people.select_related("person")]
    names = [referral.reference, TYPED, *people]
    typed = page.evaluate("[...document.querySelectorAll('input, textarea')].map((f) => f.value)")
    text = page.content() + page.title() + "".join(typed)
    return page.locator(FIELD).count() == 0 and not [name for name in names if name in text]


def is_saved(referral):
    person = referral.case.people.get()
    return person.is_verified and person.person.email == TYPED


@pytest.mark.prove
def test_two_minutes_before_the_end_one_press_is_enough_to_stay(page, passes, referral):
    hand = Keyboard(page)
    page.focus(FIELD)
    passes(minutes=27)
    assert said(page) == ""
    passes(minutes=1, seconds=1)
    wait_for(page, SOON)
    assert hand.has_focus(FIELD)
    assert look(page) == []

    hand.press(f"{ALERT} button")
    page.wait_for_selector(f"{ALERT} button", state="detached")
    assert hand.has_focus("main *")
    passes(minutes=27)
    assert said(page) == ""
    save(page)
    page.wait_for_url(f"**{referral.get_absolute_url()}")
    assert is_saved(referral)


@pytest.mark.prove
def test_whoever_types_stays_logged_in(page, passes, referral):
    for _time in range(4):
        passes(minutes=20)
        type_more(page)
    page.fill(FIELD, TYPED)
    assert said(page) == ""
    save(page)
    page.wait_for_url(f"**{referral.get_absolute_url()}")
    assert is_saved(referral)


@pytest.mark.prove
def test_what_was_typed_is_there_after_the_end_and_can_be_saved(
    page, passes, referral, coordinator
):
    assert not is_covered(page, referral)
    passes(minutes=31)
    wait_for(page, OUT)
    assert barriers(page) == []
    assert is_covered(page, referral)
    assert not is_saved(referral)

    with page.context.expect_page() as opened:
        page.click(f"{ALERT} a")
    log_in(opened.value, coordinator, PASSWORD)
    assert is_covered(page, referral)
    come_back(page)
    page.wait_for_selector(FIELD)
    assert page.input_value(FIELD) == TYPED
    assert page.is_checked("main [name=how][value=called]")
    save(page)
    page.wait_for_url(f"**{referral.get_absolute_url()}")
    assert is_saved(referral)


@pytest.mark.prove
def test_coming_back_after_a_new_login_is_noticed(page, passes, coordinator):
    passes(minutes=31)
    wait_for(page, OUT)
    other = page.context.new_page()
    other.goto("/logg-inn/")
    log_in(other, coordinator, PASSWORD)
    come_back(page)
    page.wait_for_selector(f"{ALERT} > *", state="detached")
    assert page.input_value(FIELD) == TYPED


@pytest.mark.prove
def test_a_new_login_before_the_end_is_found_out_by_typing(
    page, passes, referral, coordinator, devices
):
    other = page.context.new_page()
    other.goto("/henvisninger/")
    other.click(".t-topbar form button")
    other.wait_for_url("**/logg-inn/")
    log_in(other, coordinator, PASSWORD)
    passes(minutes=6)
    with page.expect_response(lambda answer: answer.ok and "/innlogget/" in answer.url):
        page.type(FIELD, "x")
    page.fill(FIELD, TYPED)
    save(page)
    page.wait_for_url(f"**{referral.get_absolute_url()}")
    assert is_saved(referral)
    assert ["403" in said for said in devices.complaints] == [True]
    devices.complaints.clear()


@pytest.mark.prove
def test_nobody_signs_what_another_has_written(page, passes, referral, place):
    passes(minutes=31)
    wait_for(page, OUT)
    other = page.context.new_page()
    other.goto("/logg-inn/")
    log_in(other, employ(coordinates=place.intake_unit), PASSWORD)
    with answered(page):
        come_back(page)
    wait_for(page, OUT)
    assert is_covered(page, referral)
    assert not is_saved(referral)


@pytest.mark.prove
def test_a_tab_that_stands_open_knows_of_the_use_of_another(page, passes):
    other = page.context.new_page()
    passes(minutes=20)
    other.goto("/henvisninger/")
    with answered(page):
        passes(minutes=9)
    assert said(page) == ""
    passes(minutes=20)
    wait_for(page, SOON)
    passes(minutes=2)
    wait_for(page, OUT)


@pytest.mark.prove
def test_at_the_end_of_a_working_day_no_press_is_offered(page, passes):
    for _time in range(29):
        passes(minutes=20)
        type_more(page)
    passes(minutes=18, seconds=30)
    wait_for(page, LAST)
    assert page.locator(f"{ALERT} button").count() == 0


@pytest.mark.prove
def test_a_network_that_is_gone_says_nothing_untrue_and_covers_the_page(
    page, passes, devices, referral
):
    page.context.set_offline(True)
    passes(minutes=28, seconds=1)
    wait_for(page, SOON)
    passes(minutes=3)
    wait_for(page, OUT)
    assert is_covered(page, referral)
    page.context.set_offline(False)
    devices.complaints.clear()
