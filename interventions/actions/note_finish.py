"""A note is signed, and the family's next meeting agreed in the same breath."""

from django.db import transaction
from django.utils import timezone

from interventions import rules
from interventions.actions.meeting import plan_meeting
from interventions.actions.note import sign
from tibir.core.errors import DomainError


@transaction.atomic
def finish_note(note, *, by, next_meeting=None, **written):
    """Both or neither. `next_meeting` is (start, end): the same people meet in the same place."""
    sign(note, by=by, **written)
    if next_meeting is None:
        return None
    last = note.meeting
    if stops := rules.stopped_by(note.course, timezone.localdate(), last.kind):
        raise DomainError(" ".join(stops))
    came = last.attendances.select_related("person")
    people = [each.person for each in came if not each.person.has_ended]
    if last.child:
        people.append(note.course.case.child)
    return plan_meeting(
        note.course,
        by=by,
        starts_at=next_meeting[0],
        ends_at=next_meeting[1],
        kind=last.kind,
        mode=last.mode,
        place=last.place,
        is_at_ours=last.is_at_ours,
        people=people,
    )
