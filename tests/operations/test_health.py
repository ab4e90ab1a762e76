from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from referrals import actions
from referrals.models import Draft
from tests.factories import MunicipalityFactory, UnitFactory, UserFactory, refer, submit
from tibir.audit.record import CLOCK, SENDER
from tibir.cases.models import Case
from tibir.core import attempts
from tibir.core.models import Attempt, Heartbeat, JobRun
from tibir.deadlines.kinds import Kind
from tibir.deadlines.models import Deadline
from tibir.documents.models import Document
from tibir.notifications import actions as notifications
from tibir.notifications import schedule as messages
from tibir.notifications.kinds import Kind as Message
from tibir.notifications.models import Delivery, Notification
from tibir.operations import health
from tibir.operations.schedule import tick

pytestmark = pytest.mark.django_db


def state_of(label):
    return {sign.label: sign.is_well for sign in health.signs()}[label]


def test_the_clock_is_late_after_three_ticks():
    tick()
    assert state_of("Klokken (arbeider og taktgiver)")
    with time_machine.travel(timezone.now() + timedelta(seconds=40)):
        assert not state_of("Klokken (arbeider og taktgiver)")


def test_the_page_shows_each_job_and_nothing_of_a_family(client):
    submission = submit()
    tick()
    client.force_login(UserFactory(is_superuser=True, is_staff=True))
    page = client.get("/drift/").content.decode()
    assert "operations" in page
    assert submission.reference not in page
    assert "Ødegård" not in page


def test_what_has_waited_too_long_is_red():
    submit()
    assert state_of("Dokumenter som har ventet over to minutter")
    with time_machine.travel(timezone.now() + timedelta(minutes=3)):
        assert not state_of("Dokumenter som har ventet over to minutter")


def test_a_document_that_failed_is_red():
    submit()
    Document.objects.update(state=Document.State.FAILED)
    assert not state_of("Dokumenter som ikke ble laget")


def test_a_job_that_breaks_says_so(monkeypatch):
    monkeypatch.setattr(attempts, "forget_old", lambda before: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        tick()
    assert JobRun.objects.get(job="operations").outcome == "feilet: ZeroDivisionError"
    assert not Heartbeat.objects.exists()


def test_a_job_that_broke_is_one_alarm_a_day(mailoutbox, monkeypatch):
    with monkeypatch.context() as broken:
        broken.setattr(attempts, "forget_old", lambda before: 1 / 0)
        for _time in range(3):
            with pytest.raises(ZeroDivisionError):
                tick()
    messages.tick()
    (message,) = mailoutbox
    assert f"operations {timezone.localdate()}" in message.body
    with time_machine.travel(timezone.now() + timedelta(days=1)):
        tick()  # it is still broken as far as anybody knows
        tick()
    assert Notification.objects.filter(kind=Message.SYSTEM_ALARM).count() == 2


def test_drafts_are_deleted_when_their_time_is_over():
    draft, _secret = actions.begin(MunicipalityFactory(), by=SENDER, language="nb")
    with time_machine.travel(timezone.now() + timedelta(days=13, hours=23)):
        tick()
        assert Draft.objects.filter(pk=draft.pk).exists()
    with time_machine.travel(timezone.now() + timedelta(days=14, minutes=1)):
        tick()
        assert not Draft.objects.filter(pk=draft.pk).exists()


def test_old_attempts_are_forgotten():
    attempts.note("login", "kari@kommune.example")
    tick()
    assert Attempt.objects.count() == 1
    with time_machine.travel(timezone.now() + timedelta(days=2)):
        tick()
    assert Attempt.objects.count() == 0


def test_a_message_that_did_not_arrive_is_one_task_for_the_unit():
    referral = refer()
    person = referral.case.people.get()
    found = {
        "how": "met",
        "responsibility": "yes",
        "phone": "",
        "safe_phone": "no",
        "email": "aaselill@post.example",
        "safe_email": "yes",
    }
    by = UserFactory(coordinates=referral.unit)
    actions.confirm_contact(referral, person, by=by, **found)
    Delivery.objects.update(state=Delivery.State.FAILED)
    tick()
    tick()
    (task,) = Deadline.objects.filter(kind=Kind.MESSAGE_FAILED)
    assert (task.unit, task.case) == (referral.unit, referral.case)
    assert not state_of("Meldinger som ikke kom fram")


def test_a_notice_to_staff_that_did_not_arrive_is_a_task_for_the_unit_of_the_case():
    referral = refer()
    own_unit = UnitFactory(municipality=referral.case.municipality)
    Case.objects.update(unit=own_unit)
    leader = UserFactory(leads=own_unit)
    notifications.tell(Message.EMERGENCY_ACCESS, referral, by=CLOCK, user=leader)
    Delivery.objects.update(state=Delivery.State.FAILED)
    tick()
    tick()
    (task,) = Deadline.objects.filter(kind=Kind.MESSAGE_FAILED)
    assert (task.unit, task.case) == (own_unit, referral.case)


def test_one_that_belongs_to_no_case_is_a_task_for_the_intake_unit():
    place = MunicipalityFactory()
    leader = UserFactory(leads=place.intake_unit)
    about = {"user": leader, "municipality": place}
    notifications.tell(Message.EMERGENCY_ACCESS, leader, by=CLOCK, **about)
    Delivery.objects.update(state=Delivery.State.FAILED)
    tick()
    tick()
    (task,) = Deadline.objects.filter(kind=Kind.MESSAGE_FAILED)
    assert (task.unit, task.case) == (place.intake_unit, None)


def test_an_alarm_that_did_not_arrive_is_red_and_stands_in_nobodys_way():
    for number in range(101):
        notifications.alarm(f"backup-{number}", by=CLOCK)
    place = MunicipalityFactory()
    leader = UserFactory(leads=place.intake_unit)
    notifications.tell(Message.EMERGENCY_ACCESS, place, by=CLOCK, user=leader, municipality=place)
    Delivery.objects.update(state=Delivery.State.FAILED)
    tick()
    assert Deadline.objects.filter(kind=Kind.MESSAGE_FAILED).count() == 1
    assert not state_of("Meldinger som ikke kom fram")
