"""When the address protection of a case changed, and why."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from tibir.accounts.models import User
from tibir.cases.models.case import Case
from tibir.cases.models.person import Grade


class GradeChange(models.Model):
    """From one grade to another. Loosening has a name and a reason."""

    APPEND_ONLY = True

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="grade_changes")
    was = models.CharField(_("før"), max_length=20, choices=Grade)
    becomes = models.CharField(_("etter"), max_length=20, choices=Grade)
    is_looser = models.BooleanField(_("løsnet"))
    reason = models.CharField(_("begrunnelse"), max_length=500, blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(_("tidspunkt"), db_default=Now())

    class Meta:
        verbose_name = _("endret adressesperre")
        verbose_name_plural = _("endrede adressesperrer")
        constraints = [
            models.CheckConstraint(
                name="gradechange_loosening_has_a_name_and_a_reason",
                condition=Q(is_looser=False) | Q(by__isnull=False) & ~Q(reason=""),
            )
        ]

    def __str__(self):
        return f"{self.get_was_display()} → {self.get_becomes_display()}"
