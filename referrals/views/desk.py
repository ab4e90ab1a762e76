"""What staff write down themselves: a referral on the telephone or on paper, and a discussion."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from referrals import actions, rules
from referrals.forms.answers import as_typed
from referrals.forms.desk import DeskForm, DiscussionForm
from referrals.models import Discussion, Referral, Submission
from referrals.questions import ROLES, TOPICS
from tibir.access.gate import find, permit
from tibir.audit.record import record
from tibir.calendar.answer import due_on
from tibir.core.codes import TOKEN_BITS, WeakSecret, derive, new_secret
from tibir.core.dates import weekday_date


@require_http_methods(["GET", "HEAD", "POST"])
def register(request):
    """One page, because somebody waits on the telephone; nothing is saved before «Registrer»."""
    permit(rules.may_register(request.user))
    places = rules.registers_for(request.user).select_related("intake_unit")
    place = find(places, slug=request.GET["kommune"]) if "kommune" in request.GET else places[0]
    typed = as_typed(request.POST) if request.method == "POST" else None
    action = request.POST.get("action", "")
    if action == "add":
        typed["people"] = [str(len(DeskForm(typed, today=None).people) + 1)]
    form = DeskForm(typed, today=timezone.localdate(), bound=action == "save")
    token = _token(request, Submission.STATUS)
    earlier = None
    if action == "save" and form.is_valid():
        try:
            submission = actions.register(place, by=request.user, token=token, answers=form.answers)
        except actions.DifferentContent:
            earlier = actions.sent_before(token)
        else:
            return _to_what_was_registered(request, submission)
    context = {
        "place": place,
        "places": places,
        "form": form,
        "token": token,
        "earlier": earlier,
    }
    return render(request, "referrals/register.html", context)


def _to_what_was_registered(request, submission):
    visible = Referral.objects.visible_to(request.user).select_related("case")
    referral = visible.filter(submission=submission).first()
    if referral is None or not rules.may_read(request.user, referral):
        return redirect("referrals:registered", submission.pk)
    day = weekday_date(referral.due_on)
    messages.success(
        request, _("Henvisningen er registrert. Den skal ha svar senest %(day)s.") % {"day": day}
    )
    return redirect(referral)


@require_safe
def registered(request, pk):
    """The receipt of whoever may not read what they have just typed in."""
    permit(rules.may_register(request.user))
    submission = find(
        Submission.objects.listed_for(request.user).select_related(
            "municipality", "referral__case"
        ),
        pk=pk,
    )
    referral = getattr(submission, "referral", None)  # none when it could not be read in
    case = referral and referral.case
    record("submission.receipt_shown", submission, by=request.user, basis="role", case=case)
    received_on = timezone.localdate(submission.received_at)
    context = {
        "submission": submission,
        "received_on": received_on,
        "answer_by": due_on(received_on, submission.municipality.answer_days),
    }
    return render(request, "referrals/registered.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def discuss(request):
    """Somebody asked for advice and named nobody: four answers, and how many there were."""
    permit(rules.may_discuss(request.user))
    units = rules.discusses_in(request.user)
    unit = find(units, pk=_number(request.GET["enhet"])) if "enhet" in request.GET else units[0]
    today = timezone.localdate()
    form = DiscussionForm(
        request.POST if request.method == "POST" else None, initial={"held_on": today}
    )
    token = _token(request, Discussion.ONCE)
    if request.method == "POST" and form.is_valid():
        actions.discuss(unit, by=request.user, token=token, **form.cleaned_data)
        messages.success(request, _("Drøftingen er registrert."))
        return redirect(request.get_full_path())
    held = Discussion.objects.visible_to(request.user).filter(unit=unit).held_in(today.year)
    context = {
        "unit": unit,
        "units": units,
        "form": form,
        "token": token,
        "year": today.year,
        "counts": [
            {"label": _("Hvem som tok kontakt"), "rows": _counted(held, "caller_kind", ROLES)},
            {"label": _("Tema"), "rows": _counted(held, "topic", TOPICS)},
        ],
        "number": sum(row["number"] for row in held.counted_by("topic")),
    }
    return render(request, "referrals/discuss.html", context)


def _counted(held, field, choices):
    labels = dict(choices)
    return [row | {"label": labels[row[field]]} for row in held.counted_by(field)]


def _token(request, purpose):
    """The token of the form; a new one when there is none, or somebody has meddled with it."""
    token = request.POST.get("token", "")
    try:
        derive(purpose, token)
    except WeakSecret:
        return new_secret(TOKEN_BITS)
    return token


def _number(text):
    return int(text) if text.isdecimal() and len(text) < 10 else 0
