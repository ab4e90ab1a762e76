"""People meet no mixture of languages on a page."""

import pytest
from django.utils.translation import gettext, override

from tests.factories import UserFactory
from tests.translations.catalogue import FOREIGN, in_each
from tests.translations.public import walk
from tests.translations.readers import speaking, submitted_but_stopped
from tests.translations.staff import walk_staff
from tests.translations.wording import (
    LETTERS,
    assert_all_is_marked,
    mark,
    said_by,
    unmarked,
    without_names,
)
from tibir.core.errors import StaleState


@pytest.mark.prove
def test_every_word_of_the_public_pages_comes_out_of_the_catalogue(client, place, speak):
    speak(mark)
    assert_all_is_marked(walk(client, place, "en"), place)


@pytest.mark.prove
def test_every_word_of_the_staff_pages_comes_out_of_the_catalogue(
    client, place, speak, monkeypatch
):
    speak(mark)
    assert_all_is_marked(walk_staff(client, place, "en", monkeypatch), place)


@pytest.mark.prove
@in_each
def test_staff_pages_speak_one_language(client, place, speak, monkeypatch, language):
    speak()
    for where, html in walk_staff(client, place, language, monkeypatch):
        left = FOREIGN[language].search(without_names(said_by(html), place))
        assert not left, f"{where} says «{left[0]}»"


def test_a_word_that_is_not_marked_is_seen():
    assert LETTERS.findall(unmarked("⟦Hei, ⟦Kari⟧.⟧ Ring ⟦oss⟧")) == ["Ring"]
    assert "Hovedmeny" in said_by('<nav aria-label="Hovedmeny"></nav>')


@pytest.mark.prove
@in_each
def test_public_pages_speak_one_language(client, place, speak, language):
    speak()
    for where, html in walk(client, place, language):
        assert f'<html lang="{language}"' in html, where
        left = FOREIGN[language].search(without_names(said_by(html), place))
        assert not left, f"{where} says «{left[0]}»"


@in_each
def test_a_refusal_says_why_in_the_language_of_the_reader(
    client, place, speak, language, monkeypatch
):
    speak()
    speaking(client, language).force_login(UserFactory(coordinates=place.intake_unit))
    stopped = submitted_but_stopped(place, monkeypatch)

    def changed_meanwhile(submission, *, by):
        raise StaleState(gettext("«%(thing)s» er endret av noen andre.") % {"thing": submission})

    monkeypatch.setattr("referrals.actions.read_in", changed_meanwhile)
    response = client.post(stopped.get_absolute_url())

    assert response.status_code == 409
    said = said_by(response.content.decode())
    with override(language):
        assert gettext("«%(thing)s» er endret av noen andre.") % {"thing": stopped} in said
    assert not FOREIGN[language].search(without_names(said, place))
