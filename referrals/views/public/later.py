"""Later, on another device, or never."""

from datetime import timedelta

from django.contrib.auth.decorators import login_not_required
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from referrals import actions
from referrals.forms.answers import CodeForm
from referrals.views.public.ground import DRAFT, SUMMARY, address, alive, find_place, here, opened
from tibir.audit.record import SENDER
from tibir.core import tickets
from tibir.core.attempts import address_of, note, too_many
from tibir.core.views import too_often

GUESSES = {"limit": 20, "window": timedelta(minutes=15)}


@login_not_required
@require_safe
def later(request, municipality, public_id):
    """How to come back: the address, and the code that opens it."""
    place = find_place(municipality)
    draft = opened(request, place, public_id)
    if draft is None or draft.submission_id:
        return redirect("referrals:resume", place.slug, public_id)
    secret = tickets.held(request, DRAFT, public_id)
    link = request.build_absolute_uri(address(draft, "fortsett")) + "#" + secret
    steps = draft.door.steps
    next_step = next((s for s in steps if draft.typed(s.slug) is None), draft.door.last)
    context = {
        "municipality": place,
        "draft": draft,
        "code": secret,
        "link": link,
        "continue_at": address(draft, next_step.slug),
    }
    return render(request, "referrals/later.html", context)


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def resume(request, municipality, public_id):
    """The way back into a draft. A GET opens and uses up nothing."""
    place = find_place(municipality)
    form = CodeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        where = address_of(request)
        if too_many("draft code", where, **GUESSES):
            return too_often(request, place)
        draft = alive(place, public_id)
        is_open = draft is not None and not draft.submission_id
        if is_open and draft.opens_with(form.cleaned_data["code"]):
            steps = draft.door.steps
            slug = next((s.slug for s in steps if draft.typed(s.slug) is None), SUMMARY)
            response = here(draft, slug)
            response["Location"] += "#innhold"  # else the browser carries the secret along
            left = draft.expires_at - timezone.now()
            tickets.give(response, DRAFT, public_id, form.cleaned_data["code"], left)
            return response
        note("draft code", where)
        form.add_error(
            "code",
            _("Koden stemmer ikke, eller skjemaet er sendt eller slettet. Se over koden."),
        )
    context = {"municipality": place, "form": form}
    return render(request, "referrals/resume.html", context)


@login_not_required
@require_POST
def discard(request, municipality, public_id):
    place = find_place(municipality)
    if not tickets.held(request, DRAFT, public_id):
        return redirect("referrals:resume", place.slug, public_id)
    draft = opened(request, place, public_id)
    if draft is not None and draft.submission_id:
        return redirect("portal:receipt", place.slug, draft.submission.public_id)
    if draft is not None:
        actions.discard(draft, by=SENDER)
    response = render(request, "referrals/discarded.html", {"municipality": place})
    tickets.take_back(response, DRAFT, public_id)
    return response
