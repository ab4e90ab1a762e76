"""Nothing typed is lost, and nobody overwrites what they have not seen."""

from datetime import timedelta

import pytest
from django.utils import timezone

from referrals.models import Draft, Submission
from tests.factories import MunicipalityFactory
from tests.referrals.parent import SLUGS, TYPED, Page, Parent
from tibir.audit.models import Event
from tibir.core.codes import new_secret
from tibir.operations import schedule

pytestmark = pytest.mark.django_db

UNKNOWN = "00000000-0000-4000-8000-000000000000"


@pytest.fixture
def place():
    return MunicipalityFactory()


@pytest.fixture
def parent(client, place):
    return Parent(client, place)


@pytest.fixture
def begun(parent):
    parent.begin()
    parent.hurry_through("deg")
    return parent


@pytest.fixture
def elsewhere(begun):
    """The same parent at another device: the address, but no ticket."""
    other = Parent(type(begun.client)(), begun.municipality)
    other.id = begun.id
    return other


def code_of(parent):
    page = parent.open("senere")
    (code,) = {link.split("#")[1] for link in page.links() if "fortsett/#" in link}
    assert code in page.text
    return code


def test_later_says_how_to_come_back_and_until_when(begun):
    response = begun.fill_in("kontakt", "later")
    page = Page(response, begun.client)
    draft = Draft.objects.get()
    assert page.path == begun.address("senere")
    assert begun.address("barnet") in page.links()
    last_day = timezone.localdate() + timedelta(days=14)
    assert f"Du kan fortsette til og med {last_day.day}. " in page.text
    assert draft.expires_at - draft.saved_at == timedelta(days=14)
    assert draft.typed("kontakt")["when"] == ["kanaritid etter 12"]


@pytest.mark.parametrize(
    "written",
    [
        pytest.param(lambda code: code, id="as it stands"),
        pytest.param(lambda code: f"  {code.lower().replace('-', ' ')} ", id="spaces, small"),
        pytest.param(lambda code: code.replace("-", ""), id="without dashes"),
        pytest.param(lambda code: code.replace("0", "O").replace("1", "l"), id="O for 0, l for 1"),
        pytest.param(lambda code: code.replace("-", "–"), id="long dashes"),
        pytest.param(
            lambda code: code.translate({ord(c): ord(c) + 0xFEE0 for c in "0123456789"}),
            id="wide digits",
        ),
    ],
)
def test_the_code_opens_on_another_device_however_it_is_typed(begun, elsewhere, written):
    begun.fill_in("kontakt", "later")
    code = code_of(begun)

    response = elsewhere.press(elsewhere.open("fortsett"), typed={"code": written(code)})

    assert (response.status_code, response.url) == (302, elsewhere.address("barnet") + "#innhold")
    (ticket,) = response.cookies.values()
    assert (ticket.value, ticket["httponly"], ticket["secure"]) == (code, True, True)
    assert elsewhere.open("kontakt").fields()["when"] == ["kanaritid etter 12"]
    assert code_of(elsewhere) == code


def test_the_link_hands_its_code_over_without_showing_it_to_a_log(begun, elsewhere):
    begun.fill_in("kontakt", "later")
    (link,) = {link for link in begun.open("senere").links() if "#" in link and "fortsett" in link}
    address, _hash, code = link.removeprefix("http://testserver").partition("#")
    assert code not in address

    page = elsewhere.get(address)
    assert page.form.get("data-fragment-field") == "code"
    assert page.form.get("method") == "post"
    assert code not in page.html
    # A browser carries the fragment along unless it is given another.
    opened = elsewhere.press(page, typed={"code": code})
    assert opened.url == elsewhere.address("barnet") + "#innhold"


def test_a_get_opens_nothing_and_uses_nothing_up(begun, elsewhere):
    code = code_of(begun)
    before = Draft.objects.values().get()
    for _time in range(3):
        for method in (elsewhere.client.get, elsewhere.client.head):
            response = method(f"{elsewhere.address('fortsett')}?code={code}")
            assert response.status_code == 200
            assert response.cookies.keys() <= {"__Host-csrftoken"}
    assert Draft.objects.values().get() == before
    assert elsewhere.client.get(elsewhere.address("deg")).status_code == 302


def wrong_code(parent):
    return new_secret()


def malformed_code(parent):
    return "æøå-123"


