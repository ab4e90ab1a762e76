"""Which unit has a case, and so its referrals."""

from django.db import transaction
from django.utils import timezone

from referrals import rules
from referrals.models import Referral
from tibir.audit.record import record
from tibir.deadlines import actions as deadlines
from tibir.deadlines.kinds import ANSWERED_BY_VEDTAK
from tibir.deadlines.kinds import Kind as Due
from tibir.deadlines.models import Deadline
from tibir.family import actions as family


@transaction.atomic
def move(case, *, by, unit, reason):
    """The case and its referrals get another unit, in one go; the answer is due on the same day.

    An open referral whose owner does not work there must be taken by somebody who does. Returns
    the members who were taken out of the case.
    """
    left = family.move(case, by=by, unit=unit, reason=reason)
    for referral in Referral.objects.select_for_update().filter(case=case).order_by("pk"):
        referral.unit = unit
        referral.save(update_fields=["unit"])
        record("referral.moved", referral, by=by, unit=unit.pk)
        if referral.is_open:
            _begin_there(referral, by)
    return left


def _begin_there(referral, by):
    about = {"by": by, "unit": referral.unit, "case": referral.case}
    owner = referral.owner
    if owner is not None and not rules.owners(referral).filter(pk=owner.pk).exists():
        referral.owner = None
        referral.save(update_fields=["owner"])
        for clock in (Due.ANSWER, Due.MONTH_ANSWER):
            for deadline in Deadline.objects.about(referral, clock).open().filter(owner=owner):
                deadlines.release(deadline, by=by)
        deadlines.begin(Due.CLAIM, referral, on=timezone.localdate(), **about)
    if referral.unit.law_profile in ANSWERED_BY_VEDTAK:
        asked = Deadline.objects.about(referral, Due.MONTH_ANSWER)
        if not asked.exists():
            deadlines.begin(
                Due.MONTH_ANSWER, referral, on=referral.received_on, owner=referral.owner, **about
            )
