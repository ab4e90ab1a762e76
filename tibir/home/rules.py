"""Who may look a family up."""

from tibir.access.roles import Kind, units_where


def may_search(user) -> bool:
    """Whoever may know of a unit's cases: its coordinators, leaders and clerks."""
    return bool(units_where(user, Kind.CASE))
