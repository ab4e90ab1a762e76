from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from tibir.audit.kinds import Group
from tibir.cases.models import STRICT
from tibir.core import fields
from tibir.documents.models import Dispatch


class LogForm(forms.Form):
    """Which rows of the log are shown. Everything may be left as it is."""

    who = fields.SelectField(label=_("Hvem"), choices=[])
    kind = fields.SelectField(label=_("Hva slags"), choices=Group.choices)
    first = fields.DayField(label=_("Fra og med"))
    last = fields.DayField(label=_("Til og med"))

    def __init__(self, *args, people=(), **kwargs):
        super().__init__(*args, **kwargs)
        self._offer("who", _("alle"), [(str(pk), name) for pk, name in people])
        self._offer("kind", _("alt"), Group.choices)

    def _offer(self, name, everything, choices):
        field = self.fields[name]
        field.choices = field.widget.choices = [("", everything), *choices]

    def clean(self):
        first, last = self.cleaned_data.get("first"), self.cleaned_data.get("last")
        if first and last and last < first:
            self.add_error("last", _("Velg en dag som er den samme som «Fra og med» eller senere."))
        return self.cleaned_data


class OpeningsForm(forms.Form):
    """Who asks, in which language, and how the list reaches them."""

    recipient = fields.ChoiceField(label=_("Hvem har bedt om listen?"), choices=[], required=True)
    language = fields.ChoiceField(
        label=_("Språk"), choices=settings.LANGUAGES, required=True, initial="nb"
    )
    channel = fields.ChoiceField(label=_("Slik får de listen"), choices=[], required=True)
    address = fields.TextField(
        label=_("Postadressen"),
        many_lines=True,
        max_length=200,
        help_text=_("Høyst tre linjer. Trengs bare når brevet skal i posten."),
        attrs={"rows": 3},
    )

    def __init__(self, *args, case, people, **kwargs):
        super().__init__(*args, **kwargs)
        self.people = {str(each.pk): each for each in people}
        names = [(pk, str(each)) for pk, each in self.people.items()]
        ways = Dispatch.Channel.choices
        if case.grade in STRICT:
            ways = [way for way in ways if way[0] != Dispatch.Channel.POST]
            del self.fields["address"]
        else:
            self.fields["address"].is_asked_sometimes = True
        for name, choices in (("recipient", names), ("channel", ways)):
            self.fields[name].choices = self.fields[name].widget.choices = choices

    def clean_recipient(self):
        return self.people[self.cleaned_data["recipient"]]

    def clean(self):
        said = self.cleaned_data
        posted = said.get("channel") == Dispatch.Channel.POST
        lines = [line for line in said.get("address", "").splitlines() if line.strip()]
        if posted and "address" not in self.errors and not lines:
            self.add_error("address", _("Skriv adressen, eller velg en annen måte."))
        if posted and len(lines) > 3:
            self.add_error("address", _("Skriv adressen på høyst tre linjer."))
        if not self.people:
            raise ValidationError(
                _("Ingen med foreldreansvar er bekreftet ennå. Bekreft hvem de er først.")
            )
        return {"address": "", **said}
