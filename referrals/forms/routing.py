"""One rule on one page: what it recommends, and a group of fields for each of its conditions."""

from django import forms
from django.utils import timezone
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _

from referrals.forms.answers import Together
from referrals.kinds import FACTS, OPERATORS, VALUES, Path, Priority, Risk, Service
from referrals.routing import Condition, Rule
from tibir.core import fields
from tibir.core.errors import say_why

AND, OR = "and", "or"
MOST_CONDITIONS = 30
YES_NO = [("yes", _("ja")), ("no", _("nei"))]


class ConditionForm(forms.Form):
    """What is asked of one fact. How a number is compared is told by which fields are filled in."""

    def __init__(self, *args, fact, kind, is_first, **kwargs):
        super().__init__(*args, **kwargs)
        self.fact, self.kind, self.is_first = fact, kind, is_first
        self.label = FACTS.get(fact, fact)
        if not is_first:
            joins = [(AND, _("og – begge må holde")), (OR, _("eller – én av dem er nok"))]
            self.fields["join"] = fields.ChoiceField(
                label=_("Sammen med det over"), choices=joins, required=True
            )
            self.initial.setdefault("join", AND)
        getattr(self, f"_ask_{kind.kind}")()

    def _ask_number(self):
        limits = {"least": self.kind.low, "most": self.kind.high}
        self.fields["low"] = fields.NumberField(label=_("Minst"), **limits)
        self.fields["high"] = fields.NumberField(label=_("Høyst"), **limits)
        if self.kind.bands:
            names = VALUES.get(self.fact, {})
            bands = [(band, names.get(band, band)) for band in self.kind.bands]
            self.fields["bands"] = fields.ChoicesField(
                label=_("Eller ett av trinnene"), choices=bands
            )

    def _ask_boolean(self):
        self.fields["answer"] = fields.ChoiceField(label=_("Svar"), choices=YES_NO, required=True)

    def _ask_choice(self):
        names = VALUES.get(self.fact, {})
        operators = list(OPERATORS[self.kind.kind].items())
        self.fields["operator"] = fields.ChoiceField(
            label=_("Hvordan"), choices=operators, required=True
        )
        self.initial.setdefault("operator", operators[0][0])
        choices = [(word, names.get(word, word)) for word in self.kind.choices]
        self.fields["words"] = fields.ChoicesField(
            label=_("Svar"), choices=choices, required=self.kind.kind == "choice"
        )

    def _ask_set(self):
        self._ask_choice()
        most = len(self.kind.choices)
        self.fields["count"] = fields.NumberField(
            label=_("Hvor mange, når det er antallet som teller"), least=1, most=most
        )

    def clean(self):
        said = super().clean()
        if self.errors:
            return said
        try:
            self.condition = Condition(self.fact, *getattr(self, f"_read_{self.kind.kind}")(said))
        except forms.ValidationError as error:
            self.add_error(next(name for name in self.fields if name not in SETTLED), error)
        return said

    def _read_number(self, said):
        low, high, bands = said["low"], said["high"], said.get("bands")
        if bands and (low is not None or high is not None):
            raise forms.ValidationError(
                _("«%(q)s»: velg enten tall eller trinn, ikke begge.") % {"q": self.label}
            )
        if bands:
            return "in_band", bands
        if low is None and high is None:
            raise forms.ValidationError(
                _("«%(q)s»: skriv minst ett tall, eller velg et trinn.") % {"q": self.label}
            )
        if low is None:
            return "at_most", high
        if high is None:
            return "at_least", low
        if low > high:
            raise forms.ValidationError(
                _("«%(q)s»: det minste tallet kan ikke være større enn det høyeste.")
                % {"q": self.label}
            )
        return "between", [low, high]

    def _read_boolean(self, said):
        return "is", said["answer"] == "yes"

    def _read_choice(self, said):
        if not said["words"]:
            raise forms.ValidationError(_("«%(q)s»: velg minst ett svar.") % {"q": self.label})
        return said["operator"], said["words"]

    def _read_set(self, said):
        if said["operator"] != "count_at_least":
            return self._read_choice(said)
        if said["count"] is None:
            raise forms.ValidationError(
                _("«%(q)s»: skriv hvor mange det minst må være.") % {"q": self.label}
            )
        return "count_at_least", said["count"]

    @property
    def joins_with_or(self):
        return self.cleaned_data.get("join") == OR


SETTLED = {"join", "operator"}


