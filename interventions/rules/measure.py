"""Who is asked what of a course, what answers it, and what is missing when it is to end."""

from collections import Counter
from datetime import date

from django.utils import timezone
from django.utils.translation import gettext as _

from interventions import measuring
from interventions.models import Attendance, PlannedMeasure
from tibir.cases.models import CasePerson
from tibir.core.dates import brief_date
from tibir.instruments import chart, progress
from tibir.instruments.definition import Informant
from tibir.instruments.kinds import ANSWERED_BY, Occasion
from tibir.instruments.models import Instrument, Measurement

FOSTER = CasePerson.Relation.FOSTER_PARENT
AFTERWARDS = (Occasion.AFTER, Occasion.SIX_MONTHS)
CELLS = {
    Attendance.State.ATTENDED: chart.CAME,
    Attendance.State.EXCUSED: chart.EXCUSED,
    Attendance.State.ABSENT: chart.ABSENT,
    Attendance.State.EXPECTED: chart.NOT_ASKED,
    None: chart.NOT_ASKED,
}


def may_put_aside(user, planned) -> bool:
    """Whoever gives the course, and who supervises them."""
    return planned.course.is_given_by(user)


def asked(course, battery, day):
    """(instrument, person) for all who are to answer: those of the instruments that are on where
    the family lives and fit the child's age that day, and each who can answer them."""
    case = course.case
    age = case.child.age(day)
    people = list(CasePerson.objects.filter(case=case).current().for_list())
    for instrument in Instrument.objects.used_in(case.municipality):
        if instrument.code in battery.instruments and instrument.parsed.fits_age(age):
            for person in people:
                if _answers(person, instrument.parsed.informant):
                    yield instrument, person


def _answers(person, informant):
    """Guardians, whoever is in their place and foster parents; and staff who know the child."""
    if person.relation not in ANSWERED_BY[informant]:
        return False
    if informant == Informant.TEACHER:
        return person.relation == CasePerson.Relation.TEACHER
    is_carer = person.relation == FOSTER
    return person.has_responsibility or person.is_in_the_guardians_place or is_carer


def form_of(planned, day):
    """What is planned, in the version in use that fits the child that day; None where none is."""
    case, wanted = planned.course.case, planned.instrument
    age = case.child.age(day)
    for each in Instrument.objects.used_in(case.municipality):
        is_same = each.licence == wanted.licence
        is_same = is_same and each.parsed.informant == wanted.parsed.informant
        if is_same and (age is None or each.parsed.fits_age(age)):
            return each
    return None


def taken_of(course):
    """All that stands of those who are asked in this course, the oldest first."""
    informants = PlannedMeasure.objects.filter(course=course).values("informant")
    found = Measurement.objects.standing().filter(informant__in=informants)
    return list(found.select_related("instrument").order_by("taken_on", "pk"))


def asked_beside(course):
    """What other courses of the family ask for at their end, and have not put aside. A course that
    is over has a time of its own for it, and needs not know."""
    if course.ended_on is not None:
        return []
    found = PlannedMeasure.objects.filter(course__case=course.case_id, occasion=Occasion.AFTER)
    found = found.filter(put_aside_on=None).exclude(course=course)
    return list(found.select_related("instrument", "course"))


def answer_to(planned, taken, beside=()):
    """The measurement that was planned: of the same person and the same questions, in the version
    for whichever age, at the same occasion, in the time that counts for it; or None.

    It may answer two courses of a family, where it was taken in the time of both. A course that
    goes on has no such time for what comes after it, and leaves what was taken at the end of
    another, of those that are asked `beside` it, to that one."""
    window = _window(planned)
    for each in taken:
        is_anothers = _goes_on(planned) and _is_of_another(planned, each, beside)
        if _is_same(planned, each) and window.holds(each.taken_on) and not is_anothers:
            return each
    return None


def _is_same(planned, measurement):
    return (measurement.informant_id, measurement.occasion, measurement.instrument.licence) == (
        planned.informant_id,
        planned.occasion,
        planned.instrument.licence,
    )


def _is_of_another(planned, measurement, beside):
    """Another that is over has its time for sure, and takes one alone. Where both go on, it is of
    the one that was thought to end about then; or of both, until one of them ends."""
    day = measurement.taken_on
    could_be_this = _planned_window(planned).holds(day)
    return any(
        _is_same(other, measurement) and _planned_window(other).holds(day)
        for other in beside
        if other.met_by_id in (None, measurement.pk)
        and (other.course.ended_on or not could_be_this)
    )


