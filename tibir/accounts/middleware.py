from django.conf import settings
from django.contrib.auth import logout
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
        if idle > limits[0] or age > limits[1]:
            logout(request)
        elif idle >= 60 or SEEN not in session:
            session[SEEN] = now  # once a minute is exact enough, and spares a write per page
