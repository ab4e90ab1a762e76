"""One page for a family that was met in ordinary service: register, screen, and begin."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from interventions import actions, rules
from interventions.forms.direct import DirectForm
from interventions.models import SafetyCheck
from interventions.views.decision import SEEN, in_words, known_to, recommended
from interventions.views.page import PAGE, today
from referrals.actions import DifferentContent, sent_before
from referrals.forms.answers import as_typed
from referrals.models import Submission, is_outside
from referrals.routing import canonical
from tibir.access.gate import find, permit
from tibir.accounts.models import Municipality
from tibir.core.codes import TOKEN_BITS, WeakSecret, derive, new_secret
from tibir.core.encryption import seal, unseal
from tibir.core.errors import DomainError, say_why
from tibir.documents.models import Dispatch

LOOK, START, KEEP = "look", "start", "keep"
NUMBERED = "…"  # the reference is made when it is stored


@require_http_methods(PAGE)
def start(request):
    """Nothing is stored until somebody has looked it over and pressed one of the last buttons."""
    places = rules.places_to_start(request.user, today())
    permit(places)
    place = next(iter(places))
    if "kommune" in request.GET:
        mine = Municipality.objects.filter(pk__in=[each.pk for each in places])
        place = find(mine, slug=request.GET["kommune"])
    action = request.POST.get("action", "")
    form = _form(request, action)
    token = _token(request)
    seen, earlier, status = None, None, 200
    if action in (LOOK, START, KEEP) and form.is_valid():
        said = {"by": request.user, "token": token, "told": form.told()}
        try:
            answer, seen = _answer(request, action, place, form, said)
        except actions.StartedBefore as before:
            messages.info(
                request, _("Dette er registrert før, og ble ikke registrert en gang til.")
            )
            return redirect(before.referral)
        except DifferentContent:
            answer, earlier = None, sent_before(token)
        if answer:
            return answer
        status = 409 if action != LOOK and not earlier else 200
    context = {
        "place": place,
        "places": places,
        "form": form,
        "sections": form.section,
        "token": token,
        "earlier": earlier,
        "is_outside": seen and is_outside(seen.referral.child_age),
        **(_shown(seen) if seen else {}),
        "looked": seen,
    }
    return render(request, "interventions/direct.html", context, status=status)


def _form(request, action):
    if request.method != "POST":
        return DirectForm()
    typed = as_typed(request.POST)
    if action == "add":
        typed["people"] = [str(len(DirectForm(typed).family.people) + 1)]
    return DirectForm(typed, bound=action in (LOOK, START, KEEP), starts=action != KEEP)


def _token(request):
    """The token of the form; a new one when there is none, or somebody has meddled with it."""
    token = request.POST.get("token", "")
    try:
        derive(Submission.STATUS, token)
    except WeakSecret:
        return new_secret(TOKEN_BITS)
    return token


def _answer(request, action, place, form, said):
    """(where to go, or None; what was looked at): what cannot be stays on the page with why."""
    if action == KEEP:
        return _kept(request, place, form, said), None
    try:
        seen = actions.foresee(place, **said)
        form.check(seen.result)
        if action == START and form.is_valid() and not seen.stopped:
            then = unseal(request.POST.get("seen", ""), SEEN)
            referral = actions.start_at_once(place, seen=then, **said)
            messages.success(
                request,
                _("Rådgivningen er avtalt. Svarfristen er holdt når alle har fått brevet sitt."),
            )
            return redirect(referral), seen
    except (actions.StartedBefore, DifferentContent):
        raise
    except DomainError as error:
        say_why(form, error)
        return None, None
    return None, seen


def _kept(request, place, form, said):
    try:
        course = actions.keep_at_once(place, **said)
    except (actions.StartedBefore, DifferentContent):
        raise
    except DomainError as error:
        say_why(form, error)
        return None
    if form.is_worried:
        messages.info(request, _("Alt er lagret. Avgjør nå om bekymringen skal meldes."))
        checks = SafetyCheck.objects.visible_to(request.user).filter(course=course)
        return redirect("interventions:report_worry", course.case_id, checks.get().pk)
    messages.success(
        request, _("Henvisningen og kartleggingen er lagret. Koordinatoren svarer familien.")
    )
    return redirect(course)


def _shown(seen):
    known = known_to(seen.rule_set.table, seen.facts)
    return {
        "seen": seal(canonical(seen.facts), SEEN),
        "facts": in_words(known),
        "rule_set": seen.rule_set,
        "recommended": recommended(seen.result),
        "letters": [
            {
                "person": person,
                "way": Dispatch.Channel(way).label,
                "language": seen.referral.submission.language,
                "words": words | {"reference": NUMBERED},
            }
            for person, way, words in seen.letters
        ],
    }
