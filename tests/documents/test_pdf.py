import contextlib
import hashlib
import http.server
import io
import logging
import os
import subprocess
import sys
import threading

import pypdf
import pytest
from django.template import engines

from referrals.letters import next_steps, sections
from tests.documents import validators
from tests.factories import ANSWERS
from tibir.documents import pdf
from tibir.documents.pdf import RenderFailed, render_pdf

LANGUAGES = ["nb", "nn", "en"]
RECEIPT = "documents/receipt.html"


def receipt(**changed):
    return {
        "reference": "TB-7K4M-9QXR",
        "dated": "22. november 2026",
        "received": "22. november 2026 kl. 09.12",
        "answer_by": "søndag 6. desember 2026",
        "municipality": {
            "name": "Fjordvik kommune",
            "phone": "75 00 00 00",
            "address": "",
            "email": "",
            "office_hours": "mandag–fredag 08.00–15.30",
        },
        "steps": next_steps(),
        "sections": sections(ANSWERS),
    } | changed


def page_content(file):
    """What is drawn on the first page, as drawing commands."""
    return pypdf.PdfReader(io.BytesIO(file)).pages[0].get_contents().get_data().decode("latin-1")


def answered(*answers):
    rows = [{"question": f"Spørsmål {n}", "answer": one} for n, one in enumerate(answers)]
    return receipt(sections=[{"title": "Barnet", "rows": rows}])


def made(data, language="nb", template=RECEIPT):
    return render_pdf(template, data, language=language, title="Kvittering")


@pytest.fixture
def inline(monkeypatch):
    """A letter of the test's own making."""

    def make(html, **data):
        template = engines["django"].from_string(html)
        monkeypatch.setattr(pdf, "render_to_string", lambda name, context: template.render(context))
        return render_pdf("x", data, language="nb", title="Prøve")

    return make


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_receipt_is_both_accessible_and_archivable(language):
    assert validators.complaints(made(receipt(), language)) == []


@pytest.mark.prove
def test_the_reference_validator_agrees_in_every_language(tmp_path):
    """About the receipt; the letters have a proof of their own."""
    files = []
    for language in LANGUAGES:
        files.append(tmp_path / f"{language}.pdf")
        files[-1].write_bytes(made(receipt(), language))
    verdicts = validators.verapdf(files)
    assert len(verdicts) == 2 * len(files)
    assert all(good for good, _why in verdicts.values()), verdicts


def test_the_validators_would_notice(tmp_path):
    """A plain file by the same machine passes neither profile, so a pass means something."""
    weasyprint = pdf._weasyprint()
    plain = weasyprint.HTML(string="<p>Hei").write_pdf(font_config=pdf._font_configuration())
    rules = " ".join(validators.complaints(plain))
    assert "ua1:" in rules
    assert "2a:" in rules


def test_a_receipt_says_what_was_sent_and_when_the_answer_comes():
    text = validators.text(made(receipt()))
    for words in (
        "TB-7K4M-9QXR",
        "Du får svar senest søndag 6. desember 2026.",
        "Åse-Lill Ødegård",
        "Solkroken barnehage",
        "Legging",
        "75 00 00 00",
        "116 111",
        "Side 1 av",
    ):
        assert words in text, words


def test_every_page_has_its_number_and_the_reference():
    pages = pypdf.PdfReader(io.BytesIO(made(receipt()))).pages
    assert len(pages) > 1
    for number, each in enumerate(pages, start=1):
        assert f"Side {number} av {len(pages)}" in each.extract_text()
        assert "TB-7K4M-9QXR" in each.extract_text()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_file_says_its_language_and_title(language):
    catalog = pypdf.PdfReader(io.BytesIO(made(receipt(), language))).trailer["/Root"]
    assert catalog["/Lang"] == language
    assert catalog["/ViewerPreferences"]["/DisplayDocTitle"]


def glyphs(file, character):
    """The outline that the file draws for a character: what a reader sees, not what it says."""
    from fontTools.pens.recordingPen import DecomposingRecordingPen

    cmap, shapes = file.getBestCmap(), file.getGlyphSet()
    pen = DecomposingRecordingPen(shapes)
    shapes[cmap[ord(character)]].draw(pen)
    return pen.value


