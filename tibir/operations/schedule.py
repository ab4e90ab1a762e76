from celery import shared_task
from django.db.models import Q
from django.utils import timezone

from referrals.models import Draft
from tibir.accounts.models import Session, Unit
from tibir.audit.record import CLOCK, record
from tibir.core import attempts
from tibir.core.jobs import FAILED, noted
from tibir.core.models import Heartbeat, JobRun
from tibir.deadlines import actions as deadlines
from tibir.deadlines.kinds import Kind
from tibir.deadlines.models import Deadline
from tibir.notifications import actions as notifications
from tibir.notifications.models import Delivery
from tibir.operations import health
from tibir.operations.reconciliation import discrepancies


@shared_task(name="operations.reconcile")
def reconcile():
    noted(health.RECONCILIATION, lambda: settle(discrepancies(timezone.now())))


def settle(found):
    """Each of them a task, and an alarm when it is new; what holds together again is done."""
    units = Unit.objects.in_bulk({each.unit_id for each in found})
    tasks = [_task(each, units[each.unit_id]) for each in found if each.unit_id]
    gone = Deadline.objects.open().filter(kind=Kind.DISCREPANCY)
    for task in gone.exclude(pk__in=[task.pk for task in tasks]):
        deadlines.fulfil(task, by=CLOCK, on=timezone.localdate())
    # No figure includes a case under strict protection; its named group has the task.
    return str(sum(each.case is None or not each.case.is_strict for each in found))


def _task(found, unit):
    task = deadlines.begin(
        Kind.DISCREPANCY,
        found.target,
        by=CLOCK,
        unit=unit,
        case=found.case,
        on=timezone.localdate(),
    )
    notifications.alarm(f"discrepancy {found.finding} {task.pk}", by=CLOCK)
    return task


@shared_task(name="operations.tick")
def tick():
    """A sign that broker, beat, worker and database all do their part, and some tidying."""
    noted("failed jobs", _tell_about_failed_jobs)
    noted("operations", _tidy)
    noted("failed messages", _tell_about_failed_messages)
    Heartbeat.objects.update_or_create(name=health.CLOCK, defaults={"at": timezone.now()})


def _tell_about_failed_jobs():
    """A job that broke is an alarm, one for each job and day however often it breaks."""
    for run in JobRun.objects.filter(outcome__startswith=FAILED):
        notifications.alarm(f"{run.job} {timezone.localdate()}", by=CLOCK)


def _tidy():
    now = timezone.now()
    attempts.forget_old(now - attempts.REMEMBERED)
    Session.objects.filter(expire_date__lt=now).delete()
    expired = Draft.objects.filter(expires_at__lte=now)
    for draft in expired[:100]:
        record("draft.expired", draft, by=CLOCK)
        draft.delete()


def _tell_about_failed_messages():
    """A message that did not arrive is a task for the unit of its case, or for the intake unit.

    An alarm belongs to neither: that one is red under «Drift».
    """
    known = Deadline.objects.filter(
        kind=Kind.MESSAGE_FAILED, target_type=Delivery._meta.label_lower
    )
    failed = Delivery.objects.filter(state=Delivery.State.FAILED)
    has_case = Q(notification__case__isnull=False)
    with_unit = has_case | Q(notification__municipality__intake_unit__isnull=False)
    unseen = failed.filter(with_unit).exclude(pk__in=known.values("target_id"))
    places = unseen.select_related(
        "notification__case__unit", "notification__municipality__intake_unit"
    )
    for delivery in places.order_by("pk")[:100]:
        case = delivery.notification.case
        deadlines.begin(
            Kind.MESSAGE_FAILED,
            delivery,
            by=CLOCK,
            unit=case.unit if case else delivery.notification.municipality.intake_unit,
            case=case,
            on=timezone.localdate(),
        )
