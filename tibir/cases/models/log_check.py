"""That somebody has looked at who reads in a unit."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from tibir.accounts.models import Unit, User
from tibir.core.encryption import EncryptedTextField


class LogCheck(models.Model):
    """One check of one week in one unit. Never changed: a new look is a new row."""

    APPEND_ONLY = True

    class Result(models.TextChoices):
        FINE = "fine", _("ingenting å bemerke")
        FOLLOWED_UP = "followed_up", _("noe må følges opp")

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    week_of = models.DateField(_("uken som begynner"))
    result = models.CharField(_("resultat"), max_length=20, choices=Result)
    # Of colleagues: what was asked about, and what they said.
    note = EncryptedTextField(_("hva du så"), default="")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("gjort"), db_default=Now())

    class Meta:
        verbose_name = _("kontroll av loggen")
        verbose_name_plural = _("kontroller av loggen")
        indexes = [models.Index(fields=["unit", "week_of"], name="logcheck_of_unit")]
        constraints = [
            models.CheckConstraint(
                name="logcheck_is_of_a_week", condition=Q(week_of__iso_week_day=1)
            )
        ]

    def __str__(self):
        return f"{self.unit} {self.week_of}"
