"""Who may do what with a referral."""

from django.db.models import Q

from tibir.access.roles import SEES, Kind, held_by, sees, units_where
from tibir.accounts.models import Membership, Municipality, Role, Unit, User
from tibir.cases.models import Disqualification, named_group
from tibir.family.rules.access import WORKING, reading_basis


def may_list(user) -> bool:
    return bool(units_where(user, Kind.REFERRAL_LIST))


def may_read(user, referral) -> bool:
    return bool(basis(user, referral))


def basis(user, referral) -> str:
    """On what ground the user reads it; asked, as all of these, of what is visible to them."""
    return reading_basis(user, referral.case, Kind.REFERRAL)


def may_add(user, referral) -> bool:
    """Whoever is let in for a time reads, and adds nothing."""
    return basis(user, referral) in WORKING


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
    return referral.case.is_strict or sees(user, Kind.CONTACT, referral.case.unit_id)


def may_assess(user, referral) -> bool:
    """Take, give, ask, decide and the rest: it is the coordinator's work.

    Under strict protection it is the work of the named group, to whom alone it is visible.
    """
    return referral.case.is_strict or sees(user, Kind.ASSESSMENT, referral.case.unit_id)


def owners(referral):
    """Those to whom it may be given."""
    if referral.case.is_strict:
        return named_group(referral.case)
    today = Membership.objects.current().filter(role=Role.COORDINATOR)
    here = today.filter(Q(unit=referral.unit_id) | Q(municipality=referral.municipality_id))
    kept_out = Disqualification.objects.current().filter(case=referral.case_id)
    people = User.objects.filter(pk__in=here.values("user"), is_active=True)
    return people.exclude(pk__in=kept_out.values("user")).order_by("name", "pk")


def is_owed_an_answer(case_person, referral) -> bool:
    """A guardian who sent it, and whoever decides for the child; confirmed or not.

    Nobody who no longer belongs to the case.
    """
    sent_it = case_person.is_sender and referral.sender == "parent" and not case_person.has_ended
    return sent_it or case_person.has_responsibility or case_person.is_in_the_guardians_place
