"""A parent sends documents along: each is refused or taken in, and none is left behind."""

from datetime import timedelta
from io import BytesIO

import pypdf
import pytest
from django.conf import settings as django_settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, transaction
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from django.utils import timezone

from referrals import actions
from referrals.models import Draft, Enclosure, Referral, Submission
from tests.documents import corpus
from tests.documents.test_sanitise import REFUSED
from tests.factories import MunicipalityFactory
from tests.referrals.parent import TYPED, Page, Parent
from tibir.audit.models import Event
from tibir.audit.record import SENDER
from tibir.core.models import Attempt
from tibir.documents.kinds import REFUSALS
from tibir.documents.models import Attachment
from tibir.documents.sanitise import Code
from tibir.operations.schedule import tick

pytestmark = pytest.mark.django_db

State = Attachment.State


@pytest.fixture
def parent(client):
    parent = Parent(client, MunicipalityFactory())
    parent.begin()
    return parent


def enclose(parent, content=None, name="brev.pdf", **more):
    content = corpus.pdf() if content is None else content
    file = SimpleUploadedFile(name, content, "application/x-whatever")
    return parent.client.post(parent.address("vedlegg"), {"file": file, "whole": "ja", **more})


def shown(parent):
    return parent.open("vedlegg")


def remove(parent, attachment):
    return parent.post(parent.address(f"vedlegg/{attachment.public_id}/fjern"), {})


def finished(parent):
    for slug in TYPED:
        parent.hurry_through(slug)
    return parent.open("oppsummering")


def left():
    """Rows of files, with a draft, sent, or nowhere."""
    return Attachment.objects.count(), Enclosure.objects.count()


# --- Before it is sent ----------------------------------------------------------------------


def test_the_summary_leads_to_a_page_where_files_are_added_and_removed(parent):
    summary = finished(parent)
    assert parent.address("vedlegg") in summary.links()
    assert "Du trenger ikke legge ved noe." in summary.text

    response = enclose(parent, name="rapport fra skolen.pdf")

    assert (response.status_code, response.url) == (302, parent.address("vedlegg"))
    page = shown(parent)
    assert "rapport fra skolen.pdf" in page.text
    assert "Fjern rapport fra skolen.pdf" in page.text
    assert "rapport fra skolen.pdf" in parent.open("oppsummering").text
    attachment = Attachment.objects.get()
    assert (attachment.case, attachment.author, attachment.state) == (None, None, State.WAITING)

    assert remove(parent, attachment).url == parent.address("vedlegg")
    assert left() == (0, 0)
    assert "rapport fra skolen" not in shown(parent).text
    assert remove(parent, attachment).status_code == 302  # again is nothing to do
    verbs = Event.objects.filter(verb__startswith="attachment").order_by("pk")
    assert [event.verb for event in verbs] == ["attachment.received", "attachment.removed"]


@pytest.mark.parametrize(
    ("make", "name", "code"),
    [row[1:] for row in REFUSED if row[3] in {Code.EMPTY, Code.NOT_ALLOWED, Code.OTHER_NAME}],
    ids=[row[0] for row in REFUSED if row[3] in {Code.EMPTY, Code.NOT_ALLOWED, Code.OTHER_NAME}],
)
def test_what_cannot_be_taken_is_refused_at_once_and_says_why(parent, make, name, code):
    page = Page(enclose(parent, make(), name))
    # A name that says what it is not may lose that on its way here.
    assert page.status == 200 or "\x00" in name
    if page.status == 200:
        assert page.faults() == {"file": str(REFUSALS[code])}
        assert left() == (0, 0)


def test_no_file_at_all_is_said_beside_the_field(parent):
    page = Page(parent.client.post(parent.address("vedlegg"), {"whole": "ja"}))
    assert page.faults() == {"file": "Velg en fil, og trykk «Legg ved»."}


@pytest.mark.parametrize("size", [10_000_001, 10_099_000, 15_000_000])
def test_a_file_that_is_too_big_is_refused_and_never_kept(parent, size):
    page = Page(enclose(parent, b"%PDF-" + bytes(size - 5), "stor.pdf"))
    assert page.faults() == {"file": str(REFUSALS[Code.TOO_BIG])}
    assert left() == (0, 0)


def test_the_largest_file_is_taken(parent):
    assert enclose(parent, b"%PDF-" + bytes(9_999_995), "stor.pdf").status_code == 302


def test_more_files_than_one_at_a_time_are_no_crash(parent):
    files = [SimpleUploadedFile(f"{number}.pdf", corpus.pdf()) for number in range(2)]
    response = parent.client.post(parent.address("vedlegg"), {"file": files})
    assert (response.status_code, left()) == (400, (0, 0))


