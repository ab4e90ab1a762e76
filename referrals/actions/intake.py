"""What was sent becomes a referral with a case and clocks."""

import hashlib
import json
import logging
from datetime import date

from django.db import IntegrityError, OperationalError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from referrals import letters
from referrals.models import Referral, Submission
from referrals.questions import (
    CALL_ME,
    CONSENT,
    door_of,
    is_from_professional,
    protection,
    said_by_sender,
    sender_of,
)
from tibir.audit.record import at_once, record
from tibir.calendar.answer import due_on
from tibir.cases.models import Case, CasePerson, Consent, Grade, Notice, Person, Purpose
from tibir.core.codes import derive, digest, new_reference
from tibir.core.errors import DomainError, StaleState
from tibir.deadlines import actions as deadlines
from tibir.deadlines.kinds import ANSWERED_BY_VEDTAK
from tibir.deadlines.kinds import Kind as Due
from tibir.documents import actions as documents
from tibir.documents.kinds import Kind as Paper
from tibir.documents.models import Attachment
from tibir.family import actions as family

log = logging.getLogger(__name__)


class DifferentContent(DomainError):
    """The same token came with other answers: a new message, not a repeated one.

    `token` follows from both, so that the new message is also received only once.
    """

    def __init__(self, message, token):
        super().__init__(message)
        self.token = token


@transaction.atomic
def receive(
    municipality, *, by, token, channel, language, answers, draft=None, received_at=None
) -> Submission:
    """Sent means stored: the submission, and in the same transaction all that follows from it.

    The token makes a double click, a reload and a retry the same submission. Returns it,
    whoever of them came first. `received_at` is for what came earlier on another way.
    """
    files = _to_send_along(draft) if draft is not None else []
    submission, first = _store(
        municipality,
        by=by,
        token=token,
        channel=channel,
        language=language,
        answers=answers,
        files=files,
        received_at=received_at or timezone.now(),
    )
    if not first:
        return submission
    if draft is not None:
        draft.submission, draft.payload = submission, {}
        draft.save(update_fields=["submission", "payload"])
        draft.enclosures.update(draft=None, submission=submission)
    _read_in_or_ask_staff(submission, files, by)
    return submission


def _to_send_along(draft):
    """All files but those that the sender has been told cannot be used."""
    draft.enclosures.filter(attachment__state__in=Attachment.STOPPED).delete()
    return list(draft.attachments())


def _store(municipality, *, by, token, channel, language, answers, files, received_at):
    """(The submission and its receipt, whether it is the first of its token)."""
    once = digest(Submission.ONCE, token)
    content = hashlib.sha256(json.dumps(answers, sort_keys=True).encode()).digest()
    for _attempt in range(3):
        submission = Submission(
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
        )
        try:
            with transaction.atomic(), at_once():
                submission.receipt = _order_receipt(submission, files, by)
                submission.save(force_insert=True)
                record("submission.received", submission, by=by, channel=channel)
                return submission, True
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


def _order_receipt(submission, files, by):
    return documents.order(
        Paper.RECEIPT,
        by=by,
        municipality=submission.municipality,
        title=_("Kvittering %(reference)s") % {"reference": submission.reference},
        language=submission.language,
        data=letters.receipt(submission, files),
    )


def sent_before(token):
    """The submission that this token has sent, or None."""
    return Submission.objects.filter(once_digest=digest(Submission.ONCE, token)).first()


def _read_in_or_ask_staff(submission, files, by):
    """A referral that cannot be made of a submission must not lose the submission."""
    try:
        with transaction.atomic():
            _read_in(submission, files, by)
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
    referral = _read_in(submission, submission.attachments(), by)
    submission.stopped_by = ""
    submission.save(update_fields=["stopped_by"])
    deadlines.meet(Due.READ_SUBMISSION, submission, by=by, on=timezone.localdate())
    return referral


@at_once()
def _read_in(submission, files, by):
    """Make the referral, its case and its clocks of what was sent."""
    unit = submission.municipality.intake_unit
    received_on = timezone.localdate(submission.received_at)
    answers = submission.answers
    child = _child(submission, answers.get("barnet", {}))
    case = Case.objects.create(
        municipality=submission.municipality, unit=unit, child=child, opened_on=received_on
    )
    record("case.opened", case, by=by)
    if files:
        submission.attachments().update(case=case)
    shielded = protection(answers)
    if shielded == "yes":
        family.protect(child, case, by=by, grade=Grade.CONFIDENTIAL)
    sender = _add_sender(case, answers, by)
    others = _add_others(case, answers, by)
    answer_by = due_on(received_on, submission.municipality.answer_days)
    referral = Referral.objects.create(
        submission=submission,
        case=case,
        municipality=submission.municipality,
        unit=unit,
        received_on=received_on,
        due_on=answer_by,
        promised_on=answer_by,
        sender=sender_of(answers),
        sent_by=sender,
        child_age=_age(child, answers, received_on),
        situations=answers.get("bekymringen", {}).get("situations", []),
        asked_for_protection=shielded in ("yes", "talk"),
    )
    record("referral.received", referral, by=by, channel=submission.channel)
    _keep_what_they_said(case, sender, others, submission, by)
    due = [(Due.ANSWER, referral, referral.due_on)]
    due += [(Due.READ, referral, None), (Due.CLAIM, referral, None)]
    if unit.law_profile in ANSWERED_BY_VEDTAK:
        due.append((Due.MONTH_ANSWER, referral, None))
    # A parent who is referred by somebody else has not said a word here.
    people = [sender, *others] if is_from_professional(answers) else [sender]
    due += [(Due.CONFIRM_CONTACT, person, None) for person in people]
    deadlines.begin_first(due, by=by, unit=unit, case=case, on=received_on)
    return referral


# Each person's own answers alone are consents.
CONSENTS = {"place_contact": Purpose.PLACE_CONTACT}
STATES = {
    "yes": Consent.State.GIVEN,
    "no": Consent.State.REFUSED,
    "later": Consent.State.REQUESTED,
}
# What a professional says of the parents is how they were informed, and never a consent.
INFORMED = {"spoken": Notice.How.REFERRER_SPOKEN, "written": Notice.How.REFERRER_WRITTEN}


def _keep_what_they_said(case, sender, others, submission, by):
    answers = submission.answers
    said = answers.get(CONSENT.slug, {})
    about_others = answers.get(door_of(answers).people, {}).get("people", [])
    informed = [
        (person, INFORMED[about["informed"]])
        for person, about in zip(others, about_others, strict=True)
        if about.get("informed") in INFORMED
    ]
    if said.get("notice_read"):
        informed.append((sender, Notice.How.FORM))
    agreed = [(sender, CONSENTS[key], STATES[said[key]]) for key in CONSENTS if said.get(key)]
    if informed or agreed:
        family.said_at_referral(
            case,
            by=by,
            on=timezone.localdate(submission.received_at),
            language=submission.language,
            informed=informed,
            answers=agreed,
        )


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
