"""Bytes that are no longer those that were made: nobody gets them, and somebody is told."""

import psycopg
import pytest
from django.urls import reverse

from tests.documents.test_dispatch import LETTERS, answered
from tests.factories import MunicipalityFactory, UserFactory
from tests.referrals.parent import Parent
from tibir.audit.models import Event
from tibir.documents.models import Blob, Dispatch
from tibir.notifications.kinds import Kind
from tibir.notifications.models import Notification

CHANGES = {
    "a changed byte": "sealed = set_byte(sealed, 40, (get_byte(sealed, 40) + 1) % 256)",
    "cut off": "sealed = substring(sealed FOR 50)",
    "empty": "sealed = ''",
    "another checksum": "sha256 = decode(repeat('00', 32), 'hex')",
    "an unknown key": "sealed = set_byte(sealed, 1, 99)",
}


@pytest.fixture
def place(committed):
    return MunicipalityFactory()


def spoil(committed, change, blob):
    """As only somebody with the owner's rights, or a broken disk, could."""
    with psycopg.connect(committed.owner_url, autocommit=True) as owner:
        owner.execute("ALTER TABLE documents_blob DISABLE TRIGGER USER")
        owner.execute(f"UPDATE documents_blob SET {change} WHERE id = {blob.pk}")  # noqa: S608
        owner.execute("ALTER TABLE documents_blob ENABLE TRIGGER USER")


def alarms():
    return Notification.objects.filter(kind=Kind.SYSTEM_ALARM)


def test_each_change_is_seen(committed, place):
    for change in CHANGES.values():
        blob = Blob.of(b"%PDF-1.7 a letter of some length, so that it can be cut off in the middle")
        assert blob.content().startswith(b"%PDF")
        spoil(committed, change, blob)
        assert Blob.objects.get(pk=blob.pk).content() is None


def test_a_damaged_letter_is_neither_shown_nor_printed_and_the_owner_is_told(
    committed, client, place
):
    coordinator = UserFactory(coordinates=place.intake_unit)
    damaged, whole = (answered(place, coordinator) for _letter in range(2))
    spoil(committed, CHANGES["a changed byte"], damaged.document.blob)
    client.force_login(UserFactory(clerks_in=place.intake_unit))

    opened = client.get(reverse("documents:document", args=[damaged.document_id]), follow=True)
    ticked = {"letter": [whole.pk, damaged.pk]}
    printed = client.post(reverse("documents:print"), ticked, follow=True)

    for page in (opened, printed):
        assert page.redirect_chain == [(LETTERS, 302)]
        assert "er skadet og kan ikke åpnes" in page.content.decode()
    assert alarms().count() == 1
    assert not Event.objects.filter(verb__in=["document.read", "dispatch.printed"]).exists()
    assert {each.printed_at for each in Dispatch.objects.all()} == {None}
    alone = client.post(reverse("documents:print"), {"letter": [whole.pk]})
    assert alone.content.startswith(b"%PDF")


def test_a_damaged_receipt_is_not_there_and_the_owner_is_told(committed, client, place, rings):
    parent = Parent(client, place)
    receipt = parent.ask_for_a_call().url
    rings.answer()
    spoil(committed, CHANGES["cut off"], Blob.objects.get())

    assert parent.client.get(receipt + "pdf/").status_code == 404

    assert alarms().count() == 1
    assert not Event.objects.filter(verb="receipt.downloaded").exists()
