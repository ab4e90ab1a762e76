from datetime import timedelta

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from referrals.rules import is_owed_an_answer
from referrals.states import Outcome
from tibir.calendar.oslo import Week, week_of
from tibir.cases.models import STRICT, CasePerson
from tibir.core import fields
from tibir.core.dates import short_date
from tibir.documents.models import Dispatch

WEEKS_AHEAD = 78
NONE = "none"
# What is asked only with one outcome; the browser hides it with the others.
ONLY_WITH = {
    "first_week": Outcome.WAITLIST,
    "last_week": Outcome.WAITLIST,
    "referred_to": Outcome.REFERRED_ON,
    "consent": Outcome.REFERRED_ON,
}


class AnswerForm(forms.Form):
    """What the family is told, and how it reaches each of them."""

    outcome = fields.ChoiceField(label=_("Svaret"), choices=Outcome.choices, required=True)
    reason = fields.TextField(
        label=_("Hvorfor"),
        required=True,
        many_lines=True,
        max_length=3000,
        help_text=_("Står i brevet til familien. Skriv til dem, kort og vennlig."),
    )
    first_week = fields.SelectField(
        label=_("Kan begynne tidligst"), help_text=_("Bare for venteliste."), choices=[]
    )
    last_week = fields.SelectField(
        label=_("Kan begynne senest"), help_text=_("Bare for venteliste."), choices=[]
    )
    referred_to = fields.TextField(
        label=_("Hvem skal familien videre til?"),
        help_text=_("Bare når de henvises videre. Skriv navnet slik familien kjenner det."),
    )
    consent = fields.ChoiceField(
        label=_("Har familien samtykket til at vi sender henvisningen dit?"),
        help_text=_("Bare når de henvises videre."),
        choices=CasePerson.YesNo.choices[:2],
    )

    def __init__(self, *args, referral, people, today, **kwargs):
        super().__init__(*args, **kwargs)
        self.referral, self.today = referral, today
        weeks = list(_weeks(today))
        for name in ("first_week", "last_week"):
            self.fields[name].choices = [("", _("Velg")), *weeks]
            self.fields[name].widget.choices = self.fields[name].choices
        for name, outcome in ONLY_WITH.items():
            self._ask_only_when(name, "outcome", outcome.value)
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

    def clean(self):
        said = self.cleaned_data
        outcome = said.get("outcome")
        if outcome == Outcome.WAITLIST:
            self._check_window(said)
        if outcome == Outcome.REFERRED_ON:
            self._need("referred_to", _("Skriv hvem henvisningen går videre til."))
            self._need("consent", _("Svar på om familien har samtykket."))
        for each in self.recipients:
            self._check_way(each)
        if not self.recipients:
            raise ValidationError(
                _("Ingen som skal ha svaret, er bekreftet ennå. Bekreft hvem de er først.")
            )
        ways = [said.get(f"way-{each.pk}") for each in self.recipients]
        if all(way == NONE for way in ways):
            raise ValidationError(_("Minst én må få svaret. Velg hvordan."))
        return said

    def _need(self, name, sentence):
        if name not in self.errors and not self.cleaned_data.get(name):
            self.add_error(name, sentence)

    def _check_window(self, said):
        self._need("first_week", _("Velg uken de tidligst kan begynne."))
        self._need("last_week", _("Velg uken de senest kan begynne."))
        first, last = said.get("first_week"), said.get("last_week")
        if first and last and last < first:
            self.add_error("last_week", _("Den siste uken må være etter den første."))

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

    def said(self):
        """What the action is told, and what goes into the letter."""
        data, outcome = self.cleaned_data, self.cleaned_data["outcome"]
        said = {"outcome": outcome, "reason": data["reason"]}
        if outcome == Outcome.WAITLIST:
            monday = _monday(data["first_week"])
            said["window"] = (monday, _monday(data["last_week"]) + timedelta(days=6))
        if outcome == Outcome.REFERRED_ON:
            said["referred_to"] = data["referred_to"]
            said["forwarded_with_consent"] = data["consent"] == CasePerson.YesNo.YES
        return said

    def chosen(self):
        """(case person, way, address) of everyone who gets the letter."""
        for each in self.recipients:
            way = self.cleaned_data[f"way-{each.pk}"]
            posted = way == Dispatch.Channel.POST
            if way != NONE:
                yield each, way, self.cleaned_data[f"address-{each.pk}"] if posted else ""


def _weeks(today):
    """(«2027-08», «uke 8 (fra 22. februar)»), from this week on."""
    week = week_of(today)
    for _number in range(WEEKS_AHEAD):
        yield (
            f"{week.year}-{week.number:02}",
            _("uke %(week)d, %(year)d (fra %(day)s)")
            % {"week": week.number, "year": week.year, "day": short_date(week.monday)},
        )
        week = week.next


def _monday(key):
    year, _dash, number = key.partition("-")
    return Week(int(year), int(number)).monday
