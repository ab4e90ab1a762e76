"""What people do with a family and with trust. Each is one transaction, and says who did it."""

from tibir.family.actions.access import (
    open_for_leader,
    open_in_emergency,
    review,
    tried_in_emergency,
)
from tibir.family.actions.complaint import answer, complain, drop, forward
from tibir.family.actions.consent import (
    ask_on_paper,
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
from tibir.family.actions.control import check_log
from tibir.family.actions.disqualification import keep_out, let_in_again
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
from tibir.family.actions.protection import (
    join_group,
    look_after_group,
    look_through,
    loosen,
    protect,
    regrade,
    shelter,
)
from tibir.family.actions.same import make_one
from tibir.family.actions.siblings import carry_over, link, part, share
from tibir.family.actions.words import cut_words

__all__ = [
    "add",
    "add_member",
    "answer",
    "ask_on_paper",
    "carry_over",
    "check_log",
    "close",
    "complain",
    "correct",
    "correct_child",
    "cut_words",
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
    "join_group",
    "keep_out",
    "let_in_again",
    "link",
    "look_after_group",
    "look_through",
    "loosen",
    "make_one",
    "merge",
    "move",
    "open_for_leader",
    "open_in_emergency",
    "part",
    "protect",
    "regrade",
    "release",
    "reopen",
    "report",
    "review",
    "said_at_referral",
    "say",
    "settle",
    "share",
    "shelter",
    "stand_in",
    "take_back",
    "tried_in_emergency",
    "verify",
    "verify_responsibility",
    "withdraw",
]
