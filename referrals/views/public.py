"""The public form: three doors, one address per step, nothing typed is ever lost."""

import json
from datetime import timedelta

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.datastructures import MultiValueDict
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from referrals import actions
from referrals.forms import CodeForm, QuestionsForm, StepForm, as_typed, how_many, read
from referrals.letters import sections
from referrals.models import Draft, Submission
from referrals.questions import CALL_ME, ENTRANCES, PARENT, unprotected
from tibir.accounts.models import Municipality
from tibir.audit.record import SENDER
from tibir.core import tickets
from tibir.core.attempts import address_of, note, too_many
from tibir.core.codes import TOKEN_BITS, WeakSecret, derive, new_secret
from tibir.core.encryption import seal, unseal
from tibir.core.errors import StaleState
from tibir.core.languages import chosen_language, speak, switch
from tibir.core.views import too_often

DRAFT, RECEIPT, STATUS, CALL = "utkast", "kvittering", "status", "ring-meg"
TYPED = "skrevet"  # for a call, and not sent yet: sealed, on the device alone
KEPT_FOR = timedelta(hours=1)
MOST_KEPT = 3_800  # letters; a browser keeps 4 096 with the name and all
SUMMARY = "oppsummering"
MOST_TYPED = 100_000
GUESSES = {"limit": 20, "window": timedelta(minutes=15)}
NOT_ANSWERS = {"csrfmiddlewaretoken", "version", "action", "fra", "door", "_language"}


# --- The doors ----------------------------------------------------------------------------


@login_not_required
@require_safe
def start(request, municipality):
    return render(request, "referrals/start.html", {"municipality": _place(municipality)})


@login_not_required
@require_POST
def begin(request, municipality):
    place = _place(municipality)
    entrance = request.POST.get("door", PARENT.key)
    if entrance not in ENTRANCES:
        raise Http404
    if _busy(request):
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
    place = _place(municipality)
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
    kept = seal(json.dumps(_typed(request.POST, CALL_ME), ensure_ascii=False), CALL)
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
    return _token(request) or tickets.held(request, CALL, place.slug) or new_secret(TOKEN_BITS)


def _call_page(request, place, form):
    token = _call_token(request, place)
    context = {"municipality": place, "form": form, "token": token, "language_form_id": "steg"}
    response = render(request, "referrals/call_me.html", context)
    # Going back fetches the page anew; the same words sent again are still the same call.
    tickets.give(response, CALL, place.slug, token)
    return response


def _receive_call(request, place, answers):
    token, busy = _token(request) or new_secret(TOKEN_BITS), _busy(request)
    said = {"channel": Submission.Channel.CALL_ME, "language": get_language(), "answers": answers}
    while True:
        if busy and actions.sent_before(token) is None:
            return too_often(request, place)
        try:
            submission = actions.receive(place, by=SENDER, token=token, **said)
        except actions.DifferentContent as another:
            token = another.token
        else:
            response = _to_receipt(request, submission, token)
            if tickets.held(request, TYPED, place.slug):
                tickets.take_back(response, TYPED, place.slug)
            return response


# --- The steps ----------------------------------------------------------------------------


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def step(request, municipality, public_id, slug):
    place = _place(municipality)
    draft = _opened(request, place, public_id)
    if draft is None:
        asked = ENTRANCES.get(request.POST.get("door"), PARENT).step(slug)
        if request.method == "POST" and asked is not None:
            return _not_saved(request, place, public_id, asked)
        return redirect("referrals:resume", place.slug, public_id)
    if draft.submission_id:
        return redirect("portal:receipt", place.slug, draft.submission.public_id)
    asked = draft.door.step(slug)
    if asked is None:
        raise Http404
    if request.method == "POST":
        return _save(request, draft, asked)
    answers, _wrong = read(draft)
    bound = request.GET.get("vis") == "feil"
    form = StepForm(asked, answers, draft.typed(slug), bound=bound)
    return _step_page(request, draft, form, answers)


def _not_saved(request, place, public_id, asked):
    """Deleted in another tab, too old, or opened no more on this device: the words come back."""
    every_question = {"": {"protection": "no"}}  # what was typed, was asked
    form = StepForm(asked, every_question, _typed(request.POST, asked), bound=True)
    context = {
        "municipality": place,
        "public_id": public_id,
        "lines": [line for line in form.lines() if line[1]],
    }
    return render(request, "referrals/not_saved.html", context, status=410)


