"""What people are asked, in which words, and on which legal basis else."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from tibir.accounts.models import Municipality


class Purpose(models.TextChoices):
    TAKE_PART = "take_part", _("å ta imot hjelp fra oss")
    SOCIAL_SKILLS = "social_skills", _("at barnet er med på sosial ferdighetstrening")
    PLACE_CONTACT = "place_contact", _("kontakt med barnehagen eller skolen")
    COOPERATION = "cooperation", _("samarbeid med en annen tjeneste")
    TEAM = "team", _("ansvarsgruppe")
    REFERRER = "referrer", _("at den som henviste, får vite hva det førte til")
    VIDEO_SUPERVISION = "video_supervision", _("videoopptak til veiledning")
    VIDEO_FIDELITY = "video_fidelity", _("videoopptak til vurdering av metoden")
    QUALITY = "quality", _("bruk av opplysninger til å gjøre tjenesten bedre")
    MESSAGES = "messages", _("beskjeder på SMS og e-post")


INFORMATION = "information"  # what everybody is told before they are asked anything
# Each says it for themselves alone; everything else is said on behalf of the child.
PERSONAL = (Purpose.MESSAGES,)
# Said of one service at a time, by its name.
NAMED = (Purpose.COOPERATION,)
# Where holders disagree, those who have said yes may be guided.
GUIDED = (Purpose.TAKE_PART,)


class WordingQuerySet(models.QuerySet):
    def in_use(self, municipality, language):
        """The newest text of each matter: the municipality's own, or else what was shipped."""
        own = Q(municipality=municipality) | Q(municipality=None)
        newest = self.filter(own, language=language).order_by(
            "matter", F("municipality").asc(nulls_last=True), "-version"
        )
        return newest.distinct("matter")


class Wording(models.Model):
    """What somebody was asked, or told. A text that was used never changes: it gets a successor."""

    APPEND_ONLY = True

    Matter = models.TextChoices(
        "Matter",
        [(INFORMATION.upper(), (INFORMATION, _("informasjon om personvern")))]
        + [(purpose.name, (purpose.value, purpose.label)) for purpose in Purpose],
    )

    municipality = models.ForeignKey(
        Municipality,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("kommune"),
    )
    matter = models.CharField(_("gjelder"), max_length=30, choices=Matter)
    language = models.CharField(_("språk"), max_length=5)
    version = models.PositiveSmallIntegerField(_("versjon"))
    text = models.TextField(_("tekst"))
    created_at = models.DateTimeField(_("laget"), db_default=Now())

    objects = WordingQuerySet.as_manager()

    class Meta:
        verbose_name = _("samtykketekst")
        verbose_name_plural = _("samtykketekster")
        constraints = [
            models.UniqueConstraint(
                fields=["municipality", "matter", "language", "version"],
                name="wording_once_per_version",
                nulls_distinct=False,
            )
        ]

    def __str__(self):
        return f"{self.get_matter_display()}, {self.language}, {self.label}"

    @property
    def is_starting_text(self):
        """Shipped with TIBIR; the municipality has not looked it over."""
        return self.municipality_id is None

    @property
    def label(self):
        said = (
            _("versjon %(number)d (utgangspunkt)")
            if self.is_starting_text
            else _("versjon %(number)d")
        )
        return said % {"number": self.version}


class LegalBasis(models.Model):
    """A legal basis that the municipality has chosen to offer. None is shipped."""

    municipality = models.ForeignKey(
        Municipality, on_delete=models.PROTECT, related_name="+", verbose_name=_("kommune")
    )
    text = models.CharField(_("hjemmel"), max_length=200)
    is_active = models.BooleanField(_("kan velges"), default=True)

    class Meta:
        verbose_name = _("hjemmel")
        verbose_name_plural = _("hjemler")
        constraints = [
            models.UniqueConstraint(fields=["municipality", "text"], name="legalbasis_once")
        ]

    def __str__(self):
        return self.text
