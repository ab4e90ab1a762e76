"""Many tabs at once: one signature, and no word lost that reached us."""

from functools import partial

import pytest

from interventions import actions
from interventions.models import Assignment, Meeting, Note, Rating, Summary
from tests.databases import at_once
from tests.factories import MunicipalityFactory
from tests.interventions.journals import counselling, counsellor, goal, joins, parents, sign
from tests.interventions.screenings import held
from tibir.audit.models import Event
from tibir.core.errors import DomainError, StaleState
from tibir.deadlines.kinds import Kind as Due
from tibir.deadlines.models import Deadline

pytestmark = pytest.mark.usefixtures("committed")


@pytest.fixture
def place():
    return MunicipalityFactory()


def one_of(outcomes):
    """All but one were told that they came too late."""
    lost = [each for each in outcomes if isinstance(each, StaleState)]
    won = [each for each in outcomes if not isinstance(each, Exception)]
    assert (len(won), len(lost)) == (1, len(outcomes) - 1), outcomes


def each_at_once(acts):
    waiting = list(acts)
    return at_once(lambda: waiting.pop()(), times=len(waiting))


@pytest.mark.parametrize("count", [4, pytest.param(20, marks=pytest.mark.prove)])
def test_signed_from_many_tabs_it_is_signed_once_with_what_belongs_to_it(place, count):
    course = counselling(place)
    mother, _father = parents(course)
    wanted = goal(course)
    note = held(course)[1]
    given = {
        "by": note.author, "version": 0, "ratings": [(wanted, mother, 3)],
        "assignment": ("Ros.", [mother]), "summary": ("Hei.", [mother]),
    }  # fmt: skip
    tabs = [Note.objects.get(pk=note.pk) for _number in range(count)]
    one_of(each_at_once(
        partial(actions.finish_note, tab, internal=f"Fane {number}", **given)
        for number, tab in enumerate(tabs)
    ))  # fmt: skip
    note.refresh_from_db()
    assert note.is_signed
    for kind in (Assignment, Rating, Summary):
        assert kind.objects.count() == 1, kind
    assert Event.objects.filter(verb="note.signed").count() == 1
    assert Meeting.objects.count() == 1
    assert Deadline.objects.get(kind=Due.NOTE).met_on is not None


def test_begun_thrown_away_and_written_at_once_there_is_one_draft_and_no_word_lost(place):
    course = counselling(place)
    by = course.practitioner
    begun = at_once(lambda: actions.open_note(course, by=by), times=4)
    assert len({note.pk for note in begun}) == 1
    assert Deadline.objects.filter(kind=Due.NOTE).count() == 1
    (note,) = Note.objects.all()
    write = partial(actions.save_note, note, by=by, version=0, internal="Ord", typed={})
    outcomes = each_at_once([write, partial(actions.throw_away, note, by=by)])
    assert sum(isinstance(each, DomainError) for each in outcomes) == 1, outcomes
    left = [] if None in outcomes else ["Ord"]
    assert [each.internal for each in Note.objects.all()] == left


def presses(course):
    """(the log's word, what is written, one press) of all that a second press would double."""
    mother, wanted = parents(course)[0], goal(course)
    note = sign(held(course)[1])
    words = {"words": "Lek", "low": "aldri", "high": "hver dag"}
    call = {"person": mother, "called_at": note.signed_at, "minutes": 3, "text": "Kveldene."}
    added = {"text": "Far var med.", "reason": "Glemt."}
    return [
        ("note.added_to", note.addenda, partial(actions.add_to, note, **added)),
        ("call.written", course.calls, partial(actions.write_call, course, **call)),
        ("goal.set", course.goals.filter(words="Lek"), partial(actions.set_goal, course, **words)),
        ("goal.rated", wanted.ratings, partial(
            actions.rate, course, ratings=[(wanted, mother, 3)]
        )),
    ]  # fmt: skip


def test_a_press_that_comes_twice_at_once_is_written_once(place):
    course = counselling(place)
    by = course.practitioner
    for verb, written, press in presses(course):
        logged = Event.objects.filter(verb=verb).count()
        outcomes = at_once(partial(press, by=by), times=4)
        assert not [each for each in outcomes if isinstance(each, Exception)], outcomes
        assert written.count() == 1, verb
        assert Event.objects.filter(verb=verb).count() == logged + 1, verb


@pytest.mark.prove
def test_saved_from_twenty_tabs_one_is_kept_and_the_others_are_told(place):
    note = held(counselling(place))[1]
    tabs = [Note.objects.get(pk=note.pk) for _number in range(20)]
    about = {"by": note.author, "version": 0, "typed": {}}
    one_of(each_at_once(
        partial(actions.save_note, tab, internal=f"Fane {number}", **about)
        for number, tab in enumerate(tabs)
    ))  # fmt: skip
    note.refresh_from_db()
    assert note.version == 1
    assert note.internal.startswith("Fane ")


@pytest.mark.prove
def test_a_note_is_cosigned_and_moved_once_whoever_comes(place):
    place.intake_unit.requires_cosigning = True
    place.intake_unit.save()
    supervisor = counsellor(place.intake_unit)
    course = counselling(place, supervisor=supervisor)
    colleagues = [supervisor, *(counsellor(place.intake_unit) for _number in range(9))]
    for each in colleagues:
        joins(course.case, each)
    note = sign(held(course)[1])
    one_of(each_at_once(partial(actions.cosign, note, by=each) for each in colleagues * 2))
    assert Event.objects.filter(verb="note.cosigned").count() == 1
    right = counselling(place, practitioner=course.practitioner)
    about = {"by": note.author, "to": right, "reason": "x"}
    outcomes = each_at_once([partial(actions.move_note, note, **about)] * 20)
    assert sum(not isinstance(each, Exception) for each in outcomes) == 1, outcomes
    assert note.moves.count() == 1
