"""Notes: written, saved as one writes, signed, and added to."""

from django.contrib import messages
from django.http import JsonResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from interventions import actions, rules
from interventions.forms.note import AddendumForm, NoteForm
from interventions.models import Assignment as Assignments
from interventions.models import Busy, Note, Rating, Tried
from interventions.views.page import (
    PAGE,
    act,
    find_note,
    find_note_or_left,
    today,
    tried,
    typed,
    work_on,
)
from tibir.access.gate import permit
from tibir.core.dates import clock_time
from tibir.core.errors import DomainError, StaleState, say_why

TEXTS = ("internal", "assignment", "agreements", "summary")


@require_POST
def begin(request, pk, course):
    """A note of something else than a meeting."""
    course = work_on(request, pk, course)
    try:
        note = actions.open_note(course, by=request.user)
    except DomainError as error:
        messages.error(request, str(error))
        return redirect(course)
    return redirect("interventions:note", pk, note.pk)


@require_http_methods(PAGE)
def note(request, pk, note):
    """A draft to write on; signed, it is read. Left by all whose it was, it is taken over first."""
    note = find_note_or_left(request, pk, note)
    if note.is_signed:
        return _read(request, note)
    if not rules.may_write(request.user, note) and rules.may_take_over(request.user, note):
        return redirect("interventions:write_for", pk, note.pk)
    permit(rules.may_write(request.user, note))
    form = _form(request, note, typed(request))
    stored = []
    if form.is_bound and form.can_be_kept:
        try:
            _keep(request, note, form)
        except StaleState as error:
            note = find_note(request, pk, note.pk)
            if note.is_signed:
                return _read(request, note)
            form, stored = _again(request, note, error)
        else:
            press = MORE.get(request.POST.get("action"))
            if press is None and not form.unkept:
                messages.success(request, _("Notatet er lagret."))
                return redirect(note.course)
            form = _newer(request, note)
            if said := (press or _half_kept)(request, note, form):
                messages.success(request, said)
                return redirect(note.course)
    return _write(request, note, form, stored)


def _form(request, note, data):
    return NoteForm(data, note=note, before=rules.before(note, request.user), today=today())


def _keep(request, note, form):
    kept = {"internal": form.kept_internal, "typed": form.kept}
    actions.save_note(note, by=request.user, version=int(form.data["version"]), **kept)


def _newer(request, note):
    """With all that was typed, which is saved now; nothing that is wrong in it is lost."""
    data = request.POST.copy()
    data["version"] = note.version
    return _form(request, note, data)


def _half_kept(request, note, form):
    """What could not be kept is said beside it, and nothing of what it takes to sign."""
    messages.warning(request, _("Resten av notatet er lagret."))
    form.errors.clear()
    for name, why in form.unkept.items():
        form.add_error(name, why)
    return ""


def _thrown_away(request, note, form):
    if form.unkept:
        return _half_kept(request, note, form)
    is_gone = tried(form, actions.throw_away, note, by=request.user)
    return _("Utkastet er forkastet.") if is_gone else ""


def _signed(request, note, form):
    if not form.is_valid():
        return ""
    if not rules.may_sign(request.user, note):
        name = {"name": note.signer}
        say_why(form, DomainError(_("Notatet er lagret. %(name)s skal signere det.") % name))
        return ""
    try:
        actions.finish_note(note, by=request.user, version=note.version, **form.said())
    except Busy as error:
        form.add_error("starts", str(error))
    except DomainError as error:
        say_why(form, error)
    else:
        return _said(note)
    return ""


# What a press does besides saving: what is said of it, or nothing where the form says why not.
MORE = {"sign": _signed, "throw_away": _thrown_away}


def _said(note):
    if note.awaits_cosigning:
        if note.cosigner:
            name = {"name": note.cosigner}
            return _("Notatet er signert. %(name)s er bedt om å medsignere.") % name
        return _("Notatet er signert. Be en ferdig opplært kollega i saken om å medsignere.")
    return _("Notatet er signert.")


def _again(request, note, error):
    """With all that was typed, and what stands there now; sent once more it is saved."""
    form = _newer(request, note)
    stored = _differences(form, note)
    form.errors.clear()
    say_why(form, error)
    return form, stored


