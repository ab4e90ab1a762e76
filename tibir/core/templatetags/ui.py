"""What the templates need to draw form fields and pages."""

from django import forms, template
from django.conf import settings
from django.core.exceptions import NON_FIELD_ERRORS
from django.forms.utils import flatatt
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tibir.core import dates, phones
from tibir.core.errors import REFUSED

register = template.Library()


@register.filter
def kind(field):
    """How a field is laid out: checkbox, choices, parts, or one control with a label above."""
    widget = field.field.widget
    if isinstance(widget, forms.CheckboxInput):
        return "checkbox"
    if isinstance(widget, (forms.RadioSelect, forms.CheckboxSelectMultiple)):
        return "choices"
    if isinstance(widget, (forms.MultiWidget, forms.SelectDateWidget)):
        return "parts"
    return "control"


@register.filter
def masked(number):
    """«140319 •••••»: of an identity number what is secret in it is its last five signs."""
    return f"{number[:-5]} {'•' * 5}"


@register.filter
def control(field):
    """The field's input, select or textarea."""
    return field.as_widget(attrs={"class": _classes(field.field.widget.attrs)})


@register.filter
def parts(field):
    """The inputs of a field made of several, each as (id, label, html).

    A widget names its parts in a list `labels`.
    """
    widget = field.field.widget
    attrs = field.build_widget_attrs({"id": field.auto_id})
    rows = widget.get_context(field.html_name, field.value(), attrs)["widget"]["subwidgets"]
    labels = getattr(widget, "labels", [""] * len(rows))
    return [_part(row, label, widget) for row, label in zip(rows, labels, strict=True)]


def _part(row, label, widget):
    attrs = {**row["attrs"], "class": _classes(row["attrs"])}
    renderer = forms.renderers.get_default_renderer()
    html = widget._render(row["template_name"], {"widget": {**row, "attrs": attrs}}, renderer)
    return {"id": attrs["id"], "label": label, "html": html}


@register.filter
def options(field):
    """The radio buttons or checkboxes of a field, each with `id`, `label` and `html`."""
    return [_option(row.data, field) for row in field.subwidgets]


def _option(data, field):
    attrs = {**data["attrs"], "class": _classes(data["attrs"])}
    if field.errors:
        attrs["aria-invalid"] = "true"
    attrs |= {"type": data["type"], "name": data["name"], "value": data["value"]}
    return {
        "id": attrs.get("id"),
        "label": data["label"],
        "html": format_html("<input{}>", flatatt(attrs)),
    }


def _classes(attrs):
    return " ".join(["ds-input", *attrs.get("class", "").replace("ds-input", "").split()])


@register.filter
def anchor(field):
    """Where a link to the field must point: into a group, to its first input."""
    return f"{field.auto_id}_0" if kind(field) in {"choices", "parts"} else field.auto_id


@register.filter
def describedby(field):
    ids = [f"{field.auto_id}_helptext"] if field.help_text else []
    if field.errors:
        ids.append(f"{field.auto_id}_error")
    return " ".join(ids)


@register.filter
def is_refused(form):
    """Was it the action that said no, and not the form?"""
    each = getattr(form, "forms", [form])  # a page may have several, read as one
    return any(
        isinstance(one, forms.BaseForm) and one.has_error(NON_FIELD_ERRORS, REFUSED) for one in each
    )


@register.filter
def faulty(form):
    """The visible fields with errors, in the order of the page."""
    return [field for field in form.visible_fields() if field.errors]


@register.simple_tag
def languages():
    """(code, name in that language itself)"""
    return settings.LANGUAGES


register.filter("phone", phones.readable)
register.filter("dialled", phones.dialled)


@register.filter
def phone_link(number):
    """A number to touch, in the groups that its owner wrote."""
    shown = number.replace(" ", "\N{NO-BREAK SPACE}")
    return format_html('<a class="ds-link" href="tel:{}">{}</a>', phones.dialled(number), shown)


register.filter("weekday_date", dates.weekday_date, expects_localtime=True)
register.filter("long_date", dates.long_date, expects_localtime=True)
register.filter("short_date", dates.short_date, expects_localtime=True)
register.filter("brief_date", dates.brief_date, expects_localtime=True)
register.filter("clock_time", dates.clock_time, expects_localtime=True)


@register.filter
def moment(at):
    """«4. desember 14.30»"""
    return f"{dates.short_date(timezone.localtime(at))} {dates.clock_time(at)}"


@register.filter
def file_size(size):
    """«48 kB», «1,2 MB»; never nothing."""
    if size < 1_000_000:
        return _("%(size)s kB") % {"size": max(1, size // 1000)}
    return _("%(size)s MB") % {"size": number_format(size / 1_000_000, 1)}


@register.filter
def days_left(days):
    """«5 dager igjen», «i dag», «3 dager over»."""
    if days == 0:
        return _("i dag")
    if days > 0:
        return ngettext("%d dag igjen", "%d dager igjen", days) % days
    return ngettext("%d dag over", "%d dager over", -days) % -days


@register.filter
def urgency(days):
    """The colour of a clock: calm until four days are left."""
    if days < 0:
        return "danger"
    return "warning" if days <= 4 else "neutral"
