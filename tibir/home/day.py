"""Min dag: what somebody who meets families does today, in one question to the database."""

import json
from collections import defaultdict
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import connection
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from interventions.kinds import ServiceKind
from interventions.models import Course, Meeting, Note, Service
from interventions.states import OPEN, TAKES_TIME, CourseState
from tibir.access.roles import Kind, units_where, workplaces
from tibir.calendar.holidays import next_working_day
from tibir.calendar.oslo import end_of, start_of
from tibir.cases.models import KNOWN, MEMBER, Person, knowing
from tibir.core.dates import clock_time, short_date
from tibir.core.templatetags import ui
from tibir.deadlines.kinds import RULES, WAIT_UNSEEN
from tibir.deadlines.kinds import Kind as Due
from tibir.deadlines.models import Deadline
from tibir.home.story import full_name

MOST_DUE, MOST_FAMILIES = 25, 50
IN_SIGHT = timedelta(days=14)


# One question for all of it, each kind with what its own `visible_to` asks, and nothing of who is
# strictly protected: a test holds the two against each other. To have the ORM put three of them
# together took several times as long as to ask it.
ROWS = f"""
WITH met AS MATERIALIZED (
    SELECT m.*, is_away, note.id AS note, note.state AS note_state, note.author_id AS author,
        note.on_behalf_of_id AS signer
    FROM interventions_meetingstaff AS staff
    JOIN interventions_meeting AS m ON m.id = staff.meeting_id
    LEFT JOIN interventions_note AS note ON note.meeting_id = m.id
    CROSS JOIN LATERAL (SELECT EXISTS (SELECT FROM accounts_absence AS away
        WHERE away.user_id = %(user)s AND (staff.starts_at AT TIME ZONE %(zone)s)::date
            BETWEEN away.first_on AND away.last_on) AS is_away) AS days
    WHERE staff.user_id = %(user)s AND (
        m.state = 'planned' AND (staff.starts_at < %(begins)s OR is_away)
        OR m.state = ANY(%(takes_time)s) AND staff.starts_at >= %(begins)s
            AND staff.starts_at < %(ends)s)
)
(SELECT 'meeting', row_number() OVER (ORDER BY met.starts_at, met.id) AS place, met.id,
    jsonb_build_object('kind', met.kind, 'state', met.state, 'starts_at', met.starts_at,
        'ends_at', met.ends_at, 'place', met.place, 'is_away', is_away, 'note', note,
        'note_state', note_state, 'author', author, 'signer', signer, 'course', course.id,
        'case', it.id, 'gives', course.practitioner_id, 'supervises', course.supervisor_id,
        'service',
        (SELECT kind FROM interventions_service AS service WHERE service.id = course.service_id),
        'first', child.first_name, 'last', child.last_name)
FROM met
JOIN interventions_course AS course ON course.id = met.course_id
JOIN cases_case AS it ON it.id = course.case_id
JOIN cases_person AS child ON child.id = it.child_id
WHERE {KNOWN} AND it.grade <> ALL(%(strict)s)
    AND ({MEMBER} OR it.unit_id = ANY(%(course_units)s)
        OR course.unit_id = ANY(%(course_units)s)))
UNION ALL
(SELECT 'due', row_number() OVER (ORDER BY due.due_on, due.id) AS place, due.id,
    jsonb_build_object('kind', due.kind, 'target', due.target_id, 'case', due.case_id,
        'reference', due.reference, 'subject', due.subject, 'due_on', due.due_on,
        'first', child.first_name, 'last', child.last_name)
FROM deadlines_deadline AS due
LEFT JOIN cases_case AS it ON it.id = due.case_id
LEFT JOIN cases_person AS child ON child.id = it.child_id
WHERE due.owner_id = %(user)s AND due.unit_id = ANY(%(workplaces)s)
    AND due.met_on IS NULL AND due.closed_reason = '' AND due.due_on <= %(in_sight)s
    AND NOT (due.kind = ANY(%(unseen)s) AND due.due_on > %(today)s)
    AND (it.id IS NULL OR {KNOWN} AND it.grade <> ALL(%(strict)s))
ORDER BY place LIMIT %(most_due)s)
UNION ALL
(SELECT 'family', row_number() OVER (ORDER BY child.sort_key, it.id) AS place, it.id,
    jsonb_build_object('first', child.first_name, 'last', child.last_name,
        'born', child.birth_date, 'given', (
            SELECT COALESCE(jsonb_agg(jsonb_build_object('kind', service.kind,
                'state', given.state, 'held', given.held_before + (
                    SELECT count(*) FROM interventions_meeting AS met
                    WHERE met.course_id = given.id AND met.number IS NOT NULL
                )) ORDER BY given.planned_on, given.id), '[]')
            FROM interventions_course AS given
            JOIN interventions_service AS service ON service.id = given.service_id
            WHERE given.case_id = it.id AND given.state = ANY(%(open)s)
                AND %(user)s IN (given.practitioner_id, given.supervisor_id)))
FROM cases_case AS it
JOIN cases_person AS child ON child.id = it.child_id
WHERE {MEMBER} AND it.id <> ALL(%(closed)s) AND it.grade <> ALL(%(strict)s)
    AND it.state = 'open'
ORDER BY place LIMIT %(most_families)s)
ORDER BY 1, 2
"""  # noqa: S608 - words of our own


