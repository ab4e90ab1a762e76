"""Which documents there are. A new kind is one entry here and one template."""

from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _

from tibir.documents.sanitise import Code


class Kind(models.TextChoices):
    RECEIPT = "receipt", _("kvittering")
    ANSWER = "answer", _("svar på henvisningen")
    SCREENING_ANSWER = "screening_answer", _("svar etter kartlegging")
    PRELIMINARY_ANSWER = "preliminary_answer", _("foreløpig svar")
    INQUIRY = "inquiry", _("spørsmål om flere opplysninger")
    OPENINGS = "openings", _("hvem som har åpnet saken")
    CONSENT_FORM = "consent_form", _("samtykkeskjema")
    COURSE_REPORT = "course_report", _("rapport om et tiltak")
    CASE_REPORT = "case_report", _("saksrapport")


# Whoever wrote one of these may read it, also without reading the other letters of the unit.
REPORTS = [Kind.COURSE_REPORT, Kind.CASE_REPORT]


@dataclass(frozen=True)
class Template:
    path: str
    version: int


WORDS = "documents/words.html"  # a letter that is nothing but words; `letters` has them
TEMPLATES = {
    Kind.RECEIPT: Template("documents/receipt.html", version=1),
    Kind.ANSWER: Template(WORDS, version=1),
    Kind.SCREENING_ANSWER: Template(WORDS, version=1),
    Kind.PRELIMINARY_ANSWER: Template(WORDS, version=1),
    Kind.INQUIRY: Template(WORDS, version=1),
    Kind.OPENINGS: Template("documents/openings.html", version=1),
    Kind.CONSENT_FORM: Template("documents/consent_form.html", version=1),
    Kind.COURSE_REPORT: Template("documents/report.html", version=1),
    Kind.CASE_REPORT: Template("documents/report.html", version=1),
}

# What the one who hands in a file is told. Each says what to do instead.
REFUSALS = {
    Code.EMPTY: _("Filen er tom. Velg en annen fil."),
    Code.TOO_BIG: _("Filen er større enn 10 MB. Velg en mindre, eller del den i flere."),
    Code.NOT_ALLOWED: _("Filen er ikke en PDF eller et bilde i JPEG eller PNG. Lagre som PDF."),
    Code.OTHER_NAME: _(
        "Navnet på filen stemmer ikke med innholdet. Det må slutte på .pdf, .jpg eller .png."
    ),
    Code.BROKEN_IMAGE: _("Bildet er ødelagt og kan ikke åpnes. Ta det på nytt."),
    Code.TOO_MANY_PIXELS: _("Bildet er for stort. Ta det på nytt med lavere oppløsning."),
    Code.BROKEN_PDF: _("PDF-en er ødelagt og kan ikke åpnes. Lagre den på nytt."),
    Code.LOCKED_PDF: _(
        "PDF-en er låst med passord. Lagre den uten passord, eller ta bilde av sidene."
    ),
    Code.LIVE_FORM: _("PDF-en er et skjema som bare åpnes i Adobe. Skriv den ut til en ny PDF."),
    Code.TOO_MANY_PAGES: _("PDF-en har flere enn 100 sider. Legg ved bare de sidene det gjelder."),
    Code.TOO_HEAVY: _("Filen er for tung for oss. Prøv med et bilde av hver side."),
}
