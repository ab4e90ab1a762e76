"""When somebody is away, and when children and kindergartens are."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from tibir.accounts.models.place import Municipality
from tibir.accounts.models.user import User


class PeriodQuerySet(models.QuerySet):
    def between(self, first, last):
        """Those that touch these days, both included."""
        return self.filter(first_on__lte=last, last_on__gte=first)


class Absence(models.Model):
    """Days on which somebody meets no family. Why is not told: only that it is so."""

    class Kind(models.TextChoices):
        HOLIDAY = "holiday", _("ferie")
        LEAVE = "leave", _("permisjon")
        COURSE = "course", _("kurs")
        OTHER = "other", _("annet fravær")

    user = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="absences", verbose_name=_("bruker")
    )
    kind = models.CharField(
        _("slag"), max_length=20, choices=Kind, help_text=_("Sykdom er «annet fravær».")
    )
    first_on = models.DateField(_("fra og med"))
    last_on = models.DateField(_("til og med"))

    objects = PeriodQuerySet.as_manager()

    class Meta:
        verbose_name = _("fravær")
        verbose_name_plural = _("fravær")
        ordering = ["user", "first_on", "pk"]
        indexes = [models.Index(fields=["user", "last_on"], name="absence_of_user")]
        constraints = [
            models.CheckConstraint(
                name="absence_ends_after_it_starts",
                condition=Q(last_on__gte=F("first_on")),
                violation_error_message=_("Sluttdatoen kan ikke være før startdatoen."),
            )
        ]

    def __str__(self):
        return f"{self.get_kind_display()}: {self.user}"


class SchoolBreak(models.Model):
    """Days without school and, most often, without kindergarten: what a municipality decides."""

    municipality = models.ForeignKey(
        Municipality, on_delete=models.PROTECT, related_name="+", verbose_name=_("kommune")
    )
    name = models.CharField(_("navn"), max_length=60, help_text=_("For eksempel «vinterferien»."))
    first_on = models.DateField(_("fra og med"))
    last_on = models.DateField(_("til og med"))

    objects = PeriodQuerySet.as_manager()

    class Meta:
        verbose_name = _("skoleferie")
        verbose_name_plural = _("skoleferier")
        ordering = ["municipality", "first_on", "pk"]
        constraints = [
            models.CheckConstraint(
                name="schoolbreak_ends_after_it_starts",
                condition=Q(last_on__gte=F("first_on")),
                violation_error_message=_("Sluttdatoen kan ikke være før startdatoen."),
            )
        ]

    def __str__(self):
        return f"{self.name}, {self.municipality}"
