"""People who work here, and the places they work in."""

from tibir.accounts.models.absence import Absence, SchoolBreak
from tibir.accounts.models.membership import REGIONAL_ROLES, Membership, Role
from tibir.accounts.models.place import (
    RESERVED_SLUGS,
    Municipality,
    Region,
    Unit,
    not_reserved,
)
from tibir.accounts.models.qualification import Qualification
from tibir.accounts.models.user import Session, User

__all__ = [
    "REGIONAL_ROLES",
    "RESERVED_SLUGS",
    "Absence",
    "Membership",
    "Municipality",
    "Qualification",
    "Region",
    "Role",
    "SchoolBreak",
    "Session",
    "Unit",
    "User",
    "not_reserved",
]
