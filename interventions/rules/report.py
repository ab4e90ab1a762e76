"""Who writes a report, to whom it may go, and what of a case each recipient may have in it."""

from dataclasses import dataclass

from django.db.models import Q
from django.utils import timezone

from interventions import measuring
from interventions.kinds import Component, ReportPart
from interventions.models import (
    Attendance,
    Course,
    Evaluation,
    Goal,
    Meeting,
    Note,
    Pause,
    PlannedMeasure,
    Rating,
)
from interventions.rules.course import may_work
from interventions.rules.measure import taken_for
from referrals.models import Referral
from referrals.states import State
from tibir.cases.models import CasePerson, Purpose
from tibir.family.rules.consent import agreements
from tibir.instruments.models import Measurement

# What somebody who referred gets, when the guardians agree to it: what it led to, and no figures.
OF_THE_OUTCOME = [ReportPart.REFERRAL, ReportPart.SERVICES]


def may_report(user, course) -> bool:
    """Whoever gives the course, once it has begun."""
    return may_work(user, course) and course.is_begun


def may_report_case(user, case) -> bool:
    """Whoever gives, or has given, one of its courses."""
    begun = Course.objects.visible_to(user).filter(case=case, started_on__isnull=False)
    return begun.given_by(user).exists()


def may_write_report(user, report) -> bool:
    """Whoever began it, as long as they give the course, or one of the case's."""
    if report.author_id != user.pk:
        return False
    if report.course_id:
        return may_report(user, report.course)
    return may_report_case(user, report.case)


def is_for_guardian(person) -> bool:
    """A guardian, or whoever is in the place of one, who has the right to know of the child."""
    knows = person.right_to_information != CasePerson.YesNo.NO
    return knows and (person.has_responsibility or person.is_in_the_guardians_place)


def possible_readers(case, people, today):
    """Those who may be sent a report: confirmed, a guardian or in the place of one; and whoever
    referred the child, when those who decide agree that they are told what it led to."""
    confirmed = [each for each in people if each.is_verified and not each.has_ended]
    found = [each for each in confirmed if is_for_guardian(each)]
    others = [each for each in confirmed if each.is_sender and each not in found]
    others = [each for each in others if each.right_to_information != CasePerson.YesNo.NO]
    return found + (others if others and shares_outcome(case, today) else [])


def shares_outcome(case, today) -> bool:
    stands = next(a for a in agreements(case, today) if a.purpose == Purpose.REFERRER)
    return stands.may_go_on


def possible_parts(person):
    """What can be in a report to this person."""
    return list(ReportPart) if is_for_guardian(person) else OF_THE_OUTCOME


@dataclass(frozen=True)
class Facts:
    """What there is to tell one recipient: theirs and the child's, and never another parent's."""

    referrals: tuple
    courses: tuple
    pauses: dict  # {course: [when it rested]}; why is for those who give it
    meetings: tuple  # those held to which the recipient was asked, with `came`: yes or no
    components: tuple  # what was worked on in those where the recipient was
    goals: tuple  # the recipient's own and the family's, each with `said`: what this one has said
    measurements: tuple  # what the recipient has answered
    taken_for: dict  # {one of these: the courses it was planned for}
    planned: tuple  # what the recipient was to answer by now


def facts_for(report, user) -> Facts:
    """Read by the author's own right, and only what is the recipient's."""
    person = report.recipient
    parts = set(report.parts) & set(possible_parts(person))
    courses = Course.objects.visible_to(user).filter(case=report.case, started_on__isnull=False)
    if report.course_id:
        courses = courses.filter(pk=report.course_id)
    shown = courses.select_related("service", "practitioner").order_by("started_on", "pk")
    courses = tuple(shown)
    meetings = _meetings(courses, person, user) if ReportPart.MEETINGS in parts else ()
    return Facts(
        referrals=_referrals(report, user) if ReportPart.REFERRAL in parts else (),
        courses=courses if ReportPart.SERVICES in parts else (),
        pauses=_pauses(courses, user) if is_for_guardian(person) else {},
        meetings=meetings,
        components=_components(meetings, user),
        goals=_goals(courses, person, user) if ReportPart.GOALS in parts else (),
        measurements=_measurements(report, user) if ReportPart.MEASURES in parts else (),
        taken_for=taken_for(user, report.case, informant=person)
        if ReportPart.MEASURES in parts
        else {},
        planned=_planned(courses, person, user) if ReportPart.MEASURES in parts else (),
    )


def _referrals(report, user):
    """What the recipient sent, and to a guardian what staff who know the child have sent; never
    what another parent has."""
    found = Referral.objects.visible_to(user).filter(case=report.case)
    sent = Q(sent_by=report.recipient)
    if is_for_guardian(report.recipient):
        sent |= ~Q(sender=Referral.Sender.PARENT) & ~Q(state=State.DUPLICATE)
    found = found.filter(sent).select_related("submission")
    return tuple(found.order_by("received_on", "pk"))


def _meetings(courses, person, user):
    asked = Meeting.objects.visible_to(user).filter(course__in=courses, attendances__person=person)
    held = asked.filter(state=Meeting.State.HELD, number__isnull=False)
    states = dict(person.attendances.values_list("meeting", "state"))
    found = list(held.order_by("starts_at", "pk"))
    for each in found:
        each.state_of_one = states[each.pk]
    return tuple(found)


def _pauses(courses, user):
    found = {}
    for each in Pause.objects.visible_to(user).filter(course__in=courses).order_by("started_on"):
        found.setdefault(each.course_id, []).append(each)
    return found


def _components(meetings, user):
    """In the order of the programme, each once."""
    there = [each for each in meetings if each.state_of_one == Attendance.State.ATTENDED]
    notes = Note.objects.visible_to(user).signed().filter(meeting__in=there)
    worked_on = {code for codes in notes.values_list("components", flat=True) for code in codes}
    return tuple(each for each in Component if each in worked_on)


def _goals(courses, person, user):
    of = [each for course in courses for each in course.line]
    mine = Goal.objects.visible_to(user).for_person(person).filter(course__in=of)
    found = list(mine.for_list().distinct())
    said, evaluated = {}, {}
    for each in Rating.objects.for_person(person).filter(goal__in=found).for_list():
        said.setdefault(each.goal_id, []).append(each)
    for each in Evaluation.objects.visible_to(user).filter(goal__in=found).for_list():
        evaluated[each.goal_id] = each
    for each in found:
        each.said, each.evaluation = said.get(each.pk, []), evaluated.get(each.pk)
    return tuple(found)


def _measurements(report, user):
    mine = Measurement.objects.visible_to(user).of_case(report.case).standing()
    found = mine.filter(informant=report.recipient).for_list()
    if report.course_id is None:
        return tuple(found)
    course = report.course
    last = measuring.after(course.ended_on)["six_months"].closes_on if course.ended_on else None
    first = course.started_on - measuring.EARLIER
    return tuple(
        each for each in found if each.taken_on >= first and (last is None or each.taken_on <= last)
    )


def _planned(courses, person, user):
    mine = PlannedMeasure.objects.visible_to(user).filter(course__in=courses, informant=person)
    return tuple(mine.filter(opens_on__lte=timezone.localdate()).for_list())
