"""One row for whoever is told, whatever happens, and only the ways that are safe."""

import pytest
from django.db import IntegrityError, connection, transaction

from tests.conftest import after_commit
from tests.databases import at_once
from tests.factories import MunicipalityFactory, UserFactory, refer
from tests.notifications.parents import parent_of
from tibir.audit.models import Event
from tibir.audit.record import CLOCK
from tibir.cases.models import Grade
from tibir.notifications import actions
from tibir.notifications.kinds import Channel, Kind
from tibir.notifications.models import Delivery, Notification


def channels(notification):
    return sorted(notification.deliveries.values_list("channel", flat=True))


# --- A person in a case ------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("found", "reached"),
    [
        ({}, [Channel.EMAIL, Channel.SMS]),
        ({"safe_email": "no"}, [Channel.SMS]),
        ({"safe_phone": "unknown"}, [Channel.EMAIL]),
        ({"phone": "75 00 00 00"}, [Channel.EMAIL]),
        ({"phone": ""}, [Channel.EMAIL]),
        ({"email": "", "safe_phone": "no"}, []),
    ],
)
def test_a_person_is_reached_where_staff_has_said_that_it_is_safe(found, reached):
    referral = refer()
    told = actions.tell(Kind.ANSWER_WAITS, referral, by=CLOCK, person=parent_of(referral, **found))
    assert channels(told) == reached


@pytest.mark.django_db
def test_a_person_is_reached_nowhere_before_anybody_has_confirmed_who_it_is():
    referral = refer()
    person = referral.case.people.get()
    assert (person.safe_email, person.safe_phone) == ("yes", "yes")
    told = actions.tell(Kind.ANSWER_WAITS, referral, by=CLOCK, person=person)
    assert (told.person, channels(told)) == (person, [])


@pytest.mark.django_db
@pytest.mark.parametrize("grade", [Grade.STRICT, Grade.STRICT_ABROAD])
def test_a_person_gets_nothing_digital_under_strict_protection(grade):
    referral = refer()
    person = parent_of(referral)
    referral.case.grade = person.case.grade = grade
    referral.case.save(update_fields=["grade"])
    told = actions.tell(Kind.ANSWER_WAITS, referral, by=CLOCK, person=person)
    assert channels(told) == []


@pytest.mark.django_db
def test_a_person_is_not_texted_where_the_municipality_has_no_gateway(settings):
    settings.PRODUCTION = True
    referral = refer()
    told = actions.tell(Kind.ANSWER_WAITS, referral, by=CLOCK, person=parent_of(referral))
    assert channels(told) == [Channel.EMAIL]


# --- Staff -------------------------------------------------------------------------------


@pytest.mark.django_db
def test_staff_have_it_in_the_inbox_and_no_e_mail_of_its_own(rings):
    referral = refer()
    rings.clear()
    user = UserFactory(coordinates=referral.unit)

    with after_commit():
        told = actions.tell(Kind.TASK, referral, by=CLOCK, user=user)

    assert Notification.objects.visible_to(user).unread().get() == told
    assert (told.case, told.municipality) == (referral.case, referral.case.municipality)
    assert (channels(told), rings) == ([], [])
    assert Event.objects.get(verb="notification.written").case_id == referral.case_id


@pytest.mark.django_db
def test_staff_get_an_e_mail_at_once_when_it_cannot_wait(rings, mailoutbox):
    referral = refer()
    rings.clear()
    user = UserFactory(coordinates=referral.unit)

    with after_commit():
        told = actions.tell(Kind.EMERGENCY_ACCESS, referral, by=CLOCK, user=user)
    rings.answer()

    (message,) = mailoutbox
    assert message.to == [user.email]
    assert message.subject == "Du har et nytt varsel i TIBIR"
    assert "/varsler/" in message.body
    assert referral.reference not in message.body
    assert told.deliveries.get().state == Delivery.State.SENT


@pytest.mark.django_db
def test_staff_are_told_of_what_belongs_to_no_case():
    place = MunicipalityFactory()
    user = UserFactory(coordinates=place.intake_unit)
    told = actions.tell(Kind.TASK, user, by=CLOCK, user=user, municipality=place)
    assert Notification.objects.visible_to(user).get() == told
    assert told.case is None


@pytest.mark.django_db
def test_staff_hear_of_each_stage_once():
    referral, user = refer(), UserFactory()
    for stage in ["owner", "coordinator", "owner"]:
        actions.tell(Kind.DEADLINE_NOTICE, referral, by=CLOCK, user=user, stage=stage)
    assert Notification.objects.count() == 2
    assert Event.objects.filter(verb="notification.written").count() == 2


@pytest.mark.django_db
def test_whoever_owns_the_system_gets_an_alarm_once(settings, rings, mailoutbox):
    settings.SYSTEM_OWNER_EMAIL = "eier@fjordvik.example"
    with after_commit():
        for _time in range(3):
            actions.alarm("backup-2026-11-22", by=CLOCK)
    rings.answer()
    (message,) = mailoutbox
    assert message.to == ["eier@fjordvik.example"]
    assert "backup-2026-11-22" in message.body
    assert "/drift/" in message.body


@pytest.mark.django_db
@pytest.mark.parametrize(
    "to",
    [
        {},
        {"user", "person"},
        {"user", "mailbox"},
        {"person", "mailbox"},
        {"user", "person", "mailbox"},
    ],
    ids=lambda to: ", ".join(sorted(to)) or "nobody",
)
def test_the_database_takes_one_recipient_and_no_more(to):
    referral = refer()
    everyone = {
        "user": UserFactory(),
        "person": referral.case.people.get(),
        "mailbox": Notification.Mailbox.SYSTEM_OWNER,
    }
    chosen = {name: everyone[name] for name in to}
    with (
        pytest.raises(IntegrityError, match="notification_has_one_recipient"),
        transaction.atomic(),
    ):
        Notification.objects.create(
            kind=Kind.TASK, target_id=1, municipality=referral.case.municipality, **chosen
        )


@pytest.mark.django_db
def test_a_job_may_tell_many_in_one_statement():
    """The columns that the model names are enough, and a second run adds nothing."""
    referral, user = refer(), UserFactory()
    told_of = (referral.case.municipality_id, referral.case_id, referral.pk, user.pk)
    for _time in range(2):
        with connection.cursor() as cursor:
            cursor.execute(
                """
                INSERT INTO notifications_notification
                    (kind, municipality_id, case_id, target_type, target_id, stage, user_id, late)
                SELECT 'deadline_notice', %s, %s, 'referrals.referral', %s, 'owner', %s, true
                ON CONFLICT DO NOTHING
                """,
                told_of,
            )
    told = Notification.objects.get()
    assert (told.late, told.read_at, told.mailbox, told.language) == (True, None, "", "nb")
    again = actions.tell(Kind.DEADLINE_NOTICE, referral, by=CLOCK, user=user, stage="owner")
    assert again == told


@pytest.mark.usefixtures("committed")
def test_eight_who_tell_the_same_at_once_write_one_row_and_one_message_each_way():
    referral = refer()
    person = parent_of(referral)
    told = at_once(lambda: actions.tell(Kind.ANSWER_WAITS, referral, by=CLOCK, person=person))
    assert {notification.pk for notification in told} == {Notification.objects.get().pk}
    assert channels(told[0]) == [Channel.EMAIL, Channel.SMS]
