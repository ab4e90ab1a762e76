from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from tibir.cases.models import STRICT, Grade, is_stricter
from tibir.core import fields

SHELTER = "shelter"


class ProtectForm(forms.Form):
    """Whose address is protected, how strictly, and who alone knows of the family then."""

    who = fields.ChoiceField(label=_("Hvem gjelder det?"), choices=[], required=True)
    grade = fields.ChoiceField(
        label=_("Hvilken sperre?"),
        choices=[
            (SHELTER, _("krisesenter eller et annet midlertidig sted (regnes som fortrolig)")),
            *Grade.choices[1:],
        ],
        required=True,
    )
    group = fields.ChoicesField(
        label=_("Hvem skal kjenne saken?"),
        choices=[],
        help_text=_(
            "Bare ved strengt fortrolig. Velg minst to. Velger du ingen, blir det alle som er "
            "klarert i kommunen."
        ),
    )

    def __init__(self, *args, people, cleared, **kwargs):
        super().__init__(*args, **kwargs)
        self.people = {str(person.pk): person for person, _how in people}
        self.cleared = {str(user.pk): user for user in cleared}
        self.fields["who"].choices = [
            (str(person.pk), f"{person.name}, {how}") for person, how in people
        ]
        self.fields["group"].choices = [(pk, user.name) for pk, user in self.cleared.items()]
        if not self.cleared:
            del self.fields["group"]

    def clean_who(self):
        return self.people[self.cleaned_data["who"]]

    def clean_group(self):
        return [self.cleared[pk] for pk in self.cleaned_data["group"]]

    def clean(self):
        said = self.cleaned_data
        chosen = said.get("group", [])
        if said.get("grade") in STRICT and len(chosen) == 1 < len(self.cleared):
            self.add_error("group", _("Velg minst to, så noen kjenner saken når den ene er borte."))
        return said


class WordsForm(forms.Form):
    """What must go out of what was written: a line for each, as it stands there."""

    words = fields.TextField(
        label=_("Hva skal bort?"),
        required=True,
        many_lines=True,
        max_length=500,
        help_text=_("Skriv det slik det står, én ting på hver linje. Store og små er det samme."),
    )

    def clean_words(self):
        lines = [line.strip() for line in self.cleaned_data["words"].splitlines()]
        lines = [line for line in lines if line]
        if any(len(line) < 3 for line in lines):
            raise ValidationError(_("Skriv minst tre tegn på hver linje."))
        return lines


class LoosenForm(forms.Form):
    grade = fields.ChoiceField(label=_("Hvilken sperre trengs nå?"), choices=[], required=True)
    reason = fields.TextField(
        label=_("Hvordan vet du at familien ikke trenger den strengere sperren?"),
        required=True,
        many_lines=True,
        max_length=500,
    )

    def __init__(self, *args, case, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["grade"].choices = [
            (value, capfirst(label))
            for value, label in Grade.choices
            if is_stricter(case.grade, value)
        ]


class GroupForm(forms.Form):
    people = fields.ChoicesField(label=_("Hvem skal også kjenne saken?"), choices=[])

    def __init__(self, *args, cleared, **kwargs):
        super().__init__(*args, **kwargs)
        self.cleared = {str(user.pk): user for user in cleared}
        self.fields["people"].choices = [(pk, user.name) for pk, user in self.cleared.items()]

    def clean_people(self):
        people = [self.cleared[pk] for pk in self.cleaned_data["people"]]
        if not people:
            raise ValidationError(_("Kryss av for minst én."))
        return people


class LinkForm(forms.Form):
    reference = fields.TextField(
        label=_("Referansen til søskenets henvisning"),
        required=True,
        max_length=20,
        attrs={"autocomplete": "off"},
    )
    reason = fields.TextField(
        label=_("Hvordan vet vi at de er søsken?"), required=True, max_length=200
    )


class PartForm(forms.Form):
    reason = fields.TextField(label=_("Hvorfor er de ikke søsken?"), required=True, max_length=200)
