"""Whoever looks at Fjordvik finds something on every page."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from interventions.models import Course
from referrals.models import Discussion, Recommendation, Referral, RuleSet, Submission
from tibir.accounts.models import Municipality, User
from tibir.audit.models import Event
from tibir.cases.models import STRICT, Case, CasePerson, Disqualification, named_group
from tibir.deadlines.kinds import Kind as Due
from tibir.deadlines.models import Deadline
from tibir.demo import municipality
from tibir.demo.lives import living
from tibir.demo.lives.people import FAMILIES, Life
from tibir.documents import tasks
from tibir.documents.kinds import Kind
from tibir.documents.models import Dispatch, Document
from tibir.instruments.models import Measurement

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def _built(django_db_setup, django_db_blocker):
    """It takes seconds, so it is built once; what each test changes is undone after it."""
    with django_db_blocker.unblock(), transaction.atomic():
        assert municipality.build()
        yield
        transaction.set_rollback(True)


@pytest.fixture
def fjordvik(_built, db):
    """The invented municipality."""


def test_referrals_have_come_differently_far(fjordvik):
    states = Counter(Referral.objects.values_list("state", flat=True))
    assert states == {"received": 11, "assessing": 1, "awaiting": 1, "decided": 4}
    outcomes = set(Referral.objects.filter(state="decided").values_list("outcome", flat=True))
    assert outcomes == {"waitlist", "referred_on", "direct_offer"}
    answered = Deadline.objects.filter(kind=Due.ANSWER, met_on__isnull=False)
    assert answered.count() == 1
    assert Dispatch.objects.get(state="done").done_by.name == "Mette Øyangen"


def test_each_page_has_something_to_show(client, fjordvik):
    for letter in Document.objects.exclude(kind=Kind.RECEIPT):
        tasks.render(letter.pk)
    client.force_login(User.objects.get(email="koordinator@fjordvik.example"))
    letters = client.get(reverse("documents:letters")).context
    assert len(letters["to_print"]) == 1
    assert len(letters["by_hand"]) == 4

    pairs = [
        referral
        for referral in Referral.objects.open().exclude(case__grade__in=STRICT)
        if client.get(referral.get_absolute_url()).context["alike"]
    ]
    assert {str(referral.case.child) for referral in pairs} == {
        "Aksel Breivik-Nordahl",
        "Aksel Breivik Nordahl",
    }
    one, other = pairs
    compared = client.get(reverse("referrals:compare", args=[one.pk, other.pk]))
    assert compared.status_code == 200


def test_two_parents_see_their_child_differently(client, fjordvik):
    practitioner = User.objects.get(email="behandler@fjordvik.example")
    client.force_login(practitioner)
    father = Measurement.objects.get(checked_at__isnull=False)
    page = client.get(reverse("instruments:measurements", args=[father.case_id]))
    (said,) = [each.said for each in page.context["beside"] if each.said]
    assert "intensitet, problem" in said
    assert Measurement.objects.filter(informant__case=father.case).count() == 4


def test_some_must_not_be_found_and_a_neighbour_must_not_find(client, fjordvik):
    grades = Counter(Case.objects.values_list("grade", flat=True))
    assert (grades["confidential"], grades["strict"]) == (1, 1)
    strict, kept_out = Case.objects.get(grade="strict"), Disqualification.objects.get()
    assert {user.name for user in named_group(strict)} == {"Klara Nesgård", "Sigurd Lia"}
    assert kept_out.user.name == "Bente Haugmyr"
    client.force_login(User.objects.get(email="klarert-behandler@fjordvik.example"))
    assert len(client.get(reverse("family:shielded")).context["rows"]) == 1


def test_parents_and_professionals_have_referred_in_fjordvik_and_some_have_asked_for_advice(
    fjordvik,
):
    assert not Submission.objects.stopped().exists()
    senders = Counter(Referral.objects.values_list("sender", flat=True))
    assert senders["parent"] == 14
    assert {"kindergarten", "school", "health_station"} <= senders.keys()
    guardians = CasePerson.objects.filter(is_sender=False, responsibility="yes")
    assert guardians.filter(case__referrals__sender="kindergarten").count() == 2
    (service,) = CasePerson.objects.exclude(stands_in=None)
    assert service.case.child.other_numbers.count() == 1
    assert service.case.members.get().user == service.case.responsible
    assert Discussion.objects.count() == 4
    before = Event.objects.count()
    assert not municipality.build()  # a second time there is nothing to do
    assert Event.objects.count() == before


def test_some_parents_disagree_and_some_take_back_what_they_said(client, fjordvik):
    client.force_login(User.objects.get(email="koordinator@fjordvik.example"))
    mother = CasePerson.objects.get(person__first_name="Ingvild", person__last_name="Sørbråten")
    page = client.get(reverse("family:consents", args=[mother.case_id])).content.decode()
    assert "stanset: uenighet" in page
    due = Counter(Deadline.objects.open().values_list("kind", flat=True))
    assert due[Due.DISAGREEMENT] == 3
    assert due[Due.STOP_CONSULTATION] == due[Due.COMPLAINT] == 1
    assert "Serviceklage" in client.get(reverse("family:complaints")).content.decode()


def test_the_rules_of_recommendation_have_been_tried_with_consequences(client, fjordvik):
    place = Municipality.objects.get(slug="fjordvik")
    in_force = RuleSet.objects.in_force(place, timezone.localdate())
    draft = RuleSet.objects.get(municipality=place)
    tried = draft.try_outs.get()
    assert in_force.is_starting_point
    assert (draft.state, tried.total, tried.changed_count) == ("tried", 6, 2)
    assert Recommendation.objects.deviation() == {"chosen": 7, "deviated": 3}
    client.force_login(User.objects.get(email="koordinator@fjordvik.example"))
    page = client.get(tried.get_absolute_url())
    assert len(page.context["families"]) == 2


def test_some_families_are_screened_and_one_chose_something_else_than_recommended(client, fjordvik):
    states = Counter(Course.objects.values_list("state", flat=True))
    assert states == {"planned": 4, "running": 2, "completed": 3}
    choices = [each.screening.choice for each in Course.objects.filter(state="completed")]
    assert {choice.deviates for choice in choices} == {True, False}
    client.force_login(User.objects.get(email="behandler@fjordvik.example"))
    assert len(client.get(reverse("interventions:screenings")).context["rows"]) == 2
    assert client.get("/").context["meetings"]
    # What is late here is late in the inbox, and nothing of what is given.
    late = Deadline.objects.open().overdue(timezone.localdate()).values_list("kind", flat=True)
    assert set(late) <= {Due.ANSWER, Due.READ, Due.CLAIM, Due.CONFIRM_CONTACT}
    for course in Course.objects.all():
        assert client.get(course.get_absolute_url()).status_code == 200


@pytest.mark.prove
def test_a_family_can_live_its_years_in_a_moment(fjordvik):
    """All of them live in tests/demo/test_lives.py, which takes a minute and a half."""
    lived = []
    living.live(lived.append, FAMILIES[:1])
    assert lived == ["Tuva Grindheim"]
    case = Case.objects.get(child__last_name="Grindheim")
    assert case.state == Case.State.CLOSED
    assert case.opened_on < case.closed_on < timezone.localdate() - timedelta(days=365)
    assert {each.state for each in case.courses.all()} == {"completed"}
    assert not Deadline.objects.open().filter(case=case).exists()
    events = Event.objects.count()
    living.live(lived.append, FAMILIES[:1])  # a second time there is nothing to do
    assert (len(lived), Event.objects.count()) == (1, events)


def test_a_family_that_goes_wrong_takes_none_of_the_others_with_it(fjordvik):
    good = next(each for each in FAMILIES if each.life == Life.REFERRED_ON)
    lived = []
    with pytest.raises(RuntimeError, match="Prøve Feil"):
        living.live(lived.append, [replace(good, child=("Prøve", "Feil", 8), life=None), good])
    assert lived == ["Ole-Jakob Sæterdal"]
    assert not Case.objects.filter(child__first_name="Prøve").exists()
