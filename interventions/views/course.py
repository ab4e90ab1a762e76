"""Kartlegging: who has which, one of them, and who gives it."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from interventions import actions, rules
from interventions.forms.course import EndForm, PractitionerForm
from interventions.kinds import ServiceKind
from interventions.models import Course, Service
from interventions.views.page import PAGE, act, find_course, today, tried, typed
from referrals.models import Referral
from referrals.rules import basis as referral_basis
from tibir.access.gate import find, permit
from tibir.access.roles import Kind, units_where
from tibir.audit.record import record
from tibir.core.dates import short_date
from tibir.core.templatetags import ui
from tibir.deadlines.kinds import Kind as Due
from tibir.deadlines.models import Deadline

MOST = 200
NOBODY = gettext_lazy(
    "Ingen i enheten har opplæring i kartlegging. Be administratoren skrive inn kompetansen, "
    "eller gi saken til en enhet der noen har den."
)


@require_safe
def screening_list(request):
    """Mine; and, for those who watch over a unit, all that are open in it."""
    user = request.user
    permit(rules.may_list(user))
    watches = bool(units_where(user, Kind.COURSE))
    of_unit = watches and request.GET.get("vis") != "mine"
    found = Course.objects.listed_for(user).filter(service__kind=ServiceKind.SCREENING).open()
    if not of_unit:
        found = found.given_by(user)
    courses = list(found.for_list()[:MOST])
    clocks = _clocks(user, courses)
    record("course.listed", by=user, rows=len(courses))
    context = {
        "rows": [_row(each, clocks.get(each.pk)) for each in courses],
        "watches": watches,
        "of_unit": of_unit,
    }
    return render(request, "interventions/screening_list.html", context)


def _clocks(user, courses):
    """{course: the last day it is to be concluded}"""
    due = (
        Deadline.objects.visible_to(user)
        .filter(
            kind=Due.SCREENING,
            target_type=Course._meta.label_lower,
            target_id__in=[each.pk for each in courses],
        )
        .open()
    )
    return {each.target_id: each for each in due}


def _row(course, clock):
    days = clock.days_left(today()) if clock else None
    return {
        "course": course,
        "due_on": short_date(clock.due_on) if clock else "",
        "clock": ui.days_left(days) if clock else "",
        "urgency": ui.urgency(days) if clock else "neutral",
    }


@require_http_methods(PAGE)
def plan_screening(request, pk):
    """Who is to screen the family that this referral is about."""
    referrals = Referral.objects.visible_to(request.user)
    referral = find(
        referrals.select_related("submission", "case__child", "case__unit", "case__municipality"),
        pk=pk,
    )
    case = referral.case
    permit(rules.may_plan(request.user, case))
    service = Service.objects.row_of(ServiceKind.SCREENING, case.municipality, today())
    people = rules.possible_practitioners(case, service, today()) if service else []
    form = PractitionerForm(typed(request), people=people)
    if form.is_valid() and tried(
        form, actions.plan_screening, referral, by=request.user, **form.cleaned_data
    ):
        messages.success(request, _("Kartleggingen er planlagt. Behandleren har fått beskjed."))
        course = referral.courses.latest("pk")
        return redirect(course)
    record("referral.read", referral, by=request.user, basis=referral_basis(request.user, referral))
    context = {
        "case": case,
        "form": form,
        "title": _("Planlegg kartlegging"),
        "lead": _("Behandleren får tilgang til saken, og en frist for å avslutte."),
        "button": _("Gi kartleggingen til behandleren"),
        "back": referral.get_absolute_url(),
        "nobody": rules.not_screened_because(referral) or ("" if form.people else NOBODY),
    }
    return render(request, "family/act.html", context, status=409 if _is_refused(form) else 200)


def _is_refused(form):
    return form.is_bound and ui.is_refused(form)


@require_http_methods(PAGE)
def assign(request, pk, course):
    course = find_course(request, pk, course)
    permit(rules.may_plan(request.user, course.case))
    people = rules.possible_practitioners(course.case, course.service, today())
    form = PractitionerForm(typed(request), people=people.exclude(pk=course.practitioner_id))
    if form.is_valid() and tried(
        form, actions.assign, course, by=request.user, **form.cleaned_data
    ):
        name = {"name": course.practitioner}
        messages.success(request, _("Kartleggingen har fått ny behandler."))
        messages.info(
            request,
            _("%(name)s har fortsatt tilgang til saken. Avslutt den når den ikke trengs.") % name,
        )
        return redirect(course)
    return act(
        request,
        course,
        form,
        title=_("Gi kartleggingen til en annen"),
        lead=_("Avtalte møter og fristen følger med."),
        button=_("Bytt behandler"),
        nobody="" if form.people else NOBODY,
    )


@require_http_methods(PAGE)
def end(request, pk, course):
    course = find_course(request, pk, course)
    permit(rules.may_end(request.user, course))
    form = EndForm(typed(request))
    if form.is_valid() and tried(form, actions.end, course, by=request.user, **form.cleaned_data):
        messages.success(request, _("Kartleggingen er avsluttet."))
        return redirect(course)
    return act(
        request,
        course,
        form,
        title=_("Avslutt kartleggingen før tiden"),
        lead=_("Avtalte møter blir avlyst. Si fra til familien. Det kan ikke gjøres om."),
        button=_("Avslutt kartleggingen"),
    )
