"""What was recommended for a family, and what a person chose. Both are kept for ever."""

from django.db import models
from django.db.models import Count, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from referrals.kinds import Path
from referrals.models.referral import Referral
from referrals.models.ruleset import RuleSet
from tibir.access.roles import Kind, units_where
from tibir.accounts.models import Municipality, User
from tibir.cases.models import STRICT, Case, known_to


class RecommendationQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(known_to(user, "case"))

    def listed_for(self, user):
        """Those that a list may show: where the user reads what was sent, and never what is
        under strict protection."""
        listed = self.visible_to(user).exclude(case__grade__in=STRICT)
        return listed.filter(case__unit__in=units_where(user, Kind.REFERRAL))

    def newest_of_each_case(self, municipality, since, before):
        """One of each family, made from `since` until `before`. Nothing of a strictly protected
        family is counted anywhere."""
        made = self.filter(municipality=municipality, made_at__gte=since, made_at__lt=before)
        shown = made.exclude(case__grade__in=STRICT)
        return shown.order_by("case", "-made_at", "-pk").distinct("case")

    def deviation(self):
        """How many choices followed a recommendation or deviated from it: {chosen, deviated}."""
        return self.filter(choice__isnull=False, is_manual=False).aggregate(
            chosen=Count("pk"), deviated=Count("pk", filter=Q(choice__deviates=True))
        )


class Recommendation(models.Model):
    """What a version of the rules said of what was known. A trigger lets only the case change,
    when two cases become one."""

    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="+")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="recommendations")
    referral = models.ForeignKey(
        Referral, on_delete=models.PROTECT, null=True, related_name="recommendations"
    )
    rule_set = models.ForeignKey(RuleSet, on_delete=models.PROTECT, related_name="+")
    inputs = models.JSONField(_("det som var kjent"))
    result = models.JSONField(_("anbefaling"))
    is_manual = models.BooleanField(_("ingen regel svarte"))
    made_at = models.DateTimeField(_("tidspunkt"), db_default=Now())
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    objects = RecommendationQuerySet.as_manager()

    class Meta:
        verbose_name = _("anbefaling")
        verbose_name_plural = _("anbefalinger")
        indexes = [
            models.Index(fields=["municipality", "made_at"], name="recommendation_by_time"),
        ]

    def __str__(self):
        return f"{_('anbefaling')} {self.pk}"


class Choice(models.Model):
    """What a person decided. The database itself compares it with what was recommended."""

    APPEND_ONLY = True

    recommendation = models.OneToOneField(
        Recommendation, on_delete=models.PROTECT, related_name="choice"
    )
    services = models.JSONField(_("tiltak"))
    path = models.CharField(_("spor"), max_length=20, choices=Path, blank=True)
    deviates = models.BooleanField(_("avvik fra anbefalingen"))
    reason = models.TextField(_("begrunnelse"), blank=True)
    at = models.DateTimeField(_("tidspunkt"), db_default=Now())
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("valg av tiltak")
        verbose_name_plural = _("valg av tiltak")
        constraints = [
            models.CheckConstraint(
                name="choice_deviation_has_a_reason",
                condition=Q(deviates=False) | ~Q(reason=""),
                violation_error_message=_("Skriv hvorfor dere velger noe annet."),
            )
        ]

    def __str__(self):
        return f"{_('valg av tiltak')} {self.pk}"

    @property
    def municipality_id(self):
        return self.recommendation.municipality_id

    @property
    def case_id(self):
        return self.recommendation.case_id
