"""Telephone calls between meetings."""

from django.contrib import messages
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from interventions import actions, rules
from interventions.forms.call import CallForm, StrikeCallForm
from interventions.models import Call
from interventions.views.page import PAGE, SHOWN, act, people_of, tried, typed, work_on
from tibir.access.gate import find, permit
from tibir.core.dates import clock_time, long_date


@require_http_methods(PAGE)
def write(request, pk, course):
    course = work_on(request, pk, course)
    form = CallForm(typed(request), course=course, people=people_of(request, course.case))
    if form.is_valid() and tried(form, actions.write_call, course, by=request.user, **form.said()):
        messages.success(request, _("Samtalen er skrevet ned."))
        return redirect(course)
    return act(
        request,
        course,
        form,
        title=_("Skriv om en telefonsamtale"),
        lead=_("Den teller ikke som møte. Har dere hatt et møte, hører det til blant møtene."),
        button=_("Lagre"),
    )


@require_http_methods(PAGE)
def strike(request, pk, call):
    calls = Call.objects.visible_to(request.user).filter(course__case=pk)
    shown = [f"course__{each}" for each in SHOWN]
    call = find(calls.select_related("person__person", *shown), pk=call)
    permit(rules.may_work(request.user, call.course) or call.by_id == request.user.pk)
    form = StrikeCallForm(typed(request))
    if form.is_valid() and tried(
        form, actions.strike_call, call, by=request.user, **form.cleaned_data
    ):
        messages.success(request, _("Samtalen er strøket."))
        return redirect(call.course)
    when = {"name": call.person.person, "day": long_date(timezone.localdate(call.called_at)),
            "at": clock_time(call.called_at)}  # fmt: skip
    return act(
        request,
        call.course,
        form,
        title=_("Stryk samtalen"),
        lead=_("Samtalen med %(name)s %(day)s klokken %(at)s.") % when,
        button=_("Stryk samtalen"),
        verb="call.read",
    )
