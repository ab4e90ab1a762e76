"""More meetings than the service has: asked for, and answered by somebody else."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from interventions import actions, rules
from interventions.forms.progress import AnswerMoreForm, MoreForm
from interventions.models import Extension
from interventions.views.page import PAGE, act, tried, typed, work_on
from tibir.access.gate import find, permit
from tibir.audit.record import record
from tibir.core.errors import StaleState


@require_http_methods(PAGE)
def ask_for_more(request, pk, course):
    course = work_on(request, pk, course)
    form = MoreForm(typed(request))
    if form.is_valid() and tried(
        form, actions.ask_for_more, course, by=request.user, **form.cleaned_data
    ):
        messages.success(request, _("Spørsmålet er sendt. En annen enn du svarer."))
        return redirect(course)
    most = {"most": course.most_meetings}
    return act(
        request,
        course,
        form,
        title=_("Be om flere møter"),
        lead=_("Tiltaket har høyst %(most)d møter. En som ikke gir det, må si ja til flere.")
        % most,
        button=_("Send spørsmålet"),
    )


@require_http_methods(PAGE)
def extension(request, pk):
    """The answer. Whoever answers for another unit is told nothing of the family."""
    asked = Extension.objects.visible_to(request.user).select_related(
        "course__case__child", "course__case__unit", "course__service", "course__unit",
        "course__practitioner", "asked_by",
    )  # fmt: skip
    asked = find(asked, pk=pk)
    course = asked.course
    permit(rules.may_answer_extension(request.user, asked))
    if not asked.is_open:
        raise StaleState(_("Noen andre har alt svart."))
    knows = rules.knows_family(request.user, course)
    form = AnswerMoreForm(typed(request))
    if form.is_valid() and tried(
        form, actions.answer_extension, asked, by=request.user, **form.cleaned_data
    ):
        messages.success(request, _("Svaret er gitt. Den som spurte, har fått beskjed."))
        return redirect(course) if knows else redirect("deadlines:list")
    record("extension.read", asked, by=request.user, basis="role")
    context = {
        "asked": asked,
        "course": course,
        "child": course.case.child.name if knows else "",
        "held": course.held_before + course.meetings.filter(number__isnull=False).count(),
        "form": form,
        "title": _("Flere møter?"),
        "button": _("Svar"),
        "back": course.get_absolute_url() if knows else "/",
    }
    status = 409 if form.has_error("__all__", "refused") else 200
    return render(request, "interventions/extension.html", context, status=status)