class OutcomeForm(forms.Form):
    """What a rule says. A rule beside the tiers has no level of its own."""

    def __init__(self, *args, beside, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["sentence"] = fields.TextField(
            label=_("Forklaring, én setning"),
            help_text=_("Står i anbefalingen slik du skriver den. Skriv om behov, ikke om plass."),
            max_length=300,
            many_lines=True,
            required=True,
        )
        self.fields["services"] = fields.ChoicesField(label=_("Tiltak"), choices=Service.choices)
        if beside:
            return
        self.fields["path"] = fields.TickField(label=_("Sporet til barnevernet"))
        self.fields["risk"] = fields.ChoiceField(
            label=_("Risikonivå"), choices=Risk.choices, required=True
        )
        self.fields["priority"] = fields.ChoiceField(
            label=_("Prioritet"), choices=Priority.choices, required=True
        )

    def clean(self):
        said = super().clean()
        if said.get("services") == [] and not said.get("path"):
            wanted = (
                _("Velg minst ett tiltak, eller sporet til barnevernet.")
                if "path" in self.fields
                else _("Velg minst ett tiltak.")
            )
            self.add_error("services", wanted)
        return said


class RuleForm(Together):
    """A rule as it is typed; conditions are added and removed with buttons, and nothing is lost."""

    def __init__(self, typed, table, *, beside, rule=None):
        self.typed, self.table, self.beside = typed, table, beside
        self.is_bound = typed is not None and typed.get("do", "save") == "save"
        rows = self._typed_rows() if typed is not None else _rows_of(rule)
        self.rows = [row for row in rows if row["fact"] in table.facts]
        outcome = {"beside": beside, "prefix": "rule"}
        if typed is None:
            self.outcome = OutcomeForm(initial=_outcome_of(rule), **outcome)
        else:
            self.outcome = self._kept(OutcomeForm, typed, **outcome)
        self.conditions = [self._condition(number) for number in range(len(self.rows))]
        facts = [(name, label) for name, label in FACTS.items() if name in table.facts]
        self.new = fields.SelectField(label=_("Nytt vilkår om"), choices=facts)

    @property
    def forms(self):
        return [*self.conditions, self.outcome]

    def add_refusal(self, error):
        say_why(self.outcome, error)

    def rule(self, key):
        groups = []
        for form in self.conditions:
            if form.is_first or not form.joins_with_or:
                groups.append(())
            groups[-1] += (form.condition,)
        said = self.outcome.cleaned_data
        level = {} if self.beside else {"risk": said["risk"], "priority": said["priority"]}
        path = Path.CHILD_WELFARE.value if said.get("path") else ""
        return Rule(
            key=key,
            when=tuple(groups),
            services=tuple(said["services"]),
            sentence=" ".join(said["sentence"].split()),
            path=path,
            **level,
        )

    def _typed_rows(self):
        """What was typed, with the condition that was asked for and without the one taken away."""
        count = self.typed.get("conditions", "")
        count = min(int(count), MOST_CONDITIONS) if count.isdecimal() and len(count) < 4 else 0
        rows = []
        for number in range(count):
            start = f"c{number}-"
            own = {name: self.typed.getlist(name) for name in self.typed if name.startswith(start)}
            own = {name.removeprefix(start): words for name, words in own.items()}
            rows.append({"fact": (own.pop("fact", None) or [""])[-1], "typed": own})
        do, _sep, which = self.typed.get("do", "save").partition("-")
        if do == "remove" and which.isdecimal() and int(which[:3]) < len(rows):
            del rows[int(which[:3])]
        if do == "add" and len(rows) < MOST_CONDITIONS:
            rows.append({"fact": self.typed.get("new", ""), "initial": {}})
        return rows

    def _condition(self, number):
        row = self.rows[number]
        about = {"prefix": f"c{number}", "is_first": number == 0}
        about |= {"fact": row["fact"], "kind": self.table.facts[row["fact"]]}
        if "initial" in row:
            return ConditionForm(initial=row["initial"], **about)
        typed = {f"c{number}-{name}": words for name, words in row["typed"].items()}
        return self._kept(ConditionForm, MultiValueDict(typed), **about)

    def _kept(self, form, typed, **about):
        """Bound when it is to be saved; else showing what was typed, right or wrong."""
        if self.is_bound:
            return form(typed, **about)
        blank = form(**about)
        initial = {
            name: field.widget.value_from_datadict(typed, {}, blank.add_prefix(name))
            for name, field in blank.fields.items()
        }
        return form(initial=initial, **about)


def _outcome_of(rule):
    if rule is None:
        return {"risk": Risk.SELECTIVE.value, "priority": Priority.NORMAL.value}
    return {
        "sentence": rule.sentence,
        "services": list(rule.services),
        "path": bool(rule.path),
        "risk": rule.risk,
        "priority": rule.priority,
    }


def _rows_of(rule):
    return [
        {
            "fact": condition.fact,
            "initial": _initial_of(condition) | {"join": OR if number else AND},
        }
        for group in (rule.when if rule else ())
        for number, condition in enumerate(group)
    ]


def _initial_of(condition):
    value = condition.value
    match condition.operator:
        case "at_least":
            return {"low": value}
        case "at_most":
            return {"high": value}
        case "between":
            return {"low": value[0], "high": value[1]}
        case "in_band":
            return {"bands": list(value)}
        case "is":
            return {"answer": "yes" if value else "no"}
        case "count_at_least":
            return {"operator": condition.operator, "count": value}
    return {"operator": condition.operator, "words": list(value)}


class TierForm(forms.Form):
    name = fields.TextField(label=_("Navn på trinnet"), max_length=80, required=True)


class ActivateForm(forms.Form):
    on = fields.DayField(label=_("I bruk fra"), required=True)

    def clean_on(self):
        day = self.cleaned_data["on"]
        if day and day < timezone.localdate():
            raise forms.ValidationError(
                _("«%(q)s» kan ikke være før i dag.") % {"q": _("I bruk fra")}
            )
        return day


class CopyForm(forms.Form):
    """Which municipality the draft is for, asked of those who have several."""

    def __init__(self, *args, places, **kwargs):
        super().__init__(*args, **kwargs)
        choices = [(str(place.pk), place.name) for place in places]
        self.places = {str(place.pk): place for place in places}
        self.fields["municipality"] = fields.SelectField(
            label=_("Kommune"), choices=choices, required=True
        )

    def clean_municipality(self):
        return self.places.get(self.cleaned_data["municipality"])
