"""What may be known of a family, as data: each fact with its type. A fact that is absent is
unknown.

A type counts out its values once (its cells), so that every condition over it becomes a set of
cells, kept as the bits of one whole number. Asking whether a condition holds, whether a rule can
ever hold, and what no rule catches are then questions about the same sets.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property


class BadFacts(ValueError):
    """Something that is no fact of the catalogue, or no value of its type."""


class BadValue(ValueError):
    """A condition that asks for what the fact can never be. `code` says in what way."""

    def __init__(self, code):
        super().__init__(code)
        self.code = code


WRONG_OPERATOR, WRONG_TYPE, NO_SUCH_CHOICE = "wrong_operator", "wrong_type", "no_such_choice"
OUT_OF_RANGE, BACKWARDS, NO_SUCH_BAND, NOTHING = "out_of_range", "backwards", "no_band", "nothing"


@dataclass(frozen=True)
class Number:
    """A whole number from `low` to `high`, both included. Bands are named ranges inside it."""

    low: int
    high: int
    bands: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    kind = "number"
    operators = ("at_least", "at_most", "between", "in_band")

    @cached_property
    def values(self):
        return tuple(range(self.low, self.high + 1))

    def clean(self, value):
        if type(value) is not int or not self.low <= value <= self.high:
            raise BadFacts
        return value

    def cells(self, operator, value):
        if operator == "at_least":
            low, high = self._whole(value), self.high
        elif operator == "at_most":
            low, high = self.low, self._whole(value)
        elif operator == "between":
            if not _is_list(value) or len(value) != 2:
                raise BadValue(WRONG_TYPE)
            low, high = map(self._whole, value)
        else:
            return self._in_bands(value)
        if low > high:
            raise BadValue(BACKWARDS)
        return self._range(low, high)

    def _whole(self, value):
        if type(value) is not int:
            raise BadValue(WRONG_TYPE)
        if not self.low <= value <= self.high:
            raise BadValue(OUT_OF_RANGE)
        return value

    def _in_bands(self, names):
        chosen = 0
        for name in _some(names):
            if name not in self.bands:
                raise BadValue(NO_SUCH_BAND)
            chosen |= self._range(*self.bands[name])
        return chosen

    def _range(self, low, high):
        return (1 << high - self.low + 1) - (1 << low - self.low)

    def written(self):
        bands = {name: list(limits) for name, limits in self.bands.items()}
        return {"type": self.kind, "low": self.low, "high": self.high, "bands": bands}


@dataclass(frozen=True)
class YesNo:
    kind = "boolean"
    operators = ("is",)
    values = (True, False)

    def clean(self, value):
        if type(value) is not bool:
            raise BadFacts
        return value

    def cells(self, operator, value):
        if type(value) is not bool:
            raise BadValue(WRONG_TYPE)
        return 1 if value else 2

    def written(self):
        return {"type": self.kind}


@dataclass(frozen=True)
class Choice:
    """One of some words. Where their order means something, the least grave comes first."""

    choices: tuple[str, ...]
    kind = "choice"
    operators = ("one_of", "none_of")

    @property
    def values(self):
        return self.choices

    def clean(self, value):
        if value not in self.choices:
            raise BadFacts
        return value

    def cells(self, operator, value):
        chosen = sum(1 << self._place(each) for each in _some(value))
        return chosen if operator == "one_of" else ~chosen & everything(self)

    def _place(self, word):
        if word not in self.choices:
            raise BadValue(NO_SUCH_CHOICE)
        return self.choices.index(word)

    def written(self):
        return {"type": self.kind, "choices": list(self.choices)}


@dataclass(frozen=True)
class Several:
    """Any number of some words; none of them is an answer too. At most eight words."""

    choices: tuple[str, ...]
    kind = "set"
    operators = ("any_of", "all_of", "none_of", "count_at_least")

    @cached_property
    def values(self):
        return tuple(
            tuple(word for place, word in enumerate(self.choices) if bits >> place & 1)
            for bits in range(1 << len(self.choices))
        )

    def clean(self, value):
        if not _is_list(value) or not set(value) <= set(self.choices):
            raise BadFacts
        return tuple(word for word in self.choices if word in value)

    def cells(self, operator, value):
        if operator == "count_at_least":
            if type(value) is not int:
                raise BadValue(WRONG_TYPE)
            if not 1 <= value <= len(self.choices):
                raise BadValue(OUT_OF_RANGE)
            return self._where(lambda words: len(words) >= value)
        wanted = set(_some(value))
        if not wanted <= set(self.choices):
            raise BadValue(NO_SUCH_CHOICE)
        return self._where(
            {
                "any_of": lambda words: wanted & set(words),
                "all_of": lambda words: wanted <= set(words),
                "none_of": lambda words: not wanted & set(words),
            }[operator]
        )

    def _where(self, holds):
        return sum(1 << place for place, words in enumerate(self.values) if holds(words))

    def written(self):
        return {"type": self.kind, "choices": list(self.choices)}


def everything(kind):
    return (1 << len(kind.values)) - 1


def _is_list(value):
    return isinstance(value, list | tuple)


def _some(value):
    if not _is_list(value) or not all(isinstance(each, str) for each in value):
        raise BadValue(WRONG_TYPE)
    if not value:
        raise BadValue(NOTHING)
    return dict.fromkeys(value)


# --- The facts that TIBIR can tell of --------------------------------------------------------

BAND = Choice(("below", "borderline", "above"))
# From how far a score is from the ordinary, as instruments count it: 0 within, 3 furthest away.
BAND_OF_LEVEL = ("below", "borderline", "above", "above")
SERVICES = (
    "screening", "counselling", "pmto_therapy", "parent_group", "social_skills", "consultation",
)  # fmt: skip

CATALOGUE = {
    "age": Number(0, 18, {"under_3": (0, 2), "target": (3, 12), "over_12": (13, 18)}),
    "thrives": Choice(("well", "mixed", "badly")),  # first gate question
    "worries": YesNo(),  # second gate question
    "ecbi_intensity_first": BAND,
    "ecbi_intensity_second": BAND,
    "ecbi_problem_first": BAND,
    "ecbi_problem_second": BAND,
    "pss_first": BAND,
    "pss_second": BAND,
    "sdq_parent": BAND,
    "sdq_teacher": BAND,
    "negativity_months": Number(0, 216, {"none": (0, 0), "short": (1, 5), "long": (6, 216)}),
    "serious": YesNo(),
    "burdens": Several(
        ("health", "mental_health", "substance", "economy", "conflict", "loss", "other")
    ),
    "behaviour_problems": YesNo(),
    "arenas": Several(("home", "kindergarten", "school", "leisure")),
    "earlier": Several(SERVICES),
    "preference": Choice(("group", "individual", "either", "nothing")),
    "suits_group": YesNo(),
    "agrees_to_contact": YesNo(),  # with the kindergarten or the school
    "violence_or_neglect": YesNo(),
}


def read_type(written):
    """The type that was `written`, which is the same again: a stored rule set knows its facts.

    Raises KeyError, TypeError or ValueError for what never was one.
    """
    match written["type"]:
        case "number":
            bands = {name: (low, high) for name, (low, high) in written["bands"].items()}
            in_order = sorted(bands.items(), key=lambda band: band[1])
            return Number(int(written["low"]), int(written["high"]), dict(in_order))
        case "boolean":
            return YesNo()
        case "choice":
            return Choice(tuple(written["choices"]))
        case "set":
            return Several(tuple(written["choices"]))
        case other:
            raise ValueError(other)


def written(catalogue):
    return {name: kind.written() for name, kind in catalogue.items()}


def clean(facts, catalogue):
    """The facts in one form, so that equal ones are stored as equal. Unknown ones (None) go.

    Raises BadFacts with the name of the first that is not in the catalogue, or not of its type.
    """
    for name in facts:
        if name not in catalogue:
            raise BadFacts(name)
    found = {}
    for name, kind in catalogue.items():
        value = facts.get(name)
        if value is None:
            continue
        try:
            value = kind.clean(value)
        except BadFacts:
            raise BadFacts(name) from None
        found[name] = list(value) if isinstance(value, tuple) else value
    return found


def canonical(value):
    """One text for equal values, whatever order their keys came in."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
