"""Notes: written, saved as one writes, signed, and added to."""

from django.contrib import messages
from django.http import JsonResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from interventions import actions, rules
from interventions.forms.note import AddendumForm, NoteForm
from interventions.models import Note
from interventions.views.page import PAGE, act, find_note, typed
from tibir.access.gate import permit
from tibir.core.dates import clock_time
from tibir.core.errors import DomainError, StaleState, say_why


@require_http_methods(PAGE)
def note(request, pk, note):
    """A draft to write on; signed, it is read."""
    note = find_note(request, pk, note)
    if note.is_signed:
        return _read(request, note)
    permit(rules.may_write(request.user, note))
    known = {"version": note.version, "internal": note.internal}
    form = NoteForm(typed(request), initial=known)
    stored = ""
    if form.is_valid():
        does = actions.sign if request.POST.get("action") == "sign" else actions.save_note
        try:
            does(note, by=request.user, **form.cleaned_data)
        except StaleState as error:
            note.refresh_from_db()
            if note.is_signed:
                return _read(request, note)
            form, stored = _again(request, note, error), note.internal
        except DomainError as error:
            form.add_error("internal", str(error))
        else:
            said = _("Notatet er signert.") if note.is_signed else _("Notatet er lagret.")
            messages.success(request, said)
            return redirect(note.course)
    return act(
        request,
        note.course,
        form,
        title=_("Skriv notat"),
        button=_("Signer"),
        verb="note.read",
        template="interventions/note.html",
        note=note,
        stored=stored,
    )


def _again(request, note, error):
    """With all that was typed; sent once more it is saved, over what stands beside it."""
    data = request.POST.copy()
    data["version"] = note.version
    form = NoteForm(data)
    form.full_clean()
    say_why(form, error)
    return form


def _read(request, note):
    """Signed, it is read; what somebody typed too late is shown, to be added instead."""
    may_add = rules.may_work(request.user, note.course)
    form = AddendumForm()
    typed_too_late = request.POST.get("internal", "") if request.method == "POST" else ""
    if typed_too_late.strip() == note.internal.strip():
        typed_too_late = ""
    return act(
        request,
        note.course,
        form,
        title=_("Notat"),
        button=_("Legg til"),
        verb="note.read",
        template="interventions/signed_note.html",
        note=Note.objects.visible_to(request.user).for_list().get(pk=note.pk),
        may_add=may_add,
        typed_too_late=typed_too_late,
    )


@require_POST
def save(request, pk, note):
    """What an open page says every few seconds: {"version", "saved"} or {"stale": true}."""
    note = find_note(request, pk, note)
    permit(rules.may_write(request.user, note))
    form = NoteForm(request.POST)
    if not form.is_valid():
        return JsonResponse({"errors": form.errors.get("internal", [])}, status=400)
    try:
        actions.save_note(note, by=request.user, **form.cleaned_data)
    except StaleState:
        return JsonResponse({"stale": True}, status=409)
    return JsonResponse({"version": note.version, "saved": clock_time(timezone.now())})


@require_http_methods(PAGE)
def add_to(request, pk, note):
    note = find_note(request, pk, note)
    permit(rules.may_work(request.user, note.course))
    form = AddendumForm(typed(request))
    if form.is_valid():
        try:
            actions.add_to(note, by=request.user, **form.cleaned_data)
        except DomainError as error:
            say_why(form, error)
        else:
            messages.success(request, _("Tillegget står ved notatet."))
            return redirect("interventions:note", pk, note.pk)
    return act(
        request,
        note.course,
        form,
        title=_("Legg til i notatet"),
        lead=_("Notatet er signert og endres ikke. Tillegget står under, med navnet ditt."),
        button=_("Legg til"),
        verb="note.read",
    )
