"""Scores agree with the published rules: every way that answers can be missing, and every edge."""

import math
from fractions import Fraction
from itertools import pairwise, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.instruments.shipped import (
    ECBI,
    NORM_SETS,
    PSS,
    SDQ_PARENT,
    SDQ_TEACHER,
    SHIPPED,
    bands_of,
)
from tibir.instruments.scoring import (
    Norm,
    OutOfRange,
    WrongSum,
    are_bands,
    are_opposite,
    band,
    differences,
    half_answered,
    is_reliable,
    norm_for,
    reliable_change,
    rounded,
    score,
    score_totals,
)

# As the SDQ's scoring is published, written here a second time: items, and which are turned.
SDQ = {
    "emotional": [3, 8, 13, 16, 24],
    "conduct": [5, 7, 12, 18, 22],
    "hyperactivity": [2, 10, 15, 21, 25],
    "peer": [6, 11, 14, 19, 23],
    "prosocial": [1, 4, 9, 17, 20],
}
TURNED = {7, 11, 14, 21, 25}
PSS_TURNED = {1, 2, 5, 6, 7, 8, 17, 18}


def without(answers, gone):
    return [None if number in gone else a for number, a in enumerate(answers, 1)]


# --- ECBI -----------------------------------------------------------------------------------


@pytest.mark.parametrize(("column", "answer", "filled"), [("intensity", 5, 1), ("problem", 1, 0)])
def test_ecbi_counts_up_to_three_missing_as_never_and_no_more(column, answer, filled):
    for count in range(37):
        answers = without([answer] * 36, range(37 - count, 37))
        found = score(ECBI, {column: answers})[column]
        expected = (36 - count) * answer + count * filled if count <= 3 else None
        assert (found.value, found.answered, found.asked) == (expected, 36 - count, 36)


@given(st.lists(st.integers(1, 7), min_size=36, max_size=36), st.sets(st.integers(1, 36)))
def test_ecbi_it_does_not_matter_which_are_missing(answers, gone):
    value = score(ECBI, {"intensity": without(answers, gone)})["intensity"].value
    there = [a for number, a in enumerate(answers, 1) if number not in gone]
    assert value == (sum(there) + len(gone) if len(gone) <= 3 else None)


def test_ecbi_goes_from_36_to_252_and_from_0_to_36():
    assert ECBI.range_of("intensity") == (36, 252)
    assert ECBI.range_of("problem") == (0, 36)
    for answer, total in ((1, 36), (7, 252)):
        assert score(ECBI, {"intensity": [answer] * 36})["intensity"].value == total
    assert score(ECBI, {"intensity": [1] * 36})["problem"].is_blank


# --- PSS ------------------------------------------------------------------------------------


@given(st.lists(st.integers(1, 5), min_size=18, max_size=18))
def test_pss_turns_eight_items_and_adds_all(answers):
    expected = sum(6 - a if n in PSS_TURNED else a for n, a in enumerate(answers, 1))
    assert score(PSS, {"items": answers})["stress"].value == expected
    assert 18 <= expected <= 90


def test_pss_has_no_rule_for_missing_items_and_gives_no_score():
    for count in range(1, 19):
        found = score(PSS, {"items": without([3] * 18, range(1, count + 1))})["stress"]
        assert (found.value, found.missing) == (None, count)


# --- SDQ ------------------------------------------------------------------------------------


@pytest.mark.parametrize("definition", [SDQ_PARENT, SDQ_TEACHER])
@pytest.mark.parametrize("scale", SDQ)
def test_sdq_every_pattern_of_missing_items_of_every_scale(definition, scale):
    """floor(0.5 + mean × 5) when three of five are there: all 2⁵ patterns."""
    for pattern in product([True, False], repeat=5):
        assert_scored(definition, scale, pattern)


def assert_scored(definition, scale, pattern):
    answers = [number * 7 % 3 for number in range(1, 26)]
    there = [item for item, is_there in zip(SDQ[scale], pattern, strict=True) if is_there]
    gone = set(SDQ[scale]) - set(there)
    found = score(definition, {"items": without(answers, gone)})[scale]
    counted = [2 - answers[i - 1] if i in TURNED else answers[i - 1] for i in there]
    expected = None
    if len(there) >= 3:
        expected = math.floor(Fraction(1, 2) + Fraction(sum(counted), len(there)) * 5)
    assert (found.value, found.answered, found.asked) == (expected, len(there), 5)


