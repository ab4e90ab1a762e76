"""Measured change over time: what is drawn, the table beside it, and what can be said of it.

A change is held against the first measurement of the same person. That it is more than chance is
said only where the norms have what that takes, and which way is better only where they have bands.
"""

from dataclasses import dataclass
from enum import Enum

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from tibir.core.dates import brief_date, long_date
from tibir.instruments.chart import WIDTH, Chart, Line, Point, svg
from tibir.instruments.chart import Band as Zone
from tibir.instruments.kinds import LEVELS, Band, color_of
from tibir.instruments.scoring import is_reliable, norm_for, reliable_change


class Verdict(Enum):
    """What may be said of the change from the first to the last."""

    ONCE = "once"
    UNKNOWN = "unknown"
    BETTER = "better"
    WORSE = "worse"
    SAME = "same"


@dataclass(frozen=True)
class Row:
    """One value as the table says it."""

    on: str
    occasion: str
    informant: str
    value: str
    band: str
    color: str
    change: str


@dataclass(frozen=True)
class Told:
    """What is to be said of one person's values."""

    informant: str
    verdict: Verdict
    change: str


@dataclass(frozen=True)
class Progress:
    """One scale, with everybody who has answered it."""

    name: str
    chart: Chart
    rows: tuple[Row, ...]
    told: tuple[Told, ...]
    notes: tuple[str, ...]

    def picture(self, name, width=WIDTH):
        return svg(self.chart, name, width)


def progress(measurements, taken_for=None) -> list[Progress]:
    """One for each scale that has a value, of measurements that stand and have their instrument,
    norms and informant with them. The same questions in versions for several ages are one.

    `taken_for`: {measurement: {course: its name}}, said beside the occasion where a scale was
    measured for several courses."""
    groups = {}
    for each in sorted(measurements, key=lambda each: (each.taken_on, each.pk)):
        definition = each.instrument.parsed
        for order, scale in enumerate(definition.scales):
            if scale.key in each.scores:
                key = (each.instrument.licence, definition.informant, order, scale.key)
                groups.setdefault(key, []).append(each)
    found = [
        _progress(key[-1], of_scale, taken_for or {})
        for key, of_scale in sorted(groups.items(), key=_first)
    ]
    return [each for each in found if not each.chart.is_empty]


def _first(group):
    (licence, informant, order, _scale), _measurements = group
    return licence, informant, order


def _progress(scale, measurements, taken_for):
    last = measurements[-1]
    definition = last.instrument.parsed
    name = f"{last.instrument.label}, {_(definition.scale(scale).name)}"
    least, most = _range(scale, measurements)
    by_person = {}
    for each in measurements:
        by_person.setdefault(each.informant_id, []).append(each)
    norms = [_norm(each, scale) for each in measurements]
    changes = {}
    for of_one in by_person.values():
        changes |= _changes(scale, of_one)
    zones, notes = _zones(norms, most)
    chart = Chart(
        title=name,
        description=_description(scale, by_person.values()),
        least=least,
        most=most,
        lines=tuple(_line(scale, of_one, changes) for of_one in by_person.values()),
        bands=zones,
        marked=_("mer enn tilfeldigheter kan forklare"),
    )
    of_courses = {each.pk: taken_for.get(each.pk, {}) for each in measurements}
    if len({course for names in of_courses.values() for course in names}) < 2:
        of_courses = {}
    rows = tuple(
        _row(scale, each, changes, of_courses.get(each.pk, {}).values()) for each in measurements
    )
    told = tuple(_told(scale, of_one) for of_one in by_person.values())
    return Progress(name, chart, rows, told, (*_sources(measurements), *notes))


def _range(scale, measurements):
    ranges = [each.instrument.parsed.range_of(scale) for each in measurements]
    return min(least for least, _most in ranges), max(most for _least, most in ranges)


def _norm(measurement, scale):
    norms = measurement.norm_set.norms if measurement.norm_set else []
    return norm_for(norms, scale, measurement.age, measurement.sex)


def _value(measurement, scale):
    return measurement.scores[scale]["value"]


def _changes(scale, of_one):
    """{measurement: (words, is more than chance)} for all after the first that has a value."""
    first, found = None, {}
    for each in of_one:
        value = _value(each, scale)
        if value is None:
            continue
        if first is None:
            first = each
            continue
        points = value - _value(first, scale)
        said = "±0" if not points else f"{points:+d}".replace("-", "−")
        rci = _rci(first, each, scale)
        found[each.pk] = (said, rci is not None and is_reliable(rci))
    return found


def _rci(first, last, scale):
    """None where the norms do not have what it takes."""
    norm = _norm(last, scale)
    if norm is None or norm.sd is None or norm.reliability is None:
        return None
    return reliable_change(_value(first, scale), _value(last, scale), norm.sd, norm.reliability)


def _line(scale, of_one, changes):
    return Line(
        str(of_one[0].informant),
        tuple(
            None
            if _value(each, scale) is None
            else Point(
                each.taken_on,
                _value(each, scale),
                brief_date(each.taken_on),
                changes.get(each.pk, ("", False))[1],
            )
            for each in of_one
        ),
    )


