"""A version's way from a draft to the rules that hold, and what the database keeps of it."""

from datetime import timedelta

import pytest
from django.db import Error, transaction
from django.utils import timezone

from referrals import actions, rules
from referrals.models import RuleSet, TryOut
from referrals.routing import CATALOGUE, Condition, Rule, read
from referrals.routing.editing import put, remove
from tests.factories import MunicipalityFactory, UserFactory, refer
from tests.referrals.routing.starting import TABLE, WRITTEN
from tibir.audit.models import Event
from tibir.cases.models import Case
from tibir.core.errors import DomainError, StaleState

pytestmark = pytest.mark.django_db


@pytest.fixture
def today():
    return timezone.localdate()


@pytest.fixture
def place():
    return MunicipalityFactory()


@pytest.fixture
def author(place):
    return UserFactory(coordinates=place.intake_unit)


@pytest.fixture
def leader(place):
    return UserFactory(leads=place.intake_unit)


@pytest.fixture
def shipped():
    return RuleSet.objects.get(municipality=None)


@pytest.fixture
def draft(place, author, shipped):
    return actions.copy_rules(shipped, by=author, municipality=place)


def approved(draft, author, leader, today):
    actions.try_rules(draft, by=author, today=today)
    actions.approve_rules(draft, by=leader, edition=draft.edition)
    draft.refresh_from_db()
    return draft


def test_what_is_shipped_holds_until_a_municipality_has_approved_its_own(
    place, author, leader, today, shipped, draft
):
    assert read(shipped.rules) == TABLE
    assert set(TABLE.facts) == set(CATALOGUE)
    assert RuleSet.objects.in_force(place, today) == shipped
    approved(draft, author, leader, today)
    assert RuleSet.objects.in_force(place, today) == shipped
    actions.activate_rules(draft, by=author, on=today + timedelta(days=7))
    assert RuleSet.objects.in_force(place, today) == shipped
    assert RuleSet.objects.in_force(place, today + timedelta(days=7)) == draft
    assert RuleSet.objects.in_force(MunicipalityFactory(), today + timedelta(days=7)) == shipped


def test_a_successor_takes_over_on_its_day_and_not_before(place, author, leader, today, draft):
    approved(draft, author, leader, today)
    actions.activate_rules(draft, by=author, on=today)
    second = actions.copy_rules(draft, by=leader, municipality=place)
    assert second.version == 2
    approved(second, leader, author, today)
    day = today + timedelta(days=3)
    actions.activate_rules(second, by=leader, on=day)
    draft.refresh_from_db()
    assert (draft.state, draft.active_until) == ("retired", day)
    assert RuleSet.objects.in_force(place, day - timedelta(days=1)) == draft
    assert RuleSet.objects.in_force(place, day) == second
    assert "i bruk til" in draft.standing(today)
    assert second.standing(today).startswith("tas i bruk")
    third = approved(actions.copy_rules(draft, by=author, municipality=place), author, leader,
                     today)  # fmt: skip
    with pytest.raises(DomainError, match="alt bestemt"):
        actions.activate_rules(third, by=author, on=today)
    with pytest.raises(DomainError, match="dag som har vært"):
        actions.activate_rules(third, by=author, on=today - timedelta(days=1))


def test_whoever_wrote_it_cannot_approve_it(author, leader, today, draft):
    actions.try_rules(draft, by=author, today=today)
    with pytest.raises(DomainError, match="En annen"):
        actions.approve_rules(draft, by=author, edition=draft.edition)
    actions.change_rules(draft, by=leader, table=draft.table, edition=draft.edition)
    actions.try_rules(draft, by=author, today=today)
    with pytest.raises(DomainError, match="En annen"):  # the last who changed it
        actions.approve_rules(draft, by=leader, edition=draft.edition)


def test_two_who_have_both_written_cannot_approve_each_others(place, author, leader, today, draft):
    actions.change_rules(draft, by=leader, table=draft.table, edition=draft.edition)
    copied = actions.copy_rules(draft, by=UserFactory(), municipality=place)
    for each in (draft, copied):
        actions.try_rules(each, by=author, today=today)
        for writer in (author, leader):
            assert not rules.may_approve_rules(writer, RuleSet.objects.get(pk=each.pk))
            with pytest.raises(DomainError, match="En annen"):
                actions.approve_rules(each, by=writer, edition=each.edition)
    third = UserFactory(coordinates=place.intake_unit)
    assert rules.may_approve_rules(third, RuleSet.objects.get(pk=draft.pk))
    actions.approve_rules(draft, by=third, edition=draft.edition)
    # What was approved has been looked at: whoever copies it is alone with what comes.
    own = actions.copy_rules(RuleSet.objects.get(pk=draft.pk), by=third, municipality=place)
    assert [each.user for each in own.writers.all()] == [third]


def test_nor_past_the_action(author, leader, today, draft):
    actions.change_rules(draft, by=leader, table=draft.table, edition=draft.edition)
    actions.try_rules(draft, by=leader, today=today)
    mine = RuleSet.objects.filter(pk=draft.pk)
    said = {"state": "approved", "approved_by": author, "approved_on": today}
    with pytest.raises(Error, match="written nothing of them"), transaction.atomic():
        mine.update(**said)
    with pytest.raises(Error), transaction.atomic():
        draft.writers.all().delete()


def test_what_was_tried_and_then_changed_must_be_tried_again(author, leader, today, draft):
    actions.try_rules(draft, by=author, today=today)
    looked_at = draft.edition
    actions.change_rules(draft, by=author, table=remove(draft.table, "r8"), edition=looked_at)
    assert (draft.state, draft.table.rule("r8")) == ("draft", None)
    with pytest.raises(StaleState):
        actions.approve_rules(draft, by=leader, edition=looked_at)
    with pytest.raises(DomainError):
        actions.approve_rules(draft, by=leader, edition=draft.edition)


