"""Who may do what with a referral."""

from django.db.models import Q

from tibir.access.roles import SEES, Kind, held_by, sees, units_where
from tibir.accounts.models import Membership, Municipality, Role, Unit, User
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
    """The same question without a look-up: the menu asks it on every page."""
    held = [m for m in held_by(user) if m.role in SEES[Kind.REGISTER]]
    if any(m.municipality and m.municipality.intake_unit_id for m in held):
        return True
    return any(m.unit and m.unit.municipality.intake_unit_id == m.unit_id for m in held)


def discusses_in(user):
    """The units in which this user registers discussions."""
    return Unit.objects.filter(pk__in=units_where(user, Kind.DISCUSSION))


def may_discuss(user) -> bool:
    return bool(units_where(user, Kind.DISCUSSION))


def may_read_submissions(user) -> bool:
    return bool(units_where(user, Kind.REFERRAL))


def may_confirm_contact(user, referral) -> bool:
    return sees(user, Kind.CONTACT, referral.case.unit_id)


def may_assess(user, referral) -> bool:
    """Take, give, ask, decide and the rest: it is the coordinator's work."""
    return sees(user, Kind.REFERRAL, referral.case.unit_id)


def owners(referral):
    """Those to whom it may be given."""
    today = Membership.objects.current().filter(role=Role.COORDINATOR)
    here = today.filter(Q(unit=referral.unit_id) | Q(municipality=referral.municipality_id))
    return User.objects.filter(pk__in=here.values("user"), is_active=True).order_by("name", "pk")


def is_owed_an_answer(case_person, referral) -> bool:
    """A guardian who sent it, and whoever decides for the child; confirmed or not.

    Nobody who no longer belongs to the case.
    """
    sent_it = case_person.is_sender and referral.sender == "parent" and not case_person.has_ended
    return sent_it or case_person.has_responsibility or case_person.is_in_the_guardians_place
