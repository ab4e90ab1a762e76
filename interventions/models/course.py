"""One service given to one family: who gives it, how far it has come, and how it ended."""

from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Value
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from interventions.models.catalogue import Service
from interventions.states import BEGUN, COURSE_TRANSITIONS, OPEN, OVER, CourseState, Ending
from referrals.models import Referral
from tibir.access.roles import Kind, units_where
from tibir.accounts.models import Unit, User
from tibir.cases.models import STRICT, Case, TimedAccess, known_to
from tibir.cases.models.member import IsMember
from tibir.core.transitions import Stateful


class CourseQuerySet(models.QuerySet):
    def visible_to(self, user):
        """For those who work with the family, and the roles that see courses in its unit."""
        member = Q(IsMember(F("case"), Value(user.pk)))
        units = units_where(user, Kind.COURSE)
        watches = Q(unit__in=units) | Q(case__unit__in=units)
        return self.filter(known_to(user, "case"), member | watches)

    def listed_for(self, user):
        """Those that a list may show. Strict protection keeps a case out of every list."""
        return self.visible_to(user).exclude(case__grade__in=STRICT)

    def given_by(self, user):
        return self.filter(Q(practitioner=user) | Q(supervisor=user))

    def open(self):
        return self.filter(state__in=OPEN)

    def for_list(self):
        return self.select_related("case__child", "service", "practitioner", "unit").order_by(
            "planned_on", "pk"
        )


class Course(Stateful):
    """One service given to one family. Who gives it is qualified on the day it is assigned."""

    State, Ending = CourseState, Ending
    TRANSITIONS = COURSE_TRANSITIONS

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="courses")
    referral = models.ForeignKey(
        Referral, on_delete=models.PROTECT, null=True, related_name="courses"
    )
    # The row it began by: what the catalogue says later changes nothing here.
    service = models.ForeignKey(
        Service, on_delete=models.PROTECT, related_name="courses", verbose_name=_("tiltak")
    )
    # The practitioner's: what is written follows the law of this unit.
    unit = models.ForeignKey(
        Unit, on_delete=models.PROTECT, related_name="courses", verbose_name=_("enhet")
    )
    state = models.CharField(
        _("status"), max_length=20, choices=CourseState, default=CourseState.PLANNED
    )
    practitioner = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="courses", verbose_name=_("behandler")
    )
    supervisor = models.ForeignKey(
        User,
        on_delete=models.PROTECT,
        null=True,
        related_name="supervised_courses",
        verbose_name=_("veileder"),
    )
    assigned_on = models.DateField(_("tildelt"))
    planned_on = models.DateField(_("planlagt"))
    started_on = models.DateField(_("begynte"), null=True)
    ended_on = models.DateField(_("avsluttet"), null=True)
    ending = models.CharField(_("avsluttet fordi"), max_length=20, choices=Ending, blank=True)
    end_reason = models.CharField(_("begrunnelse"), max_length=1000, blank=True)

    objects = CourseQuerySet.as_manager()

    class Meta:
        verbose_name = _("tiltak for en familie")
        verbose_name_plural = _("tiltak for familier")
        indexes = [
            models.Index(
                fields=["practitioner"],
                name="course_open_of_practitioner",
                condition=Q(state__in=OPEN),
            ),
            models.Index(fields=["unit", "state"], name="course_of_unit"),
        ]
        constraints = [
            models.CheckConstraint(
                name="course_is_supervised_by_another",
                condition=Q(supervisor=None) | ~Q(supervisor=F("practitioner")),
            ),
            models.CheckConstraint(
                name="course_begun_has_a_first_day",
                condition=~Q(state__in=BEGUN) | Q(started_on__isnull=False),
            ),
            models.CheckConstraint(
                name="course_over_has_a_last_day",
                condition=Q(state__in=OVER, ended_on__isnull=False)
                | ~Q(state__in=OVER) & Q(ended_on=None),
            ),
            models.CheckConstraint(
                name="course_ended_early_has_a_reason",
                condition=Q(state="ended") & ~Q(ending="") & ~Q(end_reason="")
                | ~Q(state="ended") & Q(ending="", end_reason=""),
                violation_error_message=_("Skriv en begrunnelse."),
            ),
            models.CheckConstraint(
                name="course_days_are_in_order",
                condition=Q(ended_on=None) | Q(started_on=None) | Q(ended_on__gte=F("started_on")),
            ),
        ]

    def __str__(self):
        return str(self.service)

    def get_absolute_url(self):
        return reverse("interventions:screening", args=[self.case_id, self.pk])

    @property
    def municipality_id(self):
        return self.unit.municipality_id

    @property
    def is_open(self):
        return self.state in OPEN

    @property
    def is_begun(self):
        return self.started_on is not None

    def is_given_by(self, user):
        return user.pk in (self.practitioner_id, self.supervisor_id)


def journal_of(user):
    """When what is written of a course may be read: by those who give it, and by a leader who was
    let in to the one case, or who reads the unit's cases always. Conditions for `filter`."""
    opened = TimedAccess.objects.current().filter(
        case=OuterRef("course__case"), user=user, kind=TimedAccess.Kind.LEADER
    )
    gives = Q(course__practitioner=user) | Q(course__supervisor=user)
    reads = Exists(opened) | Q(course__unit__in=units_where(user, Kind.JOURNAL))
    is_strict = Q(course__case__grade__in=STRICT)
    return known_to(user, "course__case"), gives | reads & ~is_strict
