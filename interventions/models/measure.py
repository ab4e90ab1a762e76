"""Which instruments a service uses, and what is to be measured of one course, by whom and when."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q, Value
from django.utils.translation import gettext_lazy as _

from interventions.kinds import ServiceKind
from interventions.measuring import OCCASIONS
from interventions.models.course import Course
from tibir.access.roles import Kind, units_where
from tibir.accounts.models import Municipality, User
from tibir.cases.models import CasePerson, known_to
from tibir.cases.models.member import IsMember
from tibir.core.ranges import days, refuse_backwards, same_or_none, same_word
from tibir.instruments.kinds import Occasion
from tibir.instruments.models import Instrument, Measurement


class BatteryQuerySet(models.QuerySet):
    def on(self, day):
        return self.filter(Q(ended_on=None) | Q(ended_on__gte=day), started_on__lte=day)

    def row_of(self, kind, municipality, day):
        """The row that holds there that day: its own before what holds for everybody."""
        rows = self.on(day).filter(Q(municipality=municipality) | Q(municipality=None), kind=kind)
        return rows.order_by(F("municipality").asc(nulls_last=True)).first()


class Battery(models.Model):
    """The instruments of a service, and the occasions. No municipality means everywhere, unless it
    has its own. A course keeps what was planned when it began."""

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
    instruments = models.JSONField(_("instrumenter"), default=list, blank=True)
    occasions = models.JSONField(_("når"), default=list, blank=True)
    is_starting_point = models.BooleanField(
        _("utgangspunkt"),
        default=False,
        help_text=_("Et forslag som kommunen ikke har bekreftet."),
    )

    objects = BatteryQuerySet.as_manager()

    class Meta:
        verbose_name = _("målinger i et tiltak")
        verbose_name_plural = _("målinger i tiltakene")
        constraints = [
            ExclusionConstraint(
                name="battery_one_row_at_a_time",
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
                name="battery_ends_after_it_starts",
                condition=Q(ended_on=None) | Q(ended_on__gte=F("started_on")),
                violation_error_message=_("Sluttdatoen kan ikke være før startdatoen."),
            ),
            models.CheckConstraint(
                name="battery_has_known_occasions",
                condition=Q(occasions__contained_by=list(OCCASIONS)),
                violation_error_message=_("Velg når det måles."),
            ),
        ]

    def __str__(self):
        return self.get_kind_display()

    def clean(self):
        refuse_backwards(self)


class PlannedMeasureQuerySet(models.QuerySet):
    def visible_to(self, user):
        """As what is measured: for those who work with the family, and leaders who may read it."""
        member = Q(IsMember(F("course__case"), Value(user.pk)))
        reader = Q(course__case__unit__in=units_where(user, Kind.MEASURE))
        return self.filter(known_to(user, "course__case"), member | reader)

    def waiting(self):
        """Neither taken nor put aside."""
        return self.filter(met_by=None, put_aside_on=None)

    def for_list(self):
        shown = self.select_related("instrument", "informant__person", "met_by", "put_aside_by")
        return shown.order_by("due_on", "instrument__code", "informant", "pk")


class PlannedMeasure(models.Model):
    """One instrument that one person is to answer at one occasion. It is taken, or put aside."""

    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="planned_measures")
    occasion = models.CharField(_("anledning"), max_length=20, choices=Occasion)
    instrument = models.ForeignKey(Instrument, on_delete=models.PROTECT, related_name="+")
    informant = models.ForeignKey(
        CasePerson, on_delete=models.PROTECT, related_name="planned_measures"
    )
    opens_on = models.DateField(_("kan tas fra"))
    due_on = models.DateField(_("frist"))
    closes_on = models.DateField(_("gjelder til og med"))
    met_by = models.ForeignKey(Measurement, on_delete=models.PROTECT, null=True, related_name="+")
    put_aside_on = models.DateField(_("lagt til side"), null=True)
    put_aside_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    put_aside_reason = models.CharField(_("begrunnelse"), max_length=300, blank=True)
    ended_with_course = models.BooleanField(default=False, editable=False)

    objects = PlannedMeasureQuerySet.as_manager()

    class Meta:
        verbose_name = _("planlagt måling")
        verbose_name_plural = _("planlagte målinger")
        indexes = [
            models.Index(
                fields=["opens_on"],
                name="plannedmeasure_waiting",
                condition=Q(met_by=None, put_aside_on=None),
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["course", "occasion", "instrument", "informant"],
                name="plannedmeasure_once",
            ),
            models.CheckConstraint(
                name="plannedmeasure_has_a_planned_occasion",
                condition=Q(occasion__in=OCCASIONS),
            ),
            models.CheckConstraint(
                name="plannedmeasure_days_are_in_order",
                condition=Q(due_on__gte=F("opens_on"), closes_on__gte=F("due_on")),
            ),
            models.CheckConstraint(
                name="plannedmeasure_put_aside_has_a_reason",
                condition=Q(put_aside_on=None, put_aside_by=None, put_aside_reason="")
                | Q(put_aside_on__isnull=False, put_aside_reason__regex=r"\S"),
                violation_error_message=_("Skriv en begrunnelse."),
            ),
            models.CheckConstraint(
                name="plannedmeasure_that_ended_is_put_aside",
                condition=Q(ended_with_course=False) | Q(put_aside_on__isnull=False),
            ),
            models.CheckConstraint(
                name="plannedmeasure_is_taken_or_put_aside_not_both",
                condition=Q(met_by=None) | Q(put_aside_on=None),
            ),
        ]

    def __str__(self):
        return f"{_('planlagt måling')} {self.pk}"

    @property
    def case_id(self):
        return self.course.case_id

    @property
    def municipality_id(self):
        return self.course.municipality_id

    @property
    def is_met(self):
        return self.met_by_id is not None

    @property
    def is_put_aside(self):
        return self.put_aside_on is not None

    @property
    def is_waiting(self):
        return not self.is_met and not self.is_put_aside
