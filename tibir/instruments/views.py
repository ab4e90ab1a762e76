"""Målinger: what was measured in a case, and typing it in from paper."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from tibir.access.gate import find, permit
from tibir.audit.record import record
from tibir.cases.models import Case
from tibir.core.errors import DomainError, StaleState, say_why
from tibir.instruments import actions, comparison, forms, rules
from tibir.instruments.kinds import Occasion
from tibir.instruments.models import Instrument, Measurement, Way

PAGE = ["GET", "HEAD", "POST"]


def _typed(request):
    return request.POST if request.method == "POST" else None


def _case(request, pk):
    cases = Case.objects.visible_to(request.user).select_related("child", "municipality")
    return find(cases, pk=pk)


def _case_to_measure(request, pk):
    case = _case(request, pk)
    permit(rules.may_measure(request.user, case))
    return case


def _instrument(case, code):
    """The newest version, where the municipality has it on."""
    return find(Instrument.objects.used_in(case.municipality), code=code)


def _measurement(request, case, pk):
    mine = Measurement.objects.visible_to(request.user).of_case(case)
    found = find(mine.for_list(), pk=pk)
    if found.is_struck:
        raise StaleState(_("Målingen er strøket."))
    return found


def _back(case):
    return reverse("instruments:measurements", args=[case.pk])


def _chosen(request):
    """Who answered and when, where the page that led here knew; anything else is left out."""
    who, when = request.GET.get("hvem", ""), request.GET.get("anledning", "")
    chosen = {"hvem": who} if who.isdecimal() and len(who) < 19 else {}
    return chosen | ({"anledning": when} if when in Occasion.values else {})


def _to(name, request, *args):
    return reverse(f"instruments:{name}", args=args, query=_chosen(request) or None)


def _shown(request, case, template, **context):
    """A page of the case that no other row of the log tells of."""
    record("case.read", case, by=request.user, basis=rules.basis(request.user, case))
    context |= {"case": case, "back": context.get("back") or _back(case)}
    return render(request, template, context)


@require_safe
def measurements(request, case):
    case = _case(request, case)
    permit(rules.may_read(request.user, case))
    found = list(Measurement.objects.visible_to(request.user).of_case(case).for_list())
    basis = rules.basis(request.user, case)
    record("measurement.listed", case, by=request.user, basis=basis, rows=len(found))
    context = {
        "case": case,
        "title": _("Målinger"),
        "readings": comparison.readings(found, case.child),
        "beside": comparison.beside(found),
        "may_measure": rules.may_measure(request.user, case),
        "takes": rules.takes(case),
    }
    return render(request, "instruments/measurements.html", context)


@require_safe
def choose(request, case):
    case = _case_to_measure(request, case)
    age = case.child.age(timezone.localdate())
    rows = [
        {
            "instrument": each,
            "ages": forms.for_ages(each.parsed),
            "fits": age is None or each.parsed.fits_age(age),
        }
        for each in Instrument.objects.used_in(case.municipality)
    ]
    rows.sort(key=lambda row: not row["fits"])
    return _shown(
        request, case, "instruments/choose.html", title=_("Ny måling"), rows=rows, age=age
    )


@require_http_methods(PAGE)
def licence(request, case, code):
    case = _case_to_measure(request, case)
    instrument = _instrument(case, code)
    form = forms.LicenceForm(_typed(request))
    if form.is_valid():
        actions.confirm_licence(instrument, by=request.user, municipality=case.municipality)
        return redirect(_to("items", request, case.pk, code))
    return _shown(
        request,
        case,
        "instruments/licence.html",
        title=instrument.label,
        form=form,
        instrument=instrument,
        totals=_to("totals", request, case.pk, code),
    )


@require_http_methods(PAGE)
def items(request, case, code):
    case = _case_to_measure(request, case)
    instrument = _instrument(case, code)
    if not rules.is_licensed(case.municipality_id, instrument):
        return redirect(_to("licence", request, case.pk, code))
    return _enter(request, case, instrument, forms.ItemsForm, "instruments/items.html")


@require_http_methods(PAGE)
def totals(request, case, code):
    case = _case_to_measure(request, case)
    return _enter(
        request, case, _instrument(case, code), forms.TotalsForm, "instruments/totals.html"
    )


def _enter(request, case, instrument, form_of, template):
    informants = list(rules.possible_informants(case, instrument))
    chosen = _chosen(request)
    form = form_of(
        _typed(request),
        case=case,
        instrument=instrument,
        informants=informants,
        who=chosen.get("hvem", ""),
        when=chosen.get("anledning", ""),
    )
    if form.is_valid() and _is_done(
        form, actions.measure, instrument=instrument, by=request.user, **form.cleaned_data
    ):
        messages.success(request, _("Målingen er lagret."))
        return redirect(_back(case))
    return _shown(
        request,
        case,
        template,
        title=instrument.label,
        form=form,
        instrument=instrument,
        ages=forms.for_ages(instrument.parsed),
        informants=informants,
        back=reverse("instruments:choose", args=[case.pk]),
    )


def _is_done(form, action, **said):
    """Whether the action was let through; if not, the form says why over all that was typed."""
    try:
        action(**said)
    except DomainError as refused:
        say_why(form, refused)
        return False
    return True


@require_safe
def measurement(request, case, pk):
    """Every answer of one measurement, as it was typed."""
    case = _case(request, case)
    permit(rules.may_read(request.user, case))
    mine = Measurement.objects.visible_to(request.user).of_case(case)
    found = find(mine.for_list(), pk=pk)
    record(
        "measurement.read", found, by=request.user, basis=rules.basis(request.user, case), case=case
    )
    same = list(mine.filter(informant=found.informant_id).for_list())
    reading = next(
        each for each in comparison.readings(same, case.child) if each.measurement.pk == pk
    )
    context = {
        "case": case,
        "title": found.instrument.label,
        "reading": reading,
        "columns": comparison.answers(found),
        "may_measure": rules.may_measure(request.user, case),
    }
    return render(request, "instruments/measurement.html", context)


@require_http_methods(PAGE)
def second(request, case, pk):
    """The same answers typed once more, so that a slip of the finger is found."""
    case = _case_to_measure(request, case)
    first = _measurement(request, case, pk)
    if first.way != Way.ITEMS or first.checked_at:
        return redirect(_back(case))
    form = forms.SecondForm(_typed(request), measurement=first)
    if form.is_valid() and form.differences:
        answers = form.cleaned_data["answers"]
        if _is_done(form, actions.correct, measurement=first, by=request.user, answers=answers):
            messages.success(request, _("Målingen er rettet. Den første står strøket i listen."))
            return redirect(_back(case))
    elif form.is_valid() and _is_done(form, actions.check, measurement=first, by=request.user):
        messages.success(request, _("Alt er likt. Målingen er kontrollert."))
        return redirect(_back(case))
    return _shown(
        request,
        case,
        "instruments/second.html",
        title=first.instrument.label,
        form=form,
        measurement=first,
    )


@require_http_methods(PAGE)
def strike(request, case, pk):
    case = _case_to_measure(request, case)
    wrong = _measurement(request, case, pk)
    form = forms.StrikeForm(_typed(request))
    if form.is_valid():
        actions.strike(wrong, by=request.user, **form.cleaned_data)
        messages.success(request, _("Målingen er strøket."))
        return redirect(_back(case))
    return _shown(
        request,
        case,
        "instruments/strike.html",
        title=_("Stryk målingen"),
        form=form,
        measurement=wrong,
    )
