from django.db import transaction

from tibir.audit.record import record
from tibir.calendar.holidays import working_days_after
from tibir.deadlines.kinds import RULES
from tibir.deadlines.models import Deadline


@transaction.atomic
def begin(kind, target, *, by, unit, on, due_on=None, case=None, owner=None):
    """Something is due. Begun twice in one round it is still one deadline."""
    due_on = due_on or working_days_after(on, RULES[kind].working_days)
    deadline, created = Deadline.objects.get_or_create(
        kind=kind,
        target_type=target._meta.label_lower,
        target_id=target.pk,
        round=1,
        defaults={
            "municipality_id": unit.municipality_id,
            "unit": unit,
            "case": case,
            "owner": owner,
            "due_on": due_on,
        },
    )
    if created:
        record("deadline.begun", deadline, by=by, kind=kind)
    return deadline


@transaction.atomic
def meet(kind, target, *, by, on):
    """What was due has happened; nothing open is nothing to do."""
    for deadline in Deadline.objects.about(target, kind).open():
        deadline.met_on = on
        deadline.save(update_fields=["met_on"])
        record("deadline.met", deadline, by=by, kind=kind)
