"""Looking somebody up: by reference, by how a name begins, or by identity number."""

import re

from referrals.models import Referral
from tibir.access.roles import Kind, municipalities_where
from tibir.cases.models import Person

REFERENCE = re.compile(r"TB-?[0-9A-Z]{4}-?[0-9A-Z]{4}", re.IGNORECASE)
SHORTEST = 2
MOST_PEOPLE = 200
MOST = 50


def look_up(user, text):
    """(what was looked for, what was found): a code word for the log, and referrals."""
    visible = Referral.objects.visible_to(user).for_search()
    typed = re.sub(r"[\s.]", "", text)
    if REFERENCE.fullmatch(typed):
        letters = typed.upper().replace("-", "")
        reference = f"{letters[:2]}-{letters[2:6]}-{letters[6:]}"
        return "reference", list(visible.filter(submission__reference=reference)[:MOST])
    people = Person.objects.filter(municipality__in=municipalities_where(user, Kind.CASE))
    if re.fullmatch(r"\d{11,12}", typed):
        return "national_id", _about(visible, people.with_national_id(typed))
    if len(typed) < SHORTEST:
        return "short", []
    return "name", _about(visible, people.named(text))


def _about(referrals, people):
    pks = list(people.order_by("pk").values_list("pk", flat=True)[:MOST_PEOPLE])
    return list(referrals.about(pks)[:MOST]) if pks else []
