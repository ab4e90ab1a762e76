"""A chart over time as SVG: values in, markup out. Knows no Django, and no word of its own.

Every line has a marker and a dash of its own beside its colour, so that it can be read in black and
white. Colours stand as attributes, for a letter, and again by class, for a page that may be dark;
there is no style inside, which a page would not be allowed to show.
"""

from dataclasses import dataclass
from datetime import date
from html import escape
from textwrap import wrap

WIDTH, HEIGHT = 560, 300
NARROW = 270  # the same picture drawn for a telephone, so that its letters can be read there
LEFT, RIGHT, BOTTOM = 44, 14, 34
ROW = 18  # one name above the plot
NAME_WIDTH = 6.6  # points to a letter, on the safe side
SIZE = 12
APART = 84  # between two days below
MARKS = ("circle", "square", "triangle", "diamond", "cross")
DASHES = ("", "7 4", "2 3", "9 3 2 3", "4 2")
INKS = ("#0b5c4b", "#8a3b12", "#1f4e8c", "#6b2d73", "#55606e")
GREYS = ("#f4f5f4", "#e6e9e7", "#d6dbd8", "#c4cbc7")
TEXT, AXIS = "#1c2430", "#55606e"


@dataclass(frozen=True)
class Point:
    """A value on a day. `said` is the day as people read it; `is_marked` is that the change to
    here is more than chance can explain."""

    on: date
    value: float
    said: str
    is_marked: bool = False


@dataclass(frozen=True)
class Line:
    """What one person says, or one goal; None among the points is a gap that is not drawn over."""

    name: str
    points: tuple[Point | None, ...]

    @property
    def known(self):
        return [point for point in self.points if point is not None]


@dataclass(frozen=True)
class Band:
    """A name for the values from `least` to `most`, both ends belonging to it."""

    name: str
    least: float
    most: float


@dataclass(frozen=True)
class Chart:
    """`least` to `most` is the range that a value can have."""

    title: str
    description: str
    least: float
    most: float
    lines: tuple[Line, ...]
    bands: tuple[Band, ...] = ()
    marked: str = ""  # what a marked point means

    @property
    def days(self):
        return [point.on for line in self.lines for point in line.known]

    @property
    def is_empty(self):
        return not self.days


@dataclass(frozen=True)
class Frame:
    """Where the plot is, in points of the picture."""

    top: float
    first: date
    last: date
    least: float
    most: float
    width: float = WIDTH

    def x(self, day: date) -> float:
        """A single day stands in the middle."""
        span = (self.last - self.first).days
        part = (day - self.first).days / span if span else 0.5
        return LEFT + 10 + part * (self.width - LEFT - RIGHT - 20)

    def y(self, value: float) -> float:
        height = HEIGHT - BOTTOM - self.top
        part = (value - self.least) / (self.most - self.least)
        return HEIGHT - BOTTOM - part * height


def frame(chart: Chart, width: float = WIDTH) -> Frame:
    """Raises ValueError for a range without length, and for a value outside of it."""
    if not chart.most > chart.least:
        raise ValueError("a chart needs a range")
    values = [point.value for line in chart.lines for point in line.known]
    if any(not chart.least <= value <= chart.most for value in values):
        raise ValueError("a value is outside the range")
    top = 14 + ROW * len(_rows(chart, width))
    return Frame(top, min(chart.days), max(chart.days), chart.least, chart.most, width)


class Markup(str):
    """A picture that was made here, in which every text is escaped already: a template shows it
    as it is."""

    __slots__ = ()

    def __html__(self):
        return self


def svg(chart: Chart, name: str, width: float = WIDTH) -> Markup:
    """The picture, `width` points wide; "" without a single value. `name` tells it from the others
    on the page.

    Raises ValueError as `frame` does.
    """
    if chart.is_empty:
        return Markup()
    place = frame(chart, width)
    inside = [
        *_bands(chart, place),
        *_axes(chart, place),
        *(part for number, line in enumerate(chart.lines) for part in _line(line, number, place)),
        *_names(chart, width),
    ]
    return Markup(
        f'<svg xmlns="http://www.w3.org/2000/svg" class="t-chart" role="img" '
        f'viewBox="0 0 {width} {HEIGHT}" aria-labelledby="{name}-title {name}-desc">'
        f'<title id="{name}-title">{escape(chart.title)}</title>'
        f'<desc id="{name}-desc">{escape(chart.description)}</desc>'
        f"{''.join(inside)}</svg>"
    )


def _text(x, y, said, *, anchor="start", fill=TEXT, kind="text"):
    return (
        f'<text class="t-chart__{kind}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" '
        f'font-family="Inter" font-size="{SIZE}" fill="{fill}">{escape(said)}</text>'
    )


