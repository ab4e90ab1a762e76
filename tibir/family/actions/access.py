"""One case, opened for one person, for a time. It ends by itself."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tibir.accounts.models import Membership, Role, User
from tibir.audit.record import record
from tibir.cases.models import EMERGENCY_LASTS, Disqualification, TimedAccess
from tibir.core.errors import DomainError, StaleState
from tibir.deadlines import actions as deadlines
from tibir.deadlines.kinds import Kind as Due
from tibir.notifications import actions as notifications
from tibir.notifications.kinds import Kind as Message


@transaction.atomic
def open_for_leader(case, *, by, reason, text, days):
    """To read one case of the unit, for a purpose and no longer than it takes."""
    now = timezone.now()
    made = TimedAccess.objects.create(
        case=case,
        user=by,
        kind=TimedAccess.Kind.LEADER,
        reason=reason,
        text=text,
        started_at=now,
        ends_at=now + timedelta(days=days),
    )
    record("access.opened", made, by=by, reason=reason, days=days)
    return made


@transaction.atomic
def open_in_emergency(case, *, by, reason, text):
    """To read it for an hour, while those who have the case are told and a leader looks after."""
    now = timezone.now()
    made = TimedAccess.objects.create(
        case=case,
        user=by,
        kind=TimedAccess.Kind.EMERGENCY,
        reason=reason,
        text=text,
        started_at=now,
        ends_at=now + EMERGENCY_LASTS,
    )
    deadlines.begin(
        Due.EMERGENCY_REVIEW, made, by=by, unit=case.unit, case=case, on=timezone.localdate(now)
    )
    for user in _told(case, by):
        notifications.tell(Message.EMERGENCY_ACCESS, made, by=by, user=user, case=case)
    record("emergency.opened", made, by=by, basis="emergency", reason=reason)
    return made


def _told(case, by):
    """The one who has the case, and the unit's coordinators."""
    held = Membership.objects.current().filter(role=Role.COORDINATOR)
    here = held.filter(unit=case.unit_id) | held.filter(municipality=case.municipality_id)
    kept_out = Disqualification.objects.current().filter(case=case).values("user")
    people = User.objects.filter(is_active=True).exclude(pk=by.pk).exclude(pk__in=kept_out)
    mine = people.filter(pk__in=here.values("user")) | people.filter(pk=case.responsible_id)
    return mine.distinct().order_by("pk")


@transaction.atomic
def tried_in_emergency(*, by, reason, opened=None):
    """Every try is in the log, with what came of it; never what was typed."""
    record("emergency.tried", opened, by=by, reason=reason, found=opened is not None)


@transaction.atomic
def review(access, *, by, justified, review):
    """Was it needed? Said once, by another than the one who used it."""
    if access.user_id == by.pk:
        raise DomainError(_("En annen enn den som brukte nødtilgangen, må vurdere den."))
    row = TimedAccess.objects.emergencies().filter(pk=access.pk, reviewed_on=None)
    on = timezone.localdate()
    access.review, access.justified = review, justified
    if not row.update(reviewed_on=on, reviewed_by=by, justified=justified, review=review):
        raise StaleState(_("Noen andre har alt vurdert denne nødtilgangen."))
    deadlines.meet(Due.EMERGENCY_REVIEW, access, by=by, on=on)
    record("emergency.reviewed", access, by=by, justified=justified)
