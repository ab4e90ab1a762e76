"""How far it has come: stage and dates for whoever has the code, and never what was written."""

from datetime import timedelta
from itertools import pairwise

import pytest
from django.urls import reverse
from django.utils import timezone

from interventions import actions as interventions
from referrals import actions as referrals
from referrals.models import Referral, Submission
from tests.factories import PROFESSIONAL, MunicipalityFactory, UserFactory, confirm, refer
from tests.referrals.parent import CALL, Page, Parent
from tibir.accounts.models import Municipality
from tibir.audit.models import Event
from tibir.core.codes import TOKEN_BITS, derive, new_secret
from tibir.core.dates import long_date, weekday_date
from tibir.documents import actions as documents
from tibir.documents import tasks
from tibir.documents.models import Document

pytestmark = pytest.mark.django_db

UNKNOWN = "00000000-0000-4000-8000-000000000000"
WRONG = {"code": "Koden stemmer ikke. Se over den, eller ring oss."}


@pytest.fixture
def parent(client):
    return Parent(client, MunicipalityFactory())


@pytest.fixture
def link(parent):
    return link_on(Page(parent.ask_for_a_call(), parent.client))


def link_on(receipt):
    """(address, code) as they stand there."""
    links = {link for link in receipt.links() if "/status/" in link}
    address, _hash, code = links.pop().partition("#")
    assert not links
    assert code in receipt.text
    return address.removeprefix("http://testserver"), code


@pytest.fixture
def anyone(parent):
    """Somebody with the link, on a device that sent nothing."""
    return Parent(type(parent.client)(), parent.municipality)


def ask(anyone, address, code):
    return anyone.press(anyone.get(address), typed={"code": code})


@pytest.mark.parametrize(
    "written",
    [
        str,
        pytest.param(lambda code: f" {code.lower().replace('-', ' ')} ", id="small, spaces"),
        pytest.param(lambda code: code.replace("0", "o").replace("1", "I"), id="O and I"),
    ],
)
def test_the_code_shows_the_stage_and_the_dates(anyone, link, written):
    address, code = link
    response = ask(anyone, address, written(code))
    assert (response.status_code, response.url) == (302, address + "#innhold")
    (ticket,) = response.cookies.values()
    assert ticket.value == code
    assert (ticket["httponly"], ticket["secure"], ticket["samesite"]) == (True, True, "Lax")
    assert ticket["max-age"] == timedelta(hours=1).total_seconds()

    page = anyone.get(address)
    submission = Submission.objects.get()
    assert page.heading == "Vi har fått henvisningen din"
    assert submission.reference in page.text
    assert f"{submission.referral.due_on.day}. " in page.text
    event = Event.objects.filter(verb="status.read").latest("pk")
    assert (event.actor_kind, event.actor_id) == ("sender", submission.pk)


def test_it_never_says_what_was_written_or_of_whom(anyone, parent):
    address, code = link_on(Page(parent.refer(), parent.client))
    pages = [anyone.get(address), Page(ask(anyone, address, code), anyone.client)]
    for page in pages:
        for silent in ("Odin", "Barnesen", "Turid", "Ole", "anari", "99000001", "2019", "mor"):
            assert silent not in page.text
        assert code not in page.html


def test_the_sending_device_needs_no_code(parent, link):
    address, _code = link
    assert parent.get(address).heading == "Vi har fått henvisningen din"


def test_looking_uses_nothing_up(anyone, link):
    address, code = link
    for _time in range(3):
        for method in (anyone.client.get, anyone.client.head):
            response = method(f"{address}?code={code}")
            assert response.status_code == 200
            assert response.cookies.keys() <= {"__Host-csrftoken"}
    assert not Event.objects.filter(verb="status.read").exists()
    for _time in range(3):
        assert ask(anyone, address, code).status_code == 302
        anyone.client.cookies.clear()


def test_the_link_hands_its_code_over_by_itself(anyone, link):
    address, _code = link
    page = anyone.get(address)
    assert page.form.get("data-fragment-field") == "code"
    assert page.form.get("method") == "post"
    assert page.names() == {"csrfmiddlewaretoken", "code"}


