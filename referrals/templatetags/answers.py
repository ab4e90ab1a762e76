from django import template

from referrals.letters import Number

register = template.Library()


@register.filter
def is_many(answer):
    return isinstance(answer, list)


@register.filter
def answered(rows):
    return [row for row in rows if row["answer"]]


@register.filter
def unanswered(rows):
    """The questions that were skipped."""
    return [row["question"] for row in rows if not row["answer"]]


@register.filter
def is_number(answer):
    return isinstance(answer, Number)
