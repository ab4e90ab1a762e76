"""What somebody wrote freely shows where a family is: a person reads it, and says what must go."""

import re

from django.db import transaction

from tibir.audit.record import record
from tibir.cases.places import without_words

CUT = "[fjernet]"


@transaction.atomic
def cut_words(case, *, by, words):
    """Each of these goes out of what was sent, asked and answered. In how many texts it stood.

    Issued letters are sealed, and are not altered. What was sent stands in a room above this one
    and is reached from its case, as where the addresses are cut.
    """
    pattern = re.compile("|".join(map(re.escape, words)), re.IGNORECASE)
    count = 0
    for referral in case.referrals.select_related("submission").order_by("pk"):
        rows = [(referral.submission, ["answers"]), (referral, ["reason"])]
        rows += [(each, ["question", "answer"]) for each in referral.inquiries.order_by("pk")]
        count += sum(_cut(row, names, pattern) for row, names in rows)
    people = case.people.exclude(contact_arrangement="")
    count += sum(_cut(each, ["contact_arrangement"], pattern) for each in people.order_by("pk"))
    if count:
        record("case.words_cut", case, by=by, rows=count)
    return count


def _cut(row, names, pattern):
    was = {name: getattr(row, name) for name in names}
    changed = []
    for name, said in was.items():
        left = without_words(said, pattern, CUT)
        if left != said:
            setattr(row, name, left)
            changed.append(name)
    if changed:
        row.save(update_fields=changed)
    return len(changed)
