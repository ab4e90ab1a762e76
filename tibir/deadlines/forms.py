from django import forms
from django.utils.translation import gettext_lazy as _

from tibir.core import fields


class GiveForm(forms.Form):
    """To whom of those who may have it."""

    to = fields.ChoiceField(label=_("Hvem skal ha den?"), choices=(), required=True)

    def __init__(self, *args, deadline, **kwargs):
        super().__init__(*args, **kwargs)
        people = deadline.possible_owners.exclude(pk=deadline.owner_id)
        self.people = {str(user.pk): user for user in people.order_by("name", "pk")}
        self.fields["to"].choices = [(pk, user.name) for pk, user in self.people.items()]

    def clean_to(self):
        return self.people[self.cleaned_data["to"]]
