"""Who may answer."""

from referrals.rules import may_assess


def may_answer(user, referral) -> bool:
    return may_assess(user, referral)
