"""Meetings: agreed, changed, held, or come to nothing."""

from django.contrib import messages
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from interventions import actions, rules
from interventions.forms.interpreter import InterpreterForm, known_interpreter
from interventions.forms.meeting import (
    A_YEAR,
    HoldForm,
    MeetingForm,
    MissForm,
    keyed,
    known,
    named,
    usual,
)
from interventions.forms.series import SeriesForm
from interventions.models import Attendance, Busy, Meeting
from interventions.views.page import (
    PAGE,
    act,
    find_meeting,
    people_of,
    today,
    tried,
    typed,
    work_on,
)
from tibir.access.gate import find
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


def everybody(request, course):
    """The people of the case, and the child that it is about."""
    return [*people_of(request, course.case), course.case.child]


@require_http_methods(PAGE)
def plan(request, pk, course):
    course = work_on(request, pk, course)
    people = everybody(request, course)
    stops = rules.stopped_by(course, today())
    about = {"course": course, "today": today(), "people": people}
    form = MeetingForm(typed(request), initial=usual(course, people), **about)
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
        template="interventions/plan_meeting.html",
        series=reverse("interventions:plan_series", args=[pk, course.pk]),
    )


@require_http_methods(PAGE)
def plan_series(request, pk, course):
    """The days are shown, with those that are left out and why; then they are agreed, as shown."""
    course = work_on(request, pk, course)
    people = everybody(request, course)
    stops = rules.stopped_by(course, today())
    room = max(course.most_meetings - course.taken_meetings, 0)
    about = {"course": course, "today": today(), "people": people, "room": room}
    form = SeriesForm(typed(request), initial=usual(course, people), **about)
    slots, seen = [], ""
    if not stops and form.is_valid():
        slots, seen = form.slots, form.seen
        if request.POST.get("action") == "agree":
            if request.POST.get("seen") != seen:
                say_why(form, _("Noe er endret siden du så dagene. Se over dem en gang til."))
            elif agreed(form, actions.plan_series, course, by=request.user, **form.said()):
                said = _("%(n)d møter er avtalt.") % {"n": len(form.times)}
                messages.success(request, said)
                return redirect(course)
    count = sum(not slot.why for slot in slots)
    return act(
        request,
        course,
        form,
        title=_("Avtal møter hver uke"),
        lead=_("Du får se dagene før noe er avtalt."),
        button=ngettext("Avtal dette møtet", "Avtal alle %(n)d møtene", count) % {"n": count},
        nobody=" ".join(stops),
        template="interventions/plan_series.html",
        slots=slots,
        seen=seen,
    )


@require_http_methods(PAGE)
def change(request, pk, meeting):
    meeting = find_meeting(request, pk, meeting)
    course = meeting.course
    form = MeetingForm(
        typed(request),
        course=course,
        today=today(),
        people=everybody(request, course),
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
        template="interventions/change_meeting.html",
        meeting=meeting,
        attendances=meeting.attendances.select_related("person__person").order_by("pk"),
    )


@require_http_methods(PAGE)
def interpret(request, pk, meeting, person):
    """Who interprets for one of those who are asked to come."""
    meeting = find_meeting(request, pk, meeting)
    course = meeting.course
    attendances = meeting.attendances.select_related("person__person", "meeting__course__unit")
    attendance = find(attendances, person=person)
    form = InterpreterForm(typed(request), initial=known_interpreter(attendance))
    if form.is_valid() and tried(
        form, actions.interpret, attendance, by=request.user, **form.cleaned_data
    ):
        messages.success(request, _("Lagret."))
        return redirect(course)
    return act(
        request,
        course,
        form,
        title=_("Tolk for %(name)s") % {"name": attendance.person.person},
        button=_("Lagre"),
    )


@require_http_methods(PAGE)
def hold(request, pk, meeting):
    meeting = find_meeting(request, pk, meeting)
    course = meeting.course
    asked = set(meeting.attendances.values_list("person", flat=True))
    expected, others = [], []
    for each in everybody(request, course):
        is_asked = bool(meeting.child) if rules.is_child(each) else each.pk in asked
        (expected if is_asked else others).append(each)
    said = _all_came(expected, meeting) if "everybody" in request.POST else typed(request)
    about = {"meeting": meeting, "expected": expected, "others": others}
    form = HoldForm(said, initial={"minutes": meeting.minutes}, **about)
    if form.is_valid():
        said = {"attended": form.came("attended"), "excused": form.came("excused")}
        said["minutes"] = form.cleaned_data["minutes"]
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
        template="interventions/hold.html",
        expected=[named(each) for each in expected],
    )


def _all_came(expected, meeting):
    """As if each had been ticked: what is most often so is one press."""
    said = {f"person-{key}": Attendance.State.ATTENDED for key in keyed(expected)}
    return {**said, "minutes": meeting.minutes}


@require_http_methods(PAGE)
def miss(request, pk, meeting):
    meeting = find_meeting(request, pk, meeting)
    course = meeting.course
    rest = Meeting.objects.visible_to(request.user).following(meeting).exclude(pk=meeting.pk)
    about = {"course": course, "today": today(), "meeting": meeting}
    form = MissForm(typed(request), is_in_series=rest.exists(), **about)
    if form.is_valid():
        said = {name: form.cleaned_data[name] for name in ("state", "reason")}
        said |= {"by": request.user, "instead": form.period}
        action = actions.miss
        if form.moves_all:
            action = actions.move_series
            said["closed"] = rules.days_off(course.practitioner, today(), today() + 2 * A_YEAR)
        if agreed(form, action, meeting, **said):
            messages.success(request, _("Det er skrevet ned hva som skjedde."))
            return redirect(course)
    return act(request, course, form, title=_("Møtet ble ikke noe av"), button=_("Lagre"))
