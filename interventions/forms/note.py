from django import forms
from django.utils.translation import gettext_lazy as _

from tibir.core import fields

LONGEST_NOTE = 50_000


class NoteForm(forms.Form):
    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    internal = fields.TextField(
        label=_("Internt notat"),
        help_text=_("For dem som gir tiltaket. Familien kan be om innsyn."),
        many_lines=True,
        max_length=LONGEST_NOTE,
        attrs={"rows": 16},
    )


class AddendumForm(forms.Form):
    text = fields.TextField(
        label=_("Tillegg"), many_lines=True, max_length=LONGEST_NOTE, required=True
    )
    reason = fields.TextField(
        label=_("Hvorfor kommer det nå?"),
        help_text=_("For eksempel: noe var glemt, eller noe var feil."),
        max_length=500,
        required=True,
    )
