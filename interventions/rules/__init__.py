"""Who may do what with answers, courses and what is written of them."""

from interventions.rules.answer import may_answer
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
from interventions.rules.meeting import counts, expected, possible_attendees, stopped_by

__all__ = [
    "basis",
    "counts",
    "expected",
    "journal_basis",
    "may_answer",
    "may_end",
    "may_list",
    "may_plan",
    "may_work",
    "may_write",
    "possible_attendees",
    "possible_practitioners",
    "stopped_by",
    "supervisor_of",
]
