"""Rules and recommendations as people read them, for the pages that show them."""

from math import comb

from django.utils.translation import gettext as _

from referrals.kinds import FACTS, FINDINGS, VALUES, Path, Priority, Risk, Service

SERVICES, PATHS = dict(Service.choices), dict(Path.choices)
RISKS, PRIORITIES = dict(Risk.choices), dict(Priority.choices)


def condition_words(condition):
    """«barnets alder i år: 3–12 år»"""
    return _("%(fact)s: %(answer)s") % {
        "fact": FACTS.get(condition.fact, condition.fact),
        "answer": _answer(condition),
    }


def group_words(group):
    """Of which one is enough. Several that ask for the same are said once."""
    answers = {_answer(each) for each in group}
    if len(group) == 1 or len(answers) > 1:
        return _(" eller ").join(condition_words(each) for each in group)
    return _("minst én av %(facts)s: %(answer)s") % {
        "facts": " / ".join(str(FACTS.get(each.fact, each.fact)) for each in group),
        "answer": answers.pop(),
    }


def _answer(condition):
    value, operator = condition.value, condition.operator
    if operator == "is":
        return _("ja") if value else _("nei")
    if operator in ("at_least", "count_at_least"):
        return _("minst %(n)s") % {"n": value}
    if operator == "at_most":
        return _("høyst %(n)s") % {"n": value}
    if operator == "between" and isinstance(value, list) and len(value) == 2:
        return f"{value[0]}–{value[1]}"
    names = [value_words(condition.fact, each) for each in _list(value)]
    if operator in ("in_band", "one_of"):
        return _or(names)
    if operator == "any_of":
        return _("minst én av %(these)s") % {"these": ", ".join(names)}
    if operator == "all_of":
        return _("alle av %(these)s") % {"these": ", ".join(names)}
    return _("ingen av %(these)s") % {"these": ", ".join(names)}


def _list(value):
    return value if isinstance(value, list | tuple) else [value]


def _or(names):
    *first, last = names or [""]
    return (
        _("%(first)s eller %(last)s") % {"first": ", ".join(first), "last": last} if first else last
    )


def value_words(fact, value):
    if value is True:
        return _("ja")
    if value is False:
        return _("nei")
    return str(VALUES.get(fact, {}).get(value, value))


def service_words(services, path=""):
    names = [str(SERVICES.get(each, each)) for each in services]
    return [*names, *([str(PATHS.get(path, path))] if path else [])]


def rule_words(rule, findings=()):
    """What a page shows of one rule."""
    return {
        "key": rule.key,
        "sentence": rule.sentence,
        "groups": [group_words(group) for group in rule.when],
        "services": service_words(rule.services, rule.path),
        "risk": RISKS.get(rule.risk, rule.risk),
        "priority": PRIORITIES.get(rule.priority, rule.priority),
        "findings": [finding_words(each) for each in findings if each.rule == rule.key],
    }


def finding_words(finding):
    words = FINDINGS[finding.code]
    if finding.fact:
        words = f"{FACTS.get(finding.fact, finding.fact)}: {words}"
    where = [
        f"{label}: {_values(fact, finding.where[fact])}"
        for fact, label in FACTS.items()
        if fact in finding.where
    ]
    return {"words": words, "is_error": finding.is_error, "where": where}


def _values(fact, values):
    if all(type(each) is int for each in values):
        return _ranges(values)
    if isinstance(values[0], tuple):
        most = max(map(len, values))
        if len(values) == sum(comb(len(VALUES[fact]), count) for count in range(most + 1)):
            return _("høyst %(n)s") % {"n": most}
        return _or([_together(fact, each) for each in values[:3]]) + (" …" if values[3:] else "")
    return _or([value_words(fact, each) for each in values])


def _together(fact, words):
    return ", ".join(value_words(fact, each) for each in words) or _("ingen")


def _ranges(numbers):
    """«0–2, 13–18»"""
    spans = []
    for number in numbers:
        if spans and number == spans[-1][1] + 1:
            spans[-1][1] = number
        else:
            spans.append([number, number])
    return ", ".join(f"{low}–{high}" if low < high else f"{low}" for low, high in spans)


def outcome_words(outcome):
    """What a try-out stored of one outcome, in one line: services, risk, priority."""
    services, path, risk, priority = outcome
    if not risk:
        return _("ingen regel svarte, vurderes for hånd")
    return _("%(services)s (%(risk)s, prioritet: %(priority)s)") % {
        "services": ", ".join(service_words(services, path)),
        "risk": RISKS.get(risk, risk),
        "priority": PRIORITIES.get(priority, priority),
    }
