"""What django-allauth is told about us: where secrets are sealed, and what we are called."""

from urllib.parse import urlsplit

from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings

from tibir.core.encryption import seal, unseal

PLACE = "mfa.authenticator.data"


class Adapter(DefaultMFAAdapter):
    def encrypt(self, text):
        return seal(text, PLACE)

    def decrypt(self, encrypted_text):
        return unseal(encrypted_text, PLACE)

    def get_public_key_credential_rp_entity(self):
        """Bound to the address that people know, never to what a request says it asked for."""
        return {"id": urlsplit(settings.PUBLIC_URL).hostname, "name": "TIBIR"}
