from celery import shared_task
from django.conf import settings
from django.db.models import Exists, OuterRef
from django.utils import timezone

from tibir.accounts.models import Membership, Role, Unit, User
from tibir.audit.record import CLOCK
from tibir.core.jobs import noted, run_once
from tibir.deadlines.kinds import Kind
from tibir.deadlines.models import Deadline
from tibir.staff import rules
from tibir.staff.actions import accounts, links, reviews
from tibir.staff.models import Forgotten

AT_ONCE = 100


@shared_task(name="staff.tick")
def tick():
    noted("login letters", _answer_asked)


@shared_task(name="staff.look")
def look():
    """A few times an hour, though what it finds changes by the day."""
    now = timezone.now()
    noted("idle accounts", lambda: lock_idle(now))
    noted("access reviews", lambda: ask_for_reviews(timezone.localdate(now)))


def _answer_asked():
    with run_once("login letters") as is_ours:
        if is_ours:
            for asked in Forgotten.objects.order_by("pk")[:AT_ONCE]:
                links.answer_asked(asked, by=CLOCK)


def lock_idle(now):
    """Nobody is locked without having been told, and two weeks to do something about it."""
    with run_once("idle accounts") as is_ours:
        if not is_ours:
            return None
        until = now + settings.IDLE_WARNING
        locked = 0
        for user in User.objects.unused_since(until - settings.IDLE_AFTER):
            ends = user.used_at + settings.IDLE_AFTER
            if ends <= now and rules.was_warned(user, now - settings.IDLE_WARNING):
                accounts.lock(user, by=CLOCK)
                locked += 1
            else:
                accounts.warn_of_lock(user, by=CLOCK, on=timezone.localdate(max(ends, until)))
        return str(locked)


def ask_for_reviews(today):
    """In each quarter once, in every unit where somebody has a role."""
    with run_once("access reviews") as is_ours:
        if not is_ours:
            return None
        begun = today.replace(month=(today.month - 1) // 3 * 3 + 1, day=1)
        deadlines = Deadline.objects.filter(
            kind=Kind.ACCESS_REVIEW, target_type=Unit._meta.label_lower, target_id=OuterRef("pk")
        )
        roles = Membership.objects.current().filter(unit=OuterRef("pk"))
        units = Unit.objects.filter(Exists(roles)).exclude(
            Exists(deadlines.filter(begun_on__gte=begun))
        )
        count = 0
        for unit in units.exclude(Exists(deadlines.open())):
            reviews.ask_for_review(unit, by=CLOCK, on=today, owner=_leader(unit))
            count += 1
        _follow_leaders()
        return str(count)


def _follow_leaders():
    open_ones = Deadline.objects.open().filter(kind=Kind.ACCESS_REVIEW)
    for deadline in open_ones.select_related("unit"):
        leads = _leaders(deadline.unit)
        if deadline.owner_id not in {user.pk for user in leads}:
            to = leads[0] if leads else None
            if to:
                reviews.entrust_review(deadline.unit, by=CLOCK, to=to)


def _leader(unit):
    return next(iter(_leaders(unit)), None)


def _leaders(unit):
    held = Membership.objects.current().filter(role=Role.LEADER, unit=unit, user__is_active=True)
    return [m.user for m in held.select_related("user").order_by("started_on", "pk")]
