from django import template

register = template.Library()


@register.filter
def is_many(answer):
    return isinstance(answer, list)
