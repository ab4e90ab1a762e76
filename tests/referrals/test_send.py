"""Sent means stored, once, and only what the parent has just read through."""

from datetime import timedelta

import pytest
from django.utils import timezone

from referrals.models import Draft, Referral, Submission
from tests.conftest import Client
from tests.factories import MunicipalityFactory
from tests.referrals.parent import SLUGS, Page, Parent
from tibir.core.codes import TOKEN_BITS, new_secret
from tibir.core.models import Attempt

pytestmark = pytest.mark.django_db


def make_scene():
    parent = Parent(Client(), MunicipalityFactory())
    parent.fill_in_all()
    return parent.kept()


@pytest.fixture
def parent(client, scene):
    return Parent.go_on(client, scene)


@pytest.fixture
def summary(parent):
    return parent.open("oppsummering")


def test_an_incomplete_form_leads_to_what_is_missing_and_back_again(parent, summary):
    parent.press(parent.open("barnet"), "later", {"first_name": "", "birth_date_0": "32"})
    parent.press(parent.open("samtykke"), "later", {"notice_read": []})

    summary = parent.open("oppsummering")
    assert "Noe mangler eller må rettes under «Barnet»." in summary.text
    assert "Barnets etternavn Barnesen" in summary.text  # what holds is shown all the same
    response = parent.press(summary)
    assert response.status_code == 302
    assert response.url in summary.links()
    step = parent.get(response.url)
    assert step.path == parent.address("barnet")
    assert step.faults().keys() == {"first_name", "birth_date_0"}
    response = parent.press(step, typed={"first_name": "Odin", "birth_date_0": "14"})
    assert response.url == parent.address("oppsummering")

    step = Page(parent.press(parent.open("oppsummering")), parent.client)
    assert (step.path, step.faults().keys()) == (parent.address("samtykke"), {"notice_read"})
    assert Submission.objects.count() == 0
    assert Page(parent.press(step, typed={"notice_read": "on"}), parent.client).status == 200
    parent.press(parent.open("oppsummering"))
    assert Submission.objects.count() == 1


def test_a_form_that_nobody_has_filled_in_is_not_sent(parent):
    parent.begin()
    step = Page(parent.press(parent.open("oppsummering")), parent.client)
    assert step.path == parent.address("deg")
    assert step.faults().keys() == {"name", "relation", "protection"}
    assert Submission.objects.count() == 0


def test_what_another_tab_has_changed_is_shown_before_it_is_sent(parent, summary):
    parent.press(parent.open("barnet"), typed={"first_name": "Aksel"})

    shown = Page(parent.press(summary))

    assert shown.status == 200
    assert "Noe er endret siden du åpnet oppsummeringen." in shown.text
    assert "Barnets fornavn Aksel" in shown.text
    assert Submission.objects.count() == 0
    parent.press(shown)
    assert Submission.objects.get().answers["barnet"]["first_name"] == "Aksel"


@pytest.mark.parametrize("version", ["", "x", "-1", "0", "9" * 400, "²"])
def test_a_version_that_somebody_meddled_with_is_not_sent(parent, summary, version):
    shown = Page(parent.press(summary, typed={"version": version}))
    assert (shown.status, "Noe er endret" in shown.text) == (200, True)
    assert Submission.objects.count() == 0


# Well-formed, and not this draft's. Written out: two processes must collect the same tests.
SOMEBODY_ELSES = "2A2M-5AS4-9PM9-DSSD-REDD-NK65-2TMS-9511-J6T5-KSZV-TBYB-PA1K-PNXD"


@pytest.mark.parametrize(
    "token", ["", "x", "\x00", "é" * 52, "U" * 52, "A" * 10_000, SOMEBODY_ELSES]
)
def test_a_token_that_somebody_meddled_with_changes_nothing(parent, summary, token):
    receipt = Page(parent.press(summary, typed={"token": token}), parent.client)
    assert receipt.heading == "Vi har fått henvisningen din"
    assert parent.press(summary, typed={"token": token}).url == receipt.path
    assert parent.press(summary).url == receipt.path
    assert Submission.objects.count() == Referral.objects.count() == 1


