"""A municipality's rules for what is recommended, version by version."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from referrals.routing import read
from tibir.access.roles import Kind, municipalities_where
from tibir.accounts.models import Municipality, User
from tibir.core.dates import long_date
from tibir.core.transitions import Stateful


class RuleSetQuerySet(models.QuerySet):
    def visible_to(self, user):
        """What the user's municipalities go by, with what was shipped. It names no family, and an
        administrator looks after the rules everywhere."""
        if user.is_superuser:
            return self
        theirs = municipalities_where(user, Kind.ROUTING)
        shipped = Q(municipality=None) if theirs else Q(pk=None)
        return self.filter(Q(municipality__in=theirs) | shipped)

    def in_force(self, municipality, today):
        """The one that holds on the day: the municipality's own, or else what was shipped."""
        own = Q(municipality=municipality, active_from__lte=today)
        own &= Q(active_until=None) | Q(active_until__gt=today)
        holds = self.filter(own | Q(municipality=None))
        return holds.order_by(F("municipality").asc(nulls_last=True), "-version").first()

    def for_list(self):
        shown = self.select_related("municipality", "author", "approved_by").defer("rules")
        return shown.order_by("municipality__name", "-version")


class RuleSet(Stateful):
    """One version of a table of rules. What has been approved never changes: it gets a successor.

    The one without a municipality was shipped, and holds where nobody has approved anything else.
    A constraint of the database keeps two versions of a municipality from holding on one day, and
    a trigger what was approved from changing (migration 0007).
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("utkast")
        TRIED = "tried", _("prøvd ut")
        APPROVED = "approved", _("godkjent")
        ACTIVE = "active", _("i bruk")
        RETIRED = "retired", _("ute av bruk")

    TRANSITIONS = {
        State.DRAFT: {State.TRIED, State.RETIRED},
        State.TRIED: {State.TRIED, State.DRAFT, State.APPROVED, State.RETIRED},
        State.APPROVED: {State.ACTIVE, State.RETIRED},
        State.ACTIVE: {State.RETIRED},
    }
    EDITABLE = (State.DRAFT, State.TRIED)

    municipality = models.ForeignKey(
        Municipality,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("kommune"),
    )
    version = models.PositiveSmallIntegerField(_("versjon"))
    state = models.CharField(_("status"), max_length=10, choices=State, default=State.DRAFT)
    rules = models.JSONField(_("regler"))
    # Goes up with each change, so that two who edit at once do not undo each other.
    edition = models.PositiveIntegerField(default=1)
    copied_from = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("kopi av")
    )
    # Whoever changed it last.
    author = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("skrevet av")
    )
    changed_at = models.DateTimeField(_("endret"), db_default=Now())
    approved_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("godkjent av")
    )
    approved_on = models.DateField(_("godkjent"), null=True)
    active_from = models.DateField(_("i bruk fra"), null=True)
    # The first day on which it holds no more.
    active_until = models.DateField(_("i bruk til"), null=True)

    objects = RuleSetQuerySet.as_manager()

    class Meta:
        verbose_name = _("regelsett")
        verbose_name_plural = _("regelsett")
        constraints = [
            models.UniqueConstraint(
                fields=["municipality", "version"],
                name="ruleset_once_per_version",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                name="ruleset_has_an_author_unless_shipped",
                condition=Q(municipality=None, author=None, state="active")
                | Q(municipality__isnull=False, author__isnull=False),
            ),
            models.CheckConstraint(
                name="ruleset_is_approved_by_another",
                condition=Q(approved_by=None, approved_on=None)
                | Q(approved_by__isnull=False, approved_on__isnull=False)
                & ~Q(approved_by=F("author")),
            ),
            models.CheckConstraint(
                name="ruleset_in_use_was_approved",
                condition=Q(municipality=None)
                | Q(state__in=["draft", "tried"], approved_by=None, active_from=None)
                | Q(state="approved", approved_by__isnull=False, active_from=None)
                | Q(state="active", approved_by__isnull=False, active_from__isnull=False)
                | Q(state="retired") & (Q(active_from=None) | Q(approved_by__isnull=False)),
            ),
            models.CheckConstraint(
                name="ruleset_ends_after_it_begins",
                condition=Q(active_until=None) | Q(active_until__gte=F("active_from")),
            ),
        ]

    def __str__(self):
        if self.is_starting_point:
            return gettext("utgangspunktet, versjon %(number)d") % {"number": self.version}
        return gettext("versjon %(number)d") % {"number": self.version}

    def get_absolute_url(self):
        return reverse("referrals:rule_set", args=[self.pk])

    @property
    def is_starting_point(self):
        """Shipped with TIBIR: no municipality has confirmed it."""
        return self.municipality_id is None

    @property
    def is_editable(self):
        return self.state in self.EDITABLE

    @property
    def table(self):
        return read(self.rules)

    @property
    def title(self):
        """«Fjordvik kommune, versjon 2»"""
        if self.is_starting_point:
            return str(self)
        return f"{self.municipality.name}, {self}"

    def is_written_by(self, user):
        return self.writers.filter(user=user).exists()

    def holds_on(self, day):
        if self.active_from is None or self.active_from > day:
            return False
        return self.active_until is None or day < self.active_until

    def standing(self, today):
        """What it is on this day, in words: a period may begin or end later."""
        if self.state == self.State.RETIRED and self.active_from is None:
            return gettext("forkastet")
        if self.active_from and self.active_from > today:
            return gettext("tas i bruk %(day)s") % {"day": long_date(self.active_from)}
        if self.active_until and self.active_until > today:
            return gettext("i bruk til %(day)s") % {"day": long_date(self.active_until)}
        return self.get_state_display()


class RuleWriter(models.Model):
    """Somebody who has written in a version. Triggers note each, and let none of them approve it
    (migration 0009)."""

    APPEND_ONLY = True

    rule_set = models.ForeignKey(RuleSet, on_delete=models.PROTECT, related_name="writers")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("har skrevet på regelsettet")
        verbose_name_plural = _("har skrevet på regelsettene")
        constraints = [
            models.UniqueConstraint(fields=["rule_set", "user"], name="rulewriter_once_per_version")
        ]

    def __str__(self):
        return str(self.user)

    @property
    def municipality_id(self):
        return self.rule_set.municipality_id


class TryOutQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(rule_set__in=RuleSet.objects.visible_to(user))

    def for_list(self):
        return self.select_related("by", "against__municipality").defer("changed").order_by("-pk")


class TryOut(models.Model):
    """What a version would have said of the families of a year, beside the one in force."""

    APPEND_ONLY = True

    rule_set = models.ForeignKey(RuleSet, on_delete=models.PROTECT, related_name="try_outs")
    edition = models.PositiveIntegerField()
    against = models.ForeignKey(RuleSet, on_delete=models.PROTECT, related_name="+")
    since = models.DateField(_("fra og med"))
    until = models.DateField(_("til og med"))
    total = models.PositiveIntegerField(_("familier"))
    changed_count = models.PositiveIntegerField(_("fikk noe annet"))
    # {"before": [[outcome, count]], "after": …, "changes": [[outcome, outcome, count]]}
    counts = models.JSONField(_("tall"))
    # [[recommendation, outcome, outcome]]: ids alone, opened only for those who may see the case.
    changed = models.JSONField()
    at = models.DateTimeField(_("tidspunkt"), db_default=Now())
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    objects = TryOutQuerySet.as_manager()

    class Meta:
        verbose_name = _("utprøving")
        verbose_name_plural = _("utprøvinger")
        indexes = [models.Index(fields=["rule_set", "-id"], name="tryout_of_ruleset")]

    def __str__(self):
        return f"{_('utprøving')} {self.pk}"

    def get_absolute_url(self):
        return reverse("referrals:try_out", args=[self.pk])

    @property
    def municipality_id(self):
        return self.rule_set.municipality_id
