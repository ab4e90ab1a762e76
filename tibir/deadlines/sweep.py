"""The one statement that tells everybody what is due.

It looks at everything open, never at a window of time, and writes each notice that is missing. A
notice is a row of the inbox: its unique key is what makes it be there once, whoever sweeps, however
often, and however long nobody did. Whoever joins a unit later is not told again of what the others
have been told: a stage that somebody has heard of is over.
"""

from dataclasses import dataclass

from django.db import connection

from tibir.access.roles import SEES
from tibir.access.roles import Kind as Seen
from tibir.accounts.models import Role
from tibir.cases.models import STRICT
from tibir.deadlines.kinds import RULES
from tibir.deadlines.models import Deadline
from tibir.deadlines.notices import Reach, due
from tibir.notifications.kinds import Kind

RANKS = {Role.COORDINATOR: Reach.COORDINATOR, Role.LEADER: Reach.LEADER}

# Who is reached follows `Deadline.objects.visible_to`: nobody is told of what they may not see.
# Where nobody is at the place that a stage is meant for, the next one up is told instead.
#
# What is told already is left out first and by itself, so that a sweep with nothing to do looks at
# nothing else. After that each row finds its own case: there are few rows, and many cases.
STATEMENT = """
WITH stage AS MATERIALIZED (
    SELECT * FROM unnest(
        %(kinds)s::text[], %(names)s::text[], %(reaches)s::int[],
        %(horizons)s::date[], %(late_horizons)s::date[]
    ) AS stage (kind, name, reach, horizon, late_horizon)
),
due AS MATERIALIZED (
    SELECT
        deadline.id, deadline.municipality_id, deadline.unit_id, deadline.case_id,
        deadline.owner_id, stage.name AS stage, stage.reach,
        deadline.due_on <= stage.late_horizon AND deadline.begun_on < %(today)s AS late
    FROM deadlines_deadline AS deadline
    JOIN stage ON stage.kind = deadline.kind AND deadline.due_on <= stage.horizon
    WHERE deadline.met_on IS NULL AND deadline.closed_reason = ''
        AND deadline.due_on <= %(furthest)s
        AND NOT EXISTS (
            SELECT FROM notifications_notification AS told
            WHERE told.kind = %(notice)s AND told.target_type = %(deadline)s
                AND told.target_id = deadline.id AND told.stage = stage.name
        )
),
membership AS MATERIALIZED (
    SELECT DISTINCT membership.user_id, membership.role, unit.id AS unit_id
    FROM accounts_membership AS membership
    JOIN accounts_user AS person ON person.id = membership.user_id AND person.is_active
    JOIN accounts_unit AS unit
        ON unit.id = membership.unit_id OR unit.municipality_id = membership.municipality_id
    WHERE %(today)s BETWEEN membership.started_on AND coalesce(membership.ended_on, 'infinity')
),
watch AS MATERIALIZED (
    SELECT membership.unit_id, membership.user_id, place.rank
    FROM membership
    JOIN unnest(%(roles)s::text[], %(ranks)s::int[]) AS place (role, rank) USING (role)
),
knows_by_role AS (
    SELECT user_id, unit_id FROM membership WHERE role = ANY(%(case_roles)s)
),
case_member AS NOT MATERIALIZED (
    SELECT case_id, user_id
    FROM cases_casemember
    WHERE %(today)s BETWEEN started_on AND coalesce(ended_on, 'infinity')
),
kept_out AS NOT MATERIALIZED (
    SELECT case_id, user_id
    FROM cases_disqualification
    WHERE started_on <= %(today)s AND coalesce(ended_on, 'infinity') > %(today)s
),
missing AS MATERIALIZED (
    SELECT
        due.*, known.unit_id AS case_unit_id, known.is_strict IS TRUE AS is_strict,
        due.owner_id IS NOT NULL
            AND known.is_strict IS NOT TRUE
            AND NOT EXISTS (
                SELECT FROM kept_out
                WHERE kept_out.case_id = due.case_id AND kept_out.user_id = due.owner_id
            )
            AND (due.owner_id, due.unit_id) IN (SELECT user_id, unit_id FROM membership)
            AND (
                due.case_id IS NULL
                OR (due.owner_id, known.unit_id) IN (SELECT user_id, unit_id FROM knows_by_role)
                OR EXISTS (
                    SELECT FROM case_member
                    WHERE case_member.case_id = due.case_id AND case_member.user_id = due.owner_id
                )
            ) AS has_owner
    FROM due
    LEFT JOIN LATERAL (
        SELECT cases_case.unit_id, cases_case.grade = ANY(%(strict)s) AS is_strict
        FROM cases_case
        WHERE cases_case.id = due.case_id
        LIMIT 1
    ) AS known ON true
),
watcher AS (
    SELECT missing.*, watch.user_id, watch.rank
    FROM missing
    JOIN watch ON watch.unit_id = missing.unit_id
        AND (watch.rank <= missing.reach OR NOT missing.has_owner)
    WHERE NOT missing.is_strict
        AND (missing.reach > %(owner)s OR NOT missing.has_owner)
        AND NOT EXISTS (
            SELECT FROM kept_out
            WHERE kept_out.case_id = missing.case_id AND kept_out.user_id = watch.user_id
        )
        AND (
            missing.case_id IS NULL
            OR (watch.user_id, missing.case_unit_id) IN (SELECT user_id, unit_id FROM knows_by_role)
            OR EXISTS (
                SELECT FROM case_member
                WHERE case_member.case_id = missing.case_id
                    AND case_member.user_id = watch.user_id
            )
        )
),
without_owner AS (
    SELECT * FROM watcher WHERE NOT has_owner
  UNION ALL
    SELECT missing.*, case_member.user_id,
        CASE WHEN case_member.user_id = missing.owner_id THEN %(owner)s ELSE %(coordinator)s END
    FROM missing
    JOIN case_member ON case_member.case_id = missing.case_id
    WHERE missing.is_strict
        AND case_member.user_id IN (SELECT user_id FROM membership WHERE role = %(cleared)s)
        AND NOT EXISTS (
            SELECT FROM kept_out
            WHERE kept_out.case_id = missing.case_id AND kept_out.user_id = case_member.user_id
        )
),
reached AS (
    SELECT municipality_id, case_id, id, stage, owner_id AS user_id, late
    FROM missing
    WHERE has_owner
  UNION ALL
    SELECT municipality_id, case_id, id, stage, user_id, late
    FROM watcher
    WHERE has_owner
  UNION ALL
    SELECT municipality_id, case_id, id, stage, user_id, late
    FROM (
        SELECT *, min(rank) OVER (PARTITION BY id, stage) AS nearest FROM without_owner
    ) AS near
    WHERE rank <= greatest(reach, nearest)
),
written AS (
    INSERT INTO notifications_notification
        (kind, municipality_id, case_id, target_type, target_id, stage, user_id, late)
    SELECT %(notice)s, municipality_id, case_id, %(deadline)s, id, stage, user_id, late
    FROM reached
    ON CONFLICT DO NOTHING
    RETURNING target_id, stage
)
SELECT
    (SELECT count(*) FROM written WHERE target_id NOT IN (SELECT id FROM missing WHERE is_strict)),
    (
        SELECT count(DISTINCT id)
        FROM missing
        WHERE NOT has_owner AND NOT is_strict AND NOT EXISTS (
            SELECT FROM written WHERE target_id = missing.id AND written.stage = missing.stage
        )
    )
"""


