"""What was agreed with a family when it was met, and not by a letter alone."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from interventions.models.course import Course
from tibir.accounts.models import User
from tibir.cases.models import Consent, known_to


class AgreementQuerySet(models.QuerySet):
    def visible_to(self, user):
        """As the course that was agreed: its dates, and nothing of what was said."""
        return self.filter(known_to(user, "course__case"))


class Agreement(models.Model):
    """A course that a family and who gives it agreed to begin with. Who of the family agreed
    stands in what each has consented to."""

    APPEND_ONLY = True

    course = models.OneToOneField(Course, on_delete=models.PROTECT, related_name="agreement")
    agreed_on = models.DateField(_("avtalt"))
    starts_on = models.DateField(_("begynner"))
    how = models.CharField(_("hvordan det ble avtalt"), max_length=10, choices=Consent.Channel)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    objects = AgreementQuerySet.as_manager()

    class Meta:
        verbose_name = _("avtale om et tiltak")
        verbose_name_plural = _("avtaler om tiltak")
        constraints = [
            models.CheckConstraint(
                name="agreement_comes_before_the_start",
                condition=Q(starts_on__gte=F("agreed_on")),
                violation_error_message=_("Tiltaket kan ikke begynne før det ble avtalt."),
            )
        ]

    def __str__(self):
        return f"{_('avtale')} {self.pk}"

    @property
    def case_id(self):
        return self.course.case_id

    @property
    def municipality_id(self):
        return self.course.municipality_id
