"""Who writes, signs and moves a note, and what is known before anything is written in it."""

from dataclasses import dataclass

from django.db.models import Exists, OuterRef
from django.utils import timezone

from interventions.kinds import ServiceKind
from interventions.models import Assignment, Attendance, Goal, Meeting, Note, NoteMove, Rating
from interventions.rules.course import journal_basis, may_work
from interventions.rules.meeting import OUTSIDE
from tibir.accounts.models import Qualification, User
from tibir.cases.models import CaseMember, CasePerson
from tibir.core.dates import clock_time
from tibir.family.rules.people import possible_members

QUALIFIED = Qualification.Status.QUALIFIED


def may_write(user, note) -> bool:
    """A draft is its author's, also when somebody else gives the course since, and theirs who
    must sign it."""
    return user.pk in (note.author_id, note.on_behalf_of_id)


def may_sign(user, note) -> bool:
    return user.pk == note.signer_id


def may_add(user, note) -> bool:
    """What was left out: whoever wrote or signed it, and those who give the course."""
    return may_write(user, note) or may_work(user, note.course)


def may_write_for(user, note) -> bool:
    """Say whom a draft is written for."""
    return not note.is_signed and note.author_id == user.pk


def is_left(note) -> bool:
    """A draft that neither who wrote it nor who must sign it can open any more: the account is
    closed, or they are out of the case."""
    return bool(_left_among([note]))


def _left_among(notes):
    """One query for each of those who wrote or must sign them, however many the drafts are."""
    drafts = [each for each in notes if not each.is_signed]
    people = {who for each in drafts for who in _who_have_it(each) if who.is_active}
    opened = set()
    for person in people:
        seen = Note.objects.visible_to(person).filter(pk__in=[each.pk for each in drafts])
        opened |= {(person.pk, pk) for pk in seen.values_list("pk", flat=True)}
    return [
        each
        for each in drafts
        if not any((who.pk, each.pk) in opened for who in _who_have_it(each))
    ]


def _who_have_it(note):
    return filter(None, (note.author, note.on_behalf_of))


def may_take_over(user, note) -> bool:
    """Sign what somebody has left: those who give the course now. A coordinator, who reads no
    journal, gives it to somebody who then can."""
    return may_work(user, note.course) and is_left(note)


def may_move(user, note) -> bool:
    """Whoever wrote or signed it, and those who give the course: out of the wrong course."""
    return may_write(user, note) or may_work(user, note.course)


def may_cosign(user, note, day) -> bool:
    return note.awaits_cosigning and possible_cosigners(note, day).filter(pk=user.pk).exists()


def may_ask_cosigner(user, note) -> bool:
    """Ask somebody else: whoever signed, whoever is asked now, and those who give the course."""
    asks = user.pk in (note.signed_by_id, note.cosigner_id) or may_work(user, note.course)
    return note.awaits_cosigning and asks


def note_basis(user, note) -> str:
    """On what ground somebody reads a note, as the log says it."""
    if may_work(user, note.course):
        return "member"
    if may_write(user, note):
        return "own"
    return "member" if note.cosigner_id == user.pk else journal_basis(user, note.course)


def is_to_be_cosigned(note, day) -> bool:
    """Where the unit asks for it, what somebody in training signs is signed by another too."""
    if not note.course.unit.requires_cosigning:
        return False
    held = Qualification.objects.on(day).filter(kind=note.course.service.qualification)
    return not held.filter(user=note.signer_id, status=QUALIFIED).exists()


def possible_cosigners(note, day):
    """Qualified colleagues who work with the family, and did not sign it themselves."""
    held = Qualification.objects.on(day).filter(
        user=OuterRef("pk"), kind=note.course.service.qualification, status=QUALIFIED
    )
    members = CaseMember.objects.current().filter(case=note.course.case_id, user=OuterRef("pk"))
    here = possible_members(note.course.case, note.course.unit)
    found = here.filter(Exists(held), Exists(members))
    return found.exclude(pk=note.signer_id)


def usual_cosigner(note, day):
    """The supervisor, where she or he may; nobody else is asked without a person's word."""
    found = possible_cosigners(note, day)
    return found.filter(pk=note.course.supervisor_id).first()


def those_it_may_be_for(note):
    """Whom a draft can be written for: those who give the course, but for the author."""
    gives = [note.course.practitioner_id, note.course.supervisor_id]
    return User.objects.filter(pk__in=gives, is_active=True).exclude(pk=note.author_id)


