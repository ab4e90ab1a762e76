from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tibir.core import fields
from tibir.documents.models import Dispatch


class DoneForm(forms.Form):
    on = fields.DayField(label=_("Når?"), required=True, latest=timezone.localdate)


class FailedForm(forms.Form):
    why = fields.TextField(
        label=_("Hva skjedde?"),
        required=True,
        max_length=200,
        help_text=_("For eksempel: brevet kom i retur, ukjent adresse."),
    )


class AgainForm(forms.Form):
    channel = fields.ChoiceField(
        label=_("Hvordan sendes det nå?"), choices=Dispatch.Channel.choices, required=True
    )
