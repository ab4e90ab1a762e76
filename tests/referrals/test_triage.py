"""Two referrals that may be about one child: a person looks, and decides."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from referrals import actions
from referrals.likeness import fold, may_be_same
from referrals.models import Referral, Triage
from referrals.states import State
from tests.factories import (
    ANSWERS,
    MunicipalityFactory,
    UnitFactory,
    UserFactory,
    attach,
    confirm,
    refer,
)
from tibir.audit.models import Event
from tibir.calendar import terms
from tibir.cases.models import Case, CasePerson, Grade
from tibir.core.errors import DomainError
from tibir.deadlines.kinds import Kind as Due
from tibir.deadlines.models import Deadline
from tibir.documents import tasks
from tibir.documents.models import Attachment, Document
from tibir.notifications.models import Notification


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Åse-Lill Ødegård", "aase lill oedegaard"),
        ("Čáhpput", "cahpput"),
        ("José  María", "jose maria"),
        ("Bjørn", "Bjorn"),
        ("Lærke", "Laerke"),
    ],
)
def test_a_name_is_folded_as_people_mistype_it(one, other):
    assert fold(one) == fold(other)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (("Odin", "Ødegård"), ("Oden", "Odegard"), True),
        (("Odin Andreas", "Ødegård"), ("Odin", ""), True),
        (("Odin", "Ødegård"), ("Odin", "Hansen"), False),
        (("Odin", "Ødegård Hansen"), ("Odin", "Hansen"), True),
        (("Odin", "Ødegård"), ("Maja", "Ødegård"), False),
        (("", "Ødegård"), ("Odin", "Ødegård"), False),
        (("Odin", ""), ("Odin", ""), True),
    ],
)
def test_two_children_with_one_birth_date_may_be_one(one, other, same):
    assert may_be_same(one, other) is same is may_be_same(other, one)


@pytest.fixture
def place(db):
    return MunicipalityFactory()


@pytest.fixture
def coordinator(client, place):
    user = UserFactory(coordinates=place.intake_unit)
    client.force_login(user)
    return user


def child(**about):
    return {**ANSWERS, "barnet": {**ANSWERS["barnet"], **about}}


@pytest.fixture
def pair(place, coordinator):
    """The same child twice, the second one five days later."""
    first = refer(place, received_at=timezone.now() - timedelta(days=5))
    return refer(place, answers=child(first_name="Odinn")), first


def suggested(client, referral):
    return client.get(referral.get_absolute_url()).context["alike"]


def test_a_child_with_the_same_day_and_a_similar_name_is_suggested(client, pair):
    second, first = pair
    assert suggested(client, second) == [first]
    assert suggested(client, first) == [second]


def test_the_same_identity_number_is_enough(client, place, coordinator):
    number = "14881987622"
    one = refer(place, answers=child(national_id=number))
    other = refer(
        place, answers=child(national_id=number, first_name="Noe annet", birth_date="2018-01-01")
    )
    assert suggested(client, one) == [other]


@pytest.mark.parametrize(
    "about", [{"birth_date": "2019-03-15"}, {"first_name": "Maja"}, {"birth_date": ""}]
)
def test_other_children_are_not(client, place, coordinator, about):
    one = refer(place)
    refer(place, answers=child(**about))
    assert suggested(client, one) == []


def test_a_child_in_another_municipality_is_not(client, place, coordinator):
    one = refer(place)
    refer(MunicipalityFactory())
    assert suggested(client, one) == []


def test_a_child_under_strict_protection_is_suggested_to_nobody_else(client, pair):
    second, first = pair
    Case.objects.filter(pk=first.case_id).update(grade=Grade.STRICT)
    assert suggested(client, second) == []


def decide(client, pair, verdict):
    address = reverse("referrals:triage", args=[each.pk for each in pair])
    return client.post(address, {"verdict": verdict})


def test_kept_apart_they_are_never_suggested_again(client, pair):
    second, first = pair
    assert decide(client, pair, "apart").url == second.get_absolute_url()
    assert suggested(client, second) == suggested(client, first) == []
    assert Triage.objects.get().verdict == "apart"


def test_linked_they_share_the_case_that_was_there_first(client, pair):
    second, first = pair
    opened = second.case
    decide(client, pair, "linked")
    second.refresh_from_db()
    opened.refresh_from_db()
    assert second.case == first.case == opened.merged_into
    assert (opened.state, second.state) == (Case.State.MERGED, State.RECEIVED)
    assert first.case.people.filter(is_sender=True).count() == 2
    assert Deadline.objects.about(second, Due.ANSWER).get().case == first.case
    assert Event.objects.filter(case_id=opened.pk, verb="case.opened").exists()  # stays there


@pytest.fixture
def moved(pair, place, coordinator):
    """What was kept about the second one before it was linked to a case of another unit."""
    second, first = pair
    confirm(second, by=coordinator)
    actions.take(second, by=coordinator)
    people = list(second.case.people.select_related("person"))
    actions.ask(second, by=coordinator, how="letter", question="Hvor?", people=people)
    tasks.render(Document.objects.get(case=second.case).pk)
    attach(second, by=coordinator)
    actions.give(second, by=coordinator, to=UserFactory(coordinates=place.intake_unit))
    elsewhere = UnitFactory(municipality=place)
    for rows in (Case.objects.filter(pk=first.case_id), Referral.objects.filter(pk=first.pk)):
        rows.update(unit=elsewhere)
    opened = second.case
    actions.link(second, Referral.objects.get(pk=first.pk), by=coordinator)
    second.refresh_from_db()
    return second, opened, elsewhere


def test_what_is_kept_goes_with_a_referral_to_the_unit_of_its_case(client, place, moved):
    referral, opened, unit = moved
    assert (referral.unit, referral.case.unit) == (unit, unit)
    kinds = Deadline.objects.filter(case=referral.case, unit=unit).values_list("kind", flat=True)
    assert {"answer", "inquiry"} <= set(kinds)
    letter = Document.objects.get(case=referral.case)
    assert (letter.unit, letter.state) == (unit, Document.State.READY)
    left = [Referral, Deadline, Document, Attachment, Notification, CasePerson]
    assert [model for model in left if model.objects.filter(case=opened).exists()] == []

    client.force_login(UserFactory(coordinates=unit))
    page = client.get(referral.get_absolute_url())
    assert list(page.context["dispatches"]) == list(letter.dispatches.all())
    assert len(page.context["attachments"]) == 1
    assert client.get(reverse("documents:document", args=[letter.pk])).status_code == 200

    client.force_login(UserFactory(coordinates=opened.unit))
    assert client.get(referral.get_absolute_url()).status_code == 404
    assert client.get(reverse("documents:document", args=[letter.pk])).status_code == 404


def test_strict_protection_holds_for_what_came_before(client, place, moved):
    referral, _opened, _unit = moved
    Case.objects.filter(pk=referral.case_id).update(grade=Grade.STRICT)
    client.force_login(UserFactory(coordinates=place))
    client.get("/")
    page = client.get(reverse("documents:letters"))
    assert page.context["to_print"] == page.context["by_hand"] == []
    user = Notification.objects.get(kind="task").user
    assert not Notification.objects.visible_to(user).exists()


def test_merged_there_is_one_answer_by_the_earlier_promise(client, pair):
    second, first = pair
    earlier = first.due_on
    assert decide(client, (first, second), "merged").url == second.get_absolute_url()
    second.refresh_from_db()
    first.refresh_from_db()
    assert (first.state, first.duplicate_of) == (State.DUPLICATE, second)
    assert (second.due_on, second.received_on) == (earlier, first.received_on)
    assert Deadline.objects.about(second, Due.ANSWER).get().due_on == earlier
    assert Deadline.objects.about(first, Due.ANSWER).get().closed_reason == "merged"
    assert first.case == second.case


@pytest.mark.parametrize(
    ("profiles", "days"),
    [
        pytest.param(["child_welfare", "child_welfare"], (0, 5), id="into the later one"),
        pytest.param(["child_welfare", "child_welfare"], (5, 0), id="into the earlier one"),
        pytest.param(["upbringing", "child_welfare"], (0, 5), id="only the one it goes into"),
        pytest.param(["child_welfare", "upbringing"], (0, 5), id="only the one that goes"),
        pytest.param(["upbringing", "upbringing"], (0, 5), id="neither"),
    ],
)
def test_merged_the_month_too_is_counted_from_the_earlier_day(place, coordinator, profiles, days):
    now = timezone.now()
    both = []
    for profile, later in zip(profiles, days, strict=True):
        place.intake_unit.law_profile = profile
        place.intake_unit.save(update_fields=["law_profile"])
        received_at = now - timedelta(days=10 - later)
        both.append(refer(place, received_at=received_at, answers=child()))
    gone, kept = both
    counted = Deadline.objects.about(kept, Due.MONTH_ANSWER)
    assert counted.exists() == (profiles[1] == "child_welfare")

    actions.merge(gone, kept, by=coordinator)

    kept.refresh_from_db()
    first = timezone.localdate(now - timedelta(days=10))
    assert (kept.received_on, kept.due_on) == (first, first + timedelta(days=14))
    for month in counted:
        assert (month.due_on, month.closed_reason) == (terms.months(first, 1), "")
    closed = Deadline.objects.about(gone, Due.MONTH_ANSWER).values_list("closed_reason", flat=True)
    assert set(closed) <= {"merged"}


def test_the_strictest_protection_follows(client, pair):
    second, first = pair
    Case.objects.filter(pk=second.case_id).update(grade=Grade.CONFIDENTIAL)
    decide(client, pair, "linked")
    first.case.refresh_from_db()
    assert first.case.grade == Grade.CONFIDENTIAL


def test_they_are_judged_once(pair, coordinator):
    second, first = pair
    actions.keep_apart(second, first, by=coordinator)
    with pytest.raises(DomainError, match="allerede vurdert"):
        actions.link(first, second, by=coordinator)
    assert Referral.objects.get(pk=first.pk).case != Referral.objects.get(pk=second.pk).case


def test_nothing_is_merged_into_what_has_ended(pair, coordinator):
    second, first = pair
    actions.withdraw(first, by=coordinator, reason="vil ikke")
    with pytest.raises(DomainError, match="Knytt dem sammen"):
        actions.merge(second, first, by=coordinator)


def test_both_are_shown_side_by_side_and_both_are_logged(client, pair):
    page = client.get(reverse("referrals:compare", args=[each.pk for each in pair]))
    text = page.content.decode()
    assert all(each.reference in text for each in pair)
    assert Event.objects.filter(verb="referral.read").count() == 2


def test_a_referral_is_not_compared_with_itself(client, pair):
    one = [pair[0].pk] * 2
    assert client.get(reverse("referrals:compare", args=one)).status_code == 404
    answer = client.post(reverse("referrals:triage", args=one), {"verdict": "merged"})
    assert answer.status_code == 404


@pytest.mark.parametrize("verdict", ["apart", "linked", "merged"])
def test_whoever_coordinates_in_two_municipalities_mixes_nothing(client, pair, verdict):
    elsewhere = MunicipalityFactory()
    theirs = refer(elsewhere)
    both = UserFactory(coordinates=elsewhere.intake_unit)
    both.memberships.create(
        role="coordinator", unit=pair[0].municipality.intake_unit, started_on="2020-01-01"
    )
    client.force_login(both)
    assert decide(client, (pair[0], theirs), verdict).status_code == 409
    theirs.refresh_from_db()
    assert theirs.case.municipality == elsewhere
    assert not Triage.objects.exists()


def test_a_referral_of_another_municipality_is_not_there_to_compare(client, pair):
    elsewhere = refer(MunicipalityFactory())
    address = reverse("referrals:compare", args=[pair[0].pk, elsewhere.pk])
    assert client.get(address).status_code == 404
