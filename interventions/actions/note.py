"""What is written of a course: saved as it is typed, signed once, and added to afterwards."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from interventions.models import Addendum, Note
from interventions.states import NoteState
from tibir.audit.record import record
from tibir.core.errors import DomainError, StaleState
from tibir.deadlines import actions as deadlines
from tibir.deadlines.kinds import Kind as Due


@transaction.atomic
def open_note(course, *, by, meeting=None):
    """An empty note, to be signed within three working days."""
    note = Note.objects.create(course=course, meeting=meeting, author=by)
    record("note.opened", note, by=by)
    deadlines.begin(
        Due.NOTE,
        note,
        by=by,
        unit=course.unit,
        case=course.case,
        owner=by,
        on=meeting.day if meeting else timezone.localdate(),
    )
    return note


@transaction.atomic
def save_note(note, *, by, version, internal):
    """What is typed so far. Who saw an older version writes nothing, and is told so."""
    _write(note, version=version, internal=internal)
    record("note.saved", note, by=by)
    return note


@transaction.atomic
def sign(note, *, by, version, internal):
    """From now on it stays as it is."""
    if not internal.strip():
        raise DomainError(_("Notatet er tomt. Skriv noe før du signerer."))
    now = timezone.now()
    signed = {"state": NoteState.SIGNED, "signed_by": by, "signed_at": now}
    _write(note, version=version, internal=internal, **signed)
    deadlines.meet(Due.NOTE, note, by=by, on=timezone.localdate(now))
    record("note.signed", note, by=by)


@transaction.atomic
def add_to(note, *, by, text, reason):
    """What was left out or wrong, beside the note."""
    if not note.is_signed:
        raise DomainError(_("Notatet er ikke signert. Skriv videre på det."))
    addendum = Addendum.objects.create(note=note, text=text, reason=reason, by=by)
    record("note.added_to", note, by=by)
    return addendum


def _write(note, *, version, **changes):
    changes |= {"version": version + 1, "saved_at": timezone.now()}
    row = Note.objects.filter(pk=note.pk, version=version, state=NoteState.DRAFT)
    if not row.update(**changes):
        raise StaleState(
            _("Notatet er lagret et annet sted siden du åpnet det. Se hva som står der nå.")
        )
    for name, value in changes.items():
        setattr(note, name, value)
