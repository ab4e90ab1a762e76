"""What is typed from paper: who answered, when, and numbers."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tibir.core import fields
from tibir.instruments import rules
from tibir.instruments.kinds import Occasion, Sex
from tibir.instruments.scoring import WrongSum, differences, half_answered, score_totals

SHOWN = "%d.%m.%Y"


class LicenceForm(forms.Form):
    is_licensed = fields.TickField(
        label=_("Ja, kommunen har lov til å bruke det, og svarene er på lovlige skjemaer"),
        required=True,
        missing=_("Kryss av hvis kommunen har lov. Uten det kan du skrive inn ferdige summer."),
    )


class StrikeForm(forms.Form):
    reason = fields.TextField(
        label=_("Hvorfor er den feil?"),
        required=True,
        max_length=300,
        help_text=_("Målingen blir stående i listen, strøket, med begrunnelsen."),
    )


class AnswersForm(forms.Form):
    """One number for each item of each column, and nothing of what the items say."""

    blank = fields.TickField(label=_("De tomme leddene er tomme på papiret også"))

    def __init__(self, *args, definition, **kwargs):
        super().__init__(*args, **kwargs)
        self.definition = definition
        self.is_half = False
        self.fields["blank"].is_asked_sometimes = True
        for column in definition.columns:
            for item in column.numbers:
                self.fields[_key(column, item)] = fields.NumberField(
                    label=gettext("%(column)s, ledd %(item)d")
                    % {"column": gettext(column.name), "item": item},
                    least=column.least,
                    most=column.most,
                    attrs={"maxlength": len(str(column.most)), "autocomplete": "off"},
                )

    @property
    def grids(self):
        """Each column with its cells, for the template."""
        return [
            {
                "column": column,
                "name": capfirst(gettext(column.name)),
                "help": gettext(column.help) if column.help else "",
                "recode": " ".join(map(str, column.recode)),
                "cells": [self._cell(column, item) for item in column.numbers],
                "scales": [
                    {"name": capfirst(gettext(s.name)), "items": " ".join(map(str, s.items))}
                    for s in self.definition.scales
                    if s.column == column.key
                ],
                "errors": [e for item in column.numbers for e in self[_key(column, item)].errors],
            }
            for column in self.definition.columns
        ]

    def _cell(self, column, item):
        bound = self[_key(column, item)]
        return {
            "item": item,
            "id": bound.auto_id,
            "name": bound.html_name,
            "value": bound.value() or "",
            "is_wrong": bool(bound.errors),
            "is_turned": item in column.reversed,
        }

    @property
    def asks_whether_blank(self):
        return self.is_half or bool(self["blank"].value())

    def clean(self):
        said = super().clean()
        if any(name in self.errors for name in self._names()):
            return said
        answers = {
            column.key: [said.pop(_key(column, item)) for item in column.numbers]
            for column in self.definition.columns
        }
        begun = {key: given for key, given in answers.items() if set(given) != {None}}
        if not begun:
            raise ValidationError(_("Skriv inn svarene fra papiret."))
        half = half_answered(self.definition, begun)
        self.is_half = bool(half)
        if half and not said.get("blank"):
            self.add_error("blank", _half(self.definition, half))
        said.pop("blank", None)
        return said | {"answers": begun}

    def _names(self):
        return [_key(c, item) for c in self.definition.columns for item in c.numbers]


def _key(column, item):
    return f"{column.key}-{item}"


def _half(definition, half):
    """«Intensitet: ledd 4, 9 og 12 er tomme …»"""
    gone = "; ".join(
        f"{capfirst(gettext(definition.column(key).name))}: {', '.join(map(str, items))}"
        for key, items in half.items()
    )
    return _(
        "Disse leddene er tomme – %(gone)s. Fyll dem ut, eller kryss av for at papiret er tomt."
    ) % {"gone": gone}


def who_and_when(form, case, instrument, informants, *, who="", when=""):
    """The fields that stand above the numbers, whatever is typed below. `who` and `when` are
    chosen already, where they are among what can be chosen."""
    form.case, form.instrument = case, instrument
    form.found = {str(each.pk): each for each in informants}
    today = timezone.localdate()
    only = next(iter(form.found)) if len(form.found) == 1 else ""
    form.fields |= {
        "informant": fields.SelectField(
            label=_("Hvem har svart?"),
            choices=[(pk, str(each)) for pk, each in form.found.items()],
            required=True,
            initial=who if who in form.found else only,
        ),
        "occasion": fields.SelectField(
            label=_("Når i forløpet?"), choices=Occasion.choices, required=True, initial=when
        ),
        "taken_on": fields.DayField(
            label=_("Hvilken dag ble det fylt ut?"),
            required=True,
            latest=timezone.localdate,
            earliest=lambda: case.child.birth_date or today.replace(year=today.year - 20, day=1),
            initial=f"{today:{SHOWN}}",
        ),
    }
    if rules.asks_for_sex(instrument, case.municipality_id, today):
        form.fields["sex"] = fields.SelectField(
            label=_("Hvilke normer skal brukes?"),
            choices=Sex.choices,
            help_text=_("Noen av normene er ulike for jenter og gutter."),
        )
    form.order_fields(["informant", "occasion", "taken_on", "sex"])


def day_of(form):
    """The day, refused with the child's age when the instrument is for another one."""
    day = form.cleaned_data["taken_on"]
    age, definition = form.case.child.age(day), form.instrument.parsed
    if age is not None and not definition.fits_age(age):
        raise ValidationError(
            _("%(ages)s Barnet var %(age)d år den dagen. Se over datoen, eller velg et annet.")
            % {"ages": for_ages(definition), "age": age}
        )
    return day


