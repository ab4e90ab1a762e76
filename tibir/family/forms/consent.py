from datetime import timedelta

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from tibir.cases.models import NAMED, ChildView, Consent, LegalBasis, Notice, Purpose
from tibir.core import fields
from tibir.core.dates import long_date

LANGUAGES = dict(settings.LANGUAGES)
ANSWERS = [
    (Consent.State.GIVEN, _("Ja")),
    (Consent.State.REFUSED, _("Nei")),
    (Consent.State.REQUESTED, _("Er spurt, har ikke svart")),
]


def sentences(choices):
    """Labels that stand alone: with a capital, and the rest as it is."""
    return [(each.value, capfirst(each.label)) for each in choices]


# What somebody writes down themselves: what is said in the form of a referral comes with it.
CHANNELS = [each for each in Consent.Channel if each != Consent.Channel.FORM]
INFORMED = [each for each in Notice.How if each not in (Notice.How.FORM, *Notice.BY_REFERRER)]


def long_ago():
    return timezone.localdate() - timedelta(days=20 * 366)


def recent_day(label, **about):
    return fields.DayField(label=label, latest=timezone.localdate, earliest=long_ago, **about)


def language_field():
    return fields.ChoiceField(
        label=_("På hvilket språk var teksten?"), choices=settings.LANGUAGES, required=True
    )


