"""Kalender: one's own meetings in one's own calendar program, with nothing of whom they are."""

from datetime import timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from interventions import actions, rules
from interventions.models import CalendarAddress, Meeting
from interventions.views.page import PAGE
from tibir.access.gate import permit
from tibir.calendar.feed import Appointment, written
from tibir.cases.models import STRICT, Grade
from tibir.core.attempts import address_of, note, too_many
from tibir.core.encryption import seal, unseal
from tibir.core.views import too_often

MADE = "calendar_made"
GUESSES = {"limit": 20, "window": timedelta(minutes=15)}
BEHIND, AHEAD = timedelta(days=30), timedelta(days=366)


@require_http_methods(PAGE)
def calendar(request):
    """The address is shown once, right after it was made: nobody can find it again."""
    user = request.user
    permit(rules.may_list(user))
    if request.method == "POST":
        if request.POST.get("action") == "close":
            actions.close_calendar(user, by=user)
            messages.success(request, _("Adressen virker ikke lenger."))
        else:
            request.session[MADE] = seal(actions.open_calendar(user, by=user), MADE)
        return redirect("interventions:calendar")
    secret = unseal(request.session.pop(MADE, ""), MADE)
    path = reverse("interventions:calendar_feed", args=[secret.lower()]) if secret else ""
    context = {
        "made": CalendarAddress.objects.filter(user=user).first(),
        "address": request.build_absolute_uri(path) if secret else "",
    }
    return render(request, "interventions/calendar.html", context)


@login_not_required
@require_safe
def feed(request, secret):
    """What a program fetches. Whether an address never was, or is closed, nobody can tell."""
    found = CalendarAddress.objects.opened_by(secret).select_related("user").first()
    if found is None:
        if too_many("calendar", address_of(request), **GUESSES):
            return too_often(request, None)
        note("calendar", address_of(request))
        said = _("Denne kalenderen finnes ikke.")  # raised, it would not be counted
        return HttpResponse(said, status=404, content_type="text/plain; charset=utf-8")
    now = timezone.now()
    today = timezone.localdate(now)
    if found.read_on != today:
        CalendarAddress.objects.filter(pk=found.pk).update(read_on=today)
    # Who hides is in no calendar: it lies at somebody else's, with all that is known of times.
    mine = Meeting.objects.visible_to(found.user).led_by(found.user).for_list()
    mine = mine.exclude(course__case__grade__in=STRICT)
    shown = mine.filter(starts_at__gt=now - BEHIND, starts_at__lt=now + AHEAD)
    host = urlsplit(settings.PUBLIC_URL).hostname or "tibir"
    lines = written(
        "TIBIR", host, [_appointment(each) for each in shown.select_related("course__case")], now
    )
    response = HttpResponse(lines, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="tibir.ics"'
    return response


def _appointment(meeting):
    """Of a family that is protected only when, so that it looks like all that is not at ours."""
    is_open = meeting.course.case.grade == Grade.OPEN
    return Appointment(
        number=meeting.pk,
        starts_at=meeting.starts_at,
        ends_at=meeting.ends_at,
        title="TIBIR-møte",
        place=meeting.place if meeting.is_at_ours and is_open else "",
        is_off=not (meeting.is_planned or meeting.is_held),
    )
