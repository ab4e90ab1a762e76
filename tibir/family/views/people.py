"""Personer: who is around the child, what is known of each, and from where."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tibir.access.gate import NotThere, find, permit
from tibir.audit.record import record
from tibir.cases.models import Case, CasePerson, Correction, Grade
from tibir.family import actions, forms, rules
from tibir.family.rules import protection
from tibir.family.views.page import PAGE, ground, shown, typed

# The parts of a person that are corrected together: the form, and what the page is called.
PARTS = {
    "hvem": (forms.RelatedWhoForm, gettext_lazy("Rett hvem personen er")),
    "kontakt": (forms.ContactForm, gettext_lazy("Rett hvordan vi når personen")),
    "forhold": (forms.FamilyForm, gettext_lazy("Rett bosted, samvær og rettigheter")),
}


def _case(request, pk):
    seen = Case.objects.visible_to(request.user).select_related("child", "unit")
    case = find(seen, pk=pk)
    permit(rules.may_keep_people(request.user, case))
    return case


def _person(request, case, pk):
    seen = CasePerson.objects.visible_to(request.user).select_related(
        "case", "person", "verified_by", "responsibility_by"
    )
    return find(seen, pk=pk, case=case)


def _form(request, case, form, back, **about):
    name, *args = back
    context = {"case": case, "form": form, "back": reverse(name, args=args), **about}
    return shown(request, case, "family/act.html", context)


@require_safe
def people(request, case):
    case = _case(request, case)
    rows = CasePerson.objects.visible_to(request.user).filter(case=case).for_list()
    record("family.listed", case, by=request.user, basis=rules.basis(request.user, case))
    context = {
        "case": case,
        "title": _("Personer i saken"),
        "people": rows,
        "age": case.child.age(timezone.localdate()),
    }
    return render(request, "family/people.html", context)


@require_safe
def person(request, case, pk):
    case = _case(request, case)
    case_person = _person(request, case, pk)
    record(
        "family.person_read", case_person, by=request.user, basis=rules.basis(request.user, case)
    )
    context = {
        "case": case,
        "title": case_person.person.name,
        "case_person": case_person,
        "may_reveal": case.is_hidden and protection.may_reveal(request.user, case),
        "stands_in": case_person.stands_in.on(timezone.localdate()).for_list(),
    }
    return render(request, "family/person.html", context | _of(case, case_person.person))


@require_safe
def child(request, case):
    case = _case(request, case)
    record("family.child_read", case, by=request.user, basis=rules.basis(request.user, case))
    context = {
        "case": case,
        "title": _("Barnet"),
        "age": case.child.age(timezone.localdate()),
    }
    return render(request, "family/child.html", context | _of(case, case.child))


def _of(case, person):
    return {
        "person": person,
        "other_numbers": person.other_numbers.select_related("added_by").order_by("pk"),
        "corrections": Correction.objects.filter(person=person)
        .select_related("by")
        .order_by("-pk"),
        "shows_address": case.grade == Grade.OPEN,
    }


@require_http_methods(PAGE)
def add(request, case):
    case = _case(request, case)
    form = forms.AddPersonForm(typed(request))
    if form.is_valid():
        added = actions.add(case, by=request.user, **form.cleaned_data)
        messages.success(request, _("Lagt til. Fyll ut resten når du vet mer."))
        return redirect("family:person", case.pk, added.pk)
    return _form(
        request,
        case,
        form,
        ("family:people", case.pk),
        title=_("Legg til en person"),
        button=_("Legg til"),
    )


@require_http_methods(PAGE)
def correct(request, case, pk, part):
    case = _case(request, case)
    case_person = _person(request, case, pk)
    if part not in PARTS:
        raise NotThere("cases.caseperson", {"part": part})
    if part == "kontakt" and case.is_hidden:
        # What is to be corrected stands in the form.
        permit(protection.may_reveal(request.user, case))
        record("address.revealed", case_person, by=request.user, basis=ground(request, case))
    form_of, title = PARTS[part]
    form = form_of(typed(request), rows=[case_person.person, case_person], case=case)
    if form.is_valid():
        actions.correct(case_person, by=request.user, **form.said())
        messages.success(request, _("Rettelsen er lagret."))
        return redirect("family:person", case.pk, case_person.pk)
    return _form(
        request,
        case,
        form,
        ("family:person", case.pk, case_person.pk),
        title=title,
        lead=str(case_person),
        button=_("Lagre"),
    )


@require_http_methods(PAGE)
def correct_child(request, case):
    case = _case(request, case)
    form = forms.WhoForm(typed(request), rows=[case.child], case=case)
    if form.is_valid():
        actions.correct_child(case, by=request.user, **form.said())
        messages.success(request, _("Rettelsen er lagret."))
        return redirect("family:child", case.pk)
    return _form(
        request,
        case,
        form,
        ("family:child", case.pk),
        title=_("Rett hvem barnet er"),
        button=_("Lagre"),
    )


@require_http_methods(PAGE)
def verify(request, case, pk):
    case = _case(request, case)
    case_person = _person(request, case, pk)
    form = forms.ResponsibilityForm(typed(request), initial={"on": timezone.localdate()})
    if form.is_valid():
        actions.verify_responsibility(case_person, by=request.user, **form.cleaned_data)
        messages.success(request, _("Foreldreansvaret er bekreftet."))
        return redirect("family:person", case.pk, case_person.pk)
    return _form(
        request,
        case,
        form,
        ("family:person", case.pk, case_person.pk),
        title=_("Bekreft foreldreansvar"),
        lead=str(case_person),
        button=_("Bekreft"),
    )


@require_http_methods(PAGE)
def end(request, case, pk):
    case = _case(request, case)
    case_person = _person(request, case, pk)
    form = forms.EndPersonForm(
        typed(request), case_person=case_person, initial={"on": timezone.localdate()}
    )
    if form.is_valid():
        actions.end(case_person, by=request.user, **form.cleaned_data)
        messages.success(request, _("Personen hører ikke til saken lenger, og får ingenting mer."))
        return redirect("family:person", case.pk, case_person.pk)
    return _form(
        request,
        case,
        form,
        ("family:person", case.pk, case_person.pk),
        title=_("Hører ikke til saken lenger"),
        lead=str(case_person),
        button=_("Avslutt"),
    )


@require_http_methods(PAGE)
def same(request, case, pk):
    """Two rows of one person become one: the one that is chosen."""
    case = _case(request, case)
    case_person = _person(request, case, pk)
    current = CasePerson.objects.visible_to(request.user).filter(case=case).current()
    form = forms.SameForm(typed(request), people=current.exclude(pk=pk).for_list())
    if form.is_valid():
        left = actions.make_one(case_person, by=request.user, **form.cleaned_data)
        messages.success(request, _("Personen står én gang nå. Se over det som står her."))
        return redirect("family:person", case.pk, left.pk)
    return _form(
        request,
        case,
        form,
        ("family:person", case.pk, case_person.pk),
        title=_("Står i saken to ganger"),
        lead=str(case_person),
        button=_("Slå sammen"),
    )


@require_POST
def take_back(request, case, pk):
    case = _case(request, case)
    case_person = _person(request, case, pk)
    actions.take_back(case_person, by=request.user)
    messages.success(request, _("Personen hører til saken igjen."))
    return redirect("family:person", case.pk, case_person.pk)
