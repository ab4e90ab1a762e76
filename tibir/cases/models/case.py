"""One child, and everything that is done for it."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from tibir.accounts.models import Municipality, Unit, User
from tibir.cases.models.member import known_to
from tibir.cases.models.person import STRICT, Grade, Person
from tibir.core.transitions import Stateful


class CaseQuerySet(models.QuerySet):
    def visible_to(self, user):
        """What this user may know of: see `known_to`."""
        return self.filter(known_to(user))

    def for_page(self):
        """What the page of the case shows, and nothing that is sealed."""
        return self.select_related("child", "unit", "responsible").only(
            "municipality", "state", "grade", "opened_on", "closed_on", "merged_into",
            "child__first_name", "child__last_name", "child__birth_date", "unit__name",
            "responsible__name",
        )  # fmt: skip


class State(models.TextChoices):
    OPEN = "open", _("åpen")
    CLOSED = "closed", _("avsluttet")
    MERGED = "merged", _("slått sammen")


class Case(Stateful):
    """One child, and everything that is done for it."""

    State = State
    TRANSITIONS = {
        State.OPEN: {State.CLOSED, State.MERGED},
        State.CLOSED: {State.OPEN, State.MERGED},
        State.MERGED: set(),
    }

    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey(
        Unit, on_delete=models.PROTECT, related_name="cases", verbose_name=_("enhet")
    )
    child = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="child_of", verbose_name=_("barn")
    )
    state = models.CharField(_("status"), max_length=20, choices=State, default=State.OPEN)
    responsible = models.ForeignKey(
        User,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("ansvarlig"),
    )
    grade = models.CharField(_("adressesperre"), max_length=20, choices=Grade, default=Grade.OPEN)
    opened_on = models.DateField(_("åpnet"))
    closed_on = models.DateField(_("avsluttet"), null=True)
    merged_into = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="merged_from"
    )

    objects = CaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("sak")
        verbose_name_plural = _("saker")
        indexes = [models.Index(fields=["unit", "state"], name="case_of_unit")]
        constraints = [
            models.CheckConstraint(
                name="case_is_merged_into_another",
                condition=Q(state="merged") ^ Q(merged_into=None),
            ),
            models.CheckConstraint(
                name="case_is_closed_on_a_day",
                condition=Q(state="closed", closed_on__isnull=False)
                | ~Q(state="closed") & Q(closed_on=None),
            ),
        ]

    def __str__(self):
        return f"{_('sak')} {self.pk}"

    @property
    def is_open(self):
        return self.state == State.OPEN

    @property
    def is_strict(self):
        """There for its named group alone."""
        return self.grade in STRICT

    @property
    def is_hidden(self):
        """Where the family is and how it is reached stands on no page before somebody asks."""
        return self.grade != Grade.OPEN


class CaseChange(models.Model):
    """What happened to the case itself: it was closed, given to another unit, and so on."""

    APPEND_ONLY = True

    class Kind(models.TextChoices):
        CLOSED = "closed", _("avsluttet")
        REOPENED = "reopened", _("åpnet igjen")
        REFERRED = "referred", _("åpnet igjen av en ny henvisning")
        MERGED = "merged", _("slått sammen med en annen sak")
        MOVED = "moved", _("gitt til en annen enhet")
        ENTRUSTED = "entrusted", _("fikk ny ansvarlig")

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="changes")
    kind = models.CharField(_("hva"), max_length=20, choices=Kind)
    was = models.CharField(_("før"), max_length=100, blank=True)
    becomes = models.CharField(_("etter"), max_length=100, blank=True)
    reason = models.CharField(_("begrunnelse"), max_length=500, blank=True)
    at = models.DateTimeField(_("tidspunkt"), db_default=Now())
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("endring av sak")
        verbose_name_plural = _("endringer av saker")
        constraints = [
            models.CheckConstraint(
                name="casechange_has_a_reason",
                condition=Q(kind__in=["merged", "entrusted", "referred"]) | ~Q(reason=""),
            )
        ]

    def __str__(self):
        return f"{self.get_kind_display()} {self.pk}"
