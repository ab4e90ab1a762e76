"""Min innlogging: what opens my account, and how I change it."""

import json

from django.conf import settings
from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tibir.staff import entry, factors
from tibir.staff.actions import own as actions
from tibir.staff.devices import open_sessions
from tibir.staff.forms import ChangePasswordForm, PasswordForm, ProofForm
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
        "sessions": open_sessions(user, request.session.session_key),
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
    form = ProofForm(request.POST or None, request=request)
    if request.method == "POST" and form.is_valid():
        entry.prove(request)
        return redirect(_then(request))
    has_passkey = "code" in form.fields and factors.passkeys(user)
    asked = json.dumps(factors.ask_for_passkey(user)) if has_passkey else ""
    context = {"form": form, "next": _then(request), "passkey": asked}
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
    entry.stay(request, request.user)
    messages.success(request, _("Lagret. Andre steder du var innlogget, er du ute."))
    return to_paper(request, done.paper, reverse("staff:own"))


@page
def password(request):
    has_one = request.user.has_usable_password()
    asked = None if has_one else _asked_first(request)
    if asked:
        return asked
    typed = request.POST or None
    if has_one:
        form = ChangePasswordForm(typed, request=request)
    else:
        form = PasswordForm(typed, user=request.user)
    if request.method == "POST" and form.is_valid():
        actions.change_password(
            request.user, by=request.user, password=form.cleaned_data["password"]
        )
        entry.stay(request, request.user)
        messages.success(
            request, _("Passordet er endret. Andre steder du var innlogget, er du ute.")
        )
        return redirect("staff:own")
    return slowed(render(request, "staff/own_password.html", {"form": form}), form)


@require_POST
def paper_anew(request):
    asked = _asked_first(request)
    if asked:
        return asked
    codes = actions.renew_paper_codes(request.user, by=request.user)
    entry.stay(request, request.user)
    return to_paper(request, codes, reverse("staff:own"))


@require_POST
def remove_passkey(request, pk):
    asked = _asked_first(request)
    if asked:
        return asked
    actions.remove_passkey(request.user, by=request.user, pk=pk)
    entry.stay(request, request.user)
    messages.success(
        request, _("Passnøkkelen er fjernet. Andre steder du var innlogget, er du ute.")
    )
    return redirect("staff:own")


@require_POST
def end_session(request, mark):
    asked = _asked_first(request)
    if asked:
        return asked
    if actions.end_session(request.user, by=request.user, mark=mark):
        messages.success(request, _("Avsluttet. Der er du logget ut."))
    return redirect("staff:own")
