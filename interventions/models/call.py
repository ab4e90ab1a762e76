"""A telephone call between two meetings. It is no meeting, and never counts as one."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from interventions.models.course import Course, journal_of
from tibir.accounts.models import User
from tibir.cases.models import CasePerson

MOST_MINUTES = 240


class CallQuerySet(models.QuerySet):
    def visible_to(self, user):
        """As the notes: those who give the course, and whoever wrote it."""
        known, reads = journal_of(user)
        return self.filter(known, reads | Q(by=user))

    def standing(self):
        return self.filter(struck_at=None)

    def for_list(self):
        return self.select_related("person__person", "by", "struck_by").order_by("-called_at", "pk")


class Call(models.Model):
    """Who was spoken with, when, and in a few words about what. It is never changed: what was
    wrong is struck out with a reason, and written anew."""

    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="calls")
    person = models.ForeignKey(CasePerson, on_delete=models.PROTECT, related_name="+")
    called_at = models.DateTimeField(_("tidspunkt"))
    minutes = models.PositiveSmallIntegerField(_("minutter"))
    text = models.CharField(_("hva dere snakket om"), max_length=1000)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(db_default=Now())
    struck_at = models.DateTimeField(_("strøket"), null=True)
    struck_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    struck_why = models.CharField(_("hvorfor strøket"), max_length=300, blank=True, db_default="")

    objects = CallQuerySet.as_manager()

    class Meta:
        verbose_name = _("telefonsamtale")
        verbose_name_plural = _("telefonsamtaler")
        indexes = [models.Index(fields=["course", "called_at"], name="call_of_course")]
        constraints = [
            models.CheckConstraint(
                name="call_took_some_minutes",
                condition=Q(minutes__gte=1, minutes__lte=MOST_MINUTES),
            ),
            models.CheckConstraint(name="call_says_something", condition=Q(text__regex=r"\S")),
            models.CheckConstraint(
                name="call_struck_is_whole",
                condition=Q(struck_at=None, struck_by=None, struck_why="")
                | Q(struck_at__isnull=False, struck_by__isnull=False, struck_why__regex=r"\S"),
            ),
        ]

    def __str__(self):
        return f"{_('telefonsamtale')} {self.pk}"

    @property
    def case_id(self):
        return self.course.case_id

    @property
    def municipality_id(self):
        return self.course.municipality_id

    @property
    def is_struck(self):
        return self.struck_at is not None
