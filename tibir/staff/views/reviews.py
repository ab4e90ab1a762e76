"""Tilganger: who has which role in the unit, and is it still right?"""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tibir.access.gate import find, permit
from tibir.access.roles import Kind as Seen
from tibir.access.roles import units_where
from tibir.accounts.models import Membership, Unit
from tibir.audit.record import record
from tibir.core.dates import long_date
from tibir.core.templatetags.ui import days_left, urgency
from tibir.deadlines.kinds import Kind
from tibir.deadlines.models import Deadline
from tibir.staff import rules
from tibir.staff.actions import reviews
from tibir.staff.forms import ReviewForm
from tibir.staff.models import Review
from tibir.staff.views.login import page


@require_safe
def review_list(request):
    permit(rules.may_list_reviews(request.user))
    units = Unit.objects.filter(pk__in=units_where(request.user, Seen.STAFF)).order_by("name", "pk")
    today = timezone.localdate()
    due = {
        d.unit_id: d
        for d in Deadline.objects.visible_to(request.user).open().filter(kind=Kind.ACCESS_REVIEW)
    }
    last = {
        review.unit_id: review
        for review in Review.objects.filter(unit__in=units).order_by("at", "pk")
    }
    rows = [_row(unit, due.get(unit.pk), last.get(unit.pk), today) for unit in units]
    return render(request, "staff/review_list.html", {"rows": rows})


def _row(unit, deadline, last, today):
    days = deadline.days_left(today) if deadline else None
    return {
        "unit": unit,
        "last": long_date(timezone.localdate(last.at)) if last else "",
        "due_on": long_date(deadline.due_on) if deadline else "",
        "clock": days_left(days) if deadline else "",
        "urgency": urgency(days) if deadline else "",
    }


@page
def review(request, pk):
    unit = find(Unit.objects.filter(pk__in=units_where(request.user, Seen.STAFF)), pk=pk)
    permit(rules.may_review(request.user, unit))
    held = Membership.objects.current().filter(unit=unit).select_related("user", "unit")
    everyone = list(held.order_by("user__name", "role", "pk"))
    others = [membership for membership in everyone if membership.user_id != request.user.pk]
    typed = request.POST if request.method == "POST" else None
    form = ReviewForm(typed, memberships=others)
    if request.method == "POST" and form.is_valid():
        chosen = form.cleaned_data
        reviews.review(
            unit,
            by=request.user,
            kept=chosen["kept"],
            ended=chosen["ended"],
            today=timezone.localdate(),
        )
        messages.success(request, _("Tilgangene er sett over. Det du fjernet, er borte nå."))
        return redirect("staff:reviews")
    record("staff.listed", unit, by=request.user, basis="role", rows=len(everyone))
    context = {
        "unit": unit,
        "form": form,
        "rows": [_line(m, form) for m in others],
        "own": [m for m in everyone if m.user_id == request.user.pk],
    }
    return render(request, "staff/review.html", context)


def _line(membership, form):
    return {
        "membership": membership,
        "field": form[f"membership-{membership.pk}"],
        "seen": membership.user.last_login,
    }
