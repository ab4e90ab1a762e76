"""Is the child safe? A worry is reported, or somebody says why it is not."""

from django.contrib import messages
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from interventions import actions, rules
from interventions.forms.screening import ExplainForm, SafetyForm
from interventions.models import SafetyCheck
from interventions.views.page import PAGE, SHOWN, act, today, tried, typed, work_on
from tibir.access.gate import find, permit
from tibir.core.errors import StaleState
from tibir.family.forms.duty import ReportForm


@require_http_methods(PAGE)
def check(request, pk, course):
    course = work_on(request, pk, course)
    form = SafetyForm(typed(request))
    if form.is_valid():
        made = actions.check_safety(course, by=request.user, **form.cleaned_data)
        if made.is_worried:
            return redirect("interventions:report_worry", pk, made.pk)
        messages.success(request, _("Det er skrevet ned at du har vurdert om barnet er trygt."))
        return redirect(course)
    return act(
        request,
        course,
        form,
        title=_("Er barnet trygt?"),
        lead=_(
            "Spør deg selv dette i hver kartlegging, og når noe gir grunn til det. Familien ser "
            "ikke svaret."
        ),
        button=_("Lagre"),
        verb="duty.check_read",
    )


def _worry(request, pk, check):
    checks = SafetyCheck.objects.visible_to(request.user).filter(course__case=pk)
    found = find(checks.select_related(*[f"course__{each}" for each in SHOWN]), pk=check)
    # The duty is personal: it stays with whoever was worried, also when another gives the course.
    permit(rules.may_work(request.user, found.course) or found.by_id == request.user.pk)
    if found.is_settled:
        raise StaleState(_("Noen andre har alt avgjort dette."))
    return found


@require_http_methods(PAGE)
def report(request, pk, check):
    """The checklist of the duty to report, and the report itself."""
    found = _worry(request, pk, check)
    initial = {"reported_on": today().strftime("%d.%m.%Y"), "concern": found.words}
    form = ReportForm(typed(request), initial=initial)
    if form.is_valid() and tried(
        form, actions.report_worry, found, by=request.user, **form.cleaned_data
    ):
        messages.success(request, _("Meldingen er skrevet inn. Den vises ikke for familien."))
        return redirect(found.course)
    return act(
        request,
        found.course,
        form,
        title=_("Meldeplikten"),
        lead=_(
            "Plikten til å melde fra er din egen. Du trenger ikke tillatelse fra noen, og et "
            "nei fra foreldrene stanser den ikke. Send meldingen først, og skriv den inn her."
        ),
        button=_("Lagre meldingen"),
        verb="duty.check_read",
        template="interventions/worry.html",
        check=found,
    )


@require_http_methods(PAGE)
def explain(request, pk, check):
    found = _worry(request, pk, check)
    form = ExplainForm(typed(request))
    if form.is_valid() and tried(
        form, actions.explain_worry, found, by=request.user, **form.cleaned_data
    ):
        messages.success(request, _("Det er skrevet ned hvorfor du ikke melder nå."))
        return redirect(found.course)
    return act(
        request,
        found.course,
        form,
        title=_("Jeg melder ikke nå"),
        lead=_("Er du i tvil, kan du drøfte det med barnevernet uten å si hvem det gjelder."),
        button=_("Lagre"),
        verb="duty.check_read",
    )
