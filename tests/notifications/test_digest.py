"""Staff get one e-mail at half past seven and one at half past twelve, when something waits."""

from datetime import datetime, timedelta

import pytest

from tests.databases import at_once
from tests.factories import MunicipalityFactory, UserFactory, refer
from tibir.audit.record import CLOCK
from tibir.calendar.oslo import OSLO
from tibir.cases.models import Grade
from tibir.notifications import actions, schedule
from tibir.notifications.kinds import Kind
from tibir.notifications.models import Delivery, Notification

MONDAY = datetime(2027, 3, 1, tzinfo=OSLO)
A_DAY = timedelta(days=1)


def at(hour, minute=0, *, days=0):
    return MONDAY + timedelta(days=days, hours=hour, minutes=minute)


@pytest.fixture
def place(db):
    return MunicipalityFactory()


@pytest.fixture
def coordinator(place):
    return UserFactory(coordinates=place.intake_unit)


def told(user, when, *, place=None, case=None, kind=Kind.TASK):
    """Written at that moment: the database's clock cannot be moved."""
    about = refer(place)
    told = actions.tell(kind, about, by=CLOCK, user=user, case=case)
    Notification.objects.filter(pk=told.pk).update(created_at=when)
    return told


def tick_at(moment, time_machine):
    time_machine.move_to(moment)
    schedule.tick()


def test_what_came_in_the_morning_is_told_once_at_half_past_twelve(
    place, coordinator, mailoutbox, time_machine
):
    for hour in (8, 9, 12):
        told(coordinator, at(hour), place=place)
    tick_at(at(12, 29), time_machine)
    assert mailoutbox == []

    for minutes in (30, 31, 50):
        tick_at(at(12, minutes), time_machine)

    (message,) = mailoutbox
    assert message.to == [coordinator.email]
    assert message.subject == "Varsler venter på deg i TIBIR"
    assert "3 varsler venter på deg i TIBIR" in message.body
    assert "http://127.0.0.1:8000/varsler/" in message.body
    digest = Notification.objects.get(kind=Kind.DIGEST)
    assert digest.gathered.count() == 3
    assert message.extra_headers["Message-ID"] == digest.deliveries.get().message_id


def test_what_comes_after_lunch_is_told_the_next_working_day(
    place, coordinator, mailoutbox, time_machine
):
    told(coordinator, at(13, days=4), place=place)  # Friday
    for days in (4, 5, 6):
        tick_at(at(15, days=days), time_machine)
    assert mailoutbox == []
    tick_at(at(7, 30, days=7), time_machine)
    (message,) = mailoutbox
    assert "1 varsel venter på deg i TIBIR. Les det her:" in message.body


def test_nobody_is_told_twice_of_the_same(place, coordinator, mailoutbox, time_machine):
    told(coordinator, at(9), place=place)
    for days in range(14):
        for hour in (8, 13):
            tick_at(at(hour, days=days), time_machine)
    assert len(mailoutbox) == 1


def test_something_new_is_told_with_all_that_still_waits(
    place, coordinator, mailoutbox, time_machine
):
    told(coordinator, at(9), place=place)
    tick_at(at(13), time_machine)
    told(coordinator, at(14), place=place)
    tick_at(at(8, days=1), time_machine)
    assert ["1 varsel" in mailoutbox[0].body, "2 varsler" in mailoutbox[1].body] == [True, True]


def test_what_has_been_read_is_not_told(place, coordinator, mailoutbox, time_machine):
    told(coordinator, at(9), place=place)
    actions.read(Notification.objects.visible_to(coordinator), by=coordinator)
    tick_at(at(13), time_machine)
    assert (mailoutbox, Delivery.objects.count()) == ([], 0)


