"""What becomes of a course: accepted, begun, paused, gone on with, over, and opened again."""

from django.contrib import messages
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from interventions import actions, rules
from interventions.forms import progress as forms
from interventions.states import NOT_BEGUN, OPEN, CourseState
from interventions.views.page import PAGE, act, find_course, tried, typed
from tibir.access.gate import permit
from tibir.core.errors import DomainError


def _found(request, pk, course, states, may=rules.may_end):
    """For those who give it or plan it; only while there is something to do."""
    course = find_course(request, pk, course)
    permit(may(request.user, course))
    if course.state not in states:
        raise DomainError(
            _("Det går ikke: tiltaket er «%(state)s».") % {"state": course.get_state_display()}
        )
    return course


@require_http_methods(PAGE)
def accept(request, pk, course):
    course = _found(request, pk, course, NOT_BEGUN)
    form = forms.SinceForm(typed(request), earliest=course.planned_on, why=_planned())
    form.fields["on"].label = _("Når takket familien ja?")
    if form.is_valid() and tried(
        form, actions.accept, course, by=request.user, **form.cleaned_data
    ):
        messages.success(request, _("Det er skrevet ned at familien har takket ja."))
        return redirect(course)
    return act(request, course, form, title=_("Familien har takket ja"), button=_("Lagre"))


@require_http_methods(PAGE)
def start(request, pk, course):
    course = _found(request, pk, course, [CourseState.PLANNED, CourseState.OFFERED])
    asks = course.service.needs_family_course and not course.beside_id
    beside = []
    if asks:
        possible = rules.possible_beside(course.case, course.service)
        beside = possible.select_related("service", "practitioner")
    form = forms.StartForm(
        typed(request), earliest=course.planned_on, why=_planned(), beside=beside, asks=asks
    )
    if form.is_valid() and tried(form, actions.start, course, by=request.user, **form.said()):
        messages.success(request, _("Tiltaket er i gang."))
        return redirect(course)
    lead = _("Tiltaket begynner også av seg selv når det første møtet er registrert som holdt.")
    return act(request, course, form, title=_("Tiltaket er i gang"), lead=lead, button=_("Lagre"))


def _planned():
    return _("Tiltaket ble planlagt %(day)s. Se over datoen.")


@require_http_methods(PAGE)
def pause(request, pk, course):
    course = _found(request, pk, course, [CourseState.RUNNING])
    earliest, why = course.went_on_from, _("Tiltaket gikk videre %(day)s. Se over datoen.")
    if earliest == course.started_on:
        why = _("Tiltaket begynte %(day)s. Se over datoen.")
    form = forms.PauseForm(typed(request), earliest=earliest, why=why)
    form.fields["on"].label = _("Fra og med")
    if form.is_valid() and tried(form, actions.pause, course, by=request.user, **form.cleaned_data):
        messages.success(request, _("Tiltaket er på pause."))
        return redirect(course)
    lead = _("Avtalte møter står til du flytter dem. Gis noe annet ved siden av, får den som gir "
             "det, en frist for å avgjøre om det går videre.")  # fmt: skip
    return act(
        request, course, form, title=_("Sett tiltaket på pause"), lead=lead, button=_("Lagre")
    )


@require_http_methods(PAGE)
def resume(request, pk, course):
    course = _found(request, pk, course, [CourseState.PAUSED])
    rest = course.pauses.running().first()
    earliest = rest.started_on if rest else course.started_on
    why = _("Pausen begynte %(day)s. Se over datoen.")
    form = forms.SinceForm(typed(request), earliest=earliest, why=why)
    form.fields["on"].label = _("Når er tiltaket i gang igjen?")
    if form.is_valid() and tried(
        form, actions.resume, course, by=request.user, **form.cleaned_data
    ):
        messages.success(request, _("Tiltaket er i gang igjen."))
        return redirect(course)
    return act(request, course, form, title=_("Sett tiltaket i gang igjen"), button=_("Lagre"))


@require_http_methods(PAGE)
def complete(request, pk, course):
    course = _found(request, pk, course, [CourseState.RUNNING, CourseState.PAUSED])
    if course.is_screening:
        raise DomainError(_("En kartlegging avsluttes med en beslutning."))
    checks = rules.ending_checks(course)
    form = forms.CompleteForm(typed(request), checks=checks)
    if form.is_valid() and tried(form, actions.complete, course, by=request.user, **form.said()):
        messages.success(request, _("Tiltaket er fullført."))
        return redirect(course)
    return act(
        request,
        course,
        form,
        title=_("Fullfør tiltaket"),
        lead=_("Avtalte møter blir avlyst. Si fra til familien."),
        button=_("Fullfør tiltaket"),
        template="interventions/ending.html",
        checks=checks,
        is_stopped=any(check.is_blocked for check in checks),
    )


@require_http_methods(PAGE)
def end(request, pk, course):
    course = _found(request, pk, course, OPEN)
    checks = rules.ending_checks(course)
    form = forms.EndForm(typed(request), checks=checks)
    if course.is_screening:
        del form.fields["next_step"]
    if form.is_valid() and tried(form, actions.end, course, by=request.user, **form.said()):
        messages.success(request, _("Tiltaket er avsluttet."))
        return redirect(course)
    return act(
        request,
        course,
        form,
        title=_("Avslutt før tiden"),
        lead=_("Avtalte møter blir avlyst. Si fra til familien."),
        button=_("Avslutt tiltaket"),
        template="interventions/ending.html",
        checks=checks,
        is_stopped=any(check.is_blocked for check in checks),
    )


@require_http_methods(PAGE)
def reopen(request, pk, course):
    course = _found(request, pk, course, [CourseState.COMPLETED, CourseState.ENDED], may=_may_plan)
    form = forms.ReasonForm(typed(request))
    if form.is_valid() and tried(
        form, actions.reopen, course, by=request.user, **form.cleaned_data
    ):
        messages.success(request, _("Tiltaket er åpnet igjen."))
        return redirect(course)
    return act(
        request,
        course,
        form,
        title=_("Åpne tiltaket igjen"),
        lead=_("Møter som ble avlyst, må avtales på nytt."),
        button=_("Åpne igjen"),
    )


def _may_plan(user, course):
    return rules.may_plan(user, course.case)
