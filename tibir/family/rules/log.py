"""Who may see what was seen and done in a case."""

from tibir.access.roles import Kind, sees
from tibir.cases.models import STRICT, CasePerson


def may_read_log(user, case) -> bool:
    """For a case that this user may know of."""
    return bool(log_basis(user, case))


def log_basis(user, case) -> str:
    """By role in the unit; under strict protection by being one of the few who know of it."""
    if case.grade in STRICT:
        return "cleared"
    return "role" if sees(user, Kind.LOG, case.unit_id) else ""


def owed_openings(case):
    """Those who may be told who has opened the case: confirmed, and with responsibility."""
    people = CasePerson.objects.filter(case=case, responsibility=CasePerson.YesNo.YES)
    return people.exclude(verified_at=None).for_list()
