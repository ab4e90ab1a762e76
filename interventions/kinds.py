"""What the services are called, and what is said of them in words."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from referrals.kinds import Risk
from referrals.kinds import Service as ServiceKind

__all__ = [
    "GATE_THRIVES", "GATE_WORRIES", "Arena", "Burden", "For", "Risk", "ServiceKind", "Thrives",
    "Where", "Wish",
]  # fmt: skip


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
