"""The decision after a screening: known facts, a recommendation, a person, and a letter."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from interventions import actions, letters, rules
from interventions.models import Course, Screening
from referrals import routing
from tests.factories import ANSWERS, MunicipalityFactory, UserFactory, confirm, refer
from tests.family.families import NO, YES, join, says
from tests.interventions.screenings import held, meet, screener, screening, signed
from tests.referrals.parent import Page
from tibir.cases.models import Purpose
from tibir.core.errors import DomainError
from tibir.deadlines.kinds import Kind as Due
from tibir.deadlines.models import Deadline
from tibir.documents.models import Dispatch, Document
from tibir.instruments import actions as instruments
from tibir.instruments.models import Instrument

pytestmark = pytest.mark.django_db

WORDS = "Kveldene er tunge, og dere vil prøve noe nytt."


@pytest.fixture
def place():
    return MunicipalityFactory()


def ready(place, **found):
    """A screening with a meeting held, a signed note, and nothing to worry about."""
    course = screening(place)
    _meeting, note = held(course)
    signed(note)
    by = course.practitioner
    actions.check_safety(course, by=by, is_worried=False)
    person = course.case.people.get()
    actions.answer_gate(
        course.screening, by=by, person=person, asked_on=timezone.localdate(),
        thrives="mixed", worries=True,
    )  # fmt: skip
    if found:
        actions.find_out(course.screening, by=by, version=0, **found)
    return Course.objects.get(pk=course.pk)


def facts_of(course):
    screening = Screening.objects.get(course=course)
    return rules.facts_of(screening, timezone.localdate())


def at(course):
    return reverse("interventions:decide", args=[course.case_id, course.pk])


def typed(client, course, **said):
    page = Page(client.get(at(course))).fields()
    person = course.case.people.order_by("pk").first()
    said = {"words": WORDS, f"way-{person.pk}": "read_out", "action": "send"} | said
    return {name: value for name, value in (page | said).items() if value is not None}


# --- Facts ---------------------------------------------------------------------------------------


def test_facts_are_those_that_routing_knows_and_what_nobody_said_is_unknown(place):
    facts = facts_of(screening(place))
    assert facts.keys() == routing.CATALOGUE.keys()
    known = routing.clean(facts, routing.CATALOGUE)
    assert known == {"age": facts["age"]}


def test_what_the_screening_says_goes_before_the_referral(place):
    answers = ANSWERS | {
        "bekymringen": ANSWERS["bekymringen"]
        | {"negativity": "over_6_months", "arenas": ["home", "leisure"]},
        "onsker": ANSWERS["onsker"] | {"format": "alone"},
    }
    referral = refer(place, answers=answers)
    by = UserFactory(coordinates=place.intake_unit)
    confirm(referral, by=by)
    course = actions.plan_screening(referral, by=by, practitioner=screener(place.intake_unit))
    facts = facts_of(course)
    assert facts["negativity_months"] == 6
    assert facts["arenas"] == ["home", "leisure"]
    assert facts["preference"] == "individual"
    actions.find_out(
        course.screening, by=course.practitioner, version=0, negativity_months=2, arenas=[],
        wish="group",
    )  # fmt: skip
    facts = facts_of(course)
    assert (facts["negativity_months"], facts["arenas"]) == (2, [])
    assert facts["preference"] == "group"


def test_two_parents_are_two_voices_and_the_gravest_answer_counts_for_the_questions(place):
    course = screening(place)
    mother, father = course.case.people.get(), join(course.case, "father", "yes")
    said = {"by": course.practitioner, "asked_on": timezone.localdate()}
    actions.answer_gate(course.screening, person=mother, thrives="well", worries=False, **said)
    actions.answer_gate(course.screening, person=father, thrives="badly", worries=True, **said)
    says(mother, YES, by=course.practitioner, purpose=Purpose.PLACE_CONTACT)
    says(father, NO, by=course.practitioner, purpose=Purpose.PLACE_CONTACT)
    ecbi = Instrument.objects.newest().get(code="ecbi")
    for person, intensity in ((mother, 150), (father, 100)):
        instruments.measure(
            person, by=course.practitioner, instrument=ecbi, occasion="screening",
            taken_on=timezone.localdate(), totals={"intensity": intensity, "problem": 20},
        )  # fmt: skip
    facts = facts_of(course)
    assert (facts["thrives"], facts["worries"]) == ("badly", True)
    assert facts["agrees_to_contact"] is False
    pair = facts["ecbi_intensity_first"], facts["ecbi_intensity_second"]
    assert pair == ("above", "below")
    assert facts["pss_first"] is None


def test_a_worry_is_a_fact_also_when_it_was_not_reported(place):
    course = ready(place)
    assert facts_of(course)["violence_or_neglect"] is False
    check = actions.check_safety(course, by=course.practitioner, is_worried=True, words="x")
    actions.explain_worry(check, by=course.practitioner, why_not="y")
    assert facts_of(course)["violence_or_neglect"] is True


# --- The page ------------------------------------------------------------------------------------


def test_the_page_shows_what_is_known_recommended_and_how_long_one_waits(client, place):
    course = ready(place, negativity_months=8, arenas=["home"])
    client.force_login(course.practitioner)
    page = client.get(at(course)).content.decode()
    for said in (
        "Anbefaling", "Et utgangspunkt, må bekreftes av kommunen.", "seks måneder",
        "Vet vi ikke ennå.", "Ikke kjent:", "aldri om plass",
    ):  # fmt: skip
        assert said in page, said


def test_a_decision_is_kept_with_everything_and_the_letter_follows(client, place, rings):
    course = ready(place, negativity_months=8)
    later = meet(course, days=4)
    client.force_login(course.practitioner)
    recommended = client.get(at(course)).context["form"].initial["services"]
    assert recommended
    preview = client.post(at(course), typed(client, course, services=recommended, action="preview"))
    assert WORDS in preview.content.decode()
    assert "Dette foreslår vi etter kartleggingen" in preview.content.decode()
    assert not Document.objects.filter(kind="screening_answer").exists()

    answer = client.post(at(course), typed(client, course, services=recommended))
    assert answer.url == course.get_absolute_url()
    course.refresh_from_db()
    choice = course.screening.choice
    assert (course.state, choice.services, choice.deviates) == ("completed", recommended, False)
    said = choice.recommendation
    assert routing.evaluate(said.rule_set.table, said.inputs) == said.result
    later.refresh_from_db()
    assert later.state == "called_off"
    assert Deadline.objects.get(kind=Due.SCREENING).met_on == timezone.localdate()
    assert Deadline.objects.get(kind=Due.START_SERVICE).due_on > timezone.localdate()
    assert Dispatch.objects.get(document__kind="screening_answer").channel == "read_out"
    waiting = rules.waiting_for(place)
    assert all(waiting[service] == 1 for service in recommended)
    assert client.get(at(course)).status_code == 409
    assert "Beslutningen" in client.get(course.get_absolute_url()).content.decode()


def test_something_else_needs_a_reason_that_the_family_does_not_read(client, place):
    course = ready(place, negativity_months=8)
    client.force_login(course.practitioner)
    other = {"services": ["counselling"], "is_child_welfare": "on"}
    refused = client.post(at(course), typed(client, course, **other))
    assert "reason" in refused.context["form"].errors
    assert WORDS in refused.content.decode()
    why = "Kanarigrunn"
    assert client.post(at(course), typed(client, course, **other, reason=why)).status_code == 302
    choice = Screening.objects.get(course=course).choice
    assert (choice.deviates, choice.reason, choice.path) == (True, why, "child_welfare")
    letter = Document.objects.get(kind="screening_answer")
    assert why not in str(letter.data)
    assert "barnevern" not in str(letter.data).lower()


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"services": None}, "services"),
        ({"services": ["nothing", "counselling"]}, "services"),
        ({"services": ["social_skills"]}, "services"),
        ({"services": ["screening"]}, "services"),
        ({"words": ""}, "words"),
    ],
    ids=lambda it: str(it)[:40],
)
def test_a_decision_that_cannot_be_is_told_beside_the_field(client, place, wrong, field):
    course = ready(place)
    client.force_login(course.practitioner)
    page = client.post(at(course), typed(client, course, **wrong, reason="Grunn"))
    assert field in page.context["form"].errors
    assert not Document.objects.filter(kind="screening_answer").exists()


def test_what_is_not_ready_is_said_on_top_and_nothing_is_written(client, place):
    course = screening(place)
    client.force_login(course.practitioner)
    said = {"services": ["counselling"], "reason": "Grunn"}

    def refused():
        page = client.post(at(course), typed(client, course, **said))
        assert page.status_code == 409
        assert WORDS in page.content.decode()
        return str(page.context["form"].non_field_errors())

    assert "planlagt" in refused()
    _meeting, note = held(course)
    assert "Signer notatene" in refused()
    signed(note)
    missed = meet(course, hour=12)
    assert "hvordan det gikk med møtet" in refused()
    actions.miss(missed, by=course.practitioner, state="no_show")
    assert "Vurder først om barnet er trygt" in refused()
    check = actions.check_safety(course, by=course.practitioner, is_worried=True, words="x")
    assert "Avgjør først" in refused()
    actions.explain_worry(check, by=course.practitioner, why_not="y")
    known = typed(client, course, **said)
    actions.find_out(course.screening, by=course.practitioner, version=0, is_serious=True)
    stale = client.post(at(course), known)
    assert stale.status_code == 409
    assert "Noe er endret" in stale.content.decode()
    assert client.post(at(course), typed(client, course, **said)).status_code == 302


def test_a_coordinator_sees_what_came_of_it_and_not_why(client, place):
    course = ready(place)
    client.force_login(course.practitioner)
    said = {"services": ["parent_group"], "reason": "Kanarigrunn"}
    assert client.post(at(course), typed(client, course, **said)).status_code == 302
    client.force_login(UserFactory(coordinates=place.intake_unit))
    page = client.get(course.get_absolute_url()).content.decode()
    assert "PMTO-gruppe" in page
    assert "Kanarigrunn" not in page


def test_nothing_is_a_decision_too_and_leaves_no_task(place):
    course = ready(place)
    actions.conclude(
        course,
        by=course.practitioner,
        seen=routing.canonical(facts_of(course)),
        services=[],
        reason="De vil ikke.",
        words=WORDS,
        recipients=[(course.case.people.get(), "read_out", "")],
    )
    assert not Deadline.objects.filter(kind=Due.START_SERVICE).exists()
    assert "ikke noe tiltak" in Document.objects.get(kind="screening_answer").title
    with pytest.raises(DomainError, match="fullført"):
        actions.conclude(
            course, by=course.practitioner, seen="", services=[], reason="x", words="x",
            recipients=[],
        )  # fmt: skip


def test_nobody_strictly_protected_is_counted_among_those_who_wait(place):
    course = ready(place)
    client_facts = routing.canonical(facts_of(course))
    actions.conclude(
        course, by=course.practitioner, seen=client_facts, services=["counselling"], reason="x",
        words=WORDS, recipients=[],
    )  # fmt: skip
    assert rules.waiting_for(place)["counselling"] == 1
    course.case.grade = "strict"
    course.case.save(update_fields=["grade"])
    assert rules.waiting_for(place)["counselling"] == 0
    assert rules.last_told(place) is None


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
def test_the_letter_speaks_the_language_of_the_family(place, language):
    referral = refer(place, language=language)
    person = referral.case.people.get()
    about = {"by": UserFactory(), "on": timezone.localdate() - timedelta(days=1), "reason": "x"}
    services = [kind for kind in routing.SERVICES if kind != "screening"]
    said = letters.screened(referral, person, services=services, **about)
    assert len(said["paragraphs"]) == 5
    heading = {"nb": "Dette foreslår vi", "nn": "Dette føreslår vi", "en": "What we suggest"}
    assert said["heading"].startswith(heading[language])


def test_the_page_says_what_is_left_to_do_and_that_the_answer_is_not_given(client, place):
    course = screening(place)
    client.force_login(course.practitioner)
    page = Page(client.get(at(course)))
    for said in ("Kartleggingen er bare planlagt.", "Vurder først om barnet er trygt."):
        assert said in page.text, said
    assert "Henvisningen er ikke besvart ennå." in page.text
    looked = client.post(at(course), typed(client, course, services=["counselling"], reason="x",
                                           action="preview"))  # fmt: skip
    assert WORDS in looked.content.decode()
    assert 'value="send"' not in looked.content.decode()
    _meeting, note = held(course)
    signed(note)
    actions.check_safety(course, by=course.practitioner, is_worried=False)
    assert "Vurder først" not in Page(client.get(at(course))).text
