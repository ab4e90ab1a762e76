"""What those who decide for a child have said, and what may be done after that. Plain values.

Software never settles a disagreement between holders of parental responsibility (PRODUCT 9.1).
Nobody else counts. Nothing here knows who spoke last: when something was said decides nothing
between two people, and therefore no time is passed in.
"""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from enum import StrEnum


class Holds(StrEnum):
    """Whether somebody decides for the child: by responsibility, or in the place of one who has."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class Word(StrEnum):
    """What somebody last said of one purpose."""

    NOTHING = ""
    REQUESTED = "requested"
    GIVEN = "given"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


NO = {Word.REFUSED, Word.WITHDRAWN}


class Outcome(StrEnum):
    """What a named person may decide when holders do not agree."""

    GUIDE = "guide"  # guide those who have said yes, and nothing more
    PROCEED = "proceed"
    STOP = "stop"


class Answer(StrEnum):
    PROCEEDS = "proceeds"
    GUIDES = "guides"  # only those who have said yes take part
    WAITS = "waits"
    DISAGREE = "disagree"
    REFUSED = "refused"  # nobody says yes, and somebody says no
    STOPPED = "stopped"  # decided so


@dataclass(frozen=True)
class Voice:
    who: Hashable
    holds: Holds
    word: Word = Word.NOTHING


@dataclass(frozen=True)
class Decided:
    """A decision, and who had said what when it was made: it covers that and no more."""

    outcome: Outcome
    agreed: frozenset
    against: frozenset
    unheard: frozenset


@dataclass(frozen=True)
class Standing:
    """How one purpose stands. Each of the four groups is in the order of the voices."""

    answer: Answer
    agreed: tuple = ()
    against: tuple = ()
    silent: tuple = ()  # holders who have not answered
    unknown: tuple = ()  # nobody knows yet whether they decide
    by_decision: bool = False

    @property
    def unheard(self):
        return self.silent + self.unknown

    @property
    def may_go_on(self):
        return self.answer in (Answer.PROCEEDS, Answer.GUIDES)

    @property
    def may_be_decided(self):
        """Only what somebody who decides for the child has agreed to can be decided at all."""
        return bool(self.agreed) and (bool(self.against) or bool(self.unheard))


def standing(voices: Iterable[Voice], decided: Decided | None = None) -> Standing:
    """How the purpose stands that these voices speak of, after the latest decision about it.

    Everybody must have agreed who holds parental responsibility, or in whose place somebody
    decides. As long as it is unknown whether one of them does, it waits. A decision holds as long
    as those who had agreed still do, and nobody has said no who had not said so then.
    """
    voices = list(voices)
    holders = [voice for voice in voices if voice.holds == Holds.YES]
    groups = {
        "agreed": tuple(v.who for v in holders if v.word == Word.GIVEN),
        "against": tuple(v.who for v in holders if v.word in NO),
        "silent": tuple(v.who for v in holders if v.word not in {Word.GIVEN, *NO}),
        "unknown": tuple(v.who for v in voices if v.holds == Holds.UNKNOWN),
    }
    now = Standing(_undecided(**groups), **groups)
    if now.may_be_decided and decided and _covers(decided, now):
        return Standing(DECIDES[decided.outcome], **groups, by_decision=True)
    return now


DECIDES = {
    Outcome.GUIDE: Answer.GUIDES,
    Outcome.PROCEED: Answer.PROCEEDS,
    Outcome.STOP: Answer.STOPPED,
}


def _undecided(agreed, against, silent, unknown):
    if against:
        return Answer.DISAGREE if agreed else Answer.REFUSED
    if agreed and not silent and not unknown:
        return Answer.PROCEEDS
    return Answer.WAITS


def _covers(decided, now):
    return (
        decided.agreed <= set(now.agreed)
        and set(now.against) <= decided.against
        and set(now.unheard) <= decided.unheard | decided.against
    )
