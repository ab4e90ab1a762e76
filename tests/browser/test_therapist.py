"""A therapist after a meeting: one page, few presses, and no word lost."""

from datetime import timedelta

import pytest
from django.utils import timezone

from interventions.models import Meeting, Note
from tests.browser.hands import Finger, Keyboard, log_in
from tests.browser.looking import barriers
from tests.factories import UserFactory
from tests.interventions.journals import counselling, goal, parents, sign
from tests.interventions.screenings import held, meet, qualify
from tests.logins import PASSWORD, employed
from tibir.accounts.models import Session
from tibir.calendar.holidays import first_working_day_on_or_after

TEXT = "Vi øvde på gode beskjeder, og snakket om kveldene."


@pytest.fixture
def note(place):
    """Of yesterday's meeting with a mother who had something to try at home."""
    user = employed(UserFactory(practises_in=place.intake_unit))
    qualify(user, "counsellor")
    course = counselling(place, practitioner=user, father=False)
    (mother,) = parents(course)
    goal(course, person=mother)
    sign(held(course, days=-8)[1], assignment=("Ros hver dag.", [mother]))
    return held(course)[1]


def opened(devices, note, width, **about):
    page = devices(width, **about)
    page.goto(f"/saker/{note.course.case_id}/notat/{note.pk}/")
    log_in(page, note.author, PASSWORD)
    page.wait_for_selector("[name=internal]")
    return page


def fill_in(hand, page):
    """As after a normal meeting. Returns how many keys that are not letters of a text."""
    ahead = first_working_day_on_or_after(timezone.localdate() + timedelta(days=6))
    first = page.locator("[name^=tried-]").first.get_attribute("name")
    rating = page.locator("[name^=rating-]").first.get_attribute("name")
    hand.choose(first, "partly")
    hand.type(rating, "6")
    hand.choose("components", "directions")
    hand.type("internal", TEXT)
    hand.type("assignment", "Gi én beskjed om gangen.")
    hand.type("day", f"{ahead:%d.%m.%Y}")
    hand.press("button[value=sign]")


def is_signed(note):
    note = Note.objects.get(pk=note.pk)
    given = note.assignments.get()
    assert (note.internal, note.is_signed, given.text) == (TEXT, True, "Gi én beskjed om gangen.")
    assert [each.value for each in note.ratings.all()] == [6]
    assert note.tried.get().progress == "partly"
    return Meeting.objects.planned().count() == 1


class Counted(Keyboard):
    """The same hand, and how often it moved."""

    def __init__(self, page):
        super().__init__(page)
        self.tabs = 0
        page.keyboard.press = self._counted(page.keyboard.press)

    def _counted(self, press):
        def counted(key, **about):
            self.tabs += 1
            return press(key, **about)

        return counted


def test_a_normal_note_is_written_and_signed_with_the_keyboard_alone_on_a_tablet(devices, note):
    page = opened(devices, note, 768)
    hand = Counted(page)
    page.focus("main a, main input >> nth=0")
    fill_in(hand, page)
    page.wait_for_selector(".ds-alert[data-color=success]")
    assert is_signed(note)
    assert hand.tabs < 60


def test_enter_in_a_field_of_one_line_saves_and_never_signs(devices, note):
    page = opened(devices, note, 1280)
    page.fill("[name=internal]", TEXT)
    for field in ("[name^=rating-]", "[name=sheet_names]", "[name=day]"):
        assert page.locator("button[value=sign]").count() == 1
        with page.expect_navigation():
            page.press(field, "Enter")
        assert "Notatet er lagret." in page.inner_text(".ds-alert[data-color=success]")
        kept = Note.objects.get(pk=note.pk)
        assert (kept.internal, kept.is_signed) == (TEXT, False), field
        page.goto(f"/saker/{note.course.case_id}/notat/{note.pk}/")


