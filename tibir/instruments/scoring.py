"""From answers to scores, and from scores to what they mean by a norm. Knows no Django.

Rules of each instrument stand in its definition. What is general stands here: half points are
rounded up, floor(0.5 + x), as the SDQ's published scoring does (Python's `round` goes to the even
number); change is reliable by Jacobson and Truax, at |RCI| ≥ 1.96.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from tibir.instruments.definition import Definition, Rule, Scale

Answers = Mapping[str, Sequence[int | None]]  # by column, an answer or None for each item

RELIABLE = 1.96


class OutOfRange(ValueError):
    """An answer or a score that the instrument cannot give; `item` is 0 for a score."""

    def __init__(self, key, item, value, least, most):
        super().__init__(f"{key} {item}: {value} is not within {least}–{most}")
        self.key, self.item, self.value = key, item, value
        self.least, self.most = least, most


class WrongSum(ValueError):
    """A score that was given, and is not the sum of its parts, which were given too."""

    def __init__(self, key, given, counted):
        super().__init__(f"{key}: {given} is not {counted}")
        self.key, self.given, self.counted = key, given, counted


@dataclass(frozen=True)
class Score:
    """`value` is None when too many answers are missing. `answered` of `asked` items were there;
    both are None for a score that somebody else counted."""

    value: int | None
    answered: int | None = None
    asked: int | None = None

    @property
    def is_blank(self):
        """Nobody has answered any of it."""
        return self.answered == 0

    @property
    def missing(self):
        return None if self.answered is None else self.asked - self.answered


def rounded(numerator: int, denominator: int = 1) -> int:
    """floor(0.5 + numerator/denominator), in whole numbers; the denominator is above zero."""
    return (2 * numerator + denominator) // (2 * denominator)


def score(definition: Definition, answers: Answers) -> dict[str, Score]:
    """The score of each scale, in the definition's order.

    A column that is left out is unanswered. Raises OutOfRange for an answer outside its range,
    and ValueError for a column that is not there or has another number of items.
    """
    _check(definition, answers)
    found: dict[str, Score] = {}
    for scale in definition.scales:
        found[scale.key] = _sum(scale, found) if scale.parts else _of(scale, definition, answers)
    return found


def _check(definition, answers):
    unknown = set(answers) - {column.key for column in definition.columns}
    if unknown:
        raise ValueError(f"there is no {', '.join(sorted(unknown))}")
    for column in definition.columns:
        given = answers.get(column.key)
        if given is None:
            continue
        if len(given) != column.count:
            raise ValueError(f"{column.key} has {column.count} items, not {len(given)}")
        for item, answer in zip(column.numbers, given, strict=True):
            if answer is not None and not column.least <= answer <= column.most:
                raise OutOfRange(column.key, item, answer, column.least, column.most)


def _of(scale: Scale, definition, answers):
    column = definition.column(scale.column)
    given = answers.get(column.key) or [None] * column.count
    asked = len(scale.items)
    there = {item: given[item - 1] for item in scale.items if given[item - 1] is not None}
    if scale.unless:
        said = given[scale.unless.item - 1]
        if said == scale.unless.answer:
            return Score(scale.unless.score, asked, asked)
        if said is None:
            # Whether the others were to be answered is not known.
            return Score(None, len(there), asked)
    total = sum(column.counted(item, answer) for item, answer in there.items())
    gone = [item for item in scale.items if item not in there]
    if not there or len(gone) > scale.missing.most:
        return Score(None, len(there), asked)
    if scale.missing.rule == Rule.AS:
        total += sum(column.counted(item, scale.missing.value) for item in gone)
    elif gone:
        total = rounded(total * asked, len(there))
    return Score(total, len(there), asked)


def _sum(scale, found):
    parts = [found[part] for part in scale.parts]
    answered, asked = sum(each.answered for each in parts), sum(each.asked for each in parts)
    if any(each.value is None for each in parts):
        return Score(None, answered, asked)
    return Score(sum(each.value for each in parts), answered, asked)


def score_totals(definition: Definition, totals: Mapping[str, int]) -> dict[str, Score]:
    """The scores that somebody has counted already, and the sums that follow from them.

    Raises OutOfRange, and WrongSum for a sum that is given with all its parts and is another.
    """
    found: dict[str, Score] = {}
    for scale in definition.scales:
        value = totals.get(scale.key)
        if value is not None:
            least, most = definition.range_of(scale.key)
            if not least <= value <= most:
                raise OutOfRange(scale.key, 0, value, least, most)
        if scale.parts and all(part in found for part in scale.parts):
            counted = sum(found[part].value for part in scale.parts)
            if value is not None and value != counted:
                raise WrongSum(scale.key, value, counted)
            value = counted
        if value is not None:
            found[scale.key] = Score(value)
    return found


def half_answered(definition: Definition, answers: Answers) -> dict[str, list[int]]:
    """The empty items of each column that somebody has begun on, as item numbers.

    Where one answer has closed the rest of a column, none of it is missing.
    """
    found = {}
    for column in definition.columns:
        given = answers.get(column.key) or []
        gone = {item for item, answer in zip(column.numbers, given, strict=False) if answer is None}
        if len(gone) == len(given):
            continue
        if gone and not _is_closed(column, definition, given):
            found[column.key] = sorted(gone)
    return found


def _is_closed(column, definition, given):
    gates = [s.unless for s in definition.scales if s.unless and s.column == column.key]
    return any(given[gate.item - 1] == gate.answer for gate in gates)


def differences(definition: Definition, first: Answers, second: Answers):
    """What two people typed differently: (column, item, first answer, second answer)."""
    found = []
    for column in definition.columns:
        blank = [None] * column.count
        one, other = first.get(column.key) or blank, second.get(column.key) or blank
        pairs = zip(column.numbers, one, other, strict=True)
        found += [(column, item, a, b) for item, a, b in pairs if a != b]
    return found


@dataclass(frozen=True)
class Norm:
    """One row of a norm set: for one scale, ages in whole years (both ends belong to it; None is
    no limit), and one sex or "" for both. `bands` are (code, least score), the lowest first."""

    scale: str
    bands: tuple[tuple[str, int], ...] = ()
    least_age: int | None = None
    most_age: int | None = None
    sex: str = ""
    sd: float | None = None
    reliability: float | None = None

    def is_for(self, scale: str, age: int | None, sex: str) -> bool:
        if self.scale != scale or self.sex not in ("", sex):
            return False
        if self.least_age is None and self.most_age is None:
            return True
        if age is None:
            return False
        return (self.least_age or 0) <= age and (self.most_age is None or age <= self.most_age)


def norm_for(norms, scale: str, age: int | None, sex: str = "") -> Norm | None:
    """The row that holds; one for the child's own sex goes before one for both."""
    fitting = [norm for norm in norms if norm.is_for(scale, age, sex)]
    return max(fitting, key=lambda norm: bool(norm.sex), default=None)


