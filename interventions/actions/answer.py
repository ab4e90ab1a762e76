"""What the services do about a referral."""

from django.db import transaction
from django.utils import timezone

from interventions import letters
from interventions.models import Course, ToldWindow
from referrals import actions as referrals
from referrals.states import Outcome
from tibir.audit.record import record
from tibir.deadlines import actions as deadlines
from tibir.deadlines.kinds import Kind as Due
from tibir.deadlines.models import Deadline
from tibir.documents import actions as documents
from tibir.documents.kinds import Kind as Paper


@transaction.atomic
def answer(referral, *, by, outcome, reason, recipients, **chosen):
    """Decide, tell the approximate start, and write to everyone who is owed the answer.

    `recipients` are (case person, channel, address); it is answered when each of them has it.
    """
    said = {"outcome": outcome, "reason": reason, **chosen}
    window = said.pop("window", None)
    referrals.decide(referral, by=by, **said)
    if outcome == Outcome.WAITLIST:
        told = ToldWindow.objects.create(
            referral=referral,
            starts_on=window[0],
            ends_on=window[1],
            basis=ToldWindow.Basis.JUDGEMENT,
            told_by=by,
            told_on=referral.decided_on,
        )
        record("window.told", told, by=by, case=referral.case)
    if outcome == Outcome.SCREENING:
        _ask_for_a_plan(referral, by)
    clock = Deadline.objects.about(referral, Due.ANSWER).order_by("-round").first()
    for person, channel, address in recipients:
        words = letters.answer(
            referral, person, by=by, on=timezone.localdate(), address=address, window=window, **said
        )
        document = documents.order(
            Paper.ANSWER,
            by=by,
            municipality=referral.municipality,
            unit=referral.unit,
            case=referral.case,
            author=by,
            recipient=person,
            meets=clock,
            title=words["heading"],
            language=referral.as_sent_by(person).submission.language,
            data=words,
        )
        documents.send(document, by=by, person=person, channel=channel)


def _ask_for_a_plan(referral, by):
    """Nobody is forgotten between the letter and the first talk."""
    if Course.objects.open().filter(referral=referral).exists():
        return
    deadlines.begin(
        Due.PLAN_SCREENING,
        referral,
        by=by,
        unit=referral.unit,
        case=referral.case,
        owner=referral.owner,
        on=referral.decided_on,
    )
