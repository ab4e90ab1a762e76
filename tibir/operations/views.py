import logging
from datetime import timedelta

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.db import connection
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from tibir.access.gate import permit
from tibir.audit.record import record
from tibir.core import attempts
from tibir.deadlines.models import Sweep
from tibir.operations import health as signs_of
from tibir.operations import policy, rules

log = logging.getLogger(__name__)


@login_not_required
@require_safe
def live(request):
    """The web server answers; nothing else is asked."""
    return JsonResponse({"live": True})


@login_not_required
@require_safe
def ready(request):
    """The database answers, so pages do; 503 from the middleware when it does not."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return JsonResponse({"ready": True})


@login_not_required
@require_safe
def whole(request):
    """For the watch outside: 503 when put-off work or the notices have stood still for three."""
    now = timezone.now()
    late = {"clock": signs_of.beat_is_late(now), "sweep": Sweep.stands_still(now)}
    signs = {name: "late" if is_late else "well" for name, is_late in late.items()}
    return JsonResponse(signs, status=503 if any(late.values()) else 200)


REPORTS_IN_AN_HOUR = 20


@login_not_required
@csrf_exempt
@require_POST
def policy_report(request):
    """A browser refused something that our policy forbids. What kind it was goes to the log."""
    address = attempts.address_of(request)
    window = timedelta(hours=1)
    if attempts.too_many("policy", address, limit=REPORTS_IN_AN_HOUR, window=window):
        return HttpResponse(status=429)
    attempts.note("policy", address)
    try:
        report = policy.read(request.body, request.get_host())
    except ValueError:
        return HttpResponse(status=400)
    log.warning("the policy refused %s, %s, on %s", *report)
    return HttpResponse(status=204)


@login_not_required
@require_safe
def admin_door(request):
    """Administrators log in where everybody does, and are held to the same limits."""
    permit(not request.user.is_authenticated)
    return redirect_to_login(request.GET.get("next", ""))


@require_safe
def health(request):
    permit(rules.may_see_health(request.user))
    record("health.read", by=request.user)
    return render(
        request, "operations/health.html", {"signs": signs_of.signs(), "runs": signs_of.runs()}
    )
