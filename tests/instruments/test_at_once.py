"""The same paper, typed or sent by several at the same moment."""

from collections import Counter

from tests.databases import at_once
from tests.factories import UserFactory
from tests.instruments.paper import answered, cast
from tibir.core.errors import DomainError, StaleState
from tibir.instruments import actions
from tibir.instruments.models import Measurement


def test_one_of_eight_is_written_and_one_of_eight_strikes_it_out(committed):
    case, (mother,), user = cast()
    case.members.create(user=UserFactory(), role="practitioner", started_on=case.opened_on)
    came = at_once(lambda: answered(mother, by=user, totals={"intensity": 100}))
    assert Counter(map(type, came)) == {Measurement: 1, DomainError: 7}
    made = Measurement.objects.get()

    came = at_once(lambda: actions.strike(made, by=user, reason="Feil barn."))
    assert Counter(map(type, came)) == {type(None): 1, StaleState: 7}
