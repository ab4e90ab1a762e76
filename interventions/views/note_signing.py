"""Who signs a note, who signs it too, and that it stood in the wrong case."""

from django.contrib import messages
from django.forms import Form
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from interventions import actions, rules
from interventions.forms.note import MoveNoteForm, PersonForm
from interventions.models import Course
from interventions.views.page import (
    PAGE,
    act,
    find_note,
    find_note_or_left,
    today,
    tried,
    typed,
)
from tibir.access.gate import permit
from tibir.core.errors import DomainError


@require_POST
def cosign(request, pk, note):
    note = find_note(request, pk, note)
    permit(rules.may_cosign(request.user, note, today()))
    try:
        actions.cosign(note, by=request.user)
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Notatet er medsignert."))
    return redirect("interventions:note", pk, note.pk)


@require_http_methods(PAGE)
def ask_to_cosign(request, pk, note):
    note = find_note(request, pk, note)
    permit(rules.may_ask_cosigner(request.user, note))
    users = rules.possible_cosigners(note, today()).exclude(pk=note.cosigner_id)
    form = PersonForm(typed(request), users=users)
    said = {"by": request.user}
    if form.is_valid() and tried(form, actions.ask_to_cosign, note, **said, **form.cleaned_data):
        name = {"name": form.cleaned_data["user"]}
        messages.success(request, _("%(name)s er bedt om å medsignere.") % name)
        return redirect("interventions:note", pk, note.pk)
    return _form(
        request,
        note,
        form,
        title=_("Hvem skal medsignere?"),
        lead=_("En ferdig opplært kollega som er medlem av saken."),
        button=_("Be om medsignering"),
        nobody=""
        if users
        else _(
            "Ingen andre i saken er ferdig opplært i dette tiltaket. Be koordinatoren om å ta inn "
            "en kollega som er det."
        ),
    )


@require_http_methods(PAGE)
def write_for(request, pk, note):
    """The author says who is to sign; where the author cannot, somebody else takes it over."""
    note = find_note_or_left(request, pk, note)
    if note.author_id != request.user.pk and rules.may_take_over(request.user, note):
        return _take_over(request, note)
    permit(rules.may_write_for(request.user, note))
    users = [*rules.those_it_may_be_for(note)]
    if note.on_behalf_of_id:
        users.append(note.author)
    form = PersonForm(typed(request), users=users)
    said = {"by": request.user}
    if form.is_valid() and tried(form, actions.write_for, note, **said, **form.cleaned_data):
        name = {"name": form.cleaned_data["user"]}
        messages.success(request, _("%(name)s skal signere notatet.") % name)
        return redirect("interventions:note", pk, note.pk)
    return _form(
        request,
        note,
        form,
        title=_("Hvem skal signere notatet?"),
        lead=_("Du skriver, og den du velger, leser over og signerer."),
        button=_("Lagre"),
        nobody="" if users else _("Ingen andre gir dette tiltaket."),
    )


def _take_over(request, note):
    """Nothing of what is written is shown before it is theirs."""
    form = Form(typed(request))
    said = {"by": request.user, "user": request.user}
    if form.is_valid() and tried(form, actions.write_for, note, **said):
        messages.success(request, _("Du har tatt over notatet, og skal signere det."))
        return redirect("interventions:note", note.case_id, note.pk)
    return act(
        request,
        note.course,
        form,
        title=_("Ta over notatet"),
        lead=_(
            "%(name)s skrev notatet og har ikke lenger tilgang til saken. Tar du det over, kan du "
            "lese det, skrive videre og signere. Det står fortsatt hvem som skrev det."
        )
        % {"name": note.author},
        button=_("Ta over notatet"),
    )


@require_http_methods(PAGE)
def move(request, pk, note):
    """To a course that the user gives, so that nobody writes in a stranger's case."""
    note = find_note(request, pk, note)
    permit(rules.may_move(request.user, note))
    given = Course.objects.visible_to(request.user).given_by(request.user)
    if not note.is_signed:
        given = given.open()
    courses = given.exclude(pk=note.course_id).for_list()
    form = MoveNoteForm(typed(request), courses=courses)
    said = {"by": request.user}
    if form.is_valid() and tried(form, actions.move_note, note, **said, **form.cleaned_data):
        messages.success(request, _("Notatet er flyttet. Her står det bare at det er gjort."))
        return redirect(note.course)
    return _form(
        request,
        note,
        form,
        title=_("Notatet står i feil sak"),
        lead=_(
            "Det som er skrevet, følger med. Hjemmeoppgaver, vurderinger og hvem som kan lese "
            "oppsummeringen, hører til familien her og følger ikke med."
        ),
        button=_("Flytt notatet"),
        nobody="" if courses else _("Du gir ikke noe annet tiltak som notatet kan flyttes til."),
    )


def _form(request, note, form, **shown):
    return act(
        request,
        note.course,
        form,
        verb="note.read",
        basis=rules.note_basis(request.user, note),
        **shown,
    )
