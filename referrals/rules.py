"""Who may do what with a referral."""

from django.db.models import Q

from referrals.likeness import may_be_same
from tibir.access.roles import SEES, Kind, held_by, municipalities_where, sees, units_where
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

    Nobody who no longer belongs to the case, and no step-parent or other who only asked for help:
    what comes of it is the guardians', until somebody has found that this one may know too.
    """
    if case_person.is_sender and referral.sender == "parent" and not case_person.has_ended:
        may_know = case_person.right_to_information == "yes"
        return may_know or case_person.responsibility != "no"
    return case_person.has_responsibility or case_person.is_in_the_guardians_place


def alike(referral, others):
    """Those of these referrals that may be about the same child."""
    found = others.maybe_about_the_same_child(referral)
    found = found.select_related("submission", "case__child", "owner").defer(None)
    return [each for each in found[:20] if _is_alike(referral.case.child, each.case.child)]


def _is_alike(child, other):
    index = child.national_id_index
    if index is not None and index == other.national_id_index:
        return True
    return may_be_same((child.first_name, child.last_name), (other.first_name, other.last_name))


# --- The rules of what is recommended -------------------------------------------------------


def may_see_rules(user) -> bool:
    """An administrator looks after configuration; none of it is about any family."""
    return user.is_superuser or any(m.role in SEES[Kind.ROUTING] for m in held_by(user))


def edits_rules_for(user):
    """The municipalities whose rules this user looks after."""
    if user.is_superuser:
        return Municipality.objects.order_by("name")
    theirs = municipalities_where(user, Kind.ROUTING)
    return Municipality.objects.filter(pk__in=theirs).order_by("name")


def may_edit_rules(user, rule_set) -> bool:
    """What was shipped is nobody's to change: it is copied."""
    if rule_set.municipality_id is None:
        return False
    theirs = municipalities_where(user, Kind.ROUTING)
    return user.is_superuser or rule_set.municipality_id in theirs


def may_approve_rules(user, rule_set) -> bool:
    """Somebody who has written nothing of it, when it has been tried out."""
    is_tried = rule_set.state == "tried" and may_edit_rules(user, rule_set)
    return is_tried and not rule_set.is_written_by(user)


def may_see_families_of_rules(user) -> bool:
    """Which families a version would have met differently: for those who may open them."""
    return bool(units_where(user, Kind.REFERRAL))


def comparable_with(rule_set) -> Q:
    """Versions of the same municipality, and what was shipped."""
    if rule_set.municipality_id is None:
        return Q()
    return Q(municipality=rule_set.municipality_id) | Q(municipality=None)
