from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from tibir.cases.models import LogCheck
from tibir.core import fields


class CheckForm(forms.Form):
    """What somebody saw when they looked."""

    result = fields.ChoiceField(
        label=_("Hva fant du?"),
        choices=[(each.value, capfirst(each.label)) for each in LogCheck.Result],
        required=True,
    )
    note = fields.TextField(
        label=_("Hva så du, og hva gjør du med det?"),
        many_lines=True,
        max_length=2000,
        help_text=_("Skriv ikke navn på barn eller foreldre."),
    )

    def clean(self):
        said = super().clean()
        if said.get("result") == LogCheck.Result.FOLLOWED_UP and not said.get("note"):
            self.add_error("note", _("Skriv hva som må følges opp."))
        return said
