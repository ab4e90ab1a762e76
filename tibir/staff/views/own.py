"""Min innlogging: what opens my account, and how I change it."""

from django.conf import settings
from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tibir.staff import entry, factors
from tibir.staff.actions import own as actions
from tibir.staff.forms import CodeForm, PasswordForm, ProofForm
from tibir.staff.models import Identity
from tibir.staff.views.login import making, page, slowed, to_paper


@require_safe
def own(request):
    user = request.user
    linked = set(Identity.objects.filter(user=user).values_list("issuer", flat=True))
    context = {
        "has_codes": factors.has_codes(user),
        "passkeys": factors.passkeys(user),
        "paper_left": factors.paper_codes_left(user),
        "has_password": user.has_usable_password(),
        "providers": [
            {"provider": each, "is_linked": each.issuer in linked}
            for each in settings.STAFF_OIDC.values()
        ],
    }
    return render(request, "staff/own.html", context)


@page
def proof(request):
    """Who sits here, still? Asked before anything is changed that opens the account."""
    user = request.user
    if user.has_usable_password():
        form = ProofForm(request.POST or None, request=request)
    else:
        form = CodeForm(request.POST or None, user=user)
    if request.method == "POST" and form.is_valid():
        entry.prove(request)
        return redirect(_then(request))
    context = {"form": form, "next": _then(request)}
    return slowed(render(request, "staff/proof.html", context), form)


def _then(request):
    then = request.POST.get("next") or request.GET.get("next") or ""
    is_ours = url_has_allowed_host_and_scheme(then, None) and then.startswith("/")
    return then if is_ours else reverse("staff:own")


def _asked_first(request):
    """The page that asks; nothing when that was done a moment ago."""
    if entry.has_proved(request):
        return None
    back = request.path if request.method in ("GET", "HEAD") else reverse("staff:own")
    return redirect(reverse("staff:proof", query={"next": back}))


@page
def make(request):
    asked = _asked_first(request)
    if asked:
        return asked
    done, context = making(request, request.user)
    if done is None:
        return render(request, "staff/make.html", context)
    messages.success(request, _("Lagret. Du kan bruke den neste gang du logger inn."))
    return to_paper(request, done.paper, reverse("staff:own"))


@page
def password(request):
    asked = _asked_first(request)
    if asked:
        return asked
    form = PasswordForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        actions.change_password(
            request.user, by=request.user, password=form.cleaned_data["password"]
        )
        entry.stay(request, request.user)
        messages.success(
            request, _("Passordet er endret. Andre steder du var innlogget, er du ute.")
        )
        return redirect("staff:own")
    return render(request, "staff/own_password.html", {"form": form})


@require_POST
def paper_anew(request):
    asked = _asked_first(request)
    if asked:
        return asked
    codes = actions.renew_paper_codes(request.user, by=request.user)
    return to_paper(request, codes, reverse("staff:own"))


@require_POST
def remove_passkey(request, pk):
    asked = _asked_first(request)
    if asked:
        return asked
    actions.remove_passkey(request.user, by=request.user, pk=pk)
    messages.success(request, _("Passnøkkelen er fjernet."))
    return redirect("staff:own")
