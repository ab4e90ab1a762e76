"""What staff type in, add and confirm."""

from datetime import date, datetime, time

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import override

from referrals.actions.intake import receive
from referrals.models import Discussion, Enclosure, Submission
from referrals.questions import (
    AT_THE_DESK,
)
from tibir.audit.record import record
from tibir.core.codes import digest
from tibir.core.dates import weekday_date
from tibir.deadlines import actions as deadlines
from tibir.deadlines.kinds import Kind as Due
from tibir.documents import actions as documents
from tibir.family import actions as family
from tibir.notifications import actions as notifications
from tibir.notifications.kinds import Kind as Message


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
    if family.verify(case_person, by=by, **found) is None:
        return case_person
    deadlines.meet(Due.CONFIRM_CONTACT, case_person, by=by, on=timezone.localdate())
    if case_person.is_sender and referral.tells_its_sender and case_person.may_be_emailed:
        sent = referral.as_sent_by(case_person)
        language = sent.submission.language
        with override(language):
            answer_by = weekday_date(sent.promised_on)
        notifications.tell(
            Message.REFERRAL_RECEIVED,
            sent,
            by=by,
            person=case_person,
            language=language,
            data={"reference": sent.reference, "answer_by": answer_by},
        )
    record("referral.contact_confirmed", referral, by=by, person=case_person.pk)
    return case_person
