"""Tiltak: which there are, and one of them."""

from django.db.models import Q
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from interventions import rules
from interventions.kinds import EndingPart, ServiceKind
from interventions.models import (
    Course,
    CourseChild,
    Extension,
    LeftOut,
    Pause,
    PlannedMeasure,
    Reopening,
    SafetyCheck,
)
from interventions.states import NOT_BEGUN, OPEN, CourseState
from interventions.views.measure import occasions
from interventions.views.page import find_course, today
from tibir.access.gate import permit
from tibir.access.roles import Kind, units_where
from tibir.audit.record import record
from tibir.core.dates import long_date
from tibir.core.templatetags import ui
from tibir.deadlines import rules as deadline_rules
from tibir.deadlines.kinds import Kind as Due
from tibir.deadlines.models import Deadline
from tibir.family import rules as family
from tibir.instruments import rules as instruments

MOST = 200
KINDS = [kind for kind in ServiceKind if kind != ServiceKind.SCREENING]
# The parts of the list, as the address says them: what they are called, and the states in them.
PARTS = {
    "": (gettext_lazy("Alle åpne"), OPEN),
    "planlagt": (gettext_lazy("Ikke begynt"), NOT_BEGUN),
    "gang": (gettext_lazy("I gang"), [CourseState.RUNNING]),
    "pause": (gettext_lazy("På pause"), [CourseState.PAUSED]),
}


@require_safe
def course_list(request):
    """Mine; and, for those who watch over a unit, all that are open in it."""
    user = request.user
    permit(rules.may_list(user))
    watches = bool(units_where(user, Kind.COURSE))
    of_unit = watches and request.GET.get("vis") != "mine"
    kind, part = request.GET.get("tiltak", ""), request.GET.get("status", "")
    kind = kind if kind in ServiceKind.values else ""
    part = part if part in PARTS else ""
    found = Course.objects.listed_for(user).exclude(service__kind=ServiceKind.SCREENING)
    found = found.filter(state__in=PARTS[part][1])
    if kind:
        found = found.filter(service__kind=kind)
    if not of_unit:
        found = found.given_by(user)
    courses = list(found.with_numbers().for_list()[:MOST])
    record("course.listed", by=user, rows=len(courses))
    chosen = {"vis": "" if of_unit or not watches else "mine", "tiltak": kind, "status": part}
    context = {
        "rows": [_row(each) for each in courses],
        "watches": watches,
        "of_unit": of_unit,
        "whose": [
            _choice(chosen, "vis", "", _("Enheten")),
            _choice(chosen, "vis", "mine", _("Mine")),
        ],
        "parts": [_choice(chosen, "status", key, label) for key, (label, _s) in PARTS.items()],
        "kinds": [
            _choice(chosen, "tiltak", "", _("Alle tiltak")),
            *(_choice(chosen, "tiltak", each.value, capfirst(each.label)) for each in KINDS),
        ],
    }
    return render(request, "interventions/course_list.html", context)


def _choice(chosen, name, value, label):
    """One link: what is chosen already, with this one thing changed."""
    query = {key: each for key, each in (chosen | {name: value}).items() if each}
    current = chosen[name] == value
    return {"label": label, "url": reverse("interventions:courses", query=query), "on": current}


def _row(course):
    return {"course": course, "held": course.held_before + course.held_here}


# --- One of them -------------------------------------------------------------------------------


@require_safe
def detail(request, pk, course):
    """States, dates and numbers for whoever may know of it; what is done for those who give it."""
    user = request.user
    course = find_course(request, pk, course)
    if course.is_screening:
        return redirect(course)
    record("course.read", course, by=user, basis=rules.basis(user, course.case))
    rows = rules.meetings_of(user, course)
    meetings = [row["meeting"] for row in rows]
    held = course.held_before + sum(each.number is not None for each in meetings)
    ahead = [each for each in meetings if each.is_planned]
    agreed = sum(not each.is_with_others for each in ahead)  # those with others never count
    checks = list(SafetyCheck.objects.visible_to(user).filter(course=course).for_list())
    works = rules.may_work(user, course)
    reads = works or rules.may_read_journal(user, course)
    journal = rules.journal(user, course) if reads else None
    notes = journal.notes if journal else []
    lacks = _lacks(user, course, works)
    context = {
        "case": course.case,
        "course": course,
        "title": capfirst(str(course)),
        "works": works and course.is_open,
        "reads": reads,
        "held": held,
        "ahead": next((each for each in ahead if not each.has_begun), None),
        "meetings": rows,
        "calls": rules.calls_of(user, course),
        "journal": journal,
        "goals": rules.goals_of(user, course) if reads else [],
        "occasions": _occasions(user, course),
        "checks": checks,
        "worries": [each for each in checks if not each.is_settled],
        "said": list(rules.numbers(course, held, agreed)) if course.is_open else [],
        "lacks": lacks,
        "next": _next(user, course, meetings, notes, lacks, held),
        "task": _task(user, course),
        "buttons": list(_buttons(user, course)),
        **_around(user, course, works),
    }
    return render(request, "interventions/course.html", context)


def _occasions(user, course):
    """What is to be measured, for whoever may read measures."""
    if not instruments.may_read(user, course.case):
        return []
    found = PlannedMeasure.objects.visible_to(user).filter(course__in=course.line)
    return occasions(course, found.for_list())


def _lacks(user, course, works):
    if course.is_begun or not course.is_open:
        return []
    names = works or family.may_consent(user, course.case)
    return rules.lacking(course, today(), names=names)


