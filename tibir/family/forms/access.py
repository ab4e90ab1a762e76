from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from tibir.cases.models import Disqualification, TimedAccess
from tibir.core import fields


class EmergencyForm(forms.Form):
    """One family, by what somebody who needs it has at hand: never by a name."""

    q = fields.TextField(
        label=_("Referanse eller fødselsnummer"),
        required=True,
        max_length=40,
        help_text=_("Hele referansen, eller barnets fødselsnummer på 11 siffer."),
        attrs={"autocomplete": "off"},
    )
    reason = fields.ChoiceField(
        label=_("Hvorfor haster det?"), choices=TimedAccess.Emergency.choices, required=True
    )
    text = fields.TextField(
        label=_("Hva skjer?"),
        required=True,
        many_lines=True,
        max_length=1000,
        help_text=_("En leder leser dette og vurderer om nødtilgangen var riktig."),
    )


class LeaderForm(forms.Form):
    reason = fields.ChoiceField(
        label=_("Hva skal du bruke saken til?"), choices=TimedAccess.Purpose.choices, required=True
    )
    text = fields.TextField(label=_("Begrunnelse"), required=True, many_lines=True, max_length=1000)
    days = fields.NumberField(
        label=_("Hvor mange dager trenger du?"),
        least=1,
        most=settings.LEADER_ACCESS_DAYS,
        required=True,
    )


class ReviewForm(forms.Form):
    justified = fields.ChoiceField(
        label=_("Var nødtilgangen riktig å bruke?"),
        choices=[("yes", _("ja")), ("no", _("nei"))],
        required=True,
    )
    review = fields.TextField(
        label=_("Vurderingen din"), required=True, many_lines=True, max_length=2000
    )

    def clean_justified(self):
        return self.cleaned_data["justified"] == "yes"


class RecuseForm(forms.Form):
    reason = fields.ChoiceField(
        label=_("Hva er grunnen?"), choices=Disqualification.Reason.choices, required=True
    )


class DisqualifyForm(RecuseForm):
    user = fields.SelectField(label=_("Hvem er inhabil?"), choices=[], required=True)
    field_order = ["user", "reason"]

    def __init__(self, *args, people, **kwargs):
        super().__init__(*args, **kwargs)
        self.people = {str(user.pk): user for user in people}
        choices = [("", _("Velg")), *((pk, user.name) for pk, user in self.people.items())]
        self.fields["user"].choices = self.fields["user"].widget.choices = choices

    def clean_user(self):
        return self.people[self.cleaned_data["user"]]
