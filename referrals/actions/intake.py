"""From what somebody types to a referral with a clock."""

import hashlib
import json
import logging
from datetime import date, datetime, time

from django.conf import settings
from django.db import IntegrityError, OperationalError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from referrals import letters
from referrals.models import Discussion, Draft, Enclosure, Referral, Submission
from referrals.questions import (
    AT_THE_DESK,
    CALL_ME,
    door_of,
    is_from_professional,
    protection,
    said_by_sender,
    sender_of,
)
from tibir.audit.record import record
from tibir.calendar.answer import due_on
from tibir.cases.models import Case, CasePerson, Grade, Person
from tibir.core.codes import TOKEN_BITS, derive, digest, new_reference, new_secret
from tibir.core.dates import weekday_date
from tibir.core.errors import DomainError, StaleState
from tibir.deadlines import actions as deadlines
from tibir.deadlines.kinds import ANSWERED_BY_VEDTAK
from tibir.deadlines.kinds import Kind as Due
from tibir.documents import actions as documents
from tibir.documents.kinds import Kind as Paper
from tibir.documents.models import Attachment
from tibir.family import actions as family
from tibir.notifications import actions as notifications
from tibir.notifications.kinds import Kind as Message

log = logging.getLogger(__name__)


class DifferentContent(DomainError):
    """The same token came with other answers: a new message, not a repeated one.

    `token` follows from both, so that the new message is also received only once.
    """

    def __init__(self, message, token):
        super().__init__(message)
        self.token = token


# --- Drafts -------------------------------------------------------------------------------


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


# --- Submission ---------------------------------------------------------------------------


@transaction.atomic
def receive(
    municipality, *, by, token, channel, language, answers, draft=None, received_at=None
) -> Submission:
    """Sent means stored: the submission, and in the same transaction all that follows from it.

    The token makes a double click, a reload and a retry the same submission. Returns it,
    whoever of them came first. `received_at` is for what came earlier on another way.
    """
    submission, first = _store(
        municipality, token, channel, language, answers, received_at or timezone.now()
    )
    if not first:
        return submission
    record("submission.received", submission, by=by, channel=channel)
    if draft is not None:
        draft.submission, draft.payload = submission, {}
        draft.save(update_fields=["submission", "payload"])
        _send_along(draft, submission)
    submission.receipt = documents.order(
        Paper.RECEIPT,
        by=by,
        municipality=municipality,
        title=_("Kvittering %(reference)s") % {"reference": submission.reference},
        language=language,
        data=letters.receipt(submission),
    )
    submission.save(update_fields=["receipt"])
    _read_in_or_ask_staff(submission, by)
    return submission


def _send_along(draft, submission):
    """All files but those that the sender has been told cannot be used."""
    draft.enclosures.filter(attachment__state__in=Attachment.STOPPED).delete()
    draft.enclosures.update(draft=None, submission=submission)


def _store(municipality, token, channel, language, answers, received_at):
    once = digest(Submission.ONCE, token)
    content = hashlib.sha256(json.dumps(answers, sort_keys=True).encode()).digest()
    for _attempt in range(3):
        try:
            with transaction.atomic():
                return Submission.objects.create(
                    municipality=municipality,
                    reference=new_reference(),
                    once_digest=once,
                    content_digest=content,
                    status_digest=digest(Submission.STATUS, derive(Submission.STATUS, token)),
                    receipt_digest=digest(Submission.RECEIPT, derive(Submission.RECEIPT, token)),
                    channel=channel,
                    language=language,
                    received_at=received_at,
                    answers=answers,
                ), True
        except IntegrityError as error:
            taken = error
            earlier = Submission.objects.filter(once_digest=once).first()
            if earlier is None:
                continue  # the random reference was taken; another one will not be
            if bytes(earlier.content_digest) != content:
                raise DifferentContent(
                    _("Du har allerede sendt et annet svar herfra."),
                    derive(f"after {content.hex()}", token),
                ) from None
            return earlier, False
    raise RuntimeError("three references in a row were taken") from taken


def sent_before(token):
    """The submission that this token has sent, or None."""
    return Submission.objects.filter(once_digest=digest(Submission.ONCE, token)).first()


