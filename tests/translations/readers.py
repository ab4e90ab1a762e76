"""Readers of another language, and a submission that stopped before them."""

from django.conf import settings as django_settings

from tests.factories import submit


def speaking(client, language):
    client.cookies[django_settings.LANGUAGE_COOKIE_NAME] = language
    return client


def submitted_but_stopped(place, monkeypatch):
    with monkeypatch.context() as broken:
        broken.setattr("tibir.family.actions.add", None)
        return submit(place)