def _differences(form, note):
    """(what it is, what is saved of it), where that is something else than what was typed."""
    now = {**note.typed, "internal": note.internal}
    texts = [name for name in TEXTS if name in form.fields]
    texts += [name for name in form.fields if name.startswith("how-")]
    return [
        (form.fields[name].label, now[name])
        for name in texts
        if now.get(name) and now[name].strip() != form.data.get(name, "").strip()
    ]


def _write(request, note, form, stored):
    user = request.user
    return act(
        request,
        note.course,
        form,
        title=_("Skriv notat"),
        button=_("Signer"),
        verb="note.read",
        basis=rules.note_basis(user, note),
        template="interventions/note.html",
        note=note,
        before=form.before,
        stored=stored,
        may_sign=rules.may_sign(user, note),
        may_write_for=rules.may_write_for(user, note)
        and (rules.may_work(user, note.course) or not rules.may_sign(user, note)),
        may_move=rules.may_move(user, note),
    )


def _read(request, note):
    """Signed, it is read; what somebody typed too late is shown, to be added instead."""
    user = request.user
    shown = Note.objects.visible_to(user).for_list().select_related("course__service")
    note_now = shown.get(pk=note.pk)
    note_now.course = note.course
    may_add = rules.may_add(user, note)
    return act(
        request,
        note.course,
        AddendumForm(),
        title=_("Notat"),
        button=_("Legg til"),
        verb="note.read",
        basis=rules.note_basis(user, note),
        template="interventions/signed_note.html",
        note=note_now,
        who_came=rules.who_came(user, note.course, note.meeting) if note.meeting else [],
        tried=Tried.objects.visible_to(user).filter(note=note).for_list(),
        ratings=Rating.objects.visible_to(user).filter(note=note).for_list().select_related("goal"),
        summary=_summary(note),
        **_assignments(user, note),
        may_add=may_add,
        may_cosign=rules.may_cosign(user, note, today()),
        may_ask=rules.may_ask_cosigner(user, note),
        may_move=rules.may_move(user, note),
        typed_too_late=_typed_too_late(request, note),
    )


def _summary(note):
    summary = getattr(note, "summary", None)
    if summary is None:
        return None
    readers = summary.readers.standing().select_related("person__person")
    return {"text": summary.text, "readers": [each.person for each in readers]}


def _assignments(user, note):
    """With whom each is for; of a note that was moved, the words alone."""
    given = Assignments.objects.visible_to(user).filter(note=note)
    standing = list(given.standing().for_list())
    texts = set(given.exclude(pk__in=[each.pk for each in standing]).values_list("text", flat=True))
    return {"assignments": standing, "of_nobody": sorted(texts)}


def _typed_too_late(request, note):
    """What did not get there before it was signed, part by part."""
    if request.method != "POST":
        return []
    known = {note.internal.strip(), note.agreements.strip()}
    sent = [request.POST.get(name, "").strip() for name in TEXTS]
    sent += [text.strip() for name, text in request.POST.items() if name.startswith("how-")]
    known |= set(Assignments.objects.visible_to(request.user).filter(note=note).values_list(
        "text", flat=True
    ))  # fmt: skip
    known |= set(Tried.objects.visible_to(request.user).filter(note=note).values_list(
        "words", flat=True
    ))  # fmt: skip
    known |= {note.summary.text} if hasattr(note, "summary") else set()
    return [text for text in sent if text and text not in known]


@require_POST
def save(request, pk, note):
    """What an open page says every few seconds: {"version", "saved", "unkept": {field: why}}, or
    {"stale": true}."""
    note = find_note(request, pk, note)
    permit(rules.may_write(request.user, note))
    form = _form(request, note, request.POST)
    if not form.can_be_kept:
        return JsonResponse({}, status=400)
    try:
        _keep(request, note, form)
    except StaleState:
        return JsonResponse({"stale": True}, status=409)
    saved = {"saved": clock_time(timezone.now()), "unkept": form.unkept}
    return JsonResponse({"version": note.version, **saved})


@require_http_methods(PAGE)
def add_to(request, pk, note):
    note = find_note(request, pk, note)
    permit(rules.may_add(request.user, note))
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
        basis=rules.note_basis(request.user, note),
    )
