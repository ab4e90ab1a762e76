"""Which families nobody has met or called for a while, and is not about to meet."""

from datetime import timedelta

from django.db.models import DateField, Exists, ExpressionWrapper, F, Max, OuterRef, Subquery
from django.db.models.functions import Greatest, TruncDate

from interventions.models import Call, Course, Meeting, Pause
from interventions.states import CourseState, MeetingState
from tibir.deadlines.kinds import RULES
from tibir.deadlines.kinds import Kind as Due
from tibir.deadlines.models import Deadline

QUIET = timedelta(weeks=2)  # so long before anybody is reminded
LENGTH = timedelta(days=RULES[Due.CONTACT].length.count)


def out_of_touch(today):
    """Running courses, each with `last_on`: the day of the last meeting or call, or since which it
    runs. Not where it is asked for already, or a meeting is agreed before it is too late."""
    held = Meeting.objects.filter(state=MeetingState.HELD)
    last_on = Greatest(
        "started_on",
        _newest(held, TruncDate("starts_at")),
        _newest(Call.objects.standing(), TruncDate("called_at")),
        _newest(Pause.objects.all(), F("ended_on")),
    )
    asked = Deadline.objects.open().filter(
        kind=Due.CONTACT, target_type=Course._meta.label_lower, target_id=OuterRef("pk")
    )
    until = ExpressionWrapper(OuterRef("last_on") + LENGTH, output_field=DateField())
    agreed = Meeting.objects.planned().alias(on=TruncDate("starts_at"))
    agreed = agreed.filter(course=OuterRef("pk"), on__gte=today, on__lte=until)
    running = Course.objects.filter(state=CourseState.RUNNING).annotate(last_on=last_on)
    return running.filter(~Exists(asked), ~Exists(agreed), last_on__lte=today - QUIET)


def _newest(rows, day):
    of_course = rows.filter(course=OuterRef("pk")).order_by().values("course")
    return Subquery(of_course.annotate(newest=Max(day)).values("newest"), output_field=DateField())
