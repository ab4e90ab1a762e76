"""Who is expected at a meeting, whose presence counts, and what stops it."""

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from interventions.kinds import For
from interventions.models import Attendance, Call, Meeting, Note
from interventions.rules.start import ASKS, lacking
from tibir.cases.consensus import Answer
from tibir.cases.models import CaseMember, CasePerson, Person, Purpose
from tibir.core.dates import clock_time, weekday_date
from tibir.family.rules.consent import agreements

Came = Attendance.State
Relation = CasePerson.Relation
LIVES_THERE = {CasePerson.LivesWith.YES, CasePerson.LivesWith.PARTLY}
STOPS = {Answer.DISAGREE, Answer.REFUSED, Answer.STOPPED}
OF_OTHERS = {
    Meeting.Kind.SCHOOL_MEETING: Purpose.PLACE_CONTACT,
    Meeting.Kind.TEAM: Purpose.TEAM,
}
CAME_OR_NOT = [Came.ATTENDED, Came.EXCUSED, Came.ABSENT]  # in the order that it is told
STAFF = {Relation.TEACHER, Relation.PROFESSIONAL}
# Who comes because of what they do; they are asked to a meeting one by one.
OUTSIDE = STAFF | {Relation.CHILD_WELFARE, Relation.SIBLING}


def possible_attendees(people):
    """Everybody who belongs to the case today may be asked to come."""
    return [each for each in people if not each.has_ended]


def is_child(person) -> bool:
    """The child is nobody of the case's people, but the one that the case is about."""
    return isinstance(person, Person)


def is_carer(person) -> bool:
    """A guardian, or whoever is in the place of one."""
    if is_child(person):
        return False
    is_foster_parent = person.relation == Relation.FOSTER_PARENT
    return person.has_responsibility or person.is_in_the_guardians_place or is_foster_parent


def counts(person, service) -> bool:
    """Whether a meeting of this service is numbered with this person there: the child where it is
    for the child, staff where it is for them, and else a guardian or one in a guardian's place."""
    if service.audience == For.CHILD:
        return is_child(person)
    if is_child(person):
        return False
    if service.audience == For.STAFF:
        return person.relation in STAFF
    return is_carer(person)


def expected(person, service) -> bool:
    """Whom one would ask to come; whoever plans it takes out and adds the others one by one.

    Both parents if they live with the child, a step-parent and a foster parent too. A guardian of
    whom nobody knows where they live is asked; one who lives elsewhere is asked by somebody.
    """
    if is_child(person):
        return service.audience == For.CHILD
    if person.has_ended or service.audience == For.CHILD:
        return False
    if service.audience == For.STAFF:
        return person.relation in STAFF
    if person.relation in OUTSIDE:
        return False
    is_unknown = person.lives_with == CasePerson.LivesWith.UNKNOWN
    return person.lives_with in LIVES_THERE or (is_unknown and person.has_responsibility)


def stopped_by(course, today, kind=""):
    """What those who decide for the child have said that stops the meetings of this course, and
    those of this kind, in sentences; or nothing. What the parents take part in alone goes on
    without what the child or the kindergarten needs, and the other way round.

    That nobody has been asked yet stops nothing: they are asked at the first meeting.
    """
    purpose = ASKS.get(course.service.kind, Purpose.TAKE_PART)
    found = [*refused(course.case, purpose, today), *kind_stopped_by(course, kind, today)]
    siblings = course.children.current().select_related("case")
    if any(list(refused(each.case, purpose, today)) for each in siblings):
        found.append(_("Samtykket er ikke på plass i saken til et søsken."))
    return found


def kind_stopped_by(course, kind, today):
    """The same of one kind of meeting, in whichever course: with others than the family."""
    purpose = OF_OTHERS.get(kind)
    return list(refused(course.case, purpose, today)) if purpose else []


def refused(case, purpose, today):
    """Why it is stopped, in sentences, with what it is."""
    stands = next(each for each in agreements(case, today) if each.purpose == purpose)
    if stands.answer in STOPS:
        yield f"{capfirst(stands.what)}: {' '.join(map(str, stands.sentences))}"


def forgotten_meeting(course, moment):
    """The first that has begun and of which nobody has said whether it was held; or None, also when
    nobody can say it: those who give the course are gone, or it may not begin by a meeting."""
    meeting = course.meetings.forgotten(moment).for_list().first()
    if meeting is None:
        return None
    members = CaseMember.objects.current().filter(case=course.case_id, user__is_active=True)
    if not members.filter(user__in=[course.practitioner_id, course.supervisor_id]).exists():
        return None
    begins = not course.is_begun and not course.is_screening
    return None if begins and lacking(course, meeting.day) else meeting


def forgotten_sentence(meeting):
    return _(
        "Skriv først ned hvordan det gikk med møtet %(day)s klokken %(at)s: holdt eller ikke holdt."
    ) % {"day": weekday_date(meeting.day), "at": clock_time(meeting.starts_at)}


def meetings_of(user, course):
    """What the page of a course shows of its meetings: each with who comes, and its note. In
    three queries, however many they are."""
    notes = Note.objects.visible_to(user).filter(course=course).select_related("author")
    written = {each.meeting_id: each for each in notes}
    found = Meeting.objects.visible_to(user).filter(course=course).for_list().with_people()
    return [_row(meeting, written.get(meeting.pk)) for meeting in found]


def who_came(user, course, meeting):
    """[(how it was, who)] of all who were asked to a meeting, the child too: came, sent word, or
    did not come. Of a meeting that the user may not know of, nothing."""
    found = Meeting.objects.visible_to(user).filter(pk=meeting.pk).with_people().first()
    if found is None:
        return []
    people = {state: [] for state in CAME_OR_NOT}
    for each in found.attendances.all():
        people.setdefault(each.state, []).append(each.person.person)
    if found.child:
        people.setdefault(found.child, []).append(course.case.child)
    return [(Came(state).label, names) for state, names in people.items() if names]


def _row(meeting, note):
    people = list(meeting.attendances.all())
    return {
        "meeting": meeting,
        "note": note,
        "people": people,
        "interpreted": [each for each in people if each.needs_interpreter],
    }


def calls_of(user, course):
    return list(Call.objects.visible_to(user).filter(course=course).for_list())
