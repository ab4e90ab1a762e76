"""What staff learns about the people of a case, and who works with it."""

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tibir.accounts.models import Role
from tibir.cases.identity_number import InvalidIdentityNumber, Reason, identify
from tibir.cases.models import IN_PLACE, CasePerson, Grade, Person
from tibir.core import fields
from tibir.family.actions.people import ALSO, WRONG
from tibir.family.rules.people import WORKS_WITH_FAMILIES

YES_NO = CasePerson.YesNo.choices
WHY_NOT = {
    Reason.CHARACTERS: _("Skriv nummeret med bare siffer."),
    Reason.LENGTH: _("Nummeret har 11 siffer, eller 12 når det er et DUF-nummer."),
    Reason.DATE: _("De første sifrene er ingen dato. Se over nummeret."),
    Reason.CHECK_DIGITS: _("Ett eller flere av sifrene er feil. Se over nummeret."),
    Reason.NOT_ISSUED_YET: _("Ingen kan ha fått dette nummeret ennå. Se over det."),
    Reason.SYNTHETIC: _("Dette er et oppdiktet nummer, eller et sykehus sitt eget. Ikke bruk det."),
    Reason.REAL: _("Her brukes bare oppdiktede numre, aldri noe som en person kan ha."),
}


class IdentityNumberField(fields.TextField):
    """Fødselsnummer, D-number or DUF number. Invented people's only outside production."""

    def __init__(self, **kwargs):
        kwargs.setdefault("attrs", {}).update({"inputmode": "numeric", "autocomplete": "off"})
        super().__init__(max_length=40, **kwargs)

    def clean(self, value):
        value = super().clean(value)
        try:
            identity = identify(
                value, only_synthetic=bool(value) and not settings.PRODUCTION, today=_today()
            )
        except InvalidIdentityNumber as refused:
            raise ValidationError(WHY_NOT[refused.reason]) from None
        return identity.digits


def _today():
    return timezone.localdate()


def _reason(label=None, **about):
    label = label or _("Hvorfor endrer du det?")
    return fields.TextField(label=label, required=True, max_length=300, **about)


def _name(label):
    return fields.TextField(label=label, max_length=100)


def _answer(label, choices=YES_NO, **about):
    return fields.ChoiceField(label=label, choices=choices, **about)


class PartForm(forms.Form):
    """One part of what is known of somebody, as it stands; a change needs a reason."""

    reason = _reason(help_text=_("Står på personens side. Skriv ikke nummer eller adresse her."))

    def __init__(self, *args, rows, case, **kwargs):
        self.rows, self.case = rows, case
        super().__init__(*args, initial=self._known(), **kwargs)
        self.order_fields([name for name in self.fields if name != "reason"])

    def _known(self):
        known = {}
        for row in self.rows:
            names = {field.name for field in row._meta.concrete_fields}
            known |= {name: getattr(row, name) for name in self.base_fields if name in names}
        return known

    def said(self):
        """The arguments of the action."""
        return self.cleaned_data

    def clean(self):
        said = super().clean()
        if not self.errors and all(
            value == self.initial.get(name) for name, value in said.items() if name in self.initial
        ):
            raise ValidationError(_("Det er ikke endret noe."))
        return said


class DayField(fields.DayField):
    """Shown as it is typed."""

    def prepare_value(self, value):
        return f"{value:%d.%m.%Y}" if hasattr(value, "year") else value


class WhoForm(PartForm):
    """Name, birth date, identity number, language."""

    first_name = _name(_("Fornavn"))
    last_name = _name(_("Etternavn"))
    birth_date = fields.PastDateField(label=_("Fødselsdato"))
    national_id = IdentityNumberField(
        label=_("Fødselsnummer"),
        help_text=_("Også D-nummer eller DUF-nummer. La feltet stå tomt når det ikke trengs."),
    )
    former = _answer(
        _("Hva med nummeret som sto der?"),
        [(ALSO, _("personen har begge numrene")), (WRONG, _("det var feil"))],
        help_text=_("Svar bare når nummeret er endret. Begge numrene kan brukes i søk."),
    )
    no_number = fields.SelectField(label=_("Hvorfor uten nummer"), choices=Person.NoNumber.choices)
    language = fields.TextField(label=_("Språk"), max_length=40)
    interpreter = _answer(_("Trenger personen tolk?"), YES_NO[:2])

    def __init__(self, *args, rows, case, **kwargs):
        super().__init__(*args, rows=rows, case=case, **kwargs)
        if not rows[0].national_id:
            del self.fields["former"]

    def _known(self):
        known = super()._known()
        known["interpreter"] = {True: "yes", False: "no", None: ""}[known["interpreter"]]
        return known

    def clean_national_id(self):
        digits = self.cleaned_data["national_id"]
        if digits:
            taken = Person.objects.with_national_id(digits).exclude(pk=self.rows[0].pk)
            in_the_case = taken.filter(pk=self.case.child_id) | taken.filter(roles__case=self.case)
            other = in_the_case.first()
            if other is not None:
                raise ValidationError(
                    _("Nummeret står på %(name)s i denne saken.") % {"name": other.name}
                )
        return digits

    def clean(self):
        said = super().clean()
        if said.get("national_id") and said.get("no_number"):
            self.add_error("no_number", _("Personen har et nummer. Velg ingenting her."))
        before = self.initial.get("national_id")
        is_changed = before and said.get("national_id", before) != before
        if is_changed and not said.get("former"):
            choose = _("Velg om personen har begge numrene, eller om det var feil.")
            self.add_error("former", choose)
        return said

    def said(self):
        interpreter = {"yes": True, "no": False}.get(self.cleaned_data["interpreter"])
        return self.cleaned_data | {"interpreter": interpreter}


