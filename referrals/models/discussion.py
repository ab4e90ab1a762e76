"""Advice that was asked for without naming anybody."""

from django.db import models
from django.db.models import Count, Q, Sum
from django.utils.translation import gettext_lazy as _

from referrals.models.referral import Referral
from referrals.questions import TOPICS
from tibir.access.roles import Kind, units_where
from tibir.accounts.models import Municipality, Unit, User


class DiscussionQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(unit__in=units_where(user, Kind.DISCUSSION))

    def held_in(self, year):
        return self.filter(held_on__year=year)

    def counted_by(self, field):
        """[{field, number, spent}], most first: how often, and how many minutes in all."""
        counted = self.values(field).annotate(number=Count("pk"), spent=Sum("minutes"))
        return counted.order_by("-number", field)


class Discussion(models.Model):
    """A professional asked for advice and named nobody: counted, and tied to no case."""

    ONCE = "discussion"

    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey(
        Unit, on_delete=models.PROTECT, related_name="+", verbose_name=_("enhet")
    )
    held_on = models.DateField(_("dato"))
    caller_kind = models.CharField(_("fra"), max_length=20, choices=Referral.Sender.choices[1:])
    topic = models.CharField(_("tema"), max_length=30, choices=TOPICS)
    minutes = models.PositiveSmallIntegerField(_("minutter"))
    by = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", verbose_name=_("drøftet med")
    )
    once_digest = models.BinaryField(max_length=32, unique=True)

    objects = DiscussionQuerySet.as_manager()

    class Meta:
        verbose_name = _("drøfting")
        verbose_name_plural = _("drøftinger")
        indexes = [models.Index(fields=["unit", "held_on"], name="discussion_of_unit")]
        constraints = [
            models.CheckConstraint(
                name="discussion_takes_some_minutes", condition=Q(minutes__gte=1, minutes__lte=480)
            )
        ]

    def __str__(self):
        return f"{_('drøfting')} {self.held_on}"
