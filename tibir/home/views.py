from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from referrals import rules
from referrals.models import Referral
from tibir.access.gate import find, permit
from tibir.access.roles import Kind, held_by, units_where
from tibir.accounts.models import Municipality
from tibir.audit.record import record
from tibir.cases.models import CaseMember
from tibir.core.dates import hour_and_minute
from tibir.core.encryption import seal, unseal
from tibir.home.forms import SearchForm
from tibir.home.letters import notices, unread_count
from tibir.home.rules import may_search
from tibir.home.search import look_up
from tibir.notifications import actions as notifications
from tibir.notifications.kinds import DIGEST_AT
from tibir.notifications.models import Notification

PER_PAGE = 25
LOOKED_FOR = "looked_for"


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


# --- Varsler: what this user was told -----------------------------------------------------


@require_safe
def notification_list(request):
    mine = Notification.objects.visible_to(request.user).for_list()
    only_unread = request.GET.get("vis") == "uleste"
    after = _number(request.GET.get("etter"))
    rows = mine.unread() if only_unread else mine
    page = list((rows.before(after) if after else rows)[: PER_PAGE + 1])
    more = page[PER_PAGE - 1].pk if len(page) > PER_PAGE else None
    page = page[:PER_PAGE]
    record("notification.listed", by=request.user, rows=len(page))
    context = {
        "rows": notices(request.user, page, timezone.localdate()),
        "unread": unread_count(request.user),
        "only_unread": only_unread,
        "newest": page[0].pk if page else None,
        "next": more,
        "is_first_page": not after,
        "times": [hour_and_minute(at) for at in DIGEST_AT],
    }
    return render(request, "home/notifications.html", context)


def _number(text):
    return int(text) if text and text.isdecimal() and len(text) < 19 else None


@require_POST
def read(request, pk):
    """One is read: by opening what it is about, or by saying so."""
    mine = Notification.objects.visible_to(request.user)
    notification = find(mine, pk=pk)
    notifications.read(mine.filter(pk=pk), by=request.user)
    (notice,) = notices(request.user, [notification], timezone.localdate())
    opens = notice["url"] and "open" in request.POST
    return redirect(notice["url"] if opens else _back(request))


@require_POST
def read_all(request):
    """All that stood there; what has come since then is still new."""
    newest = _number(request.POST.get("newest"))
    if newest:
        mine = Notification.objects.visible_to(request.user)
        notifications.read(mine.filter(pk__lte=newest), by=request.user)
        messages.success(request, _("Varslene er merket som lest."))
    return redirect(_back(request))


def _back(request):
    query = {"vis": "uleste"} if request.POST.get("vis") == "uleste" else None
    return reverse("home:notifications", query=query)


# --- Søk ----------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def search(request):
    """What is looked for is somebody's name: it stands in no address, and sealed in the session."""
    permit(may_search(request.user))
    if request.method == "POST":
        typed = SearchForm(request.POST)
        if typed.is_valid():
            request.session[LOOKED_FOR] = seal(typed.cleaned_data["q"], LOOKED_FOR)
            return redirect("home:search")
        return render(request, "home/search.html", {"form": typed, "found": None})
    text = unseal(request.session.get(LOOKED_FOR, ""), LOOKED_FOR)
    kind, found = look_up(request.user, text) if text else ("", None)
    if kind:
        record("search", by=request.user, kind=kind, rows=len(found))
    context = {
        "form": SearchForm(initial={"q": text}),
        "found": found and _rows(request.user, found),
        "nothing": found == [],
        "is_short": kind == "short",
    }
    return render(request, "home/search.html", context)


def _rows(user, found):
    """Which of them lead on: a name and a place are for more people than what was written."""
    by_role = units_where(user, Kind.REFERRAL)
    mine = CaseMember.objects.current().filter(user=user, case__in={r.case_id for r in found})
    as_member = set(mine.values_list("case", flat=True))
    return [
        {"referral": r, "opens": r.case.unit_id in by_role or r.case_id in as_member} for r in found
    ]
