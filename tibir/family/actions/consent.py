"""What each says of each purpose, and what follows from it at once."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tibir.audit.record import event, record, record_all
from tibir.cases.consensus import Answer
from tibir.cases.models import (
    IN_PLACE,
    INFORMATION,
    PERSONAL,
    Case,
    ChildView,
    Consent,
    ConsentDecision,
    Notice,
    Purpose,
    StandIn,
    Wording,
)
from tibir.core.errors import DomainError, StaleState
from tibir.deadlines import actions as deadlines
from tibir.deadlines.kinds import Kind as Due
from tibir.deadlines.models import Deadline
from tibir.documents import actions as documents
from tibir.documents.kinds import Kind as Paper
from tibir.family import letters
from tibir.family.kinds import AFTER_WITHDRAWAL
from tibir.family.rules.consent import agreements
from tibir.notifications import actions as notifications

State = Consent.State


@transaction.atomic
def say(
    person,
    *,
    by,
    answers,
    channel,
    said_on,
    language,
    service="",
    limits="",
    expires_on=None,
    paper=None,
):
    """What one person has answered, for one or several purposes: {purpose: state}.

    A no after a yes is a withdrawal, whatever it is called when it is written down. `paper` is the
    form that was signed: its words are what was answered, whatever is in use now.
    """
    case = _locked(person.case_id)
    stand_in = StandIn.objects.filter(person=person).on(said_on).first()
    wordings = _wordings(case.municipality_id, language) | _wordings_of(paper)
    said = []
    for purpose, state in answers.items():
        own = purpose in PERSONAL
        said.append(
            Consent(
                person=person,
                purpose=purpose,
                service=service if purpose == Purpose.COOPERATION else "",
                state=state,
                channel=channel,
                wording=wordings.get(purpose),
                limits=limits if state == State.GIVEN and not own else "",
                said_on=said_on,
                expires_on=expires_on if state == State.GIVEN and not own else None,
                stand_in=None if own else stand_in,
                recorded_by=by,
            )
        )
    return _write(case, said, by)


@transaction.atomic
def ask_on_paper(person, *, by, purposes, language, service=""):
    """A form to be signed, with the words that are in use now; made once, and kept as it was."""
    case = person.case
    wordings = _wordings(case.municipality_id, language)
    if any(purpose not in wordings for purpose in purposes):
        raise DomainError(_("Teksten finnes ikke på dette språket. Velg et annet språk."))
    on = timezone.localdate()
    about = {"purposes": purposes, "wordings": wordings, "service": service}
    words = letters.consent_form(person, by=by, on=on, language=language, **about)
    document = documents.order(
        Paper.CONSENT_FORM,
        by=by,
        municipality=case.municipality,
        title=words["heading"],
        language=language,
        data=words,
        case=case,
        unit=case.unit,
        author=by,
        recipient=person,
    )
    record("consent.form_made", document, by=by, person=person.pk)
    return document


def _wordings_of(paper):
    if paper is None:
        return {}
    kept = paper.data["wordings"]
    found = Wording.objects.in_bulk(kept.values())
    return {purpose: found[pk] for purpose, pk in kept.items()}


@transaction.atomic
def withdraw(consent, *, by, channel, said_on):
    """Taken back: from now on it is a no, and what rests on it must stop."""
    case = _locked(consent.person.case_id)
    last = Consent.objects.filter(person=consent.person, stand_in=consent.stand_in)
    last = last.about(consent.purpose, consent.service).current().first()
    if last != consent or consent.state != State.GIVEN:
        raise StaleState(_("Noen andre har alt skrevet inn et nytt svar."))
    said = Consent(
        person=consent.person,
        purpose=consent.purpose,
        service=consent.service,
        state=State.WITHDRAWN,
        channel=channel,
        wording=consent.wording,
        said_on=said_on,
        stand_in=consent.stand_in,
        recorded_by=by,
    )
    return _write(case, [said], by)[0]


def _write(case, said, by):
    earlier = {_about(c): c for c in Consent.objects.of_case(case).current()}
    for consent in said:
        before = earlier.get(_about(consent))
        is_newest = before is None or consent.said_on >= before.said_on
        if before and is_newest and before.state == State.GIVEN and consent.state == State.REFUSED:
            consent.state = State.WITHDRAWN
    Consent.objects.bulk_create(said)
    record_all([_event(consent, by) for consent in said])
    for consent in said:
        before = earlier.get(_about(consent))
        if before is None or consent.said_on >= before.said_on:
            _follow(case, consent, before, by)
    _settle(case, by)
    return said


def _about(consent):
    return consent.person_id, consent.purpose, consent.service, consent.stand_in_id


def _event(consent, by):
    codes = {"purpose": consent.purpose, "state": consent.state, "person": consent.person_id}
    return event("consent.said", consent, by=by, **codes)


def _follow(case, consent, before, by):
    """What must happen because this is what the person says now."""
    today = timezone.localdate()
    if consent.state == State.REQUESTED:
        return
    if before is not None:
        deadlines.close(Due.CONSENT_EXPIRES, before, by=by, reason="said_again")
    if consent.expires_on:
        _due(Due.CONSENT_EXPIRES, case, consent, by, on=consent.said_on, due_on=consent.expires_on)
    if consent.purpose == Purpose.MESSAGES and consent.state != State.GIVEN:
        notifications.stop(consent.person, by=by, reason="consent")
    elif consent.state == State.WITHDRAWN:
        _due(AFTER_WITHDRAWAL[consent.purpose], case, consent, by, on=today)


def _due(kind, case, consent, by, **when):
    about = {"unit": case.unit, "case": case, "owner": case.responsible}
    deadlines.begin(kind, consent, by=by, subject=consent.purpose, **about, **when)


def _locked(case_id):
    """One at a time: two who each write a parent's answer would both see only their own."""
    cases = Case.objects.select_related("unit", "responsible").select_for_update(of=["self"])
    return cases.get(pk=case_id)


