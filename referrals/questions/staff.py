"""What staff write down themselves: a referral by telephone or on paper, and a discussion."""

from dataclasses import replace

from django.utils.translation import gettext_lazy as _

from referrals.questions.asking import (
    LIVES_WITH,
    RELATIONS,
    ROLES,
    YES_NO,
    YES_NO_TALK,
    YES_NO_UNSURE,
    Ask,
    Door,
    Question,
    Step,
    unprotected,
)
from referrals.questions.professional import (
    ABOUT_A_PARENT,
    AGREEMENT,
    CHILD,
    CONCERN,
    SERVICES,
    VIEW_OF_CHILD,
)

ARRIVED = Step(
    "registrert",
    _("Slik kom henvisningen"),
    questions=(
        Question(
            "channel",
            _("Hvordan kom den?"),
            Ask.ONE,
            (("phone", _("På telefon")), ("paper", _("På papir")), ("in_person", _("Ved oppmøte"))),
            required=True,
        ),
        Question(
            "received_on",
            _("Hvilken dag kom den?"),
            Ask.RECENT,
            help=_("Svarfristen regnes fra denne dagen, også når den er før i dag."),
            required=True,
        ),
    ),
)

TELLER = Step(
    "henviser",
    _("Den som henviser"),
    questions=(
        Question("name", _("Hva heter personen?"), required=True),
        Question(
            "who",
            _("Hva er personen for barnet, eller hvor jobber personen?"),
            Ask.ONE,
            (*RELATIONS, *ROLES),
            required=True,
        ),
        Question("phone", _("Telefonnummer"), Ask.PHONE),
        Question("safe_phone", _("Er det trygt å ringe?"), Ask.ONE, YES_NO),
        Question("email", _("E-postadresse"), Ask.EMAIL),
        Question("safe_email", _("Er det trygt å sende e-post?"), Ask.ONE, YES_NO),
        Question("when", _("Når passer det best å ringe?")),
        Question("language", _("Hvilket språk snakker personen helst?")),
        Question("interpreter", _("Trenger personen tolk?"), Ask.ONE, YES_NO),
        Question("responsibility", _("Har personen foreldreansvar?"), Ask.ONE, YES_NO_UNSURE),
        Question("lives_with", _("Bor barnet hos personen?"), Ask.ONE, LIVES_WITH),
    ),
)

PROTECTION = Step(
    "skjerming",
    _("Skjerming"),
    questions=(
        Question(
            "protection",
            _("Har noen i familien hemmelig adresse, eller må stedet de bor holdes skjult?"),
            Ask.ONE,
            YES_NO_TALK,
            help=_("Spør om dette først. Bare et nei åpner feltene om hvor barnet er."),
        ),
        Question("workplace", _("Arbeidsstedet til den som henviser"), shown=unprotected),
    ),
)


def asked_by_the_way(step):
    """The same questions, none of which must be answered: somebody is on the telephone."""
    questions = tuple(replace(question, required=False) for question in step.questions)
    return replace(step, lead="", questions=questions)


PARENTS = Step(
    "foreldrene",
    _("Foreldrene"),
    _("Er den som henviser selv forelder, skriver du bare om de andre her."),
    each=(Question("name", _("Navn")), *ABOUT_A_PARENT, *AGREEMENT),
    least=2,
)

HOPES = Step(
    "onsker",
    _("Ønsker"),
    questions=(
        Question("hopes", _("Hva håper de blir annerledes?"), Ask.LONG),
        Question("practical", _("Er det noe praktisk vi bør vite?"), Ask.LONG),
    ),
)

AT_THE_DESK = Door(
    "desk",
    "",
    (
        ARRIVED,
        TELLER,
        PROTECTION,
        asked_by_the_way(CHILD),
        PARENTS,
        asked_by_the_way(CONCERN),
        asked_by_the_way(SERVICES),
        HOPES,
        asked_by_the_way(VIEW_OF_CHILD),
    ),
    sender=("henviser",),
    people="foreldrene",
)

# Of a family that somebody meets in ordinary service, who asks about the rest there and then.
OF_THE_MET = ("name", "who", "responsibility", "lives_with", "phone", "safe_phone", "language")
OF_THE_MET += ("interpreter",)
OF_THE_OTHERS = ("relation", "responsibility", "lives_with", "phone", "safe")
# The rest is asked once, among what the recommendation is made from.
OF_THE_CONCERN = ("situations", "examples")


def _asked_of_the_met(question):
    if question.key == "who":
        return replace(question, label=_("Hva er personen for barnet?"), choices=RELATIONS)
    return question


def _only(questions, keys):
    return tuple(sorted((q for q in questions if q.key in keys), key=lambda q: keys.index(q.key)))


def _first_name_alone(step):
    """The child has a name; what else is not known is found out later."""
    return replace(
        step, questions=tuple(replace(q, required=q.key == "first_name") for q in step.questions)
    )


IN_SERVICE = (
    replace(
        TELLER,
        title=_("Forelderen du møtte"),
        questions=tuple(map(_asked_of_the_met, _only(TELLER.questions, OF_THE_MET))),
    ),
    replace(PROTECTION, questions=PROTECTION.questions[:1]),
    _first_name_alone(asked_by_the_way(CHILD)),
    replace(
        PARENTS,
        title=_("Andre som har ansvar for barnet"),
        lead=_("Skriv om den andre forelderen også når du ikke har møtt den."),
        each=(Question("name", _("Navn")), *_only(ABOUT_A_PARENT, OF_THE_OTHERS)),
        least=1,
    ),
    replace(
        asked_by_the_way(CONCERN),
        questions=_only(asked_by_the_way(CONCERN).questions, OF_THE_CONCERN),
    ),
)

TOPICS = (
    ("behaviour", _("Utfordrende atferd")),
    ("interaction", _("Samspill i familien")),
    ("anxiety", _("Uro eller engstelse")),
    ("talking_with_parents", _("Samtalen med foreldrene og samtykke")),
    ("duty_to_report", _("Meldeplikt til barnevernet")),
    ("which_service", _("Hvilken tjeneste som passer")),
    ("other", _("Noe annet")),
)

DISCUSSION = Step(
    "drofting",
    _("Drøfting"),
    questions=(
        Question("held_on", _("Hvilken dag var drøftingen?"), Ask.RECENT, required=True),
        Question(
            "caller_kind", _("Hvor jobber den som tok kontakt?"), Ask.ONE, ROLES, required=True
        ),
        Question("topic", _("Hva gjaldt det mest?"), Ask.ONE, TOPICS, required=True),
        Question("minutes", _("Hvor mange minutter tok det?"), Ask.MINUTES, required=True),
    ),
)
