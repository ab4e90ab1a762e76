"""One page for each step; what was typed is saved before anything is said of it."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from referrals import actions
from referrals.forms.answers import StepForm, how_many, read, typed_for
from referrals.questions import ENTRANCES, PARENT, unprotected
from referrals.views.public.ground import (
    SUMMARY,
    alive,
    faulty_address,
    find_place,
    here,
    opened,
    renew_ticket,
    shown_version,
)
from tibir.audit.record import SENDER
from tibir.core.errors import StaleState
from tibir.core.languages import chosen_language, speak

MOST_TYPED = 100_000


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def step(request, municipality, public_id, slug):
    place = find_place(municipality)
    draft = opened(request, place, public_id)
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
    answers, wrong = read(draft)
    bound = request.GET.get("vis") == "feil"
    form = StepForm(asked, answers, draft.typed(slug), bound=bound)
    return _step_page(request, draft, form, answers, wrong)


def _not_saved(request, place, public_id, asked):
    """Deleted in another tab, too old, or opened no more on this device: the words come back."""
    every_question = {"": {"protection": "no"}}  # what was typed, was asked
    form = StepForm(asked, every_question, typed_for(request.POST, asked), bound=True)
    context = {
        "municipality": place,
        "public_id": public_id,
        "lines": [line for line in form.lines() if line[1]],
    }
    return render(request, "referrals/not_saved.html", context, status=410)


def _save(request, draft, asked):
    action = request.POST.get("action", "next")
    typed = typed_for(request.POST, asked)
    answers, wrong = read(draft)
    form = StepForm(asked, answers, typed, bound=True)
    if sum(len(text) for texts in typed.values() for text in texts) > MOST_TYPED:
        return _step_page(request, draft, form, answers, wrong)
    try:
        draft = actions.save(
            draft,
            by=SENDER,
            step=asked.slug,
            typed=_after(action, typed, asked),
            version=shown_version(request),
        )
    except StaleState:
        place, public_id = draft.municipality, draft.public_id
        draft = alive(place, public_id)
        if draft is None:  # deleted in the other tab a moment ago
            return _not_saved(request, place, public_id, asked)
        answers, wrong = read(draft)
        saved = StepForm(asked, answers, draft.typed(asked.slug), bound=True)
        elsewhere = [(q, text or _("(tomt)")) for q, text in saved.differs_in(form)]
        return _step_page(request, draft, form, answers, wrong, saved=elsewhere)
    language = chosen_language(request)
    if language or action in ("add", "save") or action.startswith("remove-"):
        there = here(draft, asked.slug)
    elif action == "later":
        there = redirect("referrals:later", draft.municipality.slug, draft.public_id)
    elif draft.door.step(action.removeprefix("goto-")):
        there = here(draft, action.removeprefix("goto-"))
    elif action == "previous":
        there = here(draft, draft.door.neighbour(asked, -1) or asked.slug)
    elif form.is_valid():
        to_summary = request.POST.get("fra") == SUMMARY
        after = None if to_summary else draft.door.neighbour(asked, 1)
        there = here(draft, after or SUMMARY)
    else:
        # It is saved, and a page that was asked for with GET is there when one goes back to it.
        from_summary = request.POST.get("fra") == SUMMARY
        there = redirect(faulty_address(draft, asked, from_summary=from_summary))
    renew_ticket(request, there, draft)
    return speak(there, language)


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


def _step_page(request, draft, form, answers, wrong, saved=None):
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
        "progress": _progress(draft, asked, wrong),
        "language_form_id": "steg",
    }
    return render(request, "referrals/step.html", context)


def _progress(draft, current, wrong):
    return [
        {
            "label": each.title,
            "slug": each.slug if draft.typed(each.slug) is not None else "",
            "current": each is current,
            "done": draft.typed(each.slug) is not None and each not in wrong,
        }
        for each in draft.door.steps
    ]
