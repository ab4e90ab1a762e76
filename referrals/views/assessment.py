"""What a coordinator does with a referral until it is decided: one page or button each."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from referrals import actions, forms, rules
from referrals.models import Inquiry, ReceivedCorrection, Referral
from tibir.access.gate import find, permit
from tibir.cases.models import CasePerson

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


def _page(request, referral, form, *, title, lead, button):
    context = {
        "referral": referral,
        "form": form,
        "title": title,
        "lead": lead,
        "button": button,
    }
    return render(request, "referrals/act.html", context)


@require_POST
def take(request, pk):
    referral = _referral(request, pk)
    actions.take(referral, by=request.user)
    messages.success(request, _("Henvisningen er din."))
    return redirect(referral)


@require_http_methods(PAGE)
def give(request, pk):
    referral = _referral(request, pk)
    form = forms.GiveForm(_typed(request), owners=rules.owners(referral))
    if form.is_valid():
        actions.give(referral, by=request.user, **form.cleaned_data)
        messages.success(request, _("Henvisningen er gitt videre."))
        return redirect(referral)
    return _page(
        request,
        referral,
        form,
        title=_("Gi henvisningen til en annen"),
        lead=_("Fristen er den samme. Den du gir den til, får varslene fra nå av."),
        button=_("Gi videre"),
    )


@require_http_methods(PAGE)
def ask(request, pk):
    referral = _referral(request, pk)
    form = forms.AskForm(_typed(request))
    if form.is_valid():
        people = CasePerson.objects.visible_to(request.user).filter(case=referral.case).for_list()
        actions.ask(
            referral,
            by=request.user,
            people=[each for each in people if rules.is_owed_an_answer(each, referral)],
            **form.cleaned_data,
        )
        messages.success(request, _("Spørsmålet er notert. Svarfristen er den samme."))
        return redirect(referral)
    return _page(
        request,
        referral,
        form,
        title=_("Be om flere opplysninger"),
        lead=_("Svarfristen stanser ikke. Får dere ikke svar, kan du invitere til en samtale."),
        button=_("Lagre spørsmålet"),
    )


@require_http_methods(PAGE)
def told(request, pk, inquiry):
    referral = _referral(request, pk)
    inquiry = find(Inquiry.objects.filter(referral=referral), pk=inquiry)
    form = forms.ToldForm(_typed(request))
    if form.is_valid():
        actions.answer_inquiry(inquiry, by=request.user, **form.cleaned_data)
        messages.success(request, _("Svaret er lagret."))
        return redirect(referral)
    return _page(
        request,
        referral,
        form,
        title=_("Det familien svarte"),
        lead=inquiry.question,
        button=_("Lagre svaret"),
    )


@require_http_methods(PAGE)
def preliminary(request, pk):
    referral = _referral(request, pk)
    form = forms.PreliminaryForm(_typed(request))
    if form.is_valid():
        people = CasePerson.objects.visible_to(request.user).filter(case=referral.case).for_list()
        actions.preliminary(
            referral,
            by=request.user,
            people=[each for each in people if rules.is_owed_an_answer(each, referral)],
            **form.cleaned_data,
        )
        messages.success(request, _("Det foreløpige svaret ligger klart under «Brev»."))
        return redirect(referral)
    return _page(
        request,
        referral,
        form,
        title=_("Foreløpig svar"),
        lead=_("Familien får vite hvorfor det drøyer. Svarfristen på to uker står som før."),
        button=_("Lag brevet"),
    )


@require_http_methods(PAGE)
def withdraw(request, pk):
    referral = _referral(request, pk)
    form = forms.ReasonForm(_typed(request))
    if form.is_valid():
        actions.withdraw(referral, by=request.user, **form.cleaned_data)
        messages.success(request, _("Henvisningen er trukket."))
        return redirect(referral)
    return _page(
        request,
        referral,
        form,
        title=_("Familien trekker henvisningen"),
        lead=_("Skriv hvem som sa det og når. Den kan åpnes igjen senere."),
        button=_("Trekk henvisningen"),
    )


@require_http_methods(PAGE)
def reopen(request, pk):
    referral = _referral(request, pk)
    form = forms.ReasonForm(_typed(request))
    if form.is_valid():
        actions.reopen(referral, by=request.user, **form.cleaned_data)
        messages.success(request, _("Henvisningen er åpnet igjen, og er din."))
        return redirect(referral)
    return _page(
        request,
        referral,
        form,
        title=_("Åpne henvisningen igjen"),
        lead=_("Fristen er den samme som før. Det som var avgjort, blir stående i historikken."),
        button=_("Åpne igjen"),
    )


@require_http_methods(PAGE)
def forwarded(request, pk):
    referral = _referral(request, pk)
    form = forms.ReceiptForm(_typed(request))
    if form.is_valid():
        actions.forwarded(referral, by=request.user, **form.cleaned_data)
        messages.success(request, _("Kvitteringen er notert."))
        return redirect(referral)
    return _page(
        request,
        referral,
        form,
        title=_("Kvittering fra den som tar over"),
        lead=referral.referred_to,
        button=_("Lagre"),
    )


@require_http_methods(PAGE)
def correct(request, pk):
    """One proposes, another approves."""
    referral = _referral(request, pk)
    form = forms.CorrectionForm(_typed(request))
    if form.is_valid():
        actions.propose_correction(referral, by=request.user, **form.cleaned_data)
        messages.success(request, _("Forslaget må godkjennes av en annen."))
        return redirect(referral)
    return _page(
        request,
        referral,
        form,
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