def unknown_draft(parent):
    code = code_of(parent)
    parent.id = UNKNOWN
    return code


def expired_draft(parent):
    code = code_of(parent)
    Draft.objects.update(expires_at=timezone.now())
    return code


def discarded_draft(parent):
    code = code_of(parent)
    parent.client.post(parent.address("slett"))
    assert not Draft.objects.exists()
    return code


def sent_draft(parent):
    code = code_of(parent)
    for slug in SLUGS:
        parent.fill_in(slug)
    parent.press(parent.open("oppsummering"))
    assert Submission.objects.exists()
    return code


def draft_of_another_municipality(parent):
    code = code_of(parent)
    place = parent.municipality
    parent.municipality = MunicipalityFactory(slug="nabokommunen", name=f"{place.name} (nabo)")
    return code


@pytest.mark.parametrize(
    "closed",
    [
        malformed_code,
        unknown_draft,
        expired_draft,
        discarded_draft,
        sent_draft,
        draft_of_another_municipality,
    ],
)
def test_a_draft_that_does_not_open_never_says_why(begun, elsewhere, closed):
    usual = Page(elsewhere.press(elsewhere.open("fortsett"), typed={"code": wrong_code(begun)}))
    code = closed(begun)
    elsewhere.id, elsewhere.municipality = begun.id, begun.municipality

    response = elsewhere.press(elsewhere.open("fortsett"), typed={"code": code})

    page = Page(response)
    assert page.status == usual.status == 200
    assert page.faults() == {
        "code": "Koden stemmer ikke, eller skjemaet er sendt eller slettet. Se over koden."
    }
    assert "Begynn på nytt" in page.text
    assert page.content().replace(" (nabo)", "") == usual.content()
    assert response.cookies.keys() <= {"__Host-csrftoken"}


def test_an_empty_code_says_what_to_write(begun, elsewhere):
    page = Page(elsewhere.press(elsewhere.open("fortsett"), typed={"code": " "}))
    assert page.faults() == {"code": "Skriv et svar på «Koden din»."}


@pytest.mark.parametrize("page", [*SLUGS, "oppsummering", "senere", "finnes-ikke"])
def test_without_a_ticket_every_page_of_a_draft_leads_to_the_code(begun, elsewhere, page):
    for id_ in (begun.id, UNKNOWN):
        elsewhere.id = id_
        response = elsewhere.client.get(elsewhere.address(page))
        assert (response.status_code, response.url) == (302, elsewhere.address("fortsett"))


def test_the_twenty_first_wrong_code_has_to_wait(begun, elsewhere, time_machine):
    time_machine.move_to(timezone.now(), tick=False)
    code = code_of(begun)
    page = elsewhere.open("fortsett")
    for _time in range(20):
        assert elsewhere.press(page, typed={"code": new_secret()}).status_code == 200

    for typed in (new_secret(), code):
        refused = Page(elsewhere.press(page, typed={"code": typed}))
        assert refused.status == 429
        assert "Det du har lagret, er der fortsatt." in refused.text
    elsewhere.extra = {"REMOTE_ADDR": "192.0.2.7"}
    assert elsewhere.press(page, typed={"code": new_secret()}).status_code == 200

    elsewhere.extra = {}
    time_machine.shift(timedelta(minutes=15, seconds=1))
    assert elsewhere.press(page, typed={"code": code}).status_code == 302


def test_a_draft_lives_fourteen_days_from_the_last_time_it_was_saved(begun, time_machine):
    time_machine.move_to(timezone.now(), tick=False)
    time_machine.shift(timedelta(days=13))
    begun.fill_in("kontakt")
    time_machine.shift(timedelta(days=13, hours=23))
    page = begun.open("kontakt")
    assert page.fields()["when"] == ["kanaritid etter 12"]

    time_machine.shift(timedelta(hours=1))
    response = begun.client.get(begun.address("kontakt"))
    assert (response.status_code, response.url) == (302, begun.address("fortsett"))
    late = begun.press(page, typed={"when": "for sent"})
    assert late.status_code == 410
    assert "for sent" in Page(late).text

    schedule.tick()
    assert not Draft.objects.exists()
    assert Event.objects.filter(verb="draft.expired", actor_kind="clock").count() == 1


