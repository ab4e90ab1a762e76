"""What belongs to each of a family stays theirs, and what was written in the wrong case moves."""

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from interventions import actions, rules
from interventions.models import (
    Assignment,
    Feedback,
    Goal,
    Note,
    NoteMove,
    Rating,
    Summary,
    SummaryReader,
    Tried,
)
from tests.factories import MunicipalityFactory
from tests.interventions.journals import counselling, counsellor, goal, joins, parents, sign
from tests.interventions.screenings import held
from tibir.audit.models import Event
from tibir.core.errors import DomainError, StaleState
from tibir.deadlines.kinds import Kind as Due
from tibir.deadlines.models import Deadline

pytestmark = pytest.mark.django_db


def make_scene():
    place = MunicipalityFactory()
    return place, counselling(place)


@pytest.fixture
def place(scene):
    return scene[0]


@pytest.fixture
def course(scene):
    return scene[1]


# --- Each parent's own ------------------------------------------------------------------------


def test_what_is_one_parents_is_never_shown_to_the_other(course):
    mother, father = parents(course)
    hers, theirs = goal(course, person=mother), goal(course)
    _meeting, note = held(course, days=-2)
    ratings = [(hers, mother, 3), (theirs, mother, 4), (theirs, father, 7)]
    sign(
        note, ratings=ratings, assignment=("Lek ti minutter.", [mother]),
        summary=("Dere øvde.", [mother]),
    )  # fmt: skip
    actions.give_feedback(course, by=note.author, person=mother, suited="yes", helped="Ro.")
    for kind, of_mother, of_father in (
        (Goal, {hers, theirs}, {theirs}),
        (Rating, set(Rating.objects.filter(person=mother)), set(Rating.objects.filter(value=7))),
        (Assignment, set(Assignment.objects.all()), set()),
        (Summary, {note.summary}, set()),
        (Feedback, set(Feedback.objects.all()), set()),
    ):
        assert set(kind.objects.for_person(mother)) == of_mother != set(), kind
        assert set(kind.objects.for_person(father)) == of_father, kind
    mother.ended_on = timezone.localdate()
    for kind in (Goal, Rating, Assignment, Summary, Feedback):
        assert not kind.objects.for_person(mother).exists(), kind


def test_whoever_may_not_have_information_of_the_child_reads_no_summary(course):
    mother, father = parents(course)
    about = {"right_to_information": "no", "information_source": "decision"}
    note = sign(held(course, days=-2)[1], summary=("Hei.", [mother, father]))
    type(father).objects.filter(pk=father.pk).update(**about)
    father.refresh_from_db()
    assert Summary.objects.for_person(mother).get().note == note
    assert not Summary.objects.for_person(father).exists()
    again = held(course)[1]
    assert again.typed["readers"] == [str(mother.pk)]


def test_whoever_does_not_decide_for_the_child_shares_no_goal_of_the_family(course):
    mother, father = parents(course)
    goal(course)
    father.responsibility = "no"
    assert Goal.objects.for_person(mother).exists()
    assert not Goal.objects.for_person(father).exists()


def test_nothing_is_for_somebody_of_another_family(course, place):
    stranger = parents(counselling(place))[0]
    note = actions.open_note(course, by=course.practitioner)
    summary = Summary.objects.create(note=note, text="x")
    for kind, about in (
        (Assignment, {"note": note, "text": "x"}),
        (SummaryReader, {"summary": summary}),
        (Goal, {"course": course, "words": "x", "low": "x", "high": "x"} | _set(note)),
        (Rating, {"goal": goal(course), "value": 1, "on": note.day, "by": note.author}),
        (Feedback, {"course": course, "suited": "yes", "on": note.day, "by": note.author}),
    ):
        with pytest.raises(DatabaseError, match="belong to the case"), transaction.atomic():
            kind.objects.create(person=stranger, **about)


def _set(note):
    return {"set_on": note.day, "set_by": note.author}


def test_a_goal_of_one_parent_is_rated_by_nobody_else_and_from_0_to_10(course):
    mother, father = parents(course)
    hers = goal(course, person=mother)
    about = {"goal": hers, "on": timezone.localdate(), "by": course.practitioner}
    for person, value, why in (
        (father, 5, "nobody else"),
        (mother, 11, "from_0_to_10"),
        (mother, -1, "value_check"),
    ):
        with pytest.raises(DatabaseError, match=why), transaction.atomic():
            Rating.objects.create(person=person, value=value, **about)
    for value in (0, 10):
        actions.rate(course, by=course.practitioner, ratings=[(hers, mother, value)])
    assert [each.value for each in Rating.objects.for_list()] == [0, 10]


