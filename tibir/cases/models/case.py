"""One child, and everything that is done for it."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tibir.accounts.models import Municipality, Unit, User
from tibir.cases.models.member import known_to
from tibir.cases.models.person import Grade, Person


class CaseQuerySet(models.QuerySet):
    def visible_to(self, user):
        """What this user may know of: see `known_to`."""
        return self.filter(known_to(user))


class Case(models.Model):
    """One child, and everything that is done for it."""

    class State(models.TextChoices):
        OPEN = "open", _("åpen")
        CLOSED = "closed", _("avsluttet")
        MERGED = "merged", _("slått sammen")

    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey(
        Unit, on_delete=models.PROTECT, related_name="cases", verbose_name=_("enhet")
    )
    child = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="+", verbose_name=_("barn")
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
        ]

    def __str__(self):
        return f"{_('sak')} {self.pk}"
