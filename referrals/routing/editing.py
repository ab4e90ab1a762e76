"""A table with one thing changed. Each takes a table and returns another."""

from dataclasses import replace

from referrals.routing.rules import Tier

ADDITIONS, AGAINST = "additions", "against"


def new_key(table):
    """One that no rule has; a key that was used stays with its rule through all versions."""
    used = [int(rule.key[1:]) for rule in table.rules if rule.key[1:].isdecimal()]
    return f"r{max(used, default=0) + 1}"


def place_of(table, key):
    """Where the rule stands: the number of a tier from 1, «additions» or «against»; or None."""
    for place in places(table):
        if any(rule.key == key for rule in rules_in(table, place)):
            return place
    return None


def places(table):
    return [*range(1, len(table.tiers) + 1), ADDITIONS, AGAINST]


def rules_in(table, place):
    return table.tiers[place - 1].rules if isinstance(place, int) else getattr(table, place)


def _with(table, place, rules):
    if not isinstance(place, int):
        return replace(table, **{place: tuple(rules)})
    tiers = list(table.tiers)
    tiers[place - 1] = replace(tiers[place - 1], rules=tuple(rules))
    return replace(table, tiers=tuple(tiers))


def put(table, place, rule):
    """The rule in its place instead of the one with the same key, or last where there is none."""
    rules = list(rules_in(table, place))
    at = next((n for n, each in enumerate(rules) if each.key == rule.key), len(rules))
    rules[at : at + 1] = [rule]
    return _with(table, place, rules)


def remove(table, key):
    place = place_of(table, key)
    return _with(table, place, [rule for rule in rules_in(table, place) if rule.key != key])


def move(table, key, step):
    """One up (-1) or down (+1), and at the end of a tier into the next one."""
    place = place_of(table, key)
    rules = list(rules_in(table, place))
    at = next(number for number, rule in enumerate(rules) if rule.key == key)
    rule = rules.pop(at)
    if 0 <= at + step <= len(rules):
        rules.insert(at + step, rule)
        return _with(table, place, rules)
    if not isinstance(place, int) or not 1 <= place + step <= len(table.tiers):
        return table
    table = _with(table, place, rules)
    others = rules_in(table, place + step)
    return _with(table, place + step, (rule, *others) if step > 0 else (*others, rule))


def add_tier(table, name):
    return replace(table, tiers=(*table.tiers, Tier(name, ())))


def rename_tier(table, number, name):
    tiers = list(table.tiers)
    tiers[number - 1] = replace(tiers[number - 1], name=name)
    return replace(table, tiers=tuple(tiers))


def move_tier(table, number, step):
    tiers, at = list(table.tiers), number - 1
    if 0 <= at + step < len(tiers):
        tiers[at], tiers[at + step] = tiers[at + step], tiers[at]
    return replace(table, tiers=tuple(tiers))


def remove_tier(table, number):
    """With all its rules."""
    return replace(table, tiers=(*table.tiers[: number - 1], *table.tiers[number:]))


def changes(before, after):
    """[(key, what, rule before, rule after)]: added, removed, changed or moved, as people read."""
    keys = dict.fromkeys(rule.key for rule in [*after.rules, *before.rules])
    found = []
    for key in keys:
        was, becomes = before.rule(key), after.rule(key)
        if was is None:
            found.append((key, "added", None, becomes))
        elif becomes is None:
            found.append((key, "removed", was, None))
        elif was != becomes:
            found.append((key, "changed", was, becomes))
        elif place_of(before, key) != place_of(after, key):
            found.append((key, "moved", was, becomes))
    return found