def day_of(user, now):
    """What takes place today, what comes next, what nobody has said of those before, and what is
    agreed while the user is away; what is due within two weeks, the notes by themselves; and the
    families the user works with, by the child's name."""
    today = timezone.localdate(now)
    last = next_working_day(today)
    rows = defaultdict(list)
    for what, pk, said in rows_of(user, today, last):
        rows[what].append((pk, said))
    due = [_due(pk, said, today) for pk, said in rows["due"]]
    return {
        **_meetings(user, rows["meeting"], now, last),
        "unsigned": [row for row in due if row["deadline"].kind == Due.NOTE],
        "due": [row for row in due if row["deadline"].kind != Due.NOTE],
        "mine": [_family(pk, said, today) for pk, said in rows["family"]],
    }


def rows_of(user, today, last):
    """(what, id, what is said of it), the first of each kind first: meetings until the last day,
    what is due and has the user as its owner, the most pressing, and families. One query."""
    values = {
        "zone": settings.TIME_ZONE,
        "today": today,
        "begins": start_of(today),
        "ends": end_of(last),
        "takes_time": [state.value for state in TAKES_TIME],
        "course_units": list(units_where(user, Kind.COURSE)),
        "workplaces": list(workplaces(user)),
        "in_sight": today + IN_SIGHT,
        "unseen": [kind.value for kind in WAIT_UNSEEN],
        "open": [state.value for state in OPEN],
        "most_due": MOST_DUE,
        "most_families": MOST_FAMILIES,
    }
    with connection.cursor() as cursor:
        cursor.execute(ROWS, values | knowing(user))
        return [(what, pk, json.loads(said)) for what, _place, pk, said in cursor.fetchall()]


def _meeting(pk, said):
    course = Course(
        pk=said["course"], case_id=said["case"], service=Service(kind=said["service"]),
        practitioner_id=said["gives"], supervisor_id=said["supervises"],
    )  # fmt: skip
    return Meeting(
        pk=pk, course=course, kind=said["kind"], state=said["state"], place=said["place"],
        starts_at=datetime.fromisoformat(said["starts_at"]),
        ends_at=datetime.fromisoformat(said["ends_at"]),
    )  # fmt: skip


def _meetings(user, rows, now, last):
    today, ahead = timezone.localdate(now), []
    day = {"left": [], "meetings": [], "next": None}
    for pk, said in rows:
        meeting = _meeting(pk, said)
        if meeting.day > today:
            ahead.append((meeting, said))
        else:
            which = "meetings" if meeting.day == today else "left"
            day[which].append(_row(user, meeting, said, now))
    if ahead and ahead[0][0].day <= last:
        day["next"] = _row(user, *ahead[0], now)
    away = [each for each in ahead if each[1]["is_away"] and each[0].is_planned]
    return day | {"while_away": [_row(user, *each, now) for each in away]}


def _row(user, meeting, said, now):
    """What one row says, in words: the template is asked for nothing that takes its time."""
    works = meeting.course.is_given_by(user)
    starts, ends = clock_time(meeting.starts_at), clock_time(meeting.ends_at)
    what = [capfirst(meeting.get_kind_display()), str(meeting.course), meeting.place]
    return {
        "meeting": meeting,
        "day": meeting.day,
        "hours": f"{starts}–{ends}",
        "url": meeting.course.get_absolute_url(),
        "child": full_name(said),
        "what": ", ".join(filter(None, what)),
        "became": "" if meeting.is_planned else capfirst(meeting.get_state_display()),
        "presses": list(_presses(user, meeting, said, now)) if works else [],
    }


def _presses(user, meeting, said, now):
    """The one press that follows comes first; then what else may have happened."""
    case, note = meeting.case_id, said["note"]
    if meeting.is_planned and meeting.starts_at <= now:
        yield _press(_("Holdt: skriv notat"), "primary", "hold", case, meeting.pk)
        yield _press(_("Ikke holdt"), "secondary", "miss", case, meeting.pk)
    elif meeting.is_planned:
        yield _press(_("Flytt eller avlys"), "secondary", "miss", case, meeting.pk)
    elif note and said["note_state"] == Note.State.SIGNED:
        yield _press(_("Les notatet"), "tertiary", "note", case, note)
    elif note and user.pk in (said["author"], said["signer"]):
        yield _press(_("Skriv notatet"), "primary", "note", case, note)


def _press(label, weight, name, *ids):
    return {"label": label, "weight": weight, "url": reverse(f"interventions:{name}", args=ids)}


def _due(pk, said, today):
    deadline = Deadline(
        pk=pk, kind=said["kind"], case_id=said["case"], target_id=said["target"],
        reference=said["reference"], subject=said["subject"],
        due_on=date.fromisoformat(said["due_on"]),
    )  # fmt: skip
    days = deadline.days_left(today)
    return {
        "deadline": deadline,
        "url": _leads_to(deadline),
        "clock": ui.days_left(days),
        "urgency": ui.urgency(days),
        "due_on": short_date(deadline.due_on),
        "what": capfirst(deadline.what),
        "child": full_name(said) if deadline.case_id else deadline.reference,
    }


def _leads_to(deadline):
    """It asks for no referral: what leads there, leads first to the page of the deadline."""
    link = RULES[deadline.kind].link
    is_known = link is not None and "referral_id" not in link.columns
    return (is_known and deadline.get_absolute_url()) or deadline.page


def _family(pk, said, today):
    born = said["born"] and date.fromisoformat(said["born"])
    age = Person(birth_date=born).age(today) if born else None
    return {
        "url": reverse("home:case", args=[pk]),
        "child": full_name(said),
        "age": "" if age is None else _("%(age)s år") % {"age": age},
        "given": capfirst(" · ".join(_how_far(**each) for each in said["given"])),
    }


def _how_far(kind, state, held):
    about = {"what": ServiceKind(kind).label, "n": held, "state": CourseState(state).label}
    if state != CourseState.RUNNING:
        return _("%(what)s (%(state)s)") % about
    return ngettext("%(what)s, %(n)d møte", "%(what)s, %(n)d møter", held) % about
