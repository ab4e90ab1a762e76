"""Deleting in one tab while another saves or sends: what is said is what happened."""

from itertools import count

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from referrals.models import Draft, Enclosure, Submission
from tests.databases import at_once
from tests.factories import MunicipalityFactory
from tests.referrals.parent import TYPED, Parent
from tibir.documents.models import Attachment

pytestmark = pytest.mark.usefixtures("committed")

numbers = count()
DELETED = "Alt du skrev, er slettet"


@pytest.fixture
def parent(client):
    client.raise_request_exception = False
    return Parent(client, MunicipalityFactory())


def tab(parent):
    browser = type(parent.client)(raise_request_exception=False)
    browser.cookies.update(parent.client.cookies)
    other = Parent(browser, parent.municipality)
    other.id = parent.id
    return other


def clicked_at_once(parent, clicks):
    waiting = [(click, tab(parent)) for click in clicks]

    def click():
        action, where = waiting.pop()
        return action(where)

    answers = at_once(click, times=len(clicks))
    assert [a for a in answers if getattr(a, "status_code", 500) not in (200, 302, 409, 410)] == []
    return [answer.content.decode() for answer in answers]


def delete(where):
    return where.post(where.address("slett"), {})


@pytest.mark.parametrize("time", range(5))
def test_a_form_is_deleted_or_sent_and_nobody_is_told_otherwise(parent, time):
    summary = parent.fill_in_all()

    pages = clicked_at_once(parent, [delete, lambda where: where.press(summary)] * 4)

    is_deleted = any(DELETED in page for page in pages)
    assert is_deleted == (not Draft.objects.exists())
    assert is_deleted == (not Submission.objects.exists())


def test_a_step_that_is_saved_while_the_form_is_deleted_is_no_crash(parent):
    parent.begin()
    page = parent.open("deg")

    clicked_at_once(parent, [delete, lambda where: where.press(page, "later", TYPED["deg"])] * 4)

    assert not Draft.objects.exists()


def add_file(where):
    number = next(numbers)
    file = SimpleUploadedFile(f"{number}.pdf", b"%PDF-" + str(number).encode())
    return where.client.post(where.address("vedlegg"), {"file": file, "whole": "ja"})


def test_files_that_come_while_the_form_is_deleted_are_not_left_behind(parent):
    parent.begin()

    clicked_at_once(parent, [delete, add_file] * 4)

    assert not Draft.objects.exists()
    assert not Enclosure.objects.exists()
    assert not Attachment.objects.exists()


def test_files_that_come_while_the_form_is_sent_are_sent_or_not_taken(parent):
    summary = parent.fill_in_all()

    clicked_at_once(parent, [lambda where: where.press(summary), add_file] * 4)

    sent = Submission.objects.first()
    for attachment in Attachment.objects.all():
        assert attachment.enclosure.submission == sent
        if sent:  # what is sent is what the summary showed: nothing came in between
            assert attachment.case == sent.referral.case


def test_of_many_files_at_once_five_find_room(parent):
    parent.begin()

    clicked_at_once(parent, [add_file] * 8)

    assert (Attachment.objects.count(), Enclosure.objects.count()) == (5, 5)