def test_the_ticket_lives_as_long_as_the_draft(begun, time_machine):
    time_machine.move_to(timezone.now(), tick=False)
    time_machine.shift(timedelta(days=13))
    response = begun.fill_in("kontakt")
    (ticket,) = [m for m in response.cookies.values() if "utkast" in m.key]
    assert ticket["max-age"] == timedelta(days=14).total_seconds()
    assert ticket["httponly"]


def test_a_resumed_draft_has_a_ticket_for_the_days_that_are_left(begun, elsewhere, time_machine):
    time_machine.move_to(timezone.now(), tick=False)
    begun.fill_in("kontakt")
    code = code_of(begun)
    time_machine.shift(timedelta(days=10))
    response = elsewhere.press(elsewhere.open("fortsett"), typed={"code": code})
    (ticket,) = response.cookies.values()
    assert ticket["max-age"] == timedelta(days=4).total_seconds()


# --- Two tabs -----------------------------------------------------------------------------


def test_two_tabs_on_different_steps_do_not_disturb_each_other(begun):
    one, other = begun.open("kontakt"), begun.open("barnet")
    assert begun.press(one, typed=TYPED["kontakt"]).url == begun.address("barnet")
    assert begun.press(other, typed=TYPED["barnet"]).url == begun.address("familien")

    assert begun.open("kontakt").fields()["when"] == ["kanaritid etter 12"]
    assert begun.open("barnet").fields()["place"] == ["Kanari barnehage"]


def test_two_tabs_on_the_same_step_are_shown_what_the_other_typed(begun):
    begun.fill_in("barnet")
    one, other = begun.open("barnet"), begun.open("barnet")
    begun.press(one, typed={"place": "Fjellet skole", "birth_date_2": "2018"})

    conflict = Page(begun.press(other, typed={"place": "Solkroken barnehage", "last_name": "Ny"}))

    assert conflict.status == 200
    assert "Du har endret dette steget i en annen fane" in conflict.text
    assert "Hvilken barnehage eller skole går barnet i? Fjellet skole" in conflict.text
    assert "Barnets fødselsdato 14. mars 2018" in conflict.text
    assert "Barnets etternavn Barnesen" in conflict.text
    said = conflict.text.partition("I den andre fanen er dette lagret:")[2]
    assert "Barnets fornavn Odin" not in said.partition("Barnet Vi trenger")[0]  # same in both
    assert conflict.fields()["place"] == ["Solkroken barnehage"]
    assert conflict.fields()["birth_date_2"] == ["2019"]
    assert begun.open("barnet").fields()["place"] == ["Fjellet skole"]  # not overwritten

    assert begun.press(conflict).url == begun.address("familien")
    kept = begun.open("barnet").fields()
    assert (kept["place"], kept["last_name"]) == (["Solkroken barnehage"], ["Ny"])


def test_what_was_typed_comes_back_when_the_form_was_deleted_in_another_tab(begun):
    page = begun.open("barnet")
    begun.post(begun.address("slett"), {})

    answer = begun.press(page, typed={"place": "Solkroken barnehage"})

    shown = Page(answer)
    assert (shown.status, shown.heading) == (410, "Dette ble ikke lagret")
    assert "Hvilken barnehage eller skole går barnet i? Solkroken barnehage" in shown.text
    assert not Draft.objects.exists()


def test_a_step_that_must_be_mended_is_a_page_to_come_back_to(begun):
    page = begun.open("barnet")
    answer = begun.post(page.path, page.fields() | {"first_name": "", "place": "Solkroken"})
    assert (answer.status_code, answer.url) == (302, f"{page.path}?vis=feil")
    shown = begun.get(answer.url)
    assert "first_name" in shown.faults()
    assert shown.fields()["place"] == ["Solkroken"]


def test_a_step_counts_as_done_when_its_answers_hold(begun):
    begun.fill_in("kontakt", phone="12", email="")
    shown = begun.open("barnet").text
    assert "Deg ferdig" in shown
    assert "Kontakt ferdig" not in shown


def test_a_conflict_about_the_people_shows_the_other_tabs_people(begun):
    one, other = begun.open("familien"), begun.open("familien")
    begun.press(one, typed=TYPED["familien"])
    conflict = Page(begun.press(other, typed=TYPED["familien"] | {"person-0-name": "En annen"}))
    shown = conflict.text.partition("I den andre fanen er dette lagret:")[2]
    assert "Ole Annenforelder" in shown.partition("Neste steg")[0]
    assert conflict.fields()["person-0-name"] == ["En annen"]