class RelatedWhoForm(WhoForm):
    relation = fields.SelectField(
        label=_("Relasjon"), choices=CasePerson.Relation.choices, required=True
    )
    started_on = DayField(label=_("Hører til saken fra"), latest=_today)

    def clean(self):
        said = super().clean()
        row = self.rows[1]
        if row.stands_in.open().exists() and said.get("relation") not in IN_PLACE:
            self.add_error("relation", _("Personen bestemmer i foreldrenes sted. Endre det først."))
        return said


class ContactForm(PartForm):
    """How somebody is reached, and on which ways that is safe."""

    phone = fields.PhoneField(label=_("Telefonnummer"))
    safe_phone = _answer(_("Er det trygt å ringe?"))
    safe_sms = _answer(_("Er det trygt å sende SMS?"))
    email = fields.EmailField(label=_("E-postadresse"))
    safe_email = _answer(_("Er det trygt å sende e-post?"))
    address = fields.TextField(
        label=_("Postadresse"), many_lines=True, max_length=200, attrs={"rows": 3}
    )
    safe_post = _answer(_("Er det trygt å sende brev i posten?"))
    preferred = fields.SelectField(label=_("Vil helst bli nådd på"), choices=CasePerson.Way.choices)

    def __init__(self, *args, rows, case, **kwargs):
        super().__init__(*args, rows=rows, case=case, **kwargs)
        # Where a protected family lives is shown on no form, and not typed into one either.
        if case.grade != Grade.OPEN:
            del self.fields["address"]
        for name in ("safe_phone", "safe_sms", "safe_email", "safe_post"):
            self.fields[name].required = True

    def clean(self):
        said = super().clean()
        way = said.get("preferred")
        needed = {"sms": ["safe_sms", "safe_phone"]}.get(way, [f"safe_{way}"])
        if way and any(said.get(name) == CasePerson.YesNo.NO for name in needed):
            self.add_error("preferred", _("Det er ikke trygt. Velg noe annet, eller ingenting."))
        return said


class FamilyForm(PartForm):
    """Where the child lives with whom, when it sees the other, and who may know and decide."""

    lives_with = _answer(_("Bor personen med barnet?"), CasePerson.LivesWith.choices, required=True)
    contact_arrangement = fields.TextField(
        label=_("Samværsordning"),
        many_lines=True,
        max_length=1000,
        attrs={"rows": 3},
        help_text=_("Når barnet er hos denne personen. Skriv ikke hvor."),
    )
    contact_since = DayField(label=_("Ordningen gjelder fra"))
    right_to_information = _answer(
        _("Har personen rett til opplysninger om barnet?"), required=True
    )
    information_source = fields.SelectField(
        label=_("Hvor vet vi det fra?"), choices=CasePerson.Source.choices
    )

    def clean(self):
        said = super().clean()
        if said.get("contact_since") and not said.get("contact_arrangement"):
            self.add_error("contact_arrangement", _("Skriv hva ordningen er."))
        is_known = said.get("right_to_information") in (CasePerson.YesNo.YES, CasePerson.YesNo.NO)
        if is_known and not said.get("information_source"):
            self.add_error("information_source", _("Velg hvor vi vet det fra."))
        if not is_known:
            said["information_source"] = ""
        return said


