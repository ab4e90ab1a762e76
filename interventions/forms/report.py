"""To whom a report goes, and what is typed in it. The figures are not asked for: they are there."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from interventions.kinds import ReportPart
from tibir.core import fields
from tibir.documents.models import Dispatch

LONGEST = 20_000


class ReaderForm(forms.Form):
    recipient = fields.ChoiceField(
        label=_("Hvem er rapporten til?"),
        choices=[],
        required=True,
        help_text=_("Én rapport til hver. Den har bare med det som er mottakerens eget."),
    )

    def __init__(self, *args, readers, **kwargs):
        super().__init__(*args, **kwargs)
        self.readers = {str(each.pk): each for each in readers}
        self.fields["recipient"].choices = [(pk, str(each)) for pk, each in self.readers.items()]

    def clean_recipient(self):
        return self.readers[self.cleaned_data["recipient"]]


class ReportForm(forms.Form):
    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    seen = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)
    parts = fields.ChoicesField(label=_("Hva skal være med?"), choices=[])
    assessment = fields.TextField(
        label=_("Vurdering"),
        help_text=_("Med dine ord, til den som får rapporten. Tallene kommer av seg selv."),
        many_lines=True,
        max_length=LONGEST,
        attrs={"rows": 12},
    )
    next_steps = fields.TextField(
        label=_("Veien videre"), many_lines=True, max_length=LONGEST, attrs={"rows": 5}
    )

    def __init__(self, *args, recipient, parts, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["parts"].choices = [
            (each.value, capfirst(each.label)) for each in ReportPart if each in parts
        ]
        case, name = recipient.case, {"name": recipient.person.name}
        by_post = not case.is_strict and recipient.may_be_posted_to
        ways = [
            way for way in Dispatch.Channel.choices if by_post or way[0] != Dispatch.Channel.POST
        ]
        self.fields["way"] = fields.ChoiceField(
            label=_("Slik får %(name)s rapporten") % name, choices=ways
        )
        # Asked for before it is sent; a draft is saved without.
        for asked in ("assessment", "way"):
            self.fields[asked].is_asked_sometimes = True
        if by_post:
            self.fields["address"] = fields.TextField(
                label=_("Postadressen til %(name)s") % name,
                many_lines=True,
                max_length=200,
                help_text=_("Høyst tre linjer. Trengs bare når brevet skal i posten."),
                attrs={"rows": 3, "data-when": "way=post"},
            )
            self.fields["address"].is_asked_sometimes = True

    def clean(self):
        said = super().clean()
        if self.data.get("action") != "issue":
            return said
        if not said.get("assessment") and "assessment" not in self.errors:
            self.add_error("assessment", _("Skriv vurderingen før du sender rapporten."))
        if not said.get("way") and "way" not in self.errors:
            self.add_error("way", _("Velg hvordan rapporten når fram."))
        if said.get("way") == Dispatch.Channel.POST:
            self._check_address(said.get("address", ""))
        return said

    def _check_address(self, address):
        lines = [line for line in address.splitlines() if line.strip()]
        if not lines:
            missing = _("Skriv adressen brevet skal til, eller velg noe annet.")
            self.add_error("address", ValidationError(missing))
        elif len(lines) > 3:
            self.add_error("address", _("Skriv adressen på høyst tre linjer."))

    @property
    def address(self):
        """Asked for only when it is posted."""
        posted = self.cleaned_data.get("way") == Dispatch.Channel.POST
        return self.cleaned_data.get("address", "") if posted else ""
