"""What a family works towards, as the page of a course and its ending ask for it."""

from dataclasses import dataclass

from interventions.kinds import Occasion, ServiceKind
from interventions.models import Evaluation, Feedback, Goal, Rating
from interventions.rules.note import may_be_told, rates
from interventions.states import CourseState
from tibir.cases.models import CasePerson


@dataclass(frozen=True)
class Followed:
    """One goal, with what each has said of it and how it was evaluated."""

    goal: Goal
    ratings: list  # in the order they were said
    evaluations: list

    @property
    def raters(self):
        """[(person, the values in the order they were said)]"""
        return [(who, [each.value for each in said]) for who, said in self.by_person.items()]

    @property
    def by_person(self):
        found = {}
        for each in self.ratings:
            found.setdefault(each.person, []).append(each)
        return found

    @property
    def is_under(self):
        return self.goal.parent_id is not None


def goals_of(user, course):
    """Every goal of the course that the user reads, with all of it, in three queries. Where it was
    transferred, what is said since stands where it goes on."""
    goals = list(Goal.objects.visible_to(user).of(course).for_list())
    since = {"goal__course__in": course.line}
    if course.state == CourseState.TRANSFERRED:
        since["on__lte"] = course.ended_on
    ratings, evaluations = {}, {}
    for each in Rating.objects.visible_to(user).filter(**since).for_list():
        ratings.setdefault(each.goal_id, []).append(each)
    for each in Evaluation.objects.visible_to(user).filter(**since).for_list():
        evaluations.setdefault(each.goal_id, []).append(each)
    return [
        Followed(each, ratings.get(each.pk, []), evaluations.get(each.pk, [])) for each in goals
    ]


def raters(goal, people):
    """Those of `people` who say how near the goal is: whose it is, or each who comes as a parent
    does when it is the family's."""
    if goal.person_id:
        return [each for each in people if each.pk == goal.person_id]
    return [each for each in people if rates(each)]


@dataclass(frozen=True)
class Lacking:
    """What is asked for before a course ends, and is not there."""

    goals: list  # not evaluated at the end, and not ended for a reason
    people: list  # who have not been asked what they think of it

    def __bool__(self):
        return bool(self.goals or self.people)


def lacking_at_the_end(course):
    """For the list of what is done before a course is over, in three queries. A screening has
    neither goals nor closing feedback."""
    if course.service.kind == ServiceKind.SCREENING:
        return Lacking([], [])
    return Lacking(goals_to_evaluate(course), people_to_ask(course))


def goals_to_evaluate(course):
    """Nobody has said how far it came, and it was not ended for a reason."""
    evaluated = Evaluation.objects.filter(occasion=Occasion.END).values("goal")
    goals = Goal.objects.of(course).active().exclude(pk__in=evaluated)
    return list(goals.for_list())


def may_say_more(course) -> bool:
    """Parents say what they think of a course when it ends, or after it, until the case closes."""
    return course.case.is_open


def people_to_ask(course):
    """Who has not been asked what they think of the course."""
    asked = set(Feedback.objects.filter(course=course).values_list("person", flat=True))
    return [each for each in guardians_of(course) if each.pk not in asked]


def guardians_of(course):
    """Those of today who decide for the child."""
    people = CasePerson.objects.filter(case=course.case_id).current().for_list()
    return [each for each in people if may_be_told(each)]
