"""From a draft on somebody's phone to a referral with a clock."""

from referrals.models.assessment import Inquiry, ReceivedCorrection, Reopening, Triage
from referrals.models.discussion import Discussion
from referrals.models.referral import Referral, is_outside
from referrals.models.submission import Draft, Enclosure, Submission

__all__ = [
    "Discussion",
    "Draft",
    "Enclosure",
    "Inquiry",
    "ReceivedCorrection",
    "Referral",
    "Reopening",
    "Submission",
    "Triage",
    "is_outside",
]
