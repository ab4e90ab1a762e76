"""A family met in ordinary service is registered, screened and begins: what becomes of it."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from interventions import actions, rules
from interventions.models import Agreement, Course, Meeting, Note, Screening
from referrals.actions import triage
from referrals.models import Referral, Submission
from referrals.routing import canonical
from tests.factories import MunicipalityFactory, UnitFactory, UserFactory, refer
from tests.family.families import ALONE
from tests.interventions.at_once import (
    ABSENT,
    FATHER,
    MET,
    WHY,
    WORDS,
    able,
    start,
    token,
    told,
    yesterday,
)
from tests.interventions.screenings import Kind, qualify
from tests.referrals.parent import Page
from tibir.cases.models import Consent, Purpose
from tibir.core.errors import DomainError, StaleState
from tibir.deadlines.kinds import Kind as Due
from tibir.deadlines.models import Deadline
from tibir.documents import actions as documents
from tibir.documents import tasks
from tibir.documents.models import Dispatch, Document

pytestmark = pytest.mark.django_db


@pytest.fixture
def place():
    return MunicipalityFactory()


@pytest.fixture
def user(place):
    return able(place.intake_unit)


def test_one_page_registers_screens_decides_and_agrees(place, user):
    referral = start(place, user)
    today = timezone.localdate()
    assert (referral.state, referral.outcome, referral.owner) == ("decided", "direct_offer", user)
    assert referral.received_on == today - timedelta(days=1)
    screening, counselling = referral.courses.order_by("pk")
    assert (screening.state, counselling.state) == ("completed", "planned")
    assert [each.service.kind for each in (screening, counselling)] == ["screening", "counselling"]
    assert Meeting.objects.get().number == 1
    assert Note.objects.get().is_signed
    assert "Avtalt: rådgivning fra" in Note.objects.get().internal
    choice = screening.screening.choice
    assert (choice.services, choice.recommendation.referral) == (["counselling"], referral)
    assert choice.deviates == bool(choice.reason)
    agreement = Agreement.objects.get(course=counselling)
    assert (agreement.starts_on, agreement.how) == (today + timedelta(days=7), "meeting")
    consent = Consent.objects.get(purpose=Purpose.TAKE_PART)
    assert (consent.state, consent.channel) == ("given", "meeting")
    assert referral.case.people.get().verified_how == "met"


# --- The clock and the letter --------------------------------------------------------------------


def clock_of(referral):
    return Deadline.objects.get(kind=Due.ANSWER, target_id=referral.pk)


def delivered(document, *, by):
    tasks.render(document.pk)
    dispatch = document.dispatches.get()
    dispatch.refresh_from_db()
    documents.done(dispatch, by=by, on=timezone.localdate())


def test_the_clock_is_met_by_the_letter_and_not_by_the_agreement_alone(place, user):
    referral = start(place, user)
    clock = clock_of(referral)
    assert (clock.met_on, clock.owner) == (None, user)
    letter = Document.objects.get(kind="answer")
    assert letter.meets == clock
    assert Dispatch.objects.get(document=letter).channel == "handed_over"
    delivered(letter, by=user)
    clock.refresh_from_db()
    assert clock.met_on == timezone.localdate()
    open_now = Deadline.objects.open().filter(case=referral.case).values_list("kind", flat=True)
    assert list(open_now) == [Due.FIRST_MEETING]


def test_the_letter_says_when_and_why_and_nothing_of_the_rules(place, user):
    start(place, user)
    said = str(Document.objects.get(kind="answer").data)
    assert WORDS in said
    assert "Vi har avtalt at dere begynner" in said
    assert WHY not in said


def test_each_who_was_met_and_is_owed_it_gets_a_letter_and_the_clock_waits_for_both(place, user):
    referral = start(place, user, told(father=MET | {"way": "read_out"}))
    letters = Document.objects.filter(kind="answer").order_by("pk")
    assert [each.recipient.person.name for each in letters] == ["Turid Møtt", "Terje Møtt"]
    delivered(letters[0], by=user)
    assert clock_of(referral).met_on is None
    delivered(letters[1], by=user)
    assert clock_of(referral).met_on == timezone.localdate()


def test_whoever_was_not_met_is_confirmed_by_somebody_first(place, user):
    said = told(father=ABSENT)
    foreseen = actions.foresee(place, by=user, token=token(), told=said)
    assert [each.person.name for each in foreseen.waiting] == ["Terje Møtt"]
    referral = start(place, user, said)
    assert Document.objects.filter(kind="answer").count() == 1
    mother, father = referral.case.people.order_by("pk")
    assert (mother.is_verified, father.is_verified) == (True, False)
    assert Deadline.objects.open().get(kind=Due.CONFIRM_CONTACT).target_id == father.pk


def test_somebody_who_does_not_decide_gets_no_letter_and_nothing_begins(place, user):
    said = told()
    said.answers["henviser"] = said.answers["henviser"] | {"responsibility": "no"}
    with pytest.raises(DomainError, match="Ingen av dem du har møtt"):
        start(place, user, said)
    assert not Submission.objects.exists()


def test_the_day_they_begin_is_what_somebody_is_reminded_of(place, user):
    referral = start(place, user)
    due = Deadline.objects.open().get(kind=Due.FIRST_MEETING)
    agreement = Agreement.objects.get()
    assert (due.owner, due.due_on, due.target_id) == (
        user, agreement.starts_on, agreement.course_id,
    )  # fmt: skip
    assert rules.waiting_for(place)["counselling"] == 0
    assert referral.case.members.get(ended_on=None).user == user


# --- What stops it -------------------------------------------------------------------------------

NO = MET | {"agrees": "no", "way": "handed_over"}


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        (lambda: told(father=NO), "Ja fra Turid Møtt, nei fra Terje Møtt"),
        (lambda: told(mother=NO), "ingen har sagt ja"),
        (lambda: told(mother=MET | {"agrees": ""}), "Ingen av foreldrene har sagt ja"),
        (lambda: told(safety={"is_worried": True, "words": "x"}), "bekymringen skal meldes"),
    ],
    ids=["one says no", "the only one says no", "nobody was asked", "a worry"],
)
def test_nothing_is_stored_when_it_cannot_begin(place, user, said, sentence):
    with pytest.raises(DomainError, match=sentence):
        start(place, user, said())
    assert not Submission.objects.exists()
    assert not Course.objects.exists()


def test_one_who_was_not_asked_stops_nothing(place, user):
    start(place, user, told(father=MET | {"agrees": ""}))
    assert Agreement.objects.exists()


def test_what_is_kept_without_a_start_goes_on_as_an_ordinary_screening(place, user):
    said = told(safety={"is_worried": True, "words": "Blåmerker."})
    course = actions.keep_at_once(place, by=user, token=token(), told=said)
    referral = Referral.objects.get()
    assert (referral.state, referral.owner, course.state) == ("received", None, "running")
    assert WORDS in Note.objects.get().internal  # what was agreed is not lost
    assert not Document.objects.filter(kind="answer").exists()
    check = course.safety_checks.get()
    assert not check.is_settled
    due = set(Deadline.objects.open().values_list("kind", flat=True))
    assert {Due.ANSWER, Due.CLAIM, Due.READ, Due.SCREENING} <= due


def test_something_else_than_the_recommendation_needs_a_reason(place, user):
    found = {"conversation": "x", "negativity_months": 8, "is_serious": True}
    said, once = told(found=found), token()
    foreseen = actions.foresee(place, by=user, token=once, told=said)
    assert foreseen.result["services"] != ["counselling"]
    without = told(found=found, agreed=said.agreed | {"reason": ""})
    with pytest.raises(DomainError, match="hvorfor dere velger noe annet"):
        start(place, user, without)
    assert not Submission.objects.exists()
    start(place, user, said, once=once)
    choice = Screening.objects.get().choice
    assert (choice.deviates, choice.reason) == (True, WHY)


def test_facts_that_changed_since_they_were_seen_are_looked_at_again(place, user):
    once, said = token(), told()
    seen = canonical(actions.foresee(place, by=user, token=once, told=said).facts)
    changed = told(found={"conversation": "x", "negativity_months": 8})
    with pytest.raises(StaleState):
        actions.start_at_once(place, by=user, token=once, told=changed, seen=seen)
    assert not Submission.objects.exists()


def test_looking_stores_nothing_and_writes_nothing(place, user):
    foreseen = actions.foresee(place, by=user, token=token(), told=told())
    assert foreseen.letters
    assert not Submission.objects.exists()
    assert not Document.objects.exists()
    assert not Deadline.objects.exists()


# --- Once ----------------------------------------------------------------------------------------


def test_sent_twice_it_is_done_once(place, user):
    once = token()
    referral = start(place, user, once=once)
    with pytest.raises(actions.StartedBefore) as again:
        actions.start_at_once(place, by=user, token=once, told=told(), seen="")
    assert again.value.referral == referral
    assert Document.objects.filter(kind="answer").count() == 1
    assert Course.objects.count() == 2


# --- A child that is known -----------------------------------------------------------------------


def test_a_child_that_the_practitioner_knows_of_is_left_to_the_coordinator(place, user):
    start(place, user)
    with pytest.raises(DomainError, match="henvisning her fra før"):
        start(place, user, told(met=told().met | {"starts_at": later(11), "ends_at": later(12)}))
    assert Referral.objects.count() == 1


def later(hour):
    return yesterday(hour)


@pytest.mark.parametrize(("grade", "asked"), [("open", True), ("strict", False)])
def test_one_that_the_practitioner_may_not_know_of_is_a_task_for_the_coordinator(
    place, user, grade, asked
):
    other = refer(place, answers=ALONE | {"barnet": told().answers["barnet"]})
    type(other.case).objects.filter(pk=other.case_id).update(grade=grade)
    referral = start(place, user)
    due = Deadline.objects.open().filter(kind=Due.SAME_CHILD)
    assert [each.target_id for each in due] == ([referral.pk] if asked else [])


def test_the_coordinator_looks_at_both_and_settles_it(client, place, user):
    other = refer(place, answers=ALONE | {"barnet": told().answers["barnet"]})
    referral = start(place, user)
    coordinator = UserFactory(coordinates=place.intake_unit)
    client.force_login(coordinator)
    page = client.get(referral.get_absolute_url()).content.decode()
    assert other.reference in page
    triage.link(referral, other, by=coordinator)
    assert not Deadline.objects.open().filter(kind=Due.SAME_CHILD).exists()
    referral.refresh_from_db()
    assert {each.case for each in referral.courses.all()} == {other.case}
    assert other.reference not in client.get(referral.get_absolute_url()).content.decode()


# --- Who -----------------------------------------------------------------------------------------


def places(user):
    return rules.places_to_start(user, timezone.localdate())


def test_it_takes_both_trainings_on_the_day_and_work_there(place, user):
    unit, today = place.intake_unit, timezone.localdate()
    assert places(user) == {place: unit}
    only_screens = UserFactory(practises_in=unit)
    qualify(only_screens)
    assert places(only_screens) == {}
    expired = UserFactory(practises_in=unit)
    qualify(expired)
    qualify(expired, Kind.COUNSELLOR, end=today - timedelta(days=1))
    assert places(expired) == {}
    trainee = UserFactory(practises_in=unit)
    qualify(trainee, supervisor=user)
    qualify(trainee, Kind.COUNSELLOR, supervisor=user)
    assert places(trainee) == {place: unit}
    for role in ("coordinates", "leads", "clerks_in", "supervises_in"):
        other = UserFactory(**{role: unit})
        qualify(other)
        qualify(other, Kind.COUNSELLOR)
        assert places(other) == {}, role


def test_another_unit_of_the_municipality_takes_the_family_with_it(place):
    unit = UnitFactory(municipality=place)
    user = able(unit)
    assert places(user) == {}  # nobody there takes what comes
    UserFactory(coordinates=unit)
    assert places(user) == {place: unit}
    referral = start(place, user)
    referral.refresh_from_db()
    assert {referral.unit, referral.case.unit} == {unit}
    assert {each.unit for each in referral.courses.all()} == {unit}
    assert set(Deadline.objects.open().values_list("unit", flat=True)) == {unit.pk}


def test_one_in_training_begins_with_a_supervisor(place, user):
    trainee = UserFactory(practises_in=place.intake_unit)
    qualify(trainee, supervisor=user)
    qualify(trainee, Kind.COUNSELLOR, supervisor=user)
    referral = start(place, trainee)
    assert {each.supervisor for each in referral.courses.all()} == {user}
    assert referral.case.members.filter(user=user, ended_on=None).exists()


def test_protection_and_age_are_as_at_the_desk(place, user):
    child = {"birth_date": "2025-01-14"}
    referral = start(place, user, told(protection="yes", child=child))
    assert referral.case.is_hidden
    assert referral.is_outside_age
    assert Document.objects.get(kind="answer").data["signed"]["unit"] == ""
    assert FATHER["name"] not in str(Document.objects.get(kind="answer").data)


def test_what_they_begin_has_a_page_of_its_own_and_no_decision(client, place, user):
    start(place, user)
    client.force_login(user)
    course = Course.objects.get(service__kind="counselling")
    answer = client.get(course.get_absolute_url())
    page = Page(answer)
    assert answer.context["title"] == "Rådgivning"
    decide = reverse("interventions:decide", args=[course.case_id, course.pk])
    assert decide not in page.links()
    assert client.get(decide).status_code == 404
