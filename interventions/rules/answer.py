"""Who may answer, and which answers lead to a screening."""

from django.utils.translation import gettext as _

from referrals.rules import may_assess
from referrals.states import Outcome, State

SCREENED = {Outcome.SCREENING, Outcome.WAITLIST, Outcome.DIRECT_OFFER}


def may_answer(user, referral) -> bool:
    return may_assess(user, referral)


def not_screened_because(referral) -> str:
    """Why nobody screens the family for this referral; nothing where somebody may. While it is
    open it may be both assessed and screened."""
    if referral.is_open or referral.outcome in SCREENED:
        return ""
    if referral.state == State.DECIDED:
        return _(
            "Svaret på henvisningen var «%(said)s». Åpne den igjen hvis familien likevel skal "
            "kartlegges."
        ) % {"said": referral.get_outcome_display()}
    return _("Henvisningen er «%(said)s», og ingen skal kartlegges etter den.") % {
        "said": referral.get_state_display()
    }
