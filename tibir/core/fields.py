"""Form fields that speak plainly: each error names the question and says what to do."""

import logging
import re
from datetime import date, time

import phonenumbers
from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

log = logging.getLogger(__name__)
CONTROL_CHARACTERS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069]")
# Alone they are nothing; within a word some languages and emoji need them.
INVISIBLE = "\u00ad\u180e\u200b\u200c\u200d\u2060\ufeff\u3164\u2800 \t\n\r\xa0"


def note(field, why):
    """What no page of ours lets anybody send: somebody tries the forms. Not what was sent."""
    log.warning("refused in a %s: %s", type(field).__name__, why)


class TextField(forms.CharField):
    """One line or many. Characters that no keyboard makes are refused, emoji are welcome."""

    def __init__(self, *, label, max_length=200, many_lines=False, required=False, **kwargs):
        attrs = kwargs.pop("attrs", {})
        widget = forms.Textarea({"rows": 5, **attrs}) if many_lines else forms.TextInput(attrs)
        super().__init__(label=label, required=required, widget=widget, **kwargs)
        self.limit = max_length

    def clean(self, value):
        value = self.to_python(value)
        if not value.strip(INVISIBLE):
            value = ""
        if self.required and not value:
            raise ValidationError(_("Skriv et svar på «%(q)s».") % {"q": self.label})
        if why := self.refused(value):
            if CONTROL_CHARACTERS.search(value):
                note(self, "characters that no keyboard makes")
            raise ValidationError(why)
        return value

    def refused(self, value):
        """Why it cannot be stored as it stands, whatever it says; or nothing."""
        if CONTROL_CHARACTERS.search(value):
            return _("«%(q)s» har tegn som ikke kan leses. Skriv svaret på nytt uten dem.") % {
                "q": self.label
            }
        if len(value) > self.limit:
            return _("Svaret på «%(q)s» er %(n)d tegn. Kort det ned til %(limit)d tegn.") % {
                "q": self.label,
                "n": len(value),
                "limit": self.limit,
            }
        return ""


class PhoneField(TextField):
    """A Norwegian number as people write it, or any number with a country code."""

    def __init__(self, **kwargs):
        super().__init__(max_length=40, **kwargs)
        self.widget.input_type = "tel"

    def clean(self, value):
        value = super().clean(value)
        if not value:
            return ""
        try:
            number = phonenumbers.parse(value, "NO")
        except phonenumbers.NumberParseException:
            number = None
        if number is None or not phonenumbers.is_possible_number(number):
            raise ValidationError(
                _("Skriv telefonnummeret med 8 siffer, eller med landkode, for eksempel +46.")
            )
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


class EmailField(TextField):
    def __init__(self, **kwargs):
        super().__init__(max_length=254, **kwargs)
        self.widget.input_type = "email"

    def clean(self, value):
        value = super().clean(value)
        if not value:
            return ""
        try:
            validate_email(value)
        except ValidationError:
            raise ValidationError(_("Skriv e-postadressen slik: navn@eksempel.no.")) from None
        return value


class NumberField(TextField):
    """A whole number within a range, typed as digits."""

    def __init__(self, *, least, most, **kwargs):
        kwargs.setdefault("attrs", {})["inputmode"] = "numeric"
        super().__init__(max_length=20, **kwargs)
        self.least, self.most = least, most

    def clean(self, value):
        value = super().clean(value)
        if not value:
            return None
        if not re.fullmatch(r"[0-9]{1,4}", value) or not self.least <= int(value) <= self.most:
            raise ValidationError(
                _("Skriv «%(q)s» med et tall fra %(least)d til %(most)d.")
                % {"q": self.label, "least": self.least, "most": self.most}
            )
        return int(value)


class ChoiceField(forms.ChoiceField):
    """Radio buttons. Nothing is chosen beforehand."""

    def __init__(self, *, label, choices, required=False, **kwargs):
        super().__init__(
            label=label, choices=choices, required=required, widget=forms.RadioSelect, **kwargs
        )

    def clean(self, value):
        value = self.to_python(value)
        if not value and self.required:
            raise ValidationError(_("Velg et svar på «%(q)s».") % {"q": self.label})
        if value and not self.valid_value(value):
            note(self, "no such choice")
            raise ValidationError(
                _("Velg ett av svarene som står under «%(q)s».") % {"q": self.label}
            )
        return value


class SelectField(ChoiceField):
    """One of many, in a list that opens. The first line asks for a choice."""

    def __init__(self, *, label, choices, **kwargs):
        super().__init__(label=label, choices=[("", _("Velg")), *choices], **kwargs)
        self.widget = forms.Select(choices=self.choices)


