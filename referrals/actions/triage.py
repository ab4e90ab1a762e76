"""Two referrals that may be about one child: apart, the same child, or the same matter."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from referrals.models import Recommendation, Referral, Triage
from referrals.states import State
from tibir.audit.record import record
from tibir.core.errors import DomainError
from tibir.deadlines import actions as deadlines
from tibir.deadlines.kinds import Kind as Due
from tibir.family import actions as family


@transaction.atomic
def keep_apart(referral, other, *, by):
    """Not the same child: nobody is asked about these two again."""
    referral, other = _held(referral, other)
    _note(referral, other, Triage.Verdict.APART, by)


@transaction.atomic
def link(referral, other, *, by):
    """The same child: both go on, in the case that was there first."""
    referral, other = _held(referral, other)
    _require_one_child(referral, other)
    _note(referral, other, Triage.Verdict.LINKED, by)
    _move(referral, other.case, by)


@transaction.atomic
def merge(referral, other, *, by):
    """The same matter sent twice: one answer, due by the earlier promise. Both references live."""
    referral, other = _held(referral, other)
    if not other.is_open:
        raise DomainError(_("Den andre henvisningen er avsluttet. Knytt dem sammen i stedet."))
    _require_one_child(referral, other)
    _note(referral, other, Triage.Verdict.MERGED, by)
    referral.move_to(State.DUPLICATE, duplicate_of=other, reason=str(Triage.Verdict.MERGED.label))
    for kind in (Due.ANSWER, Due.MONTH_ANSWER, Due.CLAIM, Due.READ):
        deadlines.close(kind, referral, by=by, reason="merged")
    other.received_on = min(other.received_on, referral.received_on)
    other.due_on = min(other.due_on, referral.due_on)
    other.save(update_fields=["received_on", "due_on"])
    received = {"by": by, "on": other.received_on}
    deadlines.bring_forward(Due.ANSWER, other, due_on=other.due_on, **received)
    deadlines.bring_forward(Due.MONTH_ANSWER, other, **received)
    _move(referral, other.case, by)
    record("referral.merged", other, by=by, duplicate=referral.pk)


def _held(*referrals):
    """Both locked, always in the same order, so that two who merge them crosswise wait."""
    pks = sorted(referral.pk for referral in referrals)
    locked = Referral.objects.select_for_update().filter(pk__in=pks).order_by("pk")
    found = {referral.pk: referral for referral in locked}
    return [found[referral.pk] for referral in referrals]


def _require_one_child(referral, other):
    """Twins share birth date and nearly a name: two numbers are two children until somebody says
    on one of them that the child is known under both."""
    if not referral.case.child.may_be(other.case.child):
        raise DomainError(
            _(
                "De to barna har hvert sitt fødselsnummer. Er det samme barn, må begge numrene "
                "føres på barnet først."
            )
        )


def _note(referral, other, verdict, by):
    if referral.municipality_id != other.municipality_id:
        raise DomainError(_("Henvisningene er i hver sin kommune, og holdes der."))
    known = Triage.objects.filter(referral=referral, other=other)
    known |= Triage.objects.filter(referral=other, other=referral)
    if known.exists():
        raise DomainError(_("Disse to er allerede vurdert mot hverandre."))
    Triage.objects.create(
        referral=referral, other=other, verdict=verdict, by=by, on=timezone.localdate()
    )
    record("referral.triaged", referral, by=by, other=other.pk, verdict=verdict)
    for each in (referral, other):
        deadlines.meet(Due.SAME_CHILD, each, by=by, on=timezone.localdate())


def _move(referral, case, by):
    """The referral moves to the child's case, with its people and all that is kept about them.

    So its unit and its protection hold for what came before as well. The opened case points there;
    what the log says of it stays where it was written.
    """
    opened = referral.case
    if opened.pk == case.pk:
        return
    Referral.objects.filter(case=opened).update(case=case, unit=case.unit)
    Recommendation.objects.filter(case=opened).update(case=case)
    family.merge(opened, into=case, by=by)
