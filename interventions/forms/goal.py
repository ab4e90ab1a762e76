from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from interventions import rules
from interventions.forms.meeting import sentences
from interventions.kinds import GoalEnding, Occasion, Reached, Suited
from tibir.core import fields

MANY = 5_000
TOGETHER = "together"
# A goal that is put differently is ended by that, and never by hand.
ENDINGS = [GoalEnding.REACHED, GoalEnding.DROPPED]


class WordsForm(forms.Form):
    words = fields.TextField(
        label=gettext_lazy("Mål"),
        help_text=gettext_lazy("Med familiens egne ord."),
        max_length=500,
        required=True,
    )
    low = fields.TextField(
        label=gettext_lazy("Hvordan er det på 0?"),
        help_text=gettext_lazy("Så langt unna som det går an."),
        max_length=200,
        required=True,
    )
    high = fields.TextField(
        label=gettext_lazy("Hvordan er det på 10?"),
        help_text=gettext_lazy("Akkurat slik dere ønsker det."),
        max_length=200,
        required=True,
    )


class GoalForm(WordsForm):
    person = fields.ChoiceField(
        label=gettext_lazy("Hvem er målet for?"),
        help_text=gettext_lazy("Den andre forelderen får aldri se et mål som er for én av dem."),
        choices=[],
        required=True,
    )

    def __init__(self, *args, people, **kwargs):
        super().__init__(*args, **kwargs)
        self.people = {str(each.pk): each for each in people if rules.rates(each)}
        names = [(pk, each.person.name) for pk, each in self.people.items()]
        self.fields["person"].choices = [(TOGETHER, _("Familien sammen")), *names]

    def clean_person(self):
        return self.people.get(self.cleaned_data["person"])


class ChangeGoalForm(WordsForm):
    reason = fields.TextField(
        label=gettext_lazy("Hvorfor skriver dere det om?"), max_length=500, required=True
    )


class EndGoalForm(forms.Form):
    ending = fields.ChoiceField(
        label=gettext_lazy("Hvorfor er det slutt?"),
        choices=[one for one in sentences(GoalEnding) if one[0] in ENDINGS],
        required=True,
    )
    reason = fields.TextField(label=gettext_lazy("Med ord"), max_length=500, required=True)


class EvaluationForm(forms.Form):
    occasion = fields.ChoiceField(
        label=gettext_lazy("Når?"), choices=sentences(Occasion), required=True
    )
    reached = fields.ChoiceField(
        label=gettext_lazy("Hvor langt har dere kommet?"),
        choices=sentences(Reached),
        required=True,
    )
    words = fields.TextField(
        label=gettext_lazy("Hva er annerledes nå?"), many_lines=True, max_length=MANY, required=True
    )


class RateForm(forms.Form):
    """How near each says they are, goal by goal; what is left empty is not rated."""

    def __init__(self, *args, goals, people, last, **kwargs):
        super().__init__(*args, **kwargs)
        self.rated, self.last = {}, last
        for goal in goals:
            for person in rules.raters(goal, people):
                name = f"rating-{goal.pk}-{person.pk}"
                self.rated[name] = (goal, person)
                words = Truncator(goal.words).chars(60)
                self.fields[name] = fields.NumberField(
                    label=f"{words}, {person.person.name}",
                    least=0,
                    most=10,
                    attrs={"class": "part-2"},
                )

    @property
    def goal_rows(self):
        """(goal, [(name, field, what was said last)])"""
        rows = {}
        for name, (goal, person) in self.rated.items():
            last = self.last.get((goal.pk, person.pk))
            rows.setdefault(goal, []).append((person.person.name, self[name], last))
        return list(rows.items())

    def clean(self):
        said = super().clean()
        if not self.errors and all(value is None for value in said.values()):
            raise ValidationError(_("Skriv minst ett tall."))
        return said

    @property
    def ratings(self):
        said = self.cleaned_data
        return [
            (goal, person, said[name])
            for name, (goal, person) in self.rated.items()
            if said[name] is not None
        ]


class FeedbackForm(forms.Form):
    suited = fields.ChoiceField(
        label=gettext_lazy("Passet dette for dere?"), choices=sentences(Suited), required=True
    )
    useful = fields.TextField(
        label=gettext_lazy("Hva var nyttig?"), many_lines=True, max_length=MANY, attrs={"rows": 3}
    )
    helped = fields.TextField(
        label=gettext_lazy("Hva hjalp?"), many_lines=True, max_length=MANY, attrs={"rows": 3}
    )
    better = fields.TextField(
        label=gettext_lazy("Hva kunne vært bedre?"),
        many_lines=True,
        max_length=MANY,
        attrs={"rows": 3},
    )

    def clean(self):
        said = super().clean()
        words = any(said.get(name) for name in ("useful", "helped", "better"))
        if said.get("suited") == Suited.NO_ANSWER and words:
            self.add_error("suited", _("Det står ord under. Velg hva forelderen svarte."))
        return said
