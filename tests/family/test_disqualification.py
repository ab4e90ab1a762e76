"""Somebody who must have nothing to do with a family finds nothing of it, anywhere, at once."""

import pytest
from django.urls import reverse
from django.utils import timezone

from referrals import actions as referrals
from referrals import rules
from referrals.models import Referral
from tests.factories import MunicipalityFactory, UserFactory, confirm, refer
from tibir.audit.models import Event
from tibir.cases.models import Case, CaseMember, Disqualification
from tibir.core.errors import DomainError
from tibir.deadlines.kinds import Kind
from tibir.deadlines.models import Deadline
from tibir.deadlines.sweep import tell
from tibir.documents.models import Dispatch, Document
from tibir.family import actions
from tibir.notifications import actions as notifications
from tibir.notifications.kinds import Kind as Message
from tibir.notifications.models import Notification

pytestmark = pytest.mark.django_db


@pytest.fixture
def place():
    return MunicipalityFactory()


@pytest.fixture
def coordinator(client, place):
    user = UserFactory(coordinates=place.intake_unit)
    client.force_login(user)
    return user


@pytest.fixture
def colleague(place):
    return UserFactory(coordinates=place.intake_unit)


def keep_out(client, case, user):
    address = reverse("family:disqualify", args=[case.pk])
    return client.post(address, {"user": user.pk, "reason": "close"})


def test_a_coordinator_registers_and_the_next_request_obeys(client, place, coordinator, colleague):
    referral = refer(place)
    confirm(referral, by=colleague)
    referrals.take(referral, by=colleague)
    people = list(referral.case.people.select_related("person", "case"))
    referrals.ask(referral, by=colleague, how="letter", question="Hvor?", people=people)
    letter = Dispatch.objects.get()
    CaseMember.objects.create(
        case=referral.case, user=colleague, role="coordinator", started_on="2026-01-01"
    )
    Case.objects.update(responsible=colleague)
    told = notifications.tell(Message.TASK, referral, by=colleague, user=colleague)
    task = Deadline.objects.get(kind=Kind.ANSWER)
    addresses = [
        referral.get_absolute_url(),
        task.page,
        reverse("documents:document", args=[letter.document_id]),
        reverse("family:access", args=[referral.case_id]),
        reverse("family:recuse", args=[referral.case_id]),
    ]

    assert keep_out(client, referral.case, colleague).status_code == 302

    client.force_login(colleague)
    assert {client.get(address).status_code for address in addresses} == {404}
    client.post(reverse("home:search"), {"q": "odin"})
    for page in ("home:start", "home:search", "home:notifications", "referrals:list"):
        shown = client.get(reverse(page)).content.decode()
        assert referral.reference not in shown
        assert "Odin" not in shown
    assert referral.reference not in client.get("/frister/?vis=mine").content.decode()
    assert not Document.objects.visible_to(colleague).exists()
    assert told not in Notification.objects.visible_to(colleague)
    assert colleague not in task.possible_owners
    assert colleague not in rules.owners(referral)


def test_what_the_person_had_is_a_task_for_the_unit(client, place, coordinator, colleague):
    referral = refer(place)
    referrals.take(referral, by=colleague)
    keep_out(client, referral.case, colleague)
    referral.refresh_from_db()
    assert referral.owner is None
    assert not Deadline.objects.filter(owner=colleague).exists()
    task = Deadline.objects.get(kind=Kind.TAKE_OVER)
    assert (task.unit, task.case) == (referral.unit, referral.case)
    tell(task.due_on)
    reached = Notification.objects.filter(target_id=task.pk, target_type="deadlines.deadline")
    assert {each.user for each in reached} == {coordinator}


def test_who_is_disqualified_is_given_no_part_in_the_case(client, place, coordinator, colleague):
    case = refer(place).case
    page = reverse("family:add_member", args=[case.pk])
    assert colleague.name in client.get(page).content.decode()
    keep_out(client, case, colleague)

    assert colleague.name not in client.get(page).content.decode()
    with pytest.raises(DomainError):
        actions.add_member(case, by=coordinator, user=colleague, role="coordinator", reason="x")


def test_who_had_nothing_leaves_no_task(client, place, coordinator, colleague):
    keep_out(client, refer(place).case, colleague)
    assert not Deadline.objects.filter(kind=Kind.TAKE_OVER).exists()


def test_anybody_may_say_it_of_themselves(client, place):
    referral = refer(place)
    member = UserFactory(practises_in=place.intake_unit, works_with=referral.case)
    client.force_login(member)
    assert client.get(referral.get_absolute_url()).status_code == 200
    response = client.post(
        reverse("family:recuse", args=[referral.case_id]), {"reason": "relative"}
    )
    assert response.url == reverse("home:start")
    assert client.get(referral.get_absolute_url()).status_code == 404
    kept_out = Disqualification.objects.get()
    assert (kept_out.user, kept_out.registered_by) == (member, member)
    assert Event.objects.get(verb="case.disqualified").codes["reason"] == "relative"


def test_siblings_are_kept_from_the_same_people(place, coordinator, colleague):
    one, two, three = (refer(place).case for _number in range(3))
    actions.link(one, two, by=coordinator, reason="samme mor")
    actions.keep_out(one, by=coordinator, user=colleague, reason="close")
    actions.link(two, three, by=coordinator, reason="samme mor")
    assert not Case.objects.visible_to(colleague).exists()
    assert Case.objects.visible_to(coordinator).count() == 3


def test_another_lifts_it_and_what_was_given_up_does_not_come_back(
    client, place, coordinator, colleague
):
    referral = refer(place)
    referrals.take(referral, by=colleague)
    keep_out(client, referral.case, colleague)
    kept_out = Disqualification.objects.get()
    with pytest.raises(DomainError):
        actions.let_in_again(kept_out, by=colleague)
    client.post(reverse("family:let_in_again", args=[referral.case_id, kept_out.pk]))
    assert Referral.objects.visible_to(colleague).get().owner is None
    kept_out.refresh_from_db()
    assert (kept_out.ended_on, kept_out.ended_by) == (timezone.localdate(), coordinator)


def test_only_those_who_look_after_the_unit_register_others(client, place, colleague):
    referral = refer(place)
    client.force_login(UserFactory(practises_in=place.intake_unit, works_with=referral.case))
    assert keep_out(client, referral.case, colleague).status_code == 403
    client.force_login(UserFactory(clerks_in=place.intake_unit))
    assert keep_out(client, referral.case, colleague).status_code == 403
    assert not Disqualification.objects.exists()
