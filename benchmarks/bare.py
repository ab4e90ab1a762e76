"""The least a list page can be: one query, twenty-five rows, a plain template."""

from django.contrib.auth.decorators import login_not_required
from django.shortcuts import render

from referrals.models import Referral


@login_not_required
def bare_list(request, unit):
    rows = (
        Referral.objects.filter(unit=unit)
        .open()
        .select_related("case__child", "owner", "submission")
        .order_by("due_on", "pk")[:25]
    )
    return render(request, "bare.html", {"rows": rows})
