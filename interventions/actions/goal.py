"""What a family wants to reach: set, rated, put differently, evaluated and ended."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from interventions import rules
from interventions.kinds import GoalEnding
from interventions.models import Evaluation, Feedback, Goal, Rating
from interventions.models.planning import held_course
from tibir.audit.record import record
from tibir.core.errors import DomainError, StaleState


@transaction.atomic
def set_goal(course, *, by, words, low, high, person=None, parent=None):
    """A goal of one person, or of the family together; what is under another is of the same, also
    when that was set before the course was transferred. Set once more on the same day it is the
    press that came twice, and one goal."""
    course = held_course(course)
    if parent is not None:
        _require_active(parent)
        person, course = parent.person, parent.course
    said = {
        "course": course, "parent": parent, "person": person, "words": words, "low": low,
        "high": high, "set_on": timezone.localdate(), "set_by": by,
    }  # fmt: skip
    if same := Goal.objects.active().filter(**said).first():
        return same
    goal = Goal.objects.create(**said)
    record("goal.set", goal, by=by)
    return goal


@transaction.atomic
def rate(course, *, by, ratings):
    """What they say between meetings: (goal, case person, value from 0 to 10). What was said last
    of it, said by the same on the same day, is the press that came twice."""
    held_course(course)
    today = timezone.localdate()
    newest = _newest(goal for goal, _person, _value in ratings)
    for goal, person, value in ratings:
        _require_active(goal)
        said = {"value": value, "on": today, "by_id": by.pk, "note_id": None}
        if newest.get((goal.pk, person.pk)) == said:
            continue
        Rating.objects.create(goal=goal, person=person, **said)
        record("goal.rated", goal, by=by, person=person.pk)


@transaction.atomic
def evaluate_goal(goal, *, by, occasion, reached, words):
    """What is said half-way and at the end. Said again, the last stands."""
    held_course(goal.course.goes_on_as)
    said = Evaluation.objects.create(
        goal=goal, occasion=occasion, reached=reached, words=words, on=timezone.localdate(), by=by
    )
    record("goal.evaluated", goal, by=by, occasion=occasion)
    return said


@transaction.atomic
def change_goal(goal, *, by, words, low, high, reason):
    """Put differently it is another goal, and the numbers keep what they were said of."""
    held_course(goal.course.goes_on_as)
    goal = _held(goal)
    _require_active(goal)
    _end(goal, by, GoalEnding.CHANGED, reason)
    new = Goal.objects.create(
        course=goal.course, parent=goal.parent, person=goal.person, words=words, low=low,
        high=high, set_on=timezone.localdate(), set_by=by, follows=goal,
    )  # fmt: skip
    Goal.objects.filter(parent=goal).update(parent=new)
    record("goal.changed", new, by=by)
    return new


@transaction.atomic
def end_goal(goal, *, by, ending, reason):
    """Nobody works towards it any more, nor towards what is under it."""
    held_course(goal.course.goes_on_as)
    goal = _held(goal)
    _require_active(goal)
    _end(goal, by, ending, reason)
    for under in goal.under.active():
        _end(under, by, ending, reason)
    record("goal.ended", goal, by=by, ending=ending)


@transaction.atomic
def give_feedback(course, *, by, person, suited, useful="", helped="", better=""):
    """What one parent says when it is over, in their own words, or that they would not. They may
    be asked after the last meeting too, until the case is closed."""
    if not rules.may_say_more(course):
        raise DomainError(_("Saken er lukket. Åpne den først."))
    said = Feedback.objects.create(
        course=course, person=person, suited=suited, useful=useful, helped=helped, better=better,
        on=timezone.localdate(), by=by,
    )  # fmt: skip
    record("feedback.given", said, by=by, person=person.pk)
    return said


def _newest(goals):
    """{(goal, person): what was written last of it}"""
    found = Rating.objects.filter(goal__in=list(goals)).order_by("pk")
    rows = found.values("goal_id", "person_id", "value", "on", "by_id", "note_id")
    return {(each.pop("goal_id"), each.pop("person_id")): each for each in rows}


def _end(goal, by, ending, reason):
    Goal.objects.filter(pk=goal.pk).update(
        ended_on=timezone.localdate(), ended_by=by, ending=ending, end_reason=reason
    )


def _held(goal):
    """After the course, as everybody takes them. What is said of the goal meanwhile, in a note that
    is signed, waits for nothing here."""
    found = Goal.objects.select_for_update(of=["self"], no_key=True)
    return found.select_related("course__unit", "parent", "person").get(pk=goal.pk)


def _require_active(goal):
    if not goal.is_active:
        raise StaleState(_("Målet er avsluttet. Se hva som står der nå."))
