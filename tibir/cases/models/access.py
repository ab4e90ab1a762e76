"""Who is kept out of a case, and who is let in for a time and for a reason."""

from datetime import timedelta

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now, TruncDate
from django.utils.translation import gettext_lazy as _

from tibir.accounts.models import User
from tibir.core.encryption import EncryptedTextField

EMERGENCY_LASTS = timedelta(minutes=60)


class DisqualificationQuerySet(models.QuerySet):
    def current(self):
        today = TruncDate(Now())
        return self.filter(Q(ended_on=None) | Q(ended_on__gt=today), started_on__lte=today)


class Disqualification(models.Model):
    """Somebody employed who must have nothing to do with a family. It excludes everywhere.

    Each case of the family has a row of its own, so that the question is asked of one case.
    """

    class Reason(models.TextChoices):
        RELATIVE = "relative", _("i slekt eller familie")
        CLOSE = "close", _("venn, nabo eller annet nært forhold")
        PARTY = "party", _("selv part, verge eller fullmektig")
        INTEREST = "interest", _("egen interesse i utfallet")
        OTHER = "other", _("annet særlig forhold")

    case = models.ForeignKey("Case", on_delete=models.PROTECT, related_name="disqualifications")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(_("grunn"), max_length=20, choices=Reason)
    registered_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    started_on = models.DateField(_("fra og med"))
    # The first day on which it holds no more.
    ended_on = models.DateField(_("opphevet"), null=True)
    ended_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    objects = DisqualificationQuerySet.as_manager()

    class Meta:
        verbose_name = _("inhabilitet")
        verbose_name_plural = _("inhabiliteter")
        indexes = [models.Index(fields=["case", "user"], name="disqualification_of_case")]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "user"],
                name="disqualification_one_at_a_time",
                condition=Q(ended_on=None),
            ),
            models.CheckConstraint(
                name="disqualification_is_ended_by_another",
                condition=Q(ended_on=None, ended_by=None)
                | Q(ended_on__gte=F("started_on"), ended_by__isnull=False) & ~Q(ended_by=F("user")),
            ),
        ]

    def __str__(self):
        return f"{self.user} ({self.get_reason_display()})"


class TimedAccessQuerySet(models.QuerySet):
    def current(self):
        """By the database's own clock, as everything else that access depends on."""
        return self.filter(started_at__lte=Now(), ends_at__gt=Now())

    def emergencies(self):
        return self.filter(kind=TimedAccess.Kind.EMERGENCY)

    def for_list(self):
        return self.select_related("user", "reviewed_by").order_by("-pk")


class TimedAccess(models.Model):
    """One case, opened for one person, for a time and for a reason. It ends by itself."""

    class Kind(models.TextChoices):
        LEADER = "leader", _("lederinnsyn")
        EMERGENCY = "emergency", _("nødtilgang")

    class Purpose(models.TextChoices):
        """What a leader reads one case for."""

        COMPLAINT = "complaint", _("klage")
        DECISION = "decision", _("vedtak")
        INSIGHT = "insight", _("innsyn")
        QUALITY = "quality", _("kvalitetskontroll")

    class Emergency(models.TextChoices):
        """What cannot wait until those who have the case are there."""

        DANGER = "danger", _("fare for barnet eller familien nå")
        ABSENCE = "absence", _("den ansvarlige er borte, og det kan ikke vente")
        CONTACT = "contact", _("familien er her eller ringer nå")

    case = models.ForeignKey("Case", on_delete=models.PROTECT, related_name="timed_accesses")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(_("slag"), max_length=10, choices=Kind)
    reason = models.CharField(
        _("grunn"), max_length=20, choices=[*Purpose.choices, *Emergency.choices]
    )
    text = EncryptedTextField(_("begrunnelse"))
    started_at = models.DateTimeField(_("fra"), db_default=Now())
    ends_at = models.DateTimeField(_("til"))
    reviewed_on = models.DateField(_("vurdert"), null=True)
    reviewed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    justified = models.BooleanField(_("berettiget"), null=True)
    review = EncryptedTextField(_("vurdering"), default="")

    objects = TimedAccessQuerySet.as_manager()

    class Meta:
        verbose_name = _("tidsbegrenset tilgang")
        verbose_name_plural = _("tidsbegrensede tilganger")
        indexes = [models.Index(fields=["user", "ends_at"], name="timedaccess_of_user")]
        constraints = [
            models.CheckConstraint(
                name="timedaccess_has_a_reason_of_its_kind",
                condition=Q(kind="leader", reason__in=["complaint", "decision", "insight"])
                | Q(kind="leader", reason="quality")
                | Q(kind="emergency", reason__in=["danger", "absence", "contact"]),
            ),
            models.CheckConstraint(
                name="timedaccess_emergency_lasts_an_hour",
                condition=~Q(kind="emergency") | Q(ends_at__lte=F("started_at") + EMERGENCY_LASTS),
            ),
            models.CheckConstraint(
                name="timedaccess_is_reviewed_by_another",
                condition=Q(reviewed_on=None, reviewed_by=None, justified=None)
                | Q(kind="emergency", reviewed_on__isnull=False, justified__isnull=False)
                & ~Q(reviewed_by=F("user")),
            ),
        ]

    def __str__(self):
        return f"{self.get_kind_display()} ({self.get_reason_display()})"

    @property
    def is_reviewed(self):
        return self.reviewed_on is not None
