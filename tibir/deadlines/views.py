"""Frister: what must be done by when, and who has it."""

from datetime import date, timedelta

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tibir.access.gate import find, permit
from tibir.audit.record import record
from tibir.core.dates import short_date
from tibir.core.errors import DomainError, say_why
from tibir.core.templatetags.ui import days_left, urgency
from tibir.deadlines import actions, rules
from tibir.deadlines.forms import GiveForm
from tibir.deadlines.models import Deadline, Sweep

PER_PAGE = 25
COUNTED = 100
SOON = 3


@require_safe
def deadline_list(request):
    permit(rules.may_list(request.user))
    now = timezone.now()
    today = timezone.localdate(now)
    views = _views(request.user, today)
    chosen = request.GET.get("vis", "")
    if chosen not in views:
        chosen = ""
    counts = _counts(views, today)
    rows = views[chosen][1].for_list()
    after = _position(request.GET.get("etter", ""))
    if after:
        rows = rows.after(*after)
    page = list(rows[: PER_PAGE + 1])
    more = page[PER_PAGE - 1] if len(page) > PER_PAGE else None
    page = page[:PER_PAGE]
    record("deadline.listed", by=request.user, rows=len(page), view=chosen)
    context = {
        "rows": [_row(deadline, request.user, today) for deadline in page],
        "shows_unit": len({deadline.unit for deadline in page}) > 1,
        "views": [
            {"key": key, "label": label, "count": counts[key], "current": key == chosen}
            for key, (label, _found) in views.items()
        ],
        "chosen": chosen,
        "next": f"{more.due_on}.{more.pk}" if more else "",
        "is_first_page": not after,
        "sweep_stands_still": Sweep.stands_still(now),
    }
    return render(request, "deadlines/deadline_list.html", context)


def _views(user, today):
    """Who watches over no unit sees what they have, and what they are cleared for."""
    seen = Deadline.objects.visible_to(user).open().in_sight(today)
    if rules.may_watch(user):
        watched = Deadline.objects.listed_for(user).open().in_sight(today)
        first = {"": (_("Enhetens"), watched), "mine": (_("Mine"), seen.owned_by(user))}
    else:
        watched, first = seen, {"": (_("Mine"), seen)}
    return first | {
        "snart": (_("Frist innen tre dager"), watched.due_within(SOON, today)),
        "over": (_("Over fristen"), watched.overdue(today)),
    }


def _counts(views, today):
    """Exact for the numbers a person counts; beyond that «100+» says enough and costs nothing.

    The earliest hundred tell it all: what is over comes first, then what is soon.
    """
    days = _days(views[""][1])
    soon = today + timedelta(days=SOON)
    is_cut = len(days) > COUNTED
    found = {
        "": (len(days), True),
        "snart": (sum(today <= day <= soon for day in days), days and days[-1] <= soon),
        "over": (sum(day < today for day in days), days and days[-1] < today),
    }
    counts = {
        key: f"{min(number, COUNTED)}+" if is_cut and goes_on else str(number)
        for key, (number, goes_on) in found.items()
    }
    if "mine" in views:
        mine = len(_days(views["mine"][1]))
        counts["mine"] = f"{COUNTED}+" if mine > COUNTED else str(mine)
    return counts


def _days(found):
    days = found.countable().order_by("due_on").values_list("due_on", flat=True)
    return list(days[: COUNTED + 1])


def _position(text):
    day, _dot, pk = text.partition(".")
    try:
        return date.fromisoformat(day), int(pk)
    except ValueError:
        return None


def _row(deadline, user, today):
    """What one row says, in words: the template is asked for nothing that costs a look-up."""
    days = deadline.days_left(today)
    return {
        "deadline": deadline,
        "url": deadline.get_absolute_url(),
        "clock": days_left(days),
        "urgency": urgency(days),
        "due_on": short_date(deadline.due_on),
        "kind": deadline.what,
        "child": deadline.case.child.initials if deadline.case else "",
        "is_strict": deadline.is_strict,
        "owner": deadline.owner.name if deadline.owner else _("ingen"),
        "unit": deadline.unit.name,
        "may_take": deadline.is_open and rules.may_take(user, deadline),
        "may_give": deadline.is_open and rules.may_give(user, deadline),
        "may_finish": deadline.is_open and rules.may_finish(user, deadline),
    }


@require_safe
def detail(request, pk):
    """Where a notice leads: what it was about, how it stands now, and the way to the thing."""
    permit(rules.may_list(request.user))
    deadline = _found(request, pk)
    _note_reading(request, deadline)
    row = _row(deadline, request.user, timezone.localdate())
    return render(request, "deadlines/detail.html", {"row": row})


@require_POST
def take(request, pk):
    deadline = _found(request, pk)
    permit(rules.may_take(request.user, deadline))
    actions.take(deadline, by=request.user)
    messages.success(request, _("Nå er det du som har den."))
    return _back(request)


@require_http_methods(["GET", "HEAD", "POST"])
def give(request, pk):
    deadline = _found(request, pk)
    permit(rules.may_give(request.user, deadline))
    form, status = GiveForm(request.POST or None, deadline=deadline), 200
    if request.method == "POST" and form.is_valid():
        try:
            actions.give(deadline, by=request.user, **form.cleaned_data)
        except DomainError as error:
            say_why(form, error)
            deadline, status = _found(request, pk), 409
        else:
            given = _("%(name)s har den nå, og har fått et varsel.")
            messages.success(request, given % {"name": form.cleaned_data["to"]})
            return redirect(deadline.page)
    _note_reading(request, deadline)
    row = _row(deadline, request.user, timezone.localdate())
    return render(request, "deadlines/give.html", {"row": row, "form": form}, status=status)


@require_POST
def finish(request, pk):
    deadline = _found(request, pk)
    permit(rules.may_finish(request.user, deadline))
    actions.finish(deadline, by=request.user, on=timezone.localdate())
    messages.success(request, _("Ferdig. Den står ikke lenger i listen."))
    return _back(request)


def _found(request, pk):
    seen = Deadline.objects.visible_to(request.user).with_referral()
    return find(seen.select_related("case__unit", "case__child", "unit", "owner"), pk=pk)


def _note_reading(request, deadline):
    basis = rules.basis(request.user, deadline)
    record("deadline.read", deadline, by=request.user, basis=basis)


def _back(request):
    """To the view that the button stood in."""
    view = request.POST.get("vis", "")
    return redirect(reverse("deadlines:list", query={"vis": view} if view.isalpha() else None))