@pytest.mark.parametrize("scale", SDQ)
def test_sdq_a_half_is_rounded_up_and_never_to_the_even_number(scale):
    """Four of five answered: half points arise, and Python's own rounding would differ."""
    for counted in product([0, 1, 2], repeat=4):
        answers: list = [0] * 25
        answers[SDQ[scale][4] - 1] = None
        for item, each in zip(SDQ[scale], counted, strict=False):
            answers[item - 1] = 2 - each if item in TURNED else each
        value = score(SDQ_PARENT, {"items": answers})[scale].value
        assert value == math.floor(Fraction(1, 2) + Fraction(sum(counted) * 5, 4))
        if sum(counted) == 2:
            assert (value, round(2.5)) == (3, 2)


@given(st.lists(st.none() | st.integers(0, 2), min_size=25, max_size=25))
def test_sdq_sums_are_of_their_scales_and_are_none_when_one_of_them_is(answers):
    found = {key: each.value for key, each in score(SDQ_PARENT, {"items": answers}).items()}
    for total, parts in {
        "total": ["emotional", "conduct", "hyperactivity", "peer"],
        "externalising": ["conduct", "hyperactivity"],
        "internalising": ["emotional", "peer"],
    }.items():
        values = [found[part] for part in parts]
        assert found[total] == (None if None in values else sum(values))
        assert found[total] is None or 0 <= found[total] <= 10 * len(parts)


@pytest.mark.parametrize(
    ("definition", "counted", "items"), [(SDQ_PARENT, 5, 8), (SDQ_TEACHER, 3, 6)]
)
def test_sdq_impact_counts_a_little_as_nothing(definition, counted, items):
    for answer, worth in enumerate([0, 0, 1, 2]):
        # How long it has lasted, and the burden on others, count for nothing.
        answers = [2, 3, *[answer] * counted, 3]
        assert score(definition, {"impact": answers})["impact"].value == worth * counted
    assert definition.range_of("impact") == (0, 2 * counted)
    assert definition.column("impact").count == items


@pytest.mark.parametrize("definition", [SDQ_PARENT, SDQ_TEACHER])
def test_sdq_no_difficulties_is_no_impact_whatever_else_is_ticked(definition):
    blank = [None] * definition.column("impact").count
    assert score(definition, {"impact": [0, *blank[1:]]})["impact"].value == 0
    assert score(definition, {"impact": [0, *[3] * (len(blank) - 1)]})["impact"].value == 0
    assert half_answered(definition, {"impact": [0, *blank[1:]]}) == {}
    assert score(definition, {"impact": [1, *blank[1:]]})["impact"].value is None
    # Whether there are difficulties at all is not known.
    assert score(definition, {"impact": [None, *[3] * (len(blank) - 1)]})["impact"].value is None


# --- Every instrument -----------------------------------------------------------------------


@pytest.mark.parametrize("code", SHIPPED)
@settings(max_examples=30)
@given(data=st.data())
def test_no_answers_give_a_score_outside_its_range(code, data):
    definition = SHIPPED[code]
    answers = {
        column.key: data.draw(
            st.lists(
                st.none() | st.integers(column.least, column.most),
                min_size=column.count,
                max_size=column.count,
            )
        )
        for column in definition.columns
    }
    for key, found in score(definition, answers).items():
        least, most = definition.range_of(key)
        assert found.value is None or least <= found.value <= most
        assert 0 <= found.answered <= found.asked


@pytest.mark.parametrize("code", SHIPPED)
def test_an_answer_outside_the_range_is_refused_by_its_number(code):
    for column in SHIPPED[code].columns:
        for wrong in (column.least - 1, column.most + 1):
            answers = [column.least] * column.count
            answers[column.count - 1] = wrong
            with pytest.raises(OutOfRange) as refused:
                score(SHIPPED[code], {column.key: answers})
            assert (refused.value.key, refused.value.item) == (column.key, column.count)


def test_a_column_that_is_not_there_or_too_short_is_a_mistake_of_ours():
    with pytest.raises(ValueError, match="no other"):
        score(ECBI, {"other": []})
    with pytest.raises(ValueError, match="36 items"):
        score(ECBI, {"intensity": [1]})


@given(st.integers(0, 10_000), st.integers(1, 100))
def test_rounding_is_the_floor_of_a_half_more(numerator, denominator):
    exact = Fraction(numerator, denominator)
    assert rounded(numerator, denominator) == math.floor(Fraction(1, 2) + exact)


def test_half_answered_names_the_items_and_nothing_of_a_column_that_nobody_began():
    answers = {"intensity": without([4] * 36, {2, 9}), "problem": [None] * 36}
    assert half_answered(ECBI, answers) == {"intensity": [2, 9]}


