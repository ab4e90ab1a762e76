"""Bytes in the database, sealed, and known again by their checksum."""

import hashlib

from cryptography.exceptions import InvalidTag
from django.db import models
from django.utils.translation import gettext_lazy as _

from tibir.core.encryption import (
    decrypt,
    encrypt,
)


def whole(sealed, place, sha256):
    try:
        content = decrypt(sealed, place)
    except (InvalidTag, KeyError, IndexError):
        return None
    return content if hashlib.sha256(content).digest() == bytes(sha256) else None


class Blob(models.Model):
    """Bytes in the database, encrypted, so that several hosts need no shared disk."""

    PLACE = "documents.blob.sealed"
    SEALED = {"sealed": PLACE}  # what is encrypted here, and bound to which place

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
        """The bytes as they were made, or None when these are no longer they."""
        return whole(self.sealed, self.PLACE, self.sha256)
