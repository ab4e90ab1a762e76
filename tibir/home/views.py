from django.contrib.auth.decorators import login_not_required
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from referrals import rules
from referrals.models import Referral
from tibir.access.roles import held_by
from tibir.accounts.models import Municipality


@login_not_required
@require_safe
def start(request):
    """The front door: where parents find their municipality, and staff find their day."""
    if not request.user.is_authenticated:
        places = Municipality.objects.receiving().only("name", "slug")
        return render(request, "home/front.html", {"places": places})
    today = timezone.localdate()
    context = {"today": today, "held": held_by(request.user), "lists_referrals": False}
    if rules.may_list(request.user):
        open_referrals = Referral.objects.listed_for(request.user).open()
        context |= {
            "lists_referrals": True,
            "overdue": open_referrals.overdue(today).count(),
            "soon": open_referrals.due_within(3, today).count(),
            "open": open_referrals.count(),
        }
    return render(request, "home/start.html", context)
