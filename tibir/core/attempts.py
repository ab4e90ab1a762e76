"""How often somebody may try: counted in the database, per account or address.

The limiter never locks staff out: when it cannot count, it lets them in and says so in the log.
"""

import logging
from dataclasses import dataclass
from datetime import timedelta

from django.db import DatabaseError, transaction
from django.utils import timezone

from tibir.core.encryption import blind_index
from tibir.core.models import Attempt

log = logging.getLogger(__name__)
REMEMBERED = timedelta(days=1)


@dataclass(frozen=True)
class Patience:
    """So many tries are free; then a wait that doubles with each, up to the longest."""

    free: int
    longest: timedelta
    first: timedelta = timedelta(seconds=15)

    def after(self, tries):
        """The wait after so many tries in a day."""
        if tries < self.free:
            return timedelta(0)
        doublings = min(tries - self.free, 20)
        return min(self.first * 2**doublings, self.longest)


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


def wait(kind, text, patience):
    """How long until the next try may be made; nothing when that is now."""
    now = timezone.now()
    try:
        with transaction.atomic():
            recent = Attempt.objects.filter(kind=kind, key=key_of(text), at__gt=now - REMEMBERED)
            tries = list(recent.order_by("-at").values_list("at", flat=True)[: patience.free + 21])
    except DatabaseError:
        log.exception("attempts could not be counted")
        return timedelta(0)
    longest = patience.after(len(tries))
    if not longest:
        return longest
    return min(max(tries[0] + longest - now, timedelta(0)), longest)


def forget(kind, text):
    try:
        with transaction.atomic():
            Attempt.objects.filter(kind=kind, key=key_of(text)).delete()
    except DatabaseError:
        log.exception("attempts could not be forgotten")


def forget_old(before):
    return Attempt.objects.filter(at__lt=before).delete()[0]


def address_of(request):
    """The client's address as the one trusted proxy saw it, else as the socket did."""
    forwarded = request.headers.get("X-Forwarded-For", "")
    if forwarded and request.META.get("REMOTE_ADDR", "") in ("", "127.0.0.1", "::1"):
        return forwarded.split(",")[-1].strip()
    return request.META.get("REMOTE_ADDR", "")
