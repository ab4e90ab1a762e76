"""What others hand in: kept apart until a clean copy is made, and then only the copy is kept."""

import hashlib
import uuid

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from tibir.accounts.models import Municipality, User
from tibir.cases.models import Case, known_to
from tibir.core.encryption import (
    EncryptedTextField,
    blind_index,
    decrypt,
)
from tibir.documents.kinds import REFUSALS
from tibir.documents.models.blob import whole
from tibir.documents.sanitise import Type, shown_name


class AttachmentQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(known_to(user, "case"))

    def to_check(self, now):
        """Everything that waits and that nobody is checking, however old."""
        return self.filter(
            Q(claimed_until=None) | Q(claimed_until__lte=now), state=Attachment.State.WAITING
        )

    def for_list(self):
        return self.select_related("author").order_by("received_at", "pk")


class WithoutBytes(models.Manager.from_queryset(AttachmentQuerySet)):
    """The bytes are many, and read when somebody asks for them."""

    def get_queryset(self):
        return super().get_queryset().defer("original", "copy")


class Attachment(models.Model):
    """A file that somebody handed in. Nobody is given it until a clean copy of it is made."""

    ORIGINAL, COPY = "documents.attachment.original", "documents.attachment.copy"
    SEALED = {"original": ORIGINAL, "copy": COPY}

    class State(models.TextChoices):
        WAITING = "waiting", _("kontrolleres")
        CLEAN = "clean", _("kontrollert")
        REFUSED = "refused", _("kan ikke brukes")
        INFECTED = "infected", _("sperret")
        DAMAGED = "damaged", _("skadet")

    STOPPED = (State.REFUSED, State.INFECTED)
    MEDIA_TYPES = {
        Type.PDF: "application/pdf",
        Type.JPEG: "image/jpeg",
        Type.PNG: "image/png",
    }
    ENDINGS = {Type.PDF: "pdf", Type.JPEG: "jpg", Type.PNG: "png"}

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="+")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, null=True, related_name="attachments")
    author = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    name = EncryptedTextField(_("filnavn"))
    state = models.CharField(_("status"), max_length=10, choices=State, default=State.WAITING)
    refused_for = models.CharField(_("stoppet fordi"), max_length=20, blank=True)
    fingerprint = models.BinaryField(max_length=16)
    original = models.BinaryField(null=True)
    copy = models.BinaryField(null=True)
    sha256 = models.BinaryField(max_length=32, null=True)
    type = models.CharField(_("filtype"), max_length=10)
    size = models.PositiveIntegerField(_("størrelse"))
    pages = models.PositiveSmallIntegerField(_("sider"), null=True)
    attempts = models.PositiveSmallIntegerField(_("forsøk"), default=0)
    claimed_until = models.DateTimeField(null=True)
    received_at = models.DateTimeField(_("mottatt"), db_default=Now())
    checked_at = models.DateTimeField(_("kontrollert"), null=True)

    objects = WithoutBytes()

    class Meta:
        verbose_name = _("vedlegg")
        verbose_name_plural = _("vedlegg")
        constraints = [
            models.CheckConstraint(
                name="attachment_has_the_bytes_of_its_state",
                condition=Q(state="waiting", original__isnull=False, copy=None)
                | Q(state__in=["clean", "damaged"], original=None, copy__isnull=False)
                | Q(state="refused", original=None, copy=None)
                | Q(state="infected", original__isnull=False, copy=None),
            ),
            models.CheckConstraint(
                name="attachment_copy_has_its_checksum_and_time",
                condition=Q(copy=None, sha256=None, pages=None)
                | Q(sha256__isnull=False, pages__isnull=False, checked_at__isnull=False),
            ),
            models.CheckConstraint(
                name="attachment_refused_for_a_reason",
                condition=Q(state="refused") ^ Q(refused_for=""),
            ),
        ]
        indexes = [
            models.Index(
                fields=["received_at"], name="attachment_waiting", condition=Q(state="waiting")
            ),
            models.Index(
                fields=["id"],
                name="attachment_stopped",
                condition=Q(state__in=["refused", "infected", "damaged"]),
            ),
        ]

    def __str__(self):
        return f"{_('vedlegg')} {self.pk}"

    @staticmethod
    def fingerprint_of(content, name):
        """By which the same file, handed in again after an answer that was lost, is known."""
        return blind_index(
            "documents.attachment.fingerprint", f"{hashlib.sha256(content).hexdigest()} {name}"
        )

    @property
    def shown_name(self):
        return shown_name(self.name) or str(_("uten navn"))

    @property
    def neutral_name(self):
        """For the file on somebody's computer: it tells nothing and hides nothing."""
        return f"vedlegg-{self.public_id.hex[:8]}.{self.ENDINGS[self.type]}"

    @property
    def media_type(self):
        return self.MEDIA_TYPES[self.type]

    @property
    def why(self):
        """What the one who handed it in can do about it."""
        if self.state == self.State.INFECTED:
            return _("Virusskanneren stoppet filen. Legg den ikke ved igjen.")
        return REFUSALS[self.refused_for] if self.refused_for else ""

    @property
    def is_waiting(self):
        return self.state == self.State.WAITING

    @property
    def is_clean(self):
        return self.state == self.State.CLEAN

    @property
    def is_stopped(self):
        return self.state in self.STOPPED

    @property
    def is_damaged(self):
        return self.state == self.State.DAMAGED

    def original_content(self):
        return decrypt(self.original, self.ORIGINAL)

    def content(self):
        """The clean copy as it was made, or None when these are no longer its bytes."""
        return whole(self.copy, self.COPY, self.sha256)
