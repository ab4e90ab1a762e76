"""What the catalogues say, and the words that are of another language."""

import re

import polib
import pytest
from django.conf import settings as django_settings

from tests.databases import ROOT

TRANSLATED = [code for code, _name in django_settings.LANGUAGES if code != "nb"]
in_each = pytest.mark.parametrize("language", TRANSLATED)


def catalogue(language, root=ROOT):
    return polib.pofile(root / "locale" / language / "LC_MESSAGES" / "django.po")


def texts(catalogue):
    return {(entry.msgctxt, entry.msgid, entry.msgid_plural) for entry in catalogue}


def forms(entry):
    """What the entry says, in each number it has."""
    return list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]


# Words that are never nynorsk, and words that are never English.
BOKMÅL = re.compile(
    r"(?<![-/\w])(alene|allerede|annen|bare|ble|dem|deres?|en|ennå|ett?|flere|fortsett\w*|fra|"
    r"gjøre?|hele|henvis\w*|hjem|hjemme|hun|hva|hvem|hver|hvilke\w*|hvis|hvor\w*|ikke|jeg|mer|"
    r"mye|måned\w*|noen?|opplysninge\w*|sammen|selv|senere|senest|siden|sier|skole\w*|skrevet|"
    r"skriver|tilbud\w*|tjeneste\w*|uker?|uten|vet|videre|være|vært|åpen|åpn\w*)(?![-/\w])",
    re.IGNORECASE,
)
NORWEGIAN = re.compile(
    r"[æøå«»]|\b(av|barnet|deg|dere|det|du|eller|er|hjelp|hva|ikke|kan|med|og|som|vi)\b",
    re.IGNORECASE,
)
FOREIGN = {"nn": BOKMÅL, "en": NORWEGIAN}
