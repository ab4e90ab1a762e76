"""Issued means frozen: bytes, checksum, template version and the data it was made from."""

import hashlib

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from tibir.accounts.models import Municipality, User
from tibir.cases.models import Case
from tibir.core.encryption import EncryptedJSONField, EncryptedTextField, decrypt, encrypt
from tibir.documents.kinds import Kind


class Blob(models.Model):
    """Bytes in the database, encrypted, so that several hosts need no shared disk."""

    PLACE = "documents.blob.sealed"

    sha256 = models.BinaryField(max_length=32)
    size = models.PositiveIntegerField(_("størrelse"))
    sealed = models.BinaryField()

    class Meta:
        verbose_name = _("innhold")
        verbose_name_plural = _("innhold")

    def __str__(self):
        return bytes(self.sha256).hex()[:12]

    @classmethod
    def of(cls, content):
        return cls.objects.create(
            sha256=hashlib.sha256(content).digest(),
            size=len(content),
            sealed=encrypt(content, cls.PLACE),
        )

    def content(self):
        return decrypt(self.sealed, self.PLACE)


class DocumentQuerySet(models.QuerySet):
    def to_render(self, now):
        """Everything queued that nobody is working on, however old."""
        return self.filter(
            Q(claimed_until=None) | Q(claimed_until__lte=now), state=Document.State.QUEUED
        )


class Document(models.Model):
    class State(models.TextChoices):
        QUEUED = "queued", _("lages nå")
        READY = "ready", _("klart")
        FAILED = "failed", _("kunne ikke lages")

    kind = models.CharField(_("slag"), max_length=40, choices=Kind)
    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="+")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, null=True, related_name="documents")
    author = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    title = EncryptedTextField(_("tittel"))
    language = models.CharField(_("språk"), max_length=5)
    template_version = models.PositiveSmallIntegerField(_("malversjon"))
    data = EncryptedJSONField(_("innhold"))
    state = models.CharField(_("status"), max_length=10, choices=State, default=State.QUEUED)
    blob = models.ForeignKey(Blob, on_delete=models.PROTECT, null=True, related_name="+")
    attempts = models.PositiveSmallIntegerField(_("forsøk"), default=0)
    claimed_until = models.DateTimeField(null=True)
    created_at = models.DateTimeField(_("bestilt"), db_default=Now())
    ready_at = models.DateTimeField(_("klart"), null=True)
    error = models.CharField(_("feil"), max_length=60, blank=True)

    objects = DocumentQuerySet.as_manager()

    class Meta:
        verbose_name = _("dokument")
        verbose_name_plural = _("dokumenter")
        constraints = [
            models.CheckConstraint(
                name="document_ready_has_bytes_and_time",
                condition=Q(state="ready", blob__isnull=False, ready_at__isnull=False)
                | ~Q(state="ready") & Q(blob=None, ready_at=None),
            )
        ]
        indexes = [
            models.Index(fields=["created_at"], name="document_queued", condition=Q(state="queued"))
        ]

    def __str__(self):
        return f"{self.get_kind_display()} {self.pk}"

    @property
    def is_frozen(self):
        return self.state == self.State.READY