@pytest.mark.parametrize(
    "code", ["7K4M-" * 12 + "9QXR", "x", "æøå", "A" * 199, "9" * 52, "' OR 1=1 --", "<script>"]
)
def test_an_unknown_address_and_a_wrong_code_get_the_same_answer(anyone, link, code):
    address, _code = link
    unknown = f"/{anyone.municipality.slug}/status/{UNKNOWN}/"
    assert anyone.get(address).content() == anyone.get(unknown).content()

    wrong, nowhere = (Page(ask(anyone, each, code)) for each in (address, unknown))

    assert wrong.status == nowhere.status == 200
    assert wrong.faults() == nowhere.faults() == WRONG
    assert wrong.content() == nowhere.content()
    assert wrong.response.cookies.keys() == nowhere.response.cookies.keys()


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        (" ", "Skriv et svar på «Koden din»."),
        ("\x00" * 52, "«Koden din» har tegn som ikke kan leses. Skriv svaret på nytt uten dem."),
        ("A" * 201, "Svaret på «Koden din» er 201 tegn. Kort det ned til 200 tegn."),
    ],
)
def test_what_is_no_code_is_said_to_be_none(anyone, link, code, sentence):
    assert Page(ask(anyone, link[0], code)).faults() == {"code": sentence}


def test_the_code_of_a_receipt_or_of_another_referral_does_not_open_it(anyone, link, parent):
    receipt = next(m.value for m in parent.client.cookies.values() if "kvittering" in m.key)
    assert Page(ask(anyone, link[0], receipt)).faults() == WRONG
    parent.ask_for_a_call(name="En annen gang")
    codes = {m.value for m in parent.client.cookies.values() if "status-" in m.key}
    (code,) = codes - {link[1]}
    assert Page(ask(anyone, link[0], code)).faults() == WRONG


def test_the_address_of_another_municipality_shows_nothing(anyone, parent, link):
    address, code = link
    neighbour = MunicipalityFactory()
    elsewhere = address.replace(parent.municipality.slug, neighbour.slug)
    assert Page(ask(anyone, elsewhere, code)).faults() == WRONG
    assert parent.get(elsewhere).heading == "Se hvor langt vi er kommet"  # with its ticket too
    nowhere = address.replace(parent.municipality.slug, "finnes-ikke")
    assert anyone.get(nowhere).status == 404


def test_the_twenty_first_wrong_code_has_to_wait(anyone, link, time_machine):
    time_machine.move_to(timezone.now(), tick=False)
    address, code = link
    page = anyone.get(address)
    for _time in range(20):
        assert anyone.press(page, typed={"code": new_secret()}).status_code == 200
    for typed in (new_secret(), code):
        assert Page(anyone.press(page, typed={"code": typed})).status == 429

    anyone.extra = {"REMOTE_ADDR": "192.0.2.7", "HTTP_X_FORWARDED_FOR": "198.51.100.1"}
    assert anyone.press(page, typed={"code": code}).status_code == 302
    anyone.extra = {}
    time_machine.shift(timedelta(minutes=15, seconds=1))
    assert anyone.press(page, typed={"code": code}).status_code == 302


def test_it_says_that_there_is_an_answer_but_not_which(anyone, parent, today):
    token = new_secret(TOKEN_BITS)
    referral = refer(parent.municipality, token=token)
    coordinator = UserFactory(coordinates=parent.municipality.intake_unit)
    confirm(referral, by=coordinator)
    referrals.take(referral, by=coordinator)
    sender = referral.case.people.get()
    interventions.answer(
        referral,
        by=coordinator,
        outcome="not_target_group",
        reason="Dere er eldre enn dem vi hjelper.",
        recipients=[(sender, "read_out", "")],
    )
    letter = Document.objects.get(case=referral.case)
    tasks.render(letter.pk)
    submission = referral.submission
    address = reverse("portal:status", args=[parent.municipality.slug, submission.public_id])
    ask(anyone, address, derive(Submission.STATUS, token))
    assert "Du får svar senest" in anyone.get(address).text

    documents.done(letter.dispatches.get(), by=coordinator, on=today)

    page = anyone.get(address)
    assert "Vi har svart på henvisningen din" in page.text
    assert "Du får svar senest" not in page.text
    assert letter.data["heading"] not in page.text
    assert "Dere er eldre" not in page.text


# --- Withdrawn, and merged ------------------------------------------------------------------


@pytest.fixture
def coordinator(parent):
    return UserFactory(coordinates=parent.municipality.intake_unit)


class Sent:
    """A referral, and its status page on whatever device has the code."""

    def __init__(self, anyone, **about):
        token = new_secret(TOKEN_BITS)
        self.referral = refer(anyone.municipality, token=token, **about)
        names = [anyone.municipality.slug, self.referral.submission.public_id]
        self.anyone, self.address = anyone, reverse("portal:status", args=names)
        ask(anyone, self.address, derive(Submission.STATUS, token))

    def page(self):
        return self.anyone.get(self.address)

    def now(self):
        return Referral.objects.get(pk=self.referral.pk)


def days_ago(days):
    return timezone.now() - timedelta(days=days)


