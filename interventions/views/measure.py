"""Målinger og endring: what is planned of a course, what was measured, and what came of it."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from interventions import actions, rules
from interventions.forms.measure import PutAsideForm
from interventions.models import Meeting, PlannedMeasure
from interventions.views.page import PAGE, SHOWN, find_course, people_of, today, typed
from tibir.access.gate import find, permit
from tibir.audit.record import record
from tibir.core.dates import brief_date
from tibir.core.errors import DomainError, StaleState, say_why
from tibir.instruments import chart
from tibir.instruments import rules as instruments
from tibir.instruments.kinds import Occasion
from tibir.instruments.progress import is_not_improving, of_goals, verdicts


@require_safe
def progress(request, pk, course):
    """The charts, each with its table; and for those who give the course, what they tell."""
    user = request.user
    course = find_course(request, pk, course)
    permit(instruments.may_read(user, course.case))
    record("measure.read", course, by=user, basis=instruments.basis(user, course.case))
    found = rules.measures(user, course)
    meetings = Meeting.objects.visible_to(user).filter(course=course).for_list()
    meetings = list(meetings.prefetch_related("attendances"))
    gives = rules.may_work(user, course)
    reads = gives or rules.may_read_journal(user, course)
    goals = rules.goals_of(user, course) if reads else []
    if goals:
        record("goal.read", course, by=user, basis=rules.journal_basis(user, course))
    context = {
        "case": course.case,
        "course": course,
        "title": _("Målinger og endring"),
        "occasions": occasions(course, found["planned"]),
        "charts": pictures(found["progress"]),
        "reads": reads,
        "goals": goal_pictures(goals),
        "attendance": attendance(meetings, people_of(request, course.case), course.case.child),
        "gives": gives,
        "said": verdicts(found["progress"]) if gives else [],
        "is_not_improving": gives and is_not_improving(found["progress"]),
        "may_measure": instruments.may_measure(user, course.case)
        and instruments.takes(course.case),
    }
    return render(request, "interventions/progress.html", context)


def occasions(course, planned):
    """What is planned of a course, by occasion, in their order; with how it stands today."""
    found = {}
    for each in planned:
        found.setdefault(each.occasion, []).append(each)
    order = Occasion.values
    return [
        {
            "name": Occasion(occasion).label,
            "due_on": rows[0].due_on,
            "comes_later": rules.comes_later(course, occasion),
            "rows": [_row(course, row) for row in rows],
            "waits": any(row.is_waiting for row in rows),
        }
        for occasion, rows in sorted(found.items(), key=lambda it: order.index(it[0]))
    ]


def _row(course, planned):
    is_now = planned.opens_on <= today()
    if course.ended_on is None and planned.occasion == Occasion.SIX_MONTHS:
        is_now = False
    return {"planned": planned, "is_late": _is_late(course, planned), "is_now": is_now}


def _is_late(course, planned):
    is_later = rules.comes_later(course, planned.occasion)
    return planned.is_waiting and planned.due_on < today() and not is_later


def pictures(found):
    """Each scale with its picture, drawn for a desk and for a telephone; the names of the parts are
    told apart by number."""
    return [
        {
            "progress": each,
            "svg": each.picture(f"diagram-{number}"),
            "narrow": each.picture(f"diagram-{number}-smalt", chart.NARROW),
        }
        for number, each in enumerate(found, 1)
    ]


def goal_pictures(goals):
    """Each goal with its picture, as `pictures` has them, and what stands in the table beside it:
    one line for each who has said how near it is."""
    return [_goal_picture(each, number) for number, each in enumerate(goals, 1)]


def _goal_picture(followed, number):
    goal = followed.goal
    ends = _("0: %(low)s. 10: %(high)s.") % {"low": goal.low, "high": goal.high}
    series = [
        (str(person), [(each.on, each.value) for each in said])
        for person, said in followed.by_person.items()
    ]
    drawn = of_goals(series, goal.words, ends)
    return {
        "goal": goal,
        "followed": followed,
        "ends": ends,
        "rows": followed.ratings,
        "svg": chart.svg(drawn, f"mal-diagram-{number}"),
        "narrow": chart.svg(drawn, f"mal-diagram-{number}-smalt", chart.NARROW),
    }


def attendance(meetings, people, child):
    """Who came: the picture, and the table beside it; None before anything is held."""
    held, rows = rules.attendance(meetings, people, child)
    if not held or not rows:
        return None
    words = {
        chart.CAME: _("var med"),
        chart.EXCUSED: _("meldte forfall"),
        chart.ABSENT: _("kom ikke"),
        chart.NOT_ASKED: "–",
    }
    counted = [
        {"who": who, "came": cells.count(chart.CAME), "of": len(cells), "cells": cells}
        for who, cells in rows
    ]
    strip = chart.Strip(
        title=_("Oppmøte"),
        description=" ".join(
            _("%(who)s: %(came)d av %(of)d møter.") % {**row, "who": str(row["who"])}
            for row in counted
        ),
        heads=tuple(str(each.number) for each in held),
        rows=tuple((str(who), tuple(cells)) for who, cells in rows),
        words=words,
    )
    return {
        "svg": chart.strip_svg(strip, "oppmote"),
        "narrow": chart.strip_svg(strip, "oppmote-smalt", chart.NARROW),
        "counted": counted,
        "names": [row["who"] for row in counted],
        "table": [
            {
                "number": meeting.number,
                "on": brief_date(meeting.day),
                "cells": [words[cells[place]] for _who, cells in rows],
            }
            for place, meeting in enumerate(held)
        ],
    }


@require_http_methods(PAGE)
def put_aside(request, pk, planned):
    """One that is to be taken: to where it is typed, or why it will not be."""
    shown = [f"course__{each}" for each in SHOWN]
    mine = PlannedMeasure.objects.visible_to(request.user).filter(course__case=pk)
    row = find(mine.select_related("instrument", "informant__person", *shown), pk=planned)
    permit(rules.may_put_aside(request.user, row))
    if not row.is_waiting:
        raise StaleState(_("Målingen er alt tatt, eller lagt til side."))
    form = PutAsideForm(typed(request))
    if form.is_valid():
        try:
            actions.put_aside(row, by=request.user, **form.cleaned_data)
        except DomainError as error:
            say_why(form, error)
        else:
            messages.success(request, _("Målingen er lagt til side."))
            return redirect("interventions:progress", pk, row.course_id)
    record("measure.read", row.course, by=request.user, basis="member")
    context = {
        "case": row.course.case,
        "course": row.course,
        "planned": row,
        "form": form,
        "title": row.instrument.label,
        "is_late": _is_late(row.course, row),
        "comes_later": rules.comes_later(row.course, row.occasion),
        **_where_to_type(row),
    }
    return render(request, "interventions/put_aside.html", context)


def _where_to_type(planned):
    """With what, whom and when chosen, so that what is typed is what was planned."""
    case, form = planned.course.case_id, rules.form_of(planned, today())
    if form is None:
        return {"answers": reverse("instruments:choose", args=[case]), "totals": ""}
    chosen = {"hvem": planned.informant_id, "anledning": planned.occasion}
    return {
        "answers": reverse("instruments:items", args=[case, form.code], query=chosen),
        "totals": reverse("instruments:totals", args=[case, form.code], query=chosen),
    }
