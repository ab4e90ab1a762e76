"""Every question of every door: the one place where they are worded.

The forms ask them, the summary, the receipt and the coordinator's page show what was answered.
"""

from referrals.questions.asking import (
    ROLES,
    Ask,
    Question,
    Step,
    protection,
    shown_answer,
    unprotected,
)
from referrals.questions.parent import CALL, CALL_ME, CONCERN, CONSENT, PARENT
from referrals.questions.professional import PROFESSIONAL, lacking
from referrals.questions.staff import AT_THE_DESK, DISCUSSION, IN_SERVICE, TOPICS

__all__ = [
    "AT_THE_DESK",
    "CALL_ME",
    "CONSENT",
    "DISCUSSION",
    "DOORS",
    "ENTRANCES",
    "IN_SERVICE",
    "PARENT",
    "PROFESSIONAL",
    "ROLES",
    "SITUATIONS",
    "TOPICS",
    "Ask",
    "Question",
    "Step",
    "asked_in",
    "door_of",
    "is_from_professional",
    "lacking",
    "protection",
    "said_by_sender",
    "sender_of",
    "shown_answer",
    "unprotected",
]

# With steps and a draft; by the word that the draft keeps.
ENTRANCES = {door.key: door for door in (PARENT, PROFESSIONAL)}
DOORS = (*ENTRANCES.values(), CALL, AT_THE_DESK)

SITUATIONS = dict(next(q for q in CONCERN.questions if q.key == "situations").choices)


def door_of(answers):
    """Where the answers came in: no two doors have the same first step."""
    return next((door for door in DOORS if door.first.slug in answers), PARENT)


def asked_in(answers):
    """The steps that were answered, as (step, questions, answers): one page or a whole form."""
    steps = door_of(answers).steps
    return [(step, step.asked(answers), answers.get(step.slug, {})) for step in steps]


def said_by_sender(answers):
    """What the sender said about themselves, from all the steps that ask."""
    said = {}
    for slug in door_of(answers).sender:
        said |= answers.get(slug, {})
    return said


def sender_of(answers):
    """A professional's place of work by its key in ROLES, or «parent»."""
    said = said_by_sender(answers)
    who = said.get("role") or said.get("who")
    return who if who in dict(ROLES) else "parent"


def is_from_professional(answers):
    return sender_of(answers) != "parent"
