"""A message is a row first. Channels come and go; the row is what was promised."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from tibir.accounts.models import Municipality, User
from tibir.cases.models import Case, CasePerson
from tibir.core.encryption import EncryptedJSONField
from tibir.notifications.kinds import Kind


class Notification(models.Model):
    """One thing that one recipient is told, exactly once."""

    kind = models.CharField(_("slag"), max_length=40, choices=Kind)
    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="+")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, null=True, related_name="+")
    target_type = models.CharField(max_length=60)
    target_id = models.BigIntegerField()
    stage = models.CharField(max_length=20, blank=True)
    user = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="notifications"
    )
    person = models.ForeignKey(
        CasePerson, on_delete=models.PROTECT, null=True, related_name="notifications"
    )
    language = models.CharField(max_length=5, default="nb")
    # What the text needs: a reference and dates, never anything of a family.
    data = EncryptedJSONField(default=dict)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("varsel")
        verbose_name_plural = _("varsler")
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "target_type", "target_id", "stage", "user", "person"],
                name="notification_once_per_recipient",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                name="notification_has_one_recipient",
                condition=Q(user=None) ^ Q(person=None),
            ),
        ]

    def __str__(self):
        return self.get_kind_display()


class DeliveryQuerySet(models.QuerySet):
    def to_try(self, now):
        """Everything due and not done, however long ago: there is no window to fall out of."""
        return self.filter(
            Q(state=Delivery.State.WAITING, next_try_at__lte=now)
            | Q(state=Delivery.State.SENDING, claimed_until__lte=now)
        )


class Delivery(models.Model):
    """One notification on one channel."""

    class Channel(models.TextChoices):
        EMAIL = "email", _("e-post")

    class State(models.TextChoices):
        WAITING = "waiting", _("venter")
        SENDING = "sending", _("sendes")
        SENT = "sent", _("sendt")
        FAILED = "failed", _("feilet")
        STOPPED = "stopped", _("stanset")

    notification = models.ForeignKey(
        Notification, on_delete=models.PROTECT, related_name="deliveries"
    )
    channel = models.CharField(_("kanal"), max_length=10, choices=Channel)
    state = models.CharField(_("status"), max_length=10, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(_("forsøk"), default=0)
    next_try_at = models.DateTimeField(db_default=Now())
    claimed_until = models.DateTimeField(null=True)
    message_id = models.CharField(max_length=120, unique=True)
    # The outcome of one attempt was never known, so the receiver may have it twice.
    uncertain = models.BooleanField(_("kan ha kommet fram to ganger"), default=False)
    sent_at = models.DateTimeField(_("sendt"), null=True)
    error = models.CharField(_("feil"), max_length=60, blank=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = _("levering")
        verbose_name_plural = _("leveringer")
        constraints = [
            models.UniqueConstraint(
                fields=["notification", "channel"], name="delivery_once_per_channel"
            ),
            models.CheckConstraint(
                name="delivery_sent_has_a_time",
                condition=Q(state="sent") ^ Q(sent_at=None),
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_try_at"],
                name="delivery_waiting",
                condition=Q(state__in=["waiting", "sending"]),
            )
        ]

    def __str__(self):
        return f"{self.notification} ({self.get_channel_display()})"
