"""The receipt is for the device that sent, and for nobody else."""

import hashlib

import pytest
from pypdf import PdfReader

from referrals.models import Submission
from tests.factories import MunicipalityFactory
from tests.referrals.parent import Page, Parent
from tibir.audit.models import Event
from tibir.documents.models import Document

pytestmark = pytest.mark.django_db

UNKNOWN = "00000000-0000-4000-8000-000000000000"


@pytest.fixture
def parent(client):
    return Parent(client, MunicipalityFactory())


@pytest.fixture
def receipt(parent):
    """Its address, after something was sent."""
    return parent.ask_for_a_call().url


@pytest.fixture
def stranger(parent):
    return type(parent.client)()


def at_status(receipt):
    return receipt.replace("/kvittering/", "/status/")


def test_the_receipt_says_what_was_promised_and_nothing_of_the_family(parent):
    page = parent.get(parent.refer().url)
    submission = Submission.objects.get()
    assert page.status == 200
    assert submission.reference in page.text
    assert str(submission.referral.due_on.day) in page.text
    assert parent.municipality.phone in page.text
    for silent in ("Odin", "Barnesen", "Turid", "anari", "99000001"):
        assert silent not in page.html
    links = [link for link in page.links() if "/status/" in link]
    assert links
    assert all(link.startswith("http://testserver") and "#" in link for link in links)


def test_another_device_is_led_to_the_status_page(receipt, stranger):
    for address in (receipt, receipt + "pdf/"):
        for method in (stranger.get, stranger.head):
            response = method(address)
            assert (response.status_code, response.url) == (302, at_status(receipt))
    assert stranger.get(receipt + "klar/").status_code == 404
    assert not Event.objects.filter(verb="receipt.downloaded").exists()


def test_the_status_code_does_not_open_the_receipt(parent, receipt, stranger):
    status = next(m for m in parent.client.cookies.values() if "status-" in m.key)
    for name in (status.key, status.key.replace("status", "kvittering")):
        stranger.cookies[name] = status.value
    assert stranger.get(receipt).url == at_status(receipt)
    assert stranger.get(receipt + "pdf/").url == at_status(receipt)


@pytest.mark.parametrize("value", ["", "x", "\x00", "é", "A" * 52, "A" * 5000])
def test_a_ticket_that_somebody_meddled_with_opens_nothing(parent, receipt, value):
    name = next(m.key for m in parent.client.cookies.values() if "kvittering" in m.key)
    parent.client.cookies[name] = value
    assert parent.client.get(receipt).url == at_status(receipt)


def test_the_ticket_of_one_receipt_does_not_open_another(parent, receipt):
    other = parent.ask_for_a_call(name="En annen gang").url
    tickets = {m.key: m.value for m in parent.client.cookies.values() if "kvittering" in m.key}
    first, second = tickets
    parent.client.cookies[first], parent.client.cookies[second] = tickets[second], tickets[first]
    for address in (receipt, other):
        assert parent.client.get(address).status_code == 302


def test_an_unknown_receipt_is_like_one_of_another_device(parent, receipt, stranger):
    unknown = f"/{parent.municipality.slug}/kvittering/{UNKNOWN}/"
    response = stranger.get(unknown)
    assert (response.status_code, response.url) == (302, at_status(unknown))
    assert stranger.get(unknown + "klar/").status_code == 404


def test_the_address_of_another_municipality_does_not_show_it(parent, receipt):
    neighbour = MunicipalityFactory()
    elsewhere = receipt.replace(parent.municipality.slug, neighbour.slug)
    for address in (elsewhere, elsewhere + "pdf/"):
        response = parent.client.get(address)
        assert (response.status_code, response.url) == (302, at_status(elsewhere))
    assert parent.client.get(elsewhere + "klar/").status_code == 404
    assert parent.client.get(receipt.replace(parent.municipality.slug, "x")).status_code == 404


def test_a_receipt_is_shown_after_the_municipality_has_closed_its_form(parent, receipt):
    parent.municipality.accepts_referrals = False
    parent.municipality.save()
    assert parent.client.get(receipt).status_code == 200


# --- The PDF ------------------------------------------------------------------------------


def test_while_it_is_made_the_page_says_so(parent, receipt):
    page = parent.get(receipt)
    assert "Last siden på nytt om litt" in page.text
    assert receipt + "pdf/" not in page.links()
    assert parent.client.get(receipt + "klar/").json() == {"ready": False}
    response = parent.client.get(receipt + "pdf/")
    assert (response.status_code, response.url) == (302, receipt)


def test_when_it_is_made_it_can_be_had_and_the_log_knows(parent, receipt, rings):
    rings.answer()
    submission = Submission.objects.get()
    assert parent.client.get(receipt + "klar/").json() == {"ready": True}
    assert receipt + "pdf/" in parent.get(receipt).links()

    response = parent.client.get(receipt + "pdf/")

    assert response.status_code == 200
    assert response["Content-Type"] == "application/pdf"
    name = f"kvittering-{submission.reference}.pdf"
    assert response["Content-Disposition"] == f'attachment; filename="{name}"'
    assert response["Cache-Control"] == "no-store"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response.content.startswith(b"%PDF")
    digest = hashlib.sha256(response.content).digest()
    assert bytes(submission.receipt.blob.sha256) == digest
    event = Event.objects.get(verb="receipt.downloaded")
    assert (event.actor_kind, event.actor_id) == ("sender", submission.pk)
    assert event.target_id == submission.receipt_id


def test_the_pdf_is_what_was_sent(parent, rings, tmp_path):
    receipt = parent.refer().url
    rings.answer()
    file = tmp_path / "kvittering.pdf"
    file.write_bytes(parent.client.get(receipt + "pdf/").content)
    said = " ".join(" ".join(page.extract_text() for page in PdfReader(file).pages).split())
    submission = Submission.objects.get()
    for text in (
        submission.reference,
        "Turid Avsender",
        "Kanarieksempel: det tar to timer.",
        "14. mars 2019",
        "Ole Annenforelder",
        "Kanariveien 7",
        "Legging",
    ):
        assert text in said


def test_when_it_cannot_be_made_the_page_says_what_to_do(parent, receipt):
    Document.objects.update(state=Document.State.FAILED)
    page = parent.get(receipt)
    assert "henvisningen er trygt lagret. Ring oss hvis du vil ha en kopi." in page.text
    assert parent.client.get(receipt + "klar/").json() == {"ready": True}
    assert parent.client.get(receipt + "pdf/").url == receipt


def test_nothing_is_written_by_looking(parent, receipt):
    for address in (receipt, receipt + "pdf/", receipt + "klar/"):
        for method in ("post", "put", "delete"):
            assert getattr(parent.client, method)(address).status_code == 405


def test_the_receipt_speaks_the_language_that_is_chosen_on_it(parent, receipt):
    page = parent.get(receipt)
    button = {"language": "nn", "next": page.path}
    assert parent.post("/sprak/", button).url == receipt
    assert Page(parent.client.get(receipt)).language == "nn"
