"""Rapport: to whom, what is typed, how it will look, and that it is sent."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from interventions import actions, letters, rules
from interventions.forms.recipients import known_ways
from interventions.forms.report import ReaderForm, ReportForm
from interventions.models import Report
from interventions.views.page import PAGE, find_course, people_of, today, typed
from tibir.access.gate import find, permit
from tibir.audit.record import record
from tibir.cases.models import Case
from tibir.core.errors import DomainError, StaleState, say_why
from tibir.documents.models import Dispatch

TYPED = ["version", "parts", "assessment", "next_steps", "way", "address"]


@require_http_methods(PAGE)
def begin(request, pk, course=None):
    """One report to each: first of all, to whom."""
    case, course = _of(request, pk, course)
    people = people_of(request, case)
    readers = rules.possible_readers(case, people, today())
    form = ReaderForm(typed(request), readers=readers)
    if form.is_valid():
        report = actions.begin_report(case, by=request.user, course=course, **form.cleaned_data)
        return redirect("interventions:report", pk, report.pk)
    record("report.read", case, by=request.user, basis="member")
    context = {
        "case": case,
        "course": course,
        "form": form,
        "title": _("Rapport om tiltaket") if course else _("Saksrapport"),
        "button": _("Begynn på rapporten"),
        "back": _back(case, course),
        "nobody": ""
        if readers
        else _(
            "Ingen i saken kan få en rapport ennå. Bekreft hvem foreldrene er, og se på samtykkene."
        ),
    }
    return render(request, "family/act.html", context)


def _of(request, pk, course):
    if course is not None:
        course = find_course(request, pk, course)
        permit(rules.may_report(request.user, course))
        return course.case, course
    cases = Case.objects.visible_to(request.user).select_related("child", "unit", "municipality")
    case = find(cases, pk=pk)
    permit(rules.may_report_case(request.user, case))
    return case, None


def _back(case, course):
    return course.get_absolute_url() if course else reverse("home:case", args=[case.pk])


@require_http_methods(PAGE)
def write(request, pk, paper):
    """What is typed to the left, the report as it will be to the right."""
    report = _report(request, pk, paper)
    if report.is_issued:
        return redirect("documents:document", report.document_id)
    action = request.POST.get("action")
    form = ReportForm(
        typed(request),
        recipient=report.recipient,
        parts=rules.possible_parts(report.recipient),
        initial=_known(report),
    )
    status = 200
    if form.is_valid():
        status = _done(request, report, form, action)
        if status is None:
            return _sent_or_saved(request, report, action)
    words = letters.drafted(report, by=request.user, on=today())
    if form.is_bound:
        _renew(form, report, letters.figures_of(words))
    record("report.read", report, by=request.user, basis="member")
    context = {
        "case": report.case,
        "course": report.course,
        "report": report,
        "title": _("Rapport til %(name)s") % {"name": report.recipient.person},
        "form": form,
        "figures": letters.figures_of(words),
        "words": words,
        "language": letters.referral_of(report).submission.language,
        "has_preview": action == "preview" and not form.errors,
        "back": _back(report.case, report.course),
    }
    return render(request, "interventions/report.html", context, status=status)


def _report(request, pk, report):
    mine = Report.objects.visible_to(request.user).filter(case=pk)
    shown = (
        "case__child", "case__municipality", "case__unit", "course__service", "course__unit",
        "course__practitioner", "course__referral__submission", "recipient__person",
        "recipient__case",
    )  # fmt: skip
    found = find(mine.select_related(*shown), pk=report)
    permit(rules.may_write_report(request.user, found))
    return found


def _known(report):
    ways = known_ways([report.recipient], report.case)
    pk = report.recipient_id
    return {
        "version": report.version,
        "parts": report.parts,
        "assessment": report.assessment,
        "next_steps": report.next_steps,
        "way": report.way or ways.get(f"way-{pk}", Dispatch.Channel.HANDED_OVER),
        "address": report.address or ways.get(f"address-{pk}", ""),
    }


def _done(request, report, form, action):
    """None when it was saved, and sent where that was asked for; else the status of the page."""
    said = form.cleaned_data
    typed_now = {name: said.get(name, "") for name in TYPED}
    try:
        actions.save_report(report, by=request.user, **typed_now)
        if action == "issue":
            actions.issue_report(
                report,
                by=request.user,
                seen=said["seen"],
                channel=said["way"],
                address=form.address,
            )
    except StaleState as error:
        report.refresh_from_db()
        say_why(form, error)
        return 409
    except DomainError as error:
        say_why(form, error)
        return 409
    return 200 if action == "preview" else None


def _renew(form, report, figures):
    """All that was typed, over what is stored now: sent once more, it is saved."""
    form.data = form.data.copy()
    form.data["version"] = str(report.version)
    form.data["seen"] = figures


def _sent_or_saved(request, report, action):
    if action == "issue":
        messages.success(request, _("Rapporten er skrevet ferdig. Brevet lages nå."))
        return redirect(_back(report.case, report.course))
    messages.success(request, _("Utkastet er lagret."))
    return redirect("interventions:report", report.case_id, report.pk)