def _bands(chart, place):
    for number, band in enumerate(chart.bands):
        high, low = place.y(min(band.most, chart.most)), place.y(max(band.least, chart.least))
        grey = min(number, len(GREYS) - 1)
        yield (
            f'<rect class="t-chart__band t-chart__band--{grey}" x="{LEFT}" y="{high:.1f}" '
            f'width="{place.width - LEFT - RIGHT}" height="{max(low - high, 0):.1f}" '
            f'fill="{GREYS[grey]}"/>'
        )
        if low - high >= SIZE + 2:
            end, free = place.width - RIGHT - 6, _free(chart, place, high, low)
            yield _text(end, free + SIZE / 3, band.name, anchor="end", fill=AXIS, kind="name")


def _free(chart, place, high, low):
    """Where in a band its name is farthest from the lines, which end there: in the middle as long
    as nothing is near."""
    ends = [place.y(line.known[-1].value) for line in chart.lines if line.known]
    room = SIZE / 2 + 3
    found = [(low + high) / 2, *((high + room, low - room) if low - high > 4 * room else ())]
    near = [min(abs(each - end) for end in ends) for each in found]
    return found[0] if near[0] >= 2 * room else found[near.index(max(near))]


def _axes(chart, place):
    bottom = HEIGHT - BOTTOM
    yield (
        f'<path class="t-chart__axis" d="M{LEFT} {place.top:.1f}V{bottom}H{place.width - RIGHT}" '
        f'fill="none" stroke="{AXIS}" stroke-width="1"/>'
    )
    for value in ticks(chart):
        yield _text(
            LEFT - 6, place.y(value) + SIZE / 3, f"{value:g}", anchor="end", fill=AXIS, kind="name"
        )
    for point in shown_days(chart, place):
        yield _text(
            _within(place, place.x(point.on)), bottom + 20, point.said, anchor="middle", fill=AXIS,
            kind="name",
        )  # fmt: skip


def _within(place, x):
    """A date in the middle of its point stays in the picture."""
    return min(max(x, LEFT + 28), place.width - RIGHT - 34)


def ticks(chart: Chart) -> list[float]:
    """The ends of the range and where a band begins, as far as there is room for the figures."""
    wanted = [chart.least, chart.most, *(band.least for band in chart.bands)]
    if not chart.bands:
        wanted.append((chart.least + chart.most) / 2)
    room = (chart.most - chart.least) * 0.07
    kept = []
    for value in wanted:
        if all(abs(value - other) >= room for other in kept):
            kept.append(value)
    return sorted(kept)


def shown_days(chart: Chart, place: Frame) -> list[Point]:
    """The days that are written below: the first, the last, and those with room between."""
    by_day = {point.on: point for line in chart.lines for point in line.known}
    points = [by_day[day] for day in sorted(by_day)]
    kept = [points[0]]
    last = points[-1]
    for point in points[1:-1]:
        x = place.x(point.on)
        if x - place.x(kept[-1].on) >= APART and place.x(last.on) - x >= APART:
            kept.append(point)
    if last.on != points[0].on:
        kept.append(last)
    return kept


def _line(line, number, place):
    ink, dash = INKS[number % len(INKS)], DASHES[number % len(DASHES)]
    dashed = f' stroke-dasharray="{dash}"' if dash else ""
    for run in runs(line):
        if len(run) > 1:
            path = "L".join(f"{place.x(p.on):.1f} {place.y(p.value):.1f}" for p in run)
            yield (
                f'<path class="t-chart__line t-chart__line--{number % len(INKS)}" d="M{path}" '
                f'fill="none" stroke="{ink}" stroke-width="2"{dashed}/>'
            )
    for point in line.known:
        yield _mark(place.x(point.on), place.y(point.value), number, ink)
        if point.is_marked:
            yield (
                f'<circle class="t-chart__ring t-chart__line--{number % len(INKS)}" '
                f'cx="{place.x(point.on):.1f}" cy="{place.y(point.value):.1f}" r="9" fill="none" '
                f'stroke="{ink}" stroke-width="1.5"/>'
            )


def runs(line: Line) -> list[list[Point]]:
    """The points between the gaps, each run drawn by itself."""
    found = [[]]
    for point in line.points:
        if point is None:
            found.append([])
        else:
            found[-1].append(point)
    return [run for run in found if run]


def _mark(x, y, number, ink):
    shape = MARKS[number % len(MARKS)]
    d = {
        "square": f"M{x - 4:.1f} {y - 4:.1f}h8v8h-8z",
        "triangle": f"M{x:.1f} {y - 5:.1f}l5 9h-10z",
        "diamond": f"M{x:.1f} {y - 6:.1f}l5 6l-5 6l-5 -6z",
        "cross": f"M{x - 5:.1f} {y - 1.5:.1f}h10v3h-10z M{x - 1.5:.1f} {y - 5:.1f}h3v10h-3z",
    }.get(shape)
    kind = f"t-chart__mark t-chart__mark--{number % len(INKS)}"
    if d is None:
        return f'<circle class="{kind}" cx="{x:.1f}" cy="{y:.1f}" r="4.5" fill="{ink}"/>'
    return f'<path class="{kind}" d="{d}" fill="{ink}"/>'


