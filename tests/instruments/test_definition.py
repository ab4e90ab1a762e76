"""A definition that is let through can be scored; one that is not says where it is wrong."""

import copy
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.instruments.shipped import IS_ON, RAW, SHIPPED
from tibir.instruments.definition import Fault, InvalidDefinition, parse
from tibir.instruments.scoring import score

SMALL = {
    "informant": "parent",
    "least_age": 3,
    "most_age": 12,
    "columns": [{"key": "a", "name": "a", "items": 4, "least": 0, "most": 3}],
    "scales": [
        {"key": "x", "name": "x", "column": "a", "items": [1, 2]},
        {"key": "y", "name": "y", "column": "a", "items": [3, 4]},
        {"key": "sum", "name": "sum", "sum_of": ["x", "y"]},
    ],
}


def changed(path, value):
    data = copy.deepcopy(SMALL)
    *way, last = path
    place = data
    for step in way:
        place = place[step]
    place[last] = value
    return data


COLUMN, SCALE = ("columns", 0), ("scales", 0)
WRONG = [
    ((), None, Fault.SHAPE),
    (("extra",), 1, Fault.SHAPE),
    (("informant",), "child", Fault.INFORMANT),
    (("least_age",), 13, Fault.AGES),
    (("least_age",), "3", Fault.AGES),
    (("least_age",), True, Fault.AGES),
    (("most_age",), 999, Fault.AGES),
    (("columns",), [], Fault.EMPTY),
    (("columns",), {}, Fault.SHAPE),
    (("scales",), [], Fault.EMPTY),
    (("scales",), ["x"], Fault.SHAPE),
    ((*COLUMN, "key"), "Å", Fault.KEY),
    ((*COLUMN, "key"), 1, Fault.KEY),
    ((*COLUMN, "name"), "", Fault.NAME),
    ((*COLUMN, "name"), "x" * 61, Fault.NAME),
    ((*COLUMN, "help"), 1, Fault.NAME),
    ((*COLUMN, "help"), "x" * 201, Fault.NAME),
    ((*COLUMN, "items"), 0, Fault.COUNT),
    ((*COLUMN, "items"), 201, Fault.COUNT),
    ((*COLUMN, "least"), 3, Fault.RANGE),
    ((*COLUMN, "most"), 100, Fault.RANGE),
    ((*COLUMN, "reversed"), [5], Fault.REVERSED),
    ((*COLUMN, "reversed"), [1, 1], Fault.REVERSED),
    ((*COLUMN, "recode"), [0, 1], Fault.RECODE),
    ((*COLUMN, "recode"), [0, 1, 2, "3"], Fault.RECODE),
    ((*COLUMN, "text"), "Et spørsmål", Fault.SHAPE),
    ((*SCALE, "column"), "b", Fault.COLUMN),
    ((*SCALE, "items"), [], Fault.ITEMS),
    ((*SCALE, "items"), [5], Fault.ITEMS),
    ((*SCALE, "items"), "some", Fault.ITEMS),
    (("columns",), SMALL["columns"] * 2, Fault.TWICE),
    ((*SCALE, "missing"), {"rule": "guess"}, Fault.MISSING),
    ((*SCALE, "missing"), {"rule": "none", "most": 1}, Fault.MISSING),
    ((*SCALE, "missing"), {"rule": "mean", "most": 2}, Fault.MISSING),
    ((*SCALE, "missing"), {"rule": "as", "most": 3, "value": 0}, Fault.MISSING),
    ((*SCALE, "missing"), {"rule": "as", "most": 1, "value": 4}, Fault.MISSING),
    ((*SCALE, "unless"), {"item": 1, "is": 0, "then": 0}, Fault.UNLESS),
    ((*SCALE, "unless"), {"item": 3, "is": 9, "then": 0}, Fault.UNLESS),
    ((*SCALE, "unless"), {"item": 3}, Fault.UNLESS),
    (("scales", 2, "sum_of"), ["x"], Fault.SUM),
    (("scales", 2, "sum_of"), ["x", "x"], Fault.SUM),
    (("scales", 2, "sum_of"), ["x", "sum"], Fault.SUM),
    (("scales", 2, "sum_of"), ["x", ["y"]], Fault.SUM),
    (("scales", 2, "items"), [1], Fault.SHAPE),
]


@pytest.mark.parametrize(("path", "value", "fault"), WRONG)
def test_what_is_wrong_is_said_by_its_kind(path, value, fault):
    with pytest.raises(InvalidDefinition) as refused:
        parse(changed(path, value) if path else value)
    assert refused.value.fault == fault


def test_what_is_right_is_let_through():
    assert parse(SMALL).range_of("sum") == (0, 12)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 300) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=12,
)
PLACES = [path for path, _value, _fault in WRONG if path]


@settings(max_examples=50)
@given(st.sampled_from(PLACES), JSON)
def test_nothing_that_is_let_through_can_fail_when_it_is_scored(path, value):
    try:
        definition = parse(changed(path, value))
    except InvalidDefinition:
        return
    for answer in ("least", "most", None):
        answers = {c.key: [answer and getattr(c, answer)] * c.count for c in definition.columns}
        for key, found in score(definition, answers).items():
            least, most = definition.range_of(key)
            assert found.value is None or least <= found.value <= most


def test_ages_belong_from_the_first_to_the_last_year():
    definition = parse(SMALL)
    assert [age for age in range(20) if definition.fits_age(age)] == list(range(3, 13))
    assert not definition.fits_age(None)
    assert SHIPPED["pss"].fits_age(None)


def test_ecbi_and_pss_are_on_as_shipped_and_sdq_is_off():
    assert {code for code, is_on in IS_ON.items() if is_on} == {"ecbi", "pss"}


def test_not_a_word_of_any_item_is_shipped():
    """A column has a number of items, and nowhere to write what they ask."""
    for raw in RAW.values():
        assert all(isinstance(column["items"], int) for column in raw["columns"])
        assert len(json.dumps(raw)) < 3000
