"""The least a list page can be: one query, twenty-five rows, a plain template."""

from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.shortcuts import render

from referrals.models import Referral


@login_not_required
@transaction.non_atomic_requests
def bare_list(request, unit):
    rows = Referral.objects.filter(unit=unit).open().for_list()[:25]
    return render(request, "bare.html", {"rows": rows})
