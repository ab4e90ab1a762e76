"""What somebody types, until they send it."""

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from referrals.actions.intake import receive
from referrals.models import Draft, Enclosure
from tibir.audit.record import record
from tibir.core.codes import TOKEN_BITS, digest, new_secret
from tibir.core.errors import DomainError, StaleState
from tibir.documents import actions as documents
from tibir.documents.models import Attachment


@transaction.atomic
def begin(municipality, *, by, language, entrance=Draft.Entrance.PARENT):
    """A new draft and the secret that opens it, which is shown now and never again."""
    secret = new_secret()
    now = timezone.now()
    draft = Draft.objects.create(
        municipality=municipality,
        secret_digest=digest(Draft.PURPOSE, secret),
        language=language,
        entrance=entrance,
        payload={"steps": {}, "token": new_secret(TOKEN_BITS)},
        created_at=now,
        saved_at=now,
        expires_at=now + settings.DRAFT_LIFETIME,
    )
    record("draft.begun", draft, by=by)
    return draft, secret


@transaction.atomic
def save(draft, *, by, step, typed, version):
    """Keep what was typed in one step, right or wrong.

    Raises StaleState when another tab has saved something else in this step since it was
    opened: nobody overwrites what they have not seen.
    """
    draft = _held(draft)
    if draft.submission_id:
        raise DomainError(_("Henvisningen er allerede sendt."))
    if version != draft.version_of(step) and typed != draft.typed(step):
        raise StaleState(_("Dette steget er endret i en annen fane."))
    steps = draft.payload["steps"]
    steps[step] = {"typed": typed, "version": draft.version_of(step) + 1}
    _forget_what_is_no_longer_asked(draft.door, steps)
    _changed(draft)
    record("draft.saved", draft, by=by, step=step)
    return draft


def _changed(draft):
    draft.version += 1
    draft.saved_at = timezone.now()
    draft.expires_at = draft.saved_at + settings.DRAFT_LIFETIME
    draft.save(update_fields=["payload", "version", "saved_at", "expires_at"])


def _held(draft):
    """The draft as it is now, ours until we are done; it may be gone since it was looked at.

    No join: PostgreSQL re-reads only the locked row, so a joined one may be from before the wait.
    """
    held = Draft.objects.select_for_update().filter(pk=draft.pk).first()
    if held is None:
        raise StaleState(_("Skjemaet er slettet. Du kan begynne på nytt."))
    return held


def _forget_what_is_no_longer_asked(door, steps):
    """A yes to protection takes back an address that was typed before it."""
    said = steps.get(door.first.slug, {}).get("typed", {}).get("protection") or [""]
    answers = {door.first.slug: {"protection": said[-1]}}
    for step in door.steps:
        typed = steps.get(step.slug, {}).get("typed", {})
        for question in step.questions:
            if not question.shown(answers):
                typed.pop(question.key, None)


@transaction.atomic
def enclose(draft, *, by, content, name):
    """One more file goes with the draft; the same once more is nothing new.

    Raises Refused at the first look.
    """
    draft = _held(draft)
    if draft.submission_id:
        raise DomainError(_("Henvisningen er allerede sendt."))
    fingerprint = Attachment.fingerprint_of(content, name)
    there = draft.attachments().filter(fingerprint=fingerprint).first()
    if there is not None:
        return there
    if not draft.has_room_for_files:
        raise DomainError(_("Det er plass til fem filer. Fjern en før du legger ved en ny."))
    attachment = documents.take_in(content, name, by=by, municipality=draft.municipality)
    Enclosure.objects.create(draft=draft, attachment=attachment)
    _changed(draft)
    return attachment


@transaction.atomic
def take_out(draft, *, by, public_id):
    """The file is deleted; one that is gone already is nothing to do."""
    draft = _held(draft)
    if draft.submission_id:
        raise DomainError(_("Henvisningen er allerede sendt."))
    for attachment in draft.attachments().filter(public_id=public_id):
        record("attachment.removed", attachment, by=by)
        attachment.enclosure.delete()
        _changed(draft)


@transaction.atomic
def discard(draft, *, by):
    """The sender has changed their mind: nothing of it is left."""
    draft = _held(draft)
    if draft.submission_id:
        raise DomainError(_("Henvisningen er allerede sendt."))
    record("draft.discarded", draft, by=by)
    draft.delete()


@transaction.atomic
def send(draft, *, by, version, language, answers):
    """The draft becomes a submission; whoever comes second gets the one that was made.

    Raises StaleState when the draft has changed since the summary was shown.
    """
    draft = _held(draft)
    if draft.submission_id:
        return draft.submission
    if draft.version != version:
        raise StaleState(_("Noe er endret siden du åpnet oppsummeringen. Se over og send igjen."))
    return receive(
        draft.municipality,
        by=by,
        token=draft.payload["token"],
        channel=draft.door.channel,
        language=language,
        answers=answers,
        draft=draft,
    )