def _read_in_or_ask_staff(submission, by):
    """A referral that cannot be made of a submission must not lose the submission."""
    try:
        with transaction.atomic():
            _read_in(submission, by)
    except OperationalError:
        raise  # the database is gone; nothing is stored and the sender is told so
    except Exception as error:
        log.exception("submission %s was stored but not read in", submission.pk)
        submission.stopped_by = type(error).__name__
        submission.save(update_fields=["stopped_by"])
        deadlines.begin(
            Due.READ_SUBMISSION,
            submission,
            by=by,
            unit=submission.municipality.intake_unit,
            on=timezone.localdate(submission.received_at),
        )


@transaction.atomic
def read_in(submission, *, by):
    """Once more, after whatever stopped it the first time."""
    Submission.objects.select_for_update().get(pk=submission.pk)
    if Referral.objects.filter(submission=submission).exists():
        raise StaleState(_("«%(thing)s» er endret av noen andre.") % {"thing": submission})
    referral = _read_in(submission, by)
    submission.stopped_by = ""
    submission.save(update_fields=["stopped_by"])
    deadlines.meet(Due.READ_SUBMISSION, submission, by=by, on=timezone.localdate())
    return referral


def _read_in(submission, by):
    """Make the referral, its case and its clocks of what was sent."""
    unit = submission.municipality.intake_unit
    received_on = timezone.localdate(submission.received_at)
    answers = submission.answers
    child = _child(submission, answers.get("barnet", {}))
    case = Case.objects.create(
        municipality=submission.municipality, unit=unit, child=child, opened_on=received_on
    )
    record("case.opened", case, by=by)
    submission.attachments().update(case=case)
    shielded = protection(answers)
    if shielded == "yes":
        family.protect(child, case, by=by, grade=Grade.CONFIDENTIAL)
    sender = _add_sender(case, answers, by)
    others = _add_others(case, answers, by)
    referral = Referral.objects.create(
        submission=submission,
        case=case,
        municipality=submission.municipality,
        unit=unit,
        received_on=received_on,
        due_on=due_on(received_on, submission.municipality.answer_days),
        sender=sender_of(answers),
        child_age=_age(child, answers, received_on),
        situations=answers.get("bekymringen", {}).get("situations", []),
        asked_for_protection=shielded in ("yes", "talk"),
    )
    record("referral.received", referral, by=by, channel=submission.channel)
    due = [(Due.ANSWER, referral, referral.due_on)]
    due += [(Due.READ, referral, None), (Due.CLAIM, referral, None)]
    if unit.law_profile in ANSWERED_BY_VEDTAK:
        due.append((Due.MONTH_ANSWER, referral, None))
    # A parent who is referred by somebody else has not said a word here.
    people = [sender, *others] if is_from_professional(answers) else [sender]
    due += [(Due.CONFIRM_CONTACT, person, None) for person in people]
    deadlines.begin_first(due, by=by, unit=unit, case=case, on=received_on)
    return referral


def _child(submission, said):
    national_id = said.get("national_id", "")
    return Person.objects.create(
        municipality=submission.municipality,
        first_name=said.get("first_name", "")[:100],
        last_name=said.get("last_name", "")[:100],
        birth_date=date.fromisoformat(said["birth_date"]) if said.get("birth_date") else None,
        national_id=national_id,
        national_id_index=Person.index_of(national_id),
        address=said.get("address", ""),
        language=said.get("language", "")[:40],
    )


def _add_sender(case, answers, by):
    said = said_by_sender(answers)
    if is_from_professional(answers):
        about = {
            "relation": CasePerson.Relation.TEACHER
            if sender_of(answers) in (Referral.Sender.KINDERGARTEN, Referral.Sender.SCHOOL)
            else CasePerson.Relation.PROFESSIONAL,
            "responsibility": CasePerson.YesNo.NO,
            "lives_with": CasePerson.LivesWith.NO,
        }
    else:
        about = {
            "relation": said.get("relation") or said.get("who") or CasePerson.Relation.OTHER,
            "responsibility": said.get("responsibility") or CasePerson.YesNo.UNKNOWN,
            "lives_with": said.get("lives_with") or CasePerson.LivesWith.UNKNOWN,
        }
    called = CALL_ME.slug in answers
    return family.add(
        case,
        by=by,
        is_sender=True,
        safe_phone="yes" if called else said.get("safe_phone") or CasePerson.YesNo.UNKNOWN,
        safe_email=said.get("safe_email") or CasePerson.YesNo.UNKNOWN,
        **about,
        **_reached_at(said),
    )


