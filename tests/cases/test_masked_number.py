"""An identity number is shown whole to staff who ask for it, and to those who wrote it."""

from datetime import date

import pytest
from django.urls import reverse

from referrals.letters import sections
from tests.factories import ANSWERS, UserFactory, refer
from tests.html import parse
from tibir.cases.identity_number import synthetic_number

NUMBER = synthetic_number(date(2019, 3, 14), 0)
MASKED = f"{NUMBER[:6]} •••••"


@pytest.fixture
def referral(db):
    child = ANSWERS["barnet"] | {"national_id": NUMBER}
    return refer(answers=ANSWERS | {"barnet": child})


def pages(referral):
    return [
        referral.get_absolute_url(),
        reverse("family:person", args=[referral.case_id, referral.case.people.get().pk]),
        reverse("family:child", args=[referral.case_id]),
    ]


def test_the_last_five_signs_come_when_somebody_asks(client, referral):
    client.force_login(UserFactory(coordinates=referral.unit))
    shown = 0
    for address in pages(referral):
        page = parse(client.get(address).content.decode())
        for number in page.xpath(f"//*[text()='{NUMBER}']"):
            asked = number.getparent()
            assert (asked.tag, asked.get("open")) == ("details", None), address
            assert asked.find("summary").text == MASKED
            shown += 1
    assert shown == 2  # on the referral, and on the child's own page


def test_whoever_wrote_it_reads_it_whole(referral):
    said = sections(referral.submission.answers)
    assert NUMBER in [row["answer"] for section in said for row in section["rows"]]
