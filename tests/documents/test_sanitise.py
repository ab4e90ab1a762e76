"""Whatever somebody hands in becomes a harmless copy or a plain no, and never a crash."""

import json
import re
import subprocess
import sys
from io import BytesIO

import pikepdf
import pypdf
import pytest
from PIL import Image, ImageChops

from tests.databases import ROOT
from tests.documents import corpus
from tests.documents.corpus import CANARY
from tibir.documents.kinds import REFUSALS
from tibir.documents.rebuild import clean
from tibir.documents.sanitise import (
    LIMITS,
    Code,
    Limits,
    Refused,
    Type,
    clean_apart,
    recognise,
    shown_name,
)

FEW_PAGES = Limits(pages=3)


def refusal(content, name, limits=LIMITS):
    with pytest.raises(Refused) as refused:
        clean(content, name, limits)
    return refused.value.code


# --- Refused --------------------------------------------------------------------------------

REFUSED = [
    ("nothing", lambda: b"", "tom.pdf", Code.EMPTY),
    ("too much", lambda: b"%PDF-" + bytes(10_000_000), "stor.pdf", Code.TOO_BIG),
    ("html as png", corpus.html_in_png, "bilde.png", Code.NOT_ALLOWED),
    ("svg", corpus.svg, "tegning.svg", Code.NOT_ALLOWED),
    ("svg as png", corpus.svg, "tegning.png", Code.NOT_ALLOWED),
    ("a script before a pdf", corpus.script_before_pdf, "brev.pdf", Code.NOT_ALLOWED),
    ("eicar", corpus.eicar, "virus.pdf", Code.NOT_ALLOWED),
    ("eicar as a program", corpus.eicar, "eicar.com", Code.NOT_ALLOWED),
    ("a zip", lambda: b"PK\x03\x04" + bytes(99), "brev.docx", Code.NOT_ALLOWED),
    ("a picture called pdf", corpus.png, "brev.pdf", Code.OTHER_NAME),
    ("a double ending", corpus.pdf, "brev.pdf.exe", Code.OTHER_NAME),
    ("no ending", corpus.pdf, "brev", Code.OTHER_NAME),
    ("an ending after nul", corpus.pdf, "brev.pdf\x00.html", Code.OTHER_NAME),
    ("an ending turned round", corpus.pdf, "brev\u202efdp.exe", Code.OTHER_NAME),
    ("half a png", lambda: corpus.png()[:60], "halvt.png", Code.BROKEN_IMAGE),
    ("half a jpeg", lambda: corpus.jpeg(size=(400, 300))[:400], "h.jpg", Code.BROKEN_IMAGE),
    ("only a signature", lambda: b"\xff\xd8\xff", "foto.jpg", Code.BROKEN_IMAGE),
    ("65,000 × 65,000", corpus.huge_png, "stort.png", Code.TOO_MANY_PIXELS),
    ("30,000 × 1", lambda: corpus.png(size=(30_000, 1)), "langt.png", Code.TOO_MANY_PIXELS),
    ("half a pdf", lambda: corpus.pdf()[:200], "halv.pdf", Code.BROKEN_PDF),
    ("noise after a signature", lambda: b"%PDF-1.7\n" + bytes(range(256)) * 9, "x.pdf",
     Code.BROKEN_PDF),
    ("no pages", lambda: corpus.pdf(pages=0), "ingen.pdf", Code.BROKEN_PDF),
    ("a password", corpus.locked, "laast.pdf", Code.LOCKED_PDF),
    ("a password for changing", corpus.locked_for_copying, "laast.pdf", Code.LOCKED_PDF),
    ("a form of Adobe's", lambda: corpus.pdf(corpus.live_form), "s.pdf", Code.LIVE_FORM),
    ("many pages", lambda: corpus.pdf(pages=101), "bok.pdf", Code.TOO_MANY_PAGES),
]  # fmt: skip


@pytest.mark.parametrize(
    ("make", "name", "code"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED]
)
def test_what_we_cannot_take_is_refused_for_what_it_is(make, name, code):
    assert refusal(make(), name) == code


def test_the_corpus_meets_every_refusal_but_that_of_a_process_that_dies():
    assert {row[3] for row in REFUSED} == set(Code) - {Code.TOO_HEAVY}