def test_a_conflict_shows_what_the_other_tab_typed_wrong_too(begun):
    one, other = begun.open("kontakt"), begun.open("kontakt")
    begun.press(one, typed={"phone": "12", "when": "om kvelden"})
    conflict = Page(begun.press(other, typed={"phone": "99000001"}))
    assert "Telefonnummer 12" in conflict.text
    assert "om kvelden" in conflict.text

    one, other = begun.open("barnet"), begun.open("barnet")
    begun.press(one, typed={"birth_date_0": "31", "birth_date_1": "februar"})
    conflict = Page(begun.press(other, typed={"first_name": "Odin"}))
    assert "Barnets fødselsdato 31, februar" in conflict.text


def test_the_same_typed_in_two_tabs_is_no_conflict(begun):
    one, other = begun.open("kontakt"), begun.open("kontakt")
    for tab in (one, other):
        response = begun.press(tab, typed=TYPED["kontakt"])
        assert (response.status_code, response.url) == (302, begun.address("barnet"))


def test_a_reload_and_the_back_button_are_no_conflict(begun):
    page = begun.open("kontakt")
    wrong = {"phone": "12"}
    for _time in range(2):
        assert Page(begun.press(page, typed=wrong)).faults().keys() == {"phone"}
    assert begun.press(begun.open("kontakt"), typed={"phone": "99000001"}).status_code == 302


@pytest.mark.parametrize("version", ["", "x", "-1", "1.0", "9" * 400, "²", "١", " 1", "0x1", "\0"])
def test_a_version_that_somebody_meddled_with_is_a_conflict_and_no_crash(begun, version):
    begun.fill_in("kontakt")
    page = begun.open("kontakt")
    response = begun.press(page, typed={"version": version, "when": "aldri"})
    assert response.status_code in (200, 302)
    if version != "١":  # one is one, in any script
        assert "i en annen fane" in Page(response).text
        assert begun.open("kontakt").fields()["when"] == ["kanaritid etter 12"]


# --- Ways through -------------------------------------------------------------------------


def test_every_way_from_a_step_keeps_what_was_typed(begun):
    for button, there in [
        ("next", "barnet"),
        ("previous", "deg"),
        ("later", "senere"),
        ("save", "kontakt"),
    ]:
        response = begun.press(begun.open("kontakt"), button, {"phone": "99000001", "when": button})
        assert (response.status_code, response.url) == (302, begun.address(there))
        assert begun.open("kontakt").fields()["when"] == [button]


@pytest.mark.parametrize("button", ["previous", "later", "save", "add"])
def test_what_is_wrong_is_kept_but_only_next_complains(begun, button):
    response = begun.press(begun.open("kontakt"), button, {"phone": "tolv"})
    assert response.status_code == 302
    page = begun.open("kontakt")
    assert page.fields()["phone"] == ["tolv"]
    assert page.faults() == {}
    assert Page(begun.press(page)).faults().keys() == {"phone"}


def test_enter_presses_next(begun):
    for slug in SLUGS:
        assert begun.open(slug).buttons()[0] == ("action", "next")
    page = begun.open("kontakt")
    fields = page.fields() | {"phone": "99000001"}
    assert begun.post(page.path, fields).url == begun.address("barnet")


def test_an_unknown_button_is_next(begun):
    response = begun.press(begun.open("kontakt"), "hopp", {"phone": "99000001"})
    assert response.url == begun.address("barnet")


def test_the_first_step_has_no_previous_and_the_last_leads_to_the_summary(begun):
    assert ("action", "previous") not in begun.open("deg").buttons()
    assert begun.press(begun.open("deg"), "previous").url == begun.address("deg")
    assert begun.fill_in("samtykke").url == begun.address("oppsummering")


def test_a_change_from_the_summary_leads_back_to_the_summary(parent):
    parent.fill_in_all()
    page = parent.get(parent.address("barnet") + "?fra=oppsummering")
    assert "Til oppsummeringen" in page.text
    wrong = Page(parent.press(page, typed={"first_name": ""}))
    assert wrong.faults().keys() == {"first_name"}
    response = parent.press(wrong, typed={"first_name": "Ada"})
    assert response.url == parent.address("oppsummering")
    assert "Ada" in parent.open("oppsummering").text