def _save(request, draft, asked):
    action = request.POST.get("action", "next")
    typed = _typed(request.POST, asked)
    answers, _wrong = read(draft)
    form = StepForm(asked, answers, typed, bound=True)
    if sum(len(text) for texts in typed.values() for text in texts) > MOST_TYPED:
        return _step_page(request, draft, form, answers)
    try:
        draft = actions.save(
            draft,
            by=SENDER,
            step=asked.slug,
            typed=_after(action, typed, asked),
            version=_version(request),
        )
    except StaleState:
        place, public_id = draft.municipality, draft.public_id
        draft = _draft(place, public_id)
        if draft is None:  # deleted in the other tab a moment ago
            return _not_saved(request, place, public_id, asked)
        answers, _wrong = read(draft)
        saved = StepForm(asked, answers, draft.typed(asked.slug), bound=True)
        elsewhere = [(q, text or _("(tomt)")) for q, text in saved.differs_in(form)]
        return _step_page(request, draft, form, answers, saved=elsewhere)
    language = chosen_language(request)
    if language or action in ("add", "save") or action.startswith("remove-"):
        there = _here(draft, asked.slug)
    elif action == "later":
        there = redirect("referrals:later", draft.municipality.slug, draft.public_id)
    elif draft.door.step(action.removeprefix("goto-")):
        there = _here(draft, action.removeprefix("goto-"))
    elif action == "previous":
        there = _here(draft, draft.door.neighbour(asked, -1) or asked.slug)
    elif form.is_valid():
        to_summary = request.POST.get("fra") == SUMMARY
        after = None if to_summary else draft.door.neighbour(asked, 1)
        there = _here(draft, after or SUMMARY)
    else:
        # It is saved, and a page that was asked for with GET is there when one goes back to it.
        from_summary = request.POST.get("fra") == SUMMARY
        there = redirect(_faulty_address(draft, asked, from_summary=from_summary))
    _renew_ticket(request, there, draft)
    return speak(there, language)


def _renew_ticket(request, response, draft):
    """The draft lives longer each time it is saved, and so must what opens it."""
    secret = tickets.held(request, DRAFT, draft.public_id)
    tickets.give(response, DRAFT, draft.public_id, secret, settings.DRAFT_LIFETIME)


def _typed(post, asked):
    """What belongs to this step's questions, as it was typed; nothing else is kept."""
    keys = {q.key for q in asked.questions} | {q.key for q in asked.each} | {"people"}
    return {
        name: texts
        for name, texts in as_typed(post).items()
        if name not in NOT_ANSWERS and _key(name) in keys
    }


def _key(name):
    """«person-2-birth_date_0» asks «birth_date»."""
    if name.startswith("person-"):
        name = name.split("-", 2)[-1]
    return name[:-2] if name[-2:] in ("_0", "_1", "_2") else name


def _after(action, typed, asked):
    """The typed answers with one person more, or one less."""
    count = how_many(typed, asked)
    if action == "add":
        return {**typed, "people": [str(count + 1)]}
    if not action.startswith("remove-"):
        return typed
    gone = action.removeprefix("remove-")
    kept = [str(n) for n in range(count) if str(n) != gone]
    moved = {k: v for k, v in typed.items() if not k.startswith("person-")}
    for new, old in enumerate(kept):
        for name, texts in typed.items():
            if name.startswith(f"person-{old}-"):
                moved[f"person-{new}-{name.split('-', 2)[-1]}"] = texts
    return {**moved, "people": [str(len(kept))]}


def _step_page(request, draft, form, answers, saved=None):
    place, asked = draft.municipality, form.step
    context = {
        "municipality": place,
        "draft": draft,
        "step": asked,
        "form": form,
        "version": draft.version_of(asked.slug),
        "saved_elsewhere": saved,
        "protected": not unprotected(answers),
        "back_to_summary": SUMMARY in (request.POST.get("fra"), request.GET.get("fra")),
        "is_first": asked is draft.door.first,
        "progress": _progress(draft, asked),
        "language_form_id": "steg",
    }
    return render(request, "referrals/step.html", context)


def _progress(draft, current):
    _answers, wrong = read(draft)
    return [
        {
            "label": each.title,
            "slug": each.slug if draft.typed(each.slug) is not None else "",
            "current": each is current,
            "done": draft.typed(each.slug) is not None and each not in wrong,
        }
        for each in draft.door.steps
    ]


# --- Later, on another device, or never ---------------------------------------------------


@login_not_required
@require_safe
def later(request, municipality, public_id):
    """How to come back: the address, and the code that opens it."""
    place = _place(municipality)
    draft = _opened(request, place, public_id)
    if draft is None or draft.submission_id:
        return redirect("referrals:resume", place.slug, public_id)
    secret = tickets.held(request, DRAFT, public_id)
    link = request.build_absolute_uri(_address(draft, "fortsett")) + "#" + secret
    steps = draft.door.steps
    next_step = next((s for s in steps if draft.typed(s.slug) is None), draft.door.last)
    context = {
        "municipality": place,
        "draft": draft,
        "code": secret,
        "link": link,
        "continue_at": _address(draft, next_step.slug),
    }
    return render(request, "referrals/later.html", context)


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def resume(request, municipality, public_id):
    """The way back into a draft. A GET opens and uses up nothing."""
    place = _place(municipality)
    form = CodeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        address = address_of(request)
        if too_many("draft code", address, **GUESSES):
            return too_often(request, place)
        draft = _draft(place, public_id)
        is_open = draft is not None and not draft.submission_id
        if is_open and draft.opens_with(form.cleaned_data["code"]):
            steps = draft.door.steps
            slug = next((s.slug for s in steps if draft.typed(s.slug) is None), SUMMARY)
            response = _here(draft, slug)
            response["Location"] += "#innhold"  # else the browser carries the secret along
            left = draft.expires_at - timezone.now()
            tickets.give(response, DRAFT, public_id, form.cleaned_data["code"], left)
            return response
        note("draft code", address)
        form.add_error(
            "code",
            _("Koden stemmer ikke, eller skjemaet er sendt eller slettet. Se over koden."),
        )
    context = {"municipality": place, "form": form}
    return render(request, "referrals/resume.html", context)


