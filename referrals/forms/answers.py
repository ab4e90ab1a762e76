"""Questions as fields, and what was typed in them: the pages of the public form."""

from datetime import timedelta

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.datastructures import MultiValueDict
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from referrals.questions import Ask, lacking, shown_answer
from tibir.cases.identity_number import InvalidIdentityNumber, identify
from tibir.core import fields
from tibir.core.codes import normalise_secret

MOST_PEOPLE = 8
NOT_ANSWERS = {"csrfmiddlewaretoken", "version", "action", "fra", "door", "_language"}


class NationalIdField(fields.TextField):
    """Eleven digits with right check digits; invented series only outside production."""

    def clean(self, value):
        value = super().clean(value)
        if not value:
            return ""
        try:
            identity = identify(value, only_synthetic=not settings.PRODUCTION)
        except InvalidIdentityNumber:
            raise ValidationError(
                _("Fødselsnummeret stemmer ikke. Se over de 11 sifrene, eller la feltet stå tomt.")
            ) from None
        return identity.digits


class RecentDateField(fields.PastDateField):
    """A day of the last year: what came earlier than that is a slip of the pen."""

    def clean(self, value):
        day = super().clean(value)
        if day is not None and day < timezone.localdate() - timedelta(days=365):
            raise ValidationError(
                _("«%(q)s» kan ikke være mer enn ett år tilbake. Se over datoen.")
                % {"q": self.label}
            )
        return day


def field_for(question):
    about = {"label": question.label, "required": question.required, "help_text": question.help}
    attrs = {"autocomplete": question.autocomplete} if question.autocomplete else {}
    match question.ask:
        case Ask.TEXT:
            return fields.TextField(max_length=question.most, attrs=attrs, **about)
        case Ask.LONG:
            return fields.TextField(max_length=question.most, many_lines=True, **about)
        case Ask.ONE:
            return fields.ChoiceField(choices=question.choices, **about)
        case Ask.MANY:
            return fields.ChoicesField(choices=question.choices, **about)
        case Ask.DATE:
            return fields.PastDateField(years=25, **about)
        case Ask.RECENT:
            return RecentDateField(years=1, **about)
        case Ask.AGE:
            return fields.NumberField(least=0, most=25, **about)
        case Ask.MINUTES:
            return fields.NumberField(least=1, most=480, **about)
        case Ask.PHONE:
            return fields.PhoneField(attrs=attrs, **about)
        case Ask.EMAIL:
            return fields.EmailField(attrs=attrs, **about)
        case Ask.NATIONAL_ID:
            return NationalIdField(attrs={"inputmode": "numeric", "autocomplete": "off"}, **about)
        case Ask.TICK:
            return fields.TickField(missing=question.missing, **about)


