"""More meetings than the service has: asked for by one, and said yes to by another."""

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from interventions.models.course import Course
from tibir.access.roles import Kind, units_where
from tibir.accounts.models import User
from tibir.cases.models import STRICT
from tibir.deadlines.kinds import Kind as Due
from tibir.deadlines.models import Deadline


class ExtensionQuerySet(models.QuerySet):
    def visible_to(self, user):
        """With the course; and to those of another unit who are asked, where nobody else is."""
        asked = Deadline.objects.open().filter(
            kind=Due.EXTENSION,
            target_type=Extension._meta.label_lower,
            target_id=OuterRef("pk"),
            unit__in=units_where(user, Kind.DEADLINE),
        )
        elsewhere = Q(Exists(asked)) & ~Q(course__case__grade__in=STRICT)
        return self.filter(Q(course__in=Course.objects.visible_to(user)) | elsewhere)

    def open(self):
        return self.filter(is_approved=None)

    def for_list(self):
        return self.select_related("asked_by", "decided_by").order_by("-pk")


class Extension(models.Model):
    """Nobody says yes to their own: the database asks for another person too."""

    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="extensions")
    count = models.PositiveSmallIntegerField(_("flere møter"))
    reason = models.CharField(_("begrunnelse"), max_length=1000)
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_on = models.DateField(_("bedt om"))
    is_approved = models.BooleanField(_("godkjent"), null=True)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    decided_on = models.DateField(_("avgjort"), null=True)
    answer = models.CharField(_("svar"), max_length=1000, blank=True)

    objects = ExtensionQuerySet.as_manager()

    class Meta:
        verbose_name = _("flere møter")
        verbose_name_plural = _("flere møter")
        constraints = [
            models.UniqueConstraint(
                fields=["course"], condition=Q(is_approved=None), name="extension_one_at_a_time"
            ),
            models.CheckConstraint(
                name="extension_is_of_some_meetings",
                condition=Q(count__gte=1, reason__regex=r"\S"),
            ),
            models.CheckConstraint(
                name="extension_is_decided_by_another",
                condition=Q(decided_by=None) | ~Q(decided_by=F("asked_by")),
            ),
            models.CheckConstraint(
                name="extension_decision_is_whole",
                condition=Q(is_approved=None, decided_by=None, decided_on=None)
                | Q(is_approved__isnull=False, decided_by__isnull=False, decided_on__isnull=False),
            ),
            models.CheckConstraint(
                name="extension_refused_says_why",
                condition=Q(is_approved=None)
                | Q(is_approved=True)
                | Q(is_approved=False, answer__regex=r"\S"),
            ),
        ]

    def __str__(self):
        return f"{self._meta.verbose_name} {self.pk}"

    @property
    def case_id(self):
        return self.course.case_id

    @property
    def municipality_id(self):
        return self.course.municipality_id

    @property
    def is_open(self):
        return self.is_approved is None