def test_a_double_click_a_reload_and_a_second_tab_give_the_same_receipt(parent, summary):
    other_tab = parent.open("oppsummering")
    receipts = {parent.press(page).url for page in (summary, summary, other_tab)}
    assert len(receipts) == 1
    assert Submission.objects.count() == Referral.objects.count() == Draft.objects.count() == 1


def test_a_click_whose_answer_was_lost_gives_the_receipt_to_the_one_who_clicks_again(
    parent, summary
):
    tickets = dict(parent.client.cookies)
    first = parent.press(summary).url
    parent.client.cookies.clear()
    parent.client.cookies.update(tickets)

    again = Page(parent.press(summary), parent.client)

    assert (again.path, again.heading) == (first, "Vi har fått henvisningen din")
    assert Submission.objects.count() == 1


def test_the_way_back_from_the_receipt_leads_to_the_receipt(parent, summary):
    step = parent.open("barnet")
    receipt = parent.press(summary).url
    for page in (*SLUGS, "oppsummering"):
        assert parent.client.get(parent.address(page)).url == receipt
    late = parent.press(step, typed={"first_name": "For sent"})
    assert (late.status_code, late.url) == (302, receipt)
    assert "For sent" not in str(Submission.objects.get().answers)


def test_the_same_family_may_refer_again(parent, summary):
    first = parent.press(summary).url
    second = parent.refer().url
    assert first != second
    assert Submission.objects.count() == 2
    assert all(parent.get(receipt).status == 200 for receipt in (first, second))


def test_an_address_that_sends_far_too_much_has_to_wait_and_loses_nothing(
    parent, summary, settings, time_machine
):
    time_machine.move_to(timezone.now(), tick=False)
    Attempt.objects.all().delete()
    settings.SUBMISSIONS_PER_HOUR_PER_ADDRESS = 2
    start = f"/{parent.municipality.slug}/henvisning/"
    statuses = [parent.post(start + "begynn/", {}).status_code for _time in range(3)]
    assert statuses == [302, 302, 429]

    called = Page(parent.ask_for_a_call())
    assert called.status == 429
    assert Submission.objects.count() == 0

    # What was begun before is counted already: nobody who has filled in a form is turned away.
    assert parent.press(summary).status_code == 302
    time_machine.shift(timedelta(minutes=60, seconds=1))
    receipt = parent.press(summary).url
    assert Submission.objects.count() == 1
    settings.SUBMISSIONS_PER_HOUR_PER_ADDRESS = 0
    assert parent.press(summary).url == receipt  # it is sent, however busy the address is


@pytest.mark.parametrize(
    ("socket", "forwarded", "counted"),
    [
        pytest.param("192.0.2.7", "198.51.100.{}", True, id="an outsider cannot pretend"),
        pytest.param("192.0.2.7", "127.0.0.1, 198.51.100.{}", True, id="nor through a chain"),
        pytest.param("127.0.0.1", "198.51.100.{}", False, id="the proxy is believed"),
        pytest.param("", "198.51.100.{}", False, id="the proxy at the socket is believed"),
        pytest.param(
            "127.0.0.1",
            "198.51.100.{}, 192.0.2.7",
            True,
            id="what the client told the proxy is not",
        ),
    ],
)
def test_an_address_is_what_the_proxy_saw(client, settings, socket, forwarded, counted):
    settings.SUBMISSIONS_PER_HOUR_PER_ADDRESS = 3
    address = f"/{MunicipalityFactory().slug}/henvisning/begynn/"
    statuses = [
        client.post(
            address, REMOTE_ADDR=socket, headers={"x-forwarded-for": forwarded.format(number)}
        ).status_code
        for number in range(5)
    ]
    assert statuses == [302, 302, 302, *([429, 429] if counted else [302, 302])]


def test_nobody_sends_somebody_elses_draft(parent, summary):
    stranger = Parent(type(parent.client)(), parent.municipality)
    stranger.id = parent.id
    response = stranger.press(summary, typed={"token": new_secret(TOKEN_BITS)})
    assert (response.status_code, response.url) == (302, parent.address("fortsett"))
    assert Submission.objects.count() == 0