class DayField(TextField):
    """A day, written as people do: «22.11.2026». Returns a date, or None."""

    def __init__(self, *, latest=None, earliest=None, **kwargs):
        kwargs.setdefault("attrs", {})["placeholder"] = ""
        super().__init__(max_length=20, **kwargs)
        self.latest, self.earliest = latest, earliest

    def clean(self, value):
        value = super().clean(value)
        if not value:
            return None
        found = re.fullmatch(r"([0-9]{1,2})[.\s/-]+([0-9]{1,2})[.\s/-]+([0-9]{4})", value)
        try:
            day = date(*map(int, reversed(found.groups()))) if found else None
        except ValueError:
            day = None
        if day is None:
            raise ValidationError(
                _("Skriv «%(q)s» med dag, måned og år, for eksempel 22.11.2026.")
                % {"q": self.label}
            )
        if self.latest is not None and day > self.latest():
            raise ValidationError(_("«%(q)s» kan ikke være etter i dag.") % {"q": self.label})
        if self.earliest is not None and day < self.earliest():
            raise ValidationError(
                _("«%(q)s» er for lenge siden. Se over årstallet.") % {"q": self.label}
            )
        return day


class ChoicesField(forms.MultipleChoiceField):
    """Checkboxes; none is an answer too, and what is sent twice is chosen once."""

    def __init__(self, *, label, choices, required=False, **kwargs):
        super().__init__(
            label=label,
            choices=choices,
            required=required,
            widget=forms.CheckboxSelectMultiple,
            **kwargs,
        )

    def clean(self, value):
        value = self.to_python(value)
        if not all(self.valid_value(one) for one in value):
            note(self, "no such choice")
            raise ValidationError(
                _("Velg blant svarene som står under «%(q)s».") % {"q": self.label}
            )
        return list(dict.fromkeys(value))


class TickField(forms.BooleanField):
    """One box that says yes; when required, the error says why."""

    def __init__(self, *, label, required=False, missing="", **kwargs):
        super().__init__(label=label, required=required, **kwargs)
        self.error_messages["required"] = missing


class DateParts(forms.MultiWidget):
    """Day, month and year as three text fields: a known date is typed, not picked."""

    def __init__(self, autocomplete=False):
        self.labels = [_("Dag"), _("Måned"), _("År")]
        parts = ("bday-day", "bday-month", "bday-year") if autocomplete else ("", "", "")
        widgets = [
            forms.TextInput(
                {"inputmode": "numeric", "class": f"part-{width}"}
                | ({"autocomplete": part} if part else {})
            )
            for part, width in zip(parts, (2, 2, 4), strict=True)
        ]
        super().__init__(widgets)

    def decompress(self, value):
        if isinstance(value, date):
            return [value.day, value.month, value.year]
        return ["", "", ""]


class PastDateField(forms.MultiValueField):
    """A day that has been, from `earliest` years ago until today."""

    def __init__(self, *, label, required=False, years=120, **kwargs):
        parts = [forms.CharField(required=False) for _part in range(3)]
        super().__init__(fields=parts, label=label, required=required, widget=DateParts(), **kwargs)
        self.years = years

    def clean(self, value):
        typed = [str(part or "").strip() for part in (value or ["", "", ""])]
        if not any(typed):
            if self.required:
                raise ValidationError(_("Skriv «%(q)s».") % {"q": self.label})
            return None
        day = self._parse(typed)
        today = timezone.localdate()
        if day > today:
            raise ValidationError(
                _("«%(q)s» kan ikke være etter i dag. Se over årstallet.") % {"q": self.label}
            )
        if day.year < today.year - self.years:
            raise ValidationError(
                _("«%(q)s» er for langt tilbake. Se over årstallet.") % {"q": self.label}
            )
        return day

    def _parse(self, typed):
        try:
            if not re.fullmatch(r"[0-9]{1,2} [0-9]{1,2} ([0-9]{2}|[1-9][0-9]{3})", " ".join(typed)):
                raise ValueError
            day, month, year = map(int, typed)
            if len(typed[2]) == 2:
                year += 2000
            return date(year, month, day)
        except ValueError:
            raise ValidationError(
                _("Skriv «%(q)s» med dag, måned og år, for eksempel 22 11 2019.")
                % {"q": self.label}
            ) from None


class ClockField(TextField):
    """An hour of the day as people write it: «9», «9.30», «14:00». Returns a time, or None."""

    def __init__(self, **kwargs):
        kwargs.setdefault("attrs", {}).update({"inputmode": "decimal", "class": "part-4"})
        super().__init__(max_length=10, **kwargs)

    def clean(self, value):
        value = super().clean(value)
        if not value:
            return None
        found = re.fullmatch(r"([0-9]{1,2})(?:[.:]?([0-9]{2}))?", value.strip())
        try:
            return time(int(found[1]), int(found[2] or 0)) if found else self._refuse()
        except ValueError:
            return self._refuse()

    def _refuse(self):
        raise ValidationError(
            _("Skriv «%(q)s» som time og minutter, for eksempel 14.30.") % {"q": self.label}
        )
