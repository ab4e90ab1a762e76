"""Staff who work with a family; and from there, who may know of a case."""

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from tibir.access.roles import Kind, has_role, units_where
from tibir.accounts.models import Role, User
from tibir.cases.models.person import STRICT


class CaseMemberQuerySet(models.QuerySet):
    def current(self):
        today = models.functions.TruncDate(models.functions.Now())
        return self.filter(Q(ended_on=None) | Q(ended_on__gte=today), started_on__lte=today)


class CaseMember(models.Model):
    """Staff who work with the family, for a time and for a reason."""

    case = models.ForeignKey("Case", on_delete=models.PROTECT, related_name="members")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="case_memberships")
    role = models.CharField(_("rolle"), max_length=30, choices=Role)
    started_on = models.DateField(_("fra og med"))
    ended_on = models.DateField(_("til og med"), null=True, blank=True)
    reason = models.CharField(_("begrunnelse"), max_length=200, blank=True)

    objects = CaseMemberQuerySet.as_manager()

    class Meta:
        verbose_name = _("saksmedlem")
        verbose_name_plural = _("saksmedlemmer")
        indexes = [models.Index(fields=["case", "user"], name="casemember_of_case")]
        constraints = [
            models.CheckConstraint(
                name="casemember_ends_after_it_starts",
                condition=Q(ended_on=None) | Q(ended_on__gte=F("started_on")),
            )
        ]

    def __str__(self):
        return f"{self.user} ({self.get_role_display()})"


def known_to(user, case=""):
    """When this user may know of a case: as a member, or by a role in the case's unit.

    A case under strict protection is there for its cleared members alone. `case` is the way to
    the case from the rows that are asked for, so that one join serves them all.
    """
    way = f"{case}__" if case else ""
    memberships = CaseMember.objects.current().filter(case=OuterRef(f"{way}pk"), user=user)
    member, is_strict = Q(Exists(memberships)), Q(**{f"{way}grade__in": STRICT})
    known = ~is_strict & (Q(**{f"{way}unit__in": units_where(user, Kind.CASE)}) | member)
    return known | (is_strict & member) if has_role(user, Role.CLEARED) else known
