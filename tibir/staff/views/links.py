"""A link by e-mail: the first password, and a forgotten one. The secret stands after the #."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from tibir.audit.record import SENDER
from tibir.core.codes import WeakSecret, digest
from tibir.staff import entry, factors
from tibir.staff.actions import links
from tibir.staff.forms import EmailForm, LinkForm, PasswordForm
from tibir.staff.models import Link
from tibir.staff.views.login import page, slowed

OPENED = "opened_link"


@login_not_required
@page
def forgotten(request):
    """The same page, after the same work, whoever is asked for."""
    form = EmailForm(request.POST or None, request=request)
    if request.method == "POST" and form.is_valid():
        links.ask_for_link(form.cleaned_data["email"], by=SENDER)
        return render(request, "staff/asked.html")
    return slowed(render(request, "staff/forgotten.html", {"form": form}), form)


@login_not_required
@page
def link(request):
    form = LinkForm(request.POST or None, request=request, found=_found)
    if request.method == "POST" and form.is_valid():
        request.session.flush()
        request.session[OPENED] = form.link.pk
        return redirect("staff:password_by_link")
    return slowed(render(request, "staff/link.html", {"form": form}), form)


def _found(secret):
    try:
        wanted = digest(Link.PURPOSE, secret)
    except WeakSecret:
        return None
    return _open_links().filter(digest=wanted).first()


def _open_links():
    return Link.objects.open(timezone.now()).filter(user__is_active=True).select_related("user")


@login_not_required
@page
def password_by_link(request):
    opened = _open_links().filter(pk=request.session.get(OPENED)).first()
    if opened is None:
        return redirect("staff:link")
    user = opened.user
    form = PasswordForm(request.POST or None, user=user)
    if request.method == "POST" and form.is_valid():
        password = form.cleaned_data["password"]
        user = links.choose_password(opened, by=user, password=password, now=timezone.now())
        entry.begin(request, user)
        messages.success(request, _("Passordet er lagret."))
        return redirect("staff:code" if factors.has_any(user) else "staff:enrol")
    return render(request, "staff/password.html", {"form": form, "is_first": not user.last_login})