@pytest.mark.parametrize("name", ["Čáhpput", "Åse-Lill Ødegård", "Ŋiillas Đorđe", "Їжак", "Nguyễn"])
def test_names_are_drawn_with_the_shapes_they_are_written_with(name):
    """Two part fonts of one family once drew Č as G while the text stayed right."""
    from fontTools.ttLib import TTFont

    ours = TTFont(pdf.settings.ASSETS / "fonts" / "Inter-Regular.woff2")
    pages = pypdf.PdfReader(io.BytesIO(made(answered(name)))).pages
    drawn = [
        shape
        for each in pages
        for font in each["/Resources"]["/Font"].values()
        for shape in _shapes(font)
    ]
    for character in set(name) - {" ", "-"}:
        wanted = glyphs(ours, character)
        assert wanted in drawn, f"{character} of {name} is not drawn"


def _shapes(font):
    from fontTools.pens.recordingPen import DecomposingRecordingPen
    from fontTools.ttLib import TTFont

    descendant = font.get_object()["/DescendantFonts"][0].get_object()
    stream = descendant["/FontDescriptor"].get("/FontFile2")
    if stream is None:
        return
    embedded = TTFont(io.BytesIO(stream.get_data()), lazy=False)
    shapes = embedded.getGlyphSet()
    for name in embedded.getGlyphOrder():
        pen = DecomposingRecordingPen(shapes)
        shapes[name].draw(pen)
        yield pen.value


@pytest.mark.parametrize(
    ("typed", "seen"),
    [
        ("Hei 😀!", "Hei □!"),
        ("أحمد", "□□□□"),
        ("null\x00tegn", "nulltegn"),
        ("\u202eomvendt", "omvendt"),
        ("a\u200db", "ab"),
        ("Zażółć gęślą", "Zażółć gęślą"),
        ("e\u0301n", "én"),
    ],
)
def test_what_no_font_can_draw_is_a_visible_box_and_never_a_broken_file(typed, seen):
    file = made(answered(typed))
    assert seen in validators.text(file)
    assert validators.complaints(file) == []


def test_a_box_is_explained_where_there_is_one():
    assert "Tegnet □ står for" in validators.text(made(answered("Hei 😀!")))
    assert "□" not in validators.text(made(answered("Hei!")))


def test_a_missing_value_is_seen_and_never_stops_a_letter():
    file = made(receipt(answer_by=None, steps=None, municipality=None, sections=None))
    text = validators.text(file)
    assert "Du får svar senest mangler." in text
    assert "Ring oss på mangler, mangler, og si referansen" in text
    assert "None" not in text
    assert "0.690196 0 0.12549" in page_content(file)  # red
    assert validators.complaints(file) == []


def places(page):
    """[(what stands there, mm from the left, mm from the top)], without what is on no line."""
    found = []

    def note(text, user, matrix, _font, _size):
        x = matrix[4] * user[0] + matrix[5] * user[2] + user[4]
        y = matrix[4] * user[1] + matrix[5] * user[3] + user[5]
        if text.strip():
            found.append((text.strip(), x * 25.4 / 72, 297 - y * 25.4 / 72))

    page.extract_text(visitor_text=note)
    return found


def test_a_posted_letter_shows_its_address_and_nothing_else_in_the_window(inline):
    """A C5 envelope's window is 15–120 mm from the left and 44–79 from the top; an A4 folded once
    slides 19 mm sideways and 13.5 mm up and down in it."""
    address = [
        "Åse-Lill Ødegård",
        "c/o Bjørnstjerne Nordahl-Fjellheim",
        "Storgata 1",
        "0000 Fjordvik",
    ]
    file = inline(
        '{% extends "documents/letter.html" %}{% block heading %}Svar{% endblock %}',
        **receipt(recipient=address),
    )
    assert validators.complaints(file) == []
    (page,) = pypdf.PdfReader(io.BytesIO(file)).pages
    stands = places(page)
    for line in address:
        ((x, y),) = [(x, y) for text, x, y in stands if text == line]
        assert 15 < x < 30, line
        assert 44 + 3.5 < y < 65.5, line
    others = [text for text, x, y in stands if x < 120 and 30.5 < y < 82 and text not in address]
    assert others == []


def test_an_answer_that_was_not_given_is_no_missing_value():
    assert "mangler" not in validators.text(made(answered(None, "", [])))


def test_a_long_answer_runs_over_pages():
    file = made(answered("Det er vanskelig å legge ham. " * 700))
    assert len(pypdf.PdfReader(io.BytesIO(file)).pages) > 4
    assert validators.complaints(file) == []


