"""What stands on every page of a case while somebody reads it in an emergency."""

from tibir.cases.models import TimedAccess, opened_in_emergency

OF_A_CASE = {"home", "family", "referrals", "interventions", "documents"}


def emergency(request):
    """Context processor: asked on the pages of one thing alone, so that lists cost nothing."""
    match, user = request.resolver_match, getattr(request, "user", None)
    if match is None or user is None or not user.is_authenticated:
        return {}
    if match.namespace not in OF_A_CASE or not {"pk", "case"} & match.kwargs.keys():
        return {}
    if not opened_in_emergency(user):
        return {}
    running = TimedAccess.objects.current().emergencies().filter(user=user)
    return {"emergencies": list(running.order_by("ends_at").values_list("ends_at", flat=True))}
