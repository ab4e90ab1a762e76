"""Adressesperre: how strictly a family is hidden, who knows of it, and who its siblings are."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tibir.access.gate import find, permit
from tibir.access.roles import has_role
from tibir.accounts.models import Role
from tibir.audit.record import record
from tibir.cases.models import STRICT, Case, CaseLink, CasePerson, named_group
from tibir.family import actions
from tibir.family.forms.protection import (
    SHELTER,
    GroupForm,
    LinkForm,
    LoosenForm,
    PartForm,
    ProtectForm,
    WordsForm,
)
from tibir.family.rules import protection as rules
from tibir.family.rules.access import first_page
from tibir.family.rules.protection import ENOUGH
from tibir.family.views.page import PAGE, act, find_case, ground, typed


@require_http_methods(PAGE)
def protection(request, case):
    """How it stands, and one form that tightens it at once."""
    case = find_case(request, case)
    permit(rules.may_protect(request.user, case) or rules.may_loosen(request.user, case))
    may_tighten = rules.may_protect(request.user, case)
    form = ProtectForm(
        typed(request), people=rules.people_of(case), cleared=rules.cleared_in(case.municipality_id)
    )
    if form.is_valid():
        permit(may_tighten)
        _tighten(request, case, **form.cleaned_data)
        return _after(request, case)
    record("protection.read", case, by=request.user, basis=ground(request, case))
    group = list(named_group(case)) if case.is_strict else []
    context = {
        "case": case,
        "title": _("Adressesperre"),
        "form": form,
        "may_tighten": may_tighten,
        "may_reveal": case.is_hidden and rules.may_reveal(request.user, case),
        "may_loosen": rules.may_loosen(request.user, case),
        "people": rules.people_of(case),
        "group": group,
        "is_small": case.is_strict and len(group) < ENOUGH,
        "changes": case.grade_changes.select_related("by").order_by("-pk"),
    }
    return render(request, "family/protection.html", context)


def _tighten(request, case, *, who, grade, group=()):
    if grade == SHELTER:
        actions.shelter(who, case, by=request.user)
    else:
        actions.protect(who, case, by=request.user, grade=grade, group=group)
    messages.success(request, _("Adressesperren gjelder nå, i hele familien."))


def _after(request, case):
    """Whoever hid a family strictly may know of it no more."""
    still = Case.objects.visible_to(request.user).filter(pk=case.pk).exists()
    return redirect("family:protection", case.pk) if still else redirect("home:start")


@require_http_methods(PAGE)
def loosen(request, case):
    case = find_case(request, case)
    permit(rules.may_loosen(request.user, case))
    form = LoosenForm(typed(request), case=case)
    if form.is_valid():
        actions.loosen(case, by=request.user, **form.cleaned_data)
        messages.success(request, _("Adressesperren er endret."))
        return redirect("family:access", case.pk)
    return act(
        request,
        case,
        form,
        title=_("Løsne adressesperren"),
        lead=_("Det som er slettet, kommer ikke tilbake. Det som er forseglet, forblir det."),
        button=_("Løsne"),
        back=reverse("family:protection", args=[case.pk]),
    )


@require_http_methods(PAGE)
def group(request, case):
    """Those who are cleared say who else knows of the family."""
    case = find_case(request, case)
    permit(case.is_strict)
    known = named_group(case).values("pk")
    form = GroupForm(
        typed(request), cleared=rules.cleared_in(case.municipality_id).exclude(pk__in=known)
    )
    if form.is_valid():
        actions.join_group(case, by=request.user, **form.cleaned_data)
        messages.success(request, _("De kjenner saken fra nå av."))
        return redirect("family:protection", case.pk)
    return act(
        request,
        case,
        form,
        title=_("Flere som kjenner saken"),
        button=_("Legg til"),
        back=reverse("family:protection", args=[case.pk]),
    )


@require_http_methods(PAGE)
def words(request, case):
    """Those who are cleared read what was written freely, and take out what tells where."""
    case = find_case(request, case)
    permit(case.is_strict)
    form = WordsForm(typed(request))
    if form.is_valid():
        count = actions.cut_words(case, by=request.user, **form.cleaned_data)
        if count:
            said = ngettext("Fjernet i %d tekst.", "Fjernet i %d tekster.", count)
            messages.success(request, said % count)
            return redirect("family:words", case.pk)
        form.add_error("words", _("Det står ingen steder. Skriv det akkurat slik det står."))
    return act(
        request,
        case,
        form,
        title=_("Fjern det som viser hvor familien er"),
        lead=_(
            "Les henvisningen, vedleggene og det dere har spurt om. Det du skriver her, blir "
            "borte der og kommer ikke tilbake. Brev som er laget, er forseglet."
        ),
        button=_("Fjern"),
        back=reverse("family:protection", args=[case.pk]),
    )


@require_safe
def shielded(request):
    """The cases of those who are cleared: the one place where strictly protected ones are found."""
    permit(has_role(request.user, Role.CLEARED))
    cases = Case.objects.visible_to(request.user).filter(grade__in=STRICT, merged_into=None)
    cases = list(cases.select_related("child", "unit").order_by("-pk"))
    record("shielded.listed", by=request.user, rows=len(cases))
    rows = [
        {"case": case, "url": first_page(case), "is_small": named_group(case).count() < ENOUGH}
        for case in cases
    ]
    return render(request, "family/shielded.html", {"rows": rows})


# --- What is hidden, shown once -------------------------------------------------------------


@require_POST
def reveal(request, case):
    """An answer to a button, so that it stands in no address and is gone with the page."""
    case = find_case(request, case)
    permit(rules.may_reveal(request.user, case))
    record("address.revealed", case, by=request.user, basis=ground(request, case))
    people = CasePerson.objects.visible_to(request.user).filter(case=case).for_list()
    context = {"case": case, "title": _("Kontaktopplysninger"), "people": people}
    return render(request, "family/revealed.html", context)


# --- Siblings -------------------------------------------------------------------------------


@require_http_methods(PAGE)
def siblings(request, case):
    case = find_case(request, case)
    permit(rules.may_protect(request.user, case))
    form = LinkForm(typed(request))
    if form.is_valid():
        other = rules.referred_to_as(
            Case.objects.visible_to(request.user), form.cleaned_data["reference"]
        )
        if other is None:
            form.add_error("reference", _("Du har ingen sak med denne referansen. Se over den."))
        else:
            actions.link(case, other, by=request.user, reason=form.cleaned_data["reason"])
            messages.success(request, _("Sakene er knyttet sammen."))
            return _after_link(request, case)
    links = CaseLink.objects.visible_to(request.user).current().of(case).for_list()
    record("siblings.read", case, by=request.user, basis=ground(request, case))
    context = {
        "case": case,
        "title": _("Søsken"),
        "form": form,
        "rows": [{"link": each, "other": each.away_from(case)} for each in links],
    }
    return render(request, "family/siblings.html", context)


def _after_link(request, case):
    still = Case.objects.visible_to(request.user).filter(pk=case.pk).exists()
    return redirect("family:siblings", case.pk) if still else redirect("home:start")


@require_http_methods(PAGE)
def part(request, case, pk):
    case = find_case(request, case)
    permit(rules.may_protect(request.user, case))
    links = CaseLink.objects.visible_to(request.user).current().of(case)
    made = find(links.select_related("case", "other"), pk=pk)
    form = PartForm(typed(request))
    if form.is_valid():
        actions.part(made, by=request.user, **form.cleaned_data)
        messages.success(request, _("Sakene er skilt. Adressesperren står til noen løsner den."))
        return redirect("family:siblings", case.pk)
    return act(
        request,
        case,
        form,
        title=_("Skill sakene"),
        button=_("Skill"),
        back=reverse("family:siblings", args=[case.pk]),
    )
