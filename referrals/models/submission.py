"""What somebody types and sends, kept as it was sent."""

import uuid

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from referrals.questions import ENTRANCES, is_from_professional
from tibir.access.roles import Kind, units_where
from tibir.accounts.models import Municipality
from tibir.audit.models import Event
from tibir.cases.models import known_to
from tibir.core.codes import matches
from tibir.core.encryption import EncryptedJSONField
from tibir.documents.models import Attachment, Document


class DraftQuerySet(models.QuerySet):
    def alive(self, now):
        return self.filter(expires_at__gt=now)


class Draft(models.Model):
    """What somebody has typed so far; opened by a secret of which only the digest is kept."""

    PURPOSE = "draft"

    class Entrance(models.TextChoices):
        PARENT = "parent", _("forelder")
        PROFESSIONAL = "professional", _("fagperson")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    secret_digest = models.BinaryField(max_length=32)
    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="+")
    language = models.CharField(max_length=5, default="nb")
    entrance = models.CharField(max_length=20, choices=Entrance, default=Entrance.PARENT)
    # {"steps": {slug: {"typed": {field: [values]}, "version": n}}, "token": …}
    payload = EncryptedJSONField(default=dict)
    version = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()
    saved_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    submission = models.ForeignKey(
        "Submission", on_delete=models.PROTECT, null=True, related_name="+"
    )

    objects = DraftQuerySet.as_manager()

    class Meta:
        verbose_name = _("utkast")
        verbose_name_plural = _("utkast")
        indexes = [models.Index(fields=["expires_at"], name="draft_expires")]

    def __str__(self):
        return f"{_('utkast')} {self.public_id}"

    @property
    def door(self):
        return ENTRANCES[self.entrance]

    def opens_with(self, secret):
        return matches(self.PURPOSE, secret, self.secret_digest)

    def typed(self, step):
        return self.payload.get("steps", {}).get(step, {}).get("typed")

    def version_of(self, step):
        return self.payload.get("steps", {}).get(step, {}).get("version", 0)

    def attachments(self):
        return Attachment.objects.filter(enclosure__draft=self).for_list()

    @property
    def has_room_for_files(self):
        return self.enclosures.count() < Enclosure.MOST

    @property
    def asks_for_protection(self):
        return (self.typed("deg") or {}).get("protection") in (["yes"], ["talk"])


def _known_to(user):
    """Not read in, it belongs to no case yet; then, it is known to those who know of the case."""
    return Q(referral=None) | known_to(user, "referral__case")


class SubmissionQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Those who may read a referral may read what it is made from, read in or not."""
        read = self.filter(municipality__intake_unit__in=units_where(user, Kind.REFERRAL))
        return read.filter(_known_to(user))

    def listed_for(self, user):
        """What staff have typed in where this user may: references and dates, never words."""
        typed_in = self.filter(channel__in=Submission.DESK)
        typed_in = typed_in.filter(municipality__intake_unit__in=units_where(user, Kind.REGISTER))
        return typed_in.filter(_known_to(user))

    def stopped(self):
        """Stored, but no referral came of it: staff must look."""
        return self.exclude(stopped_by="").order_by("pk")


class Submission(models.Model):
    """What somebody sent, as it was sent. Stored before anything else is promised."""

    STATUS, RECEIPT, ONCE = "status", "receipt", "once"

    actor_kind = Event.Actor.SENDER

    class Channel(models.TextChoices):
        FORM = "form", _("skjema")
        CALL_ME = "call_me", _("ring meg")
        PROFESSIONAL = "professional", _("skjema for fagpersoner")
        PHONE = "phone", _("telefon")
        PAPER = "paper", _("papir")
        IN_PERSON = "in_person", _("oppmøte")

    DESK = [Channel.PHONE, Channel.PAPER, Channel.IN_PERSON]

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="+")
    reference = models.CharField(_("referanse"), max_length=20, unique=True)
    once_digest = models.BinaryField(max_length=32, unique=True)
    content_digest = models.BinaryField(max_length=32)
    status_digest = models.BinaryField(max_length=32)
    receipt_digest = models.BinaryField(max_length=32)
    channel = models.CharField(_("kanal"), max_length=20, choices=Channel)
    language = models.CharField(_("språk"), max_length=5)
    received_at = models.DateTimeField(_("mottatt"))
    answers = EncryptedJSONField(_("svar"))
    receipt = models.ForeignKey(Document, on_delete=models.PROTECT, null=True, related_name="+")
    stopped_by = models.CharField(_("stoppet av"), max_length=60, blank=True)

    objects = SubmissionQuerySet.as_manager()

    class Meta:
        verbose_name = _("innsending")
        verbose_name_plural = _("innsendinger")
        indexes = [
            models.Index(
                fields=["municipality"], name="submission_stopped", condition=~Q(stopped_by="")
            )
        ]

    def __str__(self):
        return self.reference

    def get_absolute_url(self):
        return reverse("referrals:submission", args=[self.pk])

    @property
    def is_from_professional(self):
        return is_from_professional(self.answers)

    def shows_status_to(self, secret):
        return matches(self.STATUS, secret, self.status_digest)

    def shows_receipt_to(self, secret):
        return matches(self.RECEIPT, secret, self.receipt_digest)

    def attachments(self):
        return Attachment.objects.filter(enclosure__submission=self).for_list()

    def sent_along(self):
        """What the sender enclosed; staff may have added more."""
        return self.attachments().filter(author=None)


class Enclosure(models.Model):
    """A file that goes with a draft, and with the submission once that is sent.

    A draft that goes takes its files along: a trigger sees to it, whoever deletes it.
    """

    MOST = 5  # with one draft

    attachment = models.OneToOneField(
        Attachment, on_delete=models.PROTECT, related_name="enclosure"
    )
    draft = models.ForeignKey(Draft, on_delete=models.CASCADE, null=True, related_name="enclosures")
    submission = models.ForeignKey(
        Submission, on_delete=models.PROTECT, null=True, related_name="enclosures"
    )

    class Meta:
        verbose_name = _("vedlagt fil")
        verbose_name_plural = _("vedlagte filer")
        constraints = [
            models.CheckConstraint(
                name="enclosure_goes_with_a_draft_or_with_what_was_sent",
                condition=Q(draft=None) ^ Q(submission=None),
            )
        ]

    def __str__(self):
        return f"{_('vedlagt fil')} {self.pk}"
