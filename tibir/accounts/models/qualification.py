"""What somebody is trained to give to families."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tibir.accounts.models.user import User
from tibir.core.ranges import days, refuse_backwards, same_number, same_word


class QualificationQuerySet(models.QuerySet):
    def on(self, day):
        return self.filter(Q(ended_on=None) | Q(ended_on__gte=day), started_on__lte=day)

    def for_list(self):
        return self.select_related("user", "supervisor")


class Qualification(models.Model):
    """What somebody is trained to give to families, or is in training for, and for how long.

    Nobody is given a course without one that holds on that day.
    """

    class Kind(models.TextChoices):
        SCREENER = "screener", _("kartlegger")
        COUNSELLOR = "counsellor", _("rådgiver")
        PMTO_THERAPIST = "pmto_therapist", _("PMTO-terapeut")
        GROUP_LEADER = "group_leader", _("gruppeleder")
        SOCIAL_SKILLS_TRAINER = "social_skills_trainer", _("trener i sosial ferdighetstrening")
        CONSULTANT = "consultant", _("konsulent")

    class Status(models.TextChoices):
        QUALIFIED = "qualified", _("opplært eller sertifisert")
        IN_TRAINING = "in_training", _("under opplæring")

    user = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="qualifications", verbose_name=_("bruker")
    )
    kind = models.CharField(_("slag"), max_length=30, choices=Kind)
    status = models.CharField(_("status"), max_length=20, choices=Status)
    supervisor = models.ForeignKey(
        User,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("veileder"),
        help_text=_("Bare under opplæring: den som veileder."),
    )
    source = models.CharField(
        _("hvor vi vet det fra"),
        max_length=200,
        blank=True,
        help_text=_("For eksempel kursbevis eller sertifikat med dato."),
    )
    started_on = models.DateField(_("fra og med"))
    ended_on = models.DateField(_("til og med"), null=True, blank=True)

    objects = QualificationQuerySet.as_manager()

    class Meta:
        verbose_name = _("kompetanse")
        verbose_name_plural = _("kompetanser")
        ordering = ["user", "kind", "started_on", "pk"]
        constraints = [
            models.CheckConstraint(
                name="qualification_ends_after_it_starts",
                condition=Q(ended_on=None) | Q(ended_on__gte=models.F("started_on")),
                violation_error_message=_("Sluttdatoen kan ikke være før startdatoen."),
            ),
            models.CheckConstraint(
                name="qualification_in_training_has_a_supervisor",
                condition=Q(status="in_training", supervisor__isnull=False)
                | Q(status="qualified", supervisor=None),
                violation_error_message=_(
                    "Den som er under opplæring, må ha en veileder, og bare den."
                ),
            ),
            models.CheckConstraint(
                name="qualification_is_supervised_by_another",
                condition=Q(supervisor=None) | ~Q(supervisor=models.F("user")),
                violation_error_message=_("Ingen kan veilede seg selv."),
            ),
            ExclusionConstraint(
                name="qualification_one_of_a_kind_at_a_time",
                expressions=[
                    (same_number("user"), RangeOperators.OVERLAPS),
                    (same_word("kind"), RangeOperators.OVERLAPS),
                    (days("started_on", "ended_on"), RangeOperators.OVERLAPS),
                ],
                violation_error_message=_(
                    "Personen har denne kompetansen fra før i noe av tiden. Avslutt den først."
                ),
            ),
        ]

    def __str__(self):
        return f"{self.get_kind_display()}: {self.user}"

    def clean(self):
        refuse_backwards(self)
