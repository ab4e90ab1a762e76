"""Everything that has happened in a case, in one question: what the reader may see, and no more."""

import json

from django.conf import settings
from django.db import connection

from tibir.access.roles import Kind, has_role, units_where, workplaces
from tibir.accounts.models import Role
from tibir.cases.models import TimedAccess
from tibir.deadlines.kinds import WAIT_UNSEEN
from tibir.documents.kinds import Kind as Paper

# One question for all of it, each kind with what its own `visible_to` asks of a case that is known
# to the reader already: a test holds the two against each other. To have the ORM put eight of them
# together took ten times as long as to ask.
ROWS = """
WITH course AS (
    SELECT c.*, s.kind, person.name AS owner, place.name AS place,
        s.most_meetings + COALESCE((SELECT sum(more.count) FROM interventions_extension AS more
            WHERE more.course_id = c.id AND more.is_approved), 0) AS most_meetings
    FROM interventions_course AS c
    JOIN interventions_service AS s ON s.id = c.service_id
    JOIN accounts_user AS person ON person.id = c.practitioner_id
    JOIN accounts_unit AS place ON place.id = c.unit_id
    WHERE c.case_id = %(case)s
),
members AS MATERIALIZED (
    SELECT member.*, person.name, member.unit_id IS NULL OR member.wider_basis <> '' AS is_inside
    FROM cases_casemember AS member
    JOIN accounts_user AS person ON person.id = member.user_id,
        (SELECT (statement_timestamp() AT TIME ZONE %(zone)s)::date AS today) AS day
    WHERE member.case_id = %(case)s AND member.started_on <= today
        AND (member.ended_on IS NULL OR member.ended_on >= today)
),
reader AS MATERIALIZED (
    SELECT count(*) > 0 AS is_member, COALESCE(bool_or(is_inside), false) AS works_inside
    FROM members WHERE user_id = %(user)s
),
seen AS (
    SELECT course.* FROM course, reader
    WHERE is_member OR %(sees_courses)s OR unit_id = ANY(%(course_units)s)
)
SELECT 'course', COALESCE(started_on, planned_on), id, id, jsonb_build_object(
    'kind', kind, 'state', state, 'owner', owner, 'gives', practitioner_id,
    'supervises', supervisor_id, 'unit', place, 'started_on', started_on, 'ended_on', ended_on,
    'most', most_meetings)
FROM seen
UNION ALL
SELECT 'meeting', (m.starts_at AT TIME ZONE %(zone)s)::date, m.id, m.course_id,
    jsonb_build_object('kind', m.kind, 'state', m.state, 'number', m.number, 'at', m.starts_at)
FROM interventions_meeting AS m JOIN seen ON seen.id = m.course_id
UNION ALL
SELECT 'note', (n.saved_at AT TIME ZONE %(zone)s)::date, n.id, n.course_id, jsonb_build_object(
    'meeting', n.meeting_id, 'state', n.state, 'author', n.author_id,
    'signer', n.on_behalf_of_id)
FROM interventions_note AS n JOIN course ON course.id = n.course_id
WHERE %(user)s IN (course.practitioner_id, course.supervisor_id, n.author_id,
        n.on_behalf_of_id, n.cosigner_id)
    OR %(reads_journals)s
    OR course.unit_id = ANY(%(journal_units)s) AND NOT %(is_strict)s
UNION ALL
SELECT 'member', started_on, id, NULL, jsonb_build_object('user', user_id, 'name', name,
    'role', role, 'ended_on', ended_on, 'is_inside', is_inside)
FROM members
UNION ALL
SELECT 'due', due.due_on, due.id, NULL, jsonb_build_object(
    'kind', due.kind, 'subject', due.subject, 'owner', owner.name)
FROM deadlines_deadline AS due
LEFT JOIN accounts_user AS owner ON owner.id = due.owner_id
WHERE due.case_id = %(case)s AND due.met_on IS NULL AND due.closed_reason = ''
    AND NOT (due.kind = ANY(%(unseen)s) AND due.due_on > %(today)s)
    AND (due.unit_id = ANY(%(deadline_units)s)
        OR due.owner_id = %(user)s AND due.unit_id = ANY(%(workplaces)s)
        OR %(is_cleared)s AND %(is_strict)s)
UNION ALL
SELECT 'pause', p.started_on, p.id, p.course_id, jsonb_build_object('until', p.ended_on)
FROM interventions_pause AS p JOIN seen ON seen.id = p.course_id
UNION ALL
SELECT 'goal', g.set_on, g.id, g.course_id, jsonb_build_object('words', g.words,
    'ended_on', g.ended_on, 'ending', g.ending)
FROM interventions_goal AS g JOIN course ON course.id = g.course_id
WHERE %(user)s IN (course.practitioner_id, course.supervisor_id)
    OR %(reads_journals)s
    OR course.state = 'transferred' AND EXISTS (WITH RECURSIVE later AS (
            SELECT * FROM course AS next WHERE next.follows_id = g.course_id
            UNION ALL SELECT next.* FROM course AS next JOIN later ON next.follows_id = later.id)
        SELECT FROM later WHERE %(user)s IN (later.practitioner_id, later.supervisor_id))
    OR course.unit_id = ANY(%(journal_units)s) AND NOT %(is_strict)s
UNION ALL
SELECT 'referral', r.received_on, r.id, NULL, jsonb_build_object(
    'reference', s.reference, 'state', r.state, 'owner', person.name, 'due_on', r.due_on)
FROM referrals_referral AS r
JOIN referrals_submission AS s ON s.id = r.submission_id
LEFT JOIN accounts_user AS person ON person.id = r.owner_id
WHERE r.case_id = %(case)s
UNION ALL
SELECT 'letter', COALESCE(d.done_on, (d.created_at AT TIME ZONE %(zone)s)::date), d.id, NULL,
    jsonb_build_object('kind', l.kind, 'state', d.state, 'channel', d.channel, 'document', l.id,
        'first', p.first_name, 'last', p.last_name)
FROM documents_dispatch AS d
JOIN documents_document AS l ON l.id = d.document_id
JOIN cases_caseperson AS recipient ON recipient.id = d.person_id
JOIN cases_person AS p ON p.id = recipient.person_id, reader
WHERE l.case_id = %(case)s
    AND (l.unit_id = ANY(%(letter_units)s)
        OR %(is_cleared)s AND %(is_strict)s
        OR works_inside AND l.kind = %(consent_form)s OR is_member AND l.author_id = %(user)s)
    AND (%(is_cleared)s AND is_member
        OR NOT EXISTS (SELECT FROM documents_seal AS seal WHERE seal.document_id = l.id))
UNION ALL
SELECT 'draft', (d.saved_at AT TIME ZONE %(zone)s)::date, d.id, d.course_id,
    jsonb_build_object('first', p.first_name, 'last', p.last_name)
FROM interventions_report AS d
JOIN cases_caseperson AS recipient ON recipient.id = d.recipient_id
JOIN cases_person AS p ON p.id = recipient.person_id
WHERE d.case_id = %(case)s AND d.author_id = %(user)s AND d.document_id IS NULL
UNION ALL
SELECT 'measure', m.taken_on, m.id, (SELECT plan.course_id
        FROM interventions_plannedmeasure AS plan JOIN seen ON seen.id = plan.course_id
        WHERE plan.met_by_id = m.id
        ORDER BY abs(plan.due_on - m.taken_on), plan.course_id LIMIT 1),
    jsonb_build_object('name', i.name,
    'occasion', m.occasion, 'first', p.first_name, 'last', p.last_name)
FROM instruments_measurement AS m
JOIN instruments_instrument AS i ON i.id = m.instrument_id
JOIN cases_caseperson AS informant ON informant.id = m.informant_id
JOIN cases_person AS p ON p.id = informant.person_id, reader
WHERE (works_inside OR %(sees_measures)s) AND informant.case_id = %(case)s AND m.struck_at IS NULL
UNION ALL
SELECT 'consent', c.said_on, c.id, NULL, jsonb_build_object('purpose', c.purpose,
    'has_ended', person.ended_on IS NOT NULL,
    'service', c.service, 'state', c.state, 'person', c.person_id, 'first', p.first_name,
    'last', p.last_name)
FROM cases_consent AS c
JOIN cases_caseperson AS person ON person.id = c.person_id
JOIN cases_person AS p ON p.id = person.person_id, reader
WHERE (works_inside OR %(sees_consents)s) AND person.case_id = %(case)s
ORDER BY 2, 1, 3
"""


