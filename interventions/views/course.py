"""Who is given what, and by whom: planned, given to another, to another unit, and shared."""

from django.contrib import messages
from django.db import transaction
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from interventions import actions, rules
from interventions.forms.course import PlanForm, PractitionerForm, SiblingsForm, TransferForm
from interventions.kinds import ServiceKind
from interventions.models import Course, CourseChild, Screening, Service
from interventions.views.page import PAGE, act, find_course, today, tried, typed
from referrals.models import Referral
from referrals.rules import basis as referral_basis
from tibir.access.gate import find, permit
from tibir.access.roles import Kind, units_where
from tibir.audit.record import record
from tibir.cases.models import Case
from tibir.core.dates import short_date
from tibir.core.templatetags import ui
from tibir.deadlines.kinds import Kind as Due
from tibir.deadlines.models import Deadline

MOST = 200
ORDER = {kind: place for place, kind in enumerate(ServiceKind.values)}
NOBODY = gettext_lazy(
    "Ingen i enheten har opplæring i kartlegging. Be administratoren skrive inn kompetansen, "
    "eller gi saken til en enhet der noen har den."
)
NOBODY_ELSE = gettext_lazy(
    "Ingen andre i enheten har opplæring i dette. Be administratoren skrive inn kompetansen, eller "
    "overfør tiltaket til en annen enhet."
)
NOBODY_TRAINED = gettext_lazy(
    "Ingen i kommunen har opplæring i dette. Be administratoren skrive inn kompetansen."
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
    unit = rules.unit_of(course)
    people = rules.possible_practitioners(course.case, course.service, today(), unit)
    form = PractitionerForm(typed(request), people=people.exclude(pk=course.practitioner_id))
    if form.is_valid() and tried(
        form, actions.assign, course, by=request.user, **form.cleaned_data
    ):
        name = {"name": course.practitioner}
        messages.success(request, _("Tiltaket har fått ny behandler."))
        messages.info(
            request,
            _("%(name)s har fortsatt tilgang til saken. Avslutt den når den ikke trengs.") % name,
        )
        return redirect(course)
    return act(
        request,
        course,
        form,
        title=_("Gi tiltaket til en annen"),
        lead=_("Avtalte møter og fristen følger med."),
        button=_("Bytt behandler"),
        nobody="" if form.people else NOBODY_ELSE,
    )


@require_http_methods(PAGE)
def plan_course(request, pk):
    """First which service, then who gives it; what was decided after a screening stands first."""
    case = find(_cases(request), pk=pk)
    permit(rules.may_plan(request.user, case))
    services = {
        row.kind: row
        for row in Service.objects.offered_by(case.municipality, today())
        if row.kind != ServiceKind.SCREENING
    }
    service = services.get(request.GET.get("tiltak"))
    if service is None:
        record("case.read", case, by=request.user, basis=rules.basis(request.user, case))
        chosen = _decided(request.user, case)
        rows = [
            {"service": services[kind], "is_decided": kind in chosen}
            for kind in sorted(services, key=lambda kind: (kind not in chosen, ORDER[kind]))
        ]
        context = {"case": case, "title": _("Planlegg et tiltak"), "services": rows}
        return render(request, "interventions/plan_course.html", context)
    form = PlanForm(
        typed(request),
        case=case,
        people=_possible(case, service),
        beside=rules.possible_beside(case, service).select_related("service", "practitioner"),
        siblings=_siblings(request, case, service),
    )
    said = {"by": request.user, "kind": service.kind}
    if form.is_valid() and tried(form, _plan, request, case, **said, **form.said()):
        messages.success(request, _("Tiltaket er planlagt. Behandleren har fått beskjed."))
        return redirect(request.planned)
    record("case.read", case, by=request.user, basis=rules.basis(request.user, case))
    context = {
        "case": case,
        "form": form,
        "title": _("Planlegg %(what)s") % {"what": service},
        "lead": _("Behandleren får tilgang til saken, og ti virkedager til å begynne."),
        "button": _("Gi tiltaket til behandleren"),
        "back": reverse("home:case", args=[case.pk]),
        "nobody": "" if form.people else NOBODY_TRAINED,
    }
    return render(request, "family/act.html", context, status=409 if _is_refused(form) else 200)


def _plan(request, case, **said):
    request.planned = actions.plan_course(case, **said)


def _cases(request):
    return Case.objects.visible_to(request.user).select_related("child", "unit", "municipality")


def _decided(user, case):
    """What was chosen after the newest screening, and is not planned yet."""
    screened = Screening.objects.filter(
        course__in=Course.objects.visible_to(user), course__case=case
    )
    newest = screened.exclude(choice=None).select_related("choice").order_by("-pk").first()
    return newest.choice.services if newest else []


def _possible(case, service):
    """(unit, practitioner) for everybody who may give it, the case's own unit first."""
    return [
        (unit, user)
        for unit in rules.units_that_give(case, service, today())
        for user in rules.possible_practitioners(case, service, today(), unit)
    ]


def _siblings(request, case, service):
    """Those whom this person may know of."""
    known = Case.objects.visible_to(request.user).select_related("child")
    return known.filter(pk__in=rules.possible_siblings(case, service).values("pk"))


@require_http_methods(PAGE)
def transfer(request, pk, course):
    course = find_course(request, pk, course)
    permit(rules.may_plan(request.user, course.case))
    people = [(unit, user) for unit, user in _possible(course.case, course.service)
              if unit.pk != course.unit_id]  # fmt: skip
    form = TransferForm(typed(request), case=course.case, people=people)
    if form.is_valid() and tried(form, _transfer, request, course, **form.said()):
        messages.success(request, _("Tiltaket går videre i en annen enhet."))
        return redirect(request.planned)
    return act(
        request,
        course,
        form,
        title=_("Overfør til en annen enhet"),
        lead=_(
            "Avtalte møter, mål, målinger som ikke er tatt, frister og det som gis ved siden av, "
            "følger med. Notatene blir stående her."
        ),
        button=_("Overfør tiltaket"),
        nobody="" if form.people else _("Ingen andre enheter i kommunen har opplæring i dette."),
    )


def _transfer(request, course, **said):
    request.planned = actions.transfer(course, by=request.user, **said)


@require_http_methods(PAGE)
def siblings(request, pk, course):
    """Which siblings a course of the parents is for too."""
    course = find_course(request, pk, course)
    permit(rules.may_plan(request.user, course.case))
    shared = {
        each.case_id: each
        for each in CourseChild.objects.visible_to(request.user).current().filter(course=course)
    }
    possible = _siblings(request, course.case, course.service)
    initial = {"siblings": [str(pk) for pk in shared]}
    form = SiblingsForm(typed(request), siblings=possible, initial=initial)
    if form.is_valid() and tried(
        form, _share, request, course, shared, form.cleaned_data["siblings"]
    ):
        messages.success(request, _("Det er skrevet ned hvilke barn tiltaket gjelder."))
        return redirect(course)
    return act(
        request,
        course,
        form,
        title=_("Søsken i tiltaket"),
        lead=_("Det er fortsatt ett tiltak. Mål og målinger er for hvert barn."),
        button=_("Lagre"),
        nobody="" if form.siblings else _("Ingen søsken er knyttet til saken ennå."),
    )


@transaction.atomic
def _share(request, course, shared, chosen):
    for case in chosen:
        if case.pk not in shared:
            actions.share(course, by=request.user, case=case)
    for pk, child in shared.items():
        if pk not in {case.pk for case in chosen}:
            actions.part(child, by=request.user)