@login_not_required
@require_POST
def discard(request, municipality, public_id):
    place = _place(municipality)
    if not tickets.held(request, DRAFT, public_id):
        return redirect("referrals:resume", place.slug, public_id)
    draft = _opened(request, place, public_id)
    if draft is not None and draft.submission_id:
        return redirect("portal:receipt", place.slug, draft.submission.public_id)
    if draft is not None:
        actions.discard(draft, by=SENDER)
    response = render(request, "referrals/discarded.html", {"municipality": place})
    tickets.take_back(response, DRAFT, public_id)
    return response


# --- Sending ------------------------------------------------------------------------------


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def summary(request, municipality, public_id):
    place = _place(municipality)
    if request.method == "POST":
        token = _token(request)
        sent = actions.sent_before(token) if token else None
        if sent is not None:
            return _to_receipt(request, sent, token)
    draft = _opened(request, place, public_id)
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
        return speak(_here(draft, SUMMARY), language)
    if wrong:
        return redirect(_faulty_address(draft, wrong[0], from_summary=True))
    try:
        submission = actions.send(
            draft, by=SENDER, version=_version(request), language=get_language(), answers=answers
        )
    except StaleState as changed:
        draft = _draft(place, draft.public_id)
        if draft is None:
            return redirect("referrals:start", place.slug)
        return _summary_page(request, draft, changed=changed)
    return _to_receipt(request, submission, token)


def _summary_page(request, draft, changed=None):
    answers, wrong = read(draft)
    said = [
        {**section, "url": _address(draft, each.slug) + f"?fra={SUMMARY}"}
        for each, section in zip(draft.door.steps, sections(answers), strict=True)
    ]
    context = {
        "municipality": draft.municipality,
        "draft": draft,
        "sections": said,
        "wrong": wrong,
        "wrong_url": _faulty_address(draft, wrong[0], from_summary=True) if wrong else "",
        "previous_url": _address(draft, draft.door.last.slug),
        "lacks_agreement": any(step.needs_agreement for step in wrong),
        "changed": changed,
        "language_form_id": "steg",
    }
    return render(request, "referrals/summary.html", context)


def _to_receipt(request, submission, token):
    """The receipt is for the device that sent, and the secrets follow from what it sent."""
    response = redirect("portal:receipt", submission.municipality.slug, submission.public_id)
    for kind, purpose in ((RECEIPT, Submission.RECEIPT), (STATUS, Submission.STATUS)):
        tickets.make_room(request, response, kind)
        tickets.give(response, kind, submission.public_id, derive(purpose, token))
    return response


# --- Small words --------------------------------------------------------------------------


def _place(slug):
    place = Municipality.objects.receiving().filter(slug=slug).select_related("intake_unit")
    found = place.first()
    if found is None:
        raise Http404
    return found


def _draft(place, public_id):
    alive = Draft.objects.alive(timezone.now()).select_related("municipality", "submission")
    return alive.filter(public_id=public_id, municipality=place).first()


def _opened(request, place, public_id):
    draft = _draft(place, public_id)
    if draft is None or not draft.opens_with(tickets.held(request, DRAFT, public_id)):
        return None
    return draft


def _token(request):
    """The token of the form, or nothing when somebody has meddled with it."""
    token = request.POST.get("token", "")
    try:
        derive(Submission.STATUS, token)
    except WeakSecret:
        return ""
    return token


def _busy(request):
    """True when this address sends far more than a family does."""
    address = address_of(request)
    limit = settings.SUBMISSIONS_PER_HOUR_PER_ADDRESS
    if too_many("submission", address, limit=limit, window=timedelta(hours=1)):
        return True
    note("submission", address)
    return False


def _version(request):
    text = request.POST.get("version", "")
    return int(text) if text.isdecimal() and len(text) < 9 else -1


def _address(draft, slug):
    return redirect("referrals:step", draft.municipality.slug, draft.public_id, slug).url


def _faulty_address(draft, asked, *, from_summary):
    return f"{_address(draft, asked.slug)}?vis=feil" + (f"&fra={SUMMARY}" if from_summary else "")


def _here(draft, slug):
    return redirect(_address(draft, slug))