def _rows(chart, width):
    """The names above the plot, as many beside each other as there is room for; one that is longer
    than a row goes on below."""
    found, used = [[]], 0.0
    for number, line in enumerate(chart.lines):
        needs = 34 + NAME_WIDTH * len(line.name)
        if found[-1] and used + needs > width - 8:
            found.append([])
            used = 0.0
        first, *more = _fitting(line.name, width)
        found[-1].append((used, MARKS[number % len(MARKS)], number, first))
        found += [[(0.0, "", None, part)] for part in more]
        used += needs
    if chart.marked and any(p.is_marked for line in chart.lines for p in line.known):
        first, *more = _fitting(chart.marked, width)
        found.append([(0.0, "ring", None, first)])
        found += [[(0.0, "", None, part)] for part in more]
    return found


def _fitting(name, width):
    return wrap(name, int((width - 34) / NAME_WIDTH)) or [name]


def _names(chart, width):
    for row, names in enumerate(_rows(chart, width)):
        y = 12 + ROW * row
        for left, shape, number, name in names:
            x = 4 + left
            if shape == "ring":
                yield (
                    f'<circle class="t-chart__ring t-chart__axis" cx="{x + 9:.1f}" cy="{y - 4}" '
                    f'r="6" fill="none" stroke="{AXIS}" stroke-width="1.5"/>'
                )
            elif shape:
                yield _mark(x + 9, y - 4, number, INKS[number % len(INKS)])
            yield _text(x + 22, y, name)


# --- Who came ---------------------------------------------------------------------------------

CAME, EXCUSED, ABSENT, NOT_ASKED = "came", "excused", "absent", "not_asked"


@dataclass(frozen=True)
class Strip:
    """Who came to each of some meetings, the first to the left: one row for each person, with one
    of the four words for each meeting. `words` say what each of them means."""

    title: str
    description: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, tuple[str, ...]], ...]
    words: dict[str, str]


STEP, GAP = 19, 14
STRIP_LEFT = 12


def strip_svg(strip: Strip, name: str, width: float = WIDTH) -> Markup:
    """The picture, `width` points wide; "" without a meeting. Long rows go on below, so that
    nothing gets too small.

    Raises ValueError for a row that is shorter or longer than the meetings.
    """
    count = len(strip.heads)
    if any(len(cells) != count for _who, cells in strip.rows):
        raise ValueError("a row has as many cells as there are meetings")
    if not count or not strip.rows:
        return Markup()
    parts, y = [], 14.0
    x, per_row = 4.0, int((width - 4 * STRIP_LEFT) // STEP)
    used = {cell for _who, cells in strip.rows for cell in cells}
    for state in (CAME, EXCUSED, ABSENT):
        if state in used:
            if x > 4 and x + 24 + NAME_WIDTH * len(strip.words[state]) > width:
                x, y = 4.0, y + ROW
            parts += [_cell(x + 8, y - 4, state), _text(x + 20, y, strip.words[state])]
            x += 40 + NAME_WIDTH * len(strip.words[state])
    y += GAP
    for start in range(0, count, per_row):
        y += GAP
        heads = strip.heads[start : start + per_row]
        for place, head in enumerate(heads):
            at = STRIP_LEFT + place * STEP + STEP / 2
            parts.append(_text(at, y, head, anchor="middle", fill=AXIS, kind="name"))
        for who, cells in strip.rows:
            y += ROW
            parts.append(_text(4, y, who))
            y += ROW
            for place, cell in enumerate(cells[start : start + per_row]):
                parts.append(_cell(STRIP_LEFT + place * STEP + STEP / 2, y - 4, cell))
        y += 4
    return Markup(
        f'<svg xmlns="http://www.w3.org/2000/svg" class="t-chart" role="img" '
        f'viewBox="0 0 {width} {y + 8:.0f}" aria-labelledby="{name}-title {name}-desc">'
        f'<title id="{name}-title">{escape(strip.title)}</title>'
        f'<desc id="{name}-desc">{escape(strip.description)}</desc>'
        f"{''.join(parts)}</svg>"
    )


def _cell(x, y, state):
    ink = INKS[0]
    if state == CAME:
        return _mark(x, y, 0, ink)
    if state == EXCUSED:
        return (
            f'<circle class="t-chart__ring t-chart__line--0" cx="{x:.1f}" cy="{y:.1f}" r="4" '
            f'fill="none" stroke="{ink}" stroke-width="1.5"/>'
        )
    if state == ABSENT:
        return (
            f'<path class="t-chart__line--1" d="M{x - 4:.1f} {y - 4:.1f}l8 8m0 -8l-8 8" '
            f'fill="none" stroke="{INKS[1]}" stroke-width="2"/>'
        )
    return ""
