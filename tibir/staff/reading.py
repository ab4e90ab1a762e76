"""Nobody opens a hundred families in ten minutes: then a program does, or somebody copies.

What somebody may read is theirs to read, so work is never stopped for what a person could have
done: only the speed is limited, and the system's owner is told.
"""

import logging
from datetime import timedelta

from django.db import connection, transaction
from django.shortcuts import render
from django.utils import timezone

from tibir.audit.kinds import Group, verbs_of
from tibir.audit.models import Event
from tibir.audit.record import CLOCK, record
from tibir.notifications import actions as notifications

log = logging.getLogger(__name__)

CASES = 100
WINDOW = timedelta(minutes=10)
LOOKED_AT = 2000  # of the newest rows of the log: more than the window ever holds
OF_A_FAMILY = {"pk", "case", "person"}
WAIT = timedelta(minutes=5)


class Reading:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        if not (request.user.is_authenticated and OF_A_FAMILY & kwargs.keys()):
            return None
        if cases_opened(request.user, timezone.now()) < CASES:
            return None
        self._tell(request.user)
        page = render(request, "staff/too_fast.html", status=429)
        page["Retry-After"] = str(int(WAIT.total_seconds()))
        return page

    @transaction.atomic
    def _tell(self, user):
        log.warning("made to wait: reading")
        record("access.slowed", user, by=user)
        notifications.alarm(f"reading {user.pk} {timezone.localdate()}", by=CLOCK)


# Asked on every page of a family: to have the ORM put it together took longer than to ask it.
OPENED = """
SELECT count(DISTINCT case_id) FROM (
    SELECT case_id, at, verb FROM audit_event
    WHERE actor_kind = %(kind)s AND actor_id = %(user)s ORDER BY id DESC LIMIT %(looked_at)s
) AS newest
WHERE at > %(since)s AND case_id IS NOT NULL AND verb = ANY(%(verbs)s)
"""


def cases_opened(user, now):
    """How many different families this user has opened lately."""
    values = {
        "kind": Event.Actor.USER.value,
        "user": user.pk,
        "looked_at": LOOKED_AT,
        "since": now - WINDOW,
        "verbs": verbs_of(Group.OPENED),
    }
    with connection.cursor() as cursor:
        cursor.execute(OPENED, values)
        (count,) = cursor.fetchone()
    return count