def answer(referral, by, on):
    referrals.take(referral, by=by)
    someone = referral.case.people.order_by("pk").first()
    said = {"outcome": "screening", "reason": "Velkommen."}
    interventions.answer(referral, by=by, recipients=[(someone, "read_out", "")], **said)
    letter = Document.objects.get(meets__target_id=referral.pk)
    tasks.render(letter.pk)
    documents.done(letter.dispatches.get(), by=by, on=on)


def test_what_was_withdrawn_promises_no_answer_and_says_how_to_come_back(
    anyone, coordinator, today
):
    sent = Sent(anyone)
    referrals.withdraw(sent.now(), by=coordinator, reason="Mor ringte, og far vil ikke.")
    page = sent.page()
    assert page.heading == "Henvisningen er trukket"
    assert f"Trukket {long_date(today)}" in page.text
    assert "senest" not in page.text
    assert "Mor ringte" not in page.text
    assert sent.referral.reference in page.text
    assert anyone.municipality.phone in page.text
    assert reverse("referrals:start", args=[anyone.municipality.slug]) in page.links()

    referrals.reopen(sent.now(), by=coordinator, reason="Hun ringte igjen")
    assert f"Du får svar senest {weekday_date(sent.referral.due_on)}" in sent.page().text


def test_where_no_new_referral_is_taken_the_page_leads_to_the_telephone(anyone, coordinator):
    sent = Sent(anyone)
    referrals.withdraw(sent.now(), by=coordinator, reason="nei")
    Municipality.objects.update(accepts_referrals=False)
    page = sent.page()
    assert page.heading == "Henvisningen er trukket"
    assert reverse("referrals:start", args=[anyone.municipality.slug]) not in page.links()
    assert anyone.municipality.phone in page.text


def test_the_receipt_of_what_was_withdrawn_promises_nothing_either(parent, coordinator):
    address = parent.press(
        parent.get(f"/{parent.municipality.slug}/henvisning/ring-meg/"), typed=CALL
    ).url
    assert "senest" in parent.get(address).text.lower()
    referrals.withdraw(Referral.objects.get(), by=coordinator, reason="nei")
    page = parent.get(address)
    assert page.heading == "Henvisningen er trukket"
    assert "senest" not in page.text.lower()


@pytest.mark.parametrize("length", [1, 2])
def test_what_was_merged_has_its_own_day_and_the_answer_of_the_other(
    anyone, coordinator, today, length
):
    """Also when that was merged in its turn. The other may be sent by somebody else, of whom an
    earlier day would tell."""
    sent = [Sent(anyone, received_at=days_ago(5 - number)) for number in range(length + 1)]
    for one, other in pairwise(sent):
        referrals.merge(one.now(), other.now(), by=coordinator)
    first, last = sent[0].referral, sent[-1]
    assert last.now().due_on == first.due_on
    for number, each in enumerate(sent):
        promised = first.due_on + timedelta(days=number)
        assert f"Du får svar senest {weekday_date(promised)}" in each.page().text
        assert each.referral.reference in each.page().text

    answer(last.now(), coordinator, today)

    for each in sent:
        page = each.page()
        assert page.heading == "Vi har svart på henvisningen din"
        assert f"Svart {long_date(today)}" in page.text


def test_what_was_merged_into_something_withdrawn_promises_nothing(anyone, coordinator):
    one, other = Sent(anyone), Sent(anyone)
    referrals.merge(one.now(), other.now(), by=coordinator)
    referrals.withdraw(other.now(), by=coordinator, reason="nei")
    assert one.page().heading == other.page().heading == "Henvisningen er trukket"
    assert other.referral.reference not in one.page().text


def test_a_professional_sees_the_day_of_the_answer_of_what_it_was_merged_into(
    anyone, coordinator, today
):
    theirs, other = Sent(anyone, answers=PROFESSIONAL), Sent(anyone)
    before = theirs.page().text
    assert "Besvart ikke ennå" in before
    referrals.merge(theirs.now(), other.now(), by=coordinator)
    assert theirs.page().text == before
    answer(other.now(), coordinator, today)
    after = theirs.page().text
    assert after == before.replace("Besvart ikke ennå", f"Besvart {long_date(today)}")


def test_a_professional_never_learns_that_it_was_withdrawn(anyone, coordinator):
    theirs, other = Sent(anyone, answers=PROFESSIONAL), Sent(anyone)
    before = theirs.page().text
    referrals.merge(theirs.now(), other.now(), by=coordinator)
    referrals.withdraw(other.now(), by=coordinator, reason="nei")
    assert theirs.page().text == before
