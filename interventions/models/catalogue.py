"""The services with their numbers: a row for a time, and a course keeps the one it began by."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from interventions.kinds import For, Risk, ServiceKind
from tibir.accounts.models import Municipality, Qualification
from tibir.core.ranges import days, refuse_backwards, same_or_none, same_word

DANISH = _("Dansk anbefaling, kan endres.")


def _in_order(what):
    """Neither number is needed; with both, the least comes first."""
    least, most = f"least_{what}", f"most_{what}"
    ordered = Q(**{least: None}) | Q(**{most: None}) | Q(**{f"{most}__gte": F(least)})
    return ordered & (Q(**{least: None}) | Q(**{f"{least}__gte": 1}))


class ServiceQuerySet(models.QuerySet):
    def on(self, day):
        return self.filter(Q(ended_on=None) | Q(ended_on__gte=day), started_on__lte=day)

    def offered_by(self, municipality, day):
        """The rows that hold there that day: its own before what holds for everybody."""
        rows = self.on(day).filter(Q(municipality=municipality) | Q(municipality=None))
        return rows.order_by("kind", F("municipality").asc(nulls_last=True)).distinct("kind")

    def row_of(self, kind, municipality, day):
        """The one row of a service, or None where nobody has written down that it is given."""
        return self.offered_by(municipality, day).filter(kind=kind).first()


class Service(models.Model):
    """How one of the services is given. No municipality means everywhere, unless it has its own."""

    Kind = ServiceKind

    kind = models.CharField(_("tiltak"), max_length=30, choices=ServiceKind)
    municipality = models.ForeignKey(
        Municipality,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("kommune"),
        help_text=_("Tomt gjelder alle kommuner som ikke har en egen rad."),
    )
    started_on = models.DateField(_("gjelder fra og med"))
    ended_on = models.DateField(_("gjelder til og med"), null=True, blank=True)
    audience = models.CharField(_("for"), max_length=20, choices=For)
    qualification = models.CharField(
        _("ledes av"), max_length=30, choices=Qualification.Kind, help_text=_("Kompetansen.")
    )
    leader_count = models.PositiveSmallIntegerField(_("antall ledere"), default=1)
    risk = models.CharField(_("risikonivå"), max_length=20, choices=Risk)
    also_risk = models.CharField(_("også risikonivå"), max_length=20, choices=Risk, blank=True)

    least_meetings = models.PositiveSmallIntegerField(_("færrest møter"))
    most_meetings = models.PositiveSmallIntegerField(_("flest møter"))
    usual_meetings = models.PositiveSmallIntegerField(
        _("vanlig antall møter"), null=True, blank=True
    )
    warn_above = models.PositiveSmallIntegerField(
        _("si fra over så mange møter"), null=True, blank=True
    )
    reason_above = models.PositiveSmallIntegerField(
        _("begrunnelse over så mange møter"), null=True, blank=True
    )
    milestone_above = models.PositiveSmallIntegerField(
        _("evaluering over så mange møter"), null=True, blank=True
    )
    least_minutes = models.PositiveSmallIntegerField(
        _("korteste møte, minutter"), null=True, blank=True
    )
    most_minutes = models.PositiveSmallIntegerField(
        _("lengste møte, minutter"), null=True, blank=True
    )
    is_weekly = models.BooleanField(_("ukentlig"), default=False)

    least_families = models.PositiveSmallIntegerField(_("færrest familier"), null=True, blank=True)
    most_families = models.PositiveSmallIntegerField(_("flest familier"), null=True, blank=True)
    needs_family_course = models.BooleanField(
        _("bare sammen med et tiltak for foreldrene"), default=False
    )
    group_is_family_course = models.BooleanField(
        _("gruppe teller som tiltaket for foreldrene"), default=False
    )
    least_families_a_year = models.PositiveSmallIntegerField(
        _("færrest familier i året for et helt årsverk"), null=True, blank=True, help_text=DANISH
    )
    most_families_a_year = models.PositiveSmallIntegerField(
        _("flest familier i året for et helt årsverk"), null=True, blank=True, help_text=DANISH
    )

    objects = ServiceQuerySet.as_manager()

    class Meta:
        verbose_name = _("tiltak i katalogen")
        verbose_name_plural = _("tiltakskatalog")
        constraints = [
            ExclusionConstraint(
                name="service_one_row_at_a_time",
                expressions=[
                    (same_word("kind"), RangeOperators.OVERLAPS),
                    (same_or_none("municipality"), RangeOperators.OVERLAPS),
                    (days("started_on", "ended_on"), RangeOperators.OVERLAPS),
                ],
                violation_error_message=_(
                    "Det står en annen rad for dette tiltaket i noe av tiden. Avslutt den først."
                ),
            ),
            models.CheckConstraint(
                name="service_ends_after_it_starts",
                condition=Q(ended_on=None) | Q(ended_on__gte=F("started_on")),
                violation_error_message=_("Sluttdatoen kan ikke være før startdatoen."),
            ),
            models.CheckConstraint(
                name="service_has_a_range_of_meetings",
                condition=Q(least_meetings__gte=1, most_meetings__gte=F("least_meetings"))
                & (
                    Q(usual_meetings=None)
                    | Q(usual_meetings__gte=F("least_meetings"))
                    & Q(usual_meetings__lte=F("most_meetings"))
                ),
                violation_error_message=_(
                    "Antallet møter må være minst 1, det laveste først, med det vanlige imellom."
                ),
            ),
            models.CheckConstraint(
                name="service_speaks_up_within_its_range",
                condition=(Q(warn_above=None) | Q(warn_above__lte=F("most_meetings")))
                & (Q(reason_above=None) | Q(reason_above__lte=F("most_meetings")))
                & (Q(milestone_above=None) | Q(milestone_above__lte=F("most_meetings"))),
                violation_error_message=_(
                    "Varsel, begrunnelse og evaluering kan ikke komme etter det siste møtet."
                ),
            ),
            models.CheckConstraint(
                name="service_has_ranges_in_order",
                condition=_in_order("minutes")
                & _in_order("families")
                & _in_order("families_a_year"),
                violation_error_message=_("Det laveste tallet må stå først, og ingen kan være 0."),
            ),
            models.CheckConstraint(
                name="service_is_led_by_somebody",
                condition=Q(leader_count__gte=1),
                violation_error_message=_("Minst én må lede tiltaket."),
            ),
            models.CheckConstraint(
                name="service_for_child_and_staff_needs_a_family_course",
                condition=~Q(kind__in=["social_skills", "consultation"])
                | Q(needs_family_course=True),
                violation_error_message=_(
                    "Sosial ferdighetstrening og konsultasjon gis bare sammen med et tiltak for "
                    "foreldrene."
                ),
            ),
        ]

    def __str__(self):
        return self.get_kind_display()

    def clean(self):
        refuse_backwards(self)
        if self.pk and self.ended_on and self.courses.filter(planned_on__gt=self.ended_on).exists():
            raise ValidationError({
                "ended_on": _("Etter den dagen er det planlagt tiltak som går etter denne raden.")
            })  # fmt: skip

    @property
    def meeting_range(self):
        """«3–7», or «12» where it is always so many."""
        return self.range_to(self.most_meetings)

    def range_to(self, most):
        least = self.least_meetings
        return str(most) if least == most else f"{least}–{most}"

    @property
    def is_used(self):
        """A course goes by this row, so that nothing of it changes but its last day."""
        return self.pk is not None and self.courses.exists()
