"""Regions, municipalities and the units that families meet."""

from datetime import time

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tibir.core.dates import hour_and_minute

RESERVED_SLUGS = {"admin", "drift", "helse", "henvisninger", "logg-inn", "logg-ut", "saker"}
RESERVED_SLUGS |= {"sprak", "static", "status", "frister", "venteliste", "grupper", "tall"}
RESERVED_SLUGS |= {"varsler", "nodtilgang", "klager", "tilganger", "min-innlogging", "ruting"}
RESERVED_SLUGS |= {"avvik-fra-regler"}
RESERVED_SLUGS |= {"kartlegginger", "kalender"}


def not_reserved(slug):
    if slug in RESERVED_SLUGS:
        raise ValidationError(_("Adressen «%(slug)s» er opptatt. Velg en annen.") % {"slug": slug})


class Region(models.Model):
    name = models.CharField(_("navn"), max_length=100, unique=True)

    class Meta:
        verbose_name = _("region")
        verbose_name_plural = _("regioner")
        ordering = ["name"]

    def __str__(self):
        return self.name


class MunicipalityQuerySet(models.QuerySet):
    def receiving(self):
        """Those whose public form is open: there is a unit that takes what comes in."""
        return self.filter(accepts_referrals=True, intake_unit__isnull=False)


class Municipality(models.Model):
    name = models.CharField(_("navn"), max_length=100, unique=True)
    slug = models.SlugField(
        _("adresse"),
        unique=True,
        validators=[not_reserved],
        help_text=_("Del av den offentlige adressen: /<adresse>/henvisning/"),
    )
    region = models.ForeignKey(
        Region, on_delete=models.PROTECT, related_name="municipalities", verbose_name=_("region")
    )
    intake_unit = models.ForeignKey(
        "Unit",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("inntaksenhet"),
        help_text=_("Enheten som mottar henvisningene."),
    )
    accepts_referrals = models.BooleanField(_("tar imot henvisninger"), default=True)
    answer_days = models.PositiveSmallIntegerField(
        _("svarfrist i dager"),
        default=14,
        validators=[MinValueValidator(1), MaxValueValidator(14)],
        help_text=_("Kalenderdager. En kommune kan love raskere svar enn to uker, aldri senere."),
    )
    screening_days = models.PositiveSmallIntegerField(
        _("frist for kartlegging i dager"),
        default=42,
        db_default=42,
        validators=[MinValueValidator(1), MaxValueValidator(365)],
        help_text=_(
            "Kalenderdager fra kartleggingen er planlagt til den er avsluttet. Seks uker er et "
            "forslag; kommunen bestemmer."
        ),
    )
    phone = models.CharField(_("telefon"), max_length=30)
    email = models.EmailField(_("e-post"), blank=True)
    postal_address = models.TextField(_("postadresse"), blank=True)
    opens_at = models.TimeField(_("åpner"), default=time(8, 0))
    closes_at = models.TimeField(_("stenger"), default=time(15, 30))
    duty_phone = models.CharField(_("barnevernvakt, telefon"), max_length=30, blank=True)
    privacy_url = models.URLField(_("personvernerklæring, adresse"), blank=True)
    accessibility_url = models.URLField(_("tilgjengelighetserklæring, adresse"), blank=True)

    objects = MunicipalityQuerySet.as_manager()

    class Meta:
        verbose_name = _("kommune")
        verbose_name_plural = _("kommuner")
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                name="municipality_promises_an_answer_within_14_days",
                condition=Q(answer_days__gte=1, answer_days__lte=14),
                violation_error_message=_("Svarfristen må være fra 1 til 14 dager."),
            ),
            models.CheckConstraint(
                name="municipality_concludes_a_screening_within_a_year",
                condition=Q(screening_days__gte=1, screening_days__lte=365),
                violation_error_message=_("Fristen for kartlegging må være fra 1 til 365 dager."),
            ),
        ]

    def __str__(self):
        return self.name

    @property
    def office_hours(self):
        """In the reader's language: «mandag–fredag 08.00–15.30»."""
        return _("mandag–fredag %(opens)s–%(closes)s") % {
            "opens": hour_and_minute(self.opens_at),
            "closes": hour_and_minute(self.closes_at),
        }

    def clean(self):
        if self.intake_unit_id and self.intake_unit.municipality_id != self.pk:
            raise ValidationError({"intake_unit": _("Inntaksenheten må høre til kommunen.")})


class Unit(models.Model):
    class LawProfile(models.TextChoices):
        CHILD_WELFARE = "child_welfare", _("barnevern")
        EDUCATIONAL_PSYCHOLOGY = "educational_psychology", _("PPT")
        HEALTH = "health", _("helse")
        UPBRINGING = "upbringing", _("oppvekst")

    municipality = models.ForeignKey(
        Municipality,
        on_delete=models.PROTECT,
        related_name="units",
        verbose_name=_("kommune"),
    )
    name = models.CharField(_("navn"), max_length=100)
    law_profile = models.CharField(_("lovgrunnlag"), max_length=30, choices=LawProfile)
    complaint_text = models.TextField(
        _("slik kan man klage"),
        blank=True,
        help_text=_(
            "Står i hvert svar fra enheten. Er feltet tomt, står det bare at man kan ringe eller "
            "skrive og få saken vurdert på nytt."
        ),
    )
    leader_reads = models.BooleanField(
        _("lederen leser enhetens saker"),
        default=False,
        db_default=False,
        help_text=_("Bare for barnevern. Ellers åpner lederen én sak om gangen, med formål."),
    )
    requires_cosigning = models.BooleanField(
        _("notater fra den som er under opplæring, skal medsigneres"),
        default=False,
        db_default=False,
        help_text=_("Da signerer en ferdig opplært kollega som er medlem av saken, også."),
    )

    class Meta:
        verbose_name = _("enhet")
        verbose_name_plural = _("enheter")
        ordering = ["municipality", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["municipality", "name"], name="unit_name_is_unique_in_municipality"
            ),
            models.CheckConstraint(
                name="unit_leader_reads_in_child_welfare_alone",
                condition=Q(leader_reads=False) | Q(law_profile="child_welfare"),
                violation_error_message=_("Bare barnevern kan gi lederen fast innsyn."),
            ),
        ]

    def __str__(self):
        return f"{self.name}, {self.municipality}"
