"""A course for the parents may be for several of their children: it is counted once."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from interventions.models.course import Course
from tibir.accounts.models import User
from tibir.cases.models import Case, known_to


class CourseChildQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Whoever may not know of both may not know that they belong together."""
        of_course = Course.objects.visible_to(user)
        return self.filter(known_to(user, "case"), course__in=of_course)

    def current(self):
        return self.filter(ended_on=None)

    def for_list(self):
        return self.select_related("case__child", "course__service").order_by("pk")


class CourseChild(models.Model):
    """The case of a linked sibling that a course of the parents is for too."""

    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="children")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="shared_courses")
    started_on = models.DateField(_("fra og med"))
    ended_on = models.DateField(_("til"), null=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    objects = CourseChildQuerySet.as_manager()

    class Meta:
        verbose_name = _("søsken i et tiltak")
        verbose_name_plural = _("søsken i tiltak")
        constraints = [
            models.UniqueConstraint(
                fields=["course", "case"], condition=Q(ended_on=None), name="coursechild_once"
            ),
            models.CheckConstraint(
                name="coursechild_ends_after_it_starts",
                condition=Q(ended_on=None) | Q(ended_on__gte=F("started_on")),
            ),
        ]

    def __str__(self):
        return f"{self._meta.verbose_name} {self.pk}"

    @property
    def municipality_id(self):
        return self.course.municipality_id