def test_what_a_family_wrote_is_text_and_never_markup():
    text = validators.text(made(answered("<b>fet</b> <script>x</script> &amp;")))
    assert "<b>fet</b> <script>x</script> &amp;" in text


def elsewhere(script):
    """What a process that has made no letter yet says."""
    environment = os.environ | {
        "TIBIR_MODE": "test",
        "DJANGO_SETTINGS_MODULE": "tibir.settings",
        "PYTHONHASHSEED": "7",
    }
    return subprocess.run(
        [sys.executable, "-c", "import django; django.setup()\n" + script],
        cwd=pdf.settings.BASE_DIR,
        env=environment,
        check=True,
        capture_output=True,
        text=True,
    ).stdout


@pytest.mark.prove
def test_the_same_data_gives_the_same_file_in_every_process_and_changes_no_setting_there():
    """A browser started later with other fonts set would draw no letter at all."""
    there = elsewhere(
        "import hashlib, os\n"
        "from tests.documents.test_pdf import made, receipt\n"
        "before = os.environ.get('FONTCONFIG_FILE')\n"
        "print(hashlib.sha256(made(receipt())).hexdigest())\n"
        "print(os.environ.get('FONTCONFIG_FILE') == before)"
    )
    assert there.split() == [hashlib.sha256(made(receipt())).hexdigest(), "True"]


def test_only_our_own_fonts_are_in_the_file():
    for each in pypdf.PdfReader(io.BytesIO(made(answered("Hei 😀 أحمد 中")))).pages:
        for font in each["/Resources"]["/Font"].values():
            assert "+Inter" in font.get_object()["/BaseFont"]


@pytest.mark.prove
def test_without_pango_everything_starts_and_the_letter_says_what_to_install():
    there = elsewhere(
        "import cffi, sys\n"
        "from tibir.documents import pdf, tasks\n"
        "assert 'weasyprint' not in sys.modules\n"
        "def nothing(*names): raise OSError(names)\n"
        "cffi.FFI.dlopen = nothing\n"
        "try: pdf.render_pdf('documents/receipt.html', {}, language='nb', title='x')\n"
        "except pdf.RenderFailed as error: print(error)"
    )
    assert "Pango is missing: apt-get install libpango-1.0-0" in there


def test_making_a_letter_logs_no_complaint(caplog):
    with caplog.at_level(logging.WARNING, logger="weasyprint"):
        made(receipt())
    assert caplog.records == []


class Listener(http.server.BaseHTTPRequestHandler):
    hits: list = []

    def do_GET(self):
        self.hits.append(self.path)
        self.send_response(200)
        self.end_headers()

    def log_message(self, *args):
        pass


@pytest.fixture
def listener():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Listener)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    Listener.hits.clear()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.mark.parametrize(
    "hostile",
    [
        '<img src="{url}/img">',
        '<link rel="stylesheet" href="{url}/css">',
        "<style>@import url({url}/import);</style>",
        "<style>@font-face {{ font-family: X; src: url({url}/font) }}</style>"
        "<style>p {{ font-family: X }}</style><p>x",
        '<style>p::before {{ content: url("{url}/content") }}</style><p>x',
        '<style>p {{ background: url("{url}/background") }}</style><p>x',
        '<object data="{url}/object"></object>',
        '<embed src="{url}/embed">',
        '<svg><image href="{url}/svg" width="9" height="9"/></svg>',
        '<link rel="attachment" href="{url}/attachment">',
        '<link rel="attachment" href="file:///etc/hostname">',
        '<img src="file:///etc/hostname">',
        '<img src="font:../../../../manage.py">',
    ],
)
def test_a_hostile_letter_reaches_nothing_outside(inline, listener, hostile):
    with contextlib.suppress(RenderFailed):
        file = inline("<title>x</title>" + hostile.format(url=listener))
        assert "/EmbeddedFile" not in str(file)
    assert Listener.hits == []


def test_a_fetch_from_outside_stops_the_letter(inline, listener):
    with pytest.raises(RenderFailed):
        inline(f'<title>x</title><img src="{listener}/img">')


@pytest.mark.prove
@pytest.mark.parametrize(
    "monster", ["<div>" * 3000, "<p>" + "x" * (pdf.LONGEST + 1)], ids=["too deep", "too long"]
)
def test_a_monster_is_refused(inline, monster):
    with pytest.raises(RenderFailed):
        inline(monster)
