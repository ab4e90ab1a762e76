"""Loggen: who has seen and done what in a case, and what the family is told of it."""

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.factories import (
    MunicipalityFactory,
    UserFactory,
    confirm,
    refer,
)
from tibir.audit.kinds import VERBS, Group
from tibir.audit.models import Event
from tibir.audit.record import CLOCK, record
from tibir.cases.models import Case, CasePerson, Grade
from tibir.documents.models import Dispatch, Document
from tibir.family import actions, letters

pytestmark = pytest.mark.django_db


@pytest.fixture
def place():
    return MunicipalityFactory(name="Fjordvik kommune")


@pytest.fixture
def referral(place):
    return refer(place)


@pytest.fixture
def case(referral):
    return referral.case


@pytest.fixture
def leader(client, place):
    user = UserFactory(leads=place.intake_unit, name="Liv Leder")
    client.force_login(user)
    return user


@pytest.fixture
def coordinator(place):
    return UserFactory(coordinates=place.intake_unit, name="Kari Koordinator")


def log_of(client, case, **query):
    return client.get(reverse("family:log", args=[case.pk]), query)


def text(response):
    return " ".join(response.content.decode().split())


# --- The page -------------------------------------------------------------------------------


def test_it_says_who_did_what_when_and_on_which_basis(client, case, leader, coordinator):
    record("referral.read", case, by=coordinator, basis="role")
    page = text(log_of(client, case))
    row = page[page.index("Kari Koordinator", page.index("<tbody>")) :]
    assert "leste henvisningen" in row[:200]
    assert "rolle i enheten" in row[:200]


def test_somebody_at_the_form_and_the_clock_are_no_users(client, case, leader):
    record("deadline.begun", case, by=CLOCK)
    page = text(log_of(client, case))
    assert "systemet" in page
    assert "innsenderen" in page


def test_reading_the_log_stands_in_the_log(client, case, leader):
    log_of(client, case)
    event = Event.objects.get(verb="log.listed")
    assert (event.actor_id, event.case_id, event.basis) == (leader.pk, case.pk, "role")
    assert "så i loggen" in text(log_of(client, case))


@pytest.mark.parametrize("name", ["log", "changes"])
def test_the_page_asks_as_much_of_one_row_as_of_fifty(client, case, leader, name):
    users = [UserFactory() for _each in range(3)]
    counts = []
    log_of(client, case)  # the login's own questions are asked once
    for user in users:
        for _each in range(15):
            with transaction.atomic():
                record("case.read", case, by=user, basis="role")
                Case.objects.filter(pk=case.pk).update(opened_on=f"2020-01-{_each + 1:02}")
        with CaptureQueriesContext(connection) as queries:
            assert client.get(reverse(f"family:{name}", args=[case.pk])).status_code == 200
        counts.append(len(queries))
    assert len(set(counts)) == 1
    assert counts[0] < 20


def test_what_is_older_is_behind_show_more_and_nothing_is_shown_twice(client, case, leader):
    Event.objects.of_case(case)
    for _each in range(70):
        record("case.read", case, by=leader, basis="role")
    first = log_of(client, case)
    more = log_of(client, case, etter=first.context["next"])
    there = Event.objects.of_case(case).exclude(verb="log.listed").count()
    assert len(first.context["rows"]) == 50
    assert len(more.context["rows"]) == there - 50
    assert more.context["next"] is None


def test_rows_are_chosen_by_person_kind_and_period(client, case, leader, coordinator, today):
    record("referral.read", case, by=coordinator, basis="role")
    record("dispatch.done", case, by=leader)
    day = f"{today:%d.%m.%Y}"

    def said(**query):
        return [str(row["what"]) for row in log_of(client, case, **query).context["rows"]]

    assert said(who=coordinator.pk, kind="", first="", last="") == ["leste henvisningen"]
    assert said(who="", kind="sent", first="", last="")[0] == "sendte eller leverte et brev"
    assert "leste henvisningen" in said(who="", kind="opened", first=day, last=day)
    assert said(who="", kind="opened", first="", last="01.01.2020") == []


def test_a_period_that_ends_before_it_begins_is_said_beside_the_field(client, case, leader):
    query = {"who": "", "kind": "", "first": "02.02.2026", "last": "01.02.2026"}
    page = text(log_of(client, case, **query))
    assert "Velg en dag som er den samme" in page
    assert "02.02.2026" in page


def test_the_log_of_a_strictly_protected_case_is_there_for_its_cleared_members(client, case):
    Case.objects.filter(pk=case.pk).update(grade=Grade.STRICT)
    unit = case.unit
    member = UserFactory(practises_in=unit, works_with=case, cleared_in=unit.municipality)
    for user, status in {
        UserFactory(leads=unit): 404,
        UserFactory(coordinates=unit): 404,
        UserFactory(is_superuser=True, is_staff=True): 404,
        member: 200,
    }.items():
        client.force_login(user)
        assert log_of(client, case).status_code == status


# --- What the family is told ----------------------------------------------------------------


@pytest.fixture
def mother(referral, coordinator):
    confirm(referral, by=coordinator)
    return referral.case.people.get(is_sender=True)


def father_of(case, mother):
    other = CasePerson.objects.get(pk=mother.pk)
    person = mother.person
    person.pk, person.first_name = None, "Terje"
    person.save()
    other.pk, other.person, other.relation, other.is_sender = None, person, "father", False
    other.save()
    return other


def said_to(case, recipient, by, today, language="nb"):
    words = letters.openings(case, recipient, by=by, on=today, language=language)
    return [(row["who"], row["what"]) for row in words["rows"]]


