"""What opens a login other than a password, and who has looked at who has which role."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from tibir.accounts.models import Membership, Unit, User
from tibir.core.encryption import EncryptedTextField


class LinkQuerySet(models.QuerySet):
    def open(self, now):
        return self.filter(used_at=None, expires_at__gt=now)


class Link(models.Model):
    """A secret that was sent by e-mail and opens the choice of a password, once and for a while."""

    PURPOSE = "staff.link"

    class Kind(models.TextChoices):
        FIRST = "first", _("første passord")
        FORGOTTEN = "forgotten", _("glemt passord")

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind)
    digest = models.BinaryField(max_length=32, unique=True)
    made_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    objects = LinkQuerySet.as_manager()

    class Meta:
        verbose_name = _("lenke")
        verbose_name_plural = _("lenker")
        constraints = [
            models.UniqueConstraint(
                fields=["user"], condition=Q(used_at=None), name="link_one_unused_for_each_user"
            )
        ]

    def __str__(self):
        return self.get_kind_display()


class Forgotten(models.Model):
    """Somebody has asked for a new password. Whether we know them is found out afterwards.

    So the page does the same work and takes the same time whoever is asked for.
    """

    email = EncryptedTextField(_("e-post"))
    asked_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("glemt passord")
        verbose_name_plural = _("glemte passord")

    def __str__(self):
        return str(self.pk)


class Identity(models.Model):
    """Who a user is at a provider of logins. Nobody is made a user by it."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="identities")
    issuer = models.CharField(_("utsteder"), max_length=200)
    subject = models.CharField(_("nummer hos utstederen"), max_length=255)
    linked_at = models.DateTimeField(_("koblet"), db_default=Now())

    class Meta:
        verbose_name = _("innlogging hos andre")
        verbose_name_plural = _("innlogginger hos andre")
        constraints = [
            models.UniqueConstraint(
                fields=["issuer", "subject"], name="identity_belongs_to_one_user"
            ),
            models.UniqueConstraint(fields=["user", "issuer"], name="identity_one_at_each_issuer"),
        ]

    def __str__(self):
        return self.issuer


class FactorResetQuerySet(models.QuerySet):
    def open(self):
        return self.filter(settled_at=None)


class FactorReset(models.Model):
    """An administrator says that somebody has lost the second step; another one agrees."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(db_default=Now())
    settled_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    settled_at = models.DateTimeField(null=True)
    # There was no other administrator who could agree.
    alone = models.BooleanField(default=False)

    objects = FactorResetQuerySet.as_manager()

    class Meta:
        verbose_name = _("nullstilling")
        verbose_name_plural = _("nullstillinger")
        constraints = [
            models.UniqueConstraint(
                fields=["user"],
                condition=Q(settled_at=None),
                name="factorreset_one_open_for_each_user",
            ),
            models.CheckConstraint(
                name="factorreset_is_of_somebody_else",
                condition=~Q(user=F("asked_by")) & (Q(settled_by=None) | ~Q(user=F("settled_by"))),
            ),
            models.CheckConstraint(
                name="factorreset_takes_two_where_there_are_two",
                condition=Q(settled_by=None) | ~Q(settled_by=F("asked_by")) | Q(alone=True),
            ),
            models.CheckConstraint(
                name="factorreset_is_settled_by_somebody",
                condition=Q(settled_by=None, settled_at=None)
                | Q(settled_by__isnull=False, settled_at__isnull=False),
            ),
        ]

    def __str__(self):
        return str(self.user)


class Review(models.Model):
    """A leader has looked at everybody who has a role in the unit."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("gjort"), db_default=Now())

    class Meta:
        verbose_name = _("gjennomgang av tilganger")
        verbose_name_plural = _("gjennomganger av tilganger")

    def __str__(self):
        return f"{self.unit} {self.at}"


class ReviewedMembership(models.Model):
    """What was decided of one role; the role itself may change afterwards."""

    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="lines")
    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    kept = models.BooleanField(_("beholdt"))

    class Meta:
        verbose_name = _("gjennomgått tilgang")
        verbose_name_plural = _("gjennomgåtte tilganger")
        constraints = [
            models.UniqueConstraint(
                fields=["review", "membership"], name="reviewedmembership_once_in_a_review"
            )
        ]

    def __str__(self):
        return str(self.membership)
