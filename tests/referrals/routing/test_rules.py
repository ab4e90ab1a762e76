"""From facts to a recommendation, and back to it from what was stored."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from referrals.routing import (
    CATALOGUE,
    BadFacts,
    Condition,
    Rule,
    Table,
    Tier,
    canonical,
    clean,
    differs,
    evaluate,
    level,
    read,
)
from referrals.routing.facts import Choice, Several
from tests.referrals.routing.starting import TABLE, WRITTEN, families

ABOVE = {"ecbi_intensity_first": "above"}
GROUP = ABOVE | {"suits_group": True, "preference": "either"}


def said(**facts):
    return evaluate(TABLE, facts)


# --- The starting point (PRODUCT 3.6) ---------------------------------------------------------


@pytest.mark.parametrize(
    ("facts", "services", "risk"),
    [
        ({"ecbi_intensity_first": "below"}, ["counselling"], "selective"),
        ({"ecbi_problem_second": "borderline"}, ["counselling"], "selective"),
        (ABOVE, ["pmto_therapy"], "indicated"),
        (GROUP, ["parent_group"], "indicated"),
        (GROUP | {"preference": "individual"}, ["pmto_therapy"], "indicated"),
        (GROUP | {"negativity_months": 6}, ["pmto_therapy"], "indicated"),
        (GROUP | {"negativity_months": 5}, ["parent_group"], "indicated"),
        (GROUP | {"burdens": ["economy", "loss"]}, ["pmto_therapy"], "indicated"),
        (GROUP | {"burdens": ["economy"]}, ["parent_group"], "indicated"),
        (GROUP | {"serious": True}, ["pmto_therapy"], "indicated"),
        (GROUP | {"behaviour_problems": True}, ["parent_group", "social_skills"], "indicated"),
        (GROUP | {"arenas": ["school"]}, ["parent_group", "consultation"], "indicated"),
        (GROUP | {"arenas": ["home"]}, ["parent_group"], "indicated"),
        ({"worries": True}, ["screening"], "universal"),
        ({"worries": True, "behaviour_problems": True}, ["screening"], "universal"),
        ({"worries": False}, [], ""),
    ],
)
def test_the_starting_point_says(facts, services, risk):
    result = said(**facts)
    assert (result["services"], result["risk"]) == (services, risk)
    assert result["manual"] is (not services)


def test_violence_leads_to_barnevern_whatever_else_is_known():
    result = said(**GROUP, violence_or_neglect=True, arenas=["school"])
    assert (result["path"], result["priority"], result["services"]) == (
        "child_welfare", "urgent", [],
    )  # fmt: skip
    assert result["sentences"] == [TABLE.tiers[0].rules[0].sentence]


def test_the_lowest_matching_tier_speaks_with_all_its_rules():
    result = said(**GROUP, negativity_months=12, serious=True)
    assert (result["tier"], result["rules"]) == (2, ["r2", "r3"])
    assert len(result["sentences"]) == 2
    assert result["priority"] == "high"


def test_what_speaks_against_is_said_and_takes_nothing_away():
    result = said(**GROUP, age=13, earlier=["parent_group"])
    assert result["services"] == ["parent_group"]
    assert [each["rule"] for each in result["against"]] == ["r11", "r16"]


def test_an_unknown_fact_never_matches_and_is_named_with_what_it_would_have_decided():
    result = said(**ABOVE, suits_group=True)
    wanted = {each["fact"]: each["rules"] for each in result["missing"]}
    assert result["services"] == ["pmto_therapy"]
    assert "r5" in wanted["preference"]
    assert wanted["violence_or_neglect"] == ["r1"]
    assert "suits_group" not in wanted
    assert "worries" not in wanted  # only a later tier asks


def test_what_could_not_have_mattered_is_not_missing():
    result = said(**ABOVE, suits_group=False)
    wanted = {each["fact"]: each["rules"] for each in result["missing"]}
    assert wanted["preference"] == ["r13", "r14"]  # against, and no longer the group's tier


def test_facts_that_are_no_facts_are_refused():
    with pytest.raises(BadFacts, match="age"):
        said(age=99)


def test_a_person_deviates_only_from_a_recommendation():
    result = said(**GROUP)
    assert not differs(["parent_group"], "", result)
    assert differs(["pmto_therapy"], "", result)
    assert differs(["parent_group"], "child_welfare", result)
    assert not differs(["counselling"], "", said())


# --- Properties -------------------------------------------------------------------------------


@given(families())
def test_some_tier_answers_or_it_is_said_that_a_person_must(facts):
    result = evaluate(TABLE, facts)
    assert result["manual"] == (result["tier"] is None) == (not result["rules"])
    if not result["manual"]:
        assert result["services"] or result["path"]
        assert len(result["sentences"]) == len(result["rules"])


@given(families())
def test_a_stored_decision_evaluates_to_itself(facts):
    result = evaluate(TABLE, facts)
    stored = json.loads(canonical({"rules": WRITTEN, "inputs": facts, "result": result}))
    again = evaluate(read(stored["rules"]), stored["inputs"])
    assert again == stored["result"] == result
    assert canonical(again) == canonical(result)


# From what is known least to the gravest, for each fact that says how grave it is.
GRAVER = {
    **{
        name: [None, "below", "borderline", "above"]
        for name in CATALOGUE
        if name.startswith("ecbi")
    },
    "thrives": ["well", "mixed", "badly"],
    "worries": [False, True],
    "negativity_months": [None, *range(217)],
    "serious": [None, False, True],
    "behaviour_problems": [None, False, True],
    "violence_or_neglect": [None, False, True],
}


@given(families(), st.data())
def test_evidence_of_severity_never_lowers_what_is_recommended(facts, data):
    name = data.draw(st.sampled_from([*GRAVER, "burdens", "arenas"]))
    if name in GRAVER:
        steps = GRAVER[name]
        now = facts.get(name)
        at = steps.index(now) if now in steps else 0
        more = facts | {name: data.draw(st.sampled_from(steps[at:]))}
    else:
        added = data.draw(st.sampled_from(CATALOGUE[name].choices))
        more = facts | {name: [*facts.get(name, []), added]}
    before, after = evaluate(TABLE, facts), evaluate(TABLE, clean(more, CATALOGUE))
    assert level(after) >= level(before), (name, before, after)


def test_the_property_would_see_a_rule_that_lowers():
    """The same question of a table in which serious families get less."""
    less = Rule("r90", ((Condition("serious", "is", True),),), ("counselling",), "x", "selective")
    wrong = replace(TABLE, tiers=(Tier("x", (less,)), *TABLE.tiers))
    before, after = evaluate(wrong, ABOVE), evaluate(wrong, ABOVE | {"serious": True})
    assert level(after) < level(before)


def plain(condition, facts):
    """What a condition means, said without bits."""
    value = facts.get(condition.fact)
    if value is None:
        return False
    wanted, kind = condition.value, CATALOGUE[condition.fact]
    bands = getattr(kind, "bands", {})
    return {
        "at_least": lambda: value >= wanted,
        "at_most": lambda: value <= wanted,
        "between": lambda: wanted[0] <= value <= wanted[1],
        "in_band": lambda: any(bands[b][0] <= value <= bands[b][1] for b in wanted),
        "is": lambda: value is wanted,
        "one_of": lambda: value in wanted,
        "none_of": lambda: (
            not {value, *(value if type(value) is list else ())} & set(wanted)
            if type(kind) is Choice
            else not set(value) & set(wanted)
        ),
        "any_of": lambda: bool(set(value) & set(wanted)),
        "all_of": lambda: set(wanted) <= set(value),
        "count_at_least": lambda: len(value) >= wanted,
    }[condition.operator]()


@st.composite
def conditions(draw, names=tuple(CATALOGUE)):
    name = draw(st.sampled_from(names))
    kind = CATALOGUE[name]
    operator = draw(st.sampled_from(kind.operators))
    if kind.kind == "number":
        number = st.integers(kind.low, kind.high)
        wanted = {"between": st.tuples(number, number).map(sorted), "in_band": words(kind.bands)}
        value = draw(wanted.get(operator, number))
    elif kind.kind == "boolean":
        value = draw(st.booleans())
    elif operator == "count_at_least":
        value = draw(st.integers(1, len(kind.choices)))
    else:
        value = draw(words(kind.choices))
    return Condition(name, operator, value)


def words(choices):
    return st.lists(st.sampled_from(sorted(choices)), min_size=1, max_size=3, unique=True)


@st.composite
def tables(draw, names=tuple(CATALOGUE)):
    group = st.lists(conditions(names), min_size=1, max_size=2).map(tuple)
    number = iter(range(1, 99))
    tiers = []
    for _tier in range(draw(st.integers(1, 3))):
        whens = draw(st.lists(st.lists(group, max_size=2).map(tuple), min_size=1, max_size=2))
        rules = [
            Rule(f"r{next(number)}", when, draw(st.sampled_from(
                [("counselling",), ("parent_group",), ("screening",)])), "x",
                draw(st.sampled_from(["universal", "indicated"])))
            for when in whens
        ]  # fmt: skip
        tiers.append(Tier("t", tuple(rules)))
    added = Rule(f"r{next(number)}", draw(st.tuples(group)), ("consultation",), "x")
    return Table(CATALOGUE, tuple(tiers), (added,))


@given(tables(), families())
def test_any_table_says_what_its_conditions_say_in_plain_words(table, facts):
    def holds(rule):
        return all(any(plain(one, facts) for one in group) for group in rule.when)

    speaking = next(
        (found for tier in table.tiers if (found := [r for r in tier.rules if holds(r)])), []
    )
    result = evaluate(table, facts)
    assert result["rules"][: len(speaking)] == [rule.key for rule in speaking]
    parents = {"counselling", "parent_group"} & {s for rule in speaking for s in rule.services}
    assert ("consultation" in result["services"]) == bool(parents and holds(table.additions[0]))


@given(tables())
def test_any_table_is_read_as_it_was_written(table):
    once = table.written()
    assert read(json.loads(canonical(once))).written() == json.loads(canonical(once))


def test_sets_and_choices_are_not_confused():
    assert Several(("a",)) != Choice(("a",))
