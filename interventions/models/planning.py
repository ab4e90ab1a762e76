"""What everybody does first who agrees or changes a meeting: lock it, and ask whether it can be."""

from datetime import timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from interventions.models.course import Course
from interventions.models.meeting import Attendance, Meeting
from interventions.states import MEETS
from tibir.cases.models import CasePerson
from tibir.core.errors import DomainError

# The same, by the same person, once more within this: one press that came twice.
TWICE = timedelta(minutes=1)


def held_course(course):
    """Locked: two who plan at once do not both get the last meeting."""
    course = Course.objects.held(course.pk)
    if not course.is_open:
        raise DomainError(
            _("Det går ikke: tiltaket er «%(state)s».") % {"state": course.get_state_display()}
        )
    return course


def again(meeting):
    """Locked, and as it is now; the course first, as everybody takes them."""
    list(Course.objects.select_for_update().filter(pk=meeting.course_id).values_list("pk"))
    found = Meeting.objects.select_for_update(of=["self"])
    return found.select_related("course__practitioner", "course__unit").get(pk=meeting.pk)


def require_planned(meeting):
    if not meeting.is_planned:
        raise DomainError(
            _("Det går ikke: møtet er «%(state)s».") % {"state": meeting.get_state_display()}
        )


def require_meets(course):
    if course.state not in MEETS:
        raise DomainError(
            _("Det kan ikke avtales møter nå: tiltaket er «%(state)s».")
            % {"state": course.get_state_display()}
        )


def require_room(course, count=1):
    """Whether so many more may count."""
    most, taken = course.most_meetings, course.taken_meetings
    if taken + count <= most:
        return
    if course.is_screening:
        full = _("En kartlegging har høyst %(most)d møter. Avslutt den, eller velg et tiltak.")
        raise DomainError(full % {"most": most})
    full = _(
        "Tiltaket har høyst %(most)d møter, og %(taken)s. Trengs det flere, kan du be om "
        "en forlengelse."
    )
    raise DomainError(full % {"most": most, "taken": _taken(taken)})


def _taken(count):
    said = ngettext("ett er holdt eller avtalt", "%(n)d er holdt eller avtalt", count)
    return said % {"n": count}


def expect(meetings, people):
    """Those of the case; of the child the meeting itself says it."""
    Attendance.objects.bulk_create(
        Attendance(meeting=meeting, person=each)
        for meeting in meetings
        for each in people
        if isinstance(each, CasePerson)
    )
