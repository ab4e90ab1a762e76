"""What the inbox says of each notice, in words; nothing of a family."""

from django.db import connection
from django.utils.text import capfirst

from tibir.calendar.answer import days_left
from tibir.cases.models import KNOWN, knowing
from tibir.core.dates import weekday_date
from tibir.core.templatetags import ui
from tibir.deadlines.models import Deadline
from tibir.home.kinds import things
from tibir.notifications.kinds import IN_NO_INBOX

COUNTED = 99
DEADLINE = Deadline._meta.label_lower


# `Notification.objects.visible_to(user).unread()`, asked on every page of staff: to have the ORM
# put it together took longer than to ask it.
UNREAD = f"""
SELECT count(*) FROM (
    SELECT FROM notifications_notification AS notice
    LEFT JOIN cases_case AS it ON it.id = notice.case_id
    WHERE notice.user_id = %(user)s AND notice.read_at IS NULL
        AND notice.kind <> ALL(%(in_no_inbox)s) AND (it.id IS NULL OR {KNOWN})
    LIMIT %(most)s
) AS unread
"""  # noqa: S608 - words of our own


def unread_count(user):
    """«3», or «99+»: nobody needs to know how many more. Nothing when there is none."""
    values = {"most": COUNTED + 1, "in_no_inbox": [kind.value for kind in IN_NO_INBOX]}
    with connection.cursor() as cursor:
        cursor.execute(UNREAD, values | knowing(user))
        (count,) = cursor.fetchone()
    return f"{COUNTED}+" if count > COUNTED else str(count or "")


def notices(user, notifications, today):
    """One dict for each, in the same order; a constant number of queries for all of them."""
    ids = {n.target_id for n in notifications if n.target_type == DEADLINE}
    deadlines = {(DEADLINE, pk): found for pk, found in Deadline.objects.in_bulk(ids).items()}
    rows = [(n, deadlines.get((n.target_type, n.target_id))) for n in notifications]
    found = things(user, {_target(*row) for row in rows})
    return [_notice(*row, found.get(_target(*row)), today) for row in rows]


def _target(notification, deadline):
    """A deadline is about something in its turn, and that is what is opened."""
    of = deadline or notification
    return of.target_type, of.target_id


def _notice(notification, deadline, thing, today):
    title = capfirst(notification.get_kind_display())
    words = {
        "notification": notification,
        "title": f"{title}: {deadline.what}" if deadline else title,
        "reference": thing.reference if thing else "",
        "url": thing.url if thing else "",
        "due_on": "",
        "is_over": False,
    }
    if deadline:
        days = days_left(deadline.due_on, today)
        words["due_on"] = weekday_date(deadline.due_on)
        words["is_over"] = bool(deadline.met_on or deadline.closed_reason)
        words["clock"], words["urgency"] = ui.days_left(days), ui.urgency(days)
    return words
