from datetime import datetime, timedelta

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from interventions.models import Attendance, Meeting
from interventions.states import MOVED, NOT_HELD
from tibir.calendar.oslo import OSLO
from tibir.core import fields
from tibir.core.dates import hour_and_minute, long_date

A_YEAR = timedelta(days=366)
LONGEST = timedelta(hours=8)


def sentences(choices):
    return [(each.value, capfirst(each.label)) for each in choices]


class WhenForm(forms.Form):
    """A day and two hours of it, within the course."""

    day = fields.DayField(label=gettext_lazy("Dag"))
    starts = fields.ClockField(label=gettext_lazy("Begynner klokken"))
    ends = fields.ClockField(label=gettext_lazy("Slutter klokken"))
    is_needed = True

    def __init__(self, *args, course, today, **kwargs):
        super().__init__(*args, **kwargs)
        self.course, self.today = course, today
        for name in ("day", "starts", "ends"):
            self.fields[name].required = self.is_needed

    def clean_day(self):
        day = self.cleaned_data["day"]
        if day and day < self.course.planned_on:
            raise ValidationError(
                _("Kartleggingen ble planlagt %(day)s, og møtet kan ikke være før. Se over datoen.")
                % {"day": long_date(self.course.planned_on)}
            )
        if day and day > self.today + A_YEAR:
            raise ValidationError(_("Det er over et år til. Se over årstallet."))
        return day

    def clean(self):
        said = self.cleaned_data
        if self.period and self.period[0] >= self.period[1]:
            self.add_error("ends", _("Møtet må slutte etter at det begynner."))
        elif self.period and self.period[1] - self.period[0] > LONGEST:
            self.add_error("ends", _("Møtet varer over åtte timer. Se over klokkeslettene."))
        return said

    @property
    def period(self):
        """(start, end), or None until all three are typed."""
        parts = [self.cleaned_data.get(name) for name in ("day", "starts", "ends")]
        if not all(part is not None for part in parts):
            return None
        day, *hours = parts
        return tuple(datetime.combine(day, hour, tzinfo=OSLO) for hour in hours)


class MeetingForm(WhenForm):
    kind = fields.ChoiceField(
        label=gettext_lazy("Hva slags møte?"), choices=sentences(Meeting.Kind), required=True
    )
    mode = fields.ChoiceField(
        label=gettext_lazy("Hvordan møtes dere?"), choices=sentences(Meeting.Mode), required=True
    )
    place = fields.TextField(label=gettext_lazy("Sted eller rom"))
    people = fields.ChoicesField(
        label=gettext_lazy("Hvem ber dere komme?"),
        help_text=gettext_lazy("Foreldre som bor sammen, kommer begge."),
        choices=[],
        required=True,
    )

    def __init__(self, *args, people, **kwargs):
        super().__init__(*args, **kwargs)
        self.people = {str(each.pk): each for each in people}
        self.fields["people"].choices = [(pk, str(each)) for pk, each in self.people.items()]

    def clean_people(self):
        chosen = [self.people[pk] for pk in self.cleaned_data["people"]]
        if not chosen:
            raise ValidationError(_("Velg minst én som skal komme."))
        return chosen

    def said(self):
        starts_at, ends_at = self.period
        rest = {name: self.cleaned_data[name] for name in ("kind", "mode", "place", "people")}
        return {"starts_at": starts_at, "ends_at": ends_at, **rest}


def known(meeting):
    """What the form of a meeting opens with."""
    start, end = timezone.localtime(meeting.starts_at), timezone.localtime(meeting.ends_at)
    return {
        "day": start.strftime("%d.%m.%Y"),
        "starts": hour_and_minute(start),
        "ends": hour_and_minute(end),
        "kind": meeting.kind,
        "mode": meeting.mode,
        "place": meeting.place,
        "people": [str(pk) for pk in meeting.attendances.values_list("person", flat=True)],
    }


class HoldForm(forms.Form):
    """Who came, one by one. Nothing is chosen beforehand."""

    def __init__(self, *args, expected, others, **kwargs):
        super().__init__(*args, **kwargs)
        self.expected, self.others = expected, {str(each.pk): each for each in others}
        answers = [each for each in sentences(Attendance.State) if each[0] != "expected"]
        for each in expected:
            self.fields[f"person-{each.pk}"] = fields.ChoiceField(
                label=str(each), choices=answers, required=True
            )
        if others:
            self.fields["others"] = fields.ChoicesField(
                label=_("Var noen andre med?"),
                choices=[(pk, str(each)) for pk, each in self.others.items()],
            )

    def clean(self):
        if not self.errors and not self.came("attended"):
            raise ValidationError(_("Ingen var med. Gå tilbake og velg at møtet ikke ble noe av."))
        return self.cleaned_data

    def came(self, state):
        said = self.cleaned_data
        found = [each for each in self.expected if said.get(f"person-{each.pk}") == state]
        if state == Attendance.State.ATTENDED:
            found += [self.others[pk] for pk in said.get("others", [])]
        return found


class MissForm(WhenForm):
    is_needed = False
    field_order = ["state", "reason", "day", "starts", "ends"]

    state = fields.ChoiceField(
        label=gettext_lazy("Hva skjedde?"), choices=sentences(NOT_HELD), required=True
    )
    reason = fields.TextField(label=gettext_lazy("Hvorfor?"), max_length=300)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["day"].label = _("Ny dag")
        self.fields["day"].help_text = _("Bare når møtet er flyttet og dere har avtalt ny tid.")

    def clean(self):
        said = super().clean()
        typed = [name for name in ("day", "starts", "ends") if said.get(name) is not None]
        if typed and said.get("state") and said["state"] not in MOVED:
            self.add_error("day", _("Bare et møte som er flyttet, får et nytt tidspunkt."))
        missing = {"day", "starts", "ends"} - {*typed, *self.errors}
        for name in missing if typed else ():
            label = self.fields[name].label
            self.add_error(name, _("Skriv et svar på «%(q)s».") % {"q": label})
        return said