def _add_others(case, answers, by):
    people = answers.get(door_of(answers).people, {}).get("people", [])
    return [
        family.add(
            case,
            by=by,
            relation=said.get("relation") or CasePerson.Relation.OTHER,
            responsibility=said.get("responsibility") or CasePerson.YesNo.UNKNOWN,
            lives_with=said.get("lives_with") or CasePerson.LivesWith.UNKNOWN,
            safe_phone=said.get("safe") or CasePerson.YesNo.UNKNOWN,
            safe_email=said.get("safe") or CasePerson.YesNo.UNKNOWN,
            **_reached_at(said),
        )
        for said in people
    ]


def _reached_at(said):
    first, _space, last = said.get("name", "").rpartition(" ")
    if not first:
        first, last = last, ""
    return {
        "first_name": first[:100],
        "last_name": last[:100],
        "phone": said.get("phone", ""),
        "email": said.get("email", ""),
        "language": said.get("language", "")[:40],
        "interpreter": {"yes": True, "no": False}.get(said.get("interpreter")),
    }


def _age(child, answers, on):
    """Whole years on the day of receipt."""
    if answers.get(CALL_ME.slug):
        return answers[CALL_ME.slug].get("child_age")
    born = child.birth_date
    if born is None:
        return None
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


# --- Staff --------------------------------------------------------------------------------


@transaction.atomic
def register(municipality, *, by, token, answers) -> Submission:
    """Type in what came by telephone, on paper or at the door; its clock began that day."""
    said = answers[AT_THE_DESK.first.slug]
    day = date.fromisoformat(said["received_on"])
    noon = timezone.make_aware(datetime.combine(day, time(12)))
    return receive(
        municipality,
        by=by,
        token=token,
        channel=said["channel"],
        language=settings.LANGUAGE_CODE,
        answers=answers,
        received_at=timezone.now() if day == timezone.localdate() else noon,
    )


@transaction.atomic
def discuss(unit, *, by, token, held_on, caller_kind, topic, minutes):
    """Count a discussion in which nobody was named; pressed twice it is still one."""
    discussion, created = Discussion.objects.get_or_create(
        once_digest=digest(Discussion.ONCE, token),
        defaults={
            "municipality_id": unit.municipality_id,
            "unit": unit,
            "by": by,
            "held_on": held_on,
            "caller_kind": caller_kind,
            "topic": topic,
            "minutes": minutes,
        },
    )
    if created:
        record("discussion.held", discussion, by=by, topic=topic, minutes=minutes)
    return discussion


@transaction.atomic
def attach(referral, *, by, content, name):
    """A file that came another way, added to what was sent. Raises Refused at the first look."""
    attachment = documents.take_in(
        content, name, by=by, municipality=referral.municipality, case=referral.case, author=by
    )
    Enclosure.objects.create(submission=referral.submission, attachment=attachment)
    return attachment


@transaction.atomic
def confirm_contact(referral, case_person, *, by, **found):
    """Staff knows who this is; from now on the sender may be told what is safe, and is."""
    family.verify(case_person, by=by, **found)
    deadlines.meet(Due.CONFIRM_CONTACT, case_person, by=by, on=timezone.localdate())
    if case_person.is_sender and referral.tells_its_sender and case_person.may_be_emailed:
        language = referral.submission.language
        with override(language):
            answer_by = weekday_date(referral.due_on)
        notifications.tell(
            Message.REFERRAL_RECEIVED,
            referral,
            by=by,
            person=case_person,
            language=language,
            data={"reference": referral.reference, "answer_by": answer_by},
        )
    record("referral.contact_confirmed", referral, by=by, person=case_person.pk)
    return case_person
