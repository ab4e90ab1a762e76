"""One page of a family that was met: who they are, what was found out, and what was agreed."""

from datetime import datetime, timedelta

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from interventions.actions import Told
from interventions.forms.meeting import LONGEST
from interventions.forms.screening import (
    YES_NO,
    ConversationForm,
    FindingsForm,
    GateForm,
    SafetyForm,
    sentences,
)
from interventions.kinds import ServiceKind
from interventions.models import Meeting
from referrals.forms.answers import Together
from referrals.forms.desk import DeskForm
from referrals.questions import IN_SERVICE
from referrals.routing import differs
from tibir.calendar.oslo import OSLO
from tibir.calendar.series import lasts
from tibir.cases.models import Consent
from tibir.core import fields
from tibir.documents.models import Dispatch

A_YEAR = timedelta(days=366)
GATE = ("thrives", "thrives_words", "worries", "worries_words")


def _a_year_ago():
    return timezone.localdate() - A_YEAR


class FamilyForm(DeskForm):
    """Who the family is, with the same questions as at the desk."""

    steps = IN_SERVICE


class MetForm(forms.Form):
    day = fields.DayField(
        label=gettext_lazy("Hvilken dag møtte du familien?"),
        help_text=gettext_lazy("Svarfristen regnes fra denne dagen."),
        latest=timezone.localdate,
        earliest=_a_year_ago,
        required=True,
    )
    starts = fields.ClockField(label=gettext_lazy("Begynte klokken"), required=True)
    ends = fields.ClockField(label=gettext_lazy("Sluttet klokken"), required=True)
    kind = fields.ChoiceField(
        label=gettext_lazy("Hva slags møte?"), choices=sentences(Meeting.Kind), required=True
    )
    mode = fields.ChoiceField(
        label=gettext_lazy("Hvordan møttes dere?"), choices=sentences(Meeting.Mode), required=True
    )
    place = fields.TextField(
        label=gettext_lazy("Hvor møttes dere?"),
        help_text=gettext_lazy("For eksempel på helsestasjonen eller i barnehagen."),
    )

    def clean(self):
        said = self.cleaned_data
        period = self.period
        if period and lasts(*period) <= timedelta(0):
            self.add_error("ends", _("Møtet må slutte etter at det begynner."))
        elif period and lasts(*period) > LONGEST:
            self.add_error("ends", _("Møtet varer over åtte timer. Se over klokkeslettene."))
        elif period and period[0] > timezone.now():
            self.add_error("starts", _("Møtet har ikke begynt ennå."))
        return said

    @property
    def period(self):
        parts = [self.cleaned_data.get(name) for name in ("day", "starts", "ends")]
        if not all(part is not None for part in parts):
            return None
        day, *hours = parts
        return tuple(datetime.combine(day, hour, tzinfo=OSLO) for hour in hours)

    def said(self):
        start, end = self.period
        rest = {name: self.cleaned_data[name] for name in ("kind", "mode", "place")}
        return {"starts_at": start, "ends_at": end} | rest


class ParentForm(GateForm):
    """What one parent answered, and how the answer comes to this one."""

    asked_on = None
    attended = fields.ChoiceField(label=gettext_lazy("Var personen med på møtet?"), choices=YES_NO)
    agrees = fields.ChoiceField(
        label=gettext_lazy("Har personen sagt ja til å begynne med rådgivning?"),
        choices=[*YES_NO, ("not_asked", gettext_lazy("Ikke spurt ennå"))],
    )
    way = fields.ChoiceField(
        label=gettext_lazy("Slik får personen svaret"), choices=sentences(Dispatch.Channel)
    )
    address = fields.TextField(
        label=gettext_lazy("Postadressen"),
        help_text=gettext_lazy("Høyst tre linjer. Trengs bare når brevet skal i posten."),
        many_lines=True,
        max_length=200,
        attrs={"rows": 3},
    )
    field_order = ["attended", "agrees", *GATE, "way", "address"]

    def __init__(self, *args, is_met, **kwargs):
        super().__init__(*args, **kwargs)
        self.is_met = is_met
        if is_met:
            del self.fields["attended"]
        self.fields["agrees"].required = is_met
        for name in ("thrives", "worries"):
            self.fields[name].required = False
        self.fields["address"].widget.attrs["data-when"] = f"{self.add_prefix('way')}=post"
        self.fields["address"].is_asked_sometimes = True

    def clean_worries(self):
        return {"yes": True, "no": False}.get(self.cleaned_data["worries"])

    @property
    def came(self):
        return self.is_met or self.cleaned_data.get("attended") == "yes"

    def clean(self):
        said = self.cleaned_data
        if not self.came:
            return said
        for name in ("thrives", "worries", "way"):
            if name not in self.errors and said.get(name) in ("", None):
                self.add_error(name, _("Velg et svar på «%(q)s».") % {"q": self.fields[name].label})
        if said.get("way") == Dispatch.Channel.POST and "address" not in self.errors:
            self._check_address([one for one in said["address"].splitlines() if one.strip()])
        return said

    def _check_address(self, lines):
        if not lines:
            self.add_error("address", _("Skriv adressen brevet skal til, eller velg noe annet."))
        elif len(lines) > 3:
            self.add_error("address", _("Skriv adressen på høyst tre linjer."))

    def said(self):
        data, came = self.cleaned_data, self.came
        posted = data.get("way") == Dispatch.Channel.POST
        return {
            "attended": came,
            "agrees": data.get("agrees", ""),
            "gate": {name: data[name] for name in GATE} if came else None,
            "way": data.get("way", "") if came else "",
            "address": data["address"] if came and posted else "",
        }


