"""Who may hide a family, and who may say that it need not be hidden any more."""

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from tibir.access.roles import Kind, has_role, sees
from tibir.accounts.models import Membership, Role, User
from tibir.cases.models import CasePerson, is_member
from tibir.core.codes import normalise
from tibir.deadlines.kinds import Kind as Due
from tibir.deadlines.models import Deadline

ENOUGH = 2  # of those who are cleared, for one case


def may_protect(user, case) -> bool:
    return case.is_strict or sees(user, Kind.PROTECTION, case.unit_id)


def may_loosen(user, case) -> bool:
    """The leader of the unit, or somebody who is cleared and works with the family."""
    if not case.is_hidden:
        return False
    is_cleared = has_role(user, Role.CLEARED) and is_member(user, case)
    return is_cleared or (not case.is_strict and sees(user, Kind.LOOSENING, case.unit_id))


def may_reveal(user, case) -> bool:
    """Those who confirm contacts, and those who work with the family."""
    return case.is_strict or sees(user, Kind.CONTACT, case.unit_id) or is_member(user, case)


def referred_to_as(cases, text):
    """That of these cases in which a referral has this reference, as the deadlines know it."""
    answers = Deadline.objects.filter(kind=Due.ANSWER, reference=normalise(text))
    return cases.filter(pk__in=answers.values("case")).order_by("pk").first()


def cleared_in(municipality):
    """Those who may be named for a case under strict protection."""
    held = Membership.objects.current().filter(user=OuterRef("pk"), role=Role.CLEARED)
    here = held.filter(municipality=municipality) | held.filter(unit__municipality=municipality)
    return User.objects.filter(Exists(here), is_active=True).order_by("name", "pk")


def people_of(case):
    """(person, how they belong to the case): the child first."""
    around = CasePerson.objects.filter(case=case).select_related("person").order_by("pk")
    named = [(case.child, _("barnet"))]
    return named + [(each.person, each.get_relation_display()) for each in around]
