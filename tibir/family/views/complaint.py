"""Klager: what came, who has it, and how it ended."""

from datetime import date

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from tibir.access.gate import find, permit
from tibir.audit.record import record
from tibir.cases.models import Complaint
from tibir.core.errors import StaleState
from tibir.deadlines.kinds import Kind as Due
from tibir.deadlines.models import Deadline
from tibir.family import actions, forms, rules
from tibir.family.rules.complaint import units_for
from tibir.family.views.page import PAGE, find_case, ground, today, typed

PER_PAGE = 25


@require_safe
def complaint_list(request):
    permit(rules.may_complain(request.user))
    rows = Complaint.objects.visible_to(request.user)
    only_open = request.GET.get("vis") != "alle"
    rows = rows.open() if only_open else rows
    after = _position(request.GET.get("etter", ""))
    found = rows.before(*after) if after else rows
    page = list(found.for_list()[: PER_PAGE + 1])
    more = page[PER_PAGE - 1] if len(page) > PER_PAGE else None
    page = page[:PER_PAGE]
    record("complaint.listed", by=request.user, rows=len(page))
    context = {
        "title": _("Klager"),
        "rows": page,
        "only_open": only_open,
        "today": today(),
        "next": f"{more.received_on}.{more.pk}" if more else "",
        "is_first_page": not after,
    }
    return render(request, "family/complaints.html", context)


def _position(text):
    day, _dot, pk = text.partition(".")
    try:
        return date.fromisoformat(day), int(pk)
    except ValueError:
        return None


@require_safe
def of_case(request, pk):
    case = find_case(request, pk)
    permit(rules.may_complain_in(request.user, case))
    rows = Complaint.objects.visible_to(request.user).filter(case=case).for_list()
    record("complaint.listed", case, by=request.user, basis=ground(request, case))
    context = {"case": case, "title": _("Klager"), "rows": rows, "today": today()}
    return render(request, "family/case_complaints.html", context)


@require_http_methods(PAGE)
def complain(request):
    """A complaint that is about no case that we have."""
    permit(rules.may_complain(request.user))
    form = _form(request, units=units_for(request.user))
    if form.is_valid():
        said = dict(form.cleaned_data)
        complaint = actions.complain(said.pop("unit"), by=request.user, **said)
        return _noted(request, complaint)
    return _typed_in(request, form, back=reverse("family:complaints"), over="")


@require_http_methods(PAGE)
def complain_in_case(request, pk):
    case = find_case(request, pk)
    permit(rules.may_complain_in(request.user, case))
    form = _form(request)
    if form.is_valid():
        complaint = actions.complain(case.unit, by=request.user, case=case, **form.cleaned_data)
        return _noted(request, complaint)
    back = reverse("family:case_complaints", args=[case.pk])
    record("case.read", case, by=request.user, basis=ground(request, case))
    return _typed_in(request, form, back=back, over=case.child.name)


def _form(request, **about):
    initial = {"received_on": today().strftime("%d.%m.%Y")}
    return forms.ComplaintForm(typed(request), initial=initial, **about)


def _noted(request, complaint):
    messages.success(request, _("Klagen er skrevet inn. Fristen står i «Frister»."))
    return redirect("family:complaint", pk=complaint.pk)


def _typed_in(request, form, **context):
    context |= {
        "form": form,
        "title": _("Skriv inn en klage"),
        "lead": _("Skriv den slik den kom. Har den ikke noe med en sak å gjøre, er det greit."),
        "button": _("Lagre"),
    }
    return render(request, "family/complaint_form.html", context)


def _complaint(request, pk):
    visible = Complaint.objects.visible_to(request.user)
    return find(visible.select_related("unit", "case__child", "recorded_by"), pk=pk)


def _child(complaint):
    return complaint.case.child.name if complaint.case else ""


@require_safe
def detail(request, pk):
    complaint = _complaint(request, pk)
    record("complaint.read", complaint, by=request.user, basis="role")
    deadlines = Deadline.objects.visible_to(request.user).about(complaint, Due.COMPLAINT)
    context = {
        "complaint": complaint,
        "case": complaint.case,
        "title": capfirst(complaint.get_sort_display()),
        "over": _child(complaint),
        "deadline": deadlines.select_related("owner").order_by("-round").first(),
        "is_open": complaint.state == Complaint.State.RECEIVED,
        "days_left": (complaint.due_on - today()).days,
        "may_end": rules.may_end_complaint(request.user, complaint),
    }
    return render(request, "family/complaint.html", context)


@require_http_methods(PAGE)
def end(request, pk):
    complaint = _complaint(request, pk)
    permit(rules.may_end_complaint(request.user, complaint))
    if complaint.state != Complaint.State.RECEIVED:
        raise StaleState(_("Klagen er avsluttet."))
    initial = {"on": today().strftime("%d.%m.%Y")}
    form = forms.EndComplaintForm(typed(request), initial=initial, complaint=complaint)
    if form.is_valid():
        _end(complaint, request.user, form)
        messages.success(request, _("Klagen er avsluttet."))
        return redirect("family:complaint", pk=complaint.pk)
    record("complaint.read", complaint, by=request.user, basis="role")
    context = {
        "form": form,
        "over": _child(complaint),
        "title": _("Avslutt klagen"),
        "lead": _(
            "Får ikke klageren medhold i en klage på et vedtak, skal klagen sendes videre "
            "med sakens dokumenter."
        ),
        "button": _("Avslutt klagen"),
        "back": reverse("family:complaint", args=[complaint.pk]),
    }
    return render(request, "family/complaint_form.html", context)


def _end(complaint, user, form):
    said = form.cleaned_data
    about = {"by": user, "on": said["on"], "explanation": said["explanation"]}
    if said["way"] == form.FORWARD:
        actions.forward(complaint, to=said["to"], **about)
    elif said["way"] == form.DROP:
        actions.drop(complaint, **about)
    else:
        actions.answer(complaint, outcome=said["way"], **about)
