"""On what ground somebody reads a case, and who opens it to others."""

import re

from django.db.models import Exists, OuterRef

from tibir.access.roles import Kind, municipalities_where, sees, units_where
from tibir.accounts.models import Membership, User
from tibir.cases.models import (
    STRICT,
    Case,
    Disqualification,
    Person,
    TimedAccess,
    is_member,
    opened_in_emergency,
    works_inside,
)
from tibir.deadlines.kinds import Kind as Due
from tibir.deadlines.models import Deadline
from tibir.family.rules.protection import referred_to_as

# The grounds on which one also works with a case; the others are for reading.
ROLE, MEMBER, EMERGENCY = "role", "member", "emergency"
WORKING = {ROLE, MEMBER}


def reading_basis(user, case, kind) -> str:
    """The ground on which the user sees things of this kind in a case that is visible to them.

    «role», «member», «leader» or «emergency»; nothing when there is none.
    """
    if case.is_strict:
        return MEMBER  # visible to its named group alone
    if sees(user, kind, case.unit_id):
        return ROLE
    is_limited = kind in {Kind.REFERRAL, Kind.MEASURE, Kind.JOURNAL, Kind.CONSENT}
    if works_inside(user, case) if is_limited else is_member(user, case):
        return MEMBER
    opened = TimedAccess.objects.current().filter(case=case, user=user).order_by("kind")
    return opened.values_list("kind", flat=True).first() or ""


def opened_for(user, case):
    """Whether the case is open to this user for a time."""
    return TimedAccess.objects.current().filter(case=case, user=user).exists()


def basis_of(user, case, *, is_member):
    """The ground on which a case is known that is visible to them, without a look-up."""
    if is_member:
        return MEMBER
    if sees(user, Kind.CASE, case.unit_id):
        return ROLE
    return EMERGENCY if case.pk in opened_in_emergency(user) else ""


def may_see_who_has_access(user, case) -> bool:
    """Members see who else reads about their family; so do those who look after the unit."""
    return sees_who_has_access(user, case) or is_member(user, case)


def sees_who_has_access(user, case) -> bool:
    """The same for those who are no members, without a look-up."""
    return case.is_strict or sees(user, Kind.MEMBER, case.unit_id)


def may_open_for_a_time(user, case) -> bool:
    return not case.is_strict and sees(user, Kind.CASE_ACCESS, case.unit_id)


def may_ask_in_an_emergency(user) -> bool:
    return bool(units_where(user, Kind.EMERGENCY))


def may_review(user, access) -> bool:
    """Never one's own. Under strict protection nobody else than the named group can."""
    if access.user_id == user.pk:
        return False
    return access.case.is_strict or sees(user, Kind.REVIEW, access.case.unit_id)


def may_disqualify(user, case) -> bool:
    return case.is_strict or sees(user, Kind.MEMBER, case.unit_id)


def findable(user):
    """The cases for which this user may ask in an emergency, seen or not: in the municipalities
    where they work, never under strict protection, never where they are disqualified."""
    kept_out = Disqualification.objects.current().filter(user=user).values("case")
    cases = Case.objects.filter(municipality__in=municipalities_where(user, Kind.EMERGENCY))
    cases = cases.filter(merged_into=None).exclude(grade__in=STRICT)
    return cases.exclude(pk__in=kept_out)


def look_for(user, text):
    """The case of an emergency, by a whole reference or identity number; None is one answer."""
    digits = re.sub(r"[\s.]", "", text)
    if re.fullmatch(r"[0-9]{11}", digits):
        children = Person.objects.with_national_id(digits).values("pk")
        return findable(user).filter(child__in=children).order_by("state", "-pk").first()
    return referred_to_as(findable(user), text)


def first_page(case):
    """Where one begins to read: the address of its referral; nothing before there is one."""
    answer = Deadline.objects.filter(kind=Due.ANSWER, case=case).order_by("-pk").first()
    return answer.get_absolute_url() if answer else ""


def possible_colleagues(case):
    """Those who may be registered as disqualified: everybody who works in the municipality."""
    held = Membership.objects.current().filter(user=OuterRef("pk"))
    here = held.filter(unit__municipality=case.municipality_id)
    here |= held.filter(municipality=case.municipality_id)
    kept_out = Disqualification.objects.filter(case=case, ended_on=None).values("user")
    people = User.objects.filter(Exists(here), is_active=True).exclude(pk__in=kept_out)
    return people.order_by("name", "pk")