def test_what_two_people_typed_is_compared_answer_by_answer():
    first = {"intensity": [4] * 36}
    second = {"intensity": [4] * 35 + [5], "problem": [1] + [None] * 35}
    found = [(column.key, *more) for column, *more in differences(ECBI, first, second)]
    assert found == [("intensity", 36, 4, 5), ("problem", 1, None, 1)]
    assert differences(ECBI, second, second) == []


# --- Totals ---------------------------------------------------------------------------------


def test_totals_are_taken_as_they_are_and_sums_follow():
    parts = {"emotional": 4, "conduct": 3, "hyperactivity": 7, "peer": 2}
    found = {key: each.value for key, each in score_totals(SDQ_PARENT, parts).items()}
    assert found == parts | {"total": 16, "externalising": 10, "internalising": 6}
    assert score_totals(SDQ_PARENT, {"total": 16})["total"].value == 16


@pytest.mark.parametrize(("key", "value"), [("intensity", 35), ("intensity", 253), ("problem", 37)])
def test_a_total_that_cannot_be_is_refused(key, value):
    with pytest.raises(OutOfRange):
        score_totals(ECBI, {key: value})


def test_a_sum_that_is_not_the_sum_of_its_parts_is_refused():
    with pytest.raises(WrongSum) as refused:
        score_totals(SDQ_PARENT, {"conduct": 3, "hyperactivity": 7, "externalising": 11})
    assert (refused.value.key, refused.value.counted) == ("externalising", 10)


# --- Bands: each limit as the table of its source has it ---------------------------------------

FOUR = ["average", "raised", "high", "very_high"]
FOUR_LOW = ["average", "lowered", "low", "very_low"]
THREE = ["normal", "borderline", "abnormal"]
PARENT_FOUR = {
    "total": [(0, 13), (14, 16), (17, 19), (20, 40)],
    "emotional": [(0, 3), (4, 4), (5, 6), (7, 10)],
    "conduct": [(0, 2), (3, 3), (4, 5), (6, 10)],
    "hyperactivity": [(0, 5), (6, 7), (8, 8), (9, 10)],
    "peer": [(0, 2), (3, 3), (4, 4), (5, 10)],
    "prosocial": [(8, 10), (7, 7), (6, 6), (0, 5)],
    "impact": [(0, 0), (1, 1), (2, 2), (3, 10)],
}
TEACHER_FOUR = {
    "total": [(0, 11), (12, 15), (16, 18), (19, 40)],
    "emotional": [(0, 3), (4, 4), (5, 5), (6, 10)],
    "conduct": [(0, 2), (3, 3), (4, 4), (5, 10)],
    "hyperactivity": [(0, 5), (6, 7), (8, 8), (9, 10)],
    "peer": [(0, 2), (3, 4), (5, 5), (6, 10)],
    "prosocial": [(6, 10), (5, 5), (4, 4), (0, 3)],
    "impact": [(0, 0), (1, 1), (2, 2), (3, 6)],
}
PARENT_THREE = {
    "total": [(0, 13), (14, 16), (17, 40)],
    "emotional": [(0, 3), (4, 4), (5, 10)],
    "conduct": [(0, 2), (3, 3), (4, 10)],
    "hyperactivity": [(0, 5), (6, 6), (7, 10)],
    "peer": [(0, 2), (3, 3), (4, 10)],
    "prosocial": [(6, 10), (5, 5), (0, 4)],
    "impact": [(0, 0), (1, 1), (2, 10)],
}
TEACHER_THREE = {
    "total": [(0, 11), (12, 15), (16, 40)],
    "emotional": [(0, 4), (5, 5), (6, 10)],
    "conduct": [(0, 2), (3, 3), (4, 10)],
    "hyperactivity": [(0, 5), (6, 6), (7, 10)],
    "peer": [(0, 3), (4, 4), (5, 10)],
    "prosocial": [(6, 10), (5, 5), (0, 4)],
    "impact": [(0, 0), (1, 1), (2, 6)],
}
SMALL = {
    "total": [(0, 12), (13, 15), (16, 40)],
    "emotional": [(0, 2), (3, 3), (4, 10)],
    "conduct": [(0, 3), (4, 4), (5, 10)],
    "hyperactivity": [(0, 5), (6, 6), (7, 10)],
    "peer": [(0, 2), (3, 3), (4, 10)],
    "prosocial": [(7, 10), (6, 6), (0, 5)],
}
UK_FOUR, UK_THREE = "britiske grenseverdier, fire nivåer", "britiske grenseverdier, tre nivåer"
TABLES = [
    ("sdq-parent-4-17", UK_FOUR, FOUR, FOUR_LOW, PARENT_FOUR),
    ("sdq-teacher-4-17", UK_FOUR, FOUR, FOUR_LOW, TEACHER_FOUR),
    ("sdq-parent-4-17", UK_THREE, THREE, THREE, PARENT_THREE),
    ("sdq-teacher-4-17", UK_THREE, THREE, THREE, TEACHER_THREE),
    ("sdq-parent-2-4", UK_THREE, THREE, THREE, SMALL),
    (
        "ecbi",
        "amerikanske grenseverdier",
        ["under", "over"],
        [],
        {"intensity": [(36, 130), (131, 252)], "problem": [(0, 14), (15, 36)]},
    ),
]


