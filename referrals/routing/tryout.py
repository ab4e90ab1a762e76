"""What another table would have said of families that one table has already spoken of."""

from collections import Counter
from dataclasses import dataclass, replace

from referrals.routing.rules import FOR_PARENTS, PRIORITIES, RISKS, Bits, in_order


@dataclass(frozen=True)
class Outcome:
    """What a family would notice; the sentences are not part of it."""

    services: tuple[str, ...]
    path: str
    risk: str
    priority: str

    @property
    def is_manual(self):
        return not self.risk


MANUAL = Outcome((), "", "", "")


@dataclass(frozen=True)
class Comparison:
    """`changed` has (what identifies the family, before, after), in the order they came."""

    total: int
    changed: list[tuple[object, Outcome, Outcome]]
    before: Counter
    after: Counter


def try_out(stored, before, after):
    """Ask two tables of each (identity, facts) in `stored`, whose facts are clean.

    Facts that a table does not know are nothing to it. The answer depends only on which
    conditions hold, so each combination of them is worked out once.
    """
    bits = Bits([replace(table, against=()) for table in (before, after)])
    outcomes = {}  # equal ones are one object, whichever table they came from
    ask_before, ask_after = (_Asked(table, bits, outcomes) for table in (before, after))
    known, changed = {}, []
    held_by, total = bits.held_by, 0
    for identity, facts in stored:
        held = held_by(facts)
        pair = known.get(held)
        if pair is None:
            pair = known[held] = [ask_before.outcome(held), ask_after.outcome(held), 0]
        pair[2] += 1
        if pair[0] is not pair[1]:
            changed.append((identity, pair[0], pair[1]))
    was, becomes = Counter(), Counter()
    for before_it, after_it, count in known.values():
        total += count
        was[before_it] += count
        becomes[after_it] += count
    return Comparison(total, changed, was, becomes)


class _Asked:
    """A table, made ready to be asked many times."""

    def __init__(self, table, bits, outcomes):
        self.outcomes = outcomes
        numbered = {rule.key: 1 << number for number, rule in enumerate(table.rules)}
        self.rules = {number: table.rule(key) for key, number in numbered.items()}

        def ready(rules):
            return [(numbered[rule.key], bits.groups(rule, table.facts)) for rule in rules]

        self.tiers = [ready(tier.rules) for tier in table.tiers]
        self.additions = ready(table.additions)
        self.said = {}

    def outcome(self, held):
        for rules in self.tiers:
            if speaking := _holding(rules, held):
                break
        else:
            return self._one(MANUAL)
        added = _holding(self.additions, held)
        said = self.said.get(speaking | added)
        if said is None:
            said = self.said[speaking | added] = self._one(self._say(speaking, added))
        return said

    def _say(self, speaking, added):
        rules = [rule for number, rule in self.rules.items() if number & speaking]
        services = {service for rule in rules for service in rule.services}
        if services & FOR_PARENTS:
            more = (rule.services for number, rule in self.rules.items() if number & added)
            services = services.union(*more)
        return Outcome(
            services=in_order(services),
            path=max(rule.path for rule in rules),
            risk=max((rule.risk for rule in rules), key=RISKS.index),
            priority=max((rule.priority for rule in rules), key=PRIORITIES.index),
        )

    def _one(self, outcome):
        return self.outcomes.setdefault(outcome, outcome)


def _holding(rules, held):
    holding = 0
    for number, groups in rules:
        for group in groups:
            if not held & group:
                break
        else:
            holding |= number
    return holding
