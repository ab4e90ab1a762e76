"""Everything that is due, in one table. A task for a person is a deadline with an owner."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tibir.accounts.models import Municipality, Unit, User
from tibir.cases.models import Case
from tibir.deadlines.kinds import Kind


class DeadlineQuerySet(models.QuerySet):
    def open(self):
        return self.filter(met_on=None, closed_reason="")

    def about(self, target, kind):
        return self.filter(kind=kind, target_type=target._meta.label_lower, target_id=target.pk)


class Deadline(models.Model):
    """One thing that must have happened by a day. Overdue is read from the row, never counted."""

    kind = models.CharField(_("slag"), max_length=40, choices=Kind)
    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, null=True, related_name="deadlines")
    owner = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    target_type = models.CharField(max_length=60)
    target_id = models.BigIntegerField()
    round = models.PositiveSmallIntegerField(default=1)
    due_on = models.DateField(_("frist"))
    met_on = models.DateField(_("holdt"), null=True)
    closed_reason = models.CharField(_("lukket fordi"), max_length=100, blank=True)

    objects = DeadlineQuerySet.as_manager()

    class Meta:
        verbose_name = _("frist")
        verbose_name_plural = _("frister")
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "target_type", "target_id", "round"],
                name="deadline_once_per_round",
            ),
            models.CheckConstraint(
                name="deadline_is_met_or_closed_not_both",
                condition=Q(met_on=None) | Q(closed_reason=""),
            ),
        ]
        indexes = [
            models.Index(
                fields=["unit", "due_on"],
                name="deadline_open_in_unit",
                condition=Q(met_on=None, closed_reason=""),
            )
        ]

    def __str__(self):
        return f"{self.get_kind_display()} {self.due_on}"
