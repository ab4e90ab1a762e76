from datetime import timedelta

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from interventions import rules
from interventions.models import Attendance, Meeting
from interventions.models.meeting import MOST_MINUTES
from interventions.states import MOVED, NOT_HELD, MeetingState
from tibir.calendar.series import hours_of, lasts
from tibir.core import fields
from tibir.core.dates import clock_time, hour_and_minute, long_date, weekday_date

A_YEAR = timedelta(days=366)
LONGEST = timedelta(hours=8)
ONE, FOLLOWING = "one", "following"
SCOPES = [
    (ONE, gettext_lazy("Bare dette møtet")),
    (FOLLOWING, gettext_lazy("Dette og de neste i rekken, like mange dager")),
]
MEETING_FIELDS = ("kind", "mode", "place", "is_at_ours", "people")


def sentences(choices):
    return [(each.value, capfirst(each.label)) for each in choices]


def keyed(people):
    """{what stands in the form: who}; the child is nobody of the case's people."""
    return {"child" if rules.is_child(each) else str(each.pk): each for each in people}


def named(person):
    return _("%(name)s (barnet)") % {"name": person} if rules.is_child(person) else str(person)


class WhenForm(forms.Form):
    """A day and two hours of it, within the course."""

    day = fields.DayField(label=gettext_lazy("Dag"))
    starts = fields.ClockField(label=gettext_lazy("Begynner klokken"))
    ends = fields.ClockField(label=gettext_lazy("Slutter klokken"))
    despite = fields.TickField(label=gettext_lazy("Møtet skal være denne dagen likevel"))
    is_needed = True

    def __init__(self, *args, course, today, **kwargs):
        super().__init__(*args, **kwargs)
        self.course, self.today = course, today
        for name in ("day", "starts", "ends"):
            self.fields[name].required = self.is_needed
        if not self.is_bound:
            del self.fields["despite"]  # asked about once there is something to ask about

    def clean_day(self):
        day, first = self.cleaned_data["day"], self.course.started_on or self.course.planned_on
        if day and day < first:
            raise ValidationError(
                _("Tiltaket begynner %(day)s, og møtet kan ikke være før. Se over datoen.")
                % {"day": long_date(first)}
            )
        if day and self.course.ended_on and day > self.course.ended_on:
            raise ValidationError(
                _("Tiltaket ble avsluttet %(day)s, og møtet kan ikke være etter. Se over datoen.")
                % {"day": long_date(self.course.ended_on)}
            )
        if day and day > self.today + A_YEAR:
            raise ValidationError(_("Det er over et år til. Se over årstallet."))
        return day

    def clean(self):
        said = self.cleaned_data
        if self.period and lasts(*self.period) <= timedelta(0):
            self.add_error("ends", _("Møtet må slutte etter at det begynner."))
        elif self.period and lasts(*self.period) > LONGEST:
            self.add_error("ends", _("Møtet varer over åtte timer. Se over klokkeslettene."))
        self._ask_about(said.get("day"))
        return said

    @property
    def _is_new_day(self):
        """What stands there already was asked about when it was agreed."""
        return "day" in self.changed_data

    def _ask_about(self, day):
        """A day off is most often typed wrong; it may be meant all the same."""
        why = ""
        if day and "despite" in self.fields and self._is_new_day:
            why = rules.days_off(self.course.practitioner, day, day)(day)
        if not why:
            self.fields.pop("despite", None)
        elif not self.cleaned_data.get("despite"):
            self.add_error(
                "day",
                _("%(day)s: %(why)s. Velg en annen dag, eller kryss av for at det er meningen.")
                % {"day": capfirst(weekday_date(day)), "why": why},
            )

    @property
    def period(self):
        """(start, end), or None until all three are typed."""
        parts = [self.cleaned_data.get(name) for name in ("day", "starts", "ends")]
        return hours_of(*parts) if all(part is not None for part in parts) else None


class MeetingForm(WhenForm):
    kind = fields.ChoiceField(
        label=gettext_lazy("Hva slags møte?"),
        help_text=gettext_lazy(
            "Ansvarsgruppe og møter i barnehage eller skole teller ikke blant møtene i tiltaket."
        ),
        choices=sentences(Meeting.Kind),
        required=True,
    )
    mode = fields.ChoiceField(
        label=gettext_lazy("Hvordan møtes dere?"), choices=sentences(Meeting.Mode), required=True
    )
    place = fields.TextField(label=gettext_lazy("Sted eller rom"))
    is_at_ours = fields.TickField(
        label=gettext_lazy("Stedet er hos oss"),
        help_text=gettext_lazy("Da vises det i kalenderen på telefonen din. Andre steder gjør ikke "
                               "det."),
    )  # fmt: skip
    people = fields.ChoicesField(
        label=gettext_lazy("Hvem ber dere komme?"),
        help_text=gettext_lazy("Foreldre som bor sammen, kommer begge."),
        choices=[],
        required=True,
    )

    def __init__(self, *args, people, **kwargs):
        super().__init__(*args, **kwargs)
        self.people = keyed(people)
        self.fields["people"].choices = [(key, named(each)) for key, each in self.people.items()]

    def clean_kind(self):
        kind = self.cleaned_data["kind"]
        if stops := rules.kind_stopped_by(self.course, kind, self.today):
            raise ValidationError(stops)
        return kind

    def clean_people(self):
        chosen = [self.people[key] for key in self.cleaned_data["people"]]
        if not chosen:
            raise ValidationError(_("Velg minst én som skal komme."))
        return chosen

    def said(self):
        starts_at, ends_at = self.period
        rest = {name: self.cleaned_data[name] for name in MEETING_FIELDS}
        return {"starts_at": starts_at, "ends_at": ends_at, **rest}


