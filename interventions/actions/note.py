"""What is written of a course: saved as it is typed, signed once, and added to afterwards."""

from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext as _

from interventions import rules
from interventions.models import Addendum, Assignment, Note, Rating, Summary, SummaryReader, Tried
from interventions.models.planning import TWICE, held_course
from interventions.states import NoteState
from tibir.audit.record import record
from tibir.core.errors import DomainError, StaleState
from tibir.deadlines import actions as deadlines
from tibir.deadlines.kinds import Kind as Due
from tibir.deadlines.models import Deadline
from tibir.notifications import actions as notifications
from tibir.notifications.kinds import Kind as Message


@transaction.atomic
def open_note(course, *, by, meeting=None):
    """A note with what is known beforehand, to be signed within three working days. Without a
    meeting, one's own in which nothing is written yet does as well as another."""
    course = held_course(course)
    if meeting is None:
        own = Note.objects.filter(course=course, author=by, on_behalf_of=None)
        if begun := own.empty().order_by("pk").first():
            return begun
    note = Note.objects.create(
        course=course, meeting=meeting, author=by, typed=rules.known_beforehand(course, meeting)
    )
    record("note.opened", note, by=by)
    wait_for_signature(note, by=by, on=meeting.day if meeting else timezone.localdate())
    return note


@transaction.atomic
def wait_for_signature(note, *, by, on):
    """It is due from the day of what it is about, also when that day is past."""
    about = {"unit": note.course.unit, "case": note.course.case, "owner": note.signer, "on": on}
    deadlines.begin(Due.NOTE, note, by=by, **about)


@transaction.atomic
def wait_for_cosigner(note, *, by, on):
    """The colleague who is asked is told at once. Without one, those who watch see it."""
    about = {"unit": note.course.unit, "case": note.course.case, "owner": note.cosigner, "on": on}
    clock = deadlines.begin(Due.COSIGN, note, by=by, **about)
    if note.cosigner and note.cosigner != by:
        _tell(clock, by, note.cosigner)


@transaction.atomic
def save_note(note, *, by, version, internal, typed=None):
    """What is typed so far. Who saw an older version writes nothing, and is told so."""
    _require_seen(note, version)
    changes = {"internal": internal, "version": version + 1, "saved_at": timezone.now()}
    _write(note, **changes if typed is None else changes | {"typed": typed})
    record("note.saved", note, by=by)
    return note


@transaction.atomic
def sign(
    note, *, by, version, internal, tried=(), ratings=(), assignment=("", ()), summary=("", ()),
    **columns,
):  # fmt: skip
    """From now on it stays as it is, with what it says of each person.

    `tried` are (assignment, progress, words), `ratings` are (goal, case person, value);
    `assignment` and `summary` are a text and the case persons that it is for.
    """
    if not internal.strip():
        raise DomainError(_("Notatet er tomt. Skriv noe før du signerer."))
    _require_seen(note, version)
    if by.pk != note.signer_id:
        raise DomainError(_("Det er %(name)s som skal signere.") % {"name": note.signer})
    now = timezone.now()
    today = timezone.localdate(now)
    _write_of_each(note, by, today, tried, ratings, assignment, summary)
    asks = rules.is_to_be_cosigned(note, today)
    columns |= {"needs_cosigning": asks}
    columns |= {"cosigner": rules.usual_cosigner(note, today) if asks else None}
    columns |= {"state": NoteState.SIGNED, "signed_by": by, "signed_at": now, "typed": {}}
    _write(note, internal=internal, version=version + 1, saved_at=now, **columns)
    deadlines.meet(Due.NOTE, note, by=by, on=today)
    record("note.signed", note, by=by)
    if asks:
        wait_for_cosigner(note, by=by, on=today)


@transaction.atomic
def add_to(note, *, by, text, reason):
    """What was left out or wrong, beside the note. The same words once more within a minute are a
    press that came twice, and stand once."""
    note = _held(note)
    if not note.is_signed:
        raise DomainError(_("Notatet er ikke signert. Skriv videre på det."))
    same = note.addenda.filter(text=text, reason=reason, by=by, at__gt=Now() - TWICE)
    if added := same.first():
        return added
    addendum = Addendum.objects.create(note=note, text=text, reason=reason, by=by)
    record("note.added_to", note, by=by)
    return addendum


