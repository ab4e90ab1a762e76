"""The letters to families, as the pages that come out of the printer."""

import io

import pypdf
import pytest

from referrals.states import Outcome
from tests import letters
from tests.documents import validators
from tests.documents.test_pdf import LANGUAGES, places
from tests.factories import ANSWERS, MunicipalityFactory, UserFactory, refer
from tibir.documents.kinds import TEMPLATES, Kind
from tibir.documents.pdf import render_pdf

pytestmark = pytest.mark.django_db

LONG = "\n\n".join(
    ["Vi har lest det dere skriver om Čáhpput, og ser at kveldene er tunge. " * 6] * 8
)
# One of each kind, and among them each language.
SOME = [("waitlist", "nb"), ("preliminary", "nn"), ("inquiry", "en"), ("screened", "nb")]
SOME += [("course-report", "nb"), ("case-report", "en")]


@pytest.fixture
def write(db):
    """The letter with this name: its kind, its words and its bytes."""

    place = MunicipalityFactory(name="Fjordvik kommune", postal_address="Storgata 1\n0000 Fjordvik")
    by = UserFactory(coordinates=place.intake_unit, name="Máret Čáhpput Wærnhus")
    said = {**ANSWERS, "deg": {**ANSWERS["deg"], "name": "Čáhpput Åse-Lill Ødegård"}}

    def write(name, language="nb", **about):
        referral = refer(place, answers=said, language=language)
        kind, words = letters.write(name, referral, by=by, **about)
        path = TEMPLATES[kind].path
        return kind, words, render_pdf(path, words, language=language, title=words["heading"])

    return write


def test_every_outcome_and_every_kind_is_written_here(write):
    assert {outcome for outcome, _chosen in letters.CHOSEN.values()} == set(Outcome)
    written = set(Kind) - {Kind.RECEIPT, Kind.OPENINGS, Kind.CONSENT_FORM}
    assert {write(name)[0] for name, _language in SOME} == written


@pytest.mark.parametrize(("name", "language"), SOME)
def test_a_letter_is_both_accessible_and_archivable(write, name, language):
    _kind, _words, file = write(name, language)
    assert validators.complaints(file) == []


@pytest.mark.prove
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_letter_in_every_language_is_accessible_and_archivable(write, language, tmp_path):
    faults, files = {}, [tmp_path / f"{name}.pdf" for name in letters.NAMES]
    for file in files:
        _kind, _words, letter = write(file.stem, language, typed=LONG)
        file.write_bytes(letter)
        faults[file.name] = validators.complaints(letter)
    verdicts = validators.verapdf(files)
    assert len(verdicts) == 2 * len(files)
    for (file, profile), (good, why) in verdicts.items():
        faults[file, profile] = [] if good else [profile, *why]
    assert {about: found for about, found in faults.items() if found} == {}


@pytest.mark.parametrize("name", [n for n in letters.NAMES if n not in letters.REPORTS])
def test_the_heading_says_the_answer_and_all_that_was_written_is_there(write, name):
    _kind, words, file = write(name, typed="Turvallisuus & <rauha>.")
    (page,) = pypdf.PdfReader(io.BytesIO(file)).pages
    text = " ".join(page.extract_text().split())
    said = [words["heading"], words["lead"], *words["paragraphs"], words["reason"]]
    for each in [*said, *words["steps"], *words["rights"], *words["signed"].values()]:
        assert " ".join(each.split()) in text, each
    assert text.index(words["heading"]) < text.index(words["lead"])
    assert "mangler" not in text


def test_a_report_has_its_words_its_figures_and_what_its_pictures_say(write):
    _kind, words, file = write("course-report", typed="Turvallisuus & <rauha>.")
    pages = pypdf.PdfReader(io.BytesIO(file)).pages
    text = " ".join(" ".join(page.extract_text().split()) for page in pages)
    for said in (words["lead"], "Turvallisuus & <rauha>.", "171", "120", "ikke målt", "−51"):
        assert said in text
    assert "mangler" not in text


def test_name_and_three_lines_stand_in_the_window_of_the_envelope(write):
    _kind, words, file = write("screening")
    lines = ["Čáhpput Åse-Lill Ødegård", *letters.ADDRESS.splitlines()]
    assert words["recipient"] == lines
    stands = places(pypdf.PdfReader(io.BytesIO(file)).pages[0])
    for line in lines:
        ((x, y),) = [(x, y) for text, x, y in stands if text == line]
        assert 15 < x < 30, line
        assert 44 + 3.5 < y < 65.5, line
    others = [text for text, x, y in stands if x < 120 and 30.5 < y < 82 and text not in lines]
    assert others == []


def test_what_is_not_posted_has_no_address_on_it(write):
    _kind, words, file = write("screening", address="")
    assert words["recipient"] == []
    assert "Storgata 14 B" not in validators.text(file)


@pytest.mark.prove
@pytest.mark.parametrize("lines", range(10, 34, 2))
def test_who_signs_never_stands_alone_on_a_page(write, lines):
    """However long the reason is, so that each way a page can break has its turn."""
    _kind, words, file = write("waitlist", typed="\n".join(["Kveldene er tunge."] * lines))
    pages = [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(file)).pages]
    (signed,) = [text for text in pages if words["signed"]["name"] in text]
    assert words["steps"][-1] in " ".join(signed.split())


def test_a_long_reason_runs_over_to_a_page_with_its_number(write):
    _kind, words, file = write("not-target-group", typed=LONG)
    pages = pypdf.PdfReader(io.BytesIO(file)).pages
    assert len(pages) == 2
    assert "Side 2 av 2" in pages[1].extract_text()
    assert words["reference"] in pages[1].extract_text()
    assert validators.complaints(file) == []
