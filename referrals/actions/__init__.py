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
from referrals.actions.routing import choose, recommend
from referrals.actions.ruleset import (
    activate_rules,
    approve_rules,
    change_rules,
    copy_rules,
    discard_rules,
    try_rules,
)
from referrals.actions.triage import keep_apart, link, merge

__all__ = [
    "DifferentContent",
    "activate_rules",
    "answer_inquiry",
    "approve_correction",
    "approve_rules",
    "ask",
    "attach",
    "begin",
    "change_rules",
    "choose",
    "confirm_contact",
    "copy_rules",
    "decide",
    "discard",
    "discard_rules",
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
    "recommend",
    "refuse_correction",
    "register",
    "reopen",
    "save",
    "send",
    "sent_before",
    "take",
    "take_out",
    "try_rules",
    "withdraw",
]
