"""The decision after a screening: what is known, what is recommended, and what a person says."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from interventions import actions, letters, rules
from interventions.forms.decision import DecisionForm
from interventions.forms.recipients import known_ways
from interventions.kinds import ServiceKind
from interventions.models import Screening
from interventions.views.page import PAGE, people_of, today, work_on
from referrals import routing
from referrals.kinds import FACTS, Priority, Risk
from referrals.views.rule_words import service_words, value_words
from tibir.access.gate import find
from tibir.audit.record import record
from tibir.core.encryption import seal, unseal
from tibir.core.errors import DomainError, StaleState, say_why
from tibir.documents.models import Dispatch
from tibir.instruments.kinds import Band, color_of

SEEN = "interventions.decision"


@require_http_methods(PAGE)
def decide(request, pk, course):
    """The person decides; the recommendation, the wait and the letter stand beside."""
    course = work_on(request, pk, course)
    screening = find(Screening.objects.visible_to(request.user), course=course)
    screening.course = course
    if screening.choice_id or not course.is_open:
        raise StaleState(_("Kartleggingen er avsluttet, og det som står i den, står fast."))
    facts = rules.facts_of(screening, today())
    rule_set = rules.rule_set_for(course.case, today())
    known = known_to(rule_set.table, facts)
    result = routing.evaluate(rule_set.table, known)
    people = people_of(request, course.case)
    form = DecisionForm(
        request.POST if request.method == "POST" else None,
        result=result,
        referral=course.referral,
        people=people,
        initial=known_ways(people, course.case) | {"services": result["services"]},
    )
    is_whole = request.method == "POST" and form.is_valid()
    sends = is_whole and request.POST.get("action") == "send"
    if sends and _decided(request, course, form):
        messages.success(request, _("Kartleggingen er avsluttet. Brevet lages nå."))
        return redirect(course)
    record("screening.read", course, by=request.user, basis="member")
    context = {
        "case": course.case,
        "course": course,
        "title": _("Beslutning etter kartleggingen"),
        "form": form,
        "not_yet": list(rules.not_concluded_because(course)),
        "is_unanswered": course.referral and course.referral.is_open,
        "seen": seal(routing.canonical(facts), SEEN),
        "facts": in_words(known),
        "unknown": [str(FACTS[name]) for name in routing.CATALOGUE if name not in known],
        "scores": _scores(course.case),
        "rule_set": rule_set,
        "recommended": recommended(result),
        "waits": _waits(course.case.municipality),
        "told": rules.last_told(course.case.municipality),
        "letters": list(_letters(form, course, request.user)) if is_whole else [],
    }
    return render(request, "interventions/decision.html", context, status=409 if sends else 200)


def _decided(request, course, form):
    """Or why not, on the form with all that was typed. What was seen came sealed with the page."""
    seen = unseal(request.POST.get("seen", ""), SEEN)
    recipients = list(form.chosen())
    try:
        actions.conclude(course, by=request.user, seen=seen, recipients=recipients, **form.said())
    except DomainError as error:
        say_why(form, error)
        course.refresh_from_db()
    return not form.errors


def known_to(table, facts):
    known = routing.clean(facts, routing.CATALOGUE)
    return {name: value for name, value in known.items() if name in table.facts}


def in_words(known):
    return [(str(FACTS[name]), _value(name, value)) for name, value in known.items()]


def _value(name, value):
    if isinstance(value, list):
        return ", ".join(value_words(name, each) for each in value) or _("ingen")
    return value_words(name, value)


def _scores(case):
    """One row for each scale that somebody has answered, with its band and the norm used."""
    for each in rules.measurements_of(case):
        for key, score in each.scores.items():
            if score.get("value") is None:
                continue
            band = score.get("band") or ""
            yield {
                "instrument": each.instrument.label,
                "scale": key,
                "informant": each.informant.person.name,
                "value": score["value"],
                "band": Band(band).label if band else _("ingen grenseverdi"),
                "color": color_of(band),
                "norms": each.norm_set.label if each.norm_set else "",
                "taken_on": each.taken_on,
            }


def recommended(result):
    return {
        "is_manual": result["manual"],
        "services": service_words(result["services"], result["path"]),
        "risk": Risk(result["risk"]).label if result["risk"] else "",
        "priority": Priority(result["priority"]).label if result["priority"] else "",
        "sentences": result["sentences"],
        "against": [each["sentence"] for each in result["against"]],
        "missing": [str(FACTS.get(each["fact"], each["fact"])) for each in result["missing"]],
    }


def _waits(municipality):
    waiting = rules.waiting_for(municipality)
    kinds = [kind for kind in ServiceKind if kind != ServiceKind.SCREENING]
    return [(kind.label, waiting[kind.value]) for kind in kinds]


def _letters(form, course, user):
    for person, way, address in form.chosen():
        said = form.said()
        yield {
            "person": person,
            "way": Dispatch.Channel(way).label,
            "language": course.referral.submission.language,
            "words": letters.screened(
                course.referral,
                person,
                by=user,
                on=timezone.localdate(),
                services=said["services"],
                reason=said["words"],
                address=address,
            ),
        }
