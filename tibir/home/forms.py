from django import forms
from django.utils.translation import gettext_lazy as _

from tibir.core import fields


class UnitForm(forms.Form):
    """Another unit of the same municipality."""

    unit = fields.SelectField(label=_("Hvilken enhet?"), choices=[], required=True)
    reason = fields.TextField(
        label=_("Begrunnelse"), required=True, many_lines=True, max_length=500, attrs={"rows": 3}
    )

    def __init__(self, *args, units, **kwargs):
        super().__init__(*args, **kwargs)
        self.units = {str(unit.pk): unit for unit in units}
        choices = [("", _("Velg")), *((pk, unit.name) for pk, unit in self.units.items())]
        self.fields["unit"].choices = self.fields["unit"].widget.choices = choices

    def clean_unit(self):
        return self.units[self.cleaned_data["unit"]]


class SearchForm(forms.Form):
    q = fields.TextField(
        label=_("Søk"),
        max_length=100,
        required=True,
        help_text=_("Referanse, begynnelsen av et navn, eller et fødselsnummer eller DUF-nummer."),
        attrs={"autocomplete": "off", "type": "search"},
    )