def test_two_who_change_one_draft_do_not_undo_each_other(author, leader, draft):
    table = draft.table
    actions.change_rules(draft, by=author, table=remove(table, "r8"), edition=1)
    with pytest.raises(StaleState):
        actions.change_rules(draft, by=leader, table=remove(table, "r9"), edition=1)
    draft.refresh_from_db()
    assert draft.table.rule("r9")


def test_rules_with_faults_are_neither_tried_nor_approved(author, today, draft):
    wrong = Rule("r1", ((Condition("age", "at_least", 40),),), ("counselling",), "x")
    actions.change_rules(draft, by=author, table=put(draft.table, 1, wrong), edition=1)
    with pytest.raises(DomainError, match="feil"):
        actions.try_rules(draft, by=author, today=today)
    assert not TryOut.objects.exists()


def test_a_draft_is_discarded_and_what_is_in_use_is_not(author, leader, today, draft, place):
    approved(draft, author, leader, today)
    actions.activate_rules(draft, by=author, on=today)
    with pytest.raises(DomainError, match="erstattes"):
        actions.discard_rules(draft, by=author)
    other = actions.copy_rules(draft, by=author, municipality=place)
    actions.discard_rules(other, by=author)
    other.refresh_from_db()
    assert other.standing(today) == "forkastet"


def test_each_step_is_in_the_log(author, leader, today, draft):
    approved(draft, author, leader, today)
    actions.activate_rules(draft, by=author, on=today)
    said = Event.objects.filter(target_type="referrals.ruleset").order_by("pk")
    assert list(said.values_list("verb", "actor_id")) == [
        ("routing.copied", author.pk), ("routing.tried", author.pk),
        ("routing.approved", leader.pk), ("routing.activated", author.pk),
    ]  # fmt: skip
    assert set(said.values_list("municipality_id", flat=True)) == {draft.municipality_id}


# --- What the database refuses ---------------------------------------------------------------


def refused(rows, match, **changes):
    with pytest.raises(Error, match=match), transaction.atomic():
        rows.update(**changes)


def test_what_was_approved_never_changes(author, leader, today, draft):
    approved(draft, author, leader, today)
    row = RuleSet.objects.filter(pk=draft.pk)
    other = UserFactory()
    for changes in ({"rules": {}}, {"author": other}, {"approved_by": other}, {"edition": 9}):
        refused(row, "does not change", **changes)
    refused(row, "stays so", state="draft", approved_by=draft.approved_by)
    refused(row, "stays the version", version=7)
    actions.activate_rules(draft, by=author, on=today)
    refused(row, "stays so", active_from=today - timedelta(days=1))
    refused(row, "does not change", rules=WRITTEN | {"tiers": []})
    with pytest.raises(Error, match="what was promised"), transaction.atomic():
        row._raw_delete(row.db)


def test_the_database_wants_a_second_person_and_one_version_at_a_time(
    author, leader, today, draft, place
):
    row = RuleSet.objects.filter(pk=draft.pk)
    refused(row, "written nothing of them", state="approved", approved_by=author, approved_on=today)
    refused(row, "in_use_was_approved", state="active", active_from=today)
    approved(draft, author, leader, today)
    actions.activate_rules(draft, by=author, on=today)
    other = approved(actions.copy_rules(draft, by=author, municipality=place), author, leader,
                     today)  # fmt: skip
    later = today + timedelta(days=30)
    refused(RuleSet.objects.filter(pk=other.pk), "one_at_a_time", state="active", active_from=later)


# --- Trying out ------------------------------------------------------------------------------


def family(place, by, **facts):
    return actions.recommend(refer(place).case, facts, by=by)


def test_a_try_out_says_how_many_would_have_got_something_else(author, today, draft, place):
    serious = family(place, author, serious=True)
    family(place, author, ecbi_intensity_first="below")
    elsewhere = MunicipalityFactory()
    family(elsewhere, UserFactory(coordinates=elsewhere.intake_unit), serious=True)
    old = timezone.now() - timedelta(days=400)
    actions.recommend(refer(place).case, {"serious": True}, by=author, at=old)
    strict = family(place, author, serious=True)
    Case.objects.filter(pk=strict.case_id).update(grade="strict")
    actions.change_rules(draft, by=author, table=remove(draft.table, "r3"), edition=1)

    tried = actions.try_rules(draft, by=author, today=today)

    was = [["pmto_therapy"], "", "indicated", "high"]
    assert (tried.total, tried.changed_count) == (2, 1)
    assert tried.changed == [[serious.pk, was, [[], "", "", ""]]]
    assert tried.counts["changes"] == [[was, [[], "", "", ""], 1]]
    assert [was, 1] in tried.counts["before"]
    assert (tried.against.municipality_id, tried.edition) == (None, 2)
    draft.refresh_from_db()
    assert draft.state == "tried"


def test_a_family_that_was_asked_twice_counts_once_as_it_is_now(author, today, draft, place):
    first = family(place, author, serious=True)
    actions.recommend(first.case, {"ecbi_intensity_first": "below"}, by=author)
    actions.change_rules(draft, by=author, table=remove(draft.table, "r3"), edition=1)
    tried = actions.try_rules(draft, by=author, today=today)
    assert (tried.total, tried.changed_count) == (1, 0)


def test_a_municipality_that_has_met_nobody_can_still_try(author, today, draft):
    assert actions.try_rules(draft, by=author, today=today).total == 0
