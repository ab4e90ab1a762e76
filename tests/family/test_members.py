"""Who works with a case: given and taken by those who answer for the unit, for a reason."""

import threading
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from tests.factories import LONG_AGO, MunicipalityFactory, UnitFactory, UserFactory, refer
from tests.family.hands import Hands
from tests.referrals.parent import Page
from tibir.audit.models import Event
from tibir.cases.models import CaseMember, Grade
from tibir.core.errors import DomainError
from tibir.deadlines.models import Deadline
from tibir.family import actions, rules

ONE_DAY = timedelta(days=1)


@pytest.fixture
def case(db):
    return refer().case


@pytest.fixture
def coordinator(client, case):
    user = UserFactory(coordinates=case.unit)
    client.force_login(user)
    return user


@pytest.fixture
def hands(client, case, coordinator):
    return Hands(client, case)


@pytest.fixture
def therapist(case):
    return UserFactory(practises_in=case.unit, name="Tora Behandler")


def knows(client, user, case):
    client.force_login(user)
    return client.get(reverse("home:case", args=[case.pk])).status_code == 200


@pytest.mark.parametrize("role", ["coordinates", "leads"])
def test_a_therapist_is_given_the_case_and_knows_of_it_at_once(client, case, therapist, role):
    client.force_login(UserFactory(**{role: case.unit}))
    assert not knows(client, therapist, case)
    boss = UserFactory(**{role: case.unit})
    client.force_login(boss)
    typed = {"user": therapist.pk, "role": "practitioner", "reason": "Skal starte rådgivning."}
    assert Hands(client, case).send("add_member", **typed).status_code == 302

    member = case.members.get()
    assert (member.user, member.role, member.ended_on) == (therapist, "practitioner", None)
    assert member.started_on == timezone.localdate()
    event = Event.objects.get(verb="case.member_added")
    assert (event.actor_id, event.codes) == (
        boss.pk,
        {"user": therapist.pk, "role": "practitioner"},
    )
    assert knows(client, therapist, case)


def test_who_is_taken_out_knows_nothing_at_the_next_request(client, case, hands, therapist):
    actions.add_member(
        case, by=therapist, user=therapist, role="practitioner", reason="x", started_on=LONG_AGO
    )
    newcomer = UserFactory(practises_in=case.unit)
    actions.add_member(case, by=newcomer, user=newcomer, role="practitioner", reason="x")
    for member in case.members.all():
        sent = hands.send("end_member", member.pk, reason="Sluttet i tiltaket.")
        assert sent.status_code == 302
    text = hands.see("members")
    assert "Tora Behandler" in text
    assert "Sluttet i tiltaket." in text
    assert not knows(client, therapist, case)
    assert not knows(client, newcomer, case)  # who came today, too
    again = actions.add_member(case, by=newcomer, user=newcomer, role="practitioner", reason="x")
    assert knows(client, newcomer, case)
    assert again.pk != case.members.filter(user=newcomer).order_by("pk").first().pk


def test_a_last_day_to_come_is_a_day_with_access(client, case, hands, therapist, today):
    member = actions.add_member(case, by=therapist, user=therapist, role="leader", reason="x")
    hands.send("end_member", member.pk, last_day=f"{today:%d.%m.%Y}", reason="Vikar ut dagen.")
    member.refresh_from_db()
    assert (member.ended_on, member.end_reason) == (today, "Vikar ut dagen.")
    assert knows(client, therapist, case)


def test_only_those_who_work_in_the_unit_are_offered(client, case, hands, therapist):
    place = case.municipality
    everywhere = UserFactory(practises_in=place)
    others = [
        UserFactory(practises_in=UnitFactory(municipality=place)),
        UserFactory(practises_in=MunicipalityFactory()),
        UserFactory(clerks_in=case.unit),
        UserFactory(practises_in=case.unit, is_active=False),
        UserFactory(is_superuser=True),
    ]
    offered = set(rules.possible_members(case))
    assert {therapist, everywhere} <= offered
    assert not offered & set(others)
    for user in others:
        answer = hands.send("add_member", user=user.pk, role="practitioner", reason="Kjent")
        assert "user" in Page(answer).faults()
        assert "Kjent" in answer.content.decode()
        with pytest.raises(DomainError):
            actions.add_member(case, by=therapist, user=user, role="practitioner", reason="x")
    assert not case.members.exists()


def test_a_case_under_strict_protection_takes_only_who_is_cleared(case, therapist):
    case.grade = Grade.STRICT
    case.save(update_fields=["grade"])
    cleared = UserFactory(practises_in=case.unit, cleared_in=case.municipality)
    assert list(rules.possible_members(case)) == [cleared]