def _task(user, course):
    """What whoever gives this is asked to decide when what it rests on has stopped."""
    task = Deadline.objects.visible_to(user).about(course, Due.PARALLEL).open()
    task = task.select_related("case", "unit").first()
    if task is None:
        return None
    days = task.days_left(today())
    return {
        "deadline": task,
        "due_on": long_date(task.due_on),
        "clock": ui.days_left(days),
        "urgency": ui.urgency(days),
        "may_finish": deadline_rules.may_finish(user, task),
    }


def _around(user, course, works):
    """What it goes beside, what goes beside it, and what has been said of its course."""
    known = Course.objects.visible_to(user).select_related("service", "practitioner")
    children = CourseChild.objects.visible_to(user).current().filter(course=course)
    near = list(known.filter(Q(pk=course.beside_id) | Q(beside=course) | Q(pk=course.follows_id)
                             | Q(follows=course)).order_by("pk"))  # fmt: skip
    of_course = {"course": course}
    return {
        "beside": next((each for each in near if each.pk == course.beside_id), None),
        "parallels": [each for each in near if each.beside_id == course.pk],
        "before": next((each for each in near if each.pk == course.follows_id), None),
        "after": next((each for each in near if each.follows_id == course.pk), None),
        "children": list(children.for_list()),
        "pauses": list(Pause.objects.visible_to(user).filter(**of_course).for_list()),
        "extensions": list(Extension.objects.visible_to(user).filter(**of_course).for_list()),
        "reopenings": list(Reopening.objects.visible_to(user).filter(**of_course).for_list()),
        "left_out": _left_out(user, course) if works else [],
    }


def _left_out(user, course):
    """One row for each time it ended: what was left out, and why."""
    found = {}
    for each in LeftOut.objects.visible_to(user).filter(course=course).for_list():
        what = EndingPart(each.what).label
        found.setdefault((each.on, each.reason), []).append(str(what))
    return [{"on": on, "reason": why, "what": ", ".join(what)} for (on, why), what in found.items()]


def _next(user, course, meetings, notes, lacks, held):
    """What comes next, in one sentence, and where it is done; nothing when it is over."""
    to = _addresses(course)
    if not course.is_open:
        return None
    if course.state == CourseState.PAUSED:
        return _("Sett tiltaket i gang igjen når familien er klar."), to("resume", course.pk)
    drafts = (each for each in notes if not each.is_signed)
    draft = next((each for each in drafts if rules.may_sign(user, each)), None)
    if draft:
        return _("Skriv ferdig og signer notatet."), to("note", draft.pk)
    waiting = [each for each in notes if each.awaits_cosigning]
    mine = next((each for each in waiting if each.cosigner_id == user.pk), None)
    if mine:
        return _("Les og medsigner notatet."), to("note", mine.pk)
    nobodys = next((each for each in waiting if each.cosigner_id is None), None)
    if nobodys and rules.may_ask_cosigner(user, nobodys):
        return _("Be noen om å medsignere notatet."), to("ask_to_cosign", nobodys.pk)
    held_late = next((each for each in meetings if each.is_planned and each.ends_at < now()), None)
    if held_late:
        return _("Skriv ned hvordan det gikk med møtet som har vært."), to("hold", held_late.pk)
    if lacks:
        rests = course.service.needs_family_course and not course.beside_id
        where = to("start", course.pk) if rests else _asks(user, course)
        return _("Få på plass det som mangler."), where
    if any(each.is_planned for each in meetings):
        return None  # and when it is, the page says already
    if not held:
        return _("Avtal det første møtet."), to("plan_meeting", course.pk)
    if held >= course.most_meetings:
        return _("Fullfør tiltaket, eller be om flere møter."), to("complete", course.pk)
    return _("Avtal neste møte."), to("plan_meeting", course.pk)


def _asks(user, course):
    """Where it is written down that somebody agrees; nowhere for who sees nothing of that."""
    if not family.may_consent(user, course.case):
        return ""
    return reverse("family:consents", args=[course.case_id])


def _buttons(user, course):
    """(what, where) that the state and the role allow."""
    to = _addresses(course)
    plans, works = rules.may_plan(user, course.case), rules.may_work(user, course)
    state = course.state
    if plans or works:
        if state in NOT_BEGUN and not course.accepted_on:
            yield _("Familien har takket ja"), to("accept", course.pk)
        if state in (CourseState.PLANNED, CourseState.OFFERED):
            yield _("Tiltaket er i gang"), to("start", course.pk)
        if state == CourseState.RUNNING:
            yield _("Sett på pause"), to("pause", course.pk)
        if state == CourseState.PAUSED:
            yield _("Sett i gang igjen"), to("resume", course.pk)
    if plans and course.is_open:
        yield _("Bytt behandler"), to("assign", course.pk)
    if works and state in (CourseState.RUNNING, CourseState.PAUSED):
        yield _("Be om flere møter"), to("ask_for_more", course.pk)
    if plans and state in (CourseState.RUNNING, CourseState.PAUSED):
        yield _("Overfør til en annen enhet"), to("transfer", course.pk)
    if plans and course.is_open and course.is_of_parents:
        yield _("Søsken i tiltaket"), to("siblings", course.pk)
    if plans and state in (CourseState.COMPLETED, CourseState.ENDED):
        yield _("Åpne igjen"), to("reopen", course.pk)
    if plans or works:
        if state in (CourseState.RUNNING, CourseState.PAUSED):
            yield _("Fullfør tiltaket"), to("complete", course.pk)
        if course.is_open:
            yield _("Avslutt før tiden"), to("end", course.pk)


def _addresses(course):
    return lambda name, pk: reverse(f"interventions:{name}", args=[course.case_id, pk])