@transaction.atomic
def throw_away(note, *, by):
    """It was begun by mistake, and says nothing. What is written is never thrown away."""
    note = _held(note)
    if not note.is_empty:
        raise DomainError(_("Det står noe i notatet. Bare et tomt utkast kan forkastes."))
    if note.moves.exists():
        raise DomainError(_("Notatet er flyttet hit fra en annen sak, og kan ikke forkastes."))
    deadlines.close(Due.NOTE, note, by=by, reason="thrown_away")
    record("note.thrown_away", note, by=by)
    note.delete()


@transaction.atomic
def write_for(note, *, by, user=None):
    """Whoever it is written for must sign it; nobody is the author again. What everybody has left
    whose it was, is signed by who takes it over."""
    note = _held(note)
    _require_draft(note)
    takes_over = by != note.author
    if takes_over and not rules.is_left(note):
        raise StaleState(_("Noen andre skal signere notatet nå. Se hvem det er."))
    is_given = user is not None and user != note.author
    if is_given and not takes_over and not note.course.is_given_by(user):
        raise DomainError(_("%(name)s gir ikke dette tiltaket.") % {"name": user})
    _write(note, on_behalf_of=user if is_given else None)
    deadlines.entrust(Due.NOTE, note, by=by, to=note.signer)
    record("note.given", note, by=by, to=note.signer_id)
    return note


@transaction.atomic
def ask_to_cosign(note, *, by, user):
    """Another colleague is to sign it too."""
    note = _held(note)
    _require_waiting(note)
    _require_cosigner(note, user)
    _write(note, cosigner=user)
    deadlines.entrust(Due.COSIGN, note, by=by, to=user)
    if user != by:
        _tell(Deadline.objects.about(note, Due.COSIGN).open().get(), by, user)
    record("note.asked_to_cosign", note, by=by, to=user.pk)
    return note


@transaction.atomic
def cosign(note, *, by):
    """Somebody qualified has read it, and stands for it too."""
    note = _held(note)
    _require_waiting(note)
    _require_cosigner(note, by)
    now = timezone.now()
    _write(note, cosigned_by=by, cosigned_at=now)
    deadlines.meet(Due.COSIGN, note, by=by, on=timezone.localdate(now))
    record("note.cosigned", note, by=by)
    return note


def _held(note):
    """Locked, and as it is now."""
    found = Note.objects.select_for_update(of=["self"])
    shown = ("course__case", "course__service", "course__unit", "meeting", "author", "on_behalf_of")
    held = found.select_related(*shown).filter(pk=note.pk).first()
    if held is None:
        raise StaleState(_("Utkastet er forkastet."))
    return held


def _require_seen(note, version):
    """Whoever writes has seen all that is there; the row is theirs until they are done."""
    found = Note.objects.select_for_update().filter(pk=note.pk, state=NoteState.DRAFT)
    if not found.filter(version=version).exists():
        raise StaleState(
            _("Notatet er lagret et annet sted siden du åpnet det. Se hva som står der nå.")
        )


def _require_draft(note):
    if note.is_signed:
        raise StaleState(_("Notatet er signert."))


def _require_waiting(note):
    if not note.awaits_cosigning:
        raise StaleState(_("Notatet venter ikke på at noen medsignerer."))


def _require_cosigner(note, user):
    if not rules.possible_cosigners(note, timezone.localdate()).filter(pk=user.pk).exists():
        raise DomainError(
            _("%(name)s kan ikke medsignere: det må være en ferdig opplært kollega som er medlem "
              "av saken.")
            % {"name": user}
        )  # fmt: skip


def _write(note, **changes):
    Note.objects.filter(pk=note.pk).update(**changes)
    for name, value in changes.items():
        setattr(note, name, value)


def _write_of_each(note, by, today, tried, ratings, assignment, summary):
    """What belongs to one person is never changed, so it is written when the note is signed."""
    day = note.meeting.day if note.meeting else today
    Tried.objects.bulk_create(
        Tried(note=note, assignment=each, progress=progress, words=words)
        for each, progress, words in tried
    )
    Rating.objects.bulk_create(
        Rating(
            goal=goal, person=person, value=value, note=note, meeting=note.meeting, on=day, by=by
        )
        for goal, person, value in ratings
    )
    text, people = assignment
    Assignment.objects.bulk_create(
        Assignment(note=note, person=each, text=text) for each in people if text
    )
    text, people = summary
    if text:
        told = Summary.objects.create(note=note, text=text)
        SummaryReader.objects.bulk_create(
            SummaryReader(summary=told, person=each) for each in people
        )


def _tell(clock, by, user):
    stage = f"cosign-{user.pk}-{clock.round}"
    notifications.tell(Message.TASK, clock, by=by, user=user, stage=stage)
