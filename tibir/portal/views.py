"""Pages for the one who sent: the receipt on the sending device, and the status anywhere."""

from datetime import timedelta

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from referrals.forms.answers import CodeForm
from referrals.letters import next_steps, steps_of_a_professional
from referrals.models import Referral, Submission
from referrals.rules import is_owed_an_answer
from referrals.states import State
from tibir.accounts.models import Municipality
from tibir.audit.record import record
from tibir.calendar.answer import due_on
from tibir.core import tickets
from tibir.core.attempts import address_of, note, too_many
from tibir.core.views import too_often
from tibir.documents import actions as documents

RECEIPT, STATUS, CALL, TYPED = "kvittering", "status", "ring-meg", "skrevet"
GUESSES = {"limit": 20, "window": timedelta(minutes=15)}


@login_not_required
@require_safe
def receipt(request, municipality, public_id):
    place = _place(municipality)
    submission = _with_receipt(request, place, public_id)
    if submission is None or submission.receipt.is_sealed:
        return redirect("portal:status", place.slug, public_id)
    record("receipt.read", submission, by=submission)
    secret = tickets.held(request, STATUS, public_id)
    status_url = redirect("portal:status", place.slug, public_id).url
    for_parent = not submission.is_from_professional
    sent = _sent(submission)
    is_answered = _is_answered(sent)
    context = {
        "municipality": place,
        "submission": submission,
        "document": submission.receipt,
        "answer_by": _answer_by(submission, sent) if for_parent else None,
        "is_answered": is_answered,
        "is_withdrawn": for_parent and _is_withdrawn(_answering(sent)),
        "steps": next_steps(is_answered=is_answered) if for_parent else steps_of_a_professional(),
        "status_url": status_url,
        "status_link": request.build_absolute_uri(status_url) + "#" + secret if secret else "",
        "status_code": secret,
        "attachments": submission.sent_along(),
        "called": submission.channel == Submission.Channel.CALL_ME,
    }
    return render(request, "portal/receipt.html", context)


@login_not_required
@require_safe
def receipt_ready(request, municipality, public_id):
    submission = _with_receipt(request, _place(municipality), public_id)
    if submission is None:
        raise Http404
    return JsonResponse({"ready": submission.receipt.state != submission.receipt.State.QUEUED})


@login_not_required
@require_safe
def receipt_pdf(request, municipality, public_id):
    place = _place(municipality)
    submission = _with_receipt(request, place, public_id)
    if submission is None or submission.receipt.is_sealed:
        return redirect("portal:status", place.slug, public_id)
    if not submission.receipt.is_frozen:
        return redirect("portal:receipt", place.slug, public_id)
    (content,) = documents.contents([submission.receipt], by=submission)
    if content is None:
        return render(request, "404.html", status=404)  # raised, it would take the alarm back
    record("receipt.downloaded", submission.receipt, by=submission)
    response = HttpResponse(content, content_type="application/pdf")
    name = f"kvittering-{submission.reference}.pdf"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def forget(request, municipality, public_id):
    """For a borrowed telephone. Where nothing is held, or was ever sent, the answer is the same."""
    place = _place(municipality)
    if request.method == "POST":
        response = redirect("portal:forget", place.slug, public_id)
        # Sending the same call again would open the receipt, so what makes it the same goes too.
        for kind in (RECEIPT, STATUS):
            tickets.take_back(response, kind, public_id)
        for kind in (CALL, TYPED):
            tickets.take_back(response, kind, place.slug)
        return response
    if _with_receipt(request, place, public_id) is not None:
        return redirect("portal:receipt", place.slug, public_id)
    context = {"municipality": place, "public_id": public_id}
    return render(request, "portal/forgotten.html", context)


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def status(request, municipality, public_id):
    """Stage and dates, never content. A GET uses up nothing; only a code that is sent counts."""
    place = _place(municipality)
    submission = _submission(place, public_id)
    held = tickets.held(request, STATUS, public_id)
    if request.method != "POST" and submission is not None and submission.shows_status_to(held):
        record("status.read", submission, by=submission)
        return _status_page(request, submission)
    form = CodeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        address, code = address_of(request), form.cleaned_data["code"]
        if too_many("status code", address, **GUESSES):
            return too_often(request, place)
        if submission is not None and submission.shows_status_to(code):
            response = redirect("portal:status", place.slug, public_id)
            response["Location"] += "#innhold"  # else the browser carries the secret along
            tickets.give(response, STATUS, public_id, code, settings.STATUS_ON_DEVICE)
            return response
        note("status code", address)
        form.add_error("code", _("Koden stemmer ikke. Se over den, eller ring oss."))
    return render(request, "portal/status_code.html", {"municipality": place, "form": form})


def _status_page(request, submission):
    """To a professional the same whatever came of it: no outcome, earlier case or withdrawal."""
    sent = _sent(submission)
    referral, is_answered = _answering(sent), _is_answered(sent)
    context = {
        "municipality": submission.municipality,
        "submission": submission,
        "is_answered": is_answered,
        "answered_on": _answered_on(referral),
    }
    if submission.is_from_professional:
        return render(request, "portal/professional_status.html", context)
    if _is_withdrawn(referral):
        context["withdrawn_on"] = referral.decided_on
        return render(request, "portal/withdrawn.html", context)
    steps = next_steps(is_answered=is_answered)
    context |= {"answer_by": _answer_by(submission, sent), "steps": steps}
    return render(request, "portal/status.html", context)


def _place(slug):
    place = Municipality.objects.filter(slug=slug).first()
    if place is None:
        raise Http404
    return place


def _submission(place, public_id):
    submissions = Submission.objects.select_related("municipality", "receipt__blob")
    return submissions.filter(public_id=public_id, municipality=place).first()


def _with_receipt(request, place, public_id):
    submission = _submission(place, public_id)
    held = tickets.held(request, RECEIPT, public_id)
    return submission if submission is not None and submission.shows_receipt_to(held) else None


def _sent(submission):
    found = Referral.objects.filter(submission=submission)
    return found.select_related("case", "sent_by").first()


def _answering(referral):
    """The referral that is answered: the one that was sent, or what it was merged into at last."""
    passed = set()
    while referral and referral.duplicate_of_id and referral.pk not in passed:
        passed.add(referral.pk)
        referral = referral.duplicate_of
    return referral


def _is_answered(sent):
    """Whether the one who sent it gets the answer: what comes of it is the guardians'."""
    return sent is None or sent.sent_by is None or is_owed_an_answer(sent.sent_by, sent)


def _answered_on(referral):
    """The day the parents got their answer, or None; under strict protection nobody is told."""
    if referral is None or referral.case.is_strict:
        return None
    return referral.answered_on


def _is_withdrawn(referral):
    """Under strict protection nothing more than what was promised is told here."""
    if referral is None or referral.case.is_strict:
        return False
    return referral.state == State.WITHDRAWN


def _answer_by(submission, sent):
    """What this sender was promised: no later promise of the municipality changes it, and no
    earlier one that somebody else was given, of whom nothing is said here."""
    if sent is not None:
        return sent.promised_on
    return due_on(timezone.localdate(submission.received_at), submission.municipality.answer_days)
