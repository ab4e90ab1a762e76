"""A demo that has a past: the same actions, on the days when they would have been done."""

from contextlib import contextmanager
from datetime import datetime, time
from unittest import mock

from django.utils import timezone


@contextmanager
def at(day, hour=9, minute=0):
    """Inside, it is that moment for all that we do ourselves. The database has its own clock, and
    the log its own: that something was written today is never hidden."""
    moment = timezone.make_aware(datetime.combine(day, time(hour, minute)))
    with mock.patch.object(timezone, "now", return_value=moment):
        yield moment