def test_every_refusal_has_a_sentence_of_its_own():
    sentences = [str(REFUSALS[code]) for code in Code]
    assert len(set(sentences)) == len(Code)
    assert all(sentence.endswith(".") and len(sentence) < 160 for sentence in sentences)


# --- Stripped -------------------------------------------------------------------------------

HARMFUL = [
    corpus.on_opening, corpus.launching, corpus.going_elsewhere, corpus.sending, corpus.linking,
    corpus.carrying, corpus.with_xfa, corpus.playing, corpus.fetching, corpus.telling, corpus.noted,
]  # fmt: skip
WORDS = (
    "/JavaScript", "/JS", "/OpenAction", "/AA", "/Launch", "/GoToR", "/SubmitForm", "/URI",
    "/EmbeddedFile", "/EmbeddedFiles", "/Filespec", "/XFA", "/AcroForm", "/RichMedia", "/Metadata",
    "/Author", "/Annots", "/PieceInfo", "/Names", "/Ref",
)  # fmt: skip


def everything_in(content):
    """All that a PDF says, unpacked: names, strings and streams."""
    unpacked = BytesIO()
    with pikepdf.open(BytesIO(content)) as pdf:
        pdf.save(
            unpacked,
            stream_decode_level=pikepdf.StreamDecodeLevel.all,
            compress_streams=False,
            object_stream_mode=pikepdf.ObjectStreamMode.disable,
        )
    return unpacked.getvalue().decode("latin-1")


def words_in(content):
    return set(re.findall(r"/[A-Za-z]+", everything_in(content))) & set(WORDS)


@pytest.mark.parametrize("change", HARMFUL, ids=lambda change: change.__name__)
def test_a_pdf_keeps_its_page_and_loses_what_it_wanted_to_do(change):
    came = corpus.pdf(change)
    assert words_in(came), "the corpus has nothing to strip"

    copy = clean(came, "brev.pdf")

    assert (copy.type, copy.pages) == (Type.PDF, 1)
    assert words_in(copy.content) == set()
    assert CANARY not in everything_in(copy.content)
    assert "Side 0" in pypdf.PdfReader(BytesIO(copy.content)).pages[0].extract_text()


@pytest.mark.parametrize(
    "make", [corpus.html_after_pdf, corpus.html_in_pdf, corpus.pdf_with_eicar],
    ids=lambda make: make.__name__,
)  # fmt: skip
def test_a_file_that_is_two_things_at_once_is_one_afterwards(make):
    copy = clean(make(), "brev.pdf")
    assert b"<script" not in copy.content
    assert b"EICAR" not in copy.content
    assert CANARY not in everything_in(copy.content)


def test_what_was_filled_into_a_form_stands_on_the_page():
    copy = clean(corpus.pdf(corpus.filled_in), "skjema.pdf")
    text = pypdf.PdfReader(BytesIO(copy.content)).pages[0].extract_text()
    assert "Utfylt" in text
    assert "Side 0" in text
    assert words_in(copy.content) == set()


def test_a_picture_in_a_pdf_is_the_same_and_does_not_tell_where_it_was_taken():
    came, copy = corpus.pdf(corpus.telling), clean(corpus.pdf(corpus.telling), "foto.pdf").content
    assert b"Exif" in came
    assert b"Exif" not in copy

    def pixels(content):
        with pikepdf.open(BytesIO(content)) as pdf:
            image = pdf.pages[0].Resources.XObject.Im0
            return Image.open(BytesIO(image.read_raw_bytes())).convert("RGB")

    assert ImageChops.difference(pixels(came), pixels(copy)).getbbox() is None


def test_pages_keep_their_order_and_what_they_inherit():
    def inherit(made):
        made.Root.Pages.MediaBox = made.pages[0].MediaBox
        made.Root.Pages.Rotate = 90
        made.Root.Pages.Resources = made.pages[0].Resources
        for page in made.pages:
            del page.obj["/MediaBox"]
            del page.obj["/Resources"]

    copy = clean(corpus.pdf(inherit, pages=3), "brev.pdf", FEW_PAGES)
    pages = pypdf.PdfReader(BytesIO(copy.content)).pages
    assert [page.extract_text() for page in pages] == ["Side 0", "Side 1", "Side 2"]
    assert {(page.rotation, page.mediabox.width) for page in pages} == {(90, 200)}
    assert copy.pages == 3