def test_people_are_added_and_taken_away_without_losing_anybody(begun):
    names = ["Anna", "Bo", "Cato"]
    for number, name in enumerate(names):
        response = begun.press(begun.open("familien"), "add")
        assert response.url == begun.address("familien")
        begun.press(begun.open("familien"), "save", {f"person-{number}-name": name})
    assert "Person 3" in begun.open("familien").text

    begun.press(begun.open("familien"), "remove-1", {"person-2-phone": "99000009"})

    kept = begun.open("familien").fields()
    assert (kept["person-0-name"], kept["person-1-name"]) == (["Anna"], ["Cato"])
    assert kept["person-1-phone"] == ["99000009"]
    assert "person-2-name" not in kept
    for nobody in ("remove-7", "remove--1", "remove-x", "remove-"):
        begun.press(begun.open("familien"), nobody)
    assert begun.open("familien").fields()["people"] == ["2"]


def test_nobody_is_promised_room_for_more_people_than_there_is(begun):
    begun.press(begun.open("familien"), "save", {"people": "7"})
    page = begun.open("familien")
    assert ("action", "add") in page.buttons()
    begun.press(page, "add")
    page = begun.open("familien")
    assert page.fields()["people"] == ["8"]
    assert ("action", "add") not in page.buttons()
    assert "Det er plass til 8 personer her." in page.text


def test_an_empty_person_is_nobody(parent):
    people = {name: "" for name in TYPED["familien"] if name.startswith("person-")}
    parent.refer(familien=people)
    assert Submission.objects.get().answers["familien"]["people"] == []


# --- Language -----------------------------------------------------------------------------


@pytest.mark.parametrize("phone", ["99000001", "tolv"])
def test_a_change_of_language_keeps_what_was_typed_right_or_wrong(begun, phone):
    page = begun.open("kontakt")
    response = begun.speak(page, "en", {"phone": phone, "when": "after 12"})

    assert (response.status_code, response.url) == (302, begun.address("kontakt"))
    page = begun.open("kontakt")
    assert (page.language, page.faults()) == ("en", {})
    assert (page.fields()["phone"], page.fields()["when"]) == ([phone], ["after 12"])
    (cookie,) = [m for m in response.cookies.values() if "language" in m.key]
    assert (cookie.key, cookie.value) == ("__Host-language", "en")
    assert (cookie["secure"], cookie["httponly"]) == (True, True)


def test_a_language_that_we_do_not_speak_changes_nothing(begun):
    response = begun.speak(begun.open("kontakt"), "xx<script>", {"phone": "99000001"})
    assert response.url == begun.address("barnet")
    assert begun.open("kontakt").language == "nb"


def test_the_summary_changes_language_without_sending(parent):
    page = parent.fill_in_all()
    assert parent.speak(page, "nn").url == parent.address("oppsummering")
    assert parent.open("oppsummering").language == "nn"
    assert Submission.objects.count() == 0


# --- Away with it -------------------------------------------------------------------------


def test_discarding_leaves_nothing(begun):
    page = Page(begun.client.post(begun.address("slett")))
    assert (page.status, page.heading) == (200, "Alt du skrev, er slettet")
    assert not Draft.objects.exists()
    assert Event.objects.filter(verb="draft.discarded").count() == 1
    (ticket,) = [m for m in page.response.cookies.values() if "utkast" in m.key]
    assert (ticket.value, ticket["max-age"]) == ("", 0)

    again = Page(begun.client.post(begun.address("slett")), begun.client)
    assert again.status == 200
    assert begun.client.get(begun.address("deg")).url == begun.address("fortsett")


def test_a_get_discards_nothing(begun):
    assert begun.client.get(begun.address("slett")).status_code == 405
    assert Draft.objects.exists()


def test_somebody_without_the_ticket_discards_nothing_and_is_not_told_so(begun, elsewhere):
    response = elsewhere.client.post(elsewhere.address("slett"))
    assert (response.status_code, response.url) == (302, elsewhere.address("fortsett"))
    assert Draft.objects.exists()


def test_what_is_sent_is_not_said_to_be_discarded(parent):
    parent.refer()
    response = parent.client.post(parent.address("slett"))
    assert "/kvittering/" in response.url
    assert Submission.objects.count() == Draft.objects.count() == 1
