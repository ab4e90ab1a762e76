"""What is done with one referral: one small form for each."""

from datetime import timedelta

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tibir.cases.models import CasePerson
from tibir.core import fields


class ContactForm(forms.Form):
    """What staff learnt about a person: who they are and how they may be reached."""

    how = fields.ChoiceField(
        label=_("Hvordan vet du hvem dette er?"),
        choices=CasePerson.Verification.choices,
        required=True,
    )
    responsibility = fields.ChoiceField(
        label=_("Har personen foreldreansvar?"), choices=CasePerson.YesNo.choices, required=True
    )
    phone = fields.PhoneField(label=_("Telefonnummer"))
    safe_phone = fields.ChoiceField(
        label=_("Er det trygt å ringe?"), choices=CasePerson.YesNo.choices, required=True
    )
    email = fields.EmailField(label=_("E-postadresse"))
    safe_email = fields.ChoiceField(
        label=_("Er det trygt å sende e-post?"), choices=CasePerson.YesNo.choices, required=True
    )

    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, hides=False, **kwargs):
        super().__init__(*args, **kwargs)
        self.hides = hides
        if hides:
            for name in ("phone", "email"):
                self.fields[name].help_text = _("Skjult. Lar du feltet stå tomt, endres det ikke.")

    def said(self, person):
        """What was learnt; of what is hidden, an empty field says nothing."""
        said = dict(self.cleaned_data)
        if "seen" not in self.data:
            said["seen"] = None
        if self.hides:
            said |= {"phone": said["phone"] or person.phone, "email": said["email"] or person.email}
        return said


# --- Assessment -----------------------------------------------------------------------------


class GiveForm(forms.Form):
    to = fields.SelectField(label=_("Hvem skal ha henvisningen?"), choices=[], required=True)

    def __init__(self, *args, owners, **kwargs):
        super().__init__(*args, **kwargs)
        self.owners = {str(user.pk): user for user in owners}
        choices = [("", _("Velg")), *((pk, user.name) for pk, user in self.owners.items())]
        self.fields["to"].choices = self.fields["to"].widget.choices = choices

    def clean_to(self):
        return self.owners[self.cleaned_data["to"]]


class AskForm(forms.Form):
    how = fields.ChoiceField(
        label=_("Hvordan spør du?"),
        choices=[("phone", _("Jeg har ringt")), ("letter", _("Vi sender et brev"))],
        required=True,
    )
    question = fields.TextField(
        label=_("Hva trenger vi å vite?"),
        required=True,
        many_lines=True,
        max_length=2000,
        help_text=_("Sender vi et brev, står dette i det. Skriv til familien."),
    )


class ToldForm(forms.Form):
    answer = fields.TextField(
        label=_("Hva svarte de?"), required=True, many_lines=True, max_length=4000
    )


class PreliminaryForm(forms.Form):
    why = fields.TextField(
        label=_("Hvorfor tar det lengre tid?"),
        required=True,
        many_lines=True,
        max_length=1000,
        help_text=_("Står i brevet til familien."),
    )
    when = fields.DayField(label=_("Når tror du de får svar?"), required=True)

    def clean_when(self):
        when = self.cleaned_data["when"]
        if when <= timezone.localdate():
            raise ValidationError(_("Velg en dag som kommer."))
        return when


class ReasonForm(forms.Form):
    reason = fields.TextField(
        label=_("Begrunnelse"), required=True, many_lines=True, max_length=1000
    )


class CorrectionForm(ReasonForm):
    becomes = fields.DayField(
        label=_("Dagen vi egentlig fikk henvisningen"),
        required=True,
        latest=timezone.localdate,
        earliest=lambda: timezone.localdate() - timedelta(days=366),
    )
    field_order = ["becomes", "reason"]


class ReceiptForm(forms.Form):
    on = fields.DayField(label=_("Når kvitterte de?"), required=True, latest=timezone.localdate)