def test_a_request_that_breaks_off_leaves_nothing(parent):
    fields = {"file": SimpleUploadedFile("brev.pdf", corpus.pdf()), "whole": "ja"}
    body = encode_multipart(BOUNDARY, fields)
    end = body.index(b"%%EOF") + 10

    def arrives(part):
        return parent.client.generic(
            "POST", parent.address("vedlegg"), part, content_type=MULTIPART_CONTENT
        )

    for cut in (end, end - 100, end - 300):
        page = Page(arrives(body[:cut]))
        assert page.faults() == {"file": "Filen kom ikke helt fram. Legg den ved på nytt."}
        assert left() == (0, 0)
    assert arrives(body).status_code == 302


def test_the_same_file_sent_again_after_a_lost_answer_is_there_once(parent):
    content = corpus.pdf()
    for _time in range(2):
        assert enclose(parent, content).status_code == 302
    assert left() == (1, 1)
    enclose(parent, content, "et annet navn.pdf")
    enclose(parent, corpus.pdf(pages=2))
    assert left() == (3, 3)


def test_no_file_is_ever_written_to_the_disk(parent, tmp_path, settings):
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path)
    assert enclose(parent, b"%PDF-" + bytes(9_000_000), "stor.pdf").status_code == 302
    enclose(parent, b"%PDF-" + bytes(12_000_000), "stor.pdf")
    assert list(tmp_path.iterdir()) == []


def test_what_was_refused_later_is_told_and_not_sent(parent, rings):
    enclose(parent, corpus.locked(), "laast.pdf")
    enclose(parent, corpus.jpeg_with_place(), "foto.jpg")
    rings.answer()
    for page in (shown(parent), finished(parent)):
        assert "Blir ikke sendt. PDF-en er låst med passord." in page.text
    parent.press(parent.open("oppsummering"))
    assert [a.shown_name for a in Submission.objects.get().attachments()] == ["foto.jpg"]
    assert left() == (1, 1)


def test_five_files_are_enough(parent):
    for number in range(5):
        assert enclose(parent, name=f"{number}.pdf").status_code == 302
    page = shown(parent)
    assert "Fjern en hvis du vil legge ved en annen." in page.text
    assert 'type="file"' not in page.html
    sixth = enclose(parent, name="6.pdf")
    assert (sixth.status_code, left()) == (200, (5, 5))
    assert "Det er plass til fem filer." in sixth.content.decode()


def test_names_are_shown_as_harmless_lines(parent):
    for name in ("../../x.pdf", "a\u202efdp.exe.pdf", "<b>fet</b>.pdf"):
        enclose(parent, name=name)
    page = shown(parent)
    names = [attachment.shown_name for attachment in Draft.objects.get().attachments()]
    assert names == ["x.pdf", "afdp.exe.pdf", "b>.pdf"]
    assert "\u202e" not in page.html
    assert "<b>fet" not in page.html


def test_a_family_that_must_be_shielded_is_reminded(parent):
    assert "hvor dere bor" not in shown(parent).text
    parent.fill_in("deg", protection="yes")
    assert "Se etter at det ikke står hvor dere bor" in shown(parent).text


def test_an_address_that_hands_in_far_too_much_has_to_wait(parent, settings):
    settings.UPLOADS_PER_HOUR_PER_ADDRESS = 2
    Attempt.objects.all().delete()
    statuses = [enclose(parent, name=f"{number}.pdf").status_code for number in range(3)]
    assert (statuses, left()) == ([302, 302, 429], (2, 2))
    assert shown(parent).status == 200


def test_the_page_changes_language_and_keeps_its_files(parent):
    enclose(parent)
    page = Page(parent.client.post(parent.address("vedlegg"), {"_language": "en"}), parent.client)
    assert (page.language, "brev.pdf" in page.text) == ("en", True)
    assert left() == (1, 1)


# --- Whose it is ----------------------------------------------------------------------------


def test_nobody_adds_to_or_takes_from_somebody_elses_form(parent):
    enclose(parent)
    attachment = Attachment.objects.get()
    stranger = Parent(type(parent.client)(), parent.municipality)
    stranger.id = parent.id
    resume = parent.address("fortsett")
    assert stranger.client.get(parent.address("vedlegg")).url == resume
    assert enclose(stranger).url == resume
    assert remove(stranger, attachment).url == resume
    other = Parent(type(parent.client)(), parent.municipality)
    other.begin()
    remove(other, attachment)
    assert left() == (1, 1)


