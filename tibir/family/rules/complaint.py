"""Who takes complaints in, and who answers them."""

from tibir.access.roles import Kind, sees, units_where
from tibir.accounts.models import Unit
from tibir.cases.models import STRICT


def may_complain(user) -> bool:
    """Read the list, and write down what came."""
    return bool(units_where(user, Kind.COMPLAINT))


def may_complain_in(user, case) -> bool:
    return case.grade in STRICT or sees(user, Kind.COMPLAINT, case.unit_id)


def may_end_complaint(user, complaint) -> bool:
    is_strict = complaint.case is not None and complaint.case.grade in STRICT
    return is_strict or sees(user, Kind.COMPLAINT, complaint.unit_id)


def units_for(user):
    """The units to which a complaint can have come."""
    units = Unit.objects.filter(pk__in=units_where(user, Kind.COMPLAINT))
    return units.select_related("municipality").order_by("name", "pk")