def test_the_last_assignment_of_each_is_asked_about_until_somebody_has_told_of_it(course):
    mother, father = parents(course)
    first = sign(held(course, days=-9)[1], assignment=("Ros hver dag.", [mother, father]))
    second = sign(held(course, days=-5)[1], assignment=("Lek hver dag.", [mother]))
    assert [each.text for each in rules.before(second, course.practitioner).assignments] == [
        "Ros hver dag.",
        "Lek hver dag.",
    ]
    his, hers = rules.before(second, course.practitioner).assignments
    third = sign(held(course, days=-2)[1], tried=[(hers, "partly", "To kvelder.")])
    assert rules.before(third, course.practitioner).assignments == [his]
    assert (his.person, his.note) == (father, first)
    assert Tried.objects.get().get_progress_display() == "delvis"


def test_three_notes_and_goals_ask_as_much_as_one(course, django_assert_num_queries):
    mother, father = parents(course)
    by = course.practitioner
    for number in range(3):
        wanted = goal(course, words=f"Mål {number}")
        note = sign(held(course, days=number - 9)[1], assignment=("x", [mother, father]),
                    ratings=[(wanted, mother, 3), (wanted, father, 4)])  # fmt: skip
        actions.evaluate_goal(wanted, by=by, occasion="end", reached="yes", words="x")
        if number in (0, 2):
            note = Note.objects.select_related("course", "meeting").get(pk=note.pk)
            rules.before(note, by)  # who somebody is, is asked for once
            with django_assert_num_queries(AT_MOST["before"]):
                before = rules.before(note, by)
                assert [str(each.person) for each in before.assignments]
                assert [(each.person, each.words) for each in before.goals]
                assert [str(each.person) for each in before.people]
            with django_assert_num_queries(AT_MOST["journal"]):
                for each in rules.journal(by, course).notes:
                    assert [each.day, str(each.signed_by), *each.addenda.all()]
            with django_assert_num_queries(AT_MOST["goals"]):
                for each in rules.goals_of(by, course):
                    assert [str(person.person) for person, _values in each.raters]
            with django_assert_num_queries(AT_MOST["lacking"]):
                assert rules.lacking_at_the_end(course).people == [mother, father]


AT_MOST = {"before": 7, "journal": 3, "goals": 3, "lacking": 3}


# --- What is signed ---------------------------------------------------------------------------


def test_no_row_of_a_signed_note_changes_goes_or_comes(course):
    mother, father = parents(course)
    note = sign(
        held(course, days=-9)[1], assignment=("x", [mother]), summary=("x", [mother]),
        ratings=[(goal(course), mother, 3)],
    )  # fmt: skip
    given = note.assignments.get()
    later = sign(held(course, days=-2)[1], tried=[(given, "done", "")])
    rows = {
        Assignment: {"text": "y"}, Summary: {"text": "y"}, SummaryReader: {"person": father},
        Rating: {"value": 4}, Tried: {"progress": "not_done"},
    }  # fmt: skip
    for kind, change in rows.items():
        with pytest.raises(DatabaseError), transaction.atomic():
            kind.objects.update(**change)
        with pytest.raises(DatabaseError), transaction.atomic():
            kind.objects.all()._raw_delete("default")
    for kind, about in (
        (Assignment, {"note": note, "person": father, "text": "x"}),
        (Summary, {"note": later, "text": "x"}),
        (SummaryReader, {"summary": note.summary, "person": father}),
        (
            Rating,
            {"note": note, "person": father, "goal": goal(course), "value": 1, "on": note.day,
             "by": note.author},
        ),
    ):  # fmt: skip
        with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
            kind.objects.create(**about)
    with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
        Note.objects.update(components=["limits"])


def test_the_words_of_a_goal_and_whose_it_is_never_change(course):
    mother, father = parents(course)
    hers = goal(course, person=mother)
    for change in ({"words": "y"}, {"person": father}, {"low": "y"}, {"course": counselling_of()}):
        with pytest.raises(DatabaseError), transaction.atomic():
            Goal.objects.update(**change)
    under = goal(course, parent=hers)
    new = actions.change_goal(
        hers, by=course.practitioner, words="Rolige morgener", low="a", high="b", reason="Bedre."
    )
    assert (new.follows, new.person) == (hers, mother)
    under.refresh_from_db()
    assert under.parent == new
    with pytest.raises(StaleState):
        actions.end_goal(hers, by=course.practitioner, ending="reached", reason="x")
    with pytest.raises(StaleState):
        actions.rate(course, by=course.practitioner, ratings=[(Goal.objects.get(pk=hers.pk),
                                                               mother, 1)])  # fmt: skip
    actions.end_goal(new, by=course.practitioner, ending="dropped", reason="Flyttet.")
    under.refresh_from_db()
    assert under.ending == "dropped"


