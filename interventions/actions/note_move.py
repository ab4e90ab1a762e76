"""A note that stood in the wrong case goes to the right one, and leaves word of it."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from interventions import rules
from interventions.actions.note import wait_for_cosigner, wait_for_signature
from interventions.models import Course, Note, NoteMove
from interventions.models.planning import held_course
from tibir.audit.record import record
from tibir.core.errors import DomainError
from tibir.deadlines import actions as deadlines
from tibir.deadlines.kinds import Kind as Due

# What a draft says of one person of the family, by the beginning of the field's name.
OF_PEOPLE = ("tried-", "how-", "rating-", "assignment_to", "readers")


@transaction.atomic
def move_note(note, *, by, to, reason):
    """It is read where it belongs, and no more where it stood; what it says stays as it was.

    Assignments, ratings and readers were of the other family: they stay there, and count nowhere.
    """
    found = Note.objects.select_for_update(of=["self"])
    shown = ("course__case", "course__unit", "meeting", "author", "on_behalf_of")
    note = found.select_related(*shown).get(pk=note.pk)
    was, day = note.course, note.day
    if to.pk == was.pk:
        raise DomainError(_("Notatet står i dette tiltaket fra før."))
    if not note.is_signed:
        held_course(to)  # else it would be over with a draft in it
    NoteMove.objects.create(
        note=note, course=was, meeting=note.meeting, to=to, reason=reason, by=by
    )
    record("note.moved_away", note, by=by, case=was.case)
    for kind in (Due.NOTE, Due.COSIGN):
        deadlines.close(kind, note, by=by, reason="moved")
    if not note.is_signed:
        Note.objects.filter(pk=note.pk).update(**_without_people(note))
    Note.objects.filter(pk=note.pk).update(course=to, meeting=None)
    note.refresh_from_db()
    note.course = Course.objects.select_related("case", "unit", "service").get(pk=to.pk)
    record("note.moved_here", note, by=by, case=note.course.case)
    if not note.is_signed:
        wait_for_signature(note, by=by, on=day)
    elif note.awaits_cosigning:
        _ask_there(note)
        wait_for_cosigner(note, by=by, on=timezone.localdate())
    return note


def _ask_there(note):
    note.cosigner = rules.usual_cosigner(note, timezone.localdate())
    Note.objects.filter(pk=note.pk).update(cosigner=note.cosigner)


def _without_people(note):
    """What somebody told of an assignment is text too, and is kept as text."""
    told = [text for name, text in sorted(note.typed.items()) if name.startswith("how-") and text]
    typed = {name: value for name, value in note.typed.items() if not name.startswith(OF_PEOPLE)}
    internal = "\n\n".join([part for part in (note.internal, *told) if part])
    return {"typed": typed, "internal": internal, "version": note.version + 1}
