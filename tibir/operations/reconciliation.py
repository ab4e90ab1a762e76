"""Does what was promised hold together? Looks at everything, each time; remembers nothing.

Each check finds rows that must not be there. A short while is given to what is being done now.
"""

from dataclasses import dataclass
from datetime import timedelta

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from referrals.models import Referral, Submission
from referrals.states import OPEN, State
from tibir.deadlines.kinds import Kind as Due
from tibir.deadlines.models import Deadline
from tibir.documents.models import Dispatch, Document

PUT_OFF = timedelta(minutes=10)  # a document is made in seconds
POSTED_WITHIN = timedelta(days=3)  # over a weekend a letter may lie


class Finding(models.TextChoices):
    NOT_READ_IN = "not_read_in", _("innsending uten henvisning")
    NO_RECEIPT = "no_receipt", _("innsending uten kvittering")
    NO_CLOCK = "no_clock", _("henvisning uten svarfrist")
    WRONG_DAY = "wrong_day", _("svarfristen står ulikt to steder")
    NO_LETTER = "no_letter", _("avgjort uten brev")
    NOT_SENT = "not_sent", _("brev som ikke er sendt")
    NOT_ANSWERED = "not_answered", _("brevet er sendt, men fristen står åpen")


@dataclass(frozen=True)
class Discrepancy:
    """Something that must not be: what it is, and the row with a unit that must look at it."""

    finding: Finding
    target: models.Model
    unit_id: int
    case: models.Model | None = None


def discrepancies(now):
    """All of them, in a fixed order; nothing of it says who anybody is."""
    found = []
    for finding, check in CHECKS.items():
        found += [Discrepancy(finding, *where) for where in check(now)]
    return found


def _submissions(found):
    for each in found.select_related("municipality").defer("answers").order_by("pk"):
        yield each, each.municipality.intake_unit_id


def _referrals(found):
    for each in found.select_related("case", "submission").order_by("pk"):
        yield each, each.unit_id, each.case


def _not_read_in(now):
    return _submissions(Submission.objects.filter(referral=None, received_at__lt=now - PUT_OFF))


def _no_receipt(now):
    made = Document.State.READY
    old = Submission.objects.filter(receipt__created_at__lt=now - PUT_OFF)
    missing = Submission.objects.filter(receipt=None, received_at__lt=now - PUT_OFF)
    return _submissions(missing | old.exclude(receipt__state=made))


def _clock(**about):
    return Deadline.objects.filter(
        kind=Due.ANSWER,
        target_type=Referral._meta.label_lower,
        target_id=OuterRef("pk"),
        **about,
    )


def _no_clock(now):
    promised = Referral.objects.filter(state__in=[*OPEN, State.DECIDED])
    running = Exists(_clock(closed_reason=""))
    return _referrals(promised.filter(~running))


def _wrong_day(now):
    other = Exists(_clock(closed_reason="", met_on=None).exclude(due_on=OuterRef("due_on")))
    return _referrals(Referral.objects.filter(other, state__in=OPEN))


def _answers():
    return Document.objects.filter(
        meets__kind=Due.ANSWER, meets__target_id=OuterRef("pk"), case=OuterRef("case")
    )


def _no_letter(now):
    decided = Referral.objects.filter(state=State.DECIDED)
    return _referrals(decided.filter(~Exists(_answers())))


def _not_sent(now):
    lying = Dispatch.objects.filter(
        Q(state=Dispatch.State.WAITING, created_at__lt=now - POSTED_WITHIN)
        | Q(document__state=Document.State.FAILED, state=Dispatch.State.WAITING)
    )
    for each in lying.select_related("document__case").defer("document__data").order_by("pk"):
        yield each, each.document.unit_id, each.document.case


def _not_answered(now):
    """Everybody has the letter: somebody must find out why the deadline does not know."""
    undelivered = _answers().undelivered()
    met = Referral.objects.filter(
        Exists(_answers()),
        ~Exists(undelivered),
        Exists(_clock(closed_reason="", met_on=None)),
        state=State.DECIDED,
    )
    return _referrals(met)


CHECKS = {
    Finding.NOT_READ_IN: _not_read_in,
    Finding.NO_RECEIPT: _no_receipt,
    Finding.NO_CLOCK: _no_clock,
    Finding.WRONG_DAY: _wrong_day,
    Finding.NO_LETTER: _no_letter,
    Finding.NOT_SENT: _not_sent,
    Finding.NOT_ANSWERED: _not_answered,
}
