"""What people do with a family and with trust. Each is one transaction, and says who did it."""

from tibir.family.actions.log import give_openings
from tibir.family.actions.members import add_member, close, end_member, entrust, merge, move, reopen
from tibir.family.actions.people import (
    add,
    correct,
    correct_child,
    end,
    take_back,
    verify,
    verify_responsibility,
)
from tibir.family.actions.protection import protect

__all__ = [
    "add",
    "add_member",
    "close",
    "correct",
    "correct_child",
    "end",
    "end_member",
    "entrust",
    "give_openings",
    "merge",
    "move",
    "protect",
    "reopen",
    "take_back",
    "verify",
    "verify_responsibility",
]
