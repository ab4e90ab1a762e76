"""What a family wants to reach, how near they say they are, and what they say when it ends."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from interventions import actions, rules
from interventions.forms.goal import (
    ChangeGoalForm,
    EndGoalForm,
    EvaluationForm,
    FeedbackForm,
    GoalForm,
    RateForm,
    WordsForm,
)
from interventions.models import Feedback, Goal
from interventions.views.page import (
    PAGE,
    SHOWN,
    act,
    find_course,
    people_of,
    tried,
    typed,
    work_on,
)
from tibir.access.gate import find, permit
from tibir.audit.record import record
from tibir.cases.models import CasePerson


def _find_goal(request, pk, goal):
    """For those who give the course that it is of now: (the goal, the course)."""
    goals = Goal.objects.visible_to(request.user).filter(course__case=pk)
    shown = [f"course__{each}" for each in SHOWN]
    goal = find(goals.select_related("person__person", "parent", *shown), pk=goal)
    course = goal.course.goes_on_as
    permit(rules.may_work(request.user, course))
    return goal, course


def _to_goals(course):
    return redirect("interventions:goals", course.case_id, course.pk)


@require_safe
def detail(request, pk, course):
    """For those who read what is written of the course."""
    user = request.user
    course = find_course(request, pk, course)
    permit(rules.may_read_journal(user, course))
    record("goal.read", course, by=user, basis=rules.journal_basis(user, course))
    said = Feedback.objects.visible_to(user).filter(course=course).for_list()
    newest = {each.person_id: each for each in said}
    people = [each for each in people_of(request, course.case) if rules.may_be_told(each)]
    known = {each.pk for each in people}
    feedback = [(each, newest.get(each.pk)) for each in people]
    feedback += [(each.person, each) for pk, each in newest.items() if pk not in known]
    context = {
        "case": course.case,
        "course": course,
        "title": _("Mål"),
        "goals": rules.goals_of(user, course),
        "feedback": feedback,
        "lacking": rules.lacking_at_the_end(course),
        "works": rules.may_work(user, course),
        "asks": rules.may_work(user, course) and rules.may_say_more(course),
        "back": course.get_absolute_url(),
    }
    return render(request, "interventions/goals.html", context)


def _goal_form(request, course, form, **shown):
    back = _to_goals(course).url
    return act(request, course, form, verb="goal.read", back=back, **shown)


@require_http_methods(PAGE)
def set_goal(request, pk, course):
    course = work_on(request, pk, course)
    form = GoalForm(typed(request), people=people_of(request, course.case))
    said = {"by": request.user}
    if form.is_valid() and tried(form, actions.set_goal, course, **said, **form.cleaned_data):
        messages.success(request, _("Målet er satt."))
        return _to_goals(course)
    return _goal_form(request, course, form, title=_("Nytt mål"), button=_("Lagre målet"))


@require_http_methods(PAGE)
def set_under(request, pk, goal):
    goal, course = _find_goal(request, pk, goal)
    permit(goal.parent_id is None)
    form = WordsForm(typed(request))
    said = {"by": request.user, "parent": goal}
    if form.is_valid() and tried(form, actions.set_goal, course, **said, **form.cleaned_data):
        messages.success(request, _("Delmålet er satt."))
        return _to_goals(course)
    lead = _("Et steg på veien til: %(goal)s") % {"goal": goal.words}
    return _goal_form(
        request, course, form, title=_("Nytt delmål"), lead=lead, button=_("Lagre delmålet")
    )


@require_http_methods(PAGE)
def change(request, pk, goal):
    goal, course = _find_goal(request, pk, goal)
    known = {name: getattr(goal, name) for name in ("words", "low", "high")}
    form = ChangeGoalForm(typed(request), initial=known)
    said = {"by": request.user}
    if form.is_valid() and tried(form, actions.change_goal, goal, **said, **form.cleaned_data):
        messages.success(request, _("Målet er skrevet om. Det gamle står igjen med sine tall."))
        return _to_goals(course)
    return _goal_form(
        request,
        course,
        form,
        title=_("Skriv om målet"),
        lead=_("Tallene til nå hører til de gamle ordene. Det nye målet begynner på nytt."),
        button=_("Lagre"),
    )


@require_http_methods(PAGE)
def evaluate(request, pk, goal):
    goal, course = _find_goal(request, pk, goal)
    form = EvaluationForm(typed(request))
    said = {"by": request.user}
    if form.is_valid() and tried(form, actions.evaluate_goal, goal, **said, **form.cleaned_data):
        messages.success(request, _("Evalueringen står ved målet."))
        return _to_goals(course)
    return _goal_form(
        request,
        course,
        form,
        title=_("Evaluer målet"),
        lead=goal.words,
        button=_("Lagre evalueringen"),
    )


@require_http_methods(PAGE)
def end(request, pk, goal):
    goal, course = _find_goal(request, pk, goal)
    form = EndGoalForm(typed(request))
    said = {"by": request.user}
    if form.is_valid() and tried(form, actions.end_goal, goal, **said, **form.cleaned_data):
        messages.success(request, _("Målet er avsluttet."))
        return _to_goals(course)
    return _goal_form(
        request,
        course,
        form,
        title=_("Avslutt målet"),
        lead=goal.words,
        button=_("Avslutt målet"),
    )


@require_http_methods(PAGE)
def rate(request, pk, course):
    """Between meetings: by telephone, say."""
    course = work_on(request, pk, course)
    goals = list(Goal.objects.visible_to(request.user).of(course).active().for_list())
    people = [each for each in people_of(request, course.case) if rules.rates(each)]
    form = RateForm(typed(request), goals=goals, people=people, last=rules.last_ratings(course))
    said = {"by": request.user}
    if form.is_valid() and tried(form, actions.rate, course, ratings=form.ratings, **said):
        messages.success(request, _("Tallene er skrevet ned."))
        return _to_goals(course)
    return _goal_form(
        request,
        course,
        form,
        title=_("Hvor nær er dere målene?"),
        button=_("Lagre"),
        template="interventions/rate.html",
        nobody="" if goals else _("Det er ikke satt noe mål ennå."),
    )


@require_http_methods(PAGE)
def feedback(request, pk, course, person):
    course = work_on(request, pk, course)
    people = CasePerson.objects.visible_to(request.user).filter(case=course.case)
    person = find(people.select_related("person", "case"), pk=person)
    form = FeedbackForm(typed(request))
    said = {"by": request.user, "person": person}
    if form.is_valid() and tried(form, actions.give_feedback, course, **said, **form.cleaned_data):
        messages.success(request, _("Tilbakemeldingen er skrevet ned."))
        return _to_goals(course)
    name = {"name": person.person.name}
    return _goal_form(
        request,
        course,
        form,
        title=_("Hva synes %(name)s?") % name,
        lead=_("Med forelderens egne ord. Den andre forelderen får ikke se det."),
        button=_("Lagre"),
    )
