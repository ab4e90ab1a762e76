"""What happens to a deadline. Who is told of it, and when, is for the sweep alone.

`begin` after it was met or closed is a new round, with a last day of its own. `reopen` is for what
was not met after all: the same round, the same last day, and overdue from then on if that is past.
"""

from django.db import transaction
from django.utils.translation import gettext as _

from tibir.audit.record import event, record, record_all
from tibir.core.errors import DomainError, StaleState
from tibir.deadlines.kinds import RULES
from tibir.deadlines.models import Deadline
from tibir.notifications import actions as notifications
from tibir.notifications.kinds import Kind as Message


@transaction.atomic
def begin(kind, target, *, by, unit, on, due_on=None, case=None, owner=None, subject=""):
    """Something is due. Begun again while it is open, it is still one deadline."""
    latest = Deadline.objects.about(target, kind).order_by("-round").first()
    if latest and latest.is_open:
        return latest
    deadline, created = Deadline.objects.get_or_create(
        kind=kind,
        target_type=target._meta.label_lower,
        target_id=target.pk,
        round=latest.round + 1 if latest else 1,
        defaults={
            "municipality_id": unit.municipality_id,
            "unit": unit,
            "case": case,
            "owner": owner,
            "reference": getattr(target, "reference", ""),
            "subject": subject,
            "begun_on": on,
            "due_on": due_on or RULES[kind].length.after(on),
        },
    )
    if created:
        record("deadline.begun", deadline, by=by, kind=kind)
    return deadline


@transaction.atomic(savepoint=False)
def begin_first(kinds, *, by, unit, case, on):
    """What is due about rows that were made in this very transaction: nothing was due before.

    `kinds` are (kind, target, last day or None for the kind's own). Two statements for them all.
    """
    deadlines = Deadline.objects.bulk_create(
        Deadline(
            kind=kind,
            target_type=target._meta.label_lower,
            target_id=target.pk,
            municipality_id=unit.municipality_id,
            unit=unit,
            case=case,
            reference=getattr(target, "reference", ""),
            begun_on=on,
            due_on=due_on or RULES[kind].length.after(on),
        )
        for kind, target, due_on in kinds
    )
    record_all([event("deadline.begun", each, by=by, kind=each.kind) for each in deadlines])


@transaction.atomic
def bring_forward(kind, target, *, by, on, due_on=None):
    """It began on an earlier day than was known, so its last day is earlier too; never later."""
    due_on = due_on or RULES[kind].length.after(on)
    for deadline in Deadline.objects.about(target, kind).filter(due_on__gt=due_on):
        Deadline.objects.filter(pk=deadline.pk).update(due_on=due_on)
        record("deadline.brought_forward", deadline, by=by, kind=kind, was=f"{deadline.due_on}")


@transaction.atomic(savepoint=False)
def meet(kind, target, *, by, on):
    """What was due has happened; nothing open is nothing to do."""
    for deadline in Deadline.objects.about(target, kind).open():
        _end(deadline, by=by, verb="deadline.met", met_on=on)


@transaction.atomic
def close(kind, target, *, by, reason):
    """Nothing is due any more; `reason` is a code word. Nothing open is nothing to do."""
    for deadline in Deadline.objects.about(target, kind).open():
        _end(deadline, by=by, verb="deadline.closed", reason=reason, closed_reason=reason)


@transaction.atomic
def reopen(kind, target, *, by, reason):
    """It was not met after all, or must not have been closed; `reason` is a code word.

    The latest round goes on as if nothing had happened. Open already, or never begun, it stays so.
    """
    latest = Deadline.objects.about(target, kind).order_by("-round").first()
    if latest:
        open_again(latest, by=by, reason=reason)


@transaction.atomic
def fulfil(deadline, *, by, on):
    """What was due has happened; met already is nothing to do."""
    _end(deadline, by=by, verb="deadline.met", met_on=on)


@transaction.atomic
def open_again(deadline, *, by, reason):
    """It was not met after all: the same round, and the same last day."""
    if not deadline.is_open:
        deadline.met_on, deadline.closed_reason = None, ""
        deadline.save(update_fields=["met_on", "closed_reason"])
        record("deadline.reopened", deadline, by=by, kind=deadline.kind, reason=reason)


@transaction.atomic
def entrust(kind, target, *, by, to):
    """What it is about has gone to somebody else, and this goes with it."""
    for deadline in Deadline.objects.about(target, kind).open():
        Deadline.objects.filter(pk=deadline.pk).update(owner=to)
        record("deadline.given", deadline, by=by, kind=kind, to=to.pk)


@transaction.atomic
def move(case, *, by, unit, keepers):
    """What is still due goes with the case to its new unit; without an owner who is left behind.

    `keepers` are those who work there too. What was met or closed stays where that was done.
    """
    still = Deadline.objects.filter(case=case).open()
    for deadline in still.exclude(owner=None).exclude(owner__in=keepers):
        release(deadline, by=by)
    still.update(unit=unit)


@transaction.atomic
def release(deadline, *, by):
    """Nobody has it until somebody takes it; those who watch over the unit are told instead."""
    Deadline.objects.filter(pk=deadline.pk).update(owner=None)
    record("deadline.released", deadline, by=by, kind=deadline.kind)


@transaction.atomic
def finish(deadline, *, by, on):
    """A person says that it is done. Only what is ended by hand can be."""
    if not deadline.rule.by_hand:
        raise DomainError(_("Denne fristen lukkes når det den gjelder er gjort."))
    if not _end(deadline, by=by, verb="deadline.met", met_on=on, by_hand=True):
        raise StaleState(_("Noen andre har alt lukket denne fristen."))


@transaction.atomic
def give(deadline, *, by, to):
    """Put it in the hands of somebody who works in its unit."""
    if not deadline.possible_owners.filter(pk=to.pk).exists():
        raise DomainError(_("%(name)s arbeider ikke i enheten.") % {"name": to})
    rows = Deadline.objects.open().filter(pk=deadline.pk, owner=deadline.owner_id)
    if not rows.update(owner=to):
        raise StaleState(_("Noen andre har alt tatt eller lukket denne fristen."))
    deadline.owner = to
    given = record("deadline.given", deadline, by=by, kind=deadline.kind, to=to.pk)
    if to != by:
        notifications.tell(Message.TASK, deadline, by=by, user=to, stage=f"given-{given.pk}")


@transaction.atomic
def take(deadline, *, by):
    """Whoever comes second is told so."""
    give(deadline, by=by, to=by)


def _end(deadline, *, by, verb, met_on=None, closed_reason="", **codes):
    """Guarded by what is open now: whoever comes second writes nothing."""
    rows = Deadline.objects.open().filter(pk=deadline.pk)
    if not rows.update(met_on=met_on, closed_reason=closed_reason):
        return False
    deadline.met_on, deadline.closed_reason = met_on, closed_reason
    record(verb, deadline, by=by, kind=deadline.kind, **codes)
    if met_on:
        for other in deadline.also_met().open():
            _end(other, by=by, verb=verb, met_on=met_on)
    return True
