"""What a coordinator does with a referral until it is decided: one page or button each."""

from functools import partial

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from referrals import actions, rules
from referrals.forms import assessment as forms
from referrals.models import Inquiry, ReceivedCorrection, Referral
from tibir.access.gate import find, permit
from tibir.audit.record import record
from tibir.cases.models import CasePerson
from tibir.core.errors import DomainError, say_why

PAGE = ["GET", "HEAD", "POST"]


def _referral(request, pk):
    visible = Referral.objects.visible_to(request.user)
    referral = find(
        visible.select_related("submission", "case__child", "unit", "municipality", "owner"), pk=pk
    )
    permit(rules.may_assess(request.user, referral))
    return referral


def _typed(request):
    return request.POST if request.method == "POST" else None


def _page(request, referral, form, do, *, said, title, lead, button):
    """The form and, when it is whole, what it asks for; a no leaves all that was typed there."""
    status = 200
    if form.is_valid():
        try:
            do(by=request.user, **form.cleaned_data)
        except DomainError as error:
            say_why(form, error)
            status = 409
        else:
            messages.success(request, said)
            return redirect(referral)
    record("referral.read", referral, by=request.user, basis=rules.basis(request.user, referral))
    context = {"referral": referral, "form": form, "title": title, "lead": lead, "button": button}
    return render(request, "referrals/act.html", context, status=status)


def _owed_an_answer(request, referral):
    """Looked up only when somebody goes through them: most pages are opened, and few are sent."""
    people = CasePerson.objects.visible_to(request.user).filter(case=referral.case).for_list()
    yield from (each for each in people if rules.is_owed_an_answer(each, referral))


@require_POST
def take(request, pk):
    referral = _referral(request, pk)
    actions.take(referral, by=request.user)
    messages.success(request, _("Henvisningen er din."))
    return redirect(referral)


@require_http_methods(PAGE)
def give(request, pk):
    referral = _referral(request, pk)
    return _page(
        request,
        referral,
        forms.GiveForm(_typed(request), owners=rules.owners(referral)),
        partial(actions.give, referral),
        said=_("Henvisningen er gitt videre."),
        title=_("Gi henvisningen til en annen"),
        lead=_("Fristen er den samme. Den du gir den til, får beskjed nå, og varslene videre."),
        button=_("Gi videre"),
    )


@require_http_methods(PAGE)
def ask(request, pk):
    referral = _referral(request, pk)
    return _page(
        request,
        referral,
        forms.AskForm(_typed(request)),
        partial(actions.ask, referral, people=_owed_an_answer(request, referral)),
        said=_("Spørsmålet er notert. Svarfristen er den samme."),
        title=_("Be om flere opplysninger"),
        lead=_("Svarfristen stanser ikke. Får dere ikke svar, kan du invitere til en samtale."),
        button=_("Lagre spørsmålet"),
    )


@require_http_methods(PAGE)
def told(request, pk, inquiry):
    referral = _referral(request, pk)
    inquiry = find(Inquiry.objects.filter(referral=referral), pk=inquiry)
    return _page(
        request,
        referral,
        forms.ToldForm(_typed(request)),
        partial(actions.answer_inquiry, inquiry),
        said=_("Svaret er lagret."),
        title=_("Det familien svarte"),
        lead=inquiry.question,
        button=_("Lagre svaret"),
    )


@require_http_methods(PAGE)
def preliminary(request, pk):
    referral = _referral(request, pk)
    return _page(
        request,
        referral,
        forms.PreliminaryForm(_typed(request)),
        partial(actions.preliminary, referral, people=_owed_an_answer(request, referral)),
        said=_("Det foreløpige svaret ligger klart under «Brev»."),
        title=_("Foreløpig svar"),
        lead=_("Familien får vite hvorfor det drøyer. Svarfristen på to uker står som før."),
        button=_("Lag brevet"),
    )


@require_http_methods(PAGE)
def withdraw(request, pk):
    referral = _referral(request, pk)
    return _page(
        request,
        referral,
        forms.ReasonForm(_typed(request)),
        partial(actions.withdraw, referral),
        said=_("Henvisningen er trukket."),
        title=_("Familien trekker henvisningen"),
        lead=_("Skriv hvem som sa det og når. Den kan åpnes igjen senere."),
        button=_("Trekk henvisningen"),
    )


@require_http_methods(PAGE)
def reopen(request, pk):
    referral = _referral(request, pk)
    return _page(
        request,
        referral,
        forms.ReasonForm(_typed(request)),
        partial(actions.reopen, referral),
        said=_("Henvisningen er åpnet igjen, og er din."),
        title=_("Åpne henvisningen igjen"),
        lead=_("Fristen er den samme som før. Det som var avgjort, blir stående i historikken."),
        button=_("Åpne igjen"),
    )


@require_http_methods(PAGE)
def forwarded(request, pk):
    referral = _referral(request, pk)
    return _page(
        request,
        referral,
        forms.ReceiptForm(_typed(request)),
        partial(actions.forwarded, referral),
        said=_("Kvitteringen er notert."),
        title=_("Kvittering fra den som tar over"),
        lead=referral.referred_to,
        button=_("Lagre"),
    )


@require_http_methods(PAGE)
def correct(request, pk):
    """One proposes, another approves."""
    referral = _referral(request, pk)
    return _page(
        request,
        referral,
        forms.CorrectionForm(_typed(request)),
        partial(actions.propose_correction, referral),
        said=_("Forslaget må godkjennes av en annen."),
        title=_("Rett dagen vi fikk henvisningen"),
        lead=_("Begge dagene blir stående. En tidligere dag gir kortere frist, aldri omvendt."),
        button=_("Foreslå"),
    )


@require_POST
def settle_correction(request, pk, correction):
    referral = _referral(request, pk)
    proposed = ReceivedCorrection.objects.filter(referral=referral)
    correction = find(proposed.select_related("referral"), pk=correction)
    if request.POST.get("action") == "approve":
        actions.approve_correction(correction, by=request.user)
        messages.success(request, _("Mottaksdatoen er rettet."))
    else:
        actions.refuse_correction(correction, by=request.user)
        messages.success(request, _("Forslaget er avslått. Datoen står som før."))
    return redirect(referral)
