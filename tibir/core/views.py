import logging

from django.contrib.auth.decorators import login_not_required
from django.shortcuts import render

log = logging.getLogger(__name__)


@login_not_required
def form_too_old(request, reason=""):
    """Shown when the protection against forged forms says no: most often a page left open."""
    return render(request, "403_csrf.html", status=403)


def too_often(request, municipality):
    """Somebody tries far more than a person does."""
    log.warning("made to wait: %s", request.resolver_match.view_name)
    response = render(request, "429.html", {"municipality": municipality}, status=429)
    response["Retry-After"] = "900"
    return response
