"""What an administrator, or the clock, does with somebody's account."""

from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from tibir.accounts.models import User
from tibir.audit.record import record
from tibir.core.dates import long_date
from tibir.core.errors import DomainError
from tibir.notifications import actions as notifications
from tibir.notifications.kinds import Kind as Message
from tibir.staff import factors, rules
from tibir.staff.actions.own import tell_of_change
from tibir.staff.models import FactorReset


@transaction.atomic
def warn_of_lock(user, *, by, on):
    """Once for each time that the account is left alone."""
    said = {"until": long_date(on)}
    notifications.tell(
        Message.IDLE_SOON, user, by=by, user=user, data=said, stage=str(user.used_at.date())
    )


@transaction.atomic
def lock(user, *, by):
    """Nobody has used it for long. The next request of any session of it is refused."""
    rows = User.objects.filter(pk=user.pk, is_active=True)
    if rows.update(is_active=False, locked_at=Now()):
        record("user.locked", user, by=by)


@transaction.atomic
def unlock(user, *, by):
    rows = User.objects.filter(pk=user.pk, locked_at__isnull=False)
    if rows.update(is_active=True, locked_at=None, active_from=Now()):
        record("user.unlocked", user, by=by)


@transaction.atomic
def ask_for_reset(user, *, by):
    """Two administrators, where there are two: one alone could let themselves in as somebody."""
    reset, is_new = FactorReset.objects.open().get_or_create(
        user=user, defaults={"asked_by": by, "alone": _is_alone(by, user)}
    )
    if is_new:
        record("user.reset_asked_for", user, by=by)
    if reset.alone and reset.asked_by == by:
        settle_reset(reset, by=by)
    return reset


def _is_alone(by, user):
    return not rules.others_who_may_reset(by, user).exists()


@transaction.atomic
def settle_reset(reset, *, by):
    """The second step is gone, and so is every session; the user is told."""
    user = reset.user
    if by == user or (by == reset.asked_by and not reset.alone):
        raise DomainError(_("En annen administrator må godkjenne dette."))
    rows = FactorReset.objects.open().filter(pk=reset.pk)
    if not rows.update(settled_by=by, settled_at=Now()):
        return
    reset_factors(user, by=by, alone=reset.alone)


@transaction.atomic
def reset_factors(user, *, by, alone):
    factors.remove_all(user)
    user.session_round += 1
    user.save(update_fields=["session_round"])
    record("user.factors_reset", user, by=by, alone=alone)
    tell_of_change(user, "reset", by=by)
