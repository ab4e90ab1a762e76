"""The invented municipality has something of everything."""

from collections import Counter

import pytest

from referrals.models import Discussion, Referral, Submission
from tibir.cases.models import CasePerson
from tibir.demo import municipality

pytestmark = pytest.mark.django_db


def test_parents_and_professionals_have_referred_in_fjordvik_and_some_have_asked_for_advice():
    assert municipality.build()
    assert not Submission.objects.stopped().exists()
    senders = Counter(Referral.objects.values_list("sender", flat=True))
    assert senders["parent"] == 12
    assert {"kindergarten", "school", "health_station"} <= senders.keys()
    guardians = CasePerson.objects.filter(is_sender=False, responsibility="yes")
    assert guardians.filter(case__referrals__sender="kindergarten").count() == 2
    assert Discussion.objects.count() == 4
    assert not municipality.build()
