"""Who may do what with what is due."""

from tibir.access.roles import Kind, sees, units_where, workplaces


def may_list(user) -> bool:
    """Whoever works in a unit may have been given something."""
    return bool(workplaces(user))


def may_watch(user) -> bool:
    return bool(units_where(user, Kind.DEADLINE))


def may_take(user, deadline) -> bool:
    return deadline.owner_id != user.pk and may_give(user, deadline)


def may_give(user, deadline) -> bool:
    """What follows the owner of something else is taken and given there."""
    return deadline.rule.has_own_owner and _answers_for(user, deadline)


def may_finish(user, deadline) -> bool:
    return deadline.rule.by_hand and _answers_for(user, deadline)


def basis(user, deadline) -> str:
    """On what ground the user knows of it."""
    if deadline.owner_id == user.pk:
        return "owner"
    return "role" if sees(user, Kind.DEADLINE, deadline.unit_id) else "member"


def _answers_for(user, deadline):
    """The owner, and those who watch over the unit, or over a case under strict protection."""
    is_mine = deadline.owner_id == user.pk
    return is_mine or deadline.is_strict or sees(user, Kind.DEADLINE, deadline.unit_id)
