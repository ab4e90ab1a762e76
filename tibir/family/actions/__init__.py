"""What people do with a family and with trust. Each is one transaction, and says who did it."""

from tibir.family.actions.complaint import answer, complain, drop, forward
from tibir.family.actions.consent import (
    decide,
    end_stand_in,
    hear,
    inform,
    said_at_referral,
    say,
    settle,
    stand_in,
    withdraw,
)
from tibir.family.actions.duty import heard_from, release, report
from tibir.family.actions.log import give_openings
from tibir.family.actions.members import add_member, close, end_member, entrust, merge, move, reopen
from tibir.family.actions.merge import follow
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
    "answer",
    "close",
    "complain",
    "correct",
    "correct_child",
    "decide",
    "drop",
    "end",
    "end_member",
    "end_stand_in",
    "entrust",
    "follow",
    "forward",
    "give_openings",
    "hear",
    "heard_from",
    "inform",
    "merge",
    "move",
    "protect",
    "release",
    "reopen",
    "report",
    "said_at_referral",
    "say",
    "settle",
    "stand_in",
    "take_back",
    "verify",
    "verify_responsibility",
    "withdraw",
]
