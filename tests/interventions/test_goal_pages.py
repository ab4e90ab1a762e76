"""The goals of a course, page by page."""

import pytest
from django.urls import reverse
from django.utils import timezone

from interventions import actions
from interventions.models import Course, Evaluation, Feedback, Goal, Rating
from tests.factories import MunicipalityFactory, UserFactory
from tests.html import told_beside
from tests.interventions.journals import counselling, goal, parents
from tibir.audit.models import Event

pytestmark = pytest.mark.django_db

WORDS = {"words": "Rolige kvelder", "low": "krangel", "high": "sang"}


@pytest.fixture
def place():
    return MunicipalityFactory()


@pytest.fixture
def course(place):
    return counselling(place)


@pytest.fixture
def giver(client, course):
    client.force_login(course.practitioner)
    return client


def at(course, name, *more):
    return reverse(f"interventions:{name}", args=[course.case_id, *(more or [course.pk])])


def test_a_goal_is_set_rated_put_differently_evaluated_and_ended(giver, course):
    mother, father = parents(course)
    to = at(course, "goals")
    assert giver.post(at(course, "set_goal"), WORDS | {"person": mother.pk}).url == to
    hers = Goal.objects.get()
    assert giver.post(at(course, "set_goal"), WORDS | {"person": "together"}).url == to
    theirs = Goal.objects.get(person=None)
    assert giver.post(at(course, "set_under", hers.pk), WORDS).url == to
    under = Goal.objects.get(parent=hers)
    assert under.person == mother
    assert giver.get(at(course, "set_under", under.pk)).status_code == 403
    numbers = {f"rating-{hers.pk}-{mother.pk}": "3", f"rating-{theirs.pk}-{father.pk}": "0"}
    assert giver.post(at(course, "rate"), numbers).url == to
    assert {each.value for each in Rating.objects.all()} == {0, 3}
    said = {"occasion": "halfway", "reached": "partly", "words": "To av fem kvelder."}
    assert giver.post(at(course, "evaluate_goal", hers.pk), said).url == to
    change = WORDS | {"words": "Rolige morgener", "reason": "Kveldene er fine."}
    assert giver.post(at(course, "change_goal", hers.pk), change).url == to
    ended = {"ending": "reached", "reason": "De synger."}
    assert giver.post(at(course, "end_goal", theirs.pk), ended).url == to
    again = giver.post(at(course, "end_goal", theirs.pk), ended)
    assert again.status_code == 409
    assert "De synger." in again.content.decode()
    page = giver.get(to).content.decode()
    for words in ("Rolige morgener", "To av fem kvelder.", "målet er skrevet om", "De synger."):
        assert words in page
    assert Evaluation.objects.get().by == course.practitioner


WRONG = [
    ("set_goal", WORDS, "person", "Velg et svar på «Hvem er målet for?»."),
    ("set_goal", {"person": "together"}, "words", "Skriv et svar på «Mål»."),
    ("set_goal", WORDS | {"words": "x" * 501}, "words", "Kort det ned til 500 tegn."),
    ("change_goal", WORDS, "reason", "Hvorfor skriver dere det om?"),
    ("end_goal", {"ending": "changed", "reason": "x"}, "ending", "Velg ett av svarene"),
    ("evaluate_goal", {"occasion": "end", "reached": "yes"}, "words", "Skriv et svar"),
    ("rate", {}, "__all__", "Skriv minst ett tall."),
    ("rate", {"number": "11"}, "number", "med et tall fra 0 til 10."),
    ("rate", {"number": "-1"}, "number", "med et tall fra 0 til 10."),
    ("feedback", {"suited": "no_answer", "useful": "Ja"}, "suited", "Det står ord under."),
    ("feedback", {}, "suited", "Passet dette for dere?"),
]


def test_what_is_wrong_is_said_beside_it(giver, course):
    mother, _father = parents(course)
    wanted = goal(course, person=mother)
    number = f"rating-{wanted.pk}-{mother.pk}"
    ids = {"feedback": [course.pk, mother.pk]}
    ids |= {name: [wanted.pk] for name in ("change_goal", "end_goal", "evaluate_goal")}
    for name, typed, field, sentence in WRONG:
        said = {number if key == "number" else key: value for key, value in typed.items()}
        answer = giver.post(at(course, name, *ids.get(name, [])), said)
        assert answer.status_code == 200, (name, typed)
        errors = answer.context["form"].errors
        field = number if field == "number" else field
        assert sentence in str(errors[field]), (name, typed)
        if field != "__all__":
            told_beside(answer.content.decode(), field)