class AddPersonForm(forms.Form):
    """Somebody more around the child; the rest is filled in on the person's page."""

    first_name = fields.TextField(label=_("Fornavn"), max_length=100, required=True)
    last_name = _name(_("Etternavn"))
    relation = fields.SelectField(
        label=_("Relasjon"), choices=CasePerson.Relation.choices, required=True
    )
    responsibility = _answer(
        _("Har personen foreldreansvar?"),
        required=True,
        help_text=_("Slik det er sagt. Du bekrefter det etterpå."),
    )
    lives_with = _answer(_("Bor personen med barnet?"), CasePerson.LivesWith.choices, required=True)
    phone = fields.PhoneField(label=_("Telefonnummer"))
    safe_phone = _answer(_("Er det trygt å ringe?"), required=True)
    email = fields.EmailField(label=_("E-postadresse"))
    safe_email = _answer(_("Er det trygt å sende e-post?"), required=True)
    language = fields.TextField(label=_("Språk"), max_length=40)
    started_on = DayField(
        label=_("Hører til saken fra"),
        latest=_today,
        help_text=_("La feltet stå tomt når det alltid har vært slik."),
    )


class ResponsibilityForm(forms.Form):
    responsibility = _answer(_("Har personen foreldreansvar?"), YES_NO[:2], required=True)
    source = _answer(_("Hvor vet vi det fra?"), CasePerson.Source.choices, required=True)
    on = DayField(label=_("Når fant du det ut?"), required=True, latest=_today)


class SameForm(forms.Form):
    other = fields.ChoiceField(
        label=_("Hvem er den samme personen?"),
        choices=[],
        required=True,
        help_text=_("Den du velger, blir stående. Det begge har svart og sendt, følger med."),
    )

    def __init__(self, *args, people, **kwargs):
        super().__init__(*args, **kwargs)
        self.people = {str(each.pk): each for each in people}
        self.fields["other"].choices = [
            (pk, f"{each}, {_confirmed(each)}") for pk, each in self.people.items()
        ]

    def clean_other(self):
        return self.people[self.cleaned_data["other"]]


def _confirmed(each):
    return _("bekreftet") if each.is_verified else _("ikke bekreftet")


class EndPersonForm(forms.Form):
    on = DayField(label=_("Siste dag"), required=True, latest=_today)
    reason = _reason(_("Hvorfor hører personen ikke til saken lenger?"))

    def __init__(self, *args, case_person, **kwargs):
        super().__init__(*args, **kwargs)
        self.case_person = case_person

    def clean_on(self):
        on, started = self.cleaned_data["on"], self.case_person.started_on
        if started and on < started:
            raise ValidationError(_("Den siste dagen kan ikke være før den første."))
        return on


# --- Members ----------------------------------------------------------------------------------


class UserField(fields.SelectField):
    """One of these users; the form is given who they are."""

    def __init__(self, **about):
        super().__init__(choices=[], required=True, **about)

    def offer(self, users):
        self.users = {str(user.pk): user for user in users}
        choices = [("", _("Velg")), *((pk, user.name) for pk, user in self.users.items())]
        self.choices = self.widget.choices = choices

    def clean(self, value):
        return self.users[super().clean(value)]


class AddMemberForm(forms.Form):
    user = UserField(label=_("Hvem skal arbeide med saken?"))
    role = fields.ChoiceField(
        label=_("Som hva?"),
        choices=[(role, Role(role).label) for role in WORKS_WITH_FAMILIES],
        required=True,
    )
    reason = _reason(_("Hvorfor?"))

    def __init__(self, *args, users, **kwargs):
        super().__init__(*args, **kwargs)
        self.users = list(users)
        self.fields["user"].offer(self.users)


class EndMemberForm(forms.Form):
    last_day = DayField(
        label=_("Siste dag"),
        earliest=_today,
        help_text=_("La feltet stå tomt når tilgangen skal slutte med en gang."),
    )
    reason = _reason(_("Hvorfor?"))

    def __init__(self, *args, member, **kwargs):
        super().__init__(*args, **kwargs)
        self.member = member

    def clean_last_day(self):
        last_day = self.cleaned_data["last_day"]
        if last_day and last_day < self.member.started_on:
            raise ValidationError(_("Den siste dagen kan ikke være før den første."))
        return last_day


class ResponsibleForm(forms.Form):
    to = UserField(label=_("Hvem har ansvaret for saken?"))

    def __init__(self, *args, users, **kwargs):
        super().__init__(*args, **kwargs)
        self.users = list(users)
        self.fields["to"].offer(self.users)


class ReasonForm(forms.Form):
    reason = fields.TextField(
        label=_("Begrunnelse"), required=True, many_lines=True, max_length=500, attrs={"rows": 3}
    )
