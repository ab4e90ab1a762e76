"""The case and the people in it; the one place where visibility begins."""

from tibir.cases.models.case import Case, CaseChange
from tibir.cases.models.complaint import Complaint
from tibir.cases.models.consent import (
    GUIDED,
    INFORMATION,
    NAMED,
    PERSONAL,
    ChildView,
    Consent,
    ConsentDecision,
    LegalBasis,
    Notice,
    Purpose,
    StandIn,
    Wording,
)
from tibir.cases.models.duty import DutyReport
from tibir.cases.models.member import CaseMember, known_to
from tibir.cases.models.people import CasePerson
from tibir.cases.models.person import STRICT, Correction, Grade, OtherNumber, Person, strictest

__all__ = [
    "GUIDED",
    "INFORMATION",
    "NAMED",
    "PERSONAL",
    "STRICT",
    "Case",
    "CaseChange",
    "CaseMember",
    "CasePerson",
    "ChildView",
    "Complaint",
    "Consent",
    "ConsentDecision",
    "Correction",
    "DutyReport",
    "Grade",
    "LegalBasis",
    "Notice",
    "OtherNumber",
    "Person",
    "Purpose",
    "StandIn",
    "Wording",
    "known_to",
    "strictest",
]
