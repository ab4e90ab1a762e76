"""Vedlegg: what a parent sends along, and what staff adds and reads."""

from datetime import timedelta

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from referrals import actions, rules
from referrals.models import Referral
from referrals.views.public.ground import find_place, opened, renew_ticket
from tibir.access.gate import find, permit
from tibir.audit.record import SENDER, record
from tibir.core.attempts import address_of, note, too_many
from tibir.core.errors import DomainError
from tibir.core.languages import chosen_language, speak
from tibir.core.views import too_often
from tibir.documents import actions as documents
from tibir.documents.forms import AttachmentForm
from tibir.documents.models import Attachment

# --- The parents' form --------------------------------------------------------------------


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def enclose(request, municipality, public_id):
    """Files that go with a draft. Nothing has to."""
    place = find_place(municipality)
    draft = opened(request, place, public_id)
    if draft is None:
        return redirect("referrals:resume", place.slug, public_id)
    if draft.submission_id:
        return redirect("portal:receipt", place.slug, draft.submission.public_id)
    form = AttachmentForm()
    if request.method == "POST":
        language = chosen_language(request)
        if language:
            return speak(redirect("referrals:enclose", place.slug, public_id), language)
        if _busy(request):
            return too_often(request, place)
        form = AttachmentForm.sent(request)
        if form.is_valid() and _enclosed(draft, form):
            response = redirect("referrals:enclose", place.slug, public_id)
            renew_ticket(request, response, draft)
            return response
    context = {"municipality": place, "draft": draft, "form": form}
    if (
        form.errors and draft.has_room_for_files
    ):  # this page has no address to come back to in another language
        context["language_form_id"] = "fil"
    return render(request, "referrals/enclose.html", context)


def _enclosed(draft, form):
    """Another tab may have filled the last place, sent the form or deleted it."""
    try:
        actions.enclose(draft, by=SENDER, **form.cleaned_data)
    except DomainError as error:
        form.add_error("file", str(error))
    return not form.errors


@login_not_required
@require_POST
def take_out(request, municipality, public_id, attachment):
    place = find_place(municipality)
    draft = opened(request, place, public_id)
    if draft is None:
        return redirect("referrals:resume", place.slug, public_id)
    if draft.submission_id:
        return redirect("portal:receipt", place.slug, draft.submission.public_id)
    actions.take_out(draft, by=SENDER, public_id=attachment)
    response = redirect("referrals:enclose", place.slug, public_id)
    renew_ticket(request, response, draft)
    return response


def _busy(request):
    """True when this address hands in far more than a family does."""
    address, limit = address_of(request), settings.UPLOADS_PER_HOUR_PER_ADDRESS
    if too_many("upload", address, limit=limit, window=timedelta(hours=1)):
        return True
    note("upload", address)
    return False


def _has_room(user):
    """Nobody fills the storage by themselves."""
    who, limit = str(user.pk), settings.UPLOADS_PER_DAY_PER_USER
    if too_many("upload by", who, limit=limit, window=timedelta(days=1)):
        return False
    note("upload by", who)
    return True


# --- Staff --------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def attach(request, pk):
    """What came by post or was handed over at a meeting, added to what was sent."""
    referral = find(
        Referral.objects.visible_to(request.user).select_related("submission", "case", "unit"),
        pk=pk,
    )
    permit(rules.may_add(request.user, referral))
    form = AttachmentForm.sent(request) if request.method == "POST" else AttachmentForm()
    if form.is_valid() and not _has_room(request.user):
        form.add_error("file", _("Du har lagt til svært mange filer i dag. Vent til i morgen."))
    if form.is_valid():
        actions.attach(referral, by=request.user, **form.cleaned_data)
        messages.success(request, _("Vedlegget er tatt imot. Vi kontrollerer det nå."))
        return redirect(referral)
    record("referral.read", referral, by=request.user, basis=rules.basis(request.user, referral))
    return render(request, "referrals/attach.html", {"referral": referral, "form": form})


@require_safe
def download(request, pk, attachment):
    referral = find(
        Referral.objects.visible_to(request.user).select_related("submission", "case"), pk=pk
    )
    permit(rules.may_read(request.user, referral))
    found = find(
        Attachment.objects.visible_to(request.user).select_related("case__unit"),
        public_id=attachment,
        enclosure__submission=referral.submission,
    )
    if not found.is_clean:
        return redirect(referral)  # the list there says why
    basis = rules.basis(request.user, referral)
    content = documents.hand_out(found, by=request.user, basis=basis)
    if content is None:
        messages.error(request, _("Vedlegget er skadet og kan ikke åpnes. Vi har gitt beskjed."))
        return redirect(referral)
    response = HttpResponse(content, content_type=found.media_type)
    response["Content-Disposition"] = f'attachment; filename="{found.neutral_name}"'
    response["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'; sandbox"
    return response
