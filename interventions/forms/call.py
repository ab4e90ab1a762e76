from datetime import datetime

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from interventions.models.call import MOST_MINUTES
from tibir.calendar.oslo import OSLO
from tibir.core import fields
from tibir.core.dates import long_date


class CallForm(forms.Form):
    person = fields.SelectField(
        label=gettext_lazy("Hvem snakket du med?"), choices=[], required=True
    )
    day = fields.DayField(
        label=gettext_lazy("Dag"),
        latest=timezone.localdate,
        required=True,
        initial=timezone.localdate,
    )
    at = fields.ClockField(label=gettext_lazy("Klokken"), required=True)
    minutes = fields.NumberField(
        label=gettext_lazy("Hvor mange minutter varte det?"),
        least=1,
        most=MOST_MINUTES,
        required=True,
    )
    text = fields.TextField(
        label=gettext_lazy("Hva snakket dere om?"),
        help_text=gettext_lazy("Kort. Familien kan be om innsyn."),
        many_lines=True,
        max_length=1000,
        required=True,
    )

    def __init__(self, *args, course, people, **kwargs):
        super().__init__(*args, **kwargs)
        self.course = course
        self.people = {str(each.pk): each for each in people}
        choices = [("", _("Velg")), *((key, str(each)) for key, each in self.people.items())]
        self.fields["person"].choices = self.fields["person"].widget.choices = choices

    def clean_person(self):
        return self.people[self.cleaned_data["person"]]

    def clean_day(self):
        day = self.cleaned_data["day"]
        if day and day < self.course.planned_on:
            raise forms.ValidationError(
                _("Tiltaket ble planlagt %(day)s, og samtalen kan ikke være før. Se over datoen.")
                % {"day": long_date(self.course.planned_on)}
            )
        return day

    def clean(self):
        said = self.cleaned_data
        if said.get("day") and said.get("at") is not None:
            said["called_at"] = datetime.combine(said["day"], said["at"], tzinfo=OSLO)
            if said["called_at"] > timezone.now():
                self.add_error("at", _("Samtalen har ikke vært ennå. Se over klokkeslettet."))
        return said

    def said(self):
        return {
            name: self.cleaned_data[name] for name in ("person", "called_at", "minutes", "text")
        }


class StrikeCallForm(forms.Form):
    reason = fields.TextField(
        label=gettext_lazy("Hva er feil?"),
        help_text=gettext_lazy("Samtalen blir stående, strøket, med begrunnelsen."),
        max_length=300,
        required=True,
    )