@dataclass(frozen=True)
class Told:
    """How many notices were written, and of how many deadlines nobody could be told.

    Neither counts a case under strict protection: the figures are read by those who look after
    the machine. That its named group is too small is a task and an alarm of its own.
    """

    written: int
    untold: int


def tell(today) -> Told:
    """Write each notice that should exist on `today` and does not."""
    with connection.cursor() as cursor:
        cursor.execute(STATEMENT, asked(today))
        return Told(*cursor.fetchone())


def asked(today):
    """What the statement is told: the notices of the day, and who may know of what."""
    stages = [(kind, one) for kind, rule in RULES.items() for one in due(rule.plan, today)]
    return {
        "today": today,
        "kinds": [kind for kind, _one in stages],
        "names": [one.stage for _kind, one in stages],
        "reaches": [one.reach for _kind, one in stages],
        "horizons": [one.horizon for _kind, one in stages],
        "late_horizons": [one.late_horizon for _kind, one in stages],
        "furthest": max(one.horizon for _kind, one in stages),
        "notice": Kind.DEADLINE_NOTICE,
        "deadline": Deadline._meta.label_lower,
        "strict": STRICT,
        "roles": list(RANKS),
        "ranks": list(RANKS.values()),
        "owner": Reach.OWNER,
        "coordinator": Reach.COORDINATOR,
        "case_roles": sorted(SEES[Seen.CASE]),
        "cleared": Role.CLEARED,
    }