def band(norm: Norm, value: int) -> str:
    """The code of the band that the score is in; "" where the row has none yet."""
    return next((code for code, least in reversed(norm.bands) if value >= least), "")


def are_bands(bands, least: int, most: int) -> bool:
    """Whether (code, least score) cover every score from `least` to `most`, lowest first."""
    starts = [start for _code, start in bands]
    is_rising = all(one < other for one, other in pairwise(starts))
    return bool(starts) and starts[0] == least and starts[-1] <= most and is_rising


def reliable_change(before: float, after: float, sd: float, reliability: float) -> float:
    """RCI = (before − after) / (SD · √2 · √(1 − r)), positive when the score has gone down.

    `sd` is above zero, and `reliability` from 0 up to, but not, 1; ValueError otherwise.
    """
    if not sd > 0 or not 0 <= reliability < 1:
        raise ValueError("the standard deviation or the reliability is impossible")
    return (before - after) / (sd * math.sqrt(2) * math.sqrt(1 - reliability))


def is_reliable(rci: float) -> bool:
    return abs(rci) >= RELIABLE


OPPOSITE = 2  # steps between two levels that nobody takes for the same picture


def are_opposite(levels) -> bool:
    """Whether some see nothing out of the ordinary, and others much of it.

    A level is how far a band is from the ordinary: 0 is within it.
    """
    levels = list(levels)
    return bool(levels) and min(levels) == 0 and max(levels) >= OPPOSITE
