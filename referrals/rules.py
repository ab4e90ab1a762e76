"""Who may do what with a referral."""

from tibir.access.roles import Kind, sees, units_where
from tibir.cases.models import CaseMember


def may_list(user) -> bool:
    return bool(units_where(user, Kind.REFERRAL_LIST))


def may_read(user, referral) -> bool:
    return bool(basis(user, referral))


def basis(user, referral) -> str:
    """On what ground the user reads it: by role in the unit, or as a member of the case."""
    if sees(user, Kind.REFERRAL, referral.case.unit_id):
        return "role"
    is_member = CaseMember.objects.current().filter(case=referral.case_id, user=user).exists()
    return "member" if is_member else ""


def may_read_submissions(user) -> bool:
    return bool(units_where(user, Kind.REFERRAL))


def may_confirm_contact(user, referral) -> bool:
    return sees(user, Kind.CONTACT, referral.case.unit_id)
