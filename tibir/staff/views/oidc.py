"""Logging in elsewhere. Whoever comes back is a user that we have, or nobody."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tibir.accounts.models import Membership, User
from tibir.audit.record import CLOCK, record
from tibir.staff import entry, oidc
from tibir.staff.actions import own
from tibir.staff.models import Identity
from tibir.staff.views.login import inside

THEN, LINKING = "oidc_then", "oidc_linking"


def _provider(key):
    try:
        return settings.STAFF_OIDC[key]
    except KeyError:
        raise Http404 from None


# Asking somebody far away takes its time, and no transaction may wait for that.


@transaction.non_atomic_requests
@login_not_required
@require_POST
def begin(request, key):
    """By a press on a page of ours: a link from elsewhere logs nobody in."""
    provider = _provider(key)
    then = request.POST.get("next", "")
    if request.user.is_authenticated:
        if not entry.has_proved(request):
            return redirect(reverse("staff:proof"))
        request.session[LINKING] = request.user.pk
    request.session[THEN] = then if url_has_allowed_host_and_scheme(then, None) else ""
    try:
        there = oidc.start(request, provider, _answer_to(provider)).url
    except oidc.Down:
        return _down(request, provider)
    # Not a redirect: our policy lets no form lead to another site.
    return render(request, "staff/oidc_on.html", {"provider": provider, "there": there})


def _answer_to(provider):
    return settings.PUBLIC_URL + reverse("staff:oidc_answer", args=[provider.key])


@transaction.non_atomic_requests
@login_not_required
@require_safe
def answer(request, key):
    provider = _provider(key)
    linking = request.session.pop(LINKING, None)
    then = request.session.pop(THEN, "")
    try:
        claims = oidc.claims(request, provider)
    except oidc.Down:
        return _down(request, provider)
    except oidc.Refused as why:
        return _refused(request, provider, str(why))
    with transaction.atomic():
        if linking is not None:
            return _link(request, provider, claims, linking)
        user = _user(provider, claims)
        if user is None:
            return _refused(request, provider, "unknown")
        request.session[entry.PENDING] = {"then": then}
        return inside(request, user, f"oidc {provider.key}")


def _link(request, provider, claims, linking):
    if not request.user.is_authenticated or request.user.pk != linking:
        return _refused(request, provider, "other user")
    user = request.user
    way = f"oidc {provider.key}"
    own.link_identity(user, by=user, issuer=provider.issuer, subject=claims["sub"], way=way)
    entry.stay(request, user)
    messages.success(
        request, _("Koblet. Neste gang kan du logge inn med %(name)s.") % {"name": provider.name}
    )
    return redirect("staff:own")


def _user(provider, claims):
    """The active user whom this is; by e-mail only where that is allowed, and the first time."""
    known = Identity.objects.filter(issuer=provider.issuer, subject=claims["sub"])
    identity = known.select_related("user").first()
    user = identity.user if identity else _by_email(provider, claims)
    if user is None or not user.is_active or not _works_there(user, provider):
        return None
    if identity is None:
        own.link_identity(
            user, by=user, issuer=provider.issuer, subject=claims["sub"], way="e-mail"
        )
    return user


def _by_email(provider, claims):
    email = claims.get("email")
    if not provider.link_by_email or claims.get("email_verified") is not True or not email:
        return None
    found = User.objects.filter(email=str(email).lower(), is_active=True)
    return found.exclude(identities__issuer=provider.issuer).first()


def _works_there(user, provider):
    if not provider.municipality:
        return True
    held = Membership.objects.current().filter(user=user)
    whole = held.filter(municipality__slug=provider.municipality)
    return (whole | held.filter(unit__municipality__slug=provider.municipality)).exists()


def _down(request, provider):
    return render(request, "staff/oidc_down.html", {"provider": provider}, status=503)


def _refused(request, provider, why):
    with transaction.atomic():
        record("user.oidc_refused", by=CLOCK, provider=provider.key, why=why)
    return render(
        request, "staff/oidc_refused.html", {"provider": provider, "why": why}, status=403
    )