# --- What is known before ---------------------------------------------------------------------


@dataclass(frozen=True)
class Before:
    """What stands on the page of a draft beside what is typed."""

    people: list  # those of the family whom something can be for, who attended first
    attended: list
    assignments: list  # of the last time, that nobody has told of yet
    goals: list
    ratings: dict  # {(goal, person): the value that was said last}
    agreements: str  # of the last time
    next_meeting: Meeting | None


def before(note, user):
    """All of it in six queries."""
    course, meeting = note.course, note.meeting
    attended = attended_at(meeting)
    return Before(
        people=_people_for(course, attended),
        attended=attended,
        assignments=list(untold(course)),
        goals=list(Goal.objects.visible_to(user).of(course).active().for_list()),
        ratings=last_ratings(course),
        agreements=_last_agreements(note),
        # One that has begun is not ahead, also when nobody has said yet how it went.
        next_meeting=course.meetings.ahead(timezone.now()).for_list().first(),
    )


def attended_at(meeting):
    if meeting is None:
        return []
    came = Attendance.objects.filter(meeting=meeting, state=Attendance.State.ATTENDED)
    rows = CasePerson.objects.filter(attendances__in=came).for_list()
    return sorted(rows, key=lambda each: not each.has_responsibility)


def untold(course):
    """Of each person the last assignment of the course, until somebody has told how it went."""
    given = Assignment.objects.standing().filter(note__course=course)
    newest = given.order_by("person", "-pk").distinct("person").values("pk")
    return given.filter(pk__in=newest, tried=None).for_list()


def last_ratings(course):
    found = Rating.objects.standing().filter(goal__course__in=course.line).order_by("on", "pk")
    return {(each.goal_id, each.person_id): each.value for each in found}


def _people_for(course, attended):
    """Adults of the family; somebody from outside only when they came."""
    here = {each.pk for each in attended}
    people = CasePerson.objects.filter(case=course.case_id).current().for_list()
    others = [each for each in people if each.relation not in OUTSIDE and each.pk not in here]
    return [*attended, *others]


def may_be_told(person) -> bool:
    """To whom a summary is for, unless somebody chooses otherwise: those who decide for the
    child. Others who come see no more than their own appointments."""
    return person.has_responsibility or person.is_in_the_guardians_place


def may_read_summary(person) -> bool:
    """Of those who come as parents do, not who has no right to information of the child."""
    return rates(person) and person.right_to_information != CasePerson.YesNo.NO


def rates(person) -> bool:
    """Those who come as parents do: they decide for the child, or the child lives with them."""
    return not person.has_ended and person.relation not in OUTSIDE


def _last_agreements(note):
    written = Note.objects.filter(course=note.course).signed().exclude(pk=note.pk)
    last = written.order_by("-signed_at", "-pk").values_list("agreements", flat=True).first()
    return last or ""


def known_beforehand(course, meeting):
    """What a new note is filled with: for whom things are, and the hours of the next meeting."""
    if meeting is None:
        return {}
    attended = attended_at(meeting)
    told = [str(each.pk) for each in attended if may_be_told(each) and may_read_summary(each)]
    tries = [str(each.pk) for each in attended if rates(each)]
    return {
        "assignment_to": tries if course.service.kind != ServiceKind.SCREENING else [],
        "readers": told,
        "starts": clock_time(meeting.starts_at),
        "ends": clock_time(meeting.ends_at),
    }


# --- For the page of a course -----------------------------------------------------------------


@dataclass(frozen=True)
class Journal:
    """What the piece `_notes.html` shows of one course."""

    notes: list
    moved: list  # that a note stood here, and where it went is not said
    left: list  # drafts that the reader may take over


def journal(user, course):
    """What somebody who reads the course reads of its notes, the newest first: three queries.
    Somebody else's draft is there without its text, and a query for each who wrote one says whether
    it can be taken over."""
    found = Note.objects.visible_to(user).filter(course=course).for_list().order_by("-pk")
    notes = list(found)
    moved = NoteMove.objects.visible_to(user).filter(course=course).for_list()
    theirs = [each for each in notes if not each.is_signed and not may_write(user, each)]
    left = _left_among(theirs) if theirs and may_work(user, course) else []
    return Journal(notes, list(moved), left)
