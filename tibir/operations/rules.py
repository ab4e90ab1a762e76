def may_see_health(user) -> bool:
    """Numbers about the machine, for those who look after it; nothing of a case."""
    return user.is_superuser