def test_a_photograph_is_turned_upright_and_forgets_where_it_was_taken():
    came = corpus.jpeg_with_place()
    assert CANARY.encode() in came

    copy = clean(came, "IMG_0001.JPG")

    picture = Image.open(BytesIO(copy.content))
    assert picture.size == (30, 40)
    assert dict(picture.getexif()) == {}
    assert CANARY.encode() not in copy.content
    assert b"Exif" not in copy.content


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L"])
def test_a_png_is_drawn_anew_in_the_same_colours(mode):
    copy = clean(corpus.png(mode=mode), "tegning.png")
    picture = Image.open(BytesIO(copy.content))
    assert picture.mode == mode
    theirs = Image.open(BytesIO(corpus.png(mode=mode)))
    assert ImageChops.difference(picture, theirs).getbbox() is None


def test_a_png_loses_its_text_and_what_hangs_behind_it():
    copy = clean(corpus.png_with_text(), "tegning.png")
    assert CANARY.encode() not in copy.content


def test_a_jpeg_for_printing_becomes_one_for_screens():
    copy = clean(corpus.jpeg(mode="CMYK"), "trykk.jpeg")
    assert Image.open(BytesIO(copy.content)).mode == "RGB"


def test_a_clean_copy_is_taken_again():
    for content, name in [
        (corpus.pdf(corpus.on_opening), "a.pdf"),
        (corpus.jpeg_with_place(), "a.jpg"),
        (corpus.png_with_text(), "a.png"),
    ]:
        once = clean(content, name)
        assert clean(once.content, name).type == once.type == recognise(content, name)


# --- Names ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("rapport fra skolen.pdf", "rapport fra skolen.pdf"),
        ("../../etc/x.pdf", "x.pdf"),
        ("C:\\Users\\Kari\\x.pdf", "x.pdf"),
        ("brev\u202efdp.exe", "brevfdp.exe"),
        ("br\x00ev.pdf", "brev.pdf"),
        ("to\r\nlinjer\t.pdf", "to linjer .pdf"),
        ("\u200bblåba\u0308r.pdf", "blåbär.pdf"),
        ("<script>.pdf", "<script>.pdf"),
        ("...", ""),
        ("å" * 300 + ".pdf", "å" * 95 + "….pdf"),
        ("x" * 300, "x" * 99 + "…"),
    ],
)
def test_a_name_is_shown_as_one_harmless_line(name, shown):
    assert shown_name(name) == shown
    assert len(shown) <= 100


# --- Apart ----------------------------------------------------------------------------------


def test_a_copy_that_is_made_apart_is_the_same(tmp_path):
    for content, name in [(corpus.pdf(), "a.pdf"), (corpus.jpeg(), "a.jpg")]:
        copy, here = clean_apart(content, name), clean(content, name)
        assert (copy.type, copy.pages, len(copy.content)) == (
            here.type,
            here.pages,
            len(here.content),
        )
    with pytest.raises(Refused, match=Code.LOCKED_PDF):
        clean_apart(corpus.locked(), "a.pdf")


@pytest.mark.prove
def test_a_file_that_takes_too_long_is_refused():
    with pytest.raises(Refused, match=Code.TOO_HEAVY):
        clean_apart(corpus.bomb(300_000_000), "bombe.pdf", seconds=1)


def test_a_fault_of_ours_is_not_the_files_fault(monkeypatch):
    monkeypatch.setattr("tibir.documents.sanitise.ROOT", "/nowhere")
    with pytest.raises(RuntimeError, match="rebuild ended"):
        clean_apart(corpus.pdf(), "a.pdf")


def test_the_process_apart_knows_no_secrets_writes_no_files_and_has_little_memory():
    code = """
import json, os, resource
from tibir.documents import rebuild
rebuild._give_up_rights(7)
def most(which):
    return resource.getrlimit(which)[0]
try:
    with open("/tmp/tibir-%d" % os.getpid(), "wb") as file:
        file.write(b"x")
    wrote = True
except OSError:
    wrote = False
print(json.dumps([most(resource.RLIMIT_CPU), most(resource.RLIMIT_AS), wrote]))
"""
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        env={"PYTHONPATH": str(ROOT)},
        check=True,
    )
    seconds, memory, wrote = json.loads(done.stdout)
    assert (seconds, wrote) == (7, False)
    assert memory <= 1_500_000_000
