"""Bokmål stands in the code; nynorsk and English say all of it."""

import os
import re
import shutil
import subprocess
import sys

import pytest
from django.utils.translation import gettext, override, pgettext

from tests.databases import ROOT
from tests.translations.catalogue import FOREIGN, TRANSLATED, catalogue, forms, in_each, texts


@pytest.fixture
def gathered(tmp_path):
    """A copy of the sources in which `make messages` has just been run."""
    root = tmp_path / "copy"
    left = shutil.ignore_patterns("[.]*", "node_modules", "static", "staticfiles", "tests")
    shutil.copytree(ROOT, root, ignore=left)
    (root / ".ci").mkdir()
    shutil.copy(ROOT / ".ci" / "messages", root / ".ci")
    subprocess.run(
        ["sh", root / ".ci" / "messages"],
        env=os.environ | {"PYTHON": sys.executable},
        check=True,
        capture_output=True,
    )
    return root


def test_the_catalogues_have_every_text_of_the_sources_and_no_other(gathered):
    for language in TRANSLATED:
        found, known = texts(catalogue(language, gathered)), texts(catalogue(language))
        assert found - known == set(), f"new to {language}: run «make messages» and translate"
        assert known - found == set(), f"no longer said in {language}: run «make messages»"


@in_each
def test_every_text_is_translated_in_every_number(language):
    made = catalogue(language)
    numbers = int(re.search(r"nplurals=(\d)", made.metadata["Plural-Forms"])[1])
    for entry in made:
        assert not entry.obsolete, entry.msgid
        assert not entry.fuzzy, f"look at the suggestion for «{entry.msgid}»"
        assert all(forms(entry)), f"«{entry.msgid}» is not translated"
        assert len(forms(entry)) == (numbers if entry.msgid_plural else 1)
    assert len(made) == len(texts(made)) > 500


KEPT = re.compile(r"%\(\w+\)[a-z]|%[a-z]|</?(?:a|b|br|em|li|p|span|strong)\b[^>]*>")


@in_each
def test_a_translation_has_the_places_the_tags_and_the_ending_of_its_source(language):
    for entry in catalogue(language):
        sources = [entry.msgid, entry.msgid_plural] if entry.msgid_plural else [entry.msgid]
        for source, said in zip(sources, forms(entry), strict=True):
            assert sorted(KEPT.findall(said)) == sorted(KEPT.findall(source)), said
            ends = re.search(r"[.?!:…\s]*$", source)[0]
            # «kl.» is a word with a dot, not the end of a sentence.
            assert re.search(r"[.?!:…\s]*$", said)[0] == ends or source == "kl.", said
            assert said[:1].isspace() == source[:1].isspace(), said


@in_each
def test_no_other_language_is_left_in_a_translation(language):
    for entry in catalogue(language):
        for said in forms(entry):
            assert not FOREIGN[language].search(said), said


def test_the_foreign_words_are_seen():
    """Most texts of the code are bokmål beyond doubt, or else these checks see nothing."""
    sources = [entry.msgid for entry in catalogue("nn") if len(entry.msgid.split()) > 6]
    seen = {
        language: sum(map(bool, map(words.search, sources))) for language, words in FOREIGN.items()
    }
    assert min(seen.values()) > len(sources) * 0.7


def test_bokmål_needs_no_catalogue():
    assert not (ROOT / "locale" / "nb").exists()
    with override("nb"):
        for context, text, _plural in texts(catalogue("nn")):
            # Django has Norwegian of its own, and must not have it for words of ours.
            assert (pgettext(context, text) if context else gettext(text)) == text