def usual(course, people):
    """What the form of a new meeting opens with."""
    asked = [each for each in people if rules.expected(each, course.service)]
    return {
        "kind": Meeting.Kind.MEETING,
        "mode": Meeting.Mode.IN_PERSON,
        "is_at_ours": True,
        "people": list(keyed(asked)),
    }


def known(meeting):
    """What the form of a meeting opens with."""
    start, end = timezone.localtime(meeting.starts_at), timezone.localtime(meeting.ends_at)
    people = [str(pk) for pk in meeting.attendances.values_list("person", flat=True)]
    return {
        "day": start.strftime("%d.%m.%Y"),
        "starts": hour_and_minute(start),
        "ends": hour_and_minute(end),
        "kind": meeting.kind,
        "mode": meeting.mode,
        "place": meeting.place,
        "is_at_ours": meeting.is_at_ours,
        "people": [*people, "child"] if meeting.child else people,
    }


def not_yet(meeting):
    return _("Møtet har ikke begynt ennå. Det er %(day)s klokken %(at)s.") % {
        "day": weekday_date(meeting.day),
        "at": clock_time(meeting.starts_at),
    }


class HoldForm(forms.Form):
    """Who came, one by one. Nothing is chosen beforehand."""

    minutes = fields.NumberField(
        label=gettext_lazy("Hvor mange minutter varte det?"), least=1, most=MOST_MINUTES
    )

    def __init__(self, *args, meeting, expected, others, **kwargs):
        super().__init__(*args, **kwargs)
        self.meeting = meeting
        self.expected, self.others = keyed(expected), keyed(others)
        answers = [each for each in sentences(Attendance.State) if each[0] != "expected"]
        for key, each in self.expected.items():
            self.fields[f"person-{key}"] = fields.ChoiceField(
                label=named(each), choices=answers, required=True
            )
        if others:
            self.fields["others"] = fields.ChoicesField(
                label=_("Var noen andre med?"),
                choices=[(key, named(each)) for key, each in self.others.items()],
            )
        self.order_fields([*(name for name in self.fields if name != "minutes"), "minutes"])

    def clean(self):
        if not self.meeting.has_begun:
            self.add_error(next(iter(self.fields)), not_yet(self.meeting))
        if not self.errors and not self.came("attended"):
            raise ValidationError(_("Ingen var med. Gå tilbake og velg at møtet ikke ble noe av."))
        return self.cleaned_data

    def came(self, state):
        said = self.cleaned_data
        found = [each for key, each in self.expected.items() if said.get(f"person-{key}") == state]
        if state == Attendance.State.ATTENDED:
            found += [self.others[key] for key in said.get("others", [])]
        return found


class MissForm(WhenForm):
    is_needed = False
    field_order = ["state", "reason", "day", "starts", "ends", "despite", "scope"]

    state = fields.ChoiceField(
        label=gettext_lazy("Hva skjedde?"), choices=sentences(NOT_HELD), required=True
    )
    reason = fields.TextField(label=gettext_lazy("Hvorfor?"), max_length=300)
    scope = fields.ChoiceField(label=gettext_lazy("Hva skal flyttes?"), choices=SCOPES)

    def __init__(self, *args, meeting, is_in_series=False, **kwargs):
        super().__init__(*args, **kwargs)
        self.meeting = meeting
        self.fields["day"].label = _("Ny dag")
        self.fields["day"].help_text = _("Bare når møtet er flyttet og dere har avtalt ny tid.")
        if is_in_series:
            self.fields["scope"].help_text = _("Bare når møtet er flyttet.")
        else:
            del self.fields["scope"]

    def clean(self):
        said = super().clean()
        typed = [name for name in ("day", "starts", "ends") if said.get(name) is not None]
        if typed and said.get("state") and said["state"] not in MOVED:
            self.add_error("day", _("Bare et møte som er flyttet, får et nytt tidspunkt."))
        if said.get("state") == MeetingState.NO_SHOW and not self.meeting.has_begun:
            self.add_error("state", not_yet(self.meeting))
        missing = {"day", "starts", "ends"} - {*typed, *self.errors}
        for name in missing if typed else ():
            label = self.fields[name].label
            self.add_error(name, _("Skriv et svar på «%(q)s».") % {"q": label})
        if said.get("scope") == FOLLOWING and not typed and not self.errors:
            self.add_error("day", _("Skriv når det første av dem skal være."))
        return said

    @property
    def moves_all(self):
        return self.cleaned_data.get("scope") == FOLLOWING
