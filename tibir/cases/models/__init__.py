"""The case and the people in it; the one place where visibility begins."""

from tibir.cases.models.case import Case, CaseChange
from tibir.cases.models.member import CaseMember, known_to
from tibir.cases.models.people import CasePerson
from tibir.cases.models.person import (
    STRICT,
    Correction,
    Grade,
    OtherNumber,
    Person,
    strictest,
)

__all__ = [
    "STRICT",
    "Case",
    "CaseChange",
    "CaseMember",
    "CasePerson",
    "Correction",
    "Grade",
    "OtherNumber",
    "Person",
    "known_to",
    "strictest",
]
