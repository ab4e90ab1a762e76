"""Is a table of rules in order? What is wrong, and what nobody has thought of.

Whether a rule can ever speak, and which families no rule catches, is worked out and not guessed:
every condition is a set of values of one fact, so a search that narrows one fact at a time finds
an example or shows that there is none. A rule may speak because something is unknown, so that
unknown counts as a value there; it does not where families are looked for that no rule catches,
since what is unknown is left to a person by design.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from referrals.routing.facts import SERVICES, BadValue, everything
from referrals.routing.rules import CHILD_WELFARE, FOR_PARENTS, PATHS, PRIORITIES, RISKS

BESIDE = {"social_skills", "consultation"}  # only beside a service for the parents (PRODUCT 4.1)
MOST_GAPS = 5
MOST_STEPS = 20_000


@dataclass(frozen=True)
class Finding:
    """`code` says what; an error keeps the table from being approved, a warning does not."""

    code: str
    rule: str = ""
    fact: str = ""
    is_error: bool = True
    # For what no rule catches: {fact: values}, only the facts that matter.
    where: dict = field(default_factory=dict)


class TooMany(Exception):
    """The search was given up."""


def check(table):
    """Everything that is to be said of the table, errors first."""
    found = list(_shape(table))
    broken = {finding.rule for finding in found if finding.is_error}
    whole = [rule for rule in table.rules if rule.key not in broken]
    found += [Finding("contradictory", rule.key) for rule in whole if not _can_hold(table, [rule])]
    broken |= {finding.rule for finding in found if finding.is_error}
    found += _never_asked(table, broken)
    if not any(finding.is_error for finding in found):
        found += _gaps(table)
    return sorted(found, key=lambda finding: not finding.is_error)


def is_in_order(table):
    return not any(finding.is_error for finding in check(table))


def _shape(table) -> Iterator[Finding]:
    if not any(tier.rules for tier in table.tiers):
        yield Finding("no_rules")
    beside = {rule.key for rule in table.additions}
    against = {rule.key for rule in table.against}
    for rule in table.rules:
        yield from _conditions(table, rule)
        if not rule.sentence.strip():
            yield Finding("no_sentence", rule.key)
        if not rule.services and rule.path != CHILD_WELFARE:
            yield Finding("nothing_recommended", rule.key)
        is_known = rule.risk in RISKS and rule.priority in PRIORITIES and rule.path in PATHS
        if not is_known or not set(rule.services) <= set(SERVICES):
            yield Finding("unknown_outcome", rule.key)
        stands_alone = set(rule.services) & BESIDE and not set(rule.services) & FOR_PARENTS
        if stands_alone and rule.key not in beside | against:
            yield Finding("alone", rule.key)


def _conditions(table, rule):
    for condition in rule.conditions:
        try:
            cells = condition.cells(table.facts)
        except KeyError:
            yield Finding("unknown_fact", rule.key, condition.fact)
        except BadValue as error:
            yield Finding(error.code, rule.key, condition.fact)
        else:
            if cells == everything(table.facts[condition.fact]):
                yield Finding("always", rule.key, condition.fact, is_error=False)


def _never_asked(table, broken):
    """Rules of a tier that is never reached when they hold: an earlier one has always spoken."""
    earlier = []
    for tier in table.tiers:
        sound = [rule for rule in tier.rules if rule.key not in broken]
        for rule in sound:
            try:
                if not _can_hold(table, [rule], earlier, unknown=True):
                    yield Finding("unreachable", rule.key)
                elif not _can_hold(table, [rule], earlier):
                    yield Finding("only_when_unknown", rule.key, is_error=False)
            except TooMany:
                yield Finding("not_checked", rule.key, is_error=False)
        earlier += sound


def _gaps(table):
    rules = [rule for tier in table.tiers for rule in tier.rules]
    try:
        for number, where in enumerate(_examples(table, [], rules)):
            if number == MOST_GAPS:
                yield Finding("more_gaps", is_error=False)
                return
            yield Finding("gap", is_error=False, where=_values(table, where))
    except TooMany:
        yield Finding("gaps_not_checked", is_error=False)


def _can_hold(table, rules, but_none_of=(), *, unknown=False):
    return next(_examples(table, rules, but_none_of, unknown=unknown), None) is not None


def _examples(table, rules, but_none_of, *, unknown=False):
    """Ways for all of `rules` to hold and none of the others: {fact: cells}, one by one."""
    whole = {name: everything(kind) for name, kind in table.facts.items()}
    if unknown:  # one cell more, in which no condition over the fact holds
        whole = {name: cells << 1 | 1 for name, cells in whole.items()}
    demands = [
        [[(each.fact, each.cells(table.facts))] for each in group]
        for rule in rules
        for group in rule.when
    ]
    demands += [
        [[(each.fact, whole[each.fact] & ~each.cells(table.facts)) for each in group]
         for group in rule.when]
        for rule in but_none_of
    ]  # fmt: skip
    demands.sort(key=len)
    steps = iter(range(MOST_STEPS))

    def search(number, where):
        if next(steps, None) is None:
            raise TooMany
        if number == len(demands):
            yield where
            return
        ways = [(way, _narrow(whole, where, way)) for way in demands[number]]
        if any(narrowed == where for _way, narrowed in ways):  # met already
            yield from search(number + 1, where)
            return
        for way, _narrowed in ways:
            narrowed = _narrow(whole, where, way)
            if narrowed is None:
                continue
            yield from search(number + 1, narrowed)
            # What this way has told of, the ways that follow leave out, where that is one fact.
            if len(way) == 1:
                fact, mask = way[0]
                where = _narrow(whole, where, [(fact, whole[fact] & ~mask)])
                if where is None:
                    return

    yield from search(0, {})


def _narrow(whole, where, way):
    narrowed = dict(where)
    for fact, mask in way:
        left = narrowed.get(fact, whole[fact]) & mask
        if not left:
            return None
        if left != whole[fact]:
            narrowed[fact] = left
    return narrowed


def _values(table, where):
    found = {}
    for fact, kind in table.facts.items():
        cells = where.get(fact, everything(kind))
        if cells != everything(kind):
            found[fact] = [each for n, each in enumerate(kind.values) if cells >> n & 1]
    return found
