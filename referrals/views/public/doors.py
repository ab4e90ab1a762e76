"""Three doors: a parent's, a professional's, and the short one, «Ring meg»."""

import json
from datetime import timedelta

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.datastructures import MultiValueDict
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from referrals import actions
from referrals.forms.answers import QuestionsForm, typed_for
from referrals.models import Submission
from referrals.questions import CALL_ME, ENTRANCES, PARENT
from referrals.views.public.ground import CALL, DRAFT, find_place, form_token, is_busy, to_receipt
from tibir.audit.record import SENDER
from tibir.core import tickets
from tibir.core.codes import TOKEN_BITS, new_secret
from tibir.core.encryption import seal, unseal
from tibir.core.languages import chosen_language, speak, switch
from tibir.core.views import too_often

TYPED = "skrevet"  # for a call, and not sent yet: sealed, on the device alone
KEPT_FOR = timedelta(hours=1)
MOST_KEPT = 3_800  # letters; a browser keeps 4 096 with the name and all


@login_not_required
@require_safe
def start(request, municipality):
    return render(request, "referrals/start.html", {"municipality": find_place(municipality)})


@login_not_required
@require_POST
def begin(request, municipality):
    place = find_place(municipality)
    entrance = request.POST.get("door", PARENT.key)
    if entrance not in ENTRANCES:
        raise Http404
    if is_busy(request):
        return too_often(request, place)
    draft, secret = actions.begin(place, by=SENDER, language=get_language(), entrance=entrance)
    response = redirect("referrals:step", place.slug, draft.public_id, draft.door.first.slug)
    tickets.make_room(request, response, DRAFT)
    tickets.give(response, DRAFT, draft.public_id, secret, settings.DRAFT_LIFETIME)
    return response


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def call_me(request, municipality):
    """The short door: one page, one telephone call."""
    place = find_place(municipality)
    if request.method == "POST":
        return _call(request, place)
    typed = _kept(request, place) if "vis" in request.GET else None
    bound = typed is not None and request.GET["vis"] == "feil"
    return _call_page(request, place, _call_form(MultiValueDict(typed or {}), bound=bound))


def _call(request, place):
    language = chosen_language(request)
    form = _call_form(request.POST, bound=not language)
    if form.is_valid():
        return _receive_call(request, place, {CALL_ME.slug: form.answers})
    kept = seal(json.dumps(typed_for(request.POST, CALL_ME), ensure_ascii=False), CALL)
    if len(kept) > MOST_KEPT:
        switch(language)
        return speak(_call_page(request, place, form), language)
    # A page that was asked for with GET is there when one goes back to it.
    response = redirect(f"{request.path}?vis={'skrevet' if language else 'feil'}")
    tickets.give(response, TYPED, place.slug, kept, KEPT_FOR)
    tickets.give(response, CALL, place.slug, _call_token(request, place))
    return speak(response, language)


def _call_form(typed, *, bound):
    return QuestionsForm(CALL_ME.questions, typed if bound else None, typed=typed)


def _kept(request, place):
    """What was typed on this device and could not be sent, or None."""
    text = unseal(tickets.held(request, TYPED, place.slug), CALL)
    return json.loads(text) if text else None


def _call_token(request, place):
    return form_token(request) or tickets.held(request, CALL, place.slug) or new_secret(TOKEN_BITS)


def _call_page(request, place, form):
    token = _call_token(request, place)
    context = {"municipality": place, "form": form, "token": token, "language_form_id": "steg"}
    response = render(request, "referrals/call_me.html", context)
    # Going back fetches the page anew; the same words sent again are still the same call.
    tickets.give(response, CALL, place.slug, token)
    return response


def _receive_call(request, place, answers):
    token, busy = form_token(request) or new_secret(TOKEN_BITS), is_busy(request)
    said = {"channel": Submission.Channel.CALL_ME, "language": get_language(), "answers": answers}
    while True:
        if busy and actions.sent_before(token) is None:
            return too_often(request, place)
        try:
            submission = actions.receive(place, by=SENDER, token=token, **said)
        except actions.DifferentContent as another:
            token = another.token
        else:
            response = to_receipt(request, submission, token)
            if tickets.held(request, TYPED, place.slug):
                tickets.take_back(response, TYPED, place.slug)
            return response
