"""One service given to one family: who gives it, how far it has come, and how it ended."""

from django.db import models
from django.db.models import Count, Exists, F, Func, Max, Min, OuterRef, Q, Sum, Value
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from interventions.kinds import FAMILY_KINDS, ServiceKind
from interventions.models.catalogue import Service
from interventions.states import (
    BEGUN,
    COURSE_TRANSITIONS,
    NOT_BEGUN,
    OPEN,
    OVER,
    CourseState,
    Ending,
    MeetingState,
)
from referrals.models import Referral
from tibir.access.roles import Kind, units_where
from tibir.accounts.models import Unit, User
from tibir.cases.models import STRICT, Case, TimedAccess, known_to
from tibir.cases.models.member import IsMember
from tibir.core.transitions import Stateful


def seen_of(user, course=""):
    """When a course may be seen, by the way to it from the rows that are asked for. Conditions for
    `filter`."""
    way = f"{course}__" if course else ""
    member = Q(IsMember(F(f"{way}case"), Value(user.pk)))
    units = units_where(user, Kind.COURSE)
    watches = Q(**{f"{way}unit__in": units}) | Q(**{f"{way}case__unit__in": units})
    return known_to(user, f"{way}case"), member | watches


class CourseQuerySet(models.QuerySet):
    def visible_to(self, user):
        """For those who work with the family, and the roles that see courses in its unit."""
        return self.filter(*seen_of(user))

    def listed_for(self, user):
        """Those that a list may show. Strict protection keeps a case out of every list."""
        return self.visible_to(user).exclude(case__grade__in=STRICT)

    def given_by(self, user):
        return self.filter(Q(practitioner=user) | Q(supervisor=user))

    def open(self):
        return self.filter(state__in=OPEN)

    def of_parents(self, service):
        """What the parents are given, and so what a service for the child or staff may go beside
        of: the group too where its row of the catalogue says so."""
        kinds = [*FAMILY_KINDS]
        if service.group_is_family_course:
            kinds.append(ServiceKind.PARENT_GROUP)
        return self.filter(service__kind__in=kinds)

    def for_child(self, case):
        """Those of the case, and those of a sibling's that count for this child too."""
        of_sibling = Q(children__case=case, children__ended_on=None)
        return self.filter(Q(case=case) | of_sibling).distinct()

    def held(self, pk):
        """Locked, and as it is now. In two queries: a row that was waited for is looked at anew,
        and what it was joined to is not."""
        self.select_for_update().get(pk=pk)
        shown = "case__unit", "case__municipality", "service", "unit", "practitioner", "supervisor"
        return self.select_related(*shown).get(pk=pk)

    def with_numbers(self):
        """How many numbered meetings have been held, and when the next one is."""
        ahead = Q(meetings__state=MeetingState.PLANNED, meetings__starts_at__gte=Now())
        return self.annotate(
            held_here=Count("meetings", filter=Q(meetings__number__isnull=False)),
            next_at=Min("meetings__starts_at", filter=ahead),
        )

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
    next_step = models.CharField(_("hva som skjer videre"), max_length=1000, blank=True)

    # What the parents are given meanwhile: nothing is given to the child or to staff alone.
    beside = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        related_name="parallels",
        verbose_name=_("ved siden av"),
    )
    # The family has said yes to it, and waits for the first meeting.
    accepted_on = models.DateField(_("familien takket ja"), null=True)
    # The course that somebody else gave before, and how many numbered meetings were held there.
    follows = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, related_name="followed_by"
    )
    held_before = models.PositiveSmallIntegerField(default=0)

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
                name="course_is_beside_another",
                condition=Q(beside=None) | ~Q(beside=F("pk")),
            ),
            models.CheckConstraint(
                name="course_follows_another",
                condition=Q(follows=None, held_before=0)
                | Q(follows__isnull=False) & ~Q(follows=F("pk")),
            ),
            models.CheckConstraint(
                name="course_days_are_in_order",
                condition=Q(ended_on=None) | Q(started_on=None) | Q(ended_on__gte=F("started_on")),
            ),
        ]

    def __str__(self):
        return str(self.service)

    def get_absolute_url(self):
        page = "screening" if self.is_screening else "course"
        return reverse(f"interventions:{page}", args=[self.case_id, self.pk])

    @property
    def is_screening(self):
        return self.service.kind == ServiceKind.SCREENING

    @property
    def is_of_parents(self):
        """The parents are met in it, and a service for the child or staff may go beside it."""
        return self.service.kind in (*FAMILY_KINDS, ServiceKind.PARENT_GROUP)

    @property
    def municipality_id(self):
        return self.unit.municipality_id

    @property
    def is_open(self):
        return self.state in OPEN

    @property
    def is_begun(self):
        return self.started_on is not None

    @property
    def went_on_from(self):
        """The day it began, or went on after its last pause."""
        return self.pauses.aggregate(last=Max("ended_on"))["last"] or self.started_on

    @property
    def is_promised(self):
        """Accepted or running: what may go beside it can begin."""
        return self.state == CourseState.RUNNING or (
            self.state in NOT_BEGUN and self.accepted_on is not None
        )

    @property
    def taken_meetings(self):
        """Held or agreed, and counting; what was held before a transfer too."""
        return self.held_before + self.meetings.counted().count()

    @property
    def most_meetings(self):
        """By the catalogue, with those that somebody else has said yes to."""
        more = self.extensions.filter(is_approved=True).aggregate(more=Sum("count"))["more"]
        return self.service.most_meetings + (more or 0)

    @property
    def meeting_range(self):
        return self.service.range_to(self.most_meetings)

    @cached_property
    def line(self):
        """This course, and those that it was before it was transferred: the newest first."""
        return [self, *self.follows.line] if self.follows_id else [self]

    @property
    def goes_on_as(self):
        """What it is now, wherever it was transferred to."""
        if self.state != CourseState.TRANSFERRED:
            return self
        later = Course.objects.filter(follows=self).select_related("service", "unit").first()
        return later.goes_on_as if later else self

    def is_given_by(self, user):
        return user.pk in (self.practitioner_id, self.supervisor_id)


class GoesOnWith(Func):
    """Whether a course was transferred, and is given now by the user: (course, user)."""

    template = (
        "EXISTS (WITH RECURSIVE later AS (SELECT id, practitioner_id, supervisor_id"
        " FROM interventions_course WHERE follows_id = %(expressions)s"
        " IN (practitioner_id, supervisor_id))"
    )
    arg_joiner = (
        " UNION ALL SELECT after.id, after.practitioner_id, after.supervisor_id"
        " FROM interventions_course AS after JOIN later ON after.follows_id = later.id)"
        " SELECT FROM later WHERE "
    )
    output_field = models.BooleanField()


def journal_of(user, course="course"):
    """When what is written of a course may be read: by those who give it, and by a leader who was
    let in to the one case, or who reads the unit's cases always. Conditions for `filter`; `course`
    is the way to the course from the rows that are asked for."""
    way = f"{course}__" if course else ""
    opened = TimedAccess.objects.current().filter(
        case=OuterRef(f"{way}case"), user=user, kind=TimedAccess.Kind.LEADER
    )
    gives = Q(**{f"{way}practitioner": user}) | Q(**{f"{way}supervisor": user})
    reads = Exists(opened) | Q(**{f"{way}unit__in": units_where(user, Kind.JOURNAL)})
    is_strict = Q(**{f"{way}case__grade__in": STRICT})
    return known_to(user, f"{way}case"), gives | reads & ~is_strict