class QuestionsForm(forms.Form):
    """The questions of a step, as fields in the same order."""

    def __init__(self, questions, *args, typed=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.questions = questions
        for question in questions:
            self.fields[question.key] = field_for(question)
        if typed is not None and not self.is_bound:
            self.initial = self._read(typed)

    def _read(self, typed):
        """What was typed before, in the form each widget shows it; right or wrong."""
        return {
            name: field.widget.value_from_datadict(typed, {}, self.add_prefix(name))
            for name, field in self.fields.items()
        }

    def lines(self):
        """(question, answer) as a person reads them; what is wrong, as it was typed."""
        return [(str(question.label), self._line(question)) for question in self.questions]

    def _line(self, question):
        if question.key in self.errors:
            shown = self[question.key].value() or ""
        else:
            shown = shown_answer(question, self.answers[question.key])
        return shown if isinstance(shown, str) else ", ".join(filter(None, shown))

    def cleaned(self):
        """What holds so far; nothing, when nothing was sent."""
        return self.cleaned_data if self.is_bound and self.errors is not None else {}

    @property
    def answers(self):
        """The answers that hold, as they are stored."""
        wrong = self.errors
        return {
            name: value.isoformat() if hasattr(value, "isoformat") else value
            for name, value in self.cleaned_data.items()
            if name not in wrong
        }


class Together:
    """Several forms on one page, which the error summary on top reads as one."""

    most_people = MOST_PEOPLE

    @property
    def errors(self):
        return any(form.errors for form in self.forms)

    def non_field_errors(self):
        return [error for form in self.forms for error in form.non_field_errors()]

    def visible_fields(self):
        return [field for form in self.forms for field in form.visible_fields()]

    def is_valid(self):
        return not self.errors


class StepForm(Together):
    """One step of the form as it was typed: its own questions, and a block for each person."""

    def __init__(self, step, answers, typed=None, *, bound=False):
        self.step = step
        people = how_many(typed or {}, step)
        typed = MultiValueDict(typed or {})
        data = typed if bound else None
        self.own = QuestionsForm(step.asked(answers), data, typed=typed)
        self.people = [
            QuestionsForm(step.each, data, typed=typed, prefix=f"person-{number}")
            for number in range(people)
        ]
        for number, block in enumerate(self.people, start=1):
            block.number = number
        if bound:
            self._look_at_it_as_a_whole()

    def _look_at_it_as_a_whole(self):
        """What no field can know of itself is said beside the field where it is put right."""
        said, one_of = self.own.cleaned(), self.step.one_of
        if one_of and not self.own.errors and not any(said[key] for key in one_of):
            self.own.add_error(one_of[0], self.step.none_of)
        if self.lacks_agreement:
            number, sentence = self.lacks_agreement
            if "agrees" not in self.people[number].errors:
                self.people[number].add_error("agrees", sentence)

    @cached_property
    def lacks_agreement(self):
        """(number of the person, why) when no parent stands behind it; else None."""
        if not (self.step.needs_agreement and self.own.is_bound):
            return None
        return lacking([block.cleaned() for block in self.people])

    @property
    def has_room(self):
        return len(self.people) < self.most_people

    @property
    def may_lose_one(self):
        return len(self.people) > self.step.least

    @property
    def forms(self):
        return [self.own, *self.people]

    def lines(self):
        lines = self.own.lines()
        for block in self.people:
            person = _("Person %(number)d") % {"number": block.number}
            lines += [(f"{person}: {question}", shown) for question, shown in block.lines()]
        return lines

    def differs_in(self, other):
        """(question, answer here) for each line that the other does not have."""
        here, there = dict(self.lines()), dict(other.lines())
        return [
            (question, here.get(question, ""))
            for question in here | there
            if here.get(question, "") != there.get(question, "")
        ]

    @property
    def answers(self):
        answers = self.own.answers
        if self.step.each:
            said = [block.answers for block in self.people]
            answers["people"] = [one for one in said if any(one.values())]
        return answers


def how_many(typed, step):
    """The number of people that a step tells of, within reason."""
    if not step.each:
        return 0
    number = (typed.get("people") or ["0"])[-1]
    told = min(int(number), MOST_PEOPLE) if number.isdecimal() and len(number) < 4 else 0
    return max(told, step.least)


def read(draft):
    """(answers that hold, steps where one does not): every step as it now stands."""
    answers, wrong = {}, []
    for step in draft.door.steps:
        form = StepForm(step, answers, draft.typed(step.slug), bound=True)
        answers[step.slug] = form.answers
        if not form.is_valid():
            wrong.append(step)
    return answers, wrong


def as_typed(post):
    """{field: texts}, but for half a character, which only a broken client can send."""
    return {
        name: [text.replace("\r\n", "\n").encode(errors="replace").decode() for text in texts]
        for name, texts in post.lists()
    }


def typed_for(post, asked):
    """What belongs to this step's questions, as it was typed; nothing else is kept."""
    keys = {q.key for q in asked.questions} | {q.key for q in asked.each} | {"people"}
    return {
        name: texts
        for name, texts in as_typed(post).items()
        if name not in NOT_ANSWERS and _asks(name) in keys
    }


def _asks(name):
    """«person-2-birth_date_0» asks «birth_date»."""
    if name.startswith("person-"):
        name = name.split("-", 2)[-1]
    return name[:-2] if name[-2:] in ("_0", "_1", "_2") else name


class CodeForm(forms.Form):
    """The code that opens a draft or a status page on another device."""

    code = fields.TextField(
        label=_("Koden din"),
        required=True,
        help_text=_("Bokstaver og tall, med eller uten bindestreker."),
        attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"},
    )

    def clean_code(self):
        """As we write it: it becomes a cookie, and is shown again."""
        return normalise_secret(self.cleaned_data["code"])
