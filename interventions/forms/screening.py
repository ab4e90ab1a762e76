from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from interventions.kinds import (
    GATE_THRIVES,
    GATE_WORRIES,
    Arena,
    Burden,
    ServiceKind,
    Thrives,
    Where,
    Wish,
)
from tibir.core import fields
from tibir.family.forms.consent import recent_day

NONE = "none"
YES_NO = [("yes", gettext_lazy("Ja")), ("no", gettext_lazy("Nei"))]
KNOWN = [*YES_NO, ("unknown", gettext_lazy("Vet ikke"))]
MANY = 10_000


def sentences(choices):
    return [(each.value, capfirst(each.label)) for each in choices]


class GateForm(forms.Form):
    asked_on = recent_day(gettext_lazy("Hvilken dag ble det spurt?"), required=True)
    thrives = fields.ChoiceField(label=GATE_THRIVES, choices=sentences(Thrives), required=True)
    thrives_words = fields.TextField(
        label=gettext_lazy("Med egne ord"), many_lines=True, max_length=MANY, attrs={"rows": 3}
    )
    worries = fields.ChoiceField(label=GATE_WORRIES, choices=YES_NO, required=True)
    worries_words = fields.TextField(
        label=gettext_lazy("Hvilke?"), many_lines=True, max_length=MANY, attrs={"rows": 3}
    )

    def clean_worries(self):
        return self.cleaned_data["worries"] == "yes"


class FoundForm(forms.Form):
    """What is found out. The version says what was seen when it was typed."""

    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)


class ObservationForm(FoundForm):
    observed_on = recent_day(gettext_lazy("Hvilken dag?"), required=True)
    observed_where = fields.ChoiceField(
        label=gettext_lazy("Hvor?"), choices=sentences(Where), required=True
    )
    observed_task = fields.TextField(
        label=gettext_lazy("Hva gjorde de sammen?"), many_lines=True, max_length=MANY,
        attrs={"rows": 3},
    )  # fmt: skip
    observed_strengths = fields.TextField(
        label=gettext_lazy("Hva fungerte i samspillet?"), many_lines=True, max_length=MANY
    )
    observed_difficulties = fields.TextField(
        label=gettext_lazy("Hva var vanskelig i samspillet?"), many_lines=True, max_length=MANY
    )

    def clean(self):
        said = super().clean()
        texts = ("observed_task", "observed_strengths", "observed_difficulties")
        if not self.errors and not any(said[name] for name in texts):
            raise ValidationError(_("Skriv noe om hva som ble sett."))
        return said


class ConversationForm(FoundForm):
    conversation = fields.TextField(
        label=gettext_lazy("Oppsummering av samtalen"), many_lines=True, max_length=MANY,
        required=True, attrs={"rows": 8},
    )  # fmt: skip
    wish = fields.ChoiceField(label=gettext_lazy("Hva ønsker foreldrene?"), choices=sentences(Wish))
    wish_words = fields.TextField(
        label=gettext_lazy("Med foreldrenes ord"), many_lines=True, max_length=MANY,
        attrs={"rows": 3},
    )  # fmt: skip


def _known(label, **about):
    return fields.ChoiceField(label=label, choices=KNOWN, **about)


def _several(label, choices):
    """What is ticked; «none of these» is an answer, and nothing ticked is that nobody asked."""
    none = (NONE, gettext_lazy("Ingen av disse"))
    return fields.ChoicesField(label=label, choices=[*sentences(choices), none])


class FindingsForm(FoundForm):
    """What the recommendation is made from. What nobody has asked about stays unknown."""

    negativity_months = fields.NumberField(
        label=gettext_lazy("Måneder med gjensidig negativitet"),
        help_text=gettext_lazy("0 når det ikke er noe av det. Tomt når det ikke er spurt."),
        least=0,
        most=216,
    )
    is_serious = _known(gettext_lazy("Er vanskene alvorlige?"))
    has_behaviour_problems = _known(gettext_lazy("Har barnet kartlagte atferdsvansker?"))
    arenas = _several(gettext_lazy("Hvor viser vanskene seg?"), Arena)
    burdens = _several(gettext_lazy("Er det belastninger i familien?"), Burden)
    earlier = _several(
        gettext_lazy("Hvilke tiltak har familien hatt før?"),
        [each for each in ServiceKind if each != ServiceKind.SCREENING],
    )
    suits_group = _known(gettext_lazy("Passer familien i gruppe?"))

    YES_OR_NO = ("is_serious", "has_behaviour_problems", "suits_group")
    SEVERAL = ("arenas", "burdens", "earlier")

    def clean(self):
        said = super().clean()
        for name in self.YES_OR_NO:
            said[name] = {"yes": True, "no": False}.get(said.get(name))
        for name in self.SEVERAL:
            chosen = said.get(name) or None
            if chosen and NONE in chosen and len(chosen) > 1:
                self.add_error(name, _("Velg enten «Ingen av disse» eller de som passer."))
            said[name] = [] if chosen == [NONE] else chosen
        return said


def known_findings(screening):
    """What the form of findings opens with."""
    known = {"negativity_months": screening.negativity_months}
    if known["negativity_months"] is None:
        known["negativity_months"] = ""
    for name in FindingsForm.YES_OR_NO:
        known[name] = {True: "yes", False: "no"}.get(getattr(screening, name), "")
    for name in FindingsForm.SEVERAL:
        value = getattr(screening, name)
        known[name] = [NONE] if value == [] else value
    return known


class SafetyForm(forms.Form):
    is_worried = fields.ChoiceField(
        label=gettext_lazy("Er du bekymret for vold eller omsorgssvikt?"),
        choices=YES_NO,
        required=True,
    )
    words = fields.TextField(
        label=gettext_lazy("Hva har du sett eller hørt?"),
        help_text=gettext_lazy("Det kan ikke endres eller slettes etterpå."),
        many_lines=True,
        max_length=MANY,
    )

    def clean(self):
        said = self.cleaned_data
        if "is_worried" in said:
            said["is_worried"] = said["is_worried"] == "yes"
            if said["is_worried"] and not said.get("words") and "words" not in self.errors:
                self.add_error("words", _("Skriv hva du har sett eller hørt."))
        return said


class ExplainForm(forms.Form):
    why_not = fields.TextField(
        label=gettext_lazy("Hvorfor melder du ikke nå?"),
        help_text=gettext_lazy(
            "Skriv også hvem du har drøftet det med. Det kan ikke endres eller slettes etterpå."
        ),
        many_lines=True,
        max_length=MANY,
        required=True,
    )


def today_typed():
    return timezone.localdate().strftime("%d.%m.%Y")
