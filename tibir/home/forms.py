from django import forms
from django.utils.translation import gettext_lazy as _

from tibir.core import fields


class SearchForm(forms.Form):
    q = fields.TextField(
        label=_("Søk"),
        max_length=100,
        required=True,
        help_text=_("Referanse, begynnelsen av et navn, eller et fødselsnummer på 11 siffer."),
        attrs={"autocomplete": "off", "type": "search"},
    )
