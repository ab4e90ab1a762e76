"""What somebody is, where, and for how long."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tibir.accounts.models.place import Municipality, Region, Unit
from tibir.accounts.models.user import User


class Role(models.TextChoices):
    COORDINATOR = "coordinator", _("koordinator")
    LEADER = "leader", _("leder")
    PRACTITIONER = "practitioner", _("behandler")
    CLERK = "clerk", _("merkantil")
    SUPERVISOR = "supervisor", _("veileder")
    REGIONAL_COORDINATOR = "regional_coordinator", _("regionskoordinator")
    REGIONAL_CONSULTANT = "regional_consultant", _("regionskonsulent")
    CLEARED = "cleared", _("klarert for strengt fortrolig")


REGIONAL_ROLES = {Role.REGIONAL_COORDINATOR, Role.REGIONAL_CONSULTANT}


class MembershipQuerySet(models.QuerySet):
    def on(self, day):
        return self.filter(Q(ended_on=None) | Q(ended_on__gte=day), started_on__lte=day)

    def current(self):
        """By the database's own day in Oslo, as everything else that access depends on."""
        today = models.functions.TruncDate(models.functions.Now())
        return self.filter(Q(ended_on=None) | Q(ended_on__gte=today), started_on__lte=today)


class Membership(models.Model):
    """What somebody is, where, and for how long."""

    user = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="memberships", verbose_name=_("bruker")
    )
    role = models.CharField(_("rolle"), max_length=30, choices=Role)
    unit = models.ForeignKey(
        Unit,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="memberships",
        verbose_name=_("enhet"),
    )
    municipality = models.ForeignKey(
        Municipality,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="memberships",
        verbose_name=_("kommune"),
    )
    region = models.ForeignKey(
        Region,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="memberships",
        verbose_name=_("region"),
    )
    post_percent = models.PositiveSmallIntegerField(
        _("stillingsandel i prosent"), null=True, blank=True
    )
    started_on = models.DateField(_("fra og med"))
    ended_on = models.DateField(_("til og med"), null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("medlemskap")
        verbose_name_plural = _("medlemskap")
        ordering = ["user", "started_on", "pk"]
        constraints = [
            models.CheckConstraint(
                name="membership_has_exactly_one_scope",
                condition=(
                    Q(unit__isnull=False, municipality=None, region=None)
                    | Q(unit=None, municipality__isnull=False, region=None)
                    | Q(unit=None, municipality=None, region__isnull=False)
                ),
                violation_error_message=_("Velg én av enhet, kommune og region."),
            ),
            models.CheckConstraint(
                name="membership_regional_role_is_in_a_region",
                condition=Q(region=None) ^ Q(role__in=sorted(REGIONAL_ROLES)),
                violation_error_message=_(
                    "Bare regionskoordinator og regionskonsulent hører til en region."
                ),
            ),
            models.CheckConstraint(
                name="membership_ends_after_it_starts",
                condition=Q(ended_on=None) | Q(ended_on__gte=models.F("started_on")),
                violation_error_message=_("Sluttdatoen kan ikke være før startdatoen."),
            ),
            models.CheckConstraint(
                name="membership_post_is_a_share",
                condition=Q(post_percent=None) | Q(post_percent__lte=100),
                violation_error_message=_("Stillingsandelen er høyst 100 prosent."),
            ),
        ]

    def __str__(self):
        return f"{self.get_role_display()}, {self.scope}"

    @property
    def scope(self):
        return self.unit or self.municipality or self.region