class SayForm(forms.Form):
    """What one person answers, to as many purposes as they were asked about."""

    channel = fields.ChoiceField(
        label=_("Hvordan svarte de?"), choices=sentences(CHANNELS), required=True
    )
    said_on = recent_day(_("Hvilken dag?"), required=True)
    language = language_field()
    service = fields.TextField(
        label=_("Hvilken tjeneste gjelder samarbeidet?"),
        max_length=100,
        help_text=_("Skriv tjenesten, ikke navnet på en ansatt. Én tjeneste om gangen."),
    )
    limits = fields.TextField(
        label=_("Hva gjelder det ikke?"),
        many_lines=True,
        max_length=1000,
        help_text=_("For eksempel noe dere ikke skal dele."),
    )
    expires_on = fields.DayField(
        label=_("Gjelder til og med"), help_text=_("La det stå tomt hvis det ikke er sagt noe.")
    )
    paper = fields.SelectField(
        label=_("Hvilket skjema er underskrevet?"),
        choices=[],
        help_text=_("Da gjelder svaret teksten som sto på det."),
    )

    def __init__(self, *args, papers=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.papers = {str(each.pk): each for each in papers}
        made = [
            (pk, f"{long_date(timezone.localtime(each.created_at))}, {LANGUAGES[each.language]}")
            for pk, each in self.papers.items()
        ]
        self.fields["paper"].choices = self.fields["paper"].widget.choices = [
            ("", _("ikke noe skjema herfra")), *made
        ]  # fmt: skip
        if not made:
            del self.fields["paper"]
        purposes = {
            self.name(purpose): fields.ChoiceField(label=capfirst(purpose.label), choices=ANSWERS)
            for purpose in Purpose
        }
        self.fields = purposes | self.fields
        order = [self.name(purpose) for purpose in Purpose]
        order.insert(order.index(self.name(Purpose.COOPERATION)) + 1, "service")
        self.order_fields(order)

    def clean_paper(self):
        return self.papers.get(self.cleaned_data["paper"])

    @staticmethod
    def name(purpose):
        return f"purpose-{purpose}"

    def clean(self):
        said = super().clean()
        answers = {p: said[self.name(p)] for p in Purpose if said.get(self.name(p))}
        for purpose in Purpose:
            said.pop(self.name(purpose), None)
        if not answers and not self.errors:
            raise ValidationError(_("Velg et svar på minst ett av formålene."))
        if Purpose.COOPERATION in answers and not said.get("service"):
            self.add_error("service", _("Skriv hvilken tjeneste det gjelder."))
        ends, day = said.get("expires_on"), said.get("said_on")
        if ends and day and ends < day:
            self.add_error("expires_on", _("Velg en dag etter at de svarte."))
        return said | {"answers": answers}


class PaperForm(forms.Form):
    """What somebody is to sign, in which language."""

    purposes = fields.ChoicesField(label=_("Hva skal personen spørres om?"), choices=[])
    service = fields.TextField(
        label=_("Hvilken tjeneste gjelder samarbeidet?"),
        max_length=100,
        help_text=_("Skriv tjenesten, ikke navnet på en ansatt. Én tjeneste om gangen."),
    )
    language = fields.ChoiceField(label=_("Språk"), choices=settings.LANGUAGES, required=True)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["purposes"].choices = sentences(Purpose)

    def clean_purposes(self):
        chosen = [Purpose(each) for each in self.cleaned_data["purposes"]]
        if not chosen:
            raise ValidationError(_("Velg minst ett formål."))
        return chosen

    def clean(self):
        said = super().clean()
        is_named = set(said.get("purposes", [])) & set(NAMED)
        if is_named and not said.get("service"):
            self.add_error("service", _("Skriv hvilken tjeneste det gjelder."))
        return said | {"service": said.get("service", "") if is_named else ""}


class WithdrawForm(forms.Form):
    channel = fields.ChoiceField(
        label=_("Hvordan sa de det?"), choices=sentences(CHANNELS), required=True
    )
    said_on = recent_day(_("Hvilken dag?"), required=True)

    def __init__(self, *args, consent, **kwargs):
        super().__init__(*args, **kwargs)
        self.consent = consent

    def clean_said_on(self):
        day = self.cleaned_data["said_on"]
        if day < self.consent.said_on:
            raise ValidationError(_("Samtykket ble gitt etter dette. Velg en senere dag."))
        return day


class LegalBasisForm(forms.Form):
    """From the municipality's own list, or typed; TIBIR knows no law by itself."""

    chosen_basis = fields.SelectField(label=_("Hjemmel fra kommunens liste"), choices=[])
    legal_basis = fields.TextField(label=_("Hjemmel"), help_text=_("Lov og paragraf."))

    def __init__(self, *args, municipality, **kwargs):
        super().__init__(*args, **kwargs)
        bases = LegalBasis.objects.filter(municipality=municipality, is_active=True)
        texts = list(bases.order_by("text").values_list("text", flat=True))
        if texts:
            field = self.fields["chosen_basis"]
            field.choices = field.widget.choices = [("", _("Velg")), *((t, t) for t in texts)]
            self.fields["legal_basis"].label = _("Eller skriv en annen hjemmel")
        else:
            del self.fields["chosen_basis"]
            self.fields["legal_basis"].required = True

    def clean(self):
        said = super().clean()
        chosen = said.pop("chosen_basis", "")
        said["legal_basis"] = said.get("legal_basis") or chosen
        if not said["legal_basis"] and "legal_basis" not in self.errors:
            self.add_error("legal_basis", _("Skriv hjemmelen. Uten den kan det ikke avgjøres."))
        return said


class DecisionForm(LegalBasisForm):
    outcome = fields.ChoiceField(label=_("Hva avgjør du?"), choices=[], required=True)
    reason = fields.TextField(
        label=_("Begrunnelse"), required=True, many_lines=True, max_length=4000
    )
    field_order = ["outcome", "chosen_basis", "legal_basis", "reason"]

    def __init__(self, *args, outcomes, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["outcome"].choices = sentences(outcomes)


class StandInForm(LegalBasisForm):
    """Who decides, in whose place, and on which decision it rests."""

    decider = fields.SelectField(
        label=_("Hvem bestemmer?"),
        choices=[],
        required=True,
        help_text=_("Barneverntjenesten eller en verge. Legg til personen i saken først."),
    )
    people = fields.ChoicesField(
        label=_("Hvem sitt svar teller ikke så lenge dette varer?"),
        choices=[],
        help_text=_("Velg ingen når foreldrene fortsatt skal spørres."),
    )
    reference = fields.TextField(label=_("Vedtakets nummer"), required=True, max_length=60)
    started_on = recent_day(_("Fra hvilken dag?"), required=True)
    field_order = [
        "decider", "people", "reference", "chosen_basis", "legal_basis", "started_on"
    ]  # fmt: skip

    def __init__(self, *args, deciders, people, **kwargs):
        super().__init__(*args, **kwargs)
        self.deciders = {str(each.pk): each for each in deciders}
        self.found = {str(each.pk): each for each in people}
        choices = [("", _("Velg")), *((pk, str(each)) for pk, each in self.deciders.items())]
        self.fields["decider"].choices = self.fields["decider"].widget.choices = choices
        self.fields["people"].choices = [(pk, str(each)) for pk, each in self.found.items()]
        if not self.found:
            del self.fields["people"]

    def clean_decider(self):
        return self.deciders[self.cleaned_data["decider"]]

    def clean_people(self):
        return [self.found[pk] for pk in self.cleaned_data["people"]]

    def clean(self):
        said = super().clean()
        said.setdefault("people", [])
        if said.get("decider") in said["people"]:
            self.add_error("people", _("Ingen kan bestemme i sitt eget sted."))
        return said


class EndForm(forms.Form):
    on = recent_day(_("Til hvilken dag?"), required=True)

    def __init__(self, *args, started_on, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["on"].earliest = lambda: started_on


class InformForm(forms.Form):
    how = fields.ChoiceField(
        label=_("Hvordan?"),
        choices=sentences(INFORMED),
        required=True,
    )
    given_on = recent_day(_("Hvilken dag?"), required=True)
    language = language_field()


class ChildViewForm(forms.Form):
    how = fields.ChoiceField(
        label=_("Er barnet spurt?"),
        choices=sentences(ChildView.How),
        required=True,
    )
    talked_on = recent_day(_("Hvilken dag?"), required=True)
    talked_with = fields.TextField(label=_("Hvem snakket med barnet?"))
    said = fields.TextField(
        label=_("Hva sa barnet?"),
        many_lines=True,
        max_length=4000,
        help_text=_("Bruk gjerne barnets egne ord."),
    )
    why_not = fields.TextField(
        label=_("Hvis barnet ikke er spurt: hvorfor ikke?"), many_lines=True, max_length=1000
    )

    def clean(self):
        said = super().clean()
        if said.get("how") == ChildView.How.NOT_ASKED:
            said["talked_with"] = said["said"] = ""
            if not said.get("why_not") and "why_not" not in self.errors:
                self.add_error("why_not", _("Skriv hvorfor barnet ikke er spurt."))
        elif said.get("how"):
            said["why_not"] = ""
            if not said.get("talked_with") and "talked_with" not in self.errors:
                self.add_error("talked_with", _("Skriv hvem som snakket med barnet."))
            if not said.get("said") and "said" not in self.errors:
                self.add_error("said", _("Skriv hva barnet sa."))
        return said
