from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from tibir.cases.models import DutyReport
from tibir.core import fields
from tibir.family.forms.consent import recent_day, sentences


class ReportForm(forms.Form):
    grounds = fields.ChoicesField(
        label=_("Hva er grunnen til å melde?"), choices=sentences(DutyReport.Ground)
    )
    concern = fields.TextField(
        label=_("Hva har du meldt?"),
        required=True,
        many_lines=True,
        max_length=10_000,
        help_text=_("Det kan ikke endres eller slettes etterpå."),
    )
    sent_to = fields.TextField(label=_("Hvem har du sendt den til?"), required=True)
    channel = fields.ChoiceField(
        label=_("Hvordan?"), choices=sentences(DutyReport.Channel), required=True
    )
    reported_on = recent_day(_("Hvilken dag?"), required=True)

    def clean_grounds(self):
        if not self.cleaned_data["grounds"]:
            raise ValidationError(_("Velg minst én grunn."))
        return self.cleaned_data["grounds"]


class HeardForm(forms.Form):
    receipt_on = recent_day(_("Når kvitterte de?"))
    feedback_on = recent_day(_("Når kom tilbakemeldingen?"))
    feedback = fields.TextField(label=_("Hva svarte de?"), many_lines=True, max_length=10_000)

    def __init__(self, *args, reported_on, **kwargs):
        super().__init__(*args, **kwargs)
        self.reported_on = reported_on

    def clean(self):
        said = super().clean()
        for name in ("receipt_on", "feedback_on"):
            if said.get(name) and said[name] < self.reported_on:
                self.add_error(name, _("Meldingen ble sendt etter dette. Velg en senere dag."))
        return said


class ReleaseForm(forms.Form):
    reason = fields.TextField(
        label=_("Hvorfor kan familien få vite om den nå?"),
        required=True,
        many_lines=True,
        max_length=2000,
    )
