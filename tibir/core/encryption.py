"""Fields that the database cannot read.

A value is stored as 0x01 | key id | nonce (12) | ciphertext and tag, AES-256-GCM, with
"app.model.field" as associated data: a value moved to another column does not open.
"""

import base64
import hashlib
import hmac
import json
import os
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

VERSION = 1
NONCE_BYTES = 12


@lru_cache
def _ring(text):
    ring = {}
    for entry in text.split(","):
        key_id, _, key = entry.strip().partition(":")
        ring[int(key_id)] = base64.b64decode(key)
    if not ring or any(len(key) != 32 or not 0 < id_ < 256 for id_, key in ring.items()):
        raise ImproperlyConfigured("TIBIR_KEYS must be id:base64 of 32 bytes, newest first.")
    return ring


def encrypt(plain: bytes, place: str) -> bytes:
    """`plain` under the newest key, bound to `place`."""
    key_id, key = next(iter(_keys().items()))
    nonce = os.urandom(NONCE_BYTES)
    return bytes([VERSION, key_id]) + nonce + AESGCM(key).encrypt(nonce, plain, place.encode())


def _keys():
    return _ring(settings.TIBIR_KEYS)


def newest_key_id() -> int:
    return next(iter(_keys()))


def decrypt(sealed: bytes, place: str) -> bytes:
    """The value again; a wrong key or place raises cryptography's InvalidTag, never garbage."""
    sealed = bytes(sealed)
    key = _keys()[sealed[1]]
    nonce, rest = sealed[2 : 2 + NONCE_BYTES], sealed[2 + NONCE_BYTES :]
    return AESGCM(key).decrypt(nonce, rest, place.encode())


def blind_index(place: str, value: str) -> bytes:
    """Sixteen bytes by which equal values can be found without being read, by the newest key."""
    return blind_indexes(place, value)[0]


def blind_indexes(place: str, value: str) -> list[bytes]:
    """By each key of the index, the newest first: what to look for while keys are changed."""
    keys = map(base64.b64decode, settings.TIBIR_INDEX_KEY.split(","))
    message = f"{place}\0{value}".encode()
    return [hmac.new(key, message, hashlib.sha256).digest()[:16] for key in keys]


def seal(text: str, place: str) -> str:
    """Letters and digits that say nothing, for where text must be kept, such as a session."""
    return base64.urlsafe_b64encode(encrypt(text.encode(), place)).decode()


def is_newest(sealed: str) -> bool:
    """Whether a sealed text is under the newest key."""
    return base64.urlsafe_b64decode(sealed)[1] == newest_key_id()


def unseal(sealed: str, place: str) -> str:
    """The text again; nothing of nothing, of what was not sealed for this place, or of what was
    sealed by a key that is gone since."""
    try:
        return decrypt(base64.urlsafe_b64decode(sealed), place).decode()
    except (InvalidTag, ValueError, KeyError, IndexError):
        return ""


class EncryptedTextField(models.Field):
    """Text; empty stays empty, so that a row shows whether there is anything at all."""

    empty_values = [None, ""]

    def __init__(self, *args, **kwargs):
        kwargs["editable"] = False
        super().__init__(*args, **kwargs)

    def deconstruct(self):
        name, path, args, kwargs = super().deconstruct()
        del kwargs["editable"]
        return name, path, args, kwargs

    def get_internal_type(self):
        return "BinaryField"

    @property
    def place(self):
        return f"{self.model._meta.label_lower}.{self.name}"

    def dumps(self, value):
        return value.encode()

    def loads(self, plain):
        return plain.decode()

    def get_db_prep_value(self, value, connection, prepared=False):
        if value is None:
            return None
        return b"" if value == "" else encrypt(self.dumps(value), self.place)

    def from_db_value(self, value, expression, connection):
        if value is None:
            return None
        value = bytes(value)
        return self.loads(decrypt(value, self.place)) if value else ""

    def value_to_string(self, obj):
        raise TypeError("An encrypted field is not serialised.")


class EncryptedJSONField(EncryptedTextField):
    def dumps(self, value):
        return json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False).encode()

    def loads(self, plain):
        return json.loads(plain)
