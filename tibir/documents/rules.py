"""Who may send what is written, and say that it has been sent."""

from tibir.access.roles import Kind, sees, units_where
from tibir.cases.models import is_member
from tibir.documents.kinds import Kind as Paper


def may_list(user) -> bool:
    return bool(units_where(user, Kind.LETTER))


def may_send(user, document) -> bool:
    """Asked of what is visible: a case under strict protection is so to its named group alone."""
    asks = document.kind == Paper.CONSENT_FORM and is_member(user, document.case)
    return document.case.is_strict or sees(user, Kind.LETTER, document.unit_id) or asks
