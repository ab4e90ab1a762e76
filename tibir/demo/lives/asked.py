"""What the parents answered of the child and of themselves, time after time."""

from datetime import timedelta

from django.utils import timezone

from interventions import actions
from interventions.models import PlannedMeasure
from tibir.calendar.holidays import first_working_day_on_or_after
from tibir.demo.clock import at
from tibir.instruments import actions as instruments
from tibir.instruments.kinds import Occasion
from tibir.instruments.models import Instrument, Measurement

SOON = timedelta(days=7)
FORMS = ("ecbi", "pss")


def ask_all(guardians, *, by, about, level):
    """In the screening: how it was when they came, as each of them sees it."""
    for code in FORMS:
        instrument = Instrument.objects.newest().get(code=code)
        for each in guardians:
            _answer(each, instrument, Occasion.BEFORE, by, about, level)


def ask(course, occasion, *, by, about, level):
    """What is planned for that occasion, and not answered."""
    _take(_waiting(course).filter(occasion=occasion), course, by, about, level)


def ask_what_is_due(course, *, by, about, level):
    """On the way: what is due within a week, asked when they are here anyway."""
    today = timezone.localdate()
    rows = _waiting(course).filter(
        occasion__in=[Occasion.BEFORE, Occasion.HALF_WAY], opens_on__lte=today,
        due_on__lte=today + SOON, closes_on__gte=today,
    )  # fmt: skip
    _take(rows, course, by, about, level)


def follow_up(case, *, about, level, today):
    """Half a year later, by whoever met them. Returns the last day of it, or None when that day
    lies ahead."""
    last = None
    rows = _waiting(course__case=case, occasion=Occasion.SIX_MONTHS)
    while first := rows.order_by("due_on").first():
        last = first_working_day_on_or_after(first.due_on)
        if last >= today:
            return None
        by = first.course.practitioner
        with at(last, 13):
            _take(rows.filter(course=first.course), first.course, by, about, level)
    return last


def ask_no_more(course, *, by, reason):
    """They do not want to be asked."""
    for each in _waiting(course).order_by("pk"):
        actions.put_aside(each, by=by, reason=reason)


def _waiting(course=None, **about):
    about |= {"course": course} if course else {}
    rows = PlannedMeasure.objects.waiting().filter(**about)
    return rows.select_related("course__practitioner", "informant__case__child", "instrument")


def _take(rows, course, by, about, level):
    rows = list(rows)
    for each in rows:
        _answer(each.informant, each.instrument, each.occasion, by, about, level)
    if rows:
        actions.settle_measures(course, by=by)


def _answer(informant, instrument, occasion, by, about, level):
    """1.0 is as hard as when they came; the father sees a little less of it."""
    same = Measurement.objects.filter(informant=informant, instrument__code=instrument.code)
    if same.filter(taken_on=timezone.localdate()).exists():
        return
    seen = level - (0.08 if informant.relation == "father" else 0)
    own = sum(map(ord, about.child[0] + informant.person.first_name))
    if instrument.code == "ecbi":
        totals = {
            "intensity": round(92 + 82 * seen + own % 13),
            "problem": max(2, round(21 * seen - 2 + own % 3)),
        }
    else:
        totals = {"stress": round(29 + 25 * seen + own % 7)}
    instruments.measure(
        informant, by=by, instrument=instrument, occasion=occasion, totals=totals,
        taken_on=timezone.localdate(),
    )  # fmt: skip
