"""A report to barnevern. The duty is personal, and the family learns of it when someone says so."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from tibir.access.roles import Kind, units_where
from tibir.accounts.models import User
from tibir.cases.models.case import Case
from tibir.cases.models.member import known_to
from tibir.cases.models.person import STRICT
from tibir.core.encryption import EncryptedTextField


class DutyReportQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Whoever wrote it, whoever is responsible for the case, and those who coordinate."""
        entitled = (
            Q(reporter=user)
            | Q(case__responsible=user)
            | Q(case__unit__in=units_where(user, Kind.DUTY_REPORT))
            | Q(case__grade__in=STRICT)  # of whom only the cleared members are left
        )
        return self.filter(known_to(user, "case"), entitled)

    def hidden(self):
        """What may not be told to the family in any way: see `family.rules.told`."""
        return self.filter(released_at=None)

    def for_list(self):
        return self.select_related("reporter", "released_by").order_by("-reported_on", "-pk")


class DutyReport(models.Model):
    """Somebody has told barnevern what they must (barnevernsloven § 13-2). Never removed."""

    class Ground(models.TextChoices):
        NEGLECT = "neglect", _("mishandling, alvorlige mangler i omsorgen eller omsorgssvikt")
        ILLNESS = "illness", _("alvorlig sykdom eller skade blir ikke undersøkt eller behandlet")
        SPECIAL_NEEDS = (
            "special_needs",
            _("et barn med særlige behov får ikke dekket behovet for behandling eller opplæring"),
        )
        BEHAVIOUR = (
            "behaviour",
            _("alvorlige atferdsvansker: kriminalitet, rusmidler eller annen normløs atferd"),
        )
        TRAFFICKING = "trafficking", _("barnet blir eller kan bli utnyttet i menneskehandel")

    class Channel(models.TextChoices):
        DIGITAL = "digital", _("digital bekymringsmelding")
        PHONE = "phone", _("på telefon")
        LETTER = "letter", _("i et brev")
        IN_PERSON = "in_person", _("ved oppmøte")

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="duty_reports")
    grounds = models.JSONField(_("grunnlag"))
    concern = EncryptedTextField(_("det som er meldt"))
    channel = models.CharField(_("sendt"), max_length=10, choices=Channel)
    sent_to = models.CharField(_("til"), max_length=200)
    reported_on = models.DateField(_("meldt"))
    reporter = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(db_default=Now())
    receipt_on = models.DateField(_("kvittert"), null=True)
    feedback_on = models.DateField(_("tilbakemelding"), null=True)
    feedback = EncryptedTextField(_("det barnevernet svarte"), default="")
    released_at = models.DateTimeField(_("kan vises for familien fra"), null=True)
    released_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    release_reason = EncryptedTextField(_("begrunnelse"), default="")

    objects = DutyReportQuerySet.as_manager()

    class Meta:
        verbose_name = _("bekymringsmelding")
        verbose_name_plural = _("bekymringsmeldinger")
        constraints = [
            models.CheckConstraint(name="dutyreport_has_a_ground", condition=~Q(grounds=[])),
            models.CheckConstraint(
                name="dutyreport_is_released_by_somebody",
                condition=Q(released_at=None, released_by=None)
                | Q(released_at__isnull=False, released_by__isnull=False),
            ),
            models.CheckConstraint(
                name="dutyreport_is_answered_after_it_was_sent",
                condition=(Q(receipt_on=None) | Q(receipt_on__gte=F("reported_on")))
                & (Q(feedback_on=None) | Q(feedback_on__gte=F("reported_on"))),
            ),
        ]

    def __str__(self):
        return f"{_('bekymringsmelding')} {self.pk}"

    @property
    def municipality_id(self):
        return self.case.municipality_id

    @property
    def is_hidden(self):
        return self.released_at is None

    @property
    def grounds_in_words(self):
        return [self.Ground(ground).label for ground in self.grounds]
