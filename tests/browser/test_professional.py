"""A kindergarten's leader between two meetings, and a coordinator with a telephone at the ear."""

import pytest
from django.conf import settings

from referrals.models import Referral, Submission
from tests.browser.hands import Form, Keyboard, log_in
from tests.browser.pages import PASSWORD, employ
from tests.browser.test_pages import look
from tests.referrals.professional import TYPED, Professional

# One of them each time; the proofs take the others.
LANGUAGES = [
    pytest.param(code, marks=() if code == "nb" else pytest.mark.prove)
    for code, _name in settings.LANGUAGES
]


@pytest.mark.prove
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_keyboard_alone_is_enough_to_refer(devices, place, language):
    page = devices(360)
    form = Form(page, place, Keyboard, Professional)
    form.begin(language)
    form.fill_in_all()
    form.send()

    submission = Submission.objects.get()
    assert page.get_attribute("html", "lang") == submission.language == language
    assert submission.reference in page.inner_text("main")
    assert submission.answers["bekymringen"] == TYPED["bekymringen"]
    (mother,) = submission.answers["foreldrene"]["people"]
    assert (mother["agrees"], mother["informed"]) == ("yes", "spoken")
    assert Referral.objects.get().sender == "kindergarten"


@pytest.mark.prove
def test_a_professional_meets_no_barrier(devices, place):
    page = devices(360, javascript=True)
    form = Form(page, place, person=Professional)
    form.begin()
    for slug in ("fagperson", "kontakt"):
        form.fill_in(slug)
        form.press("next")
    page.wait_for_url("**/foreldrene/")
    form.fill_in("foreldrene", **{"person-0-agrees": "no"})
    form.press("next")
    page.wait_for_selector("#uten-samtykke")
    assert look(page) == []
    form.hand.choose("person-0-agrees", "yes")
    form.press("next")
    page.wait_for_url("**/barnet/")
    for slug in list(TYPED)[3:]:
        form.fill_in(slug)
        form.press("next")
    page.wait_for_url("**/oppsummering/")
    assert look(page) == []
    form.send()
    assert look(page) == []
    page.goto(page.inner_text("#lenke").partition("#")[0])
    assert look(page) == []


@pytest.mark.prove
def test_a_browser_without_scripts_is_enough_to_refer(devices, place):
    page = devices(360, javascript=False)
    form = Form(page, place, person=Professional)
    form.begin("en")
    form.fill_in_all()
    form.send()
    assert Submission.objects.get().reference in page.inner_text("main")


@pytest.mark.prove
@pytest.mark.parametrize("javascript", [True, False])
def test_only_a_no_shows_where_the_child_is(devices, place, javascript):
    page = devices(1280, javascript=javascript)
    page.goto("/henvisninger/ny/")
    log_in(page, employ(coordinates=place.intake_unit), PASSWORD)
    where = ["barnet-address", "barnet-place", "skjerming-workplace"]

    def shown():
        return [name for name in where if page.is_visible(f'[name="{name}"]')]

    assert shown() == []
    for answer, seen in (("no", where), ("talk", []), ("no", where), ("yes", [])):
        page.check(f'[name="skjerming-protection"][value="{answer}"]')
        assert shown() == seen


@pytest.mark.prove
def test_the_keyboard_alone_registers_a_call(devices, place):
    page = devices(1280)
    page.goto("/henvisninger/ny/")
    hand = Keyboard(page)
    log_in(page, employ(coordinates=place.intake_unit), PASSWORD)
    assert look(page) == []
    hand.choose("registrert-channel", "phone")
    hand.type("henviser-name", "Turid Avsender")
    with page.expect_navigation():
        page.keyboard.press("Enter")  # nothing half done is registered
    assert page.input_value('[name="henviser-name"]') == "Turid Avsender"
    assert not Submission.objects.exists()
    hand.choose("henviser-who", "school")
    hand.choose("skjerming-protection", "no")
    hand.type("barnet-address", "Storgata 1")
    hand.press('main button[name="action"][value="save"]')
    page.wait_for_selector("#samtykke-til-henvisningen")
    assert look(page) == []
    referral = Referral.objects.get()
    assert (referral.sender, referral.case.child.address) == ("school", "Storgata 1")


@pytest.mark.prove
def test_the_page_of_discussions_stands_in_nobodys_way(devices, place):
    page = devices(1280)
    page.goto("/henvisninger/drofting/")
    log_in(page, employ(practises_in=place.intake_unit), PASSWORD)
    hand = Keyboard(page)
    hand.choose("caller_kind", "school")
    hand.choose("topic", "behaviour")
    hand.type("minutes", "25")
    hand.press("main .t-form .t-actions button")
    page.wait_for_selector(".t-counts")
    assert look(page) == []