def test_staff_stand_as_role_and_unit_without_their_names(case, mother, coordinator, today):
    record("referral.read", case, by=coordinator, basis="role")
    (row,) = said_to(case, mother, coordinator, today)
    assert row == ("Ansatt 1, koordinator (Inntak)", "leste henvisningen")


def test_the_same_person_on_the_same_day_is_one_line_that_counts(
    case, mother, coordinator, leader, today
):
    for _each in range(3):
        record("case.read", case, by=coordinator, basis="role")
    record("case.read", case, by=leader, basis="role")
    assert said_to(case, mother, coordinator, today) == [
        ("Ansatt 1, koordinator (Inntak)", "leste i saken (3 ganger)"),
        ("Ansatt 2, leder (Inntak)", "leste i saken"),
    ]


def test_what_was_only_done_by_the_clock_or_the_sender_is_no_opening(case, mother, leader, today):
    record("case.read", case, by=CLOCK)
    record("deadline.begun", case, by=leader)
    assert said_to(case, mother, leader, today) == []


def test_of_the_other_parent_nothing_is_told(case, mother, coordinator, today):
    father = father_of(case, mother)
    record("family.contact_read", father, by=coordinator, basis="role")
    made = actions.give_openings(
        case,
        by=coordinator,
        recipient=father,
        language="nb",
        channel="handed_over",
        address="",
        on=today,
    )
    record("document.read", made.document, by=coordinator, case=case, basis="role")
    record("dispatch.read", made, by=coordinator, case=case, basis="role")
    record("referral.read", case, by=coordinator, basis="role")
    assert {what for _who, what in said_to(case, mother, coordinator, today)} == {
        "leste i saken (3 ganger)",
        "leste henvisningen",
    }
    fathers = {what for _who, what in said_to(case, father, coordinator, today)}
    assert fathers == {
        "så på kontaktopplysningene dine",
        "åpnet et brev til deg",
        "så på et brev til deg",
        "leste i saken",
    }
    words = letters.openings(case, mother, by=coordinator, on=today, language="nb")
    assert "Terje" not in str(words)
    assert "far" not in [word for row in words["rows"] for word in row["what"].split()]


def test_where_an_address_is_protected_no_unit_is_named(case, mother, coordinator, today):
    Case.objects.filter(pk=case.pk).update(grade=Grade.CONFIDENTIAL)
    case.refresh_from_db()
    record("case.read", case, by=coordinator, basis="role")
    assert said_to(case, mother, coordinator, today) == [("Ansatt 1, koordinator", "leste i saken")]


def test_the_role_is_the_one_that_was_held_that_day(case, mother, today):
    user = UserFactory(practises_in=case.unit)
    user.memberships.update(ended_on="2021-01-01")
    record("case.read", case, by=user, basis="member")
    assert said_to(case, mother, user, today) == [("Ansatt 1", "leste i saken")]


def test_the_list_is_ordered_frozen_and_sent_as_any_letter(
    client, case, mother, leader, rings, today
):
    record("case.read", case, by=leader, basis="role")
    typed = {
        "recipient": mother.pk,
        "language": "nb",
        "channel": "post",
        "address": "Storgata 1\n0000 Fjordvik",
    }
    answer = client.post(reverse("family:openings", args=[case.pk]), typed)
    assert answer.url == reverse("family:log", args=[case.pk])
    document = Document.objects.get(kind="openings")
    assert (document.recipient, document.author) == (mother, leader)
    rings.answer()
    document.refresh_from_db()
    assert document.is_frozen
    assert document.blob.content().startswith(b"%PDF")
    assert Dispatch.objects.get(document=document).person == mother
    assert Event.objects.get(verb="log.extracted").actor_id == leader.pk


@pytest.mark.parametrize("who", ["not confirmed", "without responsibility", "of another case"])
def test_only_a_confirmed_parent_with_responsibility_can_be_chosen(
    client, referral, case, leader, coordinator, who
):
    confirm(referral, by=coordinator)
    person = case.people.get()
    if who == "of another case":
        other = refer(case.municipality)
        confirm(other, by=coordinator)
        person = other.case.people.get()
    elif who == "not confirmed":
        case.people.update(verified_at=None, verified_by=None, verified_how="")
    else:
        case.people.update(responsibility="no")
    typed = {"recipient": person.pk, "language": "nb", "channel": "handed_over", "address": ""}
    page = client.post(reverse("family:openings", args=[case.pk]), typed)
    assert page.status_code == 200
    assert not Document.objects.filter(kind="openings").exists()


def test_a_letter_in_the_post_needs_an_address_and_a_strict_case_never_has_one(
    client, case, mother, leader
):
    typed = {"recipient": mother.pk, "language": "nb", "channel": "post", "address": ""}
    page = text(client.post(reverse("family:openings", args=[case.pk]), typed))
    assert "Skriv adressen, eller velg en annen måte." in page
    Case.objects.filter(pk=case.pk).update(grade=Grade.STRICT)
    user = UserFactory(works_with=case, cleared_in=case.municipality)
    client.force_login(user)
    page = text(client.get(reverse("family:openings", args=[case.pk])))
    assert "Postadressen" not in page
    assert "i posten" not in page


def test_every_opening_of_staff_is_told_in_one_of_these_words(case, mother, coordinator, today):
    for verb, about in VERBS.items():
        if about.group == Group.OPENED and not verb.startswith("duty."):
            record(verb, case, by=coordinator, basis="role")
    told = {what for _who, what in said_to(case, mother, coordinator, today)}
    assert all("bekymring" not in what for what in told)
    assert {what.partition(" (")[0] for what in told} == {"leste i saken", "leste henvisningen"}