@pytest.mark.parametrize(("code", "name", "codes", "low_codes", "table"), TABLES)
def test_every_score_of_every_scale_is_in_the_band_of_the_table(
    code, name, codes, low_codes, table
):
    shipped = bands_of(code, name)
    assert shipped.keys() == table.keys()
    for scale, limits in table.items():
        norm = Norm(scale, tuple(map(tuple, shipped[scale])))
        least, most = SHIPPED[code].range_of(scale)
        assert are_bands(norm.bands, least, most)
        expected = {
            value: said
            for said, (first, last) in zip(
                low_codes if scale == "prosocial" else codes, limits, strict=True
            )
            for value in range(first, last + 1)
        }
        assert sorted(expected) == list(range(least, most + 1))
        assert {value: band(norm, value) for value in expected} == expected


def test_norwegian_rows_are_there_and_empty():
    empty = [rows for _code, name, *_more, rows in NORM_SETS if name == "norske grenseverdier"]
    assert len(empty) == len(SHIPPED)
    assert all(not bands for rows in empty for bands in rows.values())
    assert band(Norm("intensity"), 200) == ""


def test_bands_must_cover_the_scale_and_rise():
    assert are_bands([("under", 0), ("over", 15)], 0, 36)
    for wrong in (
        [],
        [("over", 1)],
        [("under", 0), ("over", 37)],
        [("under", 0), ("over", 15), ("high", 15)],
    ):
        assert not are_bands(wrong, 0, 36)


def test_a_norm_holds_from_the_first_year_to_the_last_and_for_its_sex():
    both = Norm("total", (("average", 0),), 4, 6)
    girls = Norm("total", (("average", 0),), 4, 6, "girl")
    older = Norm("total", (("average", 0),), 7, None)
    norms = [both, girls, older]
    for age, sex, expected in [
        (3, "", None),
        (4, "", both),
        (6, "boy", both),
        (6, "girl", girls),
        (7, "girl", older),
        (17, "", older),
        (None, "", None),
    ]:
        assert norm_for(norms, "total", age, sex) is expected
    assert norm_for(norms, "peer", 5) is None
    ageless = Norm("stress")
    assert norm_for([ageless], "stress", None) is ageless


# --- Change -----------------------------------------------------------------------------------


@given(st.integers(36, 252), st.integers(36, 252), st.floats(1, 60), st.floats(0, 0.99))
def test_change_follows_the_formula_and_is_the_same_both_ways(before, after, sd, r):
    rci = reliable_change(before, after, sd, r)
    assert math.isclose(rci * sd * math.sqrt(2 * (1 - r)), before - after, abs_tol=1e-6)
    assert math.isclose(reliable_change(after, before, sd, r), -rci, abs_tol=1e-9)
    assert is_reliable(rci) == is_reliable(-rci) == (abs(rci) >= 1.96)


@pytest.mark.parametrize(("sd", "r"), [(0, 0.8), (-1, 0.8), (10, 1), (10, -0.1), (10, 1.5)])
def test_change_is_not_counted_from_what_cannot_be(sd, r):
    with pytest.raises(ValueError, match="impossible"):
        reliable_change(10, 20, sd, r)


def test_change_needs_fewer_points_the_surer_the_instrument_is():
    needed = [
        next(points for points in range(1, 300) if is_reliable(reliable_change(points, 0, 30, r)))
        for r in (0.5, 0.7, 0.9, 0.95)
    ]
    assert all(one > other for one, other in pairwise(needed))


@pytest.mark.parametrize(
    ("levels", "expected"),
    [([], False), ([0], False), ([3], False), ([0, 1], False), ([1, 3], False), ([0, 2], True)],
)
def test_opposite_is_ordinary_for_one_and_high_for_another(levels, expected):
    assert are_opposite(levels) == expected
