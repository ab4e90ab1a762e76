from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from interventions.states import Ending
from tibir.core import fields


class PractitionerForm(forms.Form):
    practitioner = fields.SelectField(
        label=gettext_lazy("Hvem skal møte familien?"),
        help_text=gettext_lazy(
            "De som har opplæring i dette, arbeider i enheten og ikke er inhabile."
        ),
        choices=[],
        required=True,
    )

    def __init__(self, *args, people, **kwargs):
        super().__init__(*args, **kwargs)
        self.people = {str(user.pk): user for user in people}
        choices = [("", _("Velg")), *((pk, _named(user)) for pk, user in self.people.items())]
        self.fields["practitioner"].choices = choices
        self.fields["practitioner"].widget.choices = choices

    def clean_practitioner(self):
        return self.people[self.cleaned_data["practitioner"]]


def _named(user):
    if not user.trained_by:
        return user.name
    return _("%(name)s (under opplæring, veiledes av %(supervisor)s)") % {
        "name": user.name,
        "supervisor": user.trained_by,
    }


class EndForm(forms.Form):
    ending = fields.ChoiceField(
        label=gettext_lazy("Hvorfor er det slutt nå?"),
        choices=[(each.value, capfirst(each.label)) for each in Ending],
        required=True,
    )
    reason = fields.TextField(
        label=gettext_lazy("Begrunnelse"), required=True, many_lines=True, max_length=1000
    )
