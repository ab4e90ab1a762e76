"""Every letter there is: each kind, and the answer with each outcome."""

from datetime import date, timedelta

from interventions import letters as answers
from referrals import letters
from referrals.states import Outcome
from tibir.documents.kinds import Kind

DAY = date(2026, 11, 22)
ADDRESS = "c/o Ødegård\nStorgata 14 B\n0000 Fjordvik"
CHOSEN = {
    "screening": (Outcome.SCREENING, {}),
    "direct-offer": (Outcome.DIRECT_OFFER, {}),
    "waitlist": (
        Outcome.WAITLIST,
        {"window": (date(2027, 2, 22), date(2027, 3, 21))},
    ),
    "referred-with-consent": (
        Outcome.REFERRED_ON,
        {"referred_to": "Neuvola", "forwarded_with_consent": True},
    ),
    "referred-without-consent": (
        Outcome.REFERRED_ON,
        {"referred_to": "Neuvola", "forwarded_with_consent": False},
    ),
    "not-target-group": (Outcome.NOT_TARGET_GROUP, {}),
}
SCREENED = {"screened": ["counselling", "consultation"], "screened-nothing": []}
NAMES = [*CHOSEN, *SCREENED, "agreed", "preliminary", "inquiry"]


def write(name, referral, *, by, typed="Turvallisuus.", address=ADDRESS):
    """(kind of document, its words) of the letter with this name, to whoever sent it."""
    about = {"by": by, "on": DAY, "address": address}
    sender = referral.case.people.get(is_sender=True)
    if name == "preliminary":
        later = DAY + timedelta(days=20)
        words = letters.preliminary(referral, sender, why=typed, when=later, **about)
        return Kind.PRELIMINARY_ANSWER, words
    if name == "inquiry":
        return Kind.INQUIRY, letters.inquiry(referral, sender, question=typed, **about)
    if name == "agreed":
        begins = {"starts_on": DAY + timedelta(days=8), "reason": typed}
        return Kind.ANSWER, answers.agreed(referral, sender, **begins, **about)
    if name in SCREENED:
        chosen = {"services": SCREENED[name], "reason": typed}
        return Kind.SCREENING_ANSWER, answers.screened(referral, sender, **chosen, **about)
    outcome, chosen = CHOSEN[name]
    said = {"outcome": outcome, "reason": typed, **chosen}
    return Kind.ANSWER, answers.answer(referral, sender, **said, **about)