def test_nothing_is_stored_in_plain(parent):
    enclose(parent, name="rapport om Odin.pdf")
    with connection.cursor() as cursor:
        cursor.execute("SELECT documents_attachment::text FROM documents_attachment")
        (stored,) = cursor.fetchone()
    for plain in (b"Odin", b"rapport", b"%PDF"):
        assert plain.hex() not in stored
        assert plain.decode() not in stored


# --- Sent -----------------------------------------------------------------------------------


def test_what_is_enclosed_is_sent_and_stands_in_the_receipt(parent, rings):
    enclose(parent, name="rapport.pdf")
    enclose(parent, corpus.png(), "tegning.png")

    receipt = Page(parent.press(finished(parent)), parent.client)

    assert "rapport.pdf" in receipt.text
    assert "tegning.png" in receipt.text
    referral = Referral.objects.get()
    assert {a.case for a in referral.submission.attachments()} == {referral.case}
    assert not Draft.objects.get().enclosures.exists()
    rings.answer()
    content = Submission.objects.get().receipt.blob.content()
    text = "".join(page.extract_text() for page in pypdf.PdfReader(BytesIO(content)).pages)
    assert "rapport.pdf" in text
    assert "tegning.png" in text


def test_sent_twice_it_is_enclosed_once(parent):
    enclose(parent)
    summary = finished(parent)
    other_tab = parent.open("oppsummering")
    receipts = {parent.press(page).url for page in (summary, summary, other_tab)}
    assert len(receipts) == 1
    assert left() == (1, 1)
    assert Enclosure.objects.get().submission == Submission.objects.get()


def test_a_file_added_in_another_tab_is_shown_before_anything_is_sent(parent):
    summary = finished(parent)
    enclose(parent, name="ny.pdf")

    again = Page(parent.press(summary))

    assert "Noe er endret siden du åpnet oppsummeringen." in again.text
    assert "ny.pdf" in again.text
    assert Submission.objects.count() == 0


def test_what_is_sent_is_neither_added_to_nor_taken_from(parent):
    enclose(parent)
    receipt = parent.press(finished(parent)).url
    attachment = Attachment.objects.get()
    assert enclose(parent).url == receipt
    assert remove(parent, attachment).url == receipt
    assert parent.client.get(parent.address("vedlegg")).url == receipt
    assert left() == (1, 1)


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM referrals_enclosure",
        "UPDATE referrals_enclosure SET submission_id = NULL, draft_id = (SELECT id FROM"
        " referrals_draft)",
        "DELETE FROM documents_attachment",
    ],
)
def test_what_is_sent_stays_where_it_was_sent(parent, statement):
    enclose(parent)
    parent.press(finished(parent))
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert left() == (1, 1)


def test_a_submission_that_stops_keeps_its_files_until_it_is_read_in(parent, monkeypatch):
    enclose(parent)
    with monkeypatch.context() as broken:
        broken.setattr("tibir.family.actions.add", None)
        parent.press(finished(parent))
    assert Submission.objects.get().stopped_by == "TypeError"
    assert (Attachment.objects.get().case, left()) == (None, (1, 1))

    referral = actions.read_in(Submission.objects.get(), by=SENDER)

    assert Attachment.objects.get().case == referral.case


# --- Not sent -------------------------------------------------------------------------------


def test_a_form_that_is_deleted_takes_its_files_along(parent, rings):
    enclose(parent)
    rings.answer()
    enclose(parent)
    parent.post(parent.address("slett"), {})
    assert left() == (0, 0)


def test_a_form_whose_time_is_over_takes_its_files_along(parent, time_machine):
    enclose(parent)
    other = Parent(type(parent.client)(), parent.municipality)
    other.begin()
    enclose(other)
    other.press(finished(other))
    time_machine.move_to(timezone.now() + django_settings.DRAFT_LIFETIME + timedelta(minutes=1))
    tick()
    assert not Draft.objects.exists()
    assert left() == (1, 1)  # the one that was sent
    assert Enclosure.objects.get().submission


def test_a_draft_that_somebody_deletes_by_hand_takes_its_files_along(parent):
    enclose(parent)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM referrals_enclosure")
        cursor.execute("DELETE FROM referrals_draft")
    assert left() == (0, 0)


# --- At once and whole ---------------------------------------------------------------------


def test_a_file_that_cannot_be_written_whole_is_not_written_at_all(parent, monkeypatch):
    monkeypatch.setattr("referrals.actions.drafts.Enclosure.objects.create", None)
    parent.client.raise_request_exception = False
    assert enclose(parent).status_code == 500
    assert left() == (0, 0)
