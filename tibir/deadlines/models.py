"""Everything that is due, in one table. A task for a person is a deadline with an owner."""

from datetime import timedelta

from django.db import models
from django.db.models import Exists, OuterRef, Q, Subquery
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from tibir.access.roles import SEES, has_role, units_where, workplaces
from tibir.access.roles import Kind as Seen
from tibir.accounts.models import Membership, Municipality, Role, Unit, User
from tibir.calendar.answer import days_left
from tibir.cases.models import (
    STRICT,
    Case,
    CaseMember,
    Disqualification,
    Purpose,
    known_to,
    named_group,
)
from tibir.deadlines.clock import Reading
from tibir.deadlines.kinds import ALSO_MEETS, RULES, WAIT_UNSEEN, Kind

LATE_AFTER = timedelta(minutes=50)  # three sweeps, and some grace


class DeadlineQuerySet(models.QuerySet):
    def visible_to(self, user):
        """By a role in the unit, or as the owner, and never more than one may know of the case.

        What is due in a case under strict protection is there for its cleared members alone. The
        sweep tells by the same rule, in its own words.
        """
        own = Q(owner=user, unit__in=workplaces(user))
        return self._known_to(user, self._of_units(user) | own)

    def listed_for(self, user):
        """Those of the units in which a role of this user keeps an eye on what is due."""
        return self._known_to(user, self._of_units(user))

    def _of_units(self, user):
        return Q(unit__in=units_where(user, Seen.DEADLINE))

    def _known_to(self, user, seen):
        known = Q(case=None) | known_to(user, "case")
        if not has_role(user, Role.CLEARED):
            return self.filter(seen, known)  # apart, so that an index finds the unit's rows
        return self.filter(seen | Q(case__grade__in=STRICT), known)

    def countable(self):
        """What a figure may include: nothing of a case under strict protection, for anybody."""
        return self.exclude(case__grade__in=STRICT)

    def open(self):
        return self.filter(met_on=None, closed_reason="")

    def about(self, target, kind):
        return self.filter(kind=kind, target_type=target._meta.label_lower, target_id=target.pk)

    def owned_by(self, user):
        return self.filter(owner=user)

    def overdue(self, today):
        return self.filter(due_on__lt=today)

    def due_within(self, days, today):
        return self.filter(due_on__gte=today, due_on__lte=today + timedelta(days=days))

    def in_sight(self, today):
        """Without those that wait for their last day: another deadline asks for the same thing."""
        return self.exclude(kind__in=WAIT_UNSEEN, due_on__gt=today)

    def with_referral(self):
        """The referral of the case, as its answer's own deadline knows it."""
        answers = Deadline.objects.filter(kind=Kind.ANSWER, case=OuterRef("case"))
        return self.annotate(referral_id=Subquery(answers.order_by("-pk").values("target_id")[:1]))

    def for_list(self):
        """What one row of the list shows and no more, in one query."""
        shown = (
            self.with_referral()
            .select_related("case__child", "owner", "unit")
            .only(
                "kind",
                "target_id",
                "due_on",
                "reference",
                "subject",
                "met_on",
                "closed_reason",
                "case__grade",
                "case__unit",
                "case__child__first_name",
                "case__child__last_name",
                "owner__name",
                "unit__name",
            )
        )
        return shown.order_by("due_on", "pk")

    def after(self, due_on, pk):
        """The rows that follow this one in the list."""
        return self.filter(Q(due_on__gt=due_on) | Q(due_on=due_on, pk__gt=pk))


