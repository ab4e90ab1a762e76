"""To whom a letter goes, and how it reaches each of them."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from referrals.rules import is_owed_an_answer
from tibir.cases.models import STRICT
from tibir.core import fields
from tibir.documents.models import Dispatch

NONE = "none"


class RecipientsForm(forms.Form):
    """What a letter says stands above; here is asked how each who is owed it gets it."""

    def __init__(self, *args, referral, people, **kwargs):
        super().__init__(*args, **kwargs)
        self.referral = referral
        owed = [each for each in people if is_owed_an_answer(each, referral)]
        self.recipients = [each for each in owed if each.is_verified]
        self.unconfirmed = [each for each in owed if not each.is_verified]
        for each in self.recipients:
            self._ask_how(each)

    def _ask_how(self, recipient):
        ways = [way for way in Dispatch.Channel.choices if self._is_possible(way[0], recipient)]
        name = {"name": recipient.person.name}
        self.fields[f"way-{recipient.pk}"] = fields.ChoiceField(
            label=_("Slik får %(name)s svaret") % name,
            choices=[*ways, (NONE, _("skal ikke ha brev"))],
            required=True,
        )
        if self._is_possible(Dispatch.Channel.POST, recipient):
            self.fields[f"address-{recipient.pk}"] = fields.TextField(
                label=_("Postadressen til %(name)s") % name,
                many_lines=True,
                max_length=200,
                help_text=_("Høyst tre linjer. Trengs bare når brevet skal i posten."),
                attrs={"rows": 3},
            )

            self._ask_only_when(f"address-{recipient.pk}", f"way-{recipient.pk}", "post")

    def _ask_only_when(self, name, other, value):
        self.fields[name].widget.attrs["data-when"] = f"{other}={value}"
        self.fields[name].is_asked_sometimes = True

    def _is_possible(self, way, recipient):
        is_strict = self.referral.case.grade in STRICT
        return way != Dispatch.Channel.POST or (not is_strict and recipient.may_be_posted_to)

    def _check_recipients(self, said):
        for each in self.recipients:
            self._check_way(each)
        if not self.recipients:
            raise ValidationError(
                _("Ingen som skal ha svaret, er bekreftet ennå. Bekreft hvem de er først.")
            )
        ways = [said.get(f"way-{each.pk}") for each in self.recipients]
        if all(way == NONE for way in ways):
            raise ValidationError(_("Minst én må få svaret. Velg hvordan."))

    def _check_way(self, recipient):
        address = self.cleaned_data.get(f"address-{recipient.pk}", "")
        lines = [line for line in address.splitlines() if line.strip()]
        if self.cleaned_data.get(f"way-{recipient.pk}") != Dispatch.Channel.POST:
            return
        if not lines:
            missing = _("Skriv adressen brevet skal til, eller velg noe annet.")
            self.add_error(f"address-{recipient.pk}", missing)
        elif len(lines) > 3:
            self.add_error(f"address-{recipient.pk}", _("Skriv adressen på høyst tre linjer."))

    def chosen(self):
        """(case person, way, address) of everyone who gets the letter."""
        for each in self.recipients:
            way = self.cleaned_data[f"way-{each.pk}"]
            posted = way == Dispatch.Channel.POST
            if way != NONE:
                yield each, way, self.cleaned_data[f"address-{each.pk}"] if posted else ""


def known_ways(people, case):
    """The child's address for those who live there, and the mail for those who have one."""
    known = {}
    if case.is_hidden:
        return known
    for each in people:
        home = case.child.address if each.lives_with == "yes" else ""
        known[f"address-{each.pk}"] = each.person.address or home
        known[f"way-{each.pk}"] = "post" if known[f"address-{each.pk}"] else "read_out"
    return known
