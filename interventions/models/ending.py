"""What was left out when a course ended, and that it was opened again: said once, and kept."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from interventions.models.course import Course
from interventions.states import CourseState, Ending
from tibir.accounts.models import User


class OfCourseQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(course__in=Course.objects.visible_to(user))

    def for_list(self):
        return self.select_related("by").order_by("-pk")


class LeftOut(models.Model):
    """One thing that belongs to an ending and was not done, and why."""

    APPEND_ONLY = True

    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="left_out")
    what = models.CharField(_("hva"), max_length=30)
    reason = models.CharField(_("begrunnelse"), max_length=1000)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    on = models.DateField(_("dag"))

    objects = OfCourseQuerySet.as_manager()

    class Meta:
        verbose_name = _("utelatt ved avslutning")
        verbose_name_plural = _("utelatt ved avslutning")
        constraints = [
            models.CheckConstraint(
                name="leftout_has_a_reason", condition=Q(reason__regex=r"\S") & ~Q(what="")
            )
        ]

    def __str__(self):
        return f"{self._meta.verbose_name} {self.pk}"

    @property
    def case_id(self):
        return self.course.case_id

    @property
    def municipality_id(self):
        return self.course.municipality_id


class Reopening(models.Model):
    """A course that was over goes on, and why. Beside it stands how it was over."""

    APPEND_ONLY = True

    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="reopenings")
    reason = models.CharField(_("begrunnelse"), max_length=1000)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    on = models.DateField(_("dag"))
    was = models.CharField(_("var"), max_length=20, choices=CourseState)
    was_ended_on = models.DateField(_("var avsluttet"))
    was_ending = models.CharField(
        _("var avsluttet fordi"), max_length=20, choices=Ending, blank=True
    )
    was_end_reason = models.CharField(_("begrunnelsen da"), max_length=1000, blank=True)

    objects = OfCourseQuerySet.as_manager()

    class Meta:
        verbose_name = _("gjenåpnet tiltak")
        verbose_name_plural = _("gjenåpnede tiltak")
        constraints = [
            models.CheckConstraint(
                name="course_reopening_has_a_reason", condition=Q(reason__regex=r"\S")
            )
        ]

    def __str__(self):
        return f"{self._meta.verbose_name} {self.pk}"

    @property
    def case_id(self):
        return self.course.case_id

    @property
    def municipality_id(self):
        return self.course.municipality_id
