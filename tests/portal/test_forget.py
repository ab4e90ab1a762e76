"""A borrowed telephone forgets what was sent from it, and the municipality does not."""

import pytest

from referrals.models import Submission
from tests.access.test_matrix import bare
from tests.factories import MunicipalityFactory
from tests.portal.test_receipt import at_status
from tests.portal.test_status import ask, link_on
from tests.referrals.parent import Page, Parent

pytestmark = pytest.mark.django_db

UNKNOWN = "00000000-0000-4000-8000-000000000000"
FORGOTTEN = "Kvitteringen er glemt på denne enheten"


@pytest.fixture
def parent(client):
    return Parent(client, MunicipalityFactory())


@pytest.fixture
def receipt(parent):
    """Its address, after something was sent."""
    return parent.ask_for_a_call().url


def forget(parent, receipt):
    return Page(parent.post(receipt + "glem/", {}), parent.client)


def tickets(parent):
    kinds = ("kvittering-", "status-", "ring-meg-", "skrevet-")
    held = (m.key for m in parent.client.cookies.values() if m.value)
    return {name for name in held if any(kind in name for kind in kinds)}


def test_the_receipt_has_a_button_that_forgets_it(parent, receipt):
    page = parent.get(receipt)
    forms = {form.get("action"): form for form in page.root.iterfind(".//main//form")}
    assert forms[receipt + "glem/"].get("method") == "post"
    assert "Glem kvitteringen på denne enheten" in page.text


@pytest.mark.parametrize("send", [Parent.refer, Parent.ask_for_a_call])
def test_the_device_forgets_and_the_code_still_shows_the_status(parent, send):
    receipt = send(parent).url
    address, code = link_on(parent.get(receipt))

    page = forget(parent, receipt)

    assert (page.status, page.path, page.heading) == (200, receipt + "glem/", FORGOTTEN)
    assert address in page.links()
    assert tickets(parent) == set()
    for closed in (receipt, receipt + "pdf/"):
        assert parent.client.get(closed).url == address
    assert parent.client.get(receipt + "klar/").status_code == 404
    assert parent.get(address).heading == "Se hvor langt vi er kommet"
    assert Submission.objects.get().receipt

    assert ask(parent, address, code).status_code == 302
    assert parent.get(address).heading == "Vi har fått henvisningen din"
    assert parent.client.get(receipt).url == address


def test_a_forgotten_call_that_is_sent_again_does_not_bring_its_receipt_back(parent, receipt):
    forget(parent, receipt)
    again = parent.ask_for_a_call().url
    assert again != receipt
    assert parent.client.get(receipt).status_code == 302


def test_a_draft_that_was_sent_does_not_bring_its_receipt_back(parent):
    receipt = parent.refer().url
    forget(parent, receipt)
    for page in ("oppsummering", "deg", "senere", "fortsett"):
        for response in (
            parent.client.get(parent.address(page)),
            parent.post(parent.address(page), {}),
        ):
            last = Page(response, parent.client).response
            assert "PDF" not in last.content.decode()
    assert parent.client.get(receipt).status_code == 302


def test_only_the_receipt_that_was_meant_is_forgotten(parent, receipt):
    other = parent.ask_for_a_call(name="En annen gang").url
    forget(parent, receipt)
    assert parent.client.get(receipt).status_code == 302
    assert parent.client.get(other).status_code == 200


def test_where_nothing_is_held_or_was_ever_sent_the_answer_is_the_same(parent, receipt):
    stranger = Parent(type(parent.client)(), parent.municipality)
    unknown = receipt.replace(receipt.split("/")[3], UNKNOWN)
    there, nowhere = (forget(stranger, address) for address in (receipt, unknown))
    assert there.status == nowhere.status == 200
    assert there.heading == FORGOTTEN
    assert bare(there.response).replace(receipt, unknown).replace(
        at_status(receipt), at_status(unknown)
    ) == bare(nowhere.response)
    assert parent.client.get(receipt).status_code == 200
    assert stranger.client.get("/x" + receipt + "glem/").status_code == 404


def test_to_look_forgets_nothing(parent, receipt):
    for method in (parent.client.get, parent.client.head):
        response = method(receipt + "glem/")
        assert (response.status_code, response.url) == (302, receipt)
    assert parent.client.get(receipt).status_code == 200


def test_the_page_after_it_changes_language(parent, receipt):
    page = forget(parent, receipt)
    parent.post("/sprak/", {"language": "nn", "next": page.path})
    assert parent.get(page.path).language == "nn"
