import math

from django.conf import settings
from django.contrib.auth import logout
from django.urls import reverse
from django.utils import timezone

STARTED, SEEN = "started_at", "seen_at"


class SessionLimits:
    """A login ends after a while without use, and after a working day whatever the use."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.user.is_authenticated:
            self._check(request, timezone.now().timestamp())
        return self.get_response(request)

    def _check(self, request, now):
        session = request.session
        idle = now - session.get(SEEN, now)
        age = now - session.setdefault(STARTED, now)
        limits = settings.SESSION_IDLE.total_seconds(), settings.SESSION_ABSOLUTE.total_seconds()
        # A page that asks by itself how long is left must not make it longer.
        is_use = request.path != reverse("logged_in")
        if idle > limits[0] or age > limits[1]:
            logout(request)
        elif SEEN not in session or (idle >= 60 and is_use):
            session[SEEN] = now  # once a minute is exact enough, and spares a write per page


def seconds_left(session):
    """Until the login ends if nobody uses it, and until it ends whatever the use."""
    now = timezone.now().timestamp()
    unused = settings.SESSION_IDLE.total_seconds() - (now - session.get(SEEN, now))
    whole = settings.SESSION_ABSOLUTE.total_seconds() - (now - session.get(STARTED, now))
    return math.ceil(min(unused, whole)), math.ceil(whole)
