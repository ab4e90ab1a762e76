"""What another table would have said."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from referrals.routing import (
    Choice,
    Condition,
    Outcome,
    Rule,
    Table,
    Tier,
    YesNo,
    evaluate,
    try_out,
)
from referrals.routing.editing import (
    add_tier,
    changes,
    move,
    move_tier,
    new_key,
    place_of,
    put,
    remove,
    remove_tier,
    rename_tier,
)
from tests.referrals.routing.starting import TABLE, families
from tests.referrals.routing.test_rules import tables


def outcome(table, facts):
    said = evaluate(table, facts)
    return Outcome(tuple(said["services"]), said["path"], said["risk"], said["priority"])


@given(st.lists(families(), max_size=8), tables())
def test_a_try_out_says_of_each_family_what_evaluating_it_twice_says(found, table):
    tried = try_out(enumerate(found), TABLE, table)
    pairs = [(outcome(TABLE, facts), outcome(table, facts)) for facts in found]
    expected = [(n, was, becomes) for n, (was, becomes) in enumerate(pairs) if was != becomes]
    assert tried.changed == expected
    assert (tried.total, tried.before) == (len(found), Counter(was for was, _becomes in pairs))
    assert tried.after == Counter(becomes for _was, becomes in pairs)


def test_a_table_tried_against_itself_changes_nothing():
    assert try_out([(1, {"serious": True})], TABLE, TABLE).changed == []


def one_rule(kind, value):
    asked = Condition("x", "none_of" if kind.kind == "choice" else "is", value)
    return Table({"x": kind}, (Tier("t", (Rule("r1", ((asked,),), ("counselling",), "s"),)),))


def test_the_same_condition_over_other_choices_is_another_condition():
    """A version knows the facts it was written for; a word that came later is nothing to it."""
    before, after = (one_rule(Choice(words), ["a"]) for words in (("a", "b"), ("a", "b", "c")))
    tried = try_out([(1, {"x": "b"}), (2, {"x": "c"})], before, after)
    assert [identity for identity, _was, _becomes in tried.changed] == [2]


def test_one_is_not_yes():
    right, wrong = one_rule(YesNo(), True), one_rule(YesNo(), 1)
    assert len(try_out([(1, {"x": True})], right, wrong).changed) == 1


def keys(table):
    return [[rule.key for rule in tier.rules] for tier in table.tiers]


def test_a_rule_moves_inside_its_tier_and_on_into_the_next():
    assert keys(move(TABLE, "r3", -1))[1] == ["r3", "r2", "r4"]
    assert keys(move(TABLE, "r4", 1))[1:3] == [["r2", "r3"], ["r4", "r5"]]
    assert keys(move(TABLE, "r2", -1))[:2] == [["r1", "r2"], ["r3", "r4"]]
    assert move(TABLE, "r1", -1) == TABLE
    assert move(TABLE, "r8", 1) == TABLE
    assert move(TABLE, "r9", -1) == TABLE


def test_tiers_are_added_moved_renamed_and_removed():
    more = add_tier(TABLE, "Sist")
    assert keys(more)[-1] == []
    assert keys(move_tier(TABLE, 1, 1))[:2] == [["r2", "r3", "r4"], ["r1"]]
    assert move_tier(TABLE, 1, -1) == TABLE
    assert rename_tier(TABLE, 1, "Nytt").tiers[0].name == "Nytt"
    assert remove_tier(more, 7) == TABLE


def test_what_has_changed_between_two_versions_is_told_by_rule():
    rule = TABLE.rule("r9")
    other = put(remove(TABLE, "r2"), 1, type(rule)(new_key(TABLE), (), ("screening",), "ny"))
    other = move(other, "r4", 1)
    assert [(key, what) for key, what, _was, _becomes in changes(TABLE, other)] == [
        ("r18", "added"), ("r4", "moved"), ("r2", "removed"),
    ]  # fmt: skip
    assert place_of(other, "r4") == 3
    assert changes(TABLE, TABLE) == []