def counselling_of():
    return counselling(MunicipalityFactory(), father=False)


def test_what_is_under_a_goal_is_of_the_same_person_and_stands_one_step_below(course):
    mother, father = parents(course)
    hers, his = goal(course, person=mother), goal(course, person=father)
    under = goal(course, parent=hers)
    assert under.person == mother
    for child, parent in ((his, hers), (under, under), (hers, under)):
        with pytest.raises(DatabaseError, match="under a goal"), transaction.atomic():
            Goal.objects.filter(pk=child.pk).update(parent=parent)


def test_a_course_ends_when_each_goal_is_evaluated_and_each_parent_is_asked(course):
    mother, father = parents(course)
    both, dropped = goal(course), goal(course, person=father)
    lacking = rules.lacking_at_the_end(course)
    assert (lacking.goals, lacking.people) == ([both, dropped], [mother, father])
    by = course.practitioner
    said = {"reached": "partly", "words": "Bedre."}
    actions.evaluate_goal(both, by=by, occasion="halfway", **said)
    assert rules.lacking_at_the_end(course).goals == [both, dropped]
    actions.evaluate_goal(both, by=by, occasion="end", **said)
    actions.end_goal(dropped, by=by, ending="dropped", reason="x")
    actions.give_feedback(course, by=by, person=mother, suited="no_answer")
    actions.give_feedback(course, by=by, person=father, suited="yes", useful="Ja.")
    assert not rules.lacking_at_the_end(course)
    with pytest.raises(DatabaseError, match="not_given"), transaction.atomic():
        actions.give_feedback(course, by=by, person=mother, suited="no_answer", useful="x")


# --- The wrong case ---------------------------------------------------------------------------


@pytest.mark.parametrize("is_signed", [True, False], ids=["signed", "draft"])
def test_a_note_in_the_wrong_case_is_read_where_it_belongs_alone(course, place, is_signed):
    right = counselling(place, practitioner=course.practitioner)
    mother, _father = parents(course)
    meeting, note = held(course)
    if is_signed:
        sign(
            note, "Kanarinotat", assignment=("Ros.", [mother]), summary=("Hei.", [mother]),
            ratings=[(goal(course), mother, 3)],
        )  # fmt: skip
    else:
        typed = {"summary": "Hei.", "readers": [str(mother.pk)], "how-1": "Det gikk."}
        actions.save_note(note, by=note.author, version=0, internal="Kanarinotat", typed=typed)
    actions.move_note(note, by=note.author, to=right, reason="To faner.")
    note.refresh_from_db()
    assert (note.course, note.meeting, note.is_signed) == (right, None, is_signed)
    assert "Kanarinotat" in note.internal
    stub = NoteMove.objects.get()
    assert (stub.course, stub.meeting, stub.by) == (course, meeting, note.author)
    other = counsellor(place.intake_unit)
    joins(course.case, other)
    assert list(NoteMove.objects.visible_to(other)) == []
    course.practitioner = other
    course.save()
    assert list(NoteMove.objects.visible_to(other)) == [stub]
    assert list(Note.objects.visible_to(other)) == []
    for kind in (Summary, Assignment, Rating):
        assert not kind.objects.for_person(mother).exists()
    if not is_signed:
        assert note.typed == {"summary": "Hei."}
        assert "Det gikk." in note.internal
    verbs = dict(Event.objects.filter(verb__startswith="note.moved").values_list("verb", "case_id"))
    assert verbs == {"note.moved_away": course.case_id, "note.moved_here": right.case_id}
    clock = Deadline.objects.filter(kind=Due.NOTE).order_by("-round").first()
    assert clock.case == (course.case if is_signed else right.case)
    assert clock.is_open != is_signed


def test_a_signed_note_moves_only_with_a_row_that_says_so(course, place):
    right, third = (counselling(place, practitioner=course.practitioner) for _one in range(2))
    note = sign(held(course)[1])
    with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
        Note.objects.update(course=right)
    actions.move_note(note, by=note.author, to=right, reason="To faner.")
    for back in (course, third):
        with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
            Note.objects.update(course=back)
    with pytest.raises(DomainError, match="fra før"):
        actions.move_note(note, by=note.author, to=right, reason="x")
    with pytest.raises(DatabaseError), transaction.atomic():
        NoteMove.objects.update(reason="y")
