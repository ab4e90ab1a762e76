"""From received to decided: who has it, what was asked, and what became of it."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from referrals import letters
from referrals.models import Inquiry, ReceivedCorrection, Referral, Reopening
from referrals.states import POSSIBLE, State
from tibir.audit.record import record
from tibir.calendar.answer import due_on
from tibir.cases.models import STRICT
from tibir.core.errors import DomainError, StaleState
from tibir.deadlines import actions as deadlines
from tibir.deadlines.kinds import Kind as Due
from tibir.deadlines.models import Deadline
from tibir.documents import actions as documents
from tibir.documents.kinds import Kind as Paper
from tibir.documents.models import Dispatch
from tibir.notifications import actions as notifications
from tibir.notifications.kinds import Kind as Message


def _require(referral, action):
    if referral.state not in POSSIBLE[action]:
        raise DomainError(
            _("Det går ikke: henvisningen er «%(state)s».")
            % {"state": referral.get_state_display()}
        )


@transaction.atomic
def take(referral, *, by):
    """Mine from now on; whoever comes second is told that somebody has it."""
    if referral.state == State.RECEIVED:
        referral.move_to(State.ASSESSING, owner=by)
    else:
        _hold(referral, was=None, becomes=by)
    _hand(referral, by=by, to=by)
    record("referral.taken", referral, by=by)


@transaction.atomic
def give(referral, *, by, to):
    """Somebody else in the unit has it from now on, and is told so."""
    had_it = referral.owner
    if referral.state == State.RECEIVED:
        referral.move_to(State.ASSESSING, owner=to)
    else:
        _hold(referral, was=referral.owner, becomes=to)
    _hand(referral, by=by, to=to)
    given = record("referral.given", referral, by=by, to=to.pk)
    if to not in (by, had_it):
        clock = Deadline.objects.about(referral, Due.ANSWER).open().first()
        stage = f"given-{given.pk}"
        notifications.tell(Message.TASK, clock or referral, by=by, user=to, stage=stage)


def _hand(referral, *, by, to):
    for kind in (Due.ANSWER, Due.MONTH_ANSWER):
        deadlines.entrust(kind, referral, by=by, to=to)
    deadlines.meet(Due.CLAIM, referral, by=by, on=timezone.localdate())


@transaction.atomic(savepoint=False)
def opened(referral, *, by):
    """Somebody who may answer has read it."""
    deadlines.meet(Due.READ, referral, by=by, on=timezone.localdate())


def _hold(referral, *, was, becomes):
    _require(referral, "give")
    row = Referral.objects.open().filter(pk=referral.pk, owner=was)
    if not row.update(owner=becomes):
        raise StaleState(_("«%(thing)s» er endret av noen andre.") % {"thing": referral})
    referral.owner = becomes


@transaction.atomic
def ask(referral, *, by, how, question, people):
    """Ask the family for more. It stops no clock: the answer is due on the same day.

    `people` are those a letter is for; only who is confirmed is written to.
    """
    _require(referral, "ask")
    if referral.state == State.ASSESSING:
        referral.move_to(State.AWAITING)
    inquiry = Inquiry.objects.create(
        referral=referral, how=how, question=question, asked_on=timezone.localdate(), asked_by=by
    )
    deadlines.begin(
        Due.INQUIRY,
        inquiry,
        by=by,
        unit=referral.unit,
        case=referral.case,
        on=inquiry.asked_on,
        owner=referral.owner,
    )
    if how == Inquiry.How.LETTER:
        _write(Paper.INQUIRY, referral, people, by=by, words=letters.inquiry, question=question)
    record("referral.asked", referral, by=by, how=how)
    return inquiry


@transaction.atomic
def preliminary(referral, *, by, why, when, people):
    """Tell why it takes longer, and when. It stops no clock either."""
    _require(referral, "preliminary")
    clock = Deadline.objects.about(referral, Due.MONTH_ANSWER).open().first()
    about = {"why": why, "when": when}
    _write(
        Paper.PRELIMINARY_ANSWER,
        referral,
        people,
        by=by,
        words=letters.preliminary,
        meets=clock,
        **about,
    )
    record("referral.told_of_delay", referral, by=by, when=when.isoformat())


def _write(kind, referral, people, *, by, words, meets=None, **said):
    """One letter to each who is confirmed, by post where we know an address."""
    confirmed = [each for each in people if each.is_verified]
    if not confirmed:
        raise DomainError(_("Ingen i familien er bekreftet ennå. Bekreft hvem de er først."))
    for person in confirmed:
        # The address of one who stays elsewhere for a while is where somebody else opens the post.
        is_safe = person.may_be_posted_to and not person.person.temporary_stay
        is_posted = is_safe and referral.case.grade not in STRICT
        address = person.person.address if is_posted else ""
        data = words(referral, person, by=by, on=timezone.localdate(), address=address, **said)
        document = documents.order(
            kind,
            by=by,
            municipality=referral.municipality,
            unit=referral.unit,
            case=referral.case,
            author=by,
            recipient=person,
            meets=meets,
            title=data["heading"],
            language=referral.as_sent_by(person).submission.language,
            data=data,
        )
        way = Dispatch.Channel.POST if address else Dispatch.Channel.READ_OUT
        documents.send(document, by=by, person=person, channel=way)


@transaction.atomic
def answer_inquiry(inquiry, *, by, answer):
    """What the family said; with nothing more to wait for the assessment goes on."""
    on = timezone.localdate()
    row = Inquiry.objects.select_for_update().get(pk=inquiry.pk)
    if row.answered_on:
        raise StaleState(_("«%(thing)s» er endret av noen andre.") % {"thing": inquiry})
    row.answer, row.answered_on, row.answered_by = answer, on, by
    row.save(update_fields=["answer", "answered_on", "answered_by"])
    deadlines.meet(Due.INQUIRY, row, by=by, on=on)
    referral = row.referral
    record("referral.told", referral, by=by)
    if referral.state == State.AWAITING and not referral.inquiries.unanswered().exists():
        referral.move_to(State.ASSESSING)


@transaction.atomic
def decide(referral, *, by, outcome, reason, referred_to="", forwarded_with_consent=None):
    """What the family is offered, or that it is nothing, and why. It is no answer until sent."""
    referral.move_to(
        State.DECIDED,
        outcome=outcome,
        reason=reason,
        decided_on=timezone.localdate(),
        referred_to=referred_to,
        forwarded_with_consent=forwarded_with_consent,
        owner=referral.owner or by,
    )
    _ask_no_more(referral, by)
    if forwarded_with_consent:
        deadlines.begin(
            Due.FORWARDED,
            referral,
            by=by,
            unit=referral.unit,
            case=referral.case,
            on=referral.decided_on,
            owner=by,
        )
    record("referral.decided", referral, by=by, outcome=outcome)


@transaction.atomic
def forwarded(referral, *, by, on):
    """Those who take over have said that they have it."""
    mine = Referral.objects.filter(
        pk=referral.pk, forwarded_with_consent=True, forwarded_receipt_on=None
    )
    if not mine.update(forwarded_receipt_on=on):
        raise StaleState(_("«%(thing)s» er endret av noen andre.") % {"thing": referral})
    deadlines.meet(Due.FORWARDED, referral, by=by, on=on)
    record("referral.forwarded", referral, by=by)


@transaction.atomic
def withdraw(referral, *, by, reason):
    """The family wants no more of it. What was due is due no more."""
    referral.move_to(State.WITHDRAWN, reason=reason, decided_on=timezone.localdate())
    _due_no_more(referral, by, "withdrawn")
    _ask_no_more(referral, by)
    merged = referral.duplicates.values_list("submission__reference", flat=True)
    documents.stop_asking(referral.case, by=by, references={referral.reference, *merged})
    record("referral.withdrawn", referral, by=by)


@transaction.atomic
def reopen(referral, *, by, reason):
    """Looked at again. The day the answer was promised for is the day it was."""
    _require(referral, "reopen")
    before = referral.state, referral.outcome, referral.reason
    referral.move_to(
        State.ASSESSING,
        outcome="",
        reason="",
        decided_on=None,
        referred_to="",
        forwarded_with_consent=None,
        forwarded_receipt_on=None,
        owner=by,
    )
    for kind in (Due.FORWARDED, Due.PLAN_SCREENING):
        deadlines.close(kind, referral, by=by, reason="reopened")
    for clock in Deadline.objects.about(referral, Due.ANSWER):
        documents.stop(clock, by=by)
    deadlines.reopen(Due.ANSWER, referral, by=by, reason="reopened")
    for month in Deadline.objects.about(referral, Due.MONTH_ANSWER).filter(met_on=None):
        deadlines.open_again(month, by=by, reason="reopened")  # one that was met stays met
    for person in referral.case.people.filter(verified_at=None):
        deadlines.reopen(Due.CONFIRM_CONTACT, person, by=by, reason="reopened")
    _hand(referral, by=by, to=by)
    state, outcome, ending = before
    Reopening.objects.create(
        referral=referral,
        state=state,
        outcome=outcome,
        ending=ending,
        reason=reason,
        by=by,
        on=timezone.localdate(),
    )
    record("referral.reopened", referral, by=by)


def _due_no_more(referral, by, reason):
    for kind in (Due.ANSWER, Due.MONTH_ANSWER, Due.CLAIM, Due.READ):
        deadlines.close(kind, referral, by=by, reason=reason)
    # Who they are matters for as long as anything else goes on in the case.
    if not Referral.objects.open().filter(case=referral.case).exists():
        for person in referral.case.people.all():
            deadlines.close(Due.CONFIRM_CONTACT, person, by=by, reason=reason)


def _ask_no_more(referral, by):
    for inquiry in referral.inquiries.unanswered():
        deadlines.close(Due.INQUIRY, inquiry, by=by, reason="ended")


# --- The day of receipt ---------------------------------------------------------------------


@transaction.atomic
def propose_correction(referral, *, by, becomes, reason):
    referral = Referral.objects.select_for_update().get(pk=referral.pk)  # one proposal at a time
    _require(referral, "correct")
    if becomes == referral.received_on:
        raise DomainError(_("Det er den dagen som står der nå."))
    if ReceivedCorrection.objects.filter(referral=referral, state="proposed").exists():
        raise DomainError(_("Det ligger allerede et forslag til godkjenning."))
    correction = ReceivedCorrection.objects.create(
        referral=referral,
        was=referral.received_on,
        becomes=becomes,
        reason=reason,
        proposed_by=by,
        proposed_on=timezone.localdate(),
    )
    deadlines.begin(
        Due.CORRECTION,
        correction,
        by=by,
        unit=referral.unit,
        case=referral.case,
        on=correction.proposed_on,
    )
    record("referral.correction_proposed", referral, by=by)
    return correction


@transaction.atomic
def approve_correction(correction, *, by):
    """The promise is kept to the family: an earlier day brings the answer forward, a later one
    moves it nowhere."""
    _settle(correction, ReceivedCorrection.State.APPROVED, by)
    referral = Referral.objects.select_for_update().get(pk=correction.referral_id)
    days = referral.municipality.answer_days
    referral.received_on = correction.becomes
    answer_by = due_on(correction.becomes, days)
    referral.due_on = min(referral.due_on, answer_by)
    referral.promised_on = min(referral.promised_on, answer_by)
    referral.save(update_fields=["received_on", "due_on", "promised_on"])
    received = {"by": by, "on": referral.received_on}
    deadlines.bring_forward(Due.ANSWER, referral, due_on=referral.due_on, **received)
    deadlines.bring_forward(Due.MONTH_ANSWER, referral, **received)
    record("referral.correction_approved", referral, by=by)


@transaction.atomic
def refuse_correction(correction, *, by):
    _settle(correction, ReceivedCorrection.State.REFUSED, by)
    record("referral.correction_refused", correction.referral, by=by)


def _settle(correction, state, by):
    if by.pk == correction.proposed_by_id:
        raise DomainError(_("En annen enn den som foreslo datoen, må godkjenne den."))
    correction.move_to(state, settled_by=by, settled_on=timezone.localdate())
    deadlines.meet(Due.CORRECTION, correction, by=by, on=timezone.localdate())
