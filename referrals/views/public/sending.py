"""The whole form once more, and then it is sent."""

from django.contrib.auth.decorators import login_not_required
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods

from referrals import actions
from referrals.forms.answers import read
from referrals.letters import sections
from referrals.views.public.ground import (
    SUMMARY,
    address,
    alive,
    faulty_address,
    find_place,
    form_token,
    here,
    opened,
    shown_version,
    to_receipt,
)
from tibir.audit.record import SENDER
from tibir.core.errors import StaleState
from tibir.core.languages import chosen_language, speak


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def summary(request, municipality, public_id):
    place = find_place(municipality)
    if request.method == "POST":
        token = form_token(request)
        sent = actions.sent_before(token) if token else None
        if sent is not None:
            return to_receipt(request, sent, token)
    draft = opened(request, place, public_id)
    if draft is None:
        return redirect("referrals:resume", place.slug, public_id)
    if draft.submission_id:
        return redirect("portal:receipt", place.slug, draft.submission.public_id)
    if request.method == "POST":
        return _send(request, place, draft)
    return _summary_page(request, draft)


def _send(request, place, draft):
    token = draft.payload["token"]
    answers, wrong = read(draft)
    language = chosen_language(request)
    if language:
        return speak(here(draft, SUMMARY), language)
    if wrong:
        return redirect(faulty_address(draft, wrong[0], from_summary=True))
    try:
        submission = actions.send(
            draft,
            by=SENDER,
            version=shown_version(request),
            language=get_language(),
            answers=answers,
        )
    except StaleState as changed:
        draft = alive(place, draft.public_id)
        if draft is None:
            return redirect("referrals:start", place.slug)
        return _summary_page(request, draft, changed=changed)
    return to_receipt(request, submission, token)


def _summary_page(request, draft, changed=None):
    answers, wrong = read(draft)
    said = [
        {**section, "url": address(draft, each.slug) + f"?fra={SUMMARY}"}
        for each, section in zip(draft.door.steps, sections(answers), strict=True)
    ]
    context = {
        "municipality": draft.municipality,
        "draft": draft,
        "sections": said,
        "wrong": wrong,
        "wrong_url": faulty_address(draft, wrong[0], from_summary=True) if wrong else "",
        "previous_url": address(draft, draft.door.last.slug),
        "lacks_agreement": any(step.needs_agreement for step in wrong),
        "changed": changed,
        "language_form_id": "steg",
    }
    return render(request, "referrals/summary.html", context)