def _wordings(municipality_id, language):
    return {w.matter: w for w in Wording.objects.in_use(municipality_id, language)}


@transaction.atomic
def settle(case, *, by):
    """Who is in the case, or what is known of them, has changed: look at it all again."""
    _settle(_locked(case.pk), by)


def _settle(case, by):
    """A disagreement is somebody's task for as long as it lasts, and no longer."""
    today = timezone.localdate()
    due = list(Deadline.objects.filter(kind=Due.DISAGREEMENT, case=case).open())
    begun = Consent.objects.filter(pk__in=[each.target_id for each in due])
    waiting = {(consent.purpose, consent.service): consent for consent in begun}
    for agreement in agreements(case, today):
        consent = waiting.get((agreement.purpose, agreement.service))
        disagree = agreement.answer == Answer.DISAGREE
        if disagree and not consent:
            _due(Due.DISAGREEMENT, case, agreement.any_consent, by, on=today)
        if consent and not disagree:
            deadlines.meet(Due.DISAGREEMENT, consent, by=by, on=today)


@transaction.atomic
def decide(case, *, by, purpose, service, outcome, legal_basis, reason):
    """A named person answers for what happens while those who decide for the child disagree."""
    case = _locked(case.pk)
    found = agreements(case, timezone.localdate())
    now = next(a.standing for a in found if (a.purpose, a.service) == (purpose, service))
    if now.by_decision or not now.may_be_decided:
        raise StaleState(_("Her er det ikke lenger noe å avgjøre. Se på svarene på nytt."))
    decision = ConsentDecision.objects.create(
        case=case,
        purpose=purpose,
        service=service,
        outcome=outcome,
        legal_basis=legal_basis,
        reason=reason,
        agreed=list(now.agreed),
        against=list(now.against),
        unheard=list(now.unheard),
        decided_by=by,
    )
    record("consent.decided", decision, by=by, purpose=purpose, outcome=outcome)
    _settle(case, by)
    return decision


@transaction.atomic
def stand_in(case, *, by, decider, people, legal_basis, reference, started_on):
    """Somebody decides in the guardians' place from that day on.

    What those of `people` say themselves counts no more; with none of them, the decider is asked
    beside the guardians there are.
    """
    case = _locked(case.pk)
    if decider.relation not in IN_PLACE or decider.has_ended:
        raise DomainError(_("Bare barneverntjenesten eller en verge kan bestemme i stedet."))
    running = StandIn.objects.open()
    alone = running.filter(decider=decider, person=None)
    if running.filter(person__in=people).exists() or (not people and alone.exists()):
        raise DomainError(_("Noen bestemmer alt i stedet for en av dem. Avslutt det først."))
    for person in people or [None]:
        made = StandIn.objects.create(
            decider=decider,
            person=person,
            legal_basis=legal_basis,
            reference=reference,
            started_on=started_on,
            recorded_by=by,
        )
        about = {"decider": decider.pk, "person": person.pk if person else None}
        record("consent.stand_in_began", made, by=by, **about)
    _settle(case, by)


@transaction.atomic
def end_stand_in(stand_in, *, by, on):
    case = _locked(stand_in.case_id)
    if not StandIn.objects.open().filter(pk=stand_in.pk).update(ended_on=on):
        raise StaleState(_("Noen andre har alt avsluttet det."))
    record("consent.stand_in_ended", stand_in, by=by, person=stand_in.person_id)
    _settle(case, by)


@transaction.atomic
def inform(person, *, by, how, given_on, language):
    """This person was given the information that is in use, on that day and in that way."""
    wording = _wordings(person.case.municipality_id, language)[INFORMATION]
    notice = Notice.objects.create(
        person=person, wording=wording, how=how, given_on=given_on, recorded_by=by
    )
    record("family.informed", notice, by=by, person=person.pk, how=how)
    return notice


@transaction.atomic
def hear(case, *, by, how, talked_on, talked_with="", said="", why_not=""):
    """What the child says, or why nobody has asked. Several over time; none replaces another."""
    view = ChildView.objects.create(
        case=case,
        how=how,
        talked_on=talked_on,
        talked_with=talked_with,
        said=said,
        why_not=why_not,
        recorded_by=by,
    )
    record("family.child_heard", view, by=by, how=how)
    return view


@transaction.atomic(savepoint=False)
def said_at_referral(case, *, by, on, language, informed=(), answers=()):
    """What came with a referral, of rows made in this very transaction: five statements at most.

    `informed` are (person, how); `answers` are (person, purpose, state), each person's own.
    """
    shipped = Wording.objects.in_use(None, language) if answers or informed else ()
    wordings = {wording.matter: wording for wording in shipped}
    notices = Notice.objects.bulk_create(
        Notice(
            person=person,
            how=how,
            wording=None if how in Notice.BY_REFERRER else wordings[INFORMATION],
            given_on=on,
        )
        for person, how in informed
    )
    said = Consent.objects.bulk_create(
        Consent(
            person=person,
            purpose=purpose,
            state=state,
            channel=Consent.Channel.FORM,
            wording=wordings[purpose],
            said_on=on,
        )
        for person, purpose, state in answers
    )
    told = [event("family.informed", n, by=by, person=n.person_id, how=n.how) for n in notices]
    record_all(told + [_event(consent, by) for consent in said])
