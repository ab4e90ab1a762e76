"""What an instrument is, as data: which numbers are answered, and how they make scores.

Never a word of the items themselves: those are licensed, and stand on the paper. Knows no Django.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

MOST_ITEMS = 200
MOST_AGE = 120
NAME_LIMIT = 60
HELP_LIMIT = 200
KEY = re.compile(r"[a-z][a-z0-9_]{0,19}")


class Informant(StrEnum):
    """Who answers."""

    PARENT = "parent"
    TEACHER = "teacher"


class Rule(StrEnum):
    """What is done with items that nobody answered."""

    NONE = "none"  # no score without all of them
    AS = "as"  # counted as if `value` had been answered, as long as at most `most` are missing
    MEAN = "mean"  # counted as the mean of the others, as long as at most `most` are missing


class Fault(StrEnum):
    """Why something is no definition."""

    SHAPE = "shape"
    INFORMANT = "informant"
    AGES = "ages"
    KEY = "key"
    NAME = "name"
    TWICE = "twice"
    COUNT = "count"
    RANGE = "range"
    REVERSED = "reversed"
    RECODE = "recode"
    COLUMN = "column"
    ITEMS = "items"
    MISSING = "missing"
    UNLESS = "unless"
    SUM = "sum"
    EMPTY = "empty"


class InvalidDefinition(ValueError):
    """`where` is the key of the column or scale, or the name of what is wrong."""

    def __init__(self, fault, where=""):
        super().__init__(f"{fault}: {where}")
        self.fault, self.where = fault, where


@dataclass(frozen=True)
class Column:
    """One answer to each of `count` items: a whole number from `least` to `most`."""

    key: str
    name: str
    count: int
    least: int
    most: int
    reversed: frozenset[int] = frozenset()
    recode: tuple[int, ...] = ()  # what each answer counts as, from `least` on
    help: str = ""  # how what is ticked becomes a number

    @property
    def numbers(self):
        return range(1, self.count + 1)

    def counted(self, item: int, answer: int) -> int:
        """What an answer adds to a scale, which for a reversed item is the other way round."""
        if self.recode:
            answer = self.recode[answer - self.least]
            return max(self.recode) + min(self.recode) - answer if item in self.reversed else answer
        return self.least + self.most - answer if item in self.reversed else answer

    @property
    def counts_as(self):
        """(least, most) that one answer can add."""
        return (min(self.recode), max(self.recode)) if self.recode else (self.least, self.most)


@dataclass(frozen=True)
class Missing:
    rule: Rule
    most: int = 0  # how many items may be missing
    value: int = 0  # the answer that a missing one counts as; for `Rule.AS` alone


@dataclass(frozen=True)
class Unless:
    """An item that may say that the others are not asked: then the scale is `score`."""

    item: int
    answer: int
    score: int


@dataclass(frozen=True)
class Scale:
    """Either the sum of some items of one column, or the sum of other scales."""

    key: str
    name: str
    column: str = ""
    items: tuple[int, ...] = ()
    missing: Missing = Missing(Rule.NONE)
    unless: Unless | None = None
    parts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Definition:
    informant: Informant
    least_age: int | None  # whole years; none: for a grown-up, or for any age
    most_age: int | None
    columns: tuple[Column, ...]
    scales: tuple[Scale, ...]

    def column(self, key) -> Column:
        return next(column for column in self.columns if column.key == key)

    def scale(self, key) -> Scale:
        return next(scale for scale in self.scales if scale.key == key)

    def range_of(self, key) -> tuple[int, int]:
        """(least, most) that the scale can be."""
        scale = self.scale(key)
        if scale.parts:
            ranges = [self.range_of(part) for part in scale.parts]
        else:
            ranges = [self.column(scale.column).counts_as] * len(scale.items)
        least, most = (sum(ends) for ends in zip(*ranges, strict=True))
        if scale.unless:
            least, most = min(least, scale.unless.score), max(most, scale.unless.score)
        return least, most

    def fits_age(self, age) -> bool:
        """Whether it is for a child of this many whole years; unknown fits nothing with limits."""
        if self.least_age is None and self.most_age is None:
            return True
        if age is None:
            return False
        return (self.least_age or 0) <= age <= (self.most_age or MOST_AGE)


def parse(data) -> Definition:
    """The definition that stands in `data` (as read from JSON).

    Raises InvalidDefinition: nothing that is let through can fail when it is scored.
    """
    known = {"informant", "least_age", "most_age", "columns", "scales"}
    _expect(isinstance(data, Mapping) and not set(data) - known, Fault.SHAPE)
    _expect(data.get("informant") in list(Informant), Fault.INFORMANT)
    ages = [data.get("least_age"), data.get("most_age")]
    _expect(all(age is None or _is_number(age, 0, MOST_AGE) for age in ages), Fault.AGES)
    _expect(None in ages or ages[0] <= ages[1], Fault.AGES)
    columns = tuple(_column(each) for each in _list(data.get("columns")))
    _expect(columns, Fault.EMPTY, "columns")
    _once(columns)
    scales = []
    for each in _list(data.get("scales")):
        scales.append(_scale(each, columns, scales))
    _expect(scales, Fault.EMPTY, "scales")
    _once(scales)
    return Definition(Informant(data["informant"]), *ages, columns, tuple(scales))


def _expect(is_so, fault, where=""):
    if not is_so:
        raise InvalidDefinition(fault, where)


def _is_number(value, least, most):
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most


def _list(value):
    _expect(
        isinstance(value, list) and all(isinstance(each, Mapping) for each in value), Fault.SHAPE
    )
    return value


def _once(keyed):
    keys = [each.key for each in keyed]
    for key in keys:
        _expect(keys.count(key) == 1, Fault.TWICE, key)


def _key(data, known):
    key, name = data.get("key"), data.get("name")
    _expect(isinstance(key, str) and KEY.fullmatch(key), Fault.KEY, str(key)[:20])
    _expect(isinstance(name, str) and 0 < len(name.strip()) <= NAME_LIMIT, Fault.NAME, key)
    _expect(not set(data) - known, Fault.SHAPE, key)
    return key, name.strip()


def _column(data):
    known = {"key", "name", "items", "least", "most", "reversed", "recode", "help"}
    key, name = _key(data, known)
    count, least, most = data.get("items"), data.get("least"), data.get("most")
    _expect(_is_number(count, 1, MOST_ITEMS), Fault.COUNT, key)
    _expect(_is_number(least, 0, 99) and _is_number(most, 0, 99) and least < most, Fault.RANGE, key)
    turned = data.get("reversed", [])
    _expect(_are_items(turned, count), Fault.REVERSED, key)
    recode = data.get("recode", [])
    _expect(isinstance(recode, list), Fault.RECODE, key)
    is_whole = len(recode) in (0, most - least + 1)
    _expect(is_whole and all(_is_number(to, 0, 99) for to in recode), Fault.RECODE, key)
    said = data.get("help", "")
    _expect(isinstance(said, str) and len(said) <= HELP_LIMIT, Fault.NAME, key)
    return Column(key, name, count, least, most, frozenset(turned), tuple(recode), said)


def _are_items(items, count):
    is_list = isinstance(items, list) and all(_is_number(item, 1, count) for item in items)
    return is_list and len(set(items)) == len(items)


def _scale(data, columns, before):
    known = {"key", "name", "column", "items", "missing", "unless", "sum_of"}
    key, name = _key(data, known)
    if "sum_of" in data:
        parts = data["sum_of"]
        _expect(not set(data) - {"key", "name", "sum_of"}, Fault.SHAPE, key)
        _expect(isinstance(parts, list) and len(parts) > 1, Fault.SUM, key)
        # Only what stands above it: so no scale can be the sum of itself.
        there = {scale.key for scale in before}
        are_there = all(isinstance(part, str) and part in there for part in parts)
        _expect(are_there and len(set(parts)) == len(parts), Fault.SUM, key)
        return Scale(key, name, parts=tuple(parts))
    column = next((each for each in columns if each.key == data.get("column")), None)
    _expect(column, Fault.COLUMN, key)
    items = data.get("items")
    items = list(column.numbers) if items == "all" else items
    _expect(_are_items(items, column.count) and items, Fault.ITEMS, key)
    missing = _missing(data.get("missing", {"rule": "none"}), column, items, key)
    unless = _unless(data.get("unless"), column, items, key)
    return Scale(key, name, column.key, tuple(items), missing, unless)


def _missing(data, column, items, key):
    _expect(isinstance(data, Mapping) and data.get("rule") in list(Rule), Fault.MISSING, key)
    rule = Rule(data["rule"])
    asked = {Rule.NONE: {"rule"}, Rule.MEAN: {"rule", "most"}, Rule.AS: {"rule", "most", "value"}}
    _expect(set(data) == asked[rule], Fault.MISSING, key)
    if rule == Rule.NONE:
        return Missing(rule)
    # A mean needs at least one answer.
    most = len(items) if rule == Rule.AS else len(items) - 1
    _expect(_is_number(data["most"], 0, most), Fault.MISSING, key)
    if rule == Rule.MEAN:
        return Missing(rule, data["most"])
    _expect(_is_number(data["value"], column.least, column.most), Fault.MISSING, key)
    return Missing(rule, data["most"], data["value"])


def _unless(data, column, items, key):
    if data is None:
        return None
    _expect(isinstance(data, Mapping) and set(data) == {"item", "is", "then"}, Fault.UNLESS, key)
    _expect(_is_number(data["item"], 1, column.count), Fault.UNLESS, key)
    _expect(data["item"] not in items, Fault.UNLESS, key)
    _expect(_is_number(data["is"], column.least, column.most), Fault.UNLESS, key)
    _expect(_is_number(data["then"], 0, 9999), Fault.UNLESS, key)
    return Unless(data["item"], data["is"], data["then"])
