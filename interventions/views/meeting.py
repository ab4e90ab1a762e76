"""Meetings: agreed, changed, held, or come to nothing."""

from django.contrib import messages
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from interventions import actions, rules
from interventions.forms.meeting import HoldForm, MeetingForm, MissForm, known
from interventions.models import Busy, Meeting
from interventions.views.page import PAGE, act, find_meeting, people_of, today, typed, work_on
from tibir.core.errors import DomainError, say_why


def agreed(form, action, *args, **said):
    """What is wrong with the time is said beside it, and all else on top."""
    try:
        return action(*args, **said) or True
    except Busy as error:
        form.add_error("starts", str(error))
    except DomainError as error:
        say_why(form, error)
    return None


@require_http_methods(PAGE)
def plan(request, pk, course):
    course = work_on(request, pk, course)
    people = people_of(request, course.case)
    stops = rules.stopped_by(course.case, today())
    form = MeetingForm(
        typed(request),
        course=course,
        today=today(),
        people=people,
        initial={
            "kind": Meeting.Kind.MEETING,
            "mode": Meeting.Mode.IN_PERSON,
            "people": [str(each.pk) for each in people if rules.expected(each)],
        },
    )
    if (
        not stops
        and form.is_valid()
        and agreed(form, actions.plan_meeting, course, by=request.user, **form.said())
    ):
        messages.success(request, _("Møtet er avtalt."))
        return redirect(course)
    return act(
        request,
        course,
        form,
        title=_("Avtal et møte"),
        button=_("Avtal møtet"),
        nobody=" ".join(stops),
    )


@require_http_methods(PAGE)
def change(request, pk, meeting):
    meeting = find_meeting(request, pk, meeting)
    course = meeting.course
    form = MeetingForm(
        typed(request),
        course=course,
        today=today(),
        people=people_of(request, course.case),
        initial=known(meeting),
    )
    if form.is_valid() and agreed(
        form, actions.change_meeting, meeting, by=request.user, **form.said()
    ):
        messages.success(request, _("Møtet er endret."))
        return redirect(course)
    return act(
        request,
        course,
        form,
        title=_("Endre møtet"),
        lead=_("Har familien fått vite om tidspunktet, er det bedre å flytte møtet."),
        button=_("Lagre"),
    )


@require_http_methods(PAGE)
def hold(request, pk, meeting):
    meeting = find_meeting(request, pk, meeting)
    course = meeting.course
    people = people_of(request, course.case)
    asked = set(meeting.attendances.values_list("person", flat=True))
    form = HoldForm(
        typed(request),
        expected=[each for each in people if each.pk in asked],
        others=[each for each in people if each.pk not in asked],
    )
    if form.is_valid():
        said = {"attended": form.came("attended"), "excused": form.came("excused")}
        note = agreed(form, actions.hold, meeting, by=request.user, **said)
        if note:
            messages.success(request, _("Møtet er registrert. Skriv notatet mens du husker det."))
            return redirect("interventions:note", pk, note.pk)
    return act(
        request,
        course,
        form,
        title=_("Hvem var med på møtet?"),
        button=_("Registrer møtet og skriv notat"),
    )


@require_http_methods(PAGE)
def miss(request, pk, meeting):
    meeting = find_meeting(request, pk, meeting)
    course = meeting.course
    form = MissForm(typed(request), course=course, today=today())
    if form.is_valid():
        said = {name: form.cleaned_data[name] for name in ("state", "reason")}
        if agreed(form, actions.miss, meeting, by=request.user, instead=form.period, **said):
            messages.success(request, _("Det er skrevet ned hva som skjedde."))
            return redirect(course)
    return act(request, course, form, title=_("Møtet ble ikke noe av"), button=_("Lagre"))
