"""Where somebody is logged in: which browser, since when, and when it was last used."""

import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, datetime

from django.contrib.auth import HASH_SESSION_KEY
from django.utils import timezone

from tibir.accounts.middleware import SEEN, STARTED
from tibir.accounts.models import Session

DEVICE = "device"
# The first that is found in what a browser says of itself: several say that they are others too.
BROWSERS = {
    "Edg": "Edge",
    "OPR": "Opera",
    "Firefox": "Firefox",
    "Chrome": "Chrome",
    "Safari": "Safari",
}
SYSTEMS = {
    "Android": "Android",
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Windows": "Windows",
    "Mac OS": "Mac",
    "CrOS": "Chromebook",
    "Linux": "Linux",
}


@dataclass(frozen=True)
class OpenSession:
    mark: str  # tells which, and opens nothing
    device: str
    started_at: datetime
    seen_at: datetime
    is_this: bool


def device_of(request):
    """«Firefox, Windows»: words of ours, whatever it says; empty when nothing is known."""
    said = request.headers.get("User-Agent", "")
    found = [
        next((name for sign, name in names.items() if re.search(rf"\b{sign}", said)), "")
        for names in (BROWSERS, SYSTEMS)
    ]
    return ", ".join(filter(None, found))


def sessions_of(user):
    return Session.objects.filter(user=user, expire_date__gt=timezone.now())


def open_sessions(user, this_key):
    """Those that still open; this one first, and then the one that was used last."""
    now = timezone.now().timestamp()
    found = []
    for row in sessions_of(user):
        data = row.get_decoded()
        if data.get(HASH_SESSION_KEY) != user.get_session_auth_hash():
            continue
        began = data.get(STARTED, now)  # the first page after the login says when that was
        found.append(
            OpenSession(
                mark=mark_of(row.session_key),
                device=data.get(DEVICE, ""),
                started_at=datetime.fromtimestamp(began, UTC),
                seen_at=datetime.fromtimestamp(data.get(SEEN, began), UTC),
                is_this=row.session_key == this_key,
            )
        )
    return sorted(found, key=lambda each: (not each.is_this, -each.seen_at.timestamp()))


def mark_of(key):
    """Of a key that opens a session, something that names it and opens nothing."""
    return hashlib.sha256(key.encode()).hexdigest()[:32]
