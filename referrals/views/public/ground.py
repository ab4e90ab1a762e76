"""What every page of the form stands on: the place, the open draft, and the ways on."""

from datetime import timedelta

from django.conf import settings
from django.http import Http404
from django.shortcuts import redirect
from django.utils import timezone

from referrals.models import Draft, Submission
from tibir.accounts.models import Municipality
from tibir.core import tickets
from tibir.core.attempts import address_of, note, too_many
from tibir.core.codes import WeakSecret, derive

DRAFT, RECEIPT, STATUS, CALL = "utkast", "kvittering", "status", "ring-meg"
SUMMARY = "oppsummering"


def find_place(slug):
    place = Municipality.objects.receiving().filter(slug=slug).select_related("intake_unit")
    found = place.first()
    if found is None:
        raise Http404
    return found


def alive(place, public_id):
    alive = Draft.objects.alive(timezone.now()).select_related("municipality", "submission")
    return alive.filter(public_id=public_id, municipality=place).first()


def opened(request, place, public_id):
    draft = alive(place, public_id)
    if draft is None or not draft.opens_with(tickets.held(request, DRAFT, public_id)):
        return None
    return draft


def form_token(request):
    """The token of the form, or nothing when somebody has meddled with it."""
    token = request.POST.get("token", "")
    try:
        derive(Submission.STATUS, token)
    except WeakSecret:
        return ""
    return token


def is_busy(request):
    """True when this address sends far more than a family does."""
    where = address_of(request)
    limit = settings.SUBMISSIONS_PER_HOUR_PER_ADDRESS
    if too_many("submission", where, limit=limit, window=timedelta(hours=1)):
        return True
    note("submission", where)
    return False


def shown_version(request):
    text = request.POST.get("version", "")
    return int(text) if text.isdecimal() and len(text) < 9 else -1


def address(draft, slug):
    return redirect("referrals:step", draft.municipality.slug, draft.public_id, slug).url


def faulty_address(draft, asked, *, from_summary):
    return f"{address(draft, asked.slug)}?vis=feil" + (f"&fra={SUMMARY}" if from_summary else "")


def here(draft, slug):
    return redirect(address(draft, slug))


def renew_ticket(request, response, draft):
    """The draft lives longer each time it is saved, and so must what opens it."""
    secret = tickets.held(request, DRAFT, draft.public_id)
    tickets.give(response, DRAFT, draft.public_id, secret, settings.DRAFT_LIFETIME)


def to_receipt(request, submission, token):
    """The receipt is for the device that sent, and the secrets follow from what it sent."""
    response = redirect("portal:receipt", submission.municipality.slug, submission.public_id)
    for kind, purpose in ((RECEIPT, Submission.RECEIPT), (STATUS, Submission.STATUS)):
        tickets.make_room(request, response, kind)
        tickets.give(response, kind, submission.public_id, derive(purpose, token))
    return response
