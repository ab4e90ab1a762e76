"""Loggkontroll: who has read in a unit, a week at a time, and whether somebody has looked at it."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from tibir.access.gate import find, permit
from tibir.audit.record import record
from tibir.core.errors import DomainError
from tibir.family import actions
from tibir.family.forms.control import CheckForm
from tibir.family.rules import control as rules
from tibir.family.rules.log import may_read_log
from tibir.family.views.page import PAGE, typed


@require_safe
def controls(request):
    """Each unit of whoever checks, and the weeks that nobody has looked at yet."""
    permit(rules.may_check_log(request.user))
    weeks = rules.weeks(timezone.localdate())
    units = [_unit_row(unit, weeks) for unit in rules.checks_in(request.user)]
    return render(request, "family/controls.html", {"units": units})


def _unit_row(unit, weeks):
    checked = rules.checked(unit, weeks)
    return {
        "unit": unit,
        "weeks": [
            {
                "week": week,
                "url": reverse("family:control", args=[unit.pk, week.year, week.number]),
                "checks": checked.get(week.monday, []),
            }
            for week in weeks
        ],
    }


@require_http_methods(PAGE)
def control(request, pk, year, number):
    """One week of one unit. That it was looked at is in the log as well."""
    permit(rules.may_check_log(request.user))
    unit = find(rules.checks_in(request.user).select_related("municipality"), pk=pk)
    week = _week(year, number)
    form = CheckForm(typed(request))
    if form.is_valid():
        actions.check_log(unit, by=request.user, week=week, **form.cleaned_data)
        messages.success(request, _("Kontrollen er ført."))
        return redirect("family:controls")
    readers = rules.readers(request.user, unit, week)
    about = {"unit": unit.pk, "week": week.monday.isoformat(), "rows": len(readers)}
    record("log.check_read", unit, by=request.user, municipality=unit.municipality, **about)
    context = {
        "unit": unit,
        "week": week,
        "form": form,
        "readers": readers,
        "namesakes": rules.namesakes(request.user, unit, week),
        "spot_check": [
            {"case": each, "opens": may_read_log(request.user, each)}
            for each in rules.spot_check(request.user, unit, week)
        ],
        "checks": rules.checked(unit, [week]).get(week.monday, []),
        "hours": {"begins": rules.WORK_BEGINS, "ends": rules.WORK_ENDS},
    }
    return render(request, "family/control.html", context)


def _week(year, number):
    """One of those that may be looked at: a whole week, and not long ago."""
    for week in rules.weeks(timezone.localdate()):
        if (week.year, week.number) == (year, number):
            return week
    raise DomainError(_("Velg en av de siste åtte hele ukene."))
