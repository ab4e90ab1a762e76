"""A walk over notes and goals: what is asked, what is wrong, and what is read afterwards."""

from datetime import timedelta

from django.urls import reverse
from django.utils import timezone

from interventions import actions
from interventions.models import Goal, Note
from tests.interventions.journals import (
    counselling,
    counselling_of,
    counsellor,
    joins,
    parents,
    sign,
)
from tests.interventions.screenings import held, meet, requalify
from tests.translations.screening import refused
from tests.translations.typed import SERVICE, TOLD, WHY


def walk_journal(client, place, user, got):
    """By somebody who was coordinator and is now in training, in a unit that signs twice."""
    unit, supervisor = place.intake_unit, counsellor(place.intake_unit)
    requalify(user, "counsellor", supervisor=supervisor)
    course = counselling(place, practitioner=user, supervisor=supervisor)

    def at(name, *more):
        ids = more or [course.pk]
        return reverse(f"interventions:{name}", args=[course.case_id, *ids])

    def form(address, **typed):
        yield got(client.get(address))
        yield got(client.post(address, {}))
        yield got(client.post(address, typed, follow=True))

    yield from _goals(client, course, at, form, got)
    first, again = (held(course, days=days, place=SERVICE)[1] for days in (-9, -2))
    said = {"assignment": (TOLD, parents(course)), "summary": (TOLD, parents(course))}
    sign(first, TOLD, agreements=WHY, **said)
    yield from form(at("write_for", again.pk), user=supervisor.pk)
    yield got(client.get(at("note", again.pk)))
    unsigned = {"internal": TOLD, "version": 0, "action": "sign"}
    yield refused(client.post(at("note", again.pk), unsigned))
    yield from form(at("write_for", again.pk), user=user.pk)
    yield from _written(client, course, again, at, got)
    yield from _signed_twice(client, course, user, unit, at, form, got)
    yield from form(at("move_note", again.pk))
    right = counselling_of(course.case, user, supervisor=supervisor)
    yield from form(at("move_note", again.pk), to=right.pk, reason=WHY)
    yield got(client.get(at("note", again.pk)))
    meet(course, days=5, place=SERVICE)
    yield got(client.get(at("note", held(course, place=SERVICE)[1].pk)))
    yield got(client.post(at("begin_note"), follow=True))
    yield got(client.get(course.get_absolute_url()))


def _goals(client, course, at, form, got):
    mother, father = parents(course)
    words = {"words": TOLD, "low": WHY, "high": SERVICE}
    yield got(client.get(at("goals")))
    yield got(client.get(at("rate")))
    yield from form(at("set_goal"), person=mother.pk, **words)
    hers = Goal.objects.latest("pk")
    yield from form(at("set_under", hers.pk), **words)
    number = f"rating-{hers.pk}-{mother.pk}"
    yield got(client.post(at("rate"), {number: "11"}))
    for value in ("3", "4"):
        yield from form(at("rate"), **{number: value})
    yield from form(at("evaluate_goal", hers.pk), occasion="halfway", reached="partly", words=TOLD)
    yield from form(at("change_goal", hers.pk), reason=WHY, **words)
    yield from form(at("end_goal", Goal.objects.get(follows=hers).pk), ending="reached", reason=WHY)
    said = {"suited": "partly", "useful": TOLD, "helped": TOLD, "better": TOLD}
    yield from form(at("feedback", course.pk, mother.pk), **said)
    yield got(
        client.post(at("feedback", course.pk, father.pk), {"suited": "no_answer", "useful": TOLD})
    )
    yield from form(at("set_goal"), person="together", **words)


def _written(client, course, note, at, got):
    """All of it wrong, then all of it right."""
    mother, _father = parents(course)
    (mine, _his) = note_assignments(course)
    ahead = timezone.localdate() + timedelta(days=6)
    wanted = Goal.objects.get(course=course, ended_on=None)
    rating = f"rating-{wanted.pk}-{mother.pk}"
    wrong = {
        "internal": "", "assignment": TOLD, "summary": TOLD, "day": f"{ahead:%d.%m.%Y}",
        f"how-{mine.pk}": TOLD, rating: "11",
    }  # fmt: skip
    page = at("note", note.pk)
    for more in ({}, {"day": "1.1.2020"}):
        note.refresh_from_db()
        typed = wrong | more | {"version": note.version, "action": "sign"}
        yield got(client.post(page, typed))
    yield refused(client.post(page, wrong | {"version": 0, "internal": WHY}))
    note.refresh_from_db()
    right = wrong | {
        "internal": TOLD, "version": note.version, "action": "sign", rating: "4",
        "starts": "23", "ends": "23.30", "despite": "on",
        "assignment_to": [mother.pk], "readers": [mother.pk],
        f"tried-{mine.pk}": "partly", "components": ["directions"], "role_play": "on",
        "sheets": ["reminder"], "sheet_names": WHY, "agreements": WHY,
    }  # fmt: skip
    yield got(client.post(page, right, follow=True))
    assert Note.objects.get(pk=note.pk).is_signed
    yield got(client.post(page, right | {"summary": WHY}))


def note_assignments(course):
    return [note for each in course.notes.order_by("pk") for note in each.assignments.all()]


def _signed_twice(client, course, user, unit, at, form, got):
    unit.requires_cosigning = True
    unit.save()
    empty = actions.open_note(course, by=user)
    thrown = {"version": 0, "action": "throw_away"}
    yield got(client.post(at("note", empty.pk), thrown, follow=True))
    note = actions.open_note(course, by=user)
    signing = {"internal": TOLD, "version": 0, "action": "sign"}
    yield got(client.post(at("note", note.pk), signing, follow=True))
    yield got(client.get(at("note", note.pk)))
    yield got(client.get(at("ask_to_cosign", note.pk)))
    colleague = counsellor(unit)
    joins(course.case, colleague)
    yield from form(at("ask_to_cosign", note.pk), user=colleague.pk)
    client.force_login(colleague)
    yield got(client.get(at("note", note.pk)))
    yield got(client.post(at("cosign", note.pk), follow=True))
    client.force_login(user)
    unit.requires_cosigning = False
    unit.save()