def comes_later(course, occasion) -> bool:
    """What is measured after a course is counted from its last day, and nobody knows that yet."""
    return course.ended_on is None and occasion in AFTERWARDS


def _window(planned):
    """While the course goes on nobody knows when it ends, whatever was planned: what is measured
    as afterwards is of today's ending until there is one."""
    if _goes_on(planned):
        return measuring.Window(planned.course.started_on, planned.due_on, date.max)
    return _planned_window(planned)


def _goes_on(planned):
    course = planned.course
    return planned.occasion == Occasion.AFTER and course.is_begun and course.ended_on is None


def _planned_window(planned):
    return measuring.Window(planned.opens_on, planned.due_on, planned.closes_on)


def missing_at_end(course):
    """What is to be taken or put aside before the course can end: its measures afterwards. What
    somebody has just typed is not missing, though the clock has not come by; nor is what another
    course has been answered, where it would count for this one too if that ended today."""
    rows = PlannedMeasure.objects.waiting().filter(course=course, occasion=Occasion.AFTER)
    rows = list(rows.for_list())
    if not rows:
        return []
    for row in rows:
        row.course = course
    taken, beside = taken_of(course), asked_beside(course)
    today = measuring.after(timezone.localdate())[measuring.AFTER]
    return [
        row
        for row in rows
        if answer_to(row, taken, beside) is None
        and not any(_is_same(row, each) and today.holds(each.taken_on) for each in taken)
    ]


def measures(user, course):
    """What the piece about measures shows: what is planned, and what was measured since shortly
    before the course began. Three queries, and one for the norms."""
    planned = PlannedMeasure.objects.visible_to(user).filter(course__in=course.line).for_list()
    found = Measurement.objects.visible_to(user).of_case(course.case).standing().for_list()
    taken = [each for each in found if _is_of(course, each)]
    names = names_of(taken_for(user, course.case))
    return {"planned": list(planned), "progress": progress.progress(taken, names)}


def taken_for(user, case, **only):
    """{measurement: the courses of the case that it was planned for}, as the user sees them. One
    that was transferred is one with what it was before."""
    planned = PlannedMeasure.objects.visible_to(user).filter(course__case=case, **only)
    met = planned.filter(met_by__isnull=False).select_related("course__service")
    rows = list(met.order_by("course__started_on", "pk"))
    courses = {each.course_id: each.course for each in rows}
    found = {}
    for each in rows:
        first = each.course
        while first.follows_id in courses:
            first = courses[first.follows_id]
        found.setdefault(each.met_by_id, {})[first.pk] = first
    return {measurement: list(of.values()) for measurement, of in found.items()}


def names_of(courses_of):
    """{measurement: {course: its name}}; with the day it began, where two have the same name."""
    courses = {each.pk: each for of in courses_of.values() for each in of}
    names = {pk: each.service.get_kind_display() for pk, each in courses.items()}
    same = Counter(names.values())
    for pk, name in names.items():
        if same[name] > 1:
            about = {"service": name, "day": brief_date(courses[pk].started_on)}
            names[pk] = _("%(service)s fra %(day)s") % about
    return {
        measurement: {each.pk: names[each.pk] for each in of}
        for measurement, of in courses_of.items()
    }


def _is_of(course, measurement):
    first = course.line[-1]
    began = first.started_on or first.planned_on
    if measurement.taken_on < began - measuring.EARLIER:
        return False
    if course.ended_on is None:
        return True
    return measurement.taken_on <= measuring.after(course.ended_on)["six_months"].closes_on


def attendance(meetings, people, child):
    """(numbered meetings held, [(person, how it went in each)]) for those who were ever asked, the
    child first, of meetings that have their attendances with them."""
    held = [each for each in meetings if each.is_held and each.number]
    state = {(a.meeting_id, a.person_id): a.state for m in held for a in m.attendances.all()}
    asked = {person for _meeting, person in state}
    of_child = [CELLS[each.child or None] for each in held]
    rows = [(child, of_child)] if any(each.child for each in held) else []
    rows += [
        (person, [CELLS[state.get((each.pk, person.pk))] for each in held])
        for person in people
        if person.pk in asked
    ]
    return held, rows