def test_what_is_read_before_the_e_mail_leaves_stops_it(
    place, coordinator, mailoutbox, time_machine
):
    told(coordinator, at(9), place=place)
    time_machine.move_to(at(13))
    schedule._gather()
    actions.read(Notification.objects.visible_to(coordinator), by=coordinator)
    schedule.tick()
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.error, mailoutbox) == ("stopped", "nothing to read", [])


def test_days_without_a_worker_become_one_e_mail(place, coordinator, mailoutbox, time_machine):
    for days in range(4):
        told(coordinator, at(9, days=days), place=place)
    tick_at(at(15, days=3), time_machine)
    schedule.tick()
    (message,) = mailoutbox
    assert "4 varsler" in message.body


def test_each_gets_their_own(place, coordinator, mailoutbox, time_machine):
    leader, idle = UserFactory(leads=place.intake_unit), UserFactory(leads=place.intake_unit)
    for user in (coordinator, leader, leader):
        told(user, at(9), place=place)
    tick_at(at(13), time_machine)
    said = {message.to[0]: message.body for message in mailoutbox}
    assert said.keys() == {coordinator.email, leader.email}
    assert idle.email not in said
    assert "1 varsel" in said[coordinator.email]
    assert "2 varsler" in said[leader.email]


def test_what_cannot_wait_has_had_its_e_mail(place, coordinator, mailoutbox, time_machine):
    told(coordinator, at(9), place=place, kind=Kind.EMERGENCY_ACCESS)
    tick_at(at(13), time_machine)
    assert [message.subject for message in mailoutbox] == ["Du har et nytt varsel i TIBIR"]
    assert not Notification.objects.filter(kind=Kind.DIGEST).exists()


def test_the_e_mail_itself_stands_in_no_inbox(place, coordinator, time_machine):
    told(coordinator, at(9), place=place)
    tick_at(at(13), time_machine)
    inbox = Notification.objects.visible_to(coordinator)
    assert [notification.kind for notification in inbox] == [Kind.TASK]
    assert inbox.unread().count() == 1


def test_whoever_has_left_gets_nothing(place, coordinator, mailoutbox, time_machine):
    told(coordinator, at(9), place=place)
    coordinator.is_active = False
    coordinator.save(update_fields=["is_active"])
    tick_at(at(13), time_machine)
    assert (Delivery.objects.get().state, mailoutbox) == ("stopped", [])


def test_strict_protection_lets_only_its_cleared_members_be_told(
    place, mailoutbox, time_machine, client
):
    referral = refer(place)
    case = referral.case
    unit = place.intake_unit
    cleared = UserFactory(practises_in=unit, works_with=case, cleared_in=place)
    others = [
        UserFactory(coordinates=unit),
        UserFactory(leads=unit),
        UserFactory(practises_in=unit, works_with=case),
        UserFactory(cleared_in=place),
    ]
    case.grade = Grade.STRICT
    case.save(update_fields=["grade"])
    for user in [cleared, *others]:
        for kind in (Kind.DEADLINE_NOTICE, Kind.EMERGENCY_ACCESS):
            actions.tell(kind, referral, by=CLOCK, user=user)
    Notification.objects.update(created_at=at(9))

    tick_at(at(13), time_machine)

    assert {message.to[0] for message in mailoutbox} == {cleared.email}
    inboxes = [Notification.objects.visible_to(user).count() for user in [cleared, *others]]
    assert inboxes == [2, 0, 0, 0, 0]


@pytest.mark.usefixtures("committed")
def test_eight_ticks_at_once_send_each_one_e_mail(mailoutbox, time_machine):
    place = MunicipalityFactory()
    users = [UserFactory(coordinates=place.intake_unit) for _number in range(3)]
    for user in users:
        for _number in range(2):
            told(user, at(9), place=place)
    time_machine.move_to(at(13))

    outcomes = at_once(schedule.tick)

    assert outcomes == [None] * 8
    assert sorted(message.to[0] for message in mailoutbox) == sorted(user.email for user in users)
    assert Notification.objects.filter(kind=Kind.DIGEST).count() == 3
