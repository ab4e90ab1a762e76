"""Eight who press «Avgjør» in the same moment."""

import pytest
from django.urls import reverse

from referrals import actions
from tests.databases import at_once
from tests.factories import MunicipalityFactory, UserFactory, confirm, refer
from tibir.documents.models import Dispatch, Document

pytestmark = pytest.mark.usefixtures("committed")


def test_one_letter_is_written_and_seven_are_told_that_somebody_was_first(client):
    place = MunicipalityFactory()
    user = UserFactory(coordinates=place.intake_unit)
    referral = refer(place)
    confirm(referral, by=user)
    actions.take(referral, by=user)
    person = referral.case.people.get(is_sender=True)
    said = {
        "outcome": "screening",
        "reason": "Velkommen.",
        f"way-{person.pk}": "read_out",
        "action": "send",
    }

    def send():
        browser = type(client)(raise_request_exception=False)
        browser.force_login(user)
        return browser.post(reverse("interventions:answer", args=[referral.pk]), said)

    answers = at_once(send, times=8)

    assert sorted(answer.status_code for answer in answers) == [302] + [409] * 7
    late = [answer.content.decode() for answer in answers if answer.status_code == 409]
    assert all("Velkommen." in page and "ds-error-summary" in page for page in late)
    assert Document.objects.filter(case=referral.case).count() == 1
    assert Dispatch.objects.count() == 1
