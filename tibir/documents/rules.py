"""Who may send what is written, and say that it has been sent."""

from tibir.access.roles import Kind, sees, units_where


def may_list(user) -> bool:
    return bool(units_where(user, Kind.LETTER))


def may_send(user, document) -> bool:
    """Asked of what is visible: a case under strict protection is so to its named group alone."""
    return document.case.is_strict or sees(user, Kind.LETTER, document.unit_id)
