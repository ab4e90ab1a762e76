"""Nobody opens a hundred families in ten minutes: then a program does, or somebody copies.

What somebody may read is theirs to read, so work is never stopped for what a person could have
done: only the speed is limited, and the system's owner is told.
"""

import logging
from datetime import timedelta

from django.db import transaction
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


def cases_opened(user, now):
    """How many different families this user has opened lately."""
    newest = Event.objects.by_user(user.pk).order_by("-pk").values("pk")[:LOOKED_AT]
    lately = Event.objects.filter(pk__in=newest, at__gt=now - WINDOW, case_id__isnull=False)
    return lately.filter(verb__in=verbs_of(Group.OPENED)).values("case_id").distinct().count()
