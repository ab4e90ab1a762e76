"""«Hvem har åpnet saken» as the pages that come out of the printer."""

import io

import pypdf
import pytest

from tests.documents import validators
from tests.documents.test_pdf import LANGUAGES
from tests.factories import MunicipalityFactory, UserFactory, confirm, refer
from tibir.audit.record import record
from tibir.documents.kinds import TEMPLATES, Kind
from tibir.documents.pdf import render_pdf
from tibir.family import letters

pytestmark = pytest.mark.django_db
SAID = {
    "nb": ("Hvem har åpnet saken", "leste henvisningen (2 ganger)"),
    "nn": ("Kven har opna saka", "las tilvisinga (2 gonger)"),
    "en": ("Who has opened the case", "read the referral (2 times)"),
}


@pytest.fixture
def write(today):
    place = MunicipalityFactory(name="Fjordvik kommune", postal_address="Storgata 1\n0000 Fjordvik")
    referral = refer(place)
    case = referral.case
    staff = [UserFactory(coordinates=case.unit, name=f"Hemmelig Navn {n}") for n in range(30)]
    confirm(referral, by=staff[0])

    def write(language):
        for user in [*staff, staff[0]]:
            record("referral.read", case, by=user, basis="role")
        by = UserFactory(leads=case.unit, name="Máret Čáhpput Wærnhus")
        words = letters.openings(
            case,
            case.people.get(),
            by=by,
            on=today,
            language=language,
            address="Storgata 14 B\n0000 Fjordvik",
        )
        path = TEMPLATES[Kind.OPENINGS].path
        return words, render_pdf(path, words, language=language, title=words["heading"])

    return write


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_is_accessible_archivable_and_in_the_language_of_whoever_asked(write, language):
    words, file = write(language)
    assert validators.complaints(file) == []
    pages = pypdf.PdfReader(io.BytesIO(file)).pages
    text = " ".join(" ".join(page.extract_text().split()) for page in pages)
    heading, what = SAID[language]
    assert heading in text
    assert what in text
    assert words["reference"] in text
    assert "mangler" not in text
    assert "Hemmelig" not in text
    assert len(pages) > 1
