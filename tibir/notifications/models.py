"""A message is a row first. Channels come and go; the row is what was promised."""

from django.db import models
from django.db.models import Q, Value
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from tibir.accounts.models import Municipality, User
from tibir.cases.models import Case, CasePerson, known_to
from tibir.core.encryption import EncryptedJSONField
from tibir.notifications.kinds import GATHERED, IN_NO_INBOX, OF_A_LOGIN, Channel, Kind


class NotificationQuerySet(models.QuerySet):
    def visible_to(self, user):
        """The inbox: what this user was told, as long as they may know of its case."""
        mine = self.filter(user=user).exclude(kind__in=IN_NO_INBOX)
        return mine.filter(Q(case=None) | known_to(user, "case"))

    def unread(self):
        return self.filter(read_at=None)

    def to_gather(self, before):
        """What staff were told before this moment, and neither read nor got an e-mail about."""
        of_staff = self.unread().filter(user__isnull=False, digest=None, kind__in=GATHERED)
        return of_staff.filter(created_at__lt=before)

    def for_list(self):
        return self.order_by("-pk")

    def before(self, pk):
        return self.filter(pk__lt=pk)


class Notification(models.Model):
    """One thing that one recipient is told, exactly once.

    A notice to staff is its row: it is in the inbox when it is committed, and the e-mail comes
    by itself. So a job that tells many at once may write the rows with one INSERT … SELECT … ON
    CONFLICT DO NOTHING, and needs no deliveries. It fills in `kind`, `municipality_id`,
    `case_id` (whenever it is about a case: protection is held by it), `target_type`,
    `target_id`, `stage`, `user_id`, and `late` where it was found out late; the database knows
    the rest. Only a kind that `RULES` sends at once needs a delivery too: leave it to `tell`.
    """

    class Mailbox(models.TextChoices):
        """A recipient who is neither employed nor in a case; where it is stands in settings."""

        SYSTEM_OWNER = "system_owner", _("systemeier")

    kind = models.CharField(_("slag"), max_length=40, choices=Kind)
    municipality = models.ForeignKey(
        Municipality, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    case = models.ForeignKey(Case, on_delete=models.PROTECT, null=True, related_name="+")
    target_type = models.CharField(max_length=60, blank=True)
    target_id = models.BigIntegerField()
    stage = models.CharField(max_length=80, blank=True, db_default="")
    late = models.BooleanField(_("oppdaget sent"), default=False, db_default=False)
    user = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="notifications", db_index=False
    )
    person = models.ForeignKey(
        CasePerson, on_delete=models.PROTECT, null=True, related_name="notifications"
    )
    mailbox = models.CharField(
        _("postkasse"), max_length=20, choices=Mailbox, blank=True, db_default=""
    )
    language = models.CharField(max_length=5, default="nb", db_default="nb")
    # What the text needs: a reference and dates, never anything of a family.
    data = EncryptedJSONField(
        default=dict, db_default=Value(b"", output_field=models.BinaryField())
    )
    created_at = models.DateTimeField(db_default=Now())
    read_at = models.DateTimeField(_("lest"), null=True)
    # The e-mail, a notification too, that said that this one waits.
    digest = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="gathered", db_index=False
    )

    objects = NotificationQuerySet.as_manager()

    class Meta:
        verbose_name = _("varsel")
        verbose_name_plural = _("varsler")
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "target_type", "target_id", "stage", "user", "person", "mailbox"],
                name="notification_once_per_recipient",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                name="notification_has_one_recipient",
                condition=Q(user__isnull=False, person=None, mailbox="")
                | Q(user=None, person__isnull=False, mailbox="")
                | (Q(user=None, person=None) & ~Q(mailbox="")),
            ),
            models.CheckConstraint(
                name="notification_of_people_has_a_municipality",
                condition=Q(municipality__isnull=False)
                | ~Q(mailbox="")
                | Q(user__isnull=False, kind__in=OF_A_LOGIN),
            ),
        ]
        indexes = [
            models.Index(fields=["user", "-id"], name="notification_inbox"),
            models.Index(
                fields=["user"],
                name="notification_unread",
                condition=Q(read_at=None, user__isnull=False),
            ),
            models.Index(
                fields=["user", "created_at"],
                name="notification_to_gather",
                condition=Q(read_at=None, digest=None, user__isnull=False),
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
