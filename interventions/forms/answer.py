from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from interventions.forms.recipients import RecipientsForm
from referrals.states import Outcome
from tibir.calendar.oslo import Week, week_of
from tibir.cases.models import CasePerson
from tibir.core import fields
from tibir.core.dates import short_date

WEEKS_AHEAD = 78
# What is asked only with one outcome; the browser hides it with the others.
ONLY_WITH = {
    "first_week": Outcome.WAITLIST,
    "last_week": Outcome.WAITLIST,
    "referred_to": Outcome.REFERRED_ON,
    "consent": Outcome.REFERRED_ON,
}


class AnswerForm(RecipientsForm):
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

    def __init__(self, *args, today, **kwargs):
        super().__init__(*args, **kwargs)
        self.today = today
        weeks = list(_weeks(today))
        for name in ("first_week", "last_week"):
            self.fields[name].choices = [("", _("Velg")), *weeks]
            self.fields[name].widget.choices = self.fields[name].choices
        for name, outcome in ONLY_WITH.items():
            self._ask_only_when(name, "outcome", outcome.value)

    def clean(self):
        said = self.cleaned_data
        outcome = said.get("outcome")
        if outcome == Outcome.WAITLIST:
            self._check_window(said)
        if outcome == Outcome.REFERRED_ON:
            self._need("referred_to", _("Skriv hvem henvisningen går videre til."))
            self._need("consent", _("Svar på om familien har samtykket."))
        self._check_recipients(said)
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
