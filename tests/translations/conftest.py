"""The catalogues as they are now, and a place whose pages are read."""

import pytest

from tests.factories import MunicipalityFactory
from tests.translations.catalogue import TRANSLATED, catalogue


@pytest.fixture
def speak(tmp_path, settings):
    """Read the catalogues as they are now, compiled or not, after `change` has had its say."""

    def speak(change=lambda entry: None):
        for language in TRANSLATED:
            made = catalogue(language)
            for entry in made:
                change(entry)
            folder = tmp_path / language / "LC_MESSAGES"
            folder.mkdir(parents=True)
            made.save_as_mofile(folder / "django.mo")
        settings.LOCALE_PATHS = [tmp_path]

    return speak


@pytest.fixture
def place(db):
    return MunicipalityFactory()
