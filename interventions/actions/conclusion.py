"""A screening is concluded: what was known, what was recommended, and what a person decided."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from interventions import letters, rules
from interventions.models import Course, Screening
from interventions.states import CourseState, MeetingState
from referrals import actions as referrals
from referrals.routing import canonical
from tibir.audit.record import record
from tibir.core.errors import DomainError, StaleState
from tibir.deadlines import actions as deadlines
from tibir.deadlines.kinds import Kind as Due
from tibir.documents import actions as documents
from tibir.documents.kinds import Kind as Paper


@transaction.atomic
def conclude(course, *, by, seen, services, reason, words, recipients, path=""):
    """A person decides. The rules' answer, and what it was given, are kept with the choice.

    `seen` is the text of the facts that stood on the page; `reason` is why something else was
    chosen than what was recommended, and stays here; `words` are for the family. `recipients` are
    (case person, channel, address).
    """
    course = _held(course)
    today = timezone.localdate()
    if not_yet := list(rules.not_concluded_because(course)):
        raise DomainError(not_yet[0])
    screening = Screening.objects.select_for_update(of=["self"]).get(course=course)
    screening.course = course
    facts = rules.facts_of(screening, today)
    if canonical(facts) != seen:
        raise StaleState(_("Noe er endret siden du åpnet siden. Se over det som er kjent nå."))
    said = referrals.recommend(course.case, facts, by=by, referral=course.referral)
    screening.choice = referrals.choose(said, by=by, services=services, reason=reason, path=path)
    screening.save(update_fields=["choice"])
    for meeting in course.meetings.ahead(timezone.now()):
        meeting.move_to(MeetingState.CALLED_OFF)
    course.move_to(CourseState.COMPLETED, ended_on=today)
    deadlines.meet(Due.SCREENING, course, by=by, on=today)
    if services:
        about = {"unit": course.unit, "case": course.case, "on": today}
        deadlines.begin(Due.START_SERVICE, course, by=by, **about)
    record("course.concluded", course, by=by, services=list(services))
    _write(course, services, words, recipients, by, today)


def _held(course):
    Course.objects.select_for_update().get(pk=course.pk)
    shown = (
        "case__child", "case__municipality", "service", "unit", "referral__submission",
        "referral__municipality", "referral__unit",
    )  # fmt: skip
    return Course.objects.select_related(*shown).get(pk=course.pk)


def _write(course, services, words, recipients, by, today):
    for person, channel, address in recipients:
        said = letters.screened(
            course.referral,
            person,
            by=by,
            on=today,
            services=services,
            reason=words,
            address=address,
        )
        document = documents.order(
            Paper.SCREENING_ANSWER,
            by=by,
            municipality=course.referral.municipality,
            unit=course.unit,
            case=course.case,
            author=by,
            recipient=person,
            title=said["heading"],
            language=course.referral.submission.language,
            data=said,
        )
        documents.send(document, by=by, person=person, channel=channel)