class Deadline(models.Model):
    """One thing that must have happened by a day. Overdue is read from the row, never counted."""

    kind = models.CharField(_("slag"), max_length=40, choices=Kind)
    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey(
        Unit, on_delete=models.PROTECT, related_name="+", verbose_name=_("enhet")
    )
    case = models.ForeignKey(Case, on_delete=models.PROTECT, null=True, related_name="deadlines")
    owner = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("hos")
    )
    target_type = models.CharField(max_length=60)
    target_id = models.BigIntegerField()
    # What people call the thing, when it has a name that says nothing of a family.
    reference = models.CharField(_("referanse"), max_length=20, blank=True)
    # Which of several that would look alike: one of the purposes that people agree to.
    subject = models.CharField(
        _("hva det gjelder"), max_length=30, choices=Purpose, blank=True, db_default=""
    )
    round = models.PositiveSmallIntegerField(default=1)
    begun_on = models.DateField(_("fra"))
    due_on = models.DateField(_("frist"))
    met_on = models.DateField(_("holdt"), null=True)
    closed_reason = models.CharField(_("lukket fordi"), max_length=100, blank=True)

    objects = DeadlineQuerySet.as_manager()

    class Meta:
        verbose_name = _("frist")
        verbose_name_plural = _("frister")
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "target_type", "target_id", "round"],
                name="deadline_once_per_round",
            ),
            models.UniqueConstraint(
                fields=["kind", "target_type", "target_id"],
                name="deadline_one_open_round",
                condition=Q(met_on=None, closed_reason=""),
            ),
            models.CheckConstraint(
                name="deadline_is_met_or_closed_not_both",
                condition=Q(met_on=None) | Q(closed_reason=""),
            ),
        ]
        indexes = [
            models.Index(
                fields=["unit", "due_on", "id"],
                name="deadline_open_in_unit",
                condition=Q(met_on=None, closed_reason=""),
            ),
            models.Index(
                fields=["owner", "due_on", "id"],
                name="deadline_open_of_owner",
                condition=Q(met_on=None, closed_reason=""),
            ),
            models.Index(
                fields=["due_on", "kind"],
                name="deadline_open_by_day",
                condition=Q(met_on=None, closed_reason=""),
            ),
        ]

    def __str__(self):
        return f"{self.get_kind_display()} {self.due_on}"

    @property
    def what(self):
        """Its kind, and which of several of that kind."""
        kind = self.get_kind_display()
        return f"{kind} ({self.get_subject_display()})" if self.subject else kind

    def also_met(self):
        """What else is due about the same thing, and met by what meets this."""
        same = {"target_type": self.target_type, "target_id": self.target_id}
        return Deadline.objects.filter(kind__in=ALSO_MEETS.get(self.kind, []), **same)

    @property
    def page(self):
        return reverse("deadlines:detail", args=[self.pk])

    def get_absolute_url(self):
        """Where one sees what it is about; nowhere for a kind without a page."""
        link = RULES[self.kind].link
        if link is None:
            return ""
        ids = [getattr(self, column) for column in link.columns]
        return reverse(link.name, args=ids) if all(ids) else ""

    @property
    def possible_owners(self):
        """Those who may have it: they work in its unit, and may know of its case."""
        held = Membership.objects.current().filter(user=OuterRef("pk"))
        works = Exists(held.filter(_place(self.unit)))
        people = User.objects.filter(is_active=True)
        if self.case is None:
            return people.filter(works)
        if self.is_strict:
            return named_group(self.case)
        of_case = {"case": self.case, "user": OuterRef("pk")}
        member = Exists(CaseMember.objects.current().filter(**of_case))
        kept_out = Exists(Disqualification.objects.current().filter(**of_case))
        by_role = held.filter(_place(self.case.unit), role__in=SEES[Seen.CASE])
        return people.filter(works, member | Exists(by_role), ~kept_out)

    @property
    def rule(self):
        return RULES[self.kind]

    @property
    def is_strict(self):
        return self.case is not None and self.case.grade in STRICT

    @property
    def is_open(self):
        return self.met_on is None and not self.closed_reason

    def days_left(self, today):
        return days_left(self.due_on, today)


def _place(unit):
    """The memberships that are in this unit: its own, and those of the whole municipality."""
    return Q(unit=unit) | Q(municipality=unit.municipality_id)


class Sweep(models.Model):
    """What the clocks said when the sweep last believed them, and why it does not now. One row."""

    host_at = models.DateTimeField(null=True)
    database_at = models.DateTimeField(null=True)
    # Seconds since `origin`, which is one start of one machine: no clock's setting moves them.
    origin = models.CharField(max_length=40, blank=True)
    ticks = models.FloatField(default=0)
    doubt = models.CharField(max_length=20, blank=True)
    # How many deadlines had a notice to be told, and nobody to tell it to.
    untold = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("gjennomgang av frister")
        verbose_name_plural = _("gjennomganger av frister")
        constraints = [
            models.CheckConstraint(name="sweep_is_one_row", condition=Q(pk=1)),
        ]

    def __str__(self):
        return str(self.host_at)

    @property
    def believed(self):
        """What the clocks said then; None before the first sweep."""
        if self.host_at is None:
            return None
        return Reading(self.host_at, self.database_at, self.origin, self.ticks)

    @classmethod
    def stands_still(cls, now):
        """Has nobody been told anything for three sweeps, or has there never been one?"""
        return not cls.objects.filter(doubt="", host_at__gte=now - LATE_AFTER).exists()

    def believe(self, reading, untold):
        self.host_at, self.database_at = reading.host, reading.database
        self.origin, self.ticks, self.doubt = reading.origin, reading.ticks, ""
        self.untold = untold
        self.save()
