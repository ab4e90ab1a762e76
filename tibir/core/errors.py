"""What an action may say instead of doing what was asked."""


class DomainError(Exception):
    """Not now: the rules of the field say no. The message is for people."""


class StaleState(DomainError):
    """Somebody else was here first; nothing was written."""
