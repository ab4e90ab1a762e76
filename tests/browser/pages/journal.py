"""Notes and goals: each page empty, with mistakes, and with everything written."""

from django.urls import reverse

from interventions import actions
from interventions.models import Goal, Note
from tests.browser.pages.people import LONG
from tests.interventions.journals import (
    counselling,
    counselling_of,
    counsellor,
    goal,
    joins,
    parents,
    sign,
)
from tests.interventions.screenings import held, requalify


def journal_pages(page, place, user):
    """As somebody in training who gives a course to two parents who live apart."""
    unit, supervisor = place.intake_unit, counsellor(place.intake_unit)
    requalify(user, "counsellor", supervisor=supervisor)
    course = counselling(place, practitioner=user, supervisor=supervisor)
    mother, father = parents(course)

    def at(name, *more):
        return reverse(f"interventions:{name}", args=[course.case_id, *(more or [course.pk])])

    page.goto(at("goals"))
    yield "no goals"
    hers = goal(course, person=mother, words=LONG)
    actions.rate(course, by=user, ratings=[(hers, mother, 3)])
    under = goal(course, parent=hers)
    said = {"by": user, "occasion": "halfway", "reached": "partly", "words": LONG}
    actions.evaluate_goal(under, **said)
    actions.end_goal(goal(course), by=user, ending="dropped", reason=LONG)
    goal(course)
    actions.give_feedback(course, by=user, person=father, suited="partly", useful=LONG, better=LONG)
    page.goto(at("goals"))
    yield "goals"
    ids = {"feedback": [course.pk, mother.pk], "set_goal": [course.pk], "rate": [course.pk]}
    for name in ("set_goal", "rate", "feedback", "set_under", "change_goal", "evaluate_goal",
                 "end_goal"):  # fmt: skip
        page.goto(at(name, *ids.get(name, [hers.pk])))
        yield f"of a goal: {name}"
        page.click("main form.t-form button")
        page.wait_for_selector("ds-error-summary")
        yield f"of a goal: {name}, with mistakes"
    yield from _notes(page, course, user, at)
    unit.requires_cosigning = True
    unit.save()
    yield from _signed_twice(page, course, user, unit, at)
    unit.requires_cosigning = False
    unit.save()


def _notes(page, course, user, at):
    people = list(parents(course))
    first, note = (held(course, days=days)[1] for days in (-9, -2))
    sign(first, LONG, assignment=(LONG, people), agreements=LONG)
    page.goto(at("note", note.pk))
    yield "a note with what is known beforehand"
    page.fill("[name^=rating-]", "11")
    page.fill("[name=summary]", LONG)
    page.uncheck("[name=readers] >> nth=0")
    page.uncheck("[name=readers] >> nth=1")
    page.click("main form.t-form button[value=sign]")
    page.wait_for_selector("ds-error-summary")
    yield "a note with mistakes"
    page.goto(at("write_for", note.pk))
    yield "whom a note is written for"
    page.click("main form.t-form button")
    page.wait_for_selector("ds-error-summary")
    yield "whom a note is written for, with mistakes"
    page.goto(at("move_note", note.pk))
    yield "a note that can be moved nowhere" if _stands_alone(course) else "a note to move"
    right = counselling_of(course.case, user, supervisor=course.supervisor)
    page.goto(at("move_note", note.pk))
    page.click("main form.t-form button")
    page.wait_for_selector("ds-error-summary")
    yield "a note to move, with mistakes"
    tried = [(each, "partly", LONG) for each in first.assignments.all()]
    ratings = [(Goal.objects.get(person=people[0], parent=None, ended_on=None), people[0], 4)]
    sign(
        Note.objects.get(pk=note.pk), LONG, tried=tried, ratings=ratings, role_play=True,
        components=["directions", "school"], sheets=["reminder"], sheet_names=LONG,
        assignment=(LONG, people), summary=(LONG, people), agreements=LONG,
    )  # fmt: skip
    page.goto(at("note", note.pk))
    yield "a signed note with all there is"
    actions.move_note(note, by=user, to=right, reason=LONG)
    page.goto(course.get_absolute_url())
    yield "a course with notes, and one that was moved"


def _stands_alone(course):
    return type(course).objects.filter(practitioner=course.practitioner).count() == 1


def _signed_twice(page, course, user, unit, at):
    page.goto(at("note", actions.open_note(course, by=user).pk))
    yield "a note that can be thrown away"
    page.fill("[name=agreements]", "x" * 5001)
    page.click("main form.t-form .t-actions button[value=save]")
    page.wait_for_selector("ds-error-summary")
    yield "a note of which not all could be saved"
    note = sign(actions.open_note(course, by=user), LONG)
    page.goto(at("note", note.pk))
    yield "a note that waits for a second signature"
    page.goto(at("ask_to_cosign", note.pk))
    yield "nobody else to sign a note too"
    joins(course.case, counsellor(unit))
    page.goto(at("ask_to_cosign", note.pk))
    page.click("main form.t-form button")
    page.wait_for_selector("ds-error-summary")
    yield "who is to sign a note too, with mistakes"
