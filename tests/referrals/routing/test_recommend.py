"""What was recommended, and what was chosen, are kept for ever as they were."""

import pytest
from django.db import Error, transaction

from referrals import actions
from referrals.models import Choice, Recommendation, RuleSet
from referrals.routing import BadFacts, evaluate
from tests.factories import MunicipalityFactory, UserFactory, confirm, refer
from tibir.audit.models import Event
from tibir.core.errors import DomainError

pytestmark = pytest.mark.django_db

ABOVE = {"ecbi_intensity_first": "above"}


@pytest.fixture
def place():
    return MunicipalityFactory()


@pytest.fixture
def user(place):
    return UserFactory(coordinates=place.intake_unit)


@pytest.fixture
def recommended(place, user):
    referral = refer(place)
    return actions.recommend(referral.case, ABOVE | {"age": None}, by=user, referral=referral)


def test_what_was_known_the_version_and_the_sentences_are_stored(recommended):
    found = Recommendation.objects.get()
    assert found.inputs == ABOVE
    assert found.rule_set == RuleSet.objects.get(municipality=None)
    assert found.result["sentences"]
    assert evaluate(found.rule_set.table, found.inputs) == found.result
    event = Event.objects.get(verb="routing.recommended")
    assert (event.case_id, event.codes["tier"]) == (found.case_id, 4)
    assert "ecbi" not in str(event.codes)


def test_facts_that_are_no_facts_write_nothing(place, user):
    with pytest.raises(BadFacts):
        actions.recommend(refer(place).case, {"ecbi_intensity_first": "high"}, by=user)
    assert not Recommendation.objects.exists()


def test_a_deviation_needs_a_reason_and_is_counted(recommended, user, place):
    with pytest.raises(DomainError, match="hvorfor"):
        actions.choose(recommended, by=user, services=["counselling"], reason=" ")
    choice = actions.choose(
        recommended, by=user, services=["counselling"], reason="Foreldrene vil begynne forsiktig."
    )
    assert choice.deviates
    with pytest.raises(DomainError, match="alt valgt"):
        actions.choose(recommended, by=user, services=["pmto_therapy"])
    other = actions.recommend(refer(place).case, ABOVE, by=user)
    assert not actions.choose(other, by=user, services=["pmto_therapy"]).deviates
    by_hand = actions.recommend(refer(place).case, {}, by=user)
    assert not actions.choose(by_hand, by=user, services=["counselling"]).deviates
    actions.recommend(refer(place).case, ABOVE, by=user)
    assert Recommendation.objects.deviation() == {"chosen": 2, "deviated": 1}


def test_the_path_to_barnevern_is_part_of_the_choice(place, user):
    said = actions.recommend(refer(place).case, {"violence_or_neglect": True}, by=user)
    with pytest.raises(DomainError, match="hvorfor"):
        actions.choose(said, by=user, services=["counselling"])
    assert not actions.choose(said, by=user, services=[], path="child_welfare").deviates


def refused(match, write):
    with pytest.raises(Error, match=match), transaction.atomic():
        write()


def test_the_database_compares_the_choice_and_keeps_it(recommended, user):
    def chosen(**about):
        about = {"services": ["counselling"], "deviates": True, "reason": "x"} | about
        return Choice.objects.create(recommendation=recommended, by=user, **about)

    refused("deviation_has_a_reason", lambda: chosen(reason=""))
    refused("what the recommendation says", lambda: chosen(deviates=False))
    refused("what the recommendation says", lambda: chosen(services=["pmto_therapy"]))
    chosen()
    refused("permission denied", lambda: Choice.objects.update(reason="y"))
    refused("permission denied", lambda: Choice.objects.all().delete())


def test_what_was_recommended_does_not_change(recommended):
    rows = Recommendation.objects.all()
    refused("what was promised", lambda: rows.update(inputs={}))
    refused("what was promised", lambda: rows.update(result={"manual": True}, is_manual=True))
    refused("what was promised", lambda: rows.delete())


def test_it_follows_its_referral_into_the_childs_case(place, user, recommended):
    other = refer(place)
    for referral in (recommended.referral, other):
        confirm(referral, by=user)
    actions.link(recommended.referral, other, by=user)
    recommended.refresh_from_db()
    assert recommended.case_id == other.case_id


def test_only_who_may_know_of_the_case_finds_it(place, user, recommended):
    assert Recommendation.objects.listed_for(user).get() == recommended
    member = UserFactory(practises_in=place.intake_unit, works_with=recommended.case)
    assert Recommendation.objects.visible_to(member).get() == recommended
    leader = UserFactory(leads=place.intake_unit)
    assert not Recommendation.objects.listed_for(leader).exists()
    assert not Recommendation.objects.visible_to(UserFactory()).exists()
    assert not Recommendation.objects.listed_for(UserFactory(is_superuser=True)).exists()
