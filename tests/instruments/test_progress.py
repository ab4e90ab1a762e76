"""Measured change: the table says what the chart draws, and nothing is said that is not known."""

from datetime import date

import pytest

from tests.instruments.paper import answered, cast
from tibir.instruments.models import Measurement, NormRow, NormSet
from tibir.instruments.progress import Verdict, is_not_improving, of_goals, progress, verdicts

pytestmark = pytest.mark.django_db


@pytest.fixture
def people():
    case, (mother, father), by = cast(father="yes")
    return case, mother, father, by


def measured(people, who, *values, code="ecbi", scale="intensity"):
    for number, value in enumerate(values):
        answered(who, by=people[3], code=code, days_ago=30 * (len(values) - number),
                 totals={scale: value}, occasion="other")  # fmt: skip


def found(people):
    return progress(Measurement.objects.of_case(people[0]).standing().for_list())


def sure(**about):
    """The norms of ECBI's intensity have what a change is held against."""
    rows = NormRow.objects.filter(norm_set__code="ecbi", scale="intensity")
    rows.update(**({"sd": 35, "reliability": 0.9} | about))


def told(people):
    (one,) = found(people)
    return {each.informant.split()[0]: each.verdict for each in one.told}


def test_the_table_and_the_chart_have_the_same_figures(people):
    _case, mother, father, _by = people
    measured(people, mother, 171, 150, 120)
    measured(people, father, 99)
    (one,) = found(people)
    drawn = sorted((p.value, line.name) for line in one.chart.lines for p in line.known)
    assert drawn == sorted((int(row.value), row.informant) for row in one.rows)
    assert len(one.chart.lines) == 2
    for value in (171, 150, 120, 99):
        assert str(value) in one.chart.description
    assert (one.chart.least, one.chart.most) == (36, 252)
    assert [band.name for band in one.chart.bands] == ["under grensen", "over grensen"]
    assert any("amerikanske grenseverdier" in note for note in one.notes)


def test_what_cannot_be_counted_is_a_gap_and_stands_in_the_table(people):
    _case, mother, _father, by = people
    measured(people, mother, 171)
    blank = [None] * 10 + [4] * 26
    answered(mother, by=by, days_ago=5, answers={"intensity": blank}, occasion="other")
    (one,) = found(people)
    assert one.chart.lines[0].points[-1] is None
    assert one.rows[-1].value == "kan ikke regnes ut"
    assert one.told[0].verdict == Verdict.ONCE


@pytest.mark.parametrize(
    ("norms", "values", "verdict"),
    [
        ({}, (171, 120), Verdict.BETTER),
        ({}, (120, 171), Verdict.WORSE),
        ({}, (171, 170), Verdict.SAME),
        ({}, (171,), Verdict.ONCE),
        ({"sd": None}, (171, 120), Verdict.UNKNOWN),
        ({"reliability": None}, (171, 120), Verdict.UNKNOWN),
        ({"bands": []}, (171, 120), None),
    ],
)
def test_more_than_chance_is_said_only_where_the_norms_have_what_it_takes(
    people, norms, values, verdict
):
    sure(**norms)
    measured(people, people[1], *values)
    expected = verdict or Verdict.UNKNOWN
    assert told(people) == {people[1].person.first_name: expected}
    (one,) = found(people)
    marked = [p.is_marked for p in one.chart.lines[0].known]
    # Without bands it is more than chance, and nobody knows which way is better.
    assert any(marked) is (verdict in (Verdict.BETTER, Verdict.WORSE, None))
    assert ("mer enn tilfeldigheter" in one.rows[-1].change) is any(marked)


@pytest.mark.parametrize(
    ("mother", "father", "is_so"),
    [
        ((171, 170), (150, 149), True),
        ((171, 120), (150, 149), False),
        ((171, 170), (150,), True),
        ((171,), (150,), False),
    ],
)
def test_not_improving_is_said_when_somebody_surely_is_not_and_nobody_surely_is(
    people, mother, father, is_so
):
    sure()
    measured(people, people[1], *mother)
    measured(people, people[2], *father)
    assert is_not_improving(found(people)) is is_so
    assert verdicts(found(people))


def test_where_it_cannot_be_known_it_is_never_said(people):
    sure(sd=None)
    measured(people, people[1], 171, 200)
    assert not is_not_improving(found(people))
    ((verdict, sentence),) = verdicts(found(people))
    assert verdict == "unknown"
    assert "normene mangler tall" in sentence


def test_bands_that_are_not_the_same_for_all_are_not_drawn(people):
    _case, mother, _father, _by = people
    measured(people, mother, 171)
    NormSet.objects.filter(code="ecbi").update(is_in_use=False)
    answered(mother, by=people[3], days_ago=5, totals={"intensity": 150}, occasion="other")
    (one,) = found(people)
    assert one.chart.bands == ()
    assert any("ikke de samme" in note for note in one.notes)


def test_nothing_measured_is_nothing_drawn(people):
    assert found(people) == []


def test_goals_go_from_nought_to_ten():
    chart = of_goals([("Rolige kvelder", [(date(2026, 3, 1), 2), (date(2026, 4, 1), 6)])], "Mål")
    assert (chart.least, chart.most) == (0, 10)
    assert [p.value for p in chart.lines[0].known] == [2, 6]
    assert "Rolige kvelder: 2" in chart.description