class Measured(Finger):
    """A finger, and how long a person takes with it who types forty words a minute: the figures of
    the keystroke-level model (Card, Moran and Newell 1983)."""

    KEY, POINT, DECIDE = 0.28, 1.1, 1.35  # seconds
    TELEPHONE, READ = 5, 2  # to find the code, and to look at a page

    def __init__(self, page):
        super().__init__(page)
        self.keys = self.presses = self.pages = 0
        page.on("framenavigated", self._count_page)

    def _count_page(self, _frame):
        self.pages += 1

    def type(self, name, text):
        super().type(name, text)
        self.presses += 1
        self.keys += len(text)

    def choose(self, name, value):
        super().choose(name, value)
        self.presses += 1

    def press(self, selector):
        super().press(selector)
        self.presses += 1

    @property
    def seconds(self):
        moved = self.presses * (self.POINT + self.DECIDE) + self.keys * self.KEY
        return moved + self.TELEPHONE + self.pages * self.READ


@pytest.mark.prove
def test_from_login_to_a_signed_note_for_the_meeting_of_today_takes_two_minutes(devices, place):
    user = employed(UserFactory(practises_in=place.intake_unit))
    qualify(user, "counsellor")
    course = counselling(place, practitioner=user)
    both = parents(course)
    goal(course)
    sign(held(course, days=-7)[1], assignment=("Ros hver dag.", both))
    now = timezone.localtime()
    meeting = meet(course, days=0, hour=now.hour, minutes=59)
    page = devices(820)
    hand = Measured(page)
    page.goto("/logg-inn/")
    log_in(page, user, PASSWORD, lambda _page: hand)
    hand.press("main a:has-text('Holdt: skriv notat')")
    hand.press("main button:has-text('Alle kom')")
    page.wait_for_selector("[name=internal]")
    for each in page.locator("[name^=tried-][value=partly]").all():
        hand.choose(each.get_attribute("name"), "partly")
    for each in page.locator("[name^=rating-]").all():
        hand.type(each.get_attribute("name"), "6")
    hand.choose("components", "directions")
    hand.type("internal", f"{TEXT} De roser mer, og kranglene er kortere. Far trenger mer øving.")
    hand.type("assignment", "Gi én beskjed om gangen.")
    hand.choose("again", "on")
    with page.expect_navigation():  # the server is asked first who is logged in
        hand.press("button[value=sign]")
    page.wait_for_selector(".ds-alert[data-color=success]")
    meeting.refresh_from_db()
    assert (meeting.state, meeting.note.is_signed) == (Meeting.State.HELD, True)
    assert {each.person for each in meeting.attendances.filter(state="attended")} == set(both)
    assert hand.pages <= 6  # the password, the code, the day, who came, the note, and the course
    assert hand.seconds < 120


@pytest.mark.prove
def test_on_a_telephone_without_javascript_too(devices, note):
    page = opened(devices, note, 360, javascript=False)
    first = page.locator("[name^=tried-]").first.get_attribute("name")
    page.check(f"[name={first}][value=partly]")
    page.fill("[name^=rating-]", "11")
    page.fill("[name=internal]", TEXT)
    page.fill("[name=assignment]", "Gi én beskjed om gangen.")
    ahead = timezone.localdate() + timedelta(days=6)
    page.fill("[name=day]", f"{ahead:%d.%m.%Y}")
    page.click("button[value=sign]")
    assert "fra 0 til 10" in page.inner_text("ds-error-summary")
    assert page.input_value("[name=internal]") == TEXT
    page.fill("[name^=rating-]", "6")
    page.click("button[value=sign]")
    page.wait_for_selector(".ds-alert[data-color=success]")
    assert is_signed(note)


@pytest.mark.prove
def test_all_of_it_is_saved_while_it_is_typed_and_a_lost_network_loses_nothing(devices, note):
    page = opened(devices, note, 1280)
    page.fill("[name=summary]", "Takk for i dag.")
    page.check("[name=components][value=limits]")
    page.wait_for_selector("[data-autosave-said]:has-text('Lagret')")
    note.refresh_from_db()
    assert note.typed["summary"] == "Takk for i dag."
    assert note.typed["components"] == ["limits"]
    page.route("**/lagre/", lambda route: route.abort())
    page.fill("[name=internal]", TEXT)
    page.wait_for_selector("[data-autosave-said]:has-text('Får ikke lagret')")
    devices.complaints.clear()
    page.unroute("**/lagre/")
    page.click("button[value=sign]")
    page.wait_for_selector(".ds-alert[data-color=success]")
    note.refresh_from_db()
    assert (note.internal, note.is_signed) == (TEXT, True)


