"""Medlemmer: who works with the case, who answers for it, and what has happened to it."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from tibir.access.gate import find, permit
from tibir.audit.record import record
from tibir.cases.models import Case, CaseChange, CaseMember
from tibir.core.errors import DomainError, say_why
from tibir.family import actions, forms, rules
from tibir.family.views.page import PAGE, shown, typed

NOBODY = gettext_lazy(
    "Ingen andre i enheten kan arbeide med saken. Be administratoren om å gi noen en rolle der."
)


def _case(request, pk):
    seen = Case.objects.visible_to(request.user).select_related("child", "unit", "responsible")
    case = find(seen, pk=pk)
    permit(rules.may_staff(request.user, case))
    return case


def _form(request, case, form, *, status=200, **about):
    back = reverse("family:members", args=[case.pk])
    context = {"case": case, "form": form, "back": back, **about}
    return shown(request, case, "family/act.html", context, status=status)


@require_safe
def members(request, case):
    case = _case(request, case)
    rows = CaseMember.objects.visible_to(request.user).filter(case=case).for_list()
    record("case.members_listed", case, by=request.user, basis="role")
    today = timezone.localdate()
    context = {
        "case": case,
        "title": _("Hvem arbeider med saken"),
        "members": [{"member": each, "is_current": each.is_current(today)} for each in rows],
        "changes": CaseChange.objects.filter(case=case).select_related("by").order_by("-pk"),
    }
    return render(request, "family/members.html", context)


@require_http_methods(PAGE)
def add(request, case):
    case = _case(request, case)
    already = CaseMember.objects.visible_to(request.user).filter(case=case, ended_on=None)
    users = rules.possible_members(case).exclude(pk__in=already.values("user"))
    form = forms.AddMemberForm(typed(request), users=users)
    if form.is_valid():
        actions.add_member(case, by=request.user, **form.cleaned_data)
        messages.success(
            request, _("%(name)s har tilgang fra nå.") % {"name": form.cleaned_data["user"]}
        )
        return redirect("family:members", case.pk)
    return _form(
        request,
        case,
        form,
        title=_("Gi noen tilgang til saken"),
        lead=_("Bare de som arbeider i enheten som har saken, kan velges."),
        button=_("Gi tilgang"),
        nobody="" if form.users else NOBODY,
    )


@require_http_methods(PAGE)
def end(request, case, pk):
    case = _case(request, case)
    seen = CaseMember.objects.visible_to(request.user).select_related("user", "case")
    member = find(seen, pk=pk, case=case, ended_on=None)
    form = forms.EndMemberForm(typed(request), member=member)
    if form.is_valid():
        actions.end_member(member, by=request.user, **form.cleaned_data)
        messages.success(request, _("Det er lagret når tilgangen slutter."))
        return redirect("family:members", case.pk)
    return _form(
        request,
        case,
        form,
        title=_("Avslutt tilgangen"),
        lead=str(member),
        button=_("Avslutt tilgangen"),
    )


@require_http_methods(PAGE)
def responsible(request, case):
    case = _case(request, case)
    form = forms.ResponsibleForm(typed(request), users=rules.possible_members(case))
    if form.is_valid():
        actions.entrust(case, by=request.user, **form.cleaned_data)
        messages.success(
            request, _("%(name)s har ansvaret for saken.") % {"name": form.cleaned_data["to"]}
        )
        return redirect("family:members", case.pk)
    return _form(
        request,
        case,
        form,
        title=_("Velg hvem som har ansvaret"),
        button=_("Lagre"),
        nobody="" if form.users else NOBODY,
    )


@require_http_methods(PAGE)
def close(request, case):
    case = _case(request, case)
    form, status = forms.ReasonForm(typed(request)), 200
    if form.is_valid():
        try:
            actions.close(case, by=request.user, **form.cleaned_data)
        except DomainError as error:
            say_why(form, error)
            status = 409
        else:
            messages.success(request, _("Saken er avsluttet."))
            return redirect("family:members", case.pk)
    title = _("Avslutt saken")
    return _form(request, case, form, status=status, title=title, button=title)


@require_http_methods(PAGE)
def reopen(request, case):
    case = _case(request, case)
    form = forms.ReasonForm(typed(request))
    if form.is_valid():
        actions.reopen(case, by=request.user, **form.cleaned_data)
        messages.success(request, _("Saken er åpnet igjen."))
        return redirect("family:members", case.pk)
    return _form(request, case, form, title=_("Åpne saken igjen"), button=_("Åpne saken"))
