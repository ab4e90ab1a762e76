"""Software never settles a disagreement: the rule itself, for every family that can be."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from tibir.cases.consensus import NO, Answer, Decided, Holds, Outcome, Voice, Word, standing


def families(least=0):
    voice = st.builds(
        Voice, st.integers(0, 9), st.sampled_from(list(Holds)), st.sampled_from(list(Word))
    )
    return st.lists(voice, min_size=least, max_size=5, unique_by=lambda voice: voice.who)


some_of = st.frozensets(st.integers(0, 9))
decisions = st.none() | st.builds(
    Decided, st.sampled_from(list(Outcome)), some_of, some_of, some_of
)


def holders(voices):
    return [voice for voice in voices if voice.holds == Holds.YES]


def unknown(voices):
    return [voice for voice in voices if voice.holds == Holds.UNKNOWN]


def as_decided(now, outcome):
    return Decided(outcome, frozenset(now.agreed), frozenset(now.against), frozenset(now.unheard))


@given(families())
def test_all_goes_on_when_each_holder_has_agreed_and_nobody_is_unknown(voices):
    all_agreed = all(voice.word == Word.GIVEN for voice in holders(voices))
    whole = bool(holders(voices)) and all_agreed and not unknown(voices)
    assert standing(voices).may_go_on == whole
    assert (standing(voices).answer == Answer.PROCEEDS) == whole


@given(families())
def test_a_yes_and_a_no_of_two_holders_is_a_disagreement_and_nothing_else_is(voices):
    words = {voice.word for voice in holders(voices)}
    disagree = Word.GIVEN in words and bool(words & NO)
    assert (standing(voices).answer == Answer.DISAGREE) == disagree


@given(families(), decisions, st.lists(st.sampled_from(list(Word)), max_size=4))
def test_others_never_count_whatever_they_say(voices, decided, words):
    others = [Voice(100 + n, Holds.NO, word) for n, word in enumerate(words)]
    assert standing([*others, *voices], decided) == standing(voices, decided)


@given(families(), decisions, st.randoms())
def test_no_order_of_speaking_changes_the_answer(voices, decided, random):
    """There is no «latest»: whoever spoke first or last, it is the same."""
    other_way = random.sample(voices, len(voices))
    assert standing(voices, decided).answer == standing(other_way, decided).answer


@given(families(1), decisions, st.sampled_from(list(Word)))
def test_an_unknown_responsibility_waits_whatever_is_said(voices, decided, word):
    now = standing([*voices, Voice(99, Holds.UNKNOWN, word)], decided)
    assert not now.may_go_on
    assert 99 in now.unknown


@given(families(), decisions)
def test_nothing_is_done_that_nobody_who_decides_has_agreed_to(voices, decided):
    now = standing(voices, decided)
    assert not now.may_go_on or now.agreed
    assert not (now.may_go_on or now.may_be_decided) or any(
        voice.word == Word.GIVEN for voice in holders(voices)
    )


@given(families(1), st.sampled_from(list(Outcome)))
def test_a_decision_covers_what_it_was_made_about(voices, outcome):
    now = standing(voices)
    after = standing(voices, as_decided(now, outcome))
    assert after.by_decision == now.may_be_decided
    if now.may_be_decided:
        allowed = {Outcome.GUIDE: Answer.GUIDES, Outcome.PROCEED: Answer.PROCEEDS}
        assert after.answer == allowed.get(outcome, Answer.STOPPED)


@given(families(1), st.sampled_from(list(Outcome)), st.integers(0, 4), st.sampled_from(sorted(NO)))
def test_a_new_no_ends_what_was_decided_without_it(voices, outcome, number, no):
    decided = as_decided(standing(voices), outcome)
    speaker = voices[number % len(voices)]
    speaks_anew = speaker.holds == Holds.YES and speaker.word not in NO
    after = standing([replace(v, word=no) if v == speaker else v for v in voices], decided)
    if speaks_anew:
        assert not after.by_decision
        assert not after.may_go_on
        assert after.answer in (Answer.DISAGREE, Answer.REFUSED)


@given(families(1), st.sampled_from(list(Outcome)))
def test_a_holder_who_turns_up_later_ends_what_was_decided_without_them(voices, outcome):
    decided = as_decided(standing(voices), outcome)
    for word in (Word.NOTHING, Word.REFUSED):
        assert not standing([*voices, Voice(99, Holds.YES, word)], decided).by_decision


def test_the_cases_that_people_ask_about():
    mother, father = Voice("mor", Holds.YES, Word.GIVEN), Voice("far", Holds.YES)
    step_parent = Voice("stefar", Holds.NO, Word.REFUSED)
    assert standing([]).answer == Answer.WAITS
    assert standing([mother, step_parent]).answer == Answer.PROCEEDS
    assert standing([mother, father]).silent == ("far",)
    assert standing([mother, replace(father, word=Word.EXPIRED)]).answer == Answer.WAITS
    refused = standing([mother, replace(father, word=Word.REFUSED)])
    assert (refused.answer, refused.agreed, refused.against) == (
        Answer.DISAGREE, ("mor",), ("far",),
    )  # fmt: skip
    both_no = [replace(mother, word=Word.WITHDRAWN), replace(father, word=Word.REFUSED)]
    assert standing(both_no).answer == Answer.REFUSED
    assert not standing(both_no).may_be_decided
