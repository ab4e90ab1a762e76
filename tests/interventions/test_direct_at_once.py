"""One page sent by many fingers in the same moment."""

import pytest

from interventions import actions
from interventions.models import Agreement, Meeting
from referrals.models import Referral
from referrals.routing import canonical
from tests.databases import at_once
from tests.factories import MunicipalityFactory
from tests.interventions.at_once import able, token, told
from tibir.core.errors import DomainError
from tibir.documents.models import Dispatch, Document

pytestmark = pytest.mark.usefixtures("committed")


@pytest.mark.parametrize("is_same_page", [True, pytest.param(False, marks=pytest.mark.prove)])
def test_one_family_begins_and_the_others_are_told_so(is_same_page):
    """The same page again is done before; another page of the same hour finds one busy then."""
    place = MunicipalityFactory()
    user = able(place.intake_unit)
    said, once = told(), token()
    seen = canonical(actions.foresee(place, by=user, token=once, told=said).facts)

    def press():
        mine = once if is_same_page else token()
        try:
            actions.start_at_once(place, by=user, token=mine, told=said, seen=seen)
        except actions.StartedBefore:
            return "before"
        except DomainError:
            return "refused"
        return "started"

    answers = at_once(press, times=8)

    late = "before" if is_same_page else "refused"
    assert sorted(answers) == sorted(["started"] + [late] * 7)
    assert Referral.objects.count() == Meeting.objects.count() == Agreement.objects.count() == 1
    assert Document.objects.filter(kind="answer").count() == Dispatch.objects.count() == 1
