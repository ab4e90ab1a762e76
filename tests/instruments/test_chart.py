"""Charts: what is drawn is what is in the table, and nothing that is not known."""

import re
from datetime import date, timedelta
from itertools import pairwise
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as some

from tibir.instruments import chart
from tibir.instruments.chart import Band, Chart, Line, Point

DAY = date(2026, 3, 2)
SVG = "{http://www.w3.org/2000/svg}"


def point(days, value, *, is_marked=False):
    on = DAY + timedelta(days=days)
    return Point(on, value, f"{on:%d.%m.%Y}", is_marked)


def line(*values, name="Siv Tverrelv"):
    """A value every thirtieth day; None is a gap."""
    points = (None if v is None else point(30 * n, v) for n, v in enumerate(values))
    return Line(name, tuple(points))


def of(*lines, **about):
    about = {"title": "ECBI, intensitet", "description": "Fra 171 til 120."} | about
    return Chart(least=36, most=252, lines=lines, **about)


def drawn(picture):
    return ElementTree.fromstring(chart.svg(picture, "x"))  # noqa: S314 - our own


def classed(tree, name):
    return [each for each in tree.iter() if name in each.get("class", "").split()]


def test_it_says_what_it_is_to_those_who_cannot_see_it():
    tree = drawn(of(line(171, 120)))
    assert tree.get("role") == "img"
    assert tree.get("aria-labelledby") == "x-title x-desc"
    assert tree.find(f"{SVG}title").text == "ECBI, intensitet"
    assert tree.find(f"{SVG}desc").text == "Fra 171 til 120."


def test_without_a_value_there_is_no_picture():
    assert chart.svg(of(), "x") == ""
    assert chart.svg(of(line(None, None)), "x") == ""


def test_one_value_is_a_mark_in_the_middle_and_no_line():
    picture = of(line(171))
    tree = drawn(picture)
    assert len(classed(tree, "t-chart__mark--0")) == 2  # the one beside the name too
    assert not classed(tree, "t-chart__line--0")
    place = chart.frame(picture)
    assert place.x(DAY) == pytest.approx((chart.LEFT + chart.WIDTH - chart.RIGHT) / 2)


def test_nothing_is_drawn_over_a_gap():
    tree = drawn(of(line(171, 150, None, 120)))
    (path,) = classed(tree, "t-chart__line--0")
    assert path.get("d").count("L") == 1
    assert len(classed(tree, "t-chart__mark--0")) == 4


def test_each_person_has_a_colour_a_mark_and_a_dash_of_their_own():
    lines = [line(170, 120, name=f"Forelder {n}") for n in range(5)]
    tree = drawn(of(*lines))
    paths = [classed(tree, f"t-chart__line--{n}")[0] for n in range(5)]
    assert len({path.get("stroke") for path in paths}) == 5
    assert len({path.get("stroke-dasharray") for path in paths}) == 5
    marks = [classed(tree, f"t-chart__mark--{n}")[0] for n in range(5)]
    shapes = {re.sub(r"-?[\d.]+", "n", mark.get("d", "circle")) for mark in marks}
    assert len(shapes) == 5


def test_only_what_is_more_than_chance_is_ringed_and_the_ring_is_explained():
    said = "mer enn tilfeldigheter kan forklare"
    marked = Line("Siv", (point(0, 171), point(30, 120, is_marked=True)))
    tree = drawn(of(marked, marked=said))
    assert len(classed(tree, "t-chart__ring")) == 2
    assert said in "".join(tree.itertext())
    plain = drawn(of(line(171, 120), marked=said))
    assert not classed(plain, "t-chart__ring")
    assert said not in "".join(plain.itertext())


def test_bands_fill_the_range_and_stand_with_their_names():
    bands = (Band("under grensen", 36, 131), Band("over grensen", 131, 252))
    picture = of(line(171, 120), bands=bands)
    low, high = classed(drawn(picture), "t-chart__band")
    place = chart.frame(picture)
    assert float(low.get("y")) == pytest.approx(place.y(131), abs=0.1)
    bottom = float(low.get("y")) + float(low.get("height"))
    assert bottom == pytest.approx(chart.HEIGHT - chart.BOTTOM, abs=0.1)
    assert float(high.get("y")) == pytest.approx(place.top, abs=0.1)
    assert "over grensen" in "".join(drawn(picture).itertext())
    assert 131 in chart.ticks(picture)


def test_on_a_telephone_a_long_name_goes_on_below_and_all_of_it_is_there():
    name = "Wilhelmina Charlotte Bjørnstjerne Haugmyr (fostermor)"
    text = chart.svg(of(line(171, 120, name=name)), "x", chart.NARROW)
    tree = ElementTree.fromstring(text)  # noqa: S314 - our own
    written = [each.text for each in classed(tree, "t-chart__text")]
    assert " ".join(written) == name
    assert all(22 + len(each) * chart.NAME_WIDTH < chart.NARROW for each in written)
    assert all(float(each.get("cx", 0)) < chart.NARROW for each in classed(tree, "t-chart__mark"))


def test_the_name_of_a_band_is_not_written_over_the_end_of_a_line():
    picture = of(line(100, 84), bands=(Band("under grensen", 36, 132),))
    (name,) = [each for each in classed(drawn(picture), "t-chart__name") if "under" in each.text]
    assert abs(float(name.get("y")) - chart.frame(picture).y(84)) > chart.SIZE


def test_names_are_words_and_no_markup():
    tree = drawn(of(line(171, 120, name='<script>"&'), title="<b>", description='"'))
    assert '<script>"&' in "".join(tree.itertext())
    assert not tree.findall(f".//{SVG}script")


def test_nothing_in_it_needs_a_style_that_a_page_may_not_have():
    marked = Line("Siv", (point(0, 171), point(30, 120, is_marked=True)))
    text = chart.svg(of(marked, bands=(Band("x", 36, 252),), marked="y"), "x")
    assert "style" not in text
    assert "<script" not in text


@pytest.mark.parametrize(
    "picture", [Chart("x", "y", 5, 5, (line(5),)), of(line(20)), of(line(300))]
)
def test_what_cannot_be_drawn_is_refused(picture):
    with pytest.raises(ValueError, match="range"):
        chart.svg(picture, "x")


DAYS = some.integers(min_value=0, max_value=1500)
VALUES = some.integers(min_value=36, max_value=252)
POINTS = some.lists(some.tuples(DAYS, VALUES), min_size=1, max_size=30)


@given(some.lists(POINTS, min_size=1, max_size=7))
def test_every_value_of_the_table_is_in_the_picture_and_inside_of_it(rows):
    lines = [
        Line(f"Person {n}", tuple(point(*each) for each in sorted(row)))
        for n, row in enumerate(rows)
    ]
    picture = of(*lines)
    place = chart.frame(picture)
    tree = drawn(picture)
    assert len(classed(tree, "t-chart__mark")) == sum(map(len, rows)) + len(rows)
    for one in lines:
        for each in one.known:
            assert chart.LEFT <= place.x(each.on) <= chart.WIDTH - chart.RIGHT
            assert place.top - 0.01 <= place.y(each.value) <= chart.HEIGHT - chart.BOTTOM + 0.01
    shown = chart.shown_days(picture, place)
    gaps = [place.x(b.on) - place.x(a.on) for a, b in pairwise(shown)]
    assert all(gap >= chart.APART for gap in gaps[:-1])


@given(VALUES, VALUES)
def test_more_is_never_drawn_lower(one, other):
    place = chart.frame(of(line(36, 252)))
    assert (place.y(one) < place.y(other)) is (one > other)
