"""A family met in ordinary service: registered, screened, and rådgivning agreed, in one go."""

from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from interventions import letters, rules
from interventions.actions.conclusion import conclude
from interventions.actions.course import plan_course, plan_screening
from interventions.actions.meeting import hold, plan_meeting
from interventions.actions.note import sign
from interventions.actions.place import move
from interventions.actions.screening import answer_gate, check_safety, find_out
from interventions.actions.start import accept
from interventions.kinds import ServiceKind
from interventions.models import Agreement
from referrals import actions as referrals
from referrals import routing
from referrals.models import Referral
from referrals.rules import alike, is_owed_an_answer
from referrals.states import Outcome
from tibir.audit.record import record
from tibir.cases.models import STRICT, CasePerson, Consent, Purpose
from tibir.core.dates import long_date
from tibir.core.errors import DomainError
from tibir.deadlines import actions as deadlines
from tibir.deadlines.kinds import Kind as Due
from tibir.deadlines.models import Deadline
from tibir.documents import actions as documents
from tibir.documents.kinds import Kind as Paper
from tibir.family import actions as family

SERVICES = [ServiceKind.COUNSELLING.value]
CONSENTS = {"yes": Consent.State.GIVEN, "no": Consent.State.REFUSED}


@dataclass(frozen=True)
class Told:
    """All that was typed on the page.

    answers  what a referral says, as it is registered at the desk
    parents  of the one who was met and then of each of the others, in the order of the answers:
             attended, agrees (yes, no or ""), gate, way and address
    met      when, how and where, as a meeting is planned
    found    what the screening found out
    safety   whether there is a worry, and which
    agreed   starts_on, how, words to the family, and reason for deviating
    """

    answers: dict
    parents: tuple
    met: dict
    found: dict
    safety: dict
    agreed: dict


@dataclass(frozen=True)
class Foreseen:
    """What would come of it: nothing of it is stored."""

    referral: Referral
    facts: dict
    rule_set: object
    result: dict
    letters: tuple  # (case person, way, words)
    waiting: tuple  # who is owed the answer and is not confirmed
    stopped: tuple  # sentences
    known: tuple  # other referrals that may be about the child


class StartedBefore(DomainError):
    """The same page was sent before, and is done: `referral` is what came of it."""

    def __init__(self, referral):
        super().__init__(_("Dette er registrert før."))
        self.referral = referral


@transaction.atomic
def start_at_once(place, *, by, token, told, seen):
    """Register, screen, decide on rådgivning and write to those who are owed the answer.

    `seen` is the text of the facts that stood beside the recommendation. The answer is due until
    each of them has the letter, as everywhere. Returns the referral.
    """
    course, people = _screen(place, by, token, told)
    referral, today = course.referral, timezone.localdate()
    stops = list(_stops(referral, people, told, by, today))
    if stops:
        raise DomainError(" ".join(stops))
    words = told.agreed["words"]
    referrals.opened(referral, by=by)
    referrals.take(referral, by=by)
    referrals.decide(referral, by=by, outcome=Outcome.DIRECT_OFFER, reason=words)
    conclude(
        course, by=by, seen=seen, services=SERVICES, reason=told.agreed["reason"], words=words,
        recipients=[],
    )  # fmt: skip
    _plan(course, told, by, today)
    clock = Deadline.objects.about(referral, Due.ANSWER).order_by("-round").first()
    for person, way, said in _letters(referral, people, told, by, today):
        document = documents.order(
            Paper.ANSWER,
            by=by,
            municipality=referral.municipality,
            unit=referral.unit,
            case=referral.case,
            author=by,
            recipient=person,
            meets=clock,
            title=said["heading"],
            language=referral.submission.language,
            data=said,
        )
        documents.send(document, by=by, person=person, channel=way)
    for person in _waiting(referral, people):
        about = {"unit": referral.unit, "case": referral.case, "on": today}
        deadlines.begin(Due.CONFIRM_CONTACT, person, by=by, **about)
    _ask_whether_known(referral, by, today)
    return referral


@transaction.atomic
def keep_at_once(place, *, by, token, told):
    """Register and screen, and begin with nothing: the coordinator answers, and the screening goes
    on. Returns the screening."""
    course, _people = _screen(place, by, token, told)
    return course


@transaction.atomic
def foresee(place, *, by, token, told):
    """What would be known, recommended and written: done, looked at, and undone."""
    course, people = _screen(place, by, token, told)
    referral, today = course.referral, timezone.localdate()
    rule_set = rules.rule_set_for(course.case, today)
    facts = rules.facts_of(course.screening, today)
    known = routing.clean(facts, routing.CATALOGUE)
    table = rule_set.table
    known = {name: value for name, value in known.items() if name in table.facts}
    is_agreed = told.agreed.get("starts_on")
    written = _letters(referral, people, told, by, today) if is_agreed else ()
    foreseen = Foreseen(
        referral=referral,
        facts=facts,
        rule_set=rule_set,
        result=routing.evaluate(table, known),
        letters=tuple(written),
        waiting=tuple(_waiting(referral, people)),
        stopped=tuple(_stops(referral, people, told, by, today)),
        known=tuple(_known(referral, by)),
    )
    transaction.set_rollback(True)
    return foreseen


