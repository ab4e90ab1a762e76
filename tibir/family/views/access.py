"""Who has access to one case: shown, given for a time, and taken away."""

from datetime import timedelta

from django.contrib import messages
from django.db.models import Exists, OuterRef
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tibir.access.gate import find, permit
from tibir.audit.record import record
from tibir.cases.models import CaseMember, Disqualification, TimedAccess
from tibir.core.attempts import note, too_many
from tibir.family import actions
from tibir.family.forms.access import (
    DisqualifyForm,
    EmergencyForm,
    LeaderForm,
    RecuseForm,
    ReviewForm,
)
from tibir.family.rules import access as rules
from tibir.family.views.page import PAGE, act, find_case, ground, typed

TRIES = {"limit": 5, "window": timedelta(hours=1)}


@require_safe
def access(request, case):
    case = find_case(request, case)
    permit(rules.may_see_who_has_access(request.user, case))
    record("access.listed", case, by=request.user, basis=ground(request, case))
    members = CaseMember.objects.visible_to(request.user).current().filter(case=case)
    kept_out = Disqualification.objects.filter(case=case, ended_on=None)
    kept_out = kept_out.exclude(user=request.user).select_related("user", "registered_by")
    now = TimedAccess.objects.current().filter(pk=OuterRef("pk"))
    opened = case.timed_accesses.for_list().annotate(is_current=Exists(now))
    context = {
        "case": case,
        "title": _("Hvem har tilgang"),
        "members": members.select_related("user").order_by("started_on", "pk"),
        "opened": [
            {"access": each, "may_review": not each.is_reviewed and _may_review(request.user, each)}
            for each in opened
        ],
        "disqualified": kept_out.order_by("started_on", "pk"),
        "may_open": rules.may_open_for_a_time(request.user, case),
        "may_disqualify": rules.may_disqualify(request.user, case),
    }
    return render(request, "family/access.html", context)


def _may_review(user, access):
    is_emergency = access.kind == TimedAccess.Kind.EMERGENCY
    return is_emergency and rules.may_review(user, access)


# --- A leader reads one case ----------------------------------------------------------------


@require_http_methods(PAGE)
def open_for_leader(request, case):
    case = find_case(request, case)
    permit(rules.may_open_for_a_time(request.user, case))
    form = LeaderForm(typed(request))
    if form.is_valid():
        actions.open_for_leader(case, by=request.user, **form.cleaned_data)
        messages.success(request, _("Saken er åpen for deg. De som arbeider med den, ser det."))
        return redirect("family:access", case.pk)
    return act(
        request,
        case,
        form,
        title=_("Åpne saken for deg"),
        lead=_("Du kan lese, ikke endre. Alt du åpner, logges, og tilgangen slutter av seg selv."),
        button=_("Åpne saken"),
        back=reverse("family:access", args=[case.pk]),
    )


# --- Emergency ------------------------------------------------------------------------------


@require_http_methods(PAGE)
def emergency(request):
    """For what one cannot find: a whole reference or identity number, and the same no to all."""
    permit(rules.may_ask_in_an_emergency(request.user))
    form, status = EmergencyForm(typed(request)), 200
    if form.is_valid():
        key = str(request.user.pk)
        if too_many("emergency", key, **TRIES):
            form.add_error("q", _("Du har prøvd for mange ganger. Ring en leder, eller vent."))
            status = 429
        else:
            note("emergency", key)
            opened = _open(request, form.cleaned_data)
            if opened is not None:
                return redirect(rules.first_page(opened.case) or "home:start")
            form.add_error("q", _("Her er ingen sak som kan åpnes slik. Se over det du skrev."))
    return render(request, "family/emergency.html", {"form": form}, status=status)


def _open(request, said):
    case = rules.look_for(request.user, said["q"])
    opened = None
    if case is not None:
        opened = actions.open_in_emergency(
            case, by=request.user, reason=said["reason"], text=said["text"]
        )
    actions.tried_in_emergency(by=request.user, reason=said["reason"], opened=opened)
    return opened


@require_http_methods(PAGE)
def review(request, case, pk):
    case = find_case(request, case)
    used = find(case.timed_accesses.emergencies().select_related("user", "case"), pk=pk)
    permit(rules.may_review(request.user, used))
    form = ReviewForm(typed(request))
    if form.is_valid():
        actions.review(used, by=request.user, **form.cleaned_data)
        messages.success(request, _("Vurderingen er lagret."))
        return redirect("family:access", case.pk)
    record("emergency.read", used, by=request.user, basis=ground(request, used.case))
    context = {"case": case, "used": used, "form": form, "title": _("Vurder nødtilgangen")}
    return render(request, "family/review.html", context)


# --- Disqualification -----------------------------------------------------------------------


@require_http_methods(PAGE)
def disqualify(request, case):
    case = find_case(request, case)
    permit(rules.may_disqualify(request.user, case))
    form = DisqualifyForm(typed(request), people=rules.possible_colleagues(case))
    if form.is_valid():
        actions.keep_out(case, by=request.user, **form.cleaned_data)
        messages.success(request, _("Registrert. Saken finnes ikke lenger for den du valgte."))
        is_me = form.cleaned_data["user"] == request.user
        return redirect("home:start") if is_me else redirect("family:access", case.pk)
    return act(
        request,
        case,
        form,
        title=_("Registrer inhabilitet"),
        lead=_("Gjelder hele familien, også søskens saker. Oppgaver går tilbake til enheten."),
        button=_("Registrer"),
        back=reverse("family:access", args=[case.pk]),
    )


@require_http_methods(PAGE)
def recuse(request, case):
    """Anybody may say it of themselves, of a case that they know of."""
    case = find_case(request, case)
    permit(request.user.is_authenticated)
    form = RecuseForm(typed(request))
    if form.is_valid():
        actions.keep_out(case, by=request.user, user=request.user, **form.cleaned_data)
        messages.success(request, _("Du er registrert som inhabil, og ser ikke saken lenger."))
        return redirect("home:start")
    return act(
        request,
        case,
        form,
        title=_("Jeg er inhabil"),
        lead=_("Du mister saken med en gang. Bare en annen kan oppheve det igjen."),
        button=_("Jeg er inhabil"),
        back=reverse("home:case", args=[case.pk]),
    )


@require_POST
def let_in_again(request, case, pk):
    case = find_case(request, case)
    permit(rules.may_disqualify(request.user, case))
    kept_out = find(Disqualification.objects.filter(case=case).select_related("case"), pk=pk)
    actions.let_in_again(kept_out, by=request.user)
    messages.success(request, _("Inhabiliteten er opphevet."))
    return redirect("family:access", case.pk)
