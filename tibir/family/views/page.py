"""What every page of a case begins with, and how one form about it is shown."""

from django.shortcuts import render
from django.utils import timezone

from tibir.access.gate import find
from tibir.cases.models import Case

PAGE = ["GET", "HEAD", "POST"]


def find_case(request, pk):
    cases = Case.objects.visible_to(request.user)
    return find(cases.select_related("child", "unit", "responsible", "municipality"), pk=pk)


def typed(request):
    return request.POST if request.method == "POST" else None


def today():
    return timezone.localdate()


def act(request, case, form, *, title, button, back, lead="", **more):
    """One form, and nothing else to look at."""
    context = {"case": case, "form": form, "title": title, "lead": lead, "button": button}
    return render(request, "family/act.html", context | {"back": back} | more)
