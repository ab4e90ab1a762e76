from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from interventions.forms.course import described
from interventions.states import Ending
from tibir.core import fields
from tibir.core.dates import long_date


def today_typed():
    return timezone.localdate().strftime("%d.%m.%Y")


class SinceForm(forms.Form):
    """A day that has been, and not before `earliest`; `why` says what happened then."""

    on = fields.DayField(label=gettext_lazy("Dag"), latest=timezone.localdate, required=True)

    def __init__(self, *args, earliest, why, **kwargs):
        kwargs.setdefault("initial", {"on": today_typed()})
        super().__init__(*args, **kwargs)
        self.earliest, self.why = earliest, why

    def clean_on(self):
        day = self.cleaned_data["on"]
        if day < self.earliest:
            raise ValidationError(self.why % {"day": long_date(self.earliest)})
        return day


class StartForm(SinceForm):
    beside = fields.SelectField(
        label=gettext_lazy("Ved siden av"),
        help_text=gettext_lazy(
            "Tiltaket for foreldrene, som det er takket ja til eller er i gang."
        ),
        choices=[],
        required=True,
    )

    def __init__(self, *args, beside, asks, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["on"].label = _("Når begynte tiltaket?")
        self.beside = {str(course.pk): course for course in beside}
        if asks:
            choices = [("", _("Velg")), *described(self.beside)]
            self.fields["beside"].choices = self.fields["beside"].widget.choices = choices
        else:
            del self.fields["beside"]

    def said(self):
        beside = self.beside.get(self.cleaned_data.get("beside"))
        return {"on": self.cleaned_data["on"], "beside": beside}


class PauseForm(SinceForm):
    reason = fields.TextField(
        label=gettext_lazy("Hvorfor en pause?"), required=True, many_lines=True, max_length=1000
    )


class ReasonForm(forms.Form):
    reason = fields.TextField(
        label=gettext_lazy("Begrunnelse"), required=True, many_lines=True, max_length=1000
    )


class OverForm(forms.Form):
    """What is missing may be left out, with one reason for all of it."""

    next_step = fields.TextField(
        label=gettext_lazy("Hva skjer videre?"),
        help_text=gettext_lazy("For eksempel: ring om seks måneder, eller et annet tiltak."),
        many_lines=True,
        max_length=1000,
        attrs={"rows": 3},
    )

    def __init__(self, *args, checks, **kwargs):
        super().__init__(*args, **kwargs)
        self.missing = [check.code for check in checks if check.is_missing]

    def _said(self, why):
        return self.cleaned_data | {"left_out": dict.fromkeys(self.missing, why)}


class CompleteForm(OverForm):
    left_out = fields.TextField(
        label=gettext_lazy("Hvorfor er det som mangler, ikke gjort?"),
        help_text=gettext_lazy("Én begrunnelse for alt som står som «mangler» i listen."),
        many_lines=True,
        required=True,
        max_length=1000,
        attrs={"rows": 3},
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["next_step"].required = True
        if not self.missing:
            del self.fields["left_out"]

    def said(self):
        return self._said(self.cleaned_data.get("left_out", ""))


class EndForm(OverForm):
    field_order = ["ending", "reason"]

    ending = fields.ChoiceField(
        label=gettext_lazy("Hvorfor er det slutt nå?"),
        choices=[(each.value, capfirst(each.label)) for each in Ending],
        required=True,
    )
    reason = fields.TextField(
        label=gettext_lazy("Begrunnelse"), required=True, many_lines=True, max_length=1000
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.missing:
            self.fields["reason"].help_text = _("Den gjelder også det som mangler i listen.")

    def said(self):
        return self._said(self.cleaned_data["reason"])


class MoreForm(forms.Form):
    count = fields.NumberField(
        label=gettext_lazy("Hvor mange flere møter?"), least=1, most=20, required=True
    )
    reason = fields.TextField(
        label=gettext_lazy("Hvorfor trengs de?"),
        help_text=gettext_lazy("Skriv uten navn: den som svarer, kan arbeide i en annen enhet."),
        required=True,
        many_lines=True,
        max_length=1000,
    )


class AnswerMoreForm(forms.Form):
    is_approved = fields.ChoiceField(
        label=gettext_lazy("Får tiltaket flere møter?"),
        choices=[("yes", gettext_lazy("Ja")), ("no", gettext_lazy("Nei"))],
        required=True,
    )
    answer = fields.TextField(
        label=gettext_lazy("Svar til den som spør"),
        help_text=gettext_lazy("Trengs når svaret er nei."),
        many_lines=True,
        max_length=1000,
        attrs={"rows": 3},
    )

    def clean_is_approved(self):
        return self.cleaned_data["is_approved"] == "yes"

    def clean(self):
        said = self.cleaned_data
        if said.get("is_approved") is False and not said.get("answer"):
            self.add_error("answer", _("Skriv hvorfor det ikke blir flere møter."))
        return said
