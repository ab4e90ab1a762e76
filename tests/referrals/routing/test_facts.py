"""What a fact can be, and what may be asked of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from referrals.routing import BadFacts, BadValue, Choice, Number, Several, YesNo, canonical, clean
from referrals.routing.facts import BAND_OF_LEVEL, CATALOGUE, everything, read_type, written
from tibir.instruments.kinds import LEVELS

AGE = Number(0, 18, {"target": (3, 12)})
BAND = Choice(("below", "borderline", "above"))
ARENAS = Several(("home", "kindergarten", "school"))


def held(kind, operator, value):
    cells = kind.cells(operator, value)
    return [each for place, each in enumerate(kind.values) if cells >> place & 1]


@pytest.mark.parametrize(
    ("kind", "operator", "value", "expected"),
    [
        (AGE, "at_least", 16, [16, 17, 18]),
        (AGE, "at_most", 0, [0]),
        (AGE, "between", [3, 4], [3, 4]),
        (AGE, "in_band", ["target"], list(range(3, 13))),
        (YesNo(), "is", True, [True]),
        (YesNo(), "is", False, [False]),
        (BAND, "one_of", ["above", "below"], ["below", "above"]),
        (BAND, "none_of", ["above"], ["below", "borderline"]),
        (ARENAS, "all_of", ["home", "school"], [("home", "school"),
                                                ("home", "kindergarten", "school")]),
        (ARENAS, "none_of", ["home", "school"], [(), ("kindergarten",)]),
        (ARENAS, "count_at_least", 3, [("home", "kindergarten", "school")]),
    ],
)  # fmt: skip
def test_a_condition_holds_for_these_values_and_no_others(kind, operator, value, expected):
    assert held(kind, operator, value) == expected


@pytest.mark.parametrize(
    ("kind", "operator", "value", "code"),
    [
        (AGE, "at_least", 19, "out_of_range"),
        (AGE, "at_most", -1, "out_of_range"),
        (AGE, "between", [12, 3], "backwards"),
        (AGE, "between", [3], "wrong_type"),
        (AGE, "at_least", "3", "wrong_type"),
        (AGE, "at_least", True, "wrong_type"),
        (AGE, "in_band", ["teens"], "no_band"),
        (AGE, "in_band", [], "nothing"),
        (YesNo(), "is", 1, "wrong_type"),
        (BAND, "one_of", ["high"], "no_such_choice"),
        (BAND, "one_of", "above", "wrong_type"),
        (ARENAS, "any_of", ["moon"], "no_such_choice"),
        (ARENAS, "count_at_least", 4, "out_of_range"),
        (ARENAS, "count_at_least", 0, "out_of_range"),
    ],
)
def test_a_condition_that_asks_for_what_cannot_be_says_what_is_wrong(kind, operator, value, code):
    with pytest.raises(BadValue) as error:
        kind.cells(operator, value)
    assert error.value.code == code


@pytest.mark.parametrize(
    "facts",
    [{"height": 3}, {"age": 19}, {"age": "4"}, {"age": True}, {"serious": 1},
     {"ecbi_intensity_first": "high"}, {"arenas": ["moon"]}, {"arenas": "home"}],
)  # fmt: skip
def test_what_is_no_fact_is_refused_by_name(facts):
    with pytest.raises(BadFacts, match=next(iter(facts))):
        clean(facts, CATALOGUE)


def test_equal_facts_are_stored_as_equal():
    one = clean({"arenas": ["school", "home", "home"], "age": 4, "serious": None}, CATALOGUE)
    other = clean({"age": 4, "arenas": ("home", "school")}, CATALOGUE)
    assert canonical(one) == canonical(other) == '{"age":4,"arenas":["home","school"]}'


def test_nothing_known_of_arenas_is_not_the_same_as_none():
    assert clean({"arenas": []}, CATALOGUE) == {"arenas": []}
    assert clean({"arenas": None}, CATALOGUE) == {}


def test_a_stored_catalogue_is_the_catalogue():
    assert {name: read_type(kind) for name, kind in written(CATALOGUE).items()} == CATALOGUE


@given(st.sampled_from(sorted(CATALOGUE)))
def test_no_fact_has_more_values_than_can_be_searched(name):
    assert 0 < everything(CATALOGUE[name]).bit_length() <= 256


def test_every_level_of_an_instrument_is_a_band_and_a_higher_one_is_never_milder():
    graver = [BAND.choices.index(BAND_OF_LEVEL[level]) for level in range(max(LEVELS.values()) + 1)]
    assert graver == sorted(graver)
    assert set(BAND_OF_LEVEL) == set(BAND.choices)