def _screen(place, by, token, told):
    """(the screening, [(case person, what the page says of them)]), all but concluded."""
    submission = referrals.register(place, by=by, token=token, answers=told.answers)
    found = Referral.objects.filter(submission=submission)
    referral = found.select_related("case__child", "case__unit", "case__municipality").first()
    if referral is None:
        raise DomainError(
            _("Henvisningen kunne ikke leses inn, og ingenting er lagret. Si fra til oss.")
        )
    if referral.courses.exists():
        raise StartedBefore(referral)
    today, case = timezone.localdate(), referral.case
    unit = rules.places_to_start(by, today).get(place)
    if unit is None:
        raise DomainError(_("Du har ikke opplæringen som trengs for dette i dag."))
    if unit != case.unit:
        move(case, by=by, unit=unit, reason=_("%(name)s møtte familien.") % {"name": by})
        referral.refresh_from_db()
    people = list(zip(_people(referral), told.parents, strict=True))
    for person, said in people:
        _hear(person, said, told, by)
    course = plan_screening(referral, by=by, practitioner=by)
    came = [person for person, said in people if said["attended"]]
    meeting = plan_meeting(course, by=by, people=came, **told.met)
    note = hold(meeting, by=by, attended=came)
    sign(note, by=by, version=note.version, internal=_note(told))
    screening = course.screening
    for person, said in people:
        if said["gate"]:
            answer_gate(screening, by=by, person=person, asked_on=meeting.day, **said["gate"])
    find_out(screening, by=by, version=screening.version, **told.found)
    check_safety(course, by=by, **told.safety)
    course.refresh_from_db()
    course.screening.refresh_from_db()
    return course, people


def _people(referral):
    """The one who was met, and the others in the order in which they were typed."""
    people = list(referral.case.people.select_related("person", "case").order_by("pk"))
    return sorted(people, key=lambda each: each.pk != referral.sent_by_id)


def _hear(person, said, told, by):
    """Who was met is confirmed by that; and each has agreed, or has not, or was not asked."""
    day = timezone.localdate(told.met["starts_at"])
    if said["attended"]:
        family.verify(
            person,
            by=by,
            how=CasePerson.Verification.MET,
            phone=person.person.phone,
            email=person.person.email,
            safe_phone=person.safe_phone,
            safe_email=person.safe_email,
            responsibility=person.responsibility,
        )
        deadlines.meet(Due.CONFIRM_CONTACT, person, by=by, on=timezone.localdate())
    if said["agrees"] in CONSENTS:
        how = told.agreed.get("how") or Consent.Channel.MEETING
        family.say(
            person,
            by=by,
            answers={Purpose.TAKE_PART: CONSENTS[said["agrees"]]},
            channel=Consent.Channel.MEETING if said["attended"] else how,
            said_on=day,
            language="nb",
        )


def _note(told):
    """The talk, and what was agreed: it is signed with the meeting, so that nothing is lost when
    something else must be settled first."""
    lines = [told.found["conversation"]]
    if told.agreed.get("starts_on"):
        day = {"day": long_date(told.agreed["starts_on"])}
        lines.append(_("Avtalt: rådgivning fra %(day)s.") % day)
    if told.agreed.get("words"):
        lines.append(told.agreed["words"])
    return "\n\n".join(lines)


def _stops(referral, people, told, by, today):
    """Why nothing begins now, in sentences; or nothing."""
    yield from rules.refused(referral.case, Purpose.TAKE_PART, today)
    if told.safety["is_worried"]:
        yield _("Avgjør først om bekymringen skal meldes til barnevernet.")
    if not any(said["agrees"] == "yes" for said in told.parents):
        yield _("Ingen av foreldrene har sagt ja til å begynne.")
    if not any(_owed(referral, people)):
        yield _("Ingen av dem du har møtt, skal ha svaret: de bestemmer ikke for barnet.")
    if _known(referral, by):
        yield _("Barnet kan ha en henvisning her fra før. Koordinatoren må se på det.")


def _plan(screening, told, by, today):
    """The family waits for nobody, and has a day; whoever gives the course is reminded of it."""
    agreed = told.agreed
    course = plan_course(
        screening.case,
        by=by,
        kind=ServiceKind.COUNSELLING,
        practitioner=by,
        due_on=max(today, agreed["starts_on"]),
    )
    accept(course, by=by, on=today)
    agreement = Agreement.objects.create(
        course=course, agreed_on=today, starts_on=agreed["starts_on"], how=agreed["how"], by=by
    )
    record("course.agreed", agreement, by=by)


def _owed(referral, people):
    """Who was met and is owed the answer, with what the page says of each."""
    for person, said in people:
        if person.is_verified and is_owed_an_answer(person, referral):
            yield person, said


def _letters(referral, people, told, by, today):
    """(case person, way, words) for each of them."""
    for person, said in _owed(referral, people):
        yield (
            person,
            said["way"],
            letters.agreed(
                referral,
                person,
                by=by,
                on=today,
                starts_on=told.agreed["starts_on"],
                reason=told.agreed["words"],
                address=said["address"],
            ),
        )


def _waiting(referral, people):
    """Who is owed the answer, and was not met: somebody must find out who they are first."""
    for person, _said in people:
        if is_owed_an_answer(person, referral) and not person.is_verified:
            yield person


def _known(referral, by):
    """Other referrals of the child, as far as this practitioner may know of them. What is strictly
    protected is named on no screen."""
    return alike(referral, Referral.objects.visible_to(by).exclude(case__grade__in=STRICT))


def _ask_whether_known(referral, by, today):
    """The child may have a referral that this practitioner does not know of, and is not told of:
    the coordinator looks at both."""
    if alike(referral, Referral.objects.exclude(case__grade__in=STRICT)):
        deadlines.begin(
            Due.SAME_CHILD, referral, by=by, unit=referral.unit, case=referral.case, on=today
        )
