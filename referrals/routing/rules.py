"""From facts to what is recommended, by a municipality's table of rules (PRODUCT 3.3).

Of need, never of capacity: nothing here knows how long anybody waits. Tiers are asked in order;
the first in which a rule holds speaks, with all its rules that hold. An addition rides along with
a service for the parents and never speaks alone. What speaks against is said, and takes nothing
away: a person decides. A condition over an unknown fact does not hold; which facts were missing,
and in which rules they would have counted, is part of the answer.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, reduce
from operator import or_

from referrals.routing.facts import SERVICES, BadValue, clean, read_type

RISKS = ("universal", "selective", "indicated")  # PRODUCT 4.1, the least first
PRIORITIES = ("normal", "high", "urgent")
CHILD_WELFARE = "child_welfare"  # a way beside the six services
PATHS = ("", CHILD_WELFARE)
FOR_PARENTS = {"counselling", "pmto_therapy", "parent_group"}


@dataclass(frozen=True)
class Condition:
    fact: str
    operator: str
    value: object

    def cells(self, catalogue):
        """The values of the fact for which it holds, as bits.

        Raises KeyError for an unknown fact and BadValue for what the fact can never be.
        """
        kind = catalogue[self.fact]
        if self.operator not in kind.operators:
            raise BadValue("wrong_operator")
        return kind.cells(self.operator, self.value)

    def written(self):
        return {"fact": self.fact, "operator": self.operator, "value": self.value}


@dataclass(frozen=True)
class Rule:
    """It holds when in each group of conditions at least one does."""

    key: str
    when: tuple[tuple[Condition, ...], ...]
    services: tuple[str, ...]
    sentence: str
    risk: str = RISKS[0]
    priority: str = PRIORITIES[0]
    path: str = ""

    @property
    def conditions(self):
        return [condition for group in self.when for condition in group]


@dataclass(frozen=True)
class Tier:
    name: str
    rules: tuple[Rule, ...]


@dataclass(frozen=True)
class Table:
    """A rule set that has been read; `facts` are the ones it was written for."""

    facts: Mapping[str, object]
    tiers: tuple[Tier, ...]
    additions: tuple[Rule, ...] = ()
    against: tuple[Rule, ...] = ()

    @property
    def rules(self):
        """All that have conditions, in the order in which people read them."""
        return [*(rule for tier in self.tiers for rule in tier.rules), *self.additions,
                *self.against]  # fmt: skip

    def rule(self, key):
        return next((rule for rule in self.rules if rule.key == key), None)

    @cached_property
    def bits(self):
        return Bits([self])

    @cached_property
    def groups(self):
        return {rule.key: self.bits.groups(rule, self.facts) for rule in self.rules}

    def written(self):
        return {
            "facts": {name: kind.written() for name, kind in self.facts.items()},
            "tiers": [
                {"name": tier.name, "rules": [_written(rule) for rule in tier.rules]}
                for tier in self.tiers
            ],
            "additions": [_written(rule, brief=True) for rule in self.additions],
            "against": [_written(rule, brief=True) for rule in self.against],
        }


def _written(rule, *, brief=False):
    written = {
        "key": rule.key,
        "when": [[condition.written() for condition in group] for group in rule.when],
        "services": list(rule.services),
        "sentence": rule.sentence,
    }
    if brief:
        return written
    return written | {"risk": rule.risk, "priority": rule.priority, "path": rule.path}


def read(written):
    """The table from what was stored: `read(table.written()) == table`.

    Raises KeyError, TypeError or ValueError for what has not this shape. What it asks for may
    still be wrong: see `check`.
    """
    return Table(
        facts={name: read_type(kind) for name, kind in written["facts"].items()},
        tiers=tuple(
            Tier(tier["name"], tuple(map(_rule, tier["rules"]))) for tier in written["tiers"]
        ),
        additions=tuple(map(_rule, written["additions"])),
        against=tuple(map(_rule, written["against"])),
    )


def _rule(written):
    return Rule(
        key=written["key"],
        when=tuple(
            tuple(Condition(one["fact"], one["operator"], one["value"]) for one in group)
            for group in written["when"]
        ),
        services=in_order(written["services"]),
        sentence=written["sentence"],
        risk=written.get("risk", RISKS[0]),
        priority=written.get("priority", PRIORITIES[0]),
        path=written.get("path", ""),
    )


def in_order(services):
    """Each once, in the order of the catalogue. Raises ValueError for what is no service."""
    if unknown := set(services) - set(SERVICES):
        raise ValueError(unknown.pop())
    return tuple(service for service in SERVICES if service in services)


class Bits:
    """Which conditions of some tables hold, as the bits of one number.

    Equal conditions share a bit, so that two versions that are nearly the same cost one. A
    condition that asks for what cannot be has a bit that is never set.
    """

    def __init__(self, tables):
        self._numbers = {}
        self._true = {}
        for table in tables:
            for rule in table.rules:
                for condition in rule.conditions:
                    self._count(condition, table.facts)
        self._ways = [(name, true) for (name, _kind), true in self._true.items()]

    def _count(self, condition, catalogue):
        key = _key(condition, catalogue)
        if key in self._numbers:
            return
        bit = self._numbers[key] = 1 << len(self._numbers)
        try:
            cells = condition.cells(catalogue)
        except (BadValue, KeyError):
            return
        kind = catalogue[condition.fact]
        true = self._true.setdefault((condition.fact, repr(kind)), {})
        for place, value in enumerate(kind.values):
            true[value] = true.get(value, 0) | (bit if cells >> place & 1 else 0)

    def groups(self, rule, catalogue):
        """Per group the bits of its conditions."""
        return tuple(
            reduce(or_, (self._numbers[_key(condition, catalogue)] for condition in group), 0)
            for group in rule.when
        )

    def held_by(self, facts):
        """The conditions that hold for these facts, which are clean (see `clean`)."""
        held = 0
        for name, true in self._ways:
            value = facts.get(name)
            if value is None:
                continue
            held |= true.get(tuple(value) if value.__class__ is list else value, 0)
        return held


def _key(condition, catalogue):
    # The repr of a value tells 1 from True, which are equal in Python and not the same answer.
    # A fact that has other choices in another version is another fact.
    kind = catalogue.get(condition.fact)
    return condition.fact, repr(kind), condition.operator, repr(condition.value)


def evaluate(table, facts):
    """What the table recommends for these facts, as it is stored.

    Raises BadFacts for facts that are not the table's. Always answers: when nothing holds,
    `manual` is true and a person must look without a recommendation.
    """
    facts = clean(facts, table.facts)
    held = table.bits.held_by(facts)
    speaking, number = speaks(table, held)
    services = {service for rule in speaking for service in rule.services}
    added = []
    if services & FOR_PARENTS:
        added = [rule for rule in table.additions if holds(table, rule, held)]
    asked = [rule for tier in table.tiers[: number or len(table.tiers)] for rule in tier.rules]
    asked += [*(table.additions if services & FOR_PARENTS else ()), *table.against]
    return {
        "manual": not speaking,
        "tier": number,
        "rules": [rule.key for rule in [*speaking, *added]],
        "services": list(in_order(services.union(*(rule.services for rule in added)))),
        "path": max((rule.path for rule in speaking), default=""),
        "risk": _highest(RISKS, (rule.risk for rule in speaking)),
        "priority": _highest(PRIORITIES, (rule.priority for rule in speaking)),
        "sentences": [rule.sentence for rule in [*speaking, *added]],
        "against": [
            {"rule": rule.key, "services": list(rule.services), "sentence": rule.sentence}
            for rule in table.against
            if holds(table, rule, held)
        ],
        "missing": _missing(table, asked, held, facts),
    }


def holds(table, rule, held):
    return all(held & group for group in table.groups[rule.key])


def speaks(table, held):
    """The rules of the first tier in which any holds, and the tier's number from 1, or None."""
    for number, tier in enumerate(table.tiers, 1):
        speaking = [rule for rule in tier.rules if holds(table, rule, held)]
        if speaking:
            return speaking, number
    return [], None


def _highest(order, found):
    return max(found, key=order.index, default="")


def _missing(table, rules, held, facts):
    """Unknown facts, and the rules that neither hold nor fail for want of them."""
    wanted = {}
    for rule in rules:
        open_groups = [
            {condition.fact for condition in group} - facts.keys()
            for group, bits in zip(rule.when, table.groups[rule.key], strict=True)
            if not held & bits
        ]
        if all(open_groups):
            for name in set().union(*open_groups):
                wanted.setdefault(name, []).append(rule.key)
    # By name, since what is stored does not keep the order of the catalogue.
    return [{"fact": name, "rules": wanted[name]} for name in sorted(wanted)]


def level(result):
    """How much help is recommended, to be compared: barnevern, then risk level, then priority.

    Manual triage has none and is below everything.
    """
    if result["manual"]:
        return (False, -1, -1)
    risk, priority = RISKS.index(result["risk"]), PRIORITIES.index(result["priority"])
    return (result["path"] == CHILD_WELFARE, risk, priority)


def differs(services, path, result):
    """Whether a person chose something else than what was recommended, if anything was."""
    if result["manual"]:
        return False
    return list(in_order(services)) != result["services"] or path != result["path"]
