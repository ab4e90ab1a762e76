"""Is everything alive? Numbers only: nothing here says anything of a family.

No figure includes a case under strict protection: its named group has the tasks of what failed.
"""

from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from referrals.models import Draft, Submission
from tibir.audit.seal import SEALING, VERIFYING
from tibir.cases.models import STRICT
from tibir.core.jobs import FAILED
from tibir.core.models import Heartbeat, JobRun
from tibir.core.templatetags.ui import moment
from tibir.deadlines.models import Sweep
from tibir.documents.models import Attachment, Document
from tibir.notifications.models import Delivery

CLOCK, RECONCILIATION = "clock", "reconciliation"
LATE_AFTER = timedelta(seconds=35)  # three ticks
SEALED_WITHIN = timedelta(minutes=5)
VERIFIED_WITHIN = timedelta(hours=26)


@dataclass(frozen=True)
class Sign:
    label: str
    value: str
    is_well: bool


def beat_is_late(now):
    heartbeat = Heartbeat.objects.filter(name=CLOCK).first()
    return heartbeat is None or now - heartbeat.at > LATE_AFTER


def signs():
    now = timezone.now()
    two_minutes_ago = now - timedelta(minutes=2)
    waiting = _messages().to_try(two_minutes_ago).count()
    documents = _documents().to_render(now).filter(created_at__lt=two_minutes_ago).count()
    failed_documents = _documents().filter(state=Document.State.FAILED).count()
    failed_messages = _messages().filter(state=Delivery.State.FAILED).count()
    stopped = Submission.objects.stopped().count()
    sweep = Sweep.objects.first() or Sweep()
    unchecked = _attachments().filter(
        state=Attachment.State.WAITING, received_at__lt=two_minutes_ago
    )
    unchecked = unchecked.count()
    damaged = _attachments().filter(state=Attachment.State.DAMAGED).count()
    drafts = Draft.objects.alive(now).filter(submission=None).count()
    differs = reconciled()
    return [
        Sign(_("Klokken (arbeider og taktgiver)"), _ago(now), not beat_is_late(now)),
        Sign(_("Varsler om frister"), _swept(sweep, now), not Sweep.stands_still(now)),
        Sign(_("Frister uten noen å varsle"), str(sweep.untold), sweep.untold == 0),
        Sign(_("Meldinger som har ventet over to minutter"), str(waiting), waiting == 0),
        Sign(_("Dokumenter som har ventet over to minutter"), str(documents), documents == 0),
        Sign(_("Dokumenter som ikke ble laget"), str(failed_documents), failed_documents == 0),
        Sign(_("Meldinger som ikke kom fram"), str(failed_messages), failed_messages == 0),
        Sign(
            _("Vedlegg som har ventet på kontroll over to minutter"),
            str(unchecked),
            unchecked == 0,
        ),
        Sign(_("Vedlegg som er skadet"), str(damaged), damaged == 0),
        Sign(_("Innsendinger som stoppet"), str(stopped), stopped == 0),
        Sign(_("Avvik som avstemmingen fant"), differs, differs == "0"),
        _job(_("Loggen er forseglet"), SEALING, now, SEALED_WITHIN),
        _job(_("Loggen er etterprøvd"), VERIFYING, now, VERIFIED_WITHIN),
        Sign(_("Skjemaer som er påbegynt"), str(drafts), True),
    ]


def _job(label, job, now, within):
    """When it was last done to the end, and well only when it did not fail and was lately."""
    run = JobRun.objects.filter(job=job).first()
    if run is None:
        return Sign(label, _("aldri"), False)
    if run.outcome.startswith(FAILED):
        return Sign(label, run.outcome, False)
    is_lately = now - (run.finished_at or run.started_at) <= within
    return Sign(label, moment(run.finished_at or run.started_at), is_lately)


def reconciled():
    """How much was found that must not be, the last time; «aldri» before the first."""
    run = JobRun.objects.filter(job=RECONCILIATION, finished_at__isnull=False).first()
    return run.outcome if run else _("aldri")


def _swept(sweep, now):
    if sweep.doubt:
        return _("stanset: klokken er feil")
    if sweep.host_at is None:
        return _("aldri")
    return _("for %(n)d minutter siden") % {
        "n": max(0, (now - sweep.host_at).total_seconds()) // 60
    }


def _messages():
    return Delivery.objects.exclude(notification__case__grade__in=STRICT)


def _documents():
    """A receipt belongs to what was sent, and has no case of its own."""
    hidden = Submission.objects.filter(referral__case__grade__in=STRICT, receipt__isnull=False)
    open_to_all = Document.objects.exclude(case__grade__in=STRICT)
    return open_to_all.exclude(pk__in=hidden.values("receipt"))


def _attachments():
    return Attachment.objects.exclude(case__grade__in=STRICT)


def _ago(now):
    heartbeat = Heartbeat.objects.filter(name=CLOCK).first()
    if heartbeat is None:
        return _("aldri")
    return _("for %(n)d sekunder siden") % {"n": max(0, (now - heartbeat.at).total_seconds())}


def runs():
    return JobRun.objects.order_by("job")
