from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tibir.cases.models import Complaint
from tibir.core import fields
from tibir.family.forms.consent import recent_day, sentences


class ComplaintForm(forms.Form):
    unit = fields.SelectField(label=_("Hvilken enhet gjelder den?"), choices=[], required=True)
    sort = fields.ChoiceField(
        label=_("Hva slags klage er det?"),
        choices=[
            (Complaint.Sort.SERVICE, _("Serviceklage: på hvordan noen ble møtt eller hjulpet")),
            (Complaint.Sort.ADMINISTRATIVE, _("Forvaltningsklage: på et vedtak")),
            (Complaint.Sort.HEALTH, _("Helseklage: på rett til helsehjelp")),
        ],
        required=True,
    )
    channel = fields.ChoiceField(
        label=_("Hvordan kom den?"), choices=sentences(Complaint.Channel), required=True
    )
    received_on = recent_day(_("Hvilken dag kom den?"), required=True)
    complainant = fields.TextField(label=_("Hvem klager?"), required=True)
    about = fields.TextField(
        label=_("Hva gjelder den?"), required=True, many_lines=True, max_length=10_000
    )
    told_on = recent_day(
        _("Når fikk klageren vite om avgjørelsen?"),
        help_text=_("Da ser dere om klagen kom i tide. En sen klage kan også behandles."),
    )

    def __init__(self, *args, units=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.units = {str(unit.pk): unit for unit in units}
        if self.units:
            field, choices = self.fields["unit"], [(k, u.name) for k, u in self.units.items()]
            field.choices = field.widget.choices = [("", _("Velg")), *choices]
        else:
            del self.fields["unit"]

    def clean_unit(self):
        return self.units[self.cleaned_data["unit"]]

    def clean(self):
        said = super().clean()
        told, came = said.get("told_on"), said.get("received_on")
        if told and came and told > came:
            self.add_error("told_on", _("Klagen kom før dette. Velg en tidligere dag."))
        return said


class EndComplaintForm(forms.Form):
    """How it ended, in one choice: each way asks for what it needs."""

    FORWARD, DROP = "forward", "drop"

    way = fields.ChoiceField(label=_("Hvordan endte den?"), choices=[], required=True)
    on = recent_day(_("Hvilken dag?"), required=True)
    to = fields.TextField(
        label=_("Hvem er den sendt til?"), help_text=_("Bare når klagen er sendt videre.")
    )
    has_file = fields.TickField(
        label=_("Sakens dokumenter er sendt med"), help_text=_("Bare når klagen er sendt videre.")
    )
    explanation = fields.TextField(
        label=_("Svaret i korte trekk"), required=True, many_lines=True, max_length=4000
    )

    def __init__(self, *args, complaint, **kwargs):
        super().__init__(*args, **kwargs)
        self.complaint = complaint
        ways = sentences(Complaint.Outcome)
        if complaint.sort == Complaint.Sort.SERVICE:
            del self.fields["to"], self.fields["has_file"]
        else:
            ways.append((self.FORWARD, _("Sendt videre til den som avgjør klagen")))
        self.fields["way"].choices = [*ways, (self.DROP, _("Klagen er trukket"))]
        self.fields["on"].earliest = lambda: complaint.received_on
        self.fields["on"].latest = timezone.localdate

    def clean(self):
        said = super().clean()
        if said.get("way") == self.FORWARD:
            if not said.get("to") and "to" not in self.errors:
                self.add_error("to", _("Skriv hvem klagen er sendt til."))
            if not said.get("has_file"):
                self.add_error("has_file", _("Send sakens dokumenter med, og kryss av her."))
        return said
