"""A course rests for a time, and somebody says why."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from interventions.models.course import Course
from tibir.accounts.models import User


class PauseQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(course__in=Course.objects.visible_to(user))

    def running(self):
        return self.filter(ended_on=None)

    def for_list(self):
        return self.select_related("by").order_by("-started_on", "-pk")


class Pause(models.Model):
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="pauses")
    started_on = models.DateField(_("fra og med"))
    ended_on = models.DateField(_("til"), null=True)
    reason = models.CharField(_("begrunnelse"), max_length=1000)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    objects = PauseQuerySet.as_manager()

    class Meta:
        verbose_name = _("pause")
        verbose_name_plural = _("pauser")
        constraints = [
            models.UniqueConstraint(
                fields=["course"], condition=Q(ended_on=None), name="pause_one_at_a_time"
            ),
            models.CheckConstraint(
                name="pause_ends_after_it_starts",
                condition=Q(ended_on=None) | Q(ended_on__gte=F("started_on")),
            ),
            models.CheckConstraint(name="pause_has_a_reason", condition=Q(reason__regex=r"\S")),
        ]

    def __str__(self):
        return f"{_('pause')} {self.pk}"

    @property
    def case_id(self):
        return self.course.case_id

    @property
    def municipality_id(self):
        return self.course.municipality_id
