"""What people do with a referral. Each is one transaction, and says in the log who did it."""

from referrals.actions.assessment import (
    answer_inquiry,
    approve_correction,
    ask,
    decide,
    forwarded,
    give,
    opened,
    preliminary,
    propose_correction,
    refuse_correction,
    reopen,
    take,
    withdraw,
)
from referrals.actions.desk import attach, confirm_contact, discuss, register
from referrals.actions.drafts import begin, discard, enclose, save, send, take_out
from referrals.actions.intake import DifferentContent, read_in, receive, sent_before
from referrals.actions.place import move
from referrals.actions.triage import keep_apart, link, merge

__all__ = [
    "DifferentContent",
    "answer_inquiry",
    "approve_correction",
    "ask",
    "attach",
    "begin",
    "confirm_contact",
    "decide",
    "discard",
    "discuss",
    "enclose",
    "forwarded",
    "give",
    "keep_apart",
    "link",
    "merge",
    "move",
    "opened",
    "preliminary",
    "propose_correction",
    "read_in",
    "receive",
    "refuse_correction",
    "register",
    "reopen",
    "save",
    "send",
    "sent_before",
    "take",
    "take_out",
    "withdraw",
]
