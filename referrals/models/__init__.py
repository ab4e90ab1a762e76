"""From a draft on somebody's phone to a referral with a clock."""

from referrals.models.assessment import Inquiry, ReceivedCorrection, Reopening, Triage
from referrals.models.discussion import Discussion
from referrals.models.referral import Referral, is_outside
from referrals.models.routing import Choice, Recommendation
from referrals.models.ruleset import RuleSet, RuleWriter, TryOut
from referrals.models.submission import Draft, Enclosure, Submission

__all__ = [
    "Choice",
    "Discussion",
    "Draft",
    "Enclosure",
    "Inquiry",
    "ReceivedCorrection",
    "Recommendation",
    "Referral",
    "Reopening",
    "RuleSet",
    "RuleWriter",
    "Submission",
    "Triage",
    "TryOut",
    "is_outside",
]
