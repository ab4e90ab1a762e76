"""Deleting in one tab while another saves or sends: what is said is what happened."""

import pytest

from referrals.models import Draft, Submission
from tests.databases import at_once
from tests.factories import MunicipalityFactory
from tests.referrals.parent import TYPED, Parent

pytestmark = pytest.mark.usefixtures("committed")

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