def test_what_cannot_be_saved_is_said_beside_it_until_it_is_mended_and_all_else_is_saved(
    devices, note
):
    page = opened(devices, note, 1280)
    field = page.locator("[name=sheet_names]")
    beside = page.locator("#id_sheet_names_error")
    page.fill("[name=internal]", TEXT)
    field.fill("x" * 301)
    beside.wait_for()
    assert "Kort det ned til 300 tegn" in beside.inner_text()
    assert "Noe er ikke lagret" in page.inner_text("[data-autosave-said]")
    assert "id_sheet_names_error" in field.get_attribute("aria-describedby")
    assert barriers(page) == []
    note.refresh_from_db()
    assert (note.internal, "sheet_names" in note.typed) == (TEXT, False)
    page.fill("[name=agreements]", "Ringe onsdag.")
    with page.expect_response("**/lagre/"):
        pass
    assert beside.count() == 1
    field.fill("Gode beskjeder")
    beside.wait_for(state="detached")
    assert field.get_attribute("aria-invalid") is None
    assert "Noe er ikke lagret" not in page.inner_text("[data-autosave-said]")
    note.refresh_from_db()
    assert (note.typed["sheet_names"], note.typed["agreements"]) == (
        "Gode beskjeder",
        "Ringe onsdag.",
    )


@pytest.mark.parametrize("ended", ["by an administrator", "with its cookies"])
@pytest.mark.parametrize("found_out", ["by saving", "by a press"])
def test_a_login_that_has_ended_elsewhere_is_said_and_what_is_typed_is_there_after(
    devices, note, ended, found_out
):
    page = opened(devices, note, 1280)
    if ended == "by an administrator":
        Session.objects.all().delete()
    else:
        page.context.clear_cookies()
    page.fill("[name=internal]", TEXT)
    if found_out == "by a press":
        page.press("[name=sheet_names]", "Enter")
    page.wait_for_selector(".t-still-here :text('Du er logget ut')")
    assert page.locator("[name=internal]").count() == 0
    other = page.context.new_page()
    other.goto("/logg-inn/?next=/")
    log_in(other, note.author, PASSWORD)
    other.close()
    page.evaluate("() => window.dispatchEvent(new Event('focus'))")
    page.wait_for_selector("[name=internal]")
    assert page.input_value("[name=internal]") == TEXT
    page.press("[name=sheet_names]", "Enter")
    page.wait_for_selector(".ds-alert[data-color=success]")
    note.refresh_from_db()
    assert (note.internal, note.is_signed) == (TEXT, False)
    devices.complaints[:] = [each for each in devices.complaints if "403" not in each]


@pytest.mark.prove
def test_whoever_signs_while_it_is_being_saved_is_not_in_their_own_way(devices, note):
    page = opened(devices, note, 1280)
    page.route("**/lagre/", lambda route: (page.wait_for_timeout(700), route.continue_())[1])
    page.fill("[name=internal]", TEXT)
    with page.expect_request("**/lagre/"):
        page.wait_for_timeout(3100)
    page.click("button[value=sign]")
    page.wait_for_selector(".ds-alert[data-color=success]")
    note.refresh_from_db()
    assert note.is_signed


@pytest.mark.prove
def test_a_login_that_has_ended_loses_no_word(devices, note):
    page = opened(devices, note, 1280)
    Session.objects.all().delete()
    with page.expect_response("**/lagre/"):
        page.fill("[name=internal]", TEXT)
    note.refresh_from_db()
    assert note.internal == ""
    other = page.context.new_page()
    other.goto("/logg-inn/?next=/")
    log_in(other, note.author, PASSWORD)
    other.close()
    page.bring_to_front()
    page.route("**/innlogget/", lambda route: (page.wait_for_timeout(700), route.continue_())[1])
    page.evaluate("() => window.dispatchEvent(new Event('focus'))")
    page.click("button[value=sign]")  # before the page has heard who is logged in
    page.wait_for_selector(".ds-alert[data-color=success]")
    note.refresh_from_db()
    assert (note.internal, note.is_signed) == (TEXT, True)
