"""The way in: a password, and then a code or a passkey. The pages between are nobody's yet."""

import json
import math

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import LoginView as DjangoLoginView
from django.contrib.auth.views import LogoutView as DjangoLogoutView
from django.http import HttpResponseRedirect
from django.shortcuts import redirect, render, resolve_url
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from tibir.core.encryption import seal, unseal
from tibir.staff import entry, factors
from tibir.staff.actions import own
from tibir.staff.forms import CodeForm, KeepCodesForm, KeepPasskeyForm, LoginForm

SECRET, PAPER = "codes_secret", "paper_codes"
CODES, PASSKEY = "codes", "passkey"
page = require_http_methods(["GET", "HEAD", "POST"])


class LoginView(DjangoLoginView):
    """The first step."""

    authentication_form = LoginForm
    redirect_authenticated_user = True

    def get_context_data(self, **kwargs):
        return super().get_context_data(**kwargs) | {"providers": settings.STAFF_OIDC.values()}

    def form_valid(self, form):
        user = form.get_user()
        entry.begin(self.request, user, then=self.get_redirect_url())
        return redirect("staff:code" if factors.has_any(user) else "staff:enrol")

    def form_invalid(self, form):
        return slowed(super().form_invalid(form), form)


def slowed(response, form):
    """A program that guesses is told how long to wait, as a person is."""
    if form.wait:
        response.status_code = 429
        response["Retry-After"] = str(math.ceil(form.wait.total_seconds()))
    return response


@method_decorator(never_cache, name="dispatch")
class LogoutView(DjangoLogoutView):
    def post(self, request, *args, **kwargs):
        response = super().post(request, *args, **kwargs)
        # Not "cookies": those of every other service on the municipality's domain would go too.
        response["Clear-Site-Data"] = '"cache", "storage"'
        return response


def inside(request, user, way):
    then = entry.complete(request, user, way=way)
    return HttpResponseRedirect(then or resolve_url(settings.LOGIN_REDIRECT_URL))


@login_not_required
@page
def code(request):
    """The second step, for whoever has one."""
    user = entry.waiting(request)
    if user is None:
        return redirect("login")
    if not factors.has_any(user):
        return redirect("staff:enrol")
    form = CodeForm(request.POST or None, user=user)
    if request.method == "POST" and form.is_valid():
        return inside(request, user, form.way)
    asked = factors.ask_for_passkey(user) if factors.passkeys(user) else None
    context = {
        "form": form,
        "has_codes": factors.has_codes(user),
        "passkey": json.dumps(asked) if asked else "",
        "shown_code": factors.shown_code(user),
    }
    return slowed(render(request, "staff/code.html", context), form)


@login_not_required
@page
def enrol(request):
    """The second step is made the first time, before any other page opens."""
    user = entry.waiting(request)
    if user is None:
        return redirect("login")
    if factors.has_any(user):
        return redirect("staff:code")
    done, context = making(request, user)
    if done is None:
        return render(request, "staff/enrol.html", context)
    then = entry.complete(request, user, way=done.way)
    return to_paper(request, done.paper, then)


class Made:
    def __init__(self, way, paper):
        self.way, self.paper = way, paper


def making(request, user):
    """(what was made, None), or (None, the context of a page that offers to make it)."""
    secret = _secret(request)
    chosen = request.POST.get("make")
    codes = KeepCodesForm(request.POST if chosen == CODES else None, secret=secret)
    passkey = KeepPasskeyForm(request.POST if chosen == PASSKEY else None, prefix=PASSKEY)
    if chosen == CODES and codes.is_valid():
        request.session.pop(SECRET, None)
        paper = own.keep_codes(user, by=user, secret=secret)
        # The same code does not open again.
        factors.opens(user, codes.cleaned_data["code"])
        return Made("totp", paper), None
    if chosen == PASSKEY and passkey.is_valid():
        paper = _keep_passkey(user, passkey)
        if passkey.is_valid():
            return Made("webauthn", paper), None
    return None, {
        "form": passkey if chosen == PASSKEY else codes,
        "codes": codes,
        "passkey_form": passkey,
        "passkey": json.dumps(factors.ask_for_new_passkey(user)),
        "picture": factors.picture(user, secret),
        "secret": factors.written(secret),
    }


def _keep_passkey(user, form):
    typed = form.cleaned_data
    try:
        return own.keep_passkey(user, by=user, name=typed["name"], answer=typed["passkey"])
    except factors.NoAnswer:
        form.was_not_made()
        return []


def _secret(request):
    """The same until it is used, so that a reload shows the same picture; sealed meanwhile."""
    if SECRET not in request.session:
        request.session[SECRET] = seal(factors.new_secret(), SECRET)
    return unseal(request.session[SECRET], SECRET)


def to_paper(request, codes, then=""):
    """New codes on paper are shown once, on a page of their own."""
    if not codes:
        return HttpResponseRedirect(then or resolve_url("staff:own"))
    request.session[PAPER] = seal(json.dumps(codes), PAPER)
    request.session[entry.THEN] = then
    return redirect("staff:paper")


@page
def paper(request):
    sealed = request.session.get(PAPER)
    if sealed is None:
        return redirect("staff:own")
    if request.method == "POST":
        del request.session[PAPER]
        then = request.session.pop(entry.THEN, "")
        return HttpResponseRedirect(then or resolve_url(settings.LOGIN_REDIRECT_URL))
    return render(request, "staff/paper.html", {"codes": json.loads(unseal(sealed, PAPER))})