def _zones(norms, most):
    """The bands, when they are the same for all that is drawn; else a sentence that says so."""
    bands = {norm.bands if norm else () for norm in norms}
    if len(bands) > 1:
        return (), [_("Grenseverdiene er ikke de samme for alle målingene, og er ikke tegnet.")]
    (same,) = bands
    if not same:
        return (), [_("Ingen grenseverdier er fylt inn for dette. Skårene står uten nivå.")]
    ends = [*(least for _code, least in same[1:]), most]
    zones = zip(same, ends, strict=True)
    return tuple(Zone(str(Band(c).label), least, end) for (c, least), end in zones), []


def _sources(measurements):
    """Which norms were used, each once."""
    sets = {each.norm_set_id: each.norm_set for each in measurements if each.norm_set}
    for norm_set in sets.values():
        about = {"name": norm_set.label, "source": norm_set.source_label}
        yield _("Nivåene er etter %(name)s. Kilde: %(source)s.") % about


def _description(scale, people):
    sentences = []
    for of_one in people:
        values = [
            f"{_value(each, scale)} ({brief_date(each.taken_on)})"
            for each in of_one
            if _value(each, scale) is not None
        ]
        if values:
            sentences.append(f"{of_one[0].informant}: {', '.join(values)}.")
    return " ".join(sentences)


def _row(scale, each, changes, courses):
    value, code = _value(each, scale), each.scores[scale]["band"]
    of = f"({', '.join(courses)})" if courses else ""
    change, is_marked = changes.get(each.pk, ("", False))
    if is_marked:
        change = _("%(points)s, mer enn tilfeldigheter kan forklare") % {"points": change}
    return Row(
        on=long_date(each.taken_on),
        occasion=f"{each.get_occasion_display()} {of}".rstrip(),
        informant=str(each.informant),
        value=_("kan ikke regnes ut") if value is None else str(value),
        band=str(Band(code).label) if code else "",
        color=color_of(code),
        change=change,
    )


def _told(scale, of_one):
    known = [each for each in of_one if _value(each, scale) is not None]
    who = str(of_one[0].informant)
    if len(known) < 2:
        return Told(who, Verdict.ONCE, "")
    first, last = known[0], known[-1]
    points = _value(last, scale) - _value(first, scale)
    said = "±0" if not points else f"{points:+d}".replace("-", "−")
    rci, better = _rci(first, last, scale), _less_is_better(_norm(last, scale))
    if rci is None or better is None:
        return Told(who, Verdict.UNKNOWN, said)
    if not is_reliable(rci):
        return Told(who, Verdict.SAME, said)
    return Told(who, Verdict.BETTER if (rci > 0) is better else Verdict.WORSE, said)


def _less_is_better(norm):
    """Whether the ordinary is at the low end; None where no band says so."""
    if norm is None or len(norm.bands) < 2:
        return None
    low, high = (LEVELS[Band(code)] for code, _least in (norm.bands[0], norm.bands[-1]))
    return None if low == high else low < high


def verdicts(found) -> list[tuple[str, str]]:
    """What the one who gives the course should know, as (verdict, sentence): who gets worse, who
    does not get better, who does, and where nothing can be said, and why."""
    said = {verdict: [] for verdict in Verdict}
    for each in found:
        for told in each.told:
            change = f" ({told.change})" if told.change else ""
            said[told.verdict].append(f"{capfirst(each.name)}, {told.informant}{change}")
    sentences = {
        Verdict.WORSE: _("Sikker forverring: %(what)s."),
        Verdict.SAME: _("Ingen sikker bedring: %(what)s."),
        Verdict.BETTER: _("Sikker bedring: %(what)s."),
        Verdict.UNKNOWN: _(
            "Om endringen er mer enn tilfeldig, kan ikke sies, fordi normene mangler tall for "
            "det: %(what)s."
        ),
        Verdict.ONCE: _("Målt bare én gang, så ingen endring å se: %(what)s."),
    }
    return [
        (verdict.value, words % {"what": "; ".join(said[verdict])})
        for verdict, words in sentences.items()
        if said[verdict]
    ]


def is_not_improving(found) -> bool:
    """Nobody is surely better, and somebody surely is not: never said where it cannot be known."""
    seen = {told.verdict for each in found for told in each.told}
    return bool(seen & {Verdict.SAME, Verdict.WORSE}) and Verdict.BETTER not in seen


def of_goals(series, title, ends="") -> Chart:
    """Goals from 0 to 10: `series` are (name, [(day, value), …]), what was said first on a day
    before what was said last. `ends` is what 0 and 10 are."""
    lines = tuple(
        Line(name, tuple(Point(day, value, brief_date(day)) for day, value in _by_day(points)))
        for name, points in series
    )
    said = " ".join(
        f"{line.name}: {', '.join(f'{p.value:g} ({p.said})' for p in line.known)}."
        for line in lines
        if line.known
    )
    return Chart(title=title, description=f"{ends} {said}".strip(), least=0, most=10, lines=lines)


def _by_day(points):
    return sorted(points, key=lambda point: point[0])
