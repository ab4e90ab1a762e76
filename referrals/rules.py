"""Who may do what with a referral."""

from tibir.access.roles import Kind, sees, units_where
from tibir.accounts.models import Municipality, Unit
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


def registers_for(user):
    """The municipalities whose intake this user types referrals into."""
    return Municipality.objects.filter(intake_unit__in=units_where(user, Kind.REGISTER))


def may_register(user) -> bool:
    return registers_for(user).exists()


def discusses_in(user):
    """The units in which this user registers discussions."""
    return Unit.objects.filter(pk__in=units_where(user, Kind.DISCUSSION))


def may_discuss(user) -> bool:
    return bool(units_where(user, Kind.DISCUSSION))


def may_read_submissions(user) -> bool:
    return bool(units_where(user, Kind.REFERRAL))


def may_confirm_contact(user, referral) -> bool:
    return sees(user, Kind.CONTACT, referral.case.unit_id)
