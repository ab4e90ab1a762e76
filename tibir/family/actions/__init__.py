"""What people do with a family and with trust. Each is one transaction, and says who did it."""

from tibir.family.actions.people import add, verify
from tibir.family.actions.protection import protect

__all__ = ["add", "protect", "verify"]
