import re
from datetime import timedelta
from functools import cached_property

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from interventions import rules
from interventions.forms.meeting import WhenForm, sentences
from interventions.kinds import Component, Progress, ServiceKind, Sheet
from tibir.calendar.series import is_public_holiday
from tibir.core import fields
from tibir.core.dates import weekday_date

LONGEST_NOTE = 50_000
LONGEST = 5_000
FEW = {"rows": 3}
WEEK = timedelta(weeks=1)
OF_TREATMENT = ["components", "role_play", "assignment", "assignment_to", "sheets", "sheet_names"]
WHEN = ["again", "day", "starts", "ends", "despite"]  # the last where a day off is asked about


def _name(person):
    return person.person.name


class NoteForm(WhenForm):
    """All of a note. A draft is kept as it is typed, however half; signed, all of it is right."""

    is_needed = False

    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    components = fields.ChoicesField(
        label=gettext_lazy("Hva arbeidet dere med?"), choices=sentences(Component)
    )
    role_play = fields.TickField(label=gettext_lazy("Vi øvde med rollespill"))
    internal = fields.TextField(
        label=gettext_lazy("Internt notat"),
        help_text=gettext_lazy("For dem som gir tiltaket. Familien kan be om innsyn."),
        many_lines=True,
        max_length=LONGEST_NOTE,
        attrs={"rows": 8},
    )
    assignment = fields.TextField(
        label=gettext_lazy("Ny hjemmeoppgave"), many_lines=True, max_length=LONGEST, attrs=FEW
    )
    assignment_to = fields.ChoicesField(label=gettext_lazy("Hvem skal prøve den?"), choices=[])
    sheets = fields.ChoicesField(label=gettext_lazy("Ark dere delte ut"), choices=sentences(Sheet))
    sheet_names = fields.TextField(label=gettext_lazy("Hva heter arkene?"), max_length=300)
    agreements = fields.TextField(
        label=gettext_lazy("Avtaler"), many_lines=True, max_length=LONGEST, attrs=FEW
    )
    again = fields.TickField(label=gettext_lazy("Neste møte er en uke senere"))
    summary = fields.TextField(
        label=gettext_lazy("Oppsummering til familien"),
        help_text=gettext_lazy("Skriv til dem, kort og vennlig. Bare de du velger, får lese den."),
        many_lines=True,
        max_length=LONGEST,
        attrs={"rows": 4},
    )
    readers = fields.ChoicesField(label=gettext_lazy("Hvem kan lese oppsummeringen?"), choices=[])

    def __init__(self, *args, note, before, **kwargs):
        known = {**note.typed, "internal": note.internal, "version": note.version}
        super().__init__(*args, course=note.course, initial=known, **kwargs)
        self.note, self.before = note, before
        self.people = {str(each.pk): each for each in before.people}
        names = {pk: _name(each) for pk, each in self.people.items()}
        self.fields["assignment_to"].choices = list(names.items())
        self.fields["readers"].choices = [
            (pk, name) for pk, name in names.items() if rules.may_read_summary(self.people[pk])
        ]
        self._ask_how_it_went()
        self._ask_how_near()
        self._ask_when()
        if note.course.service.kind == ServiceKind.SCREENING:
            for name in OF_TREATMENT:
                del self.fields[name]

    def _ask_how_it_went(self):
        self.assignments = {}
        for each in self.before.assignments:
            self.assignments[each.pk] = each
            name = _name(each.person)
            self.fields[f"tried-{each.pk}"] = fields.ChoiceField(
                label=_("Hvordan gikk det for %(name)s?") % {"name": name},
                choices=sentences(Progress),
            )
            self.fields[f"how-{each.pk}"] = fields.TextField(
                label=_("Med ord, fra %(name)s") % {"name": name}, max_length=LONGEST
            )

    def _ask_how_near(self):
        self.rated = {}
        here = self.before.attended or [
            each for each in self.before.people if rules.may_be_told(each)
        ]
        for goal in self.before.goals:
            for person in rules.raters(goal, here):
                name = f"rating-{goal.pk}-{person.pk}"
                self.rated[name] = (goal, person)
                words = Truncator(goal.words.rstrip(". ")).chars(60)
                self.fields[name] = fields.NumberField(
                    label=f"{words}, {_name(person)}", least=0, most=10, attrs={"class": "part-2"}
                )

    def _ask_when(self):
        """One that is agreed already is not agreed again."""
        if self.note.meeting is None or self.before.next_meeting or not self.course.is_open:
            for name in [name for name in self.fields if name in WHEN]:
                del self.fields[name]
            return
        self._ask_whether_next_week()
        self.fields["day"].label = _("Neste møte, dag")
        self.fields["day"].help_text = _("Uten dag blir ikke noe møte avtalt.")
        self.fields["day"].widget.attrs["class"] = "part-6"

    def _ask_whether_next_week(self):
        """Most families come on the same day each week: that is ticked, not typed."""
        week_after = self.note.meeting.day + WEEK
        if week_after < self.today or is_public_holiday(week_after):
            del self.fields["again"]
            return
        day = weekday_date(week_after)
        self.fields["again"].label = _("Neste møte er en uke senere: %(day)s") % {"day": day}
        if self.data.get("again") and not self.data.get("day"):
            self.data = self.data.copy()
            self.data["day"] = f"{week_after:%d.%m.%Y}"

    # --- How it is laid out ---

    @property
    def tried_rows(self):
        """(assignment, how it went, in words)"""
        return [
            (each, self[f"tried-{pk}"], self[f"how-{pk}"]) for pk, each in self.assignments.items()
        ]

    @property
    def goal_rows(self):
        """(goal, [(person, field, what was said last)])"""
        rows = {}
        for name, (goal, person) in self.rated.items():
            last = self.before.ratings.get((goal.pk, person.pk))
            rows.setdefault(goal, []).append((_name(person), self[name], last))
        return list(rows.items())

    @property
    def asks_when(self):
        return "day" in self.fields

    @property
    def hours(self):
        return [self["starts"], self["ends"]]

    # --- What is kept of a draft ---

    @cached_property
    def kept(self):
        """All but the internal text, as it was typed; what an older page never asked, stays."""
        if "summary" not in self.data:
            return dict(self.note.typed)
        gone = {name: it for name, it in self.note.typed.items() if name not in self.fields}
        return gone | {name: it for name, it in self._sent() if it}

    def _sent(self):
        for name, field in self.fields.items():
            if name in ("version", "internal", "despite"):
                continue
            sent = self.data.get(name, "")
            if name in self.unkept:
                sent = self.note.typed.get(name, "")
            if isinstance(field, fields.ChoicesField):
                chosen = dict.fromkeys(self.data.getlist(name))
                yield name, [one for one in chosen if field.valid_value(one)]
            elif isinstance(field, fields.ChoiceField):
                yield name, sent if field.valid_value(sent) else ""
            elif isinstance(field, fields.TickField):
                yield name, "on" if sent else ""
            else:
                yield name, sent

    @cached_property
    def kept_internal(self):
        return self.note.internal if "internal" in self.unkept else self.data.get("internal", "")

    @cached_property
    def unkept(self):
        """{field: why}: not what no keyboard makes, and not more than there is room for. Of such a
        field what was kept before stays, and all the others are kept."""
        sent = {
            name: field.refused(self.data.get(name, ""))
            for name, field in self.fields.items()
            if isinstance(field, fields.TextField)
        }
        return {name: why for name, why in sent.items() if why}

    @property
    def can_be_kept(self):
        """Whether it says which version it is of."""
        return re.fullmatch(r"[0-9]{1,9}", str(self.data.get("version", ""))) is not None

    # --- What is signed ---

    @property
    def _is_new_day(self):
        """Nothing of a draft is agreed: what was saved of it a moment ago is asked about too."""
        return True

    def clean_day(self):
        day = super().clean_day()
        if day and day < self.today:
            raise ValidationError(_("Neste møte kan ikke være før i dag. Se over datoen."))
        return day

    def clean(self):
        said = super().clean()
        if not said.get("internal") and "internal" not in self.errors:
            self.add_error("internal", _("Notatet er tomt. Skriv noe før du signerer."))
        for pk in self.assignments:
            if said.get(f"how-{pk}") and not said.get(f"tried-{pk}"):
                self.add_error(f"tried-{pk}", _("Velg om oppgaven ble gjort."))
        if said.get("assignment") and not said.get("assignment_to"):
            self.add_error("assignment_to", _("Velg hvem som skal prøve hjemmeoppgaven."))
        if said.get("summary") and not said.get("readers"):
            self.add_error("readers", _("Velg hvem som kan lese oppsummeringen."))
        if said.get("day"):
            for name in ("starts", "ends"):
                if said.get(name) is None and name not in self.errors:
                    label = self.fields[name].label
                    self.add_error(name, _("Skriv et svar på «%(q)s».") % {"q": label})
        return said

    def said(self):
        """What the action is told, but for the version."""
        said = self.cleaned_data
        columns = ["agreements", "components", "role_play", "sheets", "sheet_names"]
        return {
            "internal": self._with_what_is_asked_no_more(said["internal"]),
            "tried": [
                (each, said[f"tried-{pk}"], said[f"how-{pk}"])
                for pk, each in self.assignments.items()
                if said[f"tried-{pk}"]
            ],
            "ratings": [
                (goal, person, said[name])
                for name, (goal, person) in self.rated.items()
                if said[name] is not None
            ],
            "assignment": (said.get("assignment", ""), self._people(said.get("assignment_to", []))),
            "summary": (said["summary"], self._people(said["readers"])),
            **{name: said[name] for name in columns if name in said},
            "next_meeting": self.period if said.get("day") else None,
        }

    def _people(self, pks):
        return [self.people[pk] for pk in pks]

    def _with_what_is_asked_no_more(self, internal):
        """Somebody else has told of it since: what was typed here is kept in the text."""
        gone = [
            text
            for name, text in self.note.typed.items()
            if name.startswith("how-") and name not in self.fields
        ]
        return "\n\n".join([internal, *gone])


