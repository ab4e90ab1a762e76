"""What every page of a case begins with, and how one form about it is shown."""

from django.shortcuts import render
from django.utils import timezone

from tibir.access.gate import find
from tibir.access.roles import Kind
from tibir.audit.record import record
from tibir.cases.models import Case
from tibir.family.rules.access import reading_basis

PAGE = ["GET", "HEAD", "POST"]


def find_case(request, pk):
    cases = Case.objects.visible_to(request.user)
    return find(cases.select_related("child", "unit", "responsible", "municipality"), pk=pk)


def ground(request, case):
    """On which basis somebody reads it, as the log says it."""
    return reading_basis(request.user, case, Kind.CASE)


def shown(request, case, template, context, *, status=200):
    """A page of the case that no other row of the log tells of."""
    record("case.read", case, by=request.user, basis=ground(request, case))
    return render(request, template, context, status=status)


def typed(request):
    return request.POST if request.method == "POST" else None


def today():
    return timezone.localdate()


def act(request, case, form, *, title, button, back, lead="", is_noted=False, status=200, **more):
    """One form, and nothing else to look at. `is_noted`: the log tells of it already."""
    context = {"case": case, "form": form, "title": title, "lead": lead, "button": button}
    context |= {"back": back} | more
    if is_noted:
        return render(request, "family/act.html", context, status=status)
    return shown(request, case, "family/act.html", context, status=status)
