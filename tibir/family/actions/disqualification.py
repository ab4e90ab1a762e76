"""Somebody employed who must have nothing to do with a family."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tibir.audit.record import record
from tibir.cases.models import Case, CaseMember, Disqualification, family_of
from tibir.core.errors import DomainError, StaleState
from tibir.deadlines import actions as deadlines
from tibir.deadlines.kinds import Kind as Due
from tibir.deadlines.models import Deadline
from tibir.family.actions.protection import look_after_group


@transaction.atomic
def keep_out(case, *, by, user, reason):
    """From now on the whole family does not exist for this person, wherever they look."""
    cases = Case.objects.select_for_update().filter(pk__in=family_of(case)).order_by("pk")
    for each in cases:
        if not Disqualification.objects.filter(case=each, user=user, ended_on=None).exists():
            _keep_out(each, by=by, user=user, reason=reason)


def _keep_out(case, *, by, user, reason):
    today = timezone.localdate()
    made = Disqualification.objects.create(
        case=case, user=user, reason=reason, registered_by=by, started_on=today
    )
    record("case.disqualified", made, by=by, case=case, user=user.pk, reason=reason)
    if _leaves_something(case, user, today):
        deadlines.begin(Due.TAKE_OVER, made, by=by, unit=case.unit, case=case, on=today)
    look_after_group(case, by=by)


def _leaves_something(case, user, today):
    """What this person had goes back to the unit; was there anything?"""
    left = CaseMember.objects.filter(case=case, user=user, ended_on=None).update(ended_on=today)
    left += Deadline.objects.open().filter(case=case, owner=user).update(owner=None)
    left += case.referrals.filter(owner=user).update(owner=None)
    left += Case.objects.filter(pk=case.pk, responsible=user).update(responsible=None)
    return bool(left)


@transaction.atomic
def let_in_again(disqualification, *, by):
    """It holds no more; nobody says so of themselves. What was given up does not come back."""
    if disqualification.user_id == by.pk:
        raise DomainError(_("En annen enn deg selv må oppheve dette."))
    family = family_of(disqualification.case)
    rows = Disqualification.objects.filter(
        case__in=family, user=disqualification.user_id, ended_on=None
    )
    if not rows.update(ended_on=timezone.localdate(), ended_by=by):
        raise StaleState(_("Noen andre har alt opphevet dette."))
    for case in Case.objects.filter(pk__in=family).order_by("pk"):
        record("case.let_in_again", case, by=by, user=disqualification.user_id)
