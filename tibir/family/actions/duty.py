"""What is reported to barnevern. The family learns of it when somebody entitled says so."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tibir.audit.record import record
from tibir.cases.models import DutyReport
from tibir.core.errors import StaleState
from tibir.deadlines import actions as deadlines
from tibir.deadlines.kinds import Kind as Due


@transaction.atomic
def report(case, *, by, grounds, concern, channel, sent_to, reported_on):
    """Somebody has reported. Nobody is asked whether they may, and it is never removed."""
    made = DutyReport.objects.create(
        case=case,
        grounds=grounds,
        concern=concern,
        channel=channel,
        sent_to=sent_to,
        reported_on=reported_on,
        reporter=by,
    )
    record("duty.reported", made, by=by)
    deadlines.begin(Due.FEEDBACK, made, by=by, unit=case.unit, case=case, owner=by, on=reported_on)
    return made


@transaction.atomic
def heard_from(report, *, by, receipt_on=None, feedback_on=None, feedback=""):
    """Barnevern has said that it has it, or what it will do."""
    report.receipt_on = receipt_on
    report.feedback_on = feedback_on
    report.feedback = feedback
    report.save(update_fields=["receipt_on", "feedback_on", "feedback"])
    record("duty.heard_from", report, by=by)
    if feedback_on:
        deadlines.meet(Due.FEEDBACK, report, by=by, on=feedback_on)


@transaction.atomic
def release(report, *, by, reason):
    """From now on the family may be told of it. That cannot be taken back."""
    hidden = DutyReport.objects.filter(pk=report.pk).hidden()
    now = timezone.now()
    if not hidden.update(released_at=now, released_by=by, release_reason=reason):
        raise StaleState(_("Noen andre har alt sagt at familien kan få vite om den."))
    report.released_at, report.released_by = now, by
    record("duty.released", report, by=by)
