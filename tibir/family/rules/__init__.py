"""Who may do what with a family and with trust."""

from tibir.family.rules.complaint import may_complain, may_complain_in, may_end_complaint
from tibir.family.rules.consent import (
    Agreement,
    agreements,
    may_consent,
    may_decide,
    possible_outcomes,
    recent_consents,
)
from tibir.family.rules.duty import hidden_reports, may_release, may_report, told
from tibir.family.rules.log import log_basis, may_read_log, owed_openings
from tibir.family.rules.people import (
    WORKS_WITH_FAMILIES,
    basis,
    left_behind,
    may_keep_people,
    may_staff,
    possible_members,
    possible_units,
    twice,
)

__all__ = [
    "WORKS_WITH_FAMILIES",
    "Agreement",
    "agreements",
    "basis",
    "hidden_reports",
    "left_behind",
    "log_basis",
    "may_complain",
    "may_complain_in",
    "may_consent",
    "may_decide",
    "may_end_complaint",
    "may_keep_people",
    "may_read_log",
    "may_release",
    "may_report",
    "may_staff",
    "owed_openings",
    "possible_members",
    "possible_outcomes",
    "possible_units",
    "recent_consents",
    "told",
    "twice",
]