def test_nobody_is_a_member_twice_at_a_time(case, therapist):
    actions.add_member(case, by=therapist, user=therapist, role="practitioner", reason="x")
    with pytest.raises(DomainError):
        actions.add_member(case, by=therapist, user=therapist, role="leader", reason="x")
    assert case.members.count() == 1


def test_two_who_add_the_same_at_once_add_one(committed):
    case = refer().case
    therapist = UserFactory(practises_in=case.unit)
    outcomes = []

    def try_it():
        try:
            actions.add_member(case, by=therapist, user=therapist, role="practitioner", reason="x")
            outcomes.append("added")
        except DomainError:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=try_it) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["added"] + ["refused"] * 5
    assert Event.objects.filter(verb="case.member_added").count() == 1


@pytest.mark.parametrize("who", ["clerks_in", "member"])
def test_others_change_nothing(client, case, therapist, who):
    if who == "member":
        user = UserFactory(practises_in=case.unit, works_with=case)
    else:
        user = UserFactory(**{who: case.unit})
    client.force_login(user)
    typed = {"user": therapist.pk, "role": "practitioner", "reason": "x"}
    for name in ("members", "add_member", "responsible", "close", "reopen"):
        assert client.get(reverse(f"family:{name}", args=[case.pk])).status_code == 403
    for name in ("add_member", "responsible", "close", "reopen"):
        address = reverse(f"family:{name}", args=[case.pk])
        assert client.post(address, typed).status_code == 403
    assert not case.members.filter(user=therapist).exists()


def test_a_member_of_another_case_is_not_ended_through_mine(hands, case, therapist):
    other = refer().case
    stranger = CaseMember.objects.create(
        case=other, user=therapist, role="practitioner", started_on=LONG_AGO
    )
    address = reverse("family:end_member", args=[case.pk, stranger.pk])
    assert hands.client.post(address, {"reason": "x"}).status_code == 404


# --- Responsible, closed, open -----------------------------------------------------------------


def test_one_answers_for_the_case_and_no_longer_when_taken_out(hands, case, therapist):
    hands.send("responsible", to=therapist.pk)
    case.refresh_from_db()
    assert case.responsible == therapist
    member = actions.add_member(case, by=therapist, user=therapist, role="practitioner", reason="x")
    hands.send("end_member", member.pk, reason="Sluttet")
    case.refresh_from_db()
    assert case.responsible is None
    changes = list(case.changes.order_by("pk").values_list("kind", "was", "becomes"))
    assert changes == [
        ("entrusted", "", "Tora Behandler"),
        ("entrusted", "Tora Behandler", ""),
    ]


def test_a_case_is_closed_when_nothing_is_due_and_opened_again(hands, case, today):
    refused = hands.send("close", reason="Ferdig")
    assert refused.status_code == 409
    Deadline.objects.filter(case=case).update(met_on=today)
    assert hands.send("close", reason="Ferdig").status_code == 302
    case.refresh_from_db()
    assert (case.state, case.closed_on) == ("closed", today)
    assert hands.send("close", reason="Ferdig").status_code == 409
    assert hands.send("reopen", reason="Ny bekymring").status_code == 302
    case.refresh_from_db()
    assert (case.state, case.closed_on) == ("open", None)
    text = hands.see("members")
    for said in ("Avsluttet", "Ferdig", "Åpnet igjen", "Ny bekymring"):
        assert said in text
    verbs = Event.objects.filter(case_id=case.pk).values_list("verb", flat=True)
    assert {"case.closed", "case.reopened"} <= set(verbs)


def test_a_new_referral_of_the_child_opens_a_closed_case(case, coordinator, today):
    Deadline.objects.filter(case=case).update(met_on=today)
    actions.close(case, by=coordinator, reason="Ferdig")
    other = refer(case.municipality).case
    worker = UserFactory(practises_in=case.unit, works_with=other)
    actions.merge(other, into=case, by=coordinator)
    case.refresh_from_db()
    other.refresh_from_db()
    assert (case.state, other.state, other.merged_into) == ("open", "merged", case)
    assert case.members.get().user == worker
    assert case.changes.order_by("-pk").first().kind == "referred"


def test_the_history_of_a_case_cannot_be_written_anew(case, coordinator):
    actions.entrust(case, by=coordinator, to=coordinator)
    change = case.changes.get()
    for write in (lambda: case.changes.update(reason="x"), change.delete):
        with pytest.raises(Exception, match="permission denied"), transaction.atomic():
            write()


@pytest.mark.parametrize(
    "wrong",
    [
        {"ended_on": "2019-01-01"},
        {"end_reason": "uten slutt"},
    ],
)
def test_the_table_refuses_half_an_end(case, therapist, wrong):
    member = CaseMember.objects.create(
        case=case, user=therapist, role="practitioner", started_on=LONG_AGO
    )
    with pytest.raises(IntegrityError), transaction.atomic():
        CaseMember.objects.filter(pk=member.pk).update(**wrong)
