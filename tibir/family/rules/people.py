"""Who may do what with the people of a case, and who may work with it."""

from django.db.models import Exists, OuterRef, Q

from tibir.access.roles import Kind, sees
from tibir.accounts.models import Membership, Role, Unit, User
from tibir.cases.models import CaseMember, Disqualification

# Those who work with families, each in their own way; the regional roles and the clerk do not.
WORKS_WITH_FAMILIES = [Role.PRACTITIONER, Role.COORDINATOR, Role.LEADER, Role.SUPERVISOR]


def basis(user, case) -> str:
    """On what ground the user reads of the people: by role in the unit, or as a member."""
    if sees(user, Kind.CONTACT, case.unit_id):
        return "role"
    members = CaseMember.objects.current().filter(case=case, user=user)
    return "member" if members.exists() else ""


def may_keep_people(user, case) -> bool:
    """Read and correct who they are: the coordinator, and those who work with the family."""
    return bool(basis(user, case))


def may_staff(user, case) -> bool:
    """Say who works with the case, who answers for it, and which unit has it."""
    return sees(user, Kind.MEMBER, case.unit_id)


def possible_units(case):
    """Those of the municipality that may be given the case: somebody there takes what comes."""
    today = Membership.objects.current().filter(role=Role.COORDINATOR)
    here = Q(unit=OuterRef("pk")) | Q(municipality=OuterRef("municipality"))
    units = Unit.objects.filter(Exists(today.filter(here)), municipality=case.municipality_id)
    return units.exclude(pk=case.unit_id).order_by("name")


def possible_members(case, unit=None):
    """Those who work in the unit of the case and are not disqualified; only who is cleared where
    it is strictly protected. `unit` is another one, which gives the family a course."""
    today = Membership.objects.current().filter(user=OuterRef("pk"))
    here = Q(unit=unit or case.unit_id) | Q(municipality=case.municipality_id)
    found = User.objects.filter(
        Exists(today.filter(here, role__in=WORKS_WITH_FAMILIES)), is_active=True
    )
    kept_out = Disqualification.objects.current().filter(case=case, user=OuterRef("pk"))
    found = found.filter(~Exists(kept_out))
    if case.is_strict:
        found = found.filter(Exists(today.filter(role=Role.CLEARED)))
    return found.order_by("name", "pk")


def left_behind(case):
    """Members of today who do not work in the unit of the case, nor through another one."""
    members = CaseMember.objects.filter(case=case, ended_on=None, unit=None)
    members = members.select_related("user", "case")
    return members.exclude(user__in=possible_members(case).order_by())


def twice(people):
    """Those who bear the name of somebody before them in the case: it may be the same person."""
    seen, found = set(), []
    for each in sorted(people, key=lambda one: (not one.is_verified, one.pk)):
        name = each.person.name.casefold()
        if name in seen:
            found.append(each)
        seen.add(name)
    return found
