"""A table is looked over before anybody is helped by it."""

from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given

from referrals.routing import CATALOGUE, Condition, Rule, Table, Tier, check, evaluate
from referrals.routing.facts import Choice, Number, YesNo
from tests.referrals.routing.starting import TABLE, known_families
from tests.referrals.routing.test_rules import tables


def rule(key, *when, services=("counselling",), **about):
    groups = tuple(tuple(group) if isinstance(group, list) else (group,) for group in when)
    return Rule(key, groups, services, about.pop("sentence", "x"), **about)


def table(*tiers, **about):
    return Table(CATALOGUE, tuple(Tier("t", tuple(rules)) for rules in tiers), **about)


def codes(found):
    return {(finding.code, finding.rule) for finding in found}


YOUNG, OLD = Condition("age", "at_most", 5), Condition("age", "at_least", 6)
SERIOUS, NOT_SERIOUS = Condition("serious", "is", True), Condition("serious", "is", False)


def test_the_starting_point_is_in_order():
    assert codes(check(TABLE)) == {("only_when_unknown", "r8")}


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        (Condition("height", "at_least", 3), "unknown_fact"),
        (Condition("age", "one_of", ["3"]), "wrong_operator"),
        (Condition("age", "at_least", "3"), "wrong_type"),
        (Condition("age", "in_band", ["teens"]), "no_band"),
        (Condition("age", "between", [6, 3]), "backwards"),
        (Condition("age", "at_least", 40), "out_of_range"),
        (Condition("preference", "one_of", ["cash"]), "no_such_choice"),
    ],
)
def test_a_condition_that_cannot_be_is_found_at_its_rule(wrong, code):
    found = check(table([rule("r1", wrong), rule("r2", YOUNG)]))
    assert (code, "r1") in codes(found)
    assert next(f for f in found if f.rule == "r1").fact == wrong.fact
    evaluate(table([rule("r1", SERIOUS), rule("r2", YOUNG)]), {"age": 3})


def test_a_rule_that_contradicts_itself_is_found():
    assert ("contradictory", "r1") in codes(check(table([rule("r1", YOUNG, OLD)])))


def test_a_rule_covered_by_an_earlier_tier_is_found_and_one_in_the_same_tier_is_not():
    narrow = rule("r2", Condition("age", "at_most", 3))
    assert ("unreachable", "r2") in codes(check(table([rule("r1", YOUNG)], [narrow])))
    assert ("unreachable", "r2") not in codes(check(table([rule("r1", YOUNG), narrow])))


def test_a_rule_covered_by_several_together_is_found():
    first = [rule("r1", YOUNG, SERIOUS), rule("r2", YOUNG, NOT_SERIOUS)]
    found = codes(check(table(first, [rule("r3", YOUNG)])))
    assert ("only_when_unknown", "r3") in found
    always = [rule("r1", YOUNG), rule("r2", [OLD, YOUNG])]
    assert ("unreachable", "r3") in codes(check(table(always, [rule("r3", OLD)])))


def test_families_that_no_tier_catches_are_described():
    found = check(table([rule("r1", YOUNG), rule("r2", OLD, SERIOUS)]))
    (gap,) = [finding for finding in found if finding.code == "gap"]
    assert gap.where == {"age": list(range(6, 19)), "serious": [False]}
    assert not gap.is_error


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        (rule("r1", YOUNG, services=()), "nothing_recommended"),
        (rule("r1", YOUNG, sentence=" "), "no_sentence"),
        (rule("r1", YOUNG, services=("social_skills",)), "alone"),
        (rule("r1", YOUNG, risk="huge"), "unknown_outcome"),
        (rule("r1", YOUNG, path="elsewhere"), "unknown_outcome"),
    ],
)
def test_an_outcome_that_cannot_be_is_found(wrong, code):
    assert (code, "r1") in codes(check(table([wrong])))


def test_a_service_beside_is_no_fault_beside_and_a_table_without_rules_is():
    beside = rule("r2", SERIOUS, services=("social_skills",))
    assert not {f for f in check(table([rule("r1", YOUNG)], additions=(beside,))) if f.is_error}
    assert codes(check(table())) >= {("no_rules", "")}


SMALL = {"age": Number(0, 3), "serious": YesNo(), "worries": YesNo(),
         "preference": Choice(("group", "individual"))}  # fmt: skip


def shrunk(made):
    """The same rules over facts so few that all families can be counted."""

    def small(one):
        kind = SMALL[one.fact]
        if kind.kind == "number":
            return Condition(one.fact, "at_most" if one.operator == "at_most" else "at_least",
                             sum(map(ord, str(one.value))) % 4)  # fmt: skip
        if kind.kind == "choice":
            return Condition(one.fact, one.operator, ["group"])
        return one

    def every(rules):
        return tuple(
            replace(rule, when=tuple(tuple(map(small, group)) for group in rule.when))
            for rule in rules
        )

    return Table(SMALL, tuple(replace(tier, rules=every(tier.rules)) for tier in made.tiers))


@given(tables(names=tuple(SMALL)))
def test_what_is_found_is_what_counting_all_families_finds(made):
    made = shrunk(made)
    known = [dict(zip(SMALL, each, strict=True))
             for each in product(*(kind.values for kind in SMALL.values()))]  # fmt: skip
    every = [dict(zip(SMALL, each, strict=True))
             for each in product(*((None, *kind.values) for kind in SMALL.values()))]  # fmt: skip
    spoke = {key for facts in every for key in evaluate(made, facts)["rules"]}
    silent = {rule.key for tier in made.tiers for rule in tier.rules} - spoke
    found = check(made)
    says = {f.rule for f in found if f.code in ("unreachable", "contradictory")}
    assert says == silent
    if not says:
        manual = [facts for facts in known if evaluate(made, facts)["manual"]]
        gaps = [finding.where for finding in found if finding.code == "gap"]
        assert bool(manual) == bool(gaps)
        caught = [facts for facts in manual if any(inside(facts, gap) for gap in gaps)]
        assert caught == manual or ("more_gaps", "") in codes(found)
        assert not [f for f in known if f not in manual and any(inside(f, gap) for gap in gaps)]


def inside(facts, where):
    return all(facts[name] in values for name, values in where.items())


@given(known_families())
def test_with_everything_known_the_starting_point_leaves_nobody_to_chance(facts):
    assert not evaluate(TABLE, facts)["manual"]
