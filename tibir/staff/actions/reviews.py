"""Four times a year a leader looks at who has which role in the unit."""

from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from tibir.accounts.models import Membership
from tibir.audit.record import record
from tibir.core.errors import DomainError
from tibir.deadlines import actions as deadlines
from tibir.deadlines.kinds import Kind
from tibir.staff.models import Review, ReviewedMembership

ONE_DAY = timedelta(days=1)


@transaction.atomic
def ask_for_review(unit, *, by, on, owner):
    deadlines.begin(Kind.ACCESS_REVIEW, unit, by=by, unit=unit, on=on, owner=owner)


@transaction.atomic
def entrust_review(unit, *, by, to):
    """The leader who was to do it leads no more."""
    deadlines.entrust(Kind.ACCESS_REVIEW, unit, by=by, to=to)


@transaction.atomic
def review(unit, *, by, kept, ended, today):
    """What is removed ends at once: yesterday was its last day."""
    if any(membership.user_id == by.pk for membership in [*kept, *ended]):
        raise DomainError(_("Din egen tilgang må en annen se over."))
    done = Review.objects.create(unit=unit, by=by)
    decided = [(m, True) for m in kept] + [(m, False) for m in ended]
    ReviewedMembership.objects.bulk_create(
        ReviewedMembership(review=done, membership=m, kept=is_kept) for m, is_kept in decided
    )
    for membership in ended:
        _end(membership, by=by, today=today)
    record("access.reviewed", unit, by=by, kept=len(kept), ended=len(ended))
    deadlines.meet(Kind.ACCESS_REVIEW, unit, by=by, on=today)
    return done


def _end(membership, *, by, today):
    # What began today has no earlier day to end on.
    last = max(today - ONE_DAY, membership.started_on)
    Membership.objects.current().filter(pk=membership.pk).update(ended_on=last)
    record(
        "membership.ended",
        membership.user,
        by=by,
        municipality=membership.unit.municipality,
        role=membership.role,
        unit=membership.unit_id,
        last=str(last),
    )
