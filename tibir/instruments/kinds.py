"""What is said of measurements in words: occasions, bands, and the names of what is shipped."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from tibir.cases.models import CasePerson
from tibir.instruments.definition import Fault, Informant


class Occasion(models.TextChoices):
    SCREENING = "screening", _("i kartleggingen")
    BEFORE = "before", _("før tiltaket")
    HALF_WAY = "half_way", _("halvveis i tiltaket")
    AFTER = "after", _("etter tiltaket")
    SIX_MONTHS = "six_months", _("seks måneder etter")
    OTHER = "other", _("en annen gang")


class Way(models.TextChoices):
    """What somebody had before them when they typed."""

    ITEMS = "items", _("svarene på hvert ledd")
    TOTALS = "totals", _("ferdig utregnede summer")


class Sex(models.TextChoices):
    """For norms that are different for girls and boys; nobody is asked otherwise."""

    GIRL = "girl", _("jenter")
    BOY = "boy", _("gutter")


class Band(models.TextChoices):
    """Where a score is by a norm. What a source calls its bands is told with the source."""

    UNDER = "under", _("under grensen")
    OVER = "over", _("over grensen")
    AVERAGE = "average", _("nær gjennomsnittet")
    RAISED = "raised", _("litt høy")
    HIGH = "high", _("høy")
    VERY_HIGH = "very_high", _("svært høy")
    LOWERED = "lowered", _("litt lav")
    LOW = "low", _("lav")
    VERY_LOW = "very_low", _("svært lav")
    NORMAL = "normal", _("i normalområdet")
    BORDERLINE = "borderline", _("i grenseområdet")
    ABNORMAL = "abnormal", _("utenfor normalområdet")


# How far from the ordinary each band is: 0 is within it.
LEVELS = {
    Band.UNDER: 0, Band.AVERAGE: 0, Band.NORMAL: 0,
    Band.RAISED: 1, Band.LOWERED: 1, Band.BORDERLINE: 1,
    Band.HIGH: 2, Band.LOW: 2, Band.OVER: 2, Band.ABNORMAL: 2,
    Band.VERY_HIGH: 3, Band.VERY_LOW: 3,
}  # fmt: skip
COLORS = ["success", "info", "warning", "danger"]

# Who answers which kind of instrument.
Relation = CasePerson.Relation
ANSWERED_BY = {
    Informant.PARENT: {
        Relation.MOTHER, Relation.FATHER, Relation.CO_MOTHER, Relation.STEP_PARENT,
        Relation.FOSTER_PARENT, Relation.GRANDPARENT, Relation.GUARDIAN, Relation.OTHER,
    },
    Informant.TEACHER: {Relation.TEACHER, Relation.PROFESSIONAL},
}  # fmt: skip
# Names that stand in the shipped definitions: translated where they are shown.
SHIPPED = [
    gettext_noop("ECBI"),
    gettext_noop("PSS"),
    gettext_noop("SDQ foreldre, 2–4 år"),
    gettext_noop("SDQ foreldre, 4–17 år"),
    gettext_noop("SDQ barnehage, 2–4 år"),
    gettext_noop("SDQ lærer, 4–17 år"),
    gettext_noop("intensitet"),
    gettext_noop("problem"),
    gettext_noop("foreldrestress"),
    gettext_noop("svar"),
    gettext_noop("tilleggsspørsmål"),
    gettext_noop("emosjonelle vansker"),
    gettext_noop("atferdsvansker"),
    gettext_noop("hyperaktivitet"),
    gettext_noop("vansker med jevnaldrende"),
    gettext_noop("prososial atferd"),
    gettext_noop("samlede vansker"),
    gettext_noop("utagerende"),
    gettext_noop("innagerende"),
    gettext_noop("belastning i hverdagen"),
    gettext_noop("Skriv tallet det er satt ring rundt."),
    gettext_noop("Skriv 1 for ja og 0 for nei."),
    gettext_noop("Skriv tallet som er valgt. Ikke snu noen av dem."),
    gettext_noop("Første rute er 0, andre er 1, tredje er 2. Ikke snu noen av dem."),
    gettext_noop(
        "I samme rekkefølge som på papiret. Første rute er 0, så 1, 2 og 3. Er første svar nei, er "
        "resten tomt."
    ),
    gettext_noop("amerikanske grenseverdier"),
    gettext_noop("britiske grenseverdier, fire nivåer"),
    gettext_noop("britiske grenseverdier, tre nivåer"),
    gettext_noop("norske grenseverdier"),
    gettext_noop("USA, manualen for ECBI (PAR)"),
    gettext_noop("Storbritannia, 4–17 år (sdqinfo.org)"),
    gettext_noop("Storbritannia, 2–4 år, gjengitt i en studie fra Agder (BMC)"),
    gettext_noop("Reedtz og medarbeidere, 2008. Tallene har den som har lisensen."),
    gettext_noop("Tom til kommunen har fylt inn tall fra en kilde den har rett til å bruke."),
]

FAULTS = {
    Fault.SHAPE: _("Her står noe som ikke hører hjemme, eller noe mangler."),
    Fault.INFORMANT: _("«informant» må være «parent» eller «teacher»."),
    Fault.AGES: _("Aldrene må være hele år, den laveste først, eller null."),
    Fault.KEY: _("«key» må være små bokstaver, tall og understrek, og begynne med en bokstav."),
    Fault.NAME: _("«name» mangler, eller en tekst er for lang."),
    Fault.TWICE: _("«key» er brukt mer enn én gang."),
    Fault.COUNT: _("«items» må være et antall ledd fra 1 til 200."),
    Fault.RANGE: _("«least» og «most» må være tall fra 0 til 99, det laveste først."),
    Fault.REVERSED: _("«reversed» må være numre på ledd, hvert av dem én gang."),
    Fault.RECODE: _("«recode» må ha ett tall for hvert svar som kan gis."),
    Fault.COLUMN: _("«column» må være en av kolonnene."),
    Fault.ITEMS: _("«items» må være numre på ledd i kolonnen, hvert av dem én gang, eller «all»."),
    Fault.MISSING: _(
        "«missing» må være {rule: none}, {rule: as, most, value} eller {rule: mean, most}, med "
        "tall som er mulige."
    ),
    Fault.UNLESS: _("«unless» må være {item, is, then}, med et ledd som ikke selv er i skalaen."),
    Fault.SUM: _("«sum_of» må være minst to skalaer som står over denne."),
    Fault.EMPTY: _("Det må være minst én kolonne og én skala."),
}


def levels_of(bands):
    """How far from the ordinary each of these bands is, without those that are none."""
    return [LEVELS[Band(code)] for code in bands if code]


def color_of(code):
    return COLORS[LEVELS[Band(code)]] if code else "neutral"
