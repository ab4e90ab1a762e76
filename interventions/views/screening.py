"""One screening: what is asked, seen and said, and how far it has come."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from interventions import actions, rules
from interventions.forms.screening import (
    ConversationForm,
    FindingsForm,
    GateForm,
    ObservationForm,
    known_findings,
    today_typed,
)
from interventions.kinds import Arena, Burden, ServiceKind
from interventions.models import Agreement, SafetyCheck, Screening
from interventions.views.page import (
    PAGE,
    act,
    find_course,
    people_of,
    today,
    tried,
    typed,
    work_on,
)
from tibir.access.gate import find
from tibir.audit.record import record
from tibir.cases.models import CasePerson, ChildView
from tibir.core.dates import short_date
from tibir.core.errors import StaleState, say_why
from tibir.core.templatetags import ui
from tibir.deadlines.kinds import Kind as Due
from tibir.deadlines.models import Deadline


@require_safe
def detail(request, pk, course):
    """States and dates for whoever may know of it; what is written for those who give it."""
    user = request.user
    course = find_course(request, pk, course)
    if not course.is_screening:
        return redirect(course)
    written = Screening.objects.visible_to(user).filter(course=course).first()
    works = rules.may_work(user, course)
    reads = rules.may_read_journal(user, course)
    if reads:
        basis = rules.journal_basis(user, course)
        record("screening.read", course, by=user, basis=basis)
    else:
        record("course.read", course, by=user, basis=rules.basis(user, course.case))
    meetings = rules.meetings_of(user, course)
    checks = list(SafetyCheck.objects.visible_to(user).filter(course=course).for_list())
    people = people_of(request, course.case)
    clock = Deadline.objects.visible_to(user).about(course, Due.SCREENING).open().first()
    context = {
        "case": course.case,
        "course": course,
        "title": _("Kartlegging"),
        "screening": written,
        "works": works and course.is_open,
        "reads": works or reads,
        "may_plan": course.is_open and rules.may_plan(user, course.case),
        "plans": course.state == "completed" and rules.may_plan(user, course.case),
        "may_end": course.is_open and rules.may_end(user, course),
        "clock": _clock(clock),
        "meetings": meetings,
        "calls": rules.calls_of(user, course),
        "checks": checks,
        "worries": [each for each in checks if not each.is_settled],
        "journal": rules.journal(user, course) if reads else None,
        "reads_goals": reads and course.service.kind != ServiceKind.SCREENING,
        "result": "",
        "agreed": None,
        "next": _next(course, written, meetings, people, checks) if works else [],
    }
    if course.state == "completed":
        context["result"] = _result(course)
        context["agreed"] = _agreed(user, course)
    if written:
        context |= _written(user, written, people)
    return render(request, "interventions/screening.html", context)


def _result(course):
    """What was chosen, which coordinators see too; not why, and no other way than the services."""
    choice = course.screening.choice
    names = [str(ServiceKind(each).label) for each in choice.services] if choice else []
    return ", ".join(names) or _("ikke noe tiltak nå")


def _agreed(user, course):
    """From when the family has something, where that was agreed when they were met."""
    found = Agreement.objects.visible_to(user).filter(course__referral=course.referral_id)
    return found.exclude(course__referral=None).first()


def _clock(deadline):
    if deadline is None:
        return None
    days = deadline.days_left(today())
    return {
        "due_on": short_date(deadline.due_on),
        "left": ui.days_left(days),
        "urgency": ui.urgency(days),
    }


def _written(user, screening, people):
    gates = {each.person_id: each for each in screening.gates.all()}
    asked = [each for each in people if rules.is_carer(each) or each.pk in gates]
    views = ChildView.objects.visible_to(user).filter(case=screening.case_id)
    return {
        "gates": [{"person": each, "gate": gates.get(each.pk)} for each in asked],
        "child_view": views.for_list().first(),
        "findings": list(_findings(screening)),
    }


def _findings(screening):
    """(what, how it is), with what nobody has asked about said so."""
    yes_or_no = {True: _("ja"), False: _("nei"), None: ""}
    months = screening.negativity_months
    yield _("Måneder med gjensidig negativitet"), "" if months is None else str(months)
    yield _("Vanskene er alvorlige"), yes_or_no[screening.is_serious]
    yield _("Kartlagte atferdsvansker"), yes_or_no[screening.has_behaviour_problems]
    yield _("Hvor vanskene viser seg"), _listed(screening.arenas, Arena)
    yield _("Belastninger i familien"), _listed(screening.burdens, Burden)
    yield _("Tiltak familien har hatt før"), _listed(screening.earlier, ServiceKind)
    yield _("Passer i gruppe"), yes_or_no[screening.suits_group]


def _listed(codes, choices):
    if codes is None:
        return ""
    return ", ".join(str(choices(code).label) for code in codes) or _("ingen")


def _next(course, screening, meetings, people, checks):
    """What somebody who gives it would do now, as (sentence, where)."""
    if not course.is_open or screening is None:
        return []
    to = _addresses(course)
    steps = [
        (_("Avgjør om bekymringen skal meldes."), to("report_worry", each.pk))
        for each in checks
        if not each.is_settled
    ]
    asked = set(screening.gates.values_list("person", flat=True))
    met = [row["meeting"] for row in meetings]
    if not any(each.is_planned or each.number for each in met):
        steps.append((_("Avtal det første møtet."), to("plan_meeting", course.pk)))
    if not asked:
        for each in (person for person in people if rules.is_carer(person)):
            name = {"name": each.person.name}
            steps.append(
                (_("Still de to spørsmålene til %(name)s.") % name, to("gate", course.pk, each.pk))
            )
    if not checks:
        steps.append((_("Vurder om barnet er trygt."), to("safety", course.pk)))
    return steps


def _addresses(course):
    return lambda name, *more: reverse(f"interventions:{name}", args=[course.case_id, *more])


def _open(request, pk, course):
    """The course and what is found out; nothing is written when it is over."""
    course = work_on(request, pk, course)
    found = find(Screening.objects.visible_to(request.user), course=course)
    found.course = course
    return course, found


@require_http_methods(PAGE)
def gate(request, pk, course, person):
    course, screening = _open(request, pk, course)
    people = CasePerson.objects.visible_to(request.user).filter(case=course.case)
    person = find(people.select_related("person", "case"), pk=person)
    answered = screening.gates.filter(person=person).first()
    initial = {"asked_on": today_typed()}
    if answered:
        initial = {
            "asked_on": answered.asked_on.strftime("%d.%m.%Y"),
            "thrives": answered.thrives,
            "thrives_words": answered.thrives_words,
            "worries": "yes" if answered.worries else "no",
            "worries_words": answered.worries_words,
        }
    form = GateForm(typed(request), initial=initial)
    said = {"by": request.user, "person": person}
    if form.is_valid() and tried(form, actions.answer_gate, screening, **said, **form.cleaned_data):
        messages.success(request, _("Svarene er skrevet inn."))
        return redirect(course)
    name = {"name": person.person.name}
    return act(
        request,
        course,
        form,
        title=_("To spørsmål til %(name)s") % name,
        button=_("Lagre"),
        verb="screening.read",
    )


def _find_out(request, pk, course, form_class, *, title, known, lead=""):
    """One part of the screening, guarded by what was seen when it was typed."""
    course, screening = _open(request, pk, course)
    form = form_class(typed(request), initial={"version": screening.version, **known(screening)})
    if form.is_valid():
        try:
            actions.find_out(screening, by=request.user, **form.cleaned_data)
        except StaleState as error:
            form = _again(request, screening, form_class, error)
        else:
            messages.success(request, _("Lagret."))
            return redirect(course)
    return act(
        request, course, form, title=title, lead=lead, button=_("Lagre"), verb="screening.read"
    )


def _again(request, screening, form_class, error):
    """With all that was typed; sent once more, it is saved."""
    data = request.POST.copy()
    data["version"] = Screening.objects.visible_to(request.user).get(pk=screening.pk).version
    form = form_class(data)
    form.full_clean()
    say_why(form, error)
    return form


@require_http_methods(PAGE)
def observation(request, pk, course):
    def known(screening):
        names = [name for name in ObservationForm.base_fields if name.startswith("observed")]
        values = {name: getattr(screening, name) for name in names}
        day = values["observed_on"]
        return values | {"observed_on": day.strftime("%d.%m.%Y") if day else today_typed()}

    return _find_out(
        request, pk, course, ObservationForm, title=_("Observasjon av samspill"), known=known
    )


@require_http_methods(PAGE)
def conversation(request, pk, course):
    def known(screening):
        names = ("conversation", "wish", "wish_words")
        return {name: getattr(screening, name) for name in names}

    return _find_out(
        request, pk, course, ConversationForm, title=_("Samtalen og ønsket"), known=known
    )


@require_http_methods(PAGE)
def findings(request, pk, course):
    return _find_out(
        request,
        pk,
        course,
        FindingsForm,
        title=_("Det dere har funnet ut"),
        lead=_("Anbefalingen bygger på dette. Det som ikke er spurt om, regnes som ukjent."),
        known=known_findings,
    )
