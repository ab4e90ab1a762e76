"""Brev: what is on its way, printed and posted in one sitting."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tibir.access.gate import find, permit
from tibir.audit.record import record
from tibir.core.errors import DomainError, say_why
from tibir.documents import actions, rules
from tibir.documents.forms import AgainForm, DoneForm, FailedForm
from tibir.documents.models import Dispatch, Document
from tibir.documents.pdf import joined

AT_ONCE = 100
PAGE = ["GET", "HEAD", "POST"]
POST = Dispatch.Channel.POST


@require_safe
def letters(request):
    """What waits to be sent, the oldest first, and what did not arrive."""
    permit(rules.may_list(request.user))
    visible = Dispatch.objects.listed_for(request.user)
    waiting = list(visible.waiting().for_list()[: AT_ONCE + 1])
    posted = [each for each in waiting[:AT_ONCE] if each.channel == POST]
    context = {
        "to_print": [each for each in posted if each.document.is_frozen],
        "being_made": sum(not each.document.is_frozen for each in posted),
        "by_hand": [each for each in waiting[:AT_ONCE] if each.channel != POST],
        "failed": list(visible.not_sent_again().for_list()[:AT_ONCE]),
        "is_cut": len(waiting) > AT_ONCE,
        "today": timezone.localdate(),
        "form": DoneForm(initial={"on": _today()}),
    }
    record("dispatch.listed", by=request.user, rows=len(waiting))
    return render(request, "documents/letters.html", context)


def _today():
    return f"{timezone.localdate():%d.%m.%Y}"


@require_POST
def print_letters(request):
    """All that was ticked, as one file for the printer."""
    permit(rules.may_list(request.user))
    chosen = _ticked(request)
    if not chosen:
        messages.warning(request, _("Kryss av for brevene du vil skrive ut."))
        return redirect("documents:letters")
    files = actions.contents([each.document for each in chosen], by=request.user)
    if None in files:
        damaged = chosen[files.index(None)]
        messages.error(request, _damaged(damaged.document))
        return redirect("documents:letters")
    actions.printed(chosen, by=request.user)
    return _pdf(joined(files), f"brev-{timezone.localdate()}.pdf")


def _damaged(letter):
    said = _("Brevet «%(title)s» er skadet og kan ikke åpnes. De som drifter TIBIR, er varslet.")
    return said % {"title": letter.title}


@require_POST
def posted(request):
    """They are in the post box: all that was ticked, and nothing else."""
    permit(rules.may_list(request.user))
    chosen, form = _ticked(request), DoneForm(request.POST)
    if not chosen or not form.is_valid():
        wrong = form.errors.get("on", [_("Kryss av for brevene du har postet.")])
        messages.warning(request, wrong[0])
        return redirect("documents:letters")
    try:
        actions.posted(chosen, by=request.user, on=form.cleaned_data["on"])
    except DomainError as error:
        messages.warning(request, str(error))
        return redirect("documents:letters")
    said = ngettext("%d brev er merket som postet.", "%d brev er merket som postet.", len(chosen))
    messages.success(request, said % len(chosen))
    return redirect("documents:letters")


def _ticked(request):
    pks = [pk for pk in request.POST.getlist("letter") if pk.isdecimal()][:AT_ONCE]
    mine = Dispatch.objects.listed_for(request.user).to_post().ready().filter(pk__in=pks)
    return list(mine.select_related("document__blob", "document__meets", "document__case"))


@require_safe
def document(request, pk):
    visible = Document.objects.visible_to(request.user)
    found = find(visible.select_related("blob", "case"), pk=pk)
    permit(rules.may_send(request.user, found))
    if not found.is_frozen:
        messages.info(request, _("Brevet lages nå. Prøv igjen om et øyeblikk."))
        return redirect(_back(request, found))
    (content,) = actions.contents([found], by=request.user)
    if content is None:
        messages.error(request, _damaged(found))
        return redirect(_back(request, found))
    record("document.read", found, by=request.user, case=found.case, basis="role")
    return _pdf(content, f"{found.kind}-{found.pk}.pdf", shown=True)


def _back(request, document):
    """To the post tray; whoever has none has the family."""
    if rules.may_list(request.user):
        return reverse("documents:letters")
    return reverse("home:case", args=[document.case_id])


def _pdf(content, name, *, shown=False):
    response = HttpResponse(content, content_type="application/pdf")
    how = "inline" if shown else "attachment"
    response["Content-Disposition"] = f'{how}; filename="{name}"'
    return response


def _dispatch(request, pk):
    visible = Dispatch.objects.visible_to(request.user)
    found = find(
        visible.select_related("document__case", "document__meets", "document__unit", "person"),
        pk=pk,
    )
    permit(rules.may_send(request.user, found.document))
    return found


def _page(request, dispatch, form, do, *, said, title, button):
    """The form and, when it is whole, what it asks for; a no leaves all that was typed there."""
    status = 200
    if form.is_valid():
        try:
            do(dispatch, by=request.user, **form.cleaned_data)
        except DomainError as error:
            say_why(form, error)
            status = 409
        else:
            messages.success(request, said)
            return redirect(_back(request, dispatch.document))
    record("dispatch.read", dispatch, by=request.user, case=dispatch.document.case, basis="role")
    context = {"dispatch": dispatch, "form": form, "title": title, "button": button}
    context["back"] = _back(request, dispatch.document)
    return render(request, "documents/dispatch.html", context, status=status)


def _typed(request):
    return request.POST if request.method == "POST" else None


@require_http_methods(PAGE)
def done(request, pk):
    dispatch = _dispatch(request, pk)
    return _page(
        request,
        dispatch,
        DoneForm(_typed(request), initial={"on": _today()}),
        actions.done,
        said=_("Brevet er merket som sendt."),
        title=_("Familien har fått brevet"),
        button=_("Lagre"),
    )


@require_http_methods(PAGE)
def failed(request, pk):
    dispatch = _dispatch(request, pk)
    return _page(
        request,
        dispatch,
        FailedForm(_typed(request)),
        actions.failed,
        said=_("Brevet er merket som ikke mottatt. Fristen er åpen igjen."),
        title=_("Brevet kom ikke fram"),
        button=_("Lagre"),
    )


@require_http_methods(PAGE)
def again(request, pk):
    dispatch = _dispatch(request, pk)
    return _page(
        request,
        dispatch,
        AgainForm(_typed(request)),
        actions.send_again,
        said=_("Brevet ligger klart til å sendes på nytt."),
        title=_("Send brevet på nytt"),
        button=_("Send på nytt"),
    )