class AddendumForm(forms.Form):
    text = fields.TextField(
        label=gettext_lazy("Tillegg"), many_lines=True, max_length=LONGEST_NOTE, required=True
    )
    reason = fields.TextField(
        label=gettext_lazy("Hvorfor kommer det nå?"),
        help_text=gettext_lazy("For eksempel: noe var glemt, eller noe var feil."),
        max_length=500,
        required=True,
    )


class PersonForm(forms.Form):
    """One of some colleagues."""

    user = fields.ChoiceField(label=gettext_lazy("Hvem?"), choices=[], required=True)

    def __init__(self, *args, users, **kwargs):
        super().__init__(*args, **kwargs)
        self.users = {str(each.pk): each for each in users}
        self.fields["user"].choices = [(pk, each.name) for pk, each in self.users.items()]

    def clean_user(self):
        return self.users[self.cleaned_data["user"]]


class MoveNoteForm(forms.Form):
    to = fields.SelectField(
        label=gettext_lazy("Hvor hører notatet hjemme?"), choices=[], required=True
    )
    reason = fields.TextField(
        label=gettext_lazy("Hvorfor sto det her?"),
        help_text=gettext_lazy(
            "Står igjen her. Skriv ikke hvem det gjelder, for eksempel: to saker var åpne samtidig."
        ),
        max_length=500,
        required=True,
    )

    def __init__(self, *args, courses, **kwargs):
        super().__init__(*args, **kwargs)
        self.courses = {str(each.pk): each for each in courses}
        choices = [
            ("", _("Velg")),
            *((pk, f"{each.case.child.name}, {each}") for pk, each in self.courses.items()),
        ]
        self.fields["to"].choices = choices
        self.fields["to"].widget.choices = choices

    def clean_to(self):
        return self.courses[self.cleaned_data["to"]]
