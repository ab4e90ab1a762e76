"""The clock: what has been measured meets what was planned, and what can be taken is asked for; so
is a word with the family that nobody has met or called for a while.

Measurements are typed in a room that knows of no courses, so that this looks for them.
"""

from celery import shared_task
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from interventions import actions, rules
from interventions.models import Course, PlannedMeasure
from tibir.audit.record import CLOCK
from tibir.core.jobs import noted
from tibir.deadlines.kinds import Kind as Due
from tibir.deadlines.models import Deadline
from tibir.instruments.kinds import Occasion
from tibir.instruments.models import Measurement

AT_ONCE = 200


@shared_task(name="interventions.measures")
def measures():
    noted("measures", _settle)


@shared_task(name="interventions.contact")
def contact():
    noted("contact", _ask_for_contact)


def _ask_for_contact():
    found = rules.out_of_touch(timezone.localdate())
    shown = found.select_related("case", "unit", "practitioner")
    for course in shown.order_by("pk")[:AT_ONCE]:
        actions.ask_for_contact(course, by=CLOCK, since=course.last_on)
    return ""


def _settle():
    found = PlannedMeasure.objects.filter(_has_changed(timezone.localdate()))
    courses = Course.objects.filter(pk__in=found.values("course"))
    shown = courses.select_related("case", "unit", "service", "practitioner")
    for course in shown.order_by("pk")[:AT_ONCE]:
        actions.settle_measures(course, by=CLOCK)
    return ""


def _has_changed(today):
    """Taken since; struck out since, or found to be another's; or to be asked for from today, and
    not yet."""
    # While the course goes on: what is said to be after it counts, and nobody is asked for it.
    goes_on = Q(course__ended_on=None)
    at_the_end = goes_on & Q(occasion=Occasion.AFTER)
    standing = Measurement.objects.standing().filter(
        informant=OuterRef("informant"),
        occasion=OuterRef("occasion"),
        instrument__licence=OuterRef("instrument__licence"),
    )
    in_time = standing.filter(_in_time())
    since = standing.filter(taken_on__gte=OuterRef("course__started_on"))
    taken = ~at_the_end & Q(Exists(in_time))
    taken |= at_the_end & Exists(since.exclude(_is_of_another()))
    asks = Q(opens_on__lte=today) & ~(goes_on & Q(occasion__in=rules.AFTERWARDS))
    with_it = PlannedMeasure.objects.filter(
        course=OuterRef(OuterRef("course")), occasion=OuterRef(OuterRef("occasion"))
    )
    begun = Deadline.objects.open().filter(
        kind=Due.MEASURE,
        target_type=PlannedMeasure._meta.label_lower,
        target_id__in=with_it.values("pk"),
    )
    waits = Q(met_by=None, put_aside_on=None)
    is_struck = Q(met_by__struck_at__isnull=False)
    met_by = Measurement.objects.filter(pk=OuterRef("met_by"))
    is_anothers = at_the_end & Exists(met_by.filter(_is_of_another()))
    return is_struck | is_anothers | waits & (taken | asks & ~Exists(begun))


def _in_time():
    """Of a measurement: it was taken in the time that was planned for it."""
    return Q(taken_on__gte=OuterRef("opens_on"), taken_on__lte=OuterRef("closes_on"))


def _is_of_another():
    """What `rules.answer_to` leaves to another course of the family."""
    asked = PlannedMeasure.objects.filter(
        Q(met_by=None) | Q(met_by=OuterRef("pk")),
        put_aside_on=None,
        informant=OuterRef("informant"),
        occasion=OuterRef("occasion"),
        instrument__licence=OuterRef("instrument__licence"),
        opens_on__lte=OuterRef("taken_on"),
        closes_on__gte=OuterRef("taken_on"),
    ).exclude(course=OuterRef(OuterRef("course")))
    over = Q(Exists(asked.filter(course__ended_on__isnull=False)))
    return over | Exists(asked) & ~_in_time()
