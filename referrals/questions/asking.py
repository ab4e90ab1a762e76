"""What a question, a step and a door are, and how an answer is read."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from enum import Enum, auto

from django.utils.translation import gettext_lazy as _

from tibir.core.dates import long_date
from tibir.core.phones import readable


class Ask(Enum):
    TEXT = auto()
    LONG = auto()
    ONE = auto()
    MANY = auto()
    DATE = auto()
    RECENT = auto()  # a day of the last year
    AGE = auto()
    MINUTES = auto()
    PHONE = auto()
    EMAIL = auto()
    NATIONAL_ID = auto()
    TICK = auto()


def always(answers):
    return True


def protection(answers):
    """What was answered about protection, at whatever door; empty when nothing was."""
    said = (step["protection"] for step in answers.values() if "protection" in step)
    return next(said, "")


def unprotected(answers):
    """Addresses are asked only after a plain no: protection first, always."""
    return protection(answers) == "no"


@dataclass(frozen=True)
class Question:
    key: str
    label: str
    ask: Ask = Ask.TEXT
    choices: tuple = ()
    help: str = ""
    required: bool = False
    missing: str = ""
    autocomplete: str = ""
    shown: Callable = always

    @property
    def most(self):
        return 5000 if self.ask is Ask.LONG else 200


@dataclass(frozen=True)
class Step:
    slug: str
    title: str
    lead: str = ""
    questions: tuple = ()
    # A step may also ask about people, one block of questions each, and show so many at once.
    each: tuple = field(default=())
    least: int = 0
    # The keys of questions of which one must be answered, and what to say when none is.
    one_of: tuple = ()
    none_of: str = ""
    # Without the agreement of a parent there is no way on from this step.
    needs_agreement: bool = False
    # The template of what must be read before this step is answered.
    notice: str = ""

    def asked(self, answers):
        return [q for q in self.questions if q.shown(answers)]


@dataclass(frozen=True)
class Door:
    """One way in: its steps in order, and where in the answers its people are found."""

    key: str
    channel: str  # of what comes in here; empty when the answers say it
    steps: tuple
    sender: tuple  # slugs of the steps that tell of the one who sends
    people: str = ""  # slug of the step with a block for each of the others

    @property
    def first(self):
        return self.steps[0]

    @property
    def last(self):
        return self.steps[-1]

    def step(self, slug):
        """The step with this slug, or None."""
        return next((step for step in self.steps if step.slug == slug), None)

    def neighbour(self, step, distance):
        """The slug of the step so far from this one, or None past either end."""
        position = self.steps.index(step) + distance
        return self.steps[position].slug if 0 <= position < len(self.steps) else None


TALK = ("talk", _("Vil heller snakke om det"))
YES_NO_TALK = (("yes", _("Ja")), ("no", _("Nei")), TALK)
YES_NO_UNSURE = (("yes", _("Ja")), ("no", _("Nei")), ("unknown", _("Vet ikke")))
YES_NO = (("yes", _("Ja")), ("no", _("Nei")))

RELATIONS = (
    ("mother", _("Mor")),
    ("father", _("Far")),
    ("co_mother", _("Medmor")),
    ("step_parent", _("Steforelder")),
    ("foster_parent", _("Fosterforelder")),
    ("grandparent", _("Besteforelder")),
    ("guardian", _("Verge")),
    ("other", _("En annen")),
)
LIVES_WITH = (
    ("yes", _("Ja, fast")),
    ("partly", _("Ja, noe av tiden")),
    ("no", _("Nei")),
    ("unknown", _("Vet ikke")),
)

# From where professionals come: the first word is what the list of referrals says.
ROLES = (
    ("kindergarten", _("Barnehage")),
    ("school", _("Skole")),
    ("health_station", _("Helsestasjon eller skolehelsetjeneste")),
    ("child_welfare", _("Barnevern")),
    ("ppt", _("PPT (pedagogisk-psykologisk tjeneste)")),
    ("gp", _("Fastlege eller annen lege")),
    ("professional", _("En annen tjeneste")),
)


def shown_answer(question, value):
    """An answer as a person reads it: a string, or a list of them; empty when not answered."""
    if value in (None, "", []) or value is False:  # a nought is an answer, and equals False
        return ""
    if question.ask is Ask.ONE:
        return str(dict(question.choices).get(value, ""))
    if question.ask is Ask.MANY:
        labels = dict(question.choices)
        return [str(labels[one]) for one in value if one in labels]
    if question.ask is Ask.TICK:
        return str(_("Ja"))
    if question.ask in (Ask.DATE, Ask.RECENT):
        return long_date(date.fromisoformat(value))
    if question.ask is Ask.PHONE:
        return readable(value)
    return str(value)