def rows_of(case, user, today):
    """(what, day, id, course, what is said of it) for all that the user may see of a case that
    was found through `visible_to`. One query."""
    units = {kind: list(units_where(user, kind)) for kind in OF_UNITS}
    values = {
        "case": case.pk,
        "user": user.pk,
        "today": today,
        "zone": settings.TIME_ZONE,
        "is_strict": case.is_strict,
        "is_cleared": has_role(user, Role.CLEARED),
        "sees_courses": case.unit_id in units[Kind.COURSE],
        "sees_measures": case.unit_id in units[Kind.MEASURE],
        "sees_consents": case.unit_id in units[Kind.CONSENT],
        "course_units": units[Kind.COURSE],
        "deadline_units": units[Kind.DEADLINE],
        "journal_units": units[Kind.JOURNAL],
        "letter_units": units[Kind.LETTER],
        "workplaces": list(workplaces(user)),
        "reads_journals": not case.is_strict and _is_let_in(case, user),
        "consent_form": Paper.CONSENT_FORM,
        "unseen": [kind.value for kind in WAIT_UNSEEN],
    }
    with connection.cursor() as cursor:
        cursor.execute(ROWS, values)
        return [(*row, json.loads(said)) for *row, said in cursor.fetchall()]


OF_UNITS = [
    Kind.COURSE, Kind.MEASURE, Kind.CONSENT, Kind.JOURNAL, Kind.LETTER, Kind.DEADLINE
]  # fmt: skip


def _is_let_in(case, user):
    """Whether a leader was let in to this one case: asked of leaders alone."""
    if not has_role(user, Role.LEADER):
        return False
    opened = TimedAccess.objects.current().filter(case=case, user=user)
    return opened.filter(kind=TimedAccess.Kind.LEADER).exists()
