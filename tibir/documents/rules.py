"""Who may send what is written, and say that it has been sent."""

from tibir.access.roles import Kind, sees, units_where
from tibir.cases.models import is_member
from tibir.documents.kinds import Kind as Paper


def may_list(user) -> bool:
    return bool(units_where(user, Kind.LETTER))


def may_send(user, document) -> bool:
    """Asked of what is visible: a case under strict protection is so to its named group alone."""
    if document.case.is_strict or sees(user, Kind.LETTER, document.unit_id):
        return True
    # Who wrote it stands before the family with it; a consent form is anybody's who works there.
    is_theirs = document.kind == Paper.CONSENT_FORM or document.author_id == user.pk
    return is_theirs and is_member(user, document.case)