def for_ages(definition):
    """«For barn fra 4 til 17 år.»; nothing for what is for every age."""
    if definition.least_age is None and definition.most_age is None:
        return ""
    if definition.most_age is None:
        return _("For barn fra %(age)d år.") % {"age": definition.least_age}
    if definition.least_age is None:
        return _("For barn til og med %(age)d år.") % {"age": definition.most_age}
    ages = {"least": definition.least_age, "most": definition.most_age}
    return _("For barn fra %(least)d til %(most)d år.") % ages


class ItemsForm(AnswersForm):
    """The answers to each item, and who gave them."""

    def __init__(self, *args, case, instrument, informants, who="", when="", **kwargs):
        super().__init__(*args, definition=instrument.parsed, **kwargs)
        who_and_when(self, case, instrument, informants, who=who, when=when)

    @property
    def above(self):
        names = ("informant", "occasion", "taken_on", "sex")
        return [self[name] for name in names if name in self.fields]

    def clean_informant(self):
        return self.found[self.cleaned_data["informant"]]

    def clean_taken_on(self):
        return day_of(self)


class TotalsForm(forms.Form):
    """Scores that somebody has counted already; they need no licence."""

    def __init__(self, *args, case, instrument, informants, who="", when="", **kwargs):
        super().__init__(*args, **kwargs)
        for scale in instrument.parsed.scales:
            least, most = instrument.parsed.range_of(scale.key)
            self.fields[f"total-{scale.key}"] = fields.NumberField(
                label=capfirst(gettext(scale.name)),
                least=least,
                most=most,
                help_text=gettext("Fra %(least)d til %(most)d.") % {"least": least, "most": most},
                attrs={"autocomplete": "off"},
            )
        who_and_when(self, case, instrument, informants, who=who, when=when)

    def clean_informant(self):
        return self.found[self.cleaned_data["informant"]]

    def clean_taken_on(self):
        return day_of(self)

    def clean(self):
        said = super().clean()
        definition = self.instrument.parsed
        totals = {scale.key: said.pop(f"total-{scale.key}", None) for scale in definition.scales}
        totals = {key: value for key, value in totals.items() if value is not None}
        if any(name.startswith("total-") for name in self.errors):
            return said
        if not totals:
            raise ValidationError(_("Skriv inn minst én sum."))
        try:
            score_totals(definition, totals)
        except WrongSum as wrong:
            self.add_error(f"total-{wrong.key}", _wrong_sum(definition, wrong))
        return said | {"totals": totals}


def _wrong_sum(definition, wrong):
    scale = definition.scale(wrong.key)
    parts = " + ".join(gettext(definition.scale(part).name) for part in scale.parts)
    return _("«%(name)s» er summen av %(parts)s, og det blir %(sum)d. Se over tallene.") % {
        "name": capfirst(gettext(scale.name)),
        "parts": parts,
        "sum": wrong.counted,
    }


class SecondForm(AnswersForm):
    """The same answers once more, compared with what was typed first."""

    is_sure = fields.TickField(label=_("Det jeg skrev nå, er det som står på papiret"))

    def __init__(self, *args, measurement, **kwargs):
        super().__init__(*args, definition=measurement.instrument.parsed, **kwargs)
        self.first, self.second = measurement.values, {}
        self.differences = []
        self.fields["is_sure"].is_asked_sometimes = True

    @property
    def differing(self):
        """Each difference as the page says it; a column that only one of them has, once."""
        said = {}
        for column, item, *two in self.differences:
            name = capfirst(gettext(column.name))
            if self._is_whole(column):
                two = [gettext("tom") if each is None else gettext("fylt ut") for each in two]
                said.setdefault(name, two)
            else:
                about = {"column": name, "item": item}
                said[gettext("%(column)s, ledd %(item)d") % about] = [
                    "–" if each is None else each for each in two
                ]
        return [{"what": what, "two": two} for what, two in said.items()]

    def _is_whole(self, column):
        """Only one of the two has anything in it."""
        return (column.key in self.first) != (column.key in self.second)

    def clean(self):
        said = super().clean()
        if "answers" in said:
            self.second = said["answers"]
            self.differences = differences(self.definition, self.first, self.second)
            if self.differences and not said.get("is_sure"):
                self.add_error(
                    "is_sure",
                    _("Noe er ulikt. Se på papiret: rett tallene, eller kryss av her."),
                )
        return said
