"""How often somebody may try: counted in the database, per account or address.

The limiter never locks staff out: when it cannot count, it lets them in and says so in the log.
"""

import logging

from django.db import DatabaseError, transaction
from django.utils import timezone

from tibir.core.encryption import blind_index
from tibir.core.models import Attempt

log = logging.getLogger(__name__)


def key_of(text):
    """Keyed, so that the table does not tell who tried from where."""
    return blind_index("core.attempt.key", text)


def note(kind, text):
    try:
        with transaction.atomic():
            Attempt.objects.create(kind=kind, key=key_of(text), at=timezone.now())
    except DatabaseError:
        log.exception("an attempt could not be counted")


def too_many(kind, text, *, limit, window):
    """True when `limit` tries of this kind were made in the last `window`."""
    try:
        with transaction.atomic():
            since = timezone.now() - window
            recent = Attempt.objects.filter(kind=kind, key=key_of(text), at__gt=since)
            return recent[:limit].count() >= limit
    except DatabaseError:
        log.exception("attempts could not be counted")
        return False


def forget_old(before):
    return Attempt.objects.filter(at__lt=before).delete()[0]


def address_of(request):
    """The client's address as the one trusted proxy saw it, else as the socket did."""
    forwarded = request.headers.get("X-Forwarded-For", "")
    if forwarded and request.META.get("REMOTE_ADDR", "") in ("", "127.0.0.1", "::1"):
        return forwarded.split(",")[-1].strip()
    return request.META.get("REMOTE_ADDR", "")
