"""What the services are called, and what is said of them in words."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from referrals.kinds import Risk
from referrals.kinds import Service as ServiceKind

__all__ = [
    "FAMILY_KINDS", "GATE_THRIVES", "GATE_WORRIES", "Arena", "Burden", "Component", "EndingPart",
    "For", "GoalEnding", "Occasion", "Progress", "Reached", "ReportPart", "Risk", "ServiceKind",
    "Sheet", "Suited", "Thrives", "Where", "Wish",
]  # fmt: skip


# What the parents are given alone. A group counts where the catalogue says so.
FAMILY_KINDS = (ServiceKind.COUNSELLING, ServiceKind.PMTO_THERAPY)


class For(models.TextChoices):
    """Whom a service is for, and so whose presence makes a meeting one that counts."""

    FAMILY = "family", _("familien")
    GUARDIANS = "guardians", _("foreldrene")
    GROUP = "group", _("foreldre i flere familier")
    CHILD = "child", _("barnet")
    STAFF = "staff", _("ansatte i barnehage, skole og tjenester")


# The two questions that a screening begins with, word for word as the programme asks them.
GATE_THRIVES = _("Hvordan trives du i rollen som mor/far?")
GATE_WORRIES = _(
    "Har du noen utfordringer og/eller bekymringer i forhold til barnet i rollen som mor/far?"
)


class Thrives(models.TextChoices):
    WELL = "well", _("godt")
    MIXED = "mixed", _("delvis")
    BADLY = "badly", _("dårlig")


class Wish(models.TextChoices):
    GROUP = "group", _("gruppe")
    INDIVIDUAL = "individual", _("hjelp alene")
    EITHER = "either", _("begge deler er greit")
    NOTHING = "nothing", _("ikke noe tiltak nå")


class Where(models.TextChoices):
    HOME = "home", _("hjemme")
    KINDERGARTEN = "kindergarten", _("i barnehagen")
    SCHOOL = "school", _("på skolen")
    HERE = "here", _("hos oss")
    VIDEO = "video", _("på video")


class Arena(models.TextChoices):
    HOME = "home", _("hjemme")
    KINDERGARTEN = "kindergarten", _("i barnehagen")
    SCHOOL = "school", _("på skolen")
    LEISURE = "leisure", _("i fritiden")


class Burden(models.TextChoices):
    HEALTH = "health", _("sykdom")
    MENTAL_HEALTH = "mental_health", _("psykiske vansker hos en voksen")
    SUBSTANCE = "substance", _("rus")
    ECONOMY = "economy", _("økonomi eller bolig")
    CONFLICT = "conflict", _("konflikt mellom foreldrene")
    LOSS = "loss", _("tap eller brudd")
    OTHER = "other", _("annet")


class Component(models.TextChoices):
    """What a meeting worked on, by the names that the programme has for it."""

    DIRECTIONS = "directions", _("gode beskjeder og samarbeid")
    ENCOURAGEMENT = "encouragement", _("ros og oppmuntring")
    LIMITS = "limits", _("grensesetting")
    SUPERVISION = "supervision", _("tilsyn og oppfølging")
    PROBLEM_SOLVING = "problem_solving", _("problemløsning")
    INVOLVEMENT = "involvement", _("positivt samvær")
    EMOTIONS = "emotions", _("regulering av følelser")
    COMMUNICATION = "communication", _("kommunikasjon")
    SCHOOL = "school", _("samarbeid med barnehage og skole")


class Sheet(models.TextChoices):
    """What is handed out on paper. What stands on it is the programme's own, and not here."""

    REMINDER = "reminder", _("huskelapp")
    IDEAS = "ideas", _("idéark")
    ASSIGNMENT = "assignment", _("hjemmeoppgave på ark")


class Progress(models.TextChoices):
    """How it went with an assignment."""

    NOT_DONE = "not_done", _("ikke gjort")
    PARTLY = "partly", _("delvis")
    DONE = "done", _("gjort")


class Occasion(models.TextChoices):
    """When a goal is evaluated."""

    HALFWAY = "halfway", _("halvveis")
    END = "end", _("ved slutten")


class Reached(models.TextChoices):
    NO = "no", _("ikke nådd")
    PARTLY = "partly", _("et stykke på vei")
    YES = "yes", _("nådd")


class GoalEnding(models.TextChoices):
    """Why nobody works towards a goal any more."""

    REACHED = "reached", _("målet er nådd")
    CHANGED = "changed", _("målet er skrevet om")
    DROPPED = "dropped", _("det er ikke viktig lenger")


class Suited(models.TextChoices):
    """What a parent says when a course is over."""

    YES = "yes", _("ja")
    PARTLY = "partly", _("delvis")
    NO = "no", _("nei")
    NO_ANSWER = "no_answer", _("ville ikke svare, eller vi fikk ikke spurt")


class EndingPart(models.TextChoices):
    """What belongs to the ending of a course, and may be left out for a reason."""

    MEETINGS = "meetings", _("nok møter")
    GOALS = "goals", _("evaluering av målene")
    MEASURES = "measures", _("måling etter tiltaket")
    FEEDBACK = "feedback", _("foreldrenes tilbakemelding")
    REPORT = "report", _("sluttrapporten")


class ReportPart(models.TextChoices):
    """What a report can have in it beside the assessment, in the order it stands there."""

    REFERRAL = "referral", _("henvisningen")
    SERVICES = "services", _("tiltakene og når de ble gitt")
    MEETINGS = "meetings", _("møter og oppmøte")
    GOALS = "goals", _("målene, og hvor nær de er")
    MEASURES = "measures", _("målinger med diagram")
