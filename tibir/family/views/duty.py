"""Bekymringsmeldinger: on no page of the family's until an entitled person says so."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from tibir.access.gate import find, permit
from tibir.audit.record import record
from tibir.cases.models import DutyReport
from tibir.core.errors import StaleState
from tibir.family import actions, forms, rules
from tibir.family.views.page import PAGE, act, find_case, ground, today, typed


def _back(case):
    return reverse("family:duty_reports", args=[case.pk])


def _report(request, case, pk):
    return find(DutyReport.objects.visible_to(request.user).filter(case=case), pk=pk)


@require_safe
def reports(request, pk):
    """Those that this person may know of; nobody else can tell whether there are any."""
    case = find_case(request, pk)
    permit(rules.may_report(request.user, case))
    found = list(DutyReport.objects.visible_to(request.user).filter(case=case).for_list())
    record("duty.listed", case, by=request.user, basis=ground(request, case), rows=len(found))
    may_release = rules.may_release(request.user, case)
    context = {
        "case": case,
        "title": _("Bekymringsmeldinger"),
        "reports": found,
        "may_release": may_release,
    }
    return render(request, "family/duty_reports.html", context)


@require_http_methods(PAGE)
def report(request, pk):
    case = find_case(request, pk)
    permit(rules.may_report(request.user, case))
    form = forms.ReportForm(typed(request), initial={"reported_on": today().strftime("%d.%m.%Y")})
    if form.is_valid():
        actions.report(case, by=request.user, **form.cleaned_data)
        messages.success(request, _("Meldingen er skrevet inn. Den vises ikke for familien."))
        return redirect(_back(case))
    return act(
        request,
        case,
        form,
        title=_("Skriv inn en bekymringsmelding"),
        lead=_(
            "Plikten til å melde fra er din egen. Du trenger ikke tillatelse fra noen, og et "
            "nei fra foreldrene stanser den ikke. Send meldingen først, og skriv den inn her."
        ),
        button=_("Lagre"),
        back=_back(case),
    )


@require_http_methods(PAGE)
def heard_from(request, pk, report):
    case = find_case(request, pk)
    report = _report(request, case, report)
    initial = {
        "receipt_on": report.receipt_on and report.receipt_on.strftime("%d.%m.%Y"),
        "feedback_on": report.feedback_on and report.feedback_on.strftime("%d.%m.%Y"),
        "feedback": report.feedback,
    }
    form = forms.HeardForm(typed(request), initial=initial, reported_on=report.reported_on)
    if form.is_valid():
        actions.heard_from(report, by=request.user, **form.cleaned_data)
        messages.success(request, _("Svaret er skrevet inn."))
        return redirect(_back(case))
    record("duty.read", report, by=request.user, basis=ground(request, case))
    return act(
        request,
        case,
        form,
        title=_("Svar fra barnevernet"),
        lead=_("Barnevernet skal gi en tilbakemelding innen tre uker."),
        button=_("Lagre"),
        back=_back(case),
        is_noted=True,
    )


@require_http_methods(PAGE)
def release(request, pk, report):
    case = find_case(request, pk)
    report = _report(request, case, report)
    permit(rules.may_release(request.user, case))
    if not report.is_hidden:
        raise StaleState(_("Noen andre har alt sagt at familien kan få vite om den."))
    form = forms.ReleaseForm(typed(request))
    if form.is_valid():
        actions.release(report, by=request.user, **form.cleaned_data)
        messages.success(request, _("Familien kan få vite om meldingen fra nå av."))
        return redirect(_back(case))
    return act(
        request,
        case,
        form,
        title=_("La familien få vite om meldingen"),
        lead=_(
            "Fra nå av kan den stå i loggen og i innsyn som familien får. Det kan ikke gjøres "
            "om. Snakk med barnevernet først, og tenk på om barnet er trygt."
        ),
        button=_("La familien få vite det"),
        back=_back(case),
    )
