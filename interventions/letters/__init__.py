"""What is written to a family, and to others with their consent: each document's data."""

from interventions.letters.answer import EXPLAINED, SAID, agreed, answer, rights, screened, weeks
from interventions.letters.report import drafted, figures_of, referral_of, report

__all__ = [
    "EXPLAINED", "SAID", "agreed", "answer", "drafted", "figures_of", "referral_of", "report",
    "rights", "screened", "weeks",
]  # fmt: skip