class TalkForm(ConversationForm, FindingsForm):
    """A short summary, what they wish for, and what the recommendation is made from."""

    version = None
    field_order = ["conversation", "wish", "wish_words"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["conversation"].widget.attrs["rows"] = 5


class AgreementForm(forms.Form):
    starts_on = fields.DayField(label=gettext_lazy("Rådgivningen begynner"))
    how = fields.ChoiceField(
        label=gettext_lazy("Hvordan ble dere enige?"),
        choices=sentences([each for each in Consent.Channel if each != Consent.Channel.FORM]),
    )
    words = fields.TextField(
        label=gettext_lazy("Hvorfor dette, med ord til familien"),
        help_text=gettext_lazy("Står i brevet til familien. Skriv til dem, kort og vennlig."),
        many_lines=True,
        max_length=3000,
    )
    reason = fields.TextField(
        label=gettext_lazy("Hvorfor noe annet enn anbefalingen?"),
        help_text=gettext_lazy(
            "Bare når anbefalingen er noe annet enn rådgivning. Står ikke i brevet."
        ),
        many_lines=True,
        max_length=3000,
        attrs={"rows": 3},
    )

    def __init__(self, *args, is_needed=True, **kwargs):
        super().__init__(*args, **kwargs)
        for name in ("starts_on", "how", "words"):
            self.fields[name].required = is_needed

    def clean_starts_on(self):
        day, today = self.cleaned_data["starts_on"], timezone.localdate()
        if day and day < today:
            raise ValidationError(_("Dagen rådgivningen begynner, kan ikke være før i dag."))
        if day and day > today + A_YEAR:
            raise ValidationError(_("Det er over et år til. Se over årstallet."))
        return day


class DirectForm(Together):
    """All of it, which the error summary on top reads as one."""

    def __init__(self, typed=None, *, bound=False, starts=True):
        data = None if typed is None else MultiValueDict(typed)
        self.family = FamilyForm(typed, today=None, bound=bound)
        self.met = _part(MetForm, data, bound, "motet")
        self.parents = [
            _part(ParentForm, data, bound, f"svar-{number}", is_met=number == 0)
            for number in range(len(self.family.people) + 1)
        ]
        for block, part in zip(self.family.people, self.parents[1:], strict=True):
            block.part = part
        self.talk = _part(TalkForm, data, bound, "samtalen")
        self.safety = _part(SafetyForm, data, bound, "trygghet")
        worried = bound and data.get("trygghet-is_worried") == "yes"
        self.agreed = _part(AgreementForm, data, bound, "avtalen", is_needed=starts and not worried)
        if bound:
            self._look_at_the_others()

    def _look_at_the_others(self):
        """Who is not named is nobody; and nobody is half told of."""
        for block, part in zip(self.family.people, self.parents[1:], strict=True):
            typed = any(block.answers.values())
            said = not part.errors and any(part.cleaned_data.values())
            if not typed and not said and not part.errors:
                continue
            if not block.answers.get("name") and "name" not in block.errors:
                block.add_error("name", _("Skriv hva personen heter."))
            if not part.errors and not part.cleaned_data["attended"]:
                part.add_error("attended", _("Svar på om personen var med på møtet."))

    @property
    def has_room(self):
        return self.family.has_room

    @property
    def section(self):
        """The sections of the family by their slugs."""
        return {section.step.slug: section for section in self.family.sections}

    @property
    def forms(self):
        """In the order of the page."""
        named = self.section
        others = []
        for block, part in zip(self.family.people, self.parents[1:], strict=True):
            others += [block, part]
        return [
            self.met, named["skjerming"], named["henviser"], self.parents[0], named["barnet"],
            *others, named["bekymringen"], self.talk, self.safety, self.agreed,
        ]  # fmt: skip

    @property
    def is_worried(self):
        return self.safety.cleaned_data["is_worried"]

    def add_error(self, name, error):
        """What is not of any one field stands on top of them all."""
        self.agreed.add_error(name, error)

    def check(self, result):
        """Something else than what is recommended needs a reason."""
        services = [ServiceKind.COUNSELLING.value]
        if differs(services, "", result) and not self.agreed.cleaned_data["reason"].strip():
            self.agreed.add_error(
                "reason", _("Skriv hvorfor dere velger noe annet enn anbefalingen.")
            )

    def told(self):
        answers = self.family.answers
        day = self.met.cleaned_data["day"]
        answers["registrert"] = {"channel": "in_person", "received_on": day.isoformat()}
        others = [
            part
            for block, part in zip(self.family.people, self.parents[1:], strict=True)
            if any(block.answers.values())
        ]
        agreed = self.agreed.cleaned_data
        return Told(
            answers=answers,
            parents=tuple(part.said() for part in [self.parents[0], *others]),
            met=self.met.said(),
            found=self.talk.cleaned_data,
            safety=self.safety.cleaned_data,
            agreed=agreed,
        )


def _part(form_class, data, bound, prefix, **about):
    """Asked for good, or as it stands so far: right or wrong."""
    if bound or data is None:
        return form_class(data if bound else None, prefix=prefix, **about)
    form = form_class(prefix=prefix, **about)
    form.initial = {
        name: field.widget.value_from_datadict(data, {}, form.add_prefix(name))
        for name, field in form.fields.items()
    }
    return form
