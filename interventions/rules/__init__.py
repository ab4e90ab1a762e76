"""Who may do what with answers, courses and what is written of them."""

from interventions.rules.answer import may_answer, not_screened_because
from interventions.rules.course import (
    basis,
    journal_basis,
    may_end,
    may_list,
    may_plan,
    may_work,
    may_write,
    possible_practitioners,
    supervisor_of,
)
from interventions.rules.direct import may_start_at_once, places_to_start
from interventions.rules.facts import facts_of, measurements_of, rule_set_for
from interventions.rules.meeting import counts, expected, possible_attendees, stopped_by
from interventions.rules.screening import not_concluded_because
from interventions.rules.waits import last_told, waiting_for

__all__ = [
    "basis",
    "counts",
    "expected",
    "facts_of",
    "journal_basis",
    "last_told",
    "may_answer",
    "may_end",
    "may_list",
    "may_plan",
    "may_start_at_once",
    "may_work",
    "may_write",
    "measurements_of",
    "not_concluded_because",
    "not_screened_because",
    "places_to_start",
    "possible_attendees",
    "possible_practitioners",
    "rule_set_for",
    "stopped_by",
    "supervisor_of",
    "waiting_for",
]
