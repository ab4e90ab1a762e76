"""The case and the people in it; the one place where visibility begins."""

from tibir.cases.models.access import EMERGENCY_LASTS, Disqualification, TimedAccess
from tibir.cases.models.case import Case, CaseChange
from tibir.cases.models.complaint import Complaint
from tibir.cases.models.consent import Consent, ConsentDecision, StandIn
from tibir.cases.models.duty import DutyReport
from tibir.cases.models.informed import ChildView, Notice
from tibir.cases.models.link import CaseLink, family_of
from tibir.cases.models.log_check import LogCheck
from tibir.cases.models.member import (
    KNOWN,
    MEMBER,
    CaseMember,
    is_member,
    knowing,
    known_to,
    named_group,
    opened_in_emergency,
    works_inside,
)
from tibir.cases.models.people import IN_PLACE, CasePerson
from tibir.cases.models.person import (
    HIDDEN,
    STRICT,
    Correction,
    Grade,
    OtherNumber,
    Person,
    is_stricter,
    strictest,
)
from tibir.cases.models.protection import GradeChange
from tibir.cases.models.wording import (
    GUIDED,
    INFORMATION,
    NAMED,
    PERSONAL,
    LegalBasis,
    Purpose,
    Wording,
)

__all__ = [
    "EMERGENCY_LASTS",
    "GUIDED",
    "HIDDEN",
    "INFORMATION",
    "IN_PLACE",
    "KNOWN",
    "MEMBER",
    "NAMED",
    "PERSONAL",
    "STRICT",
    "Case",
    "CaseChange",
    "CaseLink",
    "CaseMember",
    "CasePerson",
    "ChildView",
    "Complaint",
    "Consent",
    "ConsentDecision",
    "Correction",
    "Disqualification",
    "DutyReport",
    "Grade",
    "GradeChange",
    "LegalBasis",
    "LogCheck",
    "Notice",
    "OtherNumber",
    "Person",
    "Purpose",
    "StandIn",
    "TimedAccess",
    "Wording",
    "family_of",
    "is_member",
    "is_stricter",
    "knowing",
    "known_to",
    "named_group",
    "opened_in_emergency",
    "strictest",
    "works_inside",
]