def test_each_parent_says_what_they_think_and_the_last_word_stands(giver, course):
    mother, father = parents(course)
    for useful in ("Rollespill.", "Å bli hørt."):
        said = {"suited": "yes", "useful": useful}
        giver.post(at(course, "feedback", course.pk, mother.pk), said)
    giver.post(at(course, "feedback", course.pk, father.pk), {"suited": "no_answer"})
    page = giver.get(at(course, "goals")).content.decode()
    assert "Å bli hørt." in page
    assert "Rollespill." not in page
    assert Feedback.objects.count() == 3


def test_only_those_who_give_the_course_read_goals_and_set_them(client, place, course):
    wanted = goal(course)
    unit = place.intake_unit
    pages = [at(course, "goals"), at(course, "rate"), at(course, "end_goal", wanted.pk)]
    for user, status in (
        (UserFactory(coordinates=unit), {403, 404}),
        (UserFactory(practises_in=unit, works_with=course.case), {403, 404}),
        (UserFactory(practises_in=unit), {404}),
    ):
        client.force_login(user)
        assert {client.get(page).status_code for page in pages} <= status
    client.force_login(course.practitioner)
    assert {client.get(page).status_code for page in pages} == {200}
    assert Event.objects.filter(verb="goal.read", basis="member").count() == len(pages)


def test_when_the_course_is_over_its_goals_are_only_read(giver, course):
    mine = goal(course)
    parent = parents(course)[0]
    for value in range(11):
        actions.rate(course, by=course.practitioner, ratings=[(mine, parent, value)])
    page = giver.get(at(course, "goals")).content.decode()
    assert at(course, "evaluate_goal", mine.pk) in page
    assert "(før: 2, 3, 4, 5, 6, 7, 8, 9)" in page
    assert "<strong>10</strong>" in page
    Course.objects.filter(pk=course.pk).update(
        state="ended", ending="family", end_reason="x", ended_on=timezone.localdate()
    )
    page = giver.get(at(course, "goals")).content.decode()
    assert mine.words in page
    for name in ("evaluate_goal", "change_goal", "end_goal"):
        assert at(course, name, mine.pk) not in page
    assert at(course, "rate") not in page
    typed = {"evaluate_goal": {"occasion": "end", "reached": "yes", "words": "Ja."},
             "change_goal": WORDS | {"reason": "Nytt."},
             "end_goal": {"ending": "reached", "reason": "Ja."}}  # fmt: skip
    for name, said in typed.items():
        assert giver.post(at(course, name, mine.pk), said).status_code == 409
    number = {f"rating-{mine.pk}-{parent.pk}": "3"}
    assert giver.post(at(course, "rate"), number).status_code == 409
    # What they think of it they may say afterwards too, until the case is closed.
    feedback = at(course, "feedback", course.pk, parent.pk)
    assert feedback in page
    assert giver.post(feedback, {"suited": "yes"}).status_code == 302
    course.case.move_to("closed", closed_on=timezone.localdate())
    assert feedback not in giver.get(at(course, "goals")).content.decode()
    assert giver.post(feedback, {"suited": "no"}).status_code == 409


def test_a_goal_and_its_numbers_that_are_sent_twice_stand_once(giver, course):
    mother, father = parents(course)
    hers = goal(course, person=mother)
    assert goal(course, person=mother) == hers
    under = goal(course, parent=hers)
    assert goal(course, parent=hers) == under
    ours = goal(course)
    assert len({hers, under, ours, goal(course, words="Annet")}) == 4
    actions.end_goal(ours, by=course.practitioner, ending="dropped", reason="x")
    ours = goal(course)
    assert Goal.objects.count() == 5

    sent = {f"rating-{ours.pk}-{each.pk}": "4" for each in (mother, father)}
    for _press in range(2):
        assert giver.post(at(course, "rate"), sent).status_code == 302
    changed = sent | {f"rating-{ours.pk}-{mother.pk}": "6"}
    giver.post(at(course, "rate"), changed)
    giver.post(at(course, "rate"), sent)
    said = Rating.objects.filter(goal=ours).order_by("pk").values_list("person", "value")
    assert [*said] == [(mother.pk, 4), (father.pk, 4), (mother.pk, 6), (mother.pk, 4)]


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_of_goals_asks_as_much_of_three_as_of_one(
    giver, course, count, django_assert_num_queries
):
    mother, father = parents(course)
    giver.get(at(course, "goals"))
    for number in range(count):
        each = goal(course, words=f"Mål {number}")
        for person in (mother, father):
            Rating.objects.create(goal=each, person=person, value=5, on=each.set_on, by=each.set_by)
    with django_assert_num_queries(QUERIES):
        giver.get(at(course, "goals"))


QUERIES = 19
