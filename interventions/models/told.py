"""What a family was told of when it can begin."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from referrals.models import Referral
from tibir.accounts.models import User


class ToldWindow(models.Model):
    """An approximate start that a family was told: kept for ever, and held against what came."""

    class Basis(models.TextChoices):
        JUDGEMENT = "judgement", _("koordinatorens vurdering")

    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="windows")
    starts_on = models.DateField(_("tidligst, mandag i uken"))
    ends_on = models.DateField(_("senest, søndag i uken"))
    basis = models.CharField(_("grunnlag"), max_length=20, choices=Basis)
    told_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    told_on = models.DateField(_("fortalt"))

    class Meta:
        verbose_name = _("fortalt oppstart")
        verbose_name_plural = _("fortalte oppstarter")
        constraints = [
            models.CheckConstraint(
                name="told_window_ends_after_it_starts", condition=Q(ends_on__gt=F("starts_on"))
            ),
            models.CheckConstraint(
                name="told_window_is_ahead", condition=Q(ends_on__gte=F("told_on"))
            ),
        ]

    def __str__(self):
        return f"{self.starts_on}–{self.ends_on}"
