"""What is to be measured of a course: planned at its start, taken, put aside, planned anew."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from interventions import measuring, rules
from interventions.models import Battery, PlannedMeasure
from tibir.audit.record import record
from tibir.core.errors import StaleState
from tibir.deadlines import actions as deadlines
from tibir.deadlines.kinds import Kind as Due
from tibir.deadlines.models import Deadline
from tibir.instruments.kinds import Occasion


@transaction.atomic
def plan_measures(course, *, by):
    """Who is to answer what, and when, as the municipality measures such a course. Called when the
    course begins; called again it adds those who have come since, and changes nothing else."""
    battery = Battery.objects.row_of(
        course.service.kind, course.case.municipality_id, course.started_on
    )
    if battery is None or not battery.instruments:
        return []
    service = course.service
    meetings = measuring.usual(
        service.least_meetings, service.most_meetings, service.usual_meetings
    )
    windows = measuring.plan(course.started_on, meetings)
    made = PlannedMeasure.objects.bulk_create(
        [
            PlannedMeasure(
                course=course,
                occasion=occasion,
                instrument=instrument,
                informant=informant,
                opens_on=windows[occasion].opens_on,
                due_on=windows[occasion].due_on,
                closes_on=windows[occasion].closes_on,
            )
            for occasion in measuring.OCCASIONS
            if occasion in battery.occasions
            for instrument, informant in rules.asked(course, battery, windows[occasion].due_on)
        ],
        ignore_conflicts=True,
    )
    record("measure.planned", course, by=by, rows=len(made))
    settle_measures(course, by=by)
    return made


@transaction.atomic
def settle_measures(course, *, by):
    """What has been measured meets what was planned; what can be taken now is due."""
    today = timezone.localdate()
    planned = PlannedMeasure.objects.filter(course=course, put_aside_on=None)
    rows = planned.select_related("met_by", "instrument").select_for_update(of=["self"])
    taken, beside = rules.taken_of(course), rules.asked_beside(course)
    rows = list(rows.order_by("pk"))
    for row in rows:
        row.course = course
        _settle(row, rules.answer_to(row, taken, beside), by)
    _ask(course, [each for each in rows if not each.met_by_id and _is_open(each, today)], by)


def _is_open(planned, today):
    """It can be taken. What comes after a course is not asked for while the course goes on."""
    is_later = rules.comes_later(planned.course, planned.occasion)
    return planned.opens_on <= today and not is_later


def _settle(row, found, by):
    if row.met_by_id and row.met_by != found:
        PlannedMeasure.objects.filter(pk=row.pk).update(met_by=None)
        row.met_by = None
        record("measure.untaken", row, by=by)
        deadlines.reopen(Due.MEASURE, row, by=by, reason="struck")
    if found and not row.met_by_id:
        PlannedMeasure.objects.filter(pk=row.pk).update(met_by=found)
        row.met_by = found
        record("measure.taken", row, by=by, measurement=found.pk)
        deadlines.meet(Due.MEASURE, row, by=by, on=found.taken_on)


def _ask(course, waiting, by):
    """One deadline for each occasion, whoever and whatever is still missing: a dozen that look
    alike would bury what else is due. When that one is taken or put aside, the next is due."""
    about = {"unit": course.unit, "case": course.case, "owner": course.practitioner}
    for occasion in dict.fromkeys(each.occasion for each in waiting):
        rows = [each for each in waiting if each.occasion == occasion]
        if not any(Deadline.objects.about(each, Due.MEASURE).open().exists() for each in rows):
            first = rows[0]
            deadlines.begin(
                Due.MEASURE, first, by=by, on=first.opens_on, due_on=first.due_on, **about
            )


@transaction.atomic
def put_aside(planned, *, by, reason, ended_with_course=False):
    """It will not be taken, and why: nobody is asked for it any more."""
    waiting = PlannedMeasure.objects.waiting().filter(pk=planned.pk)
    aside = {
        "put_aside_on": timezone.localdate(), "put_aside_by": by, "put_aside_reason": reason,
        "ended_with_course": ended_with_course,
    }  # fmt: skip
    if not waiting.update(**aside):
        raise StaleState(_("Målingen er alt tatt, eller lagt til side."))
    record("measure.put_aside", planned, by=by)
    deadlines.close(Due.MEASURE, planned, by=by, reason="put_aside")
    settle_measures(planned.course, by=by)


@transaction.atomic
def end_measures(course, *, by, on):
    """The course is over: what was to be measured on the way is put aside, and what comes after is
    due from that day. Called when a course ends, whatever the reason."""
    waiting = PlannedMeasure.objects.waiting().filter(course=course)
    for row in waiting.filter(occasion=Occasion.HALF_WAY, due_on__gte=on).order_by("pk"):
        reason = _("Tiltaket ble avsluttet før halvveis.")
        put_aside(row, by=by, reason=reason, ended_with_course=True)
    windows = measuring.after(on)
    rows = PlannedMeasure.objects.filter(course=course, put_aside_on=None)
    for row in rows.filter(occasion__in=windows).order_by("pk"):
        window = windows[row.occasion]
        if row.due_on == window.due_on:
            continue
        changes = {
            "opens_on": window.opens_on, "due_on": window.due_on, "closes_on": window.closes_on,
        }  # fmt: skip
        PlannedMeasure.objects.filter(pk=row.pk).update(**changes)
        deadlines.close(Due.MEASURE, row, by=by, reason="moved")
    settle_measures(course, by=by)


@transaction.atomic
def measure_again(course, *, by, since):
    """The course was not over after all, which it was from the day `since`: what comes after it is
    not due yet, and what its ending alone put aside is asked for again, while it still counts."""
    waiting = PlannedMeasure.objects.filter(course=course).waiting()
    for row in waiting.filter(occasion__in=rules.AFTERWARDS).order_by("pk"):
        deadlines.close(Due.MEASURE, row, by=by, reason="reopened")
    put_aside_then = PlannedMeasure.objects.filter(
        course=course,
        occasion=Occasion.HALF_WAY,
        put_aside_on=since,
        ended_with_course=True,
        closes_on__gte=timezone.localdate(),
    )
    asked = put_aside_then.update(
        put_aside_on=None, put_aside_by=None, put_aside_reason="", ended_with_course=False
    )
    if asked:
        record("measure.planned", course, by=by, rows=asked)
    settle_measures(course, by=by)
