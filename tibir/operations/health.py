"""Is everything alive? Numbers only: nothing here says anything of a family."""

from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from referrals.models import Draft, Submission
from tibir.audit.seal import SEALING, VERIFYING
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
    waiting = Delivery.objects.to_try(now - timedelta(minutes=2)).count()
    slow = Document.objects.to_render(now).filter(created_at__lt=now - timedelta(minutes=2))
    documents, failed_documents = slow.count(), _failed(Document)
    failed_messages, stopped = _failed(Delivery), Submission.objects.stopped().count()
    sweep = Sweep.objects.first() or Sweep()
    unchecked = Attachment.objects.filter(
        state=Attachment.State.WAITING, received_at__lt=now - timedelta(minutes=2)
    ).count()
    damaged = Attachment.objects.filter(state=Attachment.State.DAMAGED).count()
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


def _failed(model):
    return model.objects.filter(state=model.State.FAILED).count()


def _ago(now):
    heartbeat = Heartbeat.objects.filter(name=CLOCK).first()
    if heartbeat is None:
        return _("aldri")
    return _("for %(n)d sekunder siden") % {"n": max(0, (now - heartbeat.at).total_seconds())}


def runs():
    return JobRun.objects.order_by("job")
