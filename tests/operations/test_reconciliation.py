"""What must never be is looked for, every fifteen minutes, and found."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from interventions import actions as interventions
from referrals import actions as referrals
from referrals.models import Referral
from tests.factories import MunicipalityFactory, UserFactory, confirm, refer, submit
from tests.referrals.parent import Page
from tibir.cases.models import Case, Grade
from tibir.core.models import JobRun
from tibir.deadlines.kinds import Kind as Due
from tibir.deadlines.models import Deadline
from tibir.documents import actions as documents
from tibir.documents import tasks
from tibir.documents.models import Dispatch, Document
from tibir.notifications.models import Notification
from tibir.operations import health, schedule
from tibir.operations.reconciliation import POSTED_WITHIN, PUT_OFF, Finding, discrepancies

pytestmark = pytest.mark.django_db


@pytest.fixture
def place():
    return MunicipalityFactory()


@pytest.fixture
def coordinator(place):
    return UserFactory(coordinates=place.intake_unit)


def later(**about):
    return timezone.now() + PUT_OFF + timedelta(minutes=1, **about)


def found(now):
    return [(each.finding, each.target) for each in discrepancies(now)]


def made(referral):
    """A referral whose receipt has been made, as it is after some seconds."""
    tasks.render(referral.submission.receipt_id)
    return referral


def answered(place, by):
    referral = made(refer(place))
    confirm(referral, by=by)
    referrals.take(referral, by=by)
    person = referral.case.people.get(is_sender=True)
    interventions.answer(
        referral,
        by=by,
        outcome="screening",
        reason="Velkommen.",
        recipients=[(person, "read_out", "")],
    )
    letter = Document.objects.get(case=referral.case)
    tasks.render(letter.pk)
    return referral, letter.dispatches.get()


def test_where_all_is_well_nothing_is_found(place, coordinator):
    made(refer(place))
    _referral, dispatch = answered(place, coordinator)
    assert found(later()) == []
    documents.done(dispatch, by=coordinator, on=timezone.localdate())
    assert found(later(days=30)) == []


def test_a_submission_that_was_not_read_in(place, monkeypatch):
    with monkeypatch.context() as broken:
        broken.setattr("tibir.family.actions.add", None)
        stopped = submit(place)
    tasks.render(stopped.receipt_id)
    assert found(timezone.now()) == []  # it may be on its way
    assert found(later()) == [(Finding.NOT_READ_IN, stopped)]


def test_a_receipt_that_was_not_made(place):
    referral = refer(place)
    assert found(timezone.now()) == []
    assert found(later()) == [(Finding.NO_RECEIPT, referral.submission)]


def test_a_referral_without_a_clock(place):
    referral = made(refer(place))
    Deadline.objects.about(referral, Due.ANSWER).delete()
    assert found(later()) == [(Finding.NO_CLOCK, referral)]


def test_a_clock_that_was_closed_while_the_referral_waits(place, coordinator):
    referral = made(refer(place))
    Deadline.objects.about(referral, Due.ANSWER).update(closed_reason="withdrawn")
    assert found(later()) == [(Finding.NO_CLOCK, referral)]


def test_two_days_that_differ(place):
    referral = made(refer(place))
    clock = Deadline.objects.about(referral, Due.ANSWER)
    clock.update(due_on=referral.due_on + timedelta(days=1))
    assert found(later()) == [(Finding.WRONG_DAY, referral)]


def test_a_decision_that_nobody_wrote_a_letter_about(place, coordinator):
    referral = made(refer(place))
    referrals.take(referral, by=coordinator)
    referrals.decide(referral, by=coordinator, outcome="screening", reason="passer")
    assert found(later()) == [(Finding.NO_LETTER, referral)]


def test_a_letter_that_lies(place, coordinator):
    _referral, dispatch = answered(place, coordinator)
    assert found(timezone.now() + POSTED_WITHIN - timedelta(hours=1)) == []
    assert found(timezone.now() + POSTED_WITHIN + timedelta(hours=1)) == [
        (Finding.NOT_SENT, dispatch)
    ]


def test_a_deadline_that_does_not_know_that_the_letter_is_sent(place, coordinator):
    referral, dispatch = answered(place, coordinator)
    documents.done(dispatch, by=coordinator, on=timezone.localdate())
    Deadline.objects.about(referral, Due.ANSWER).update(met_on=None)
    assert found(later()) == [(Finding.NOT_ANSWERED, referral)]


def test_each_says_which_unit_must_look(place):
    referral = made(refer(place))
    Deadline.objects.about(referral, Due.ANSWER).delete()
    (only,) = discrepancies(later())
    assert (only.unit_id, only.case) == (place.intake_unit.pk, referral.case)


def test_it_looks_with_as_many_questions_however_much_there_is(
    place, coordinator, django_assert_num_queries
):
    for _number in range(3):
        refer(place)
    assert Referral.objects.count() == 3
    with django_assert_num_queries(len(Finding)):
        assert len(discrepancies(later())) == 3
    assert not Dispatch.objects.exists()


# --- What becomes of it ---------------------------------------------------------------------


def reconcile(time_machine, **later):
    time_machine.move_to(timezone.now() + timedelta(minutes=11, **later))
    schedule.reconcile()


def test_what_is_found_is_a_task_and_an_alarm_once(place, time_machine):
    referral = made(refer(place))
    clock = Deadline.objects.about(referral, Due.ANSWER)
    clock.update(due_on=referral.due_on + timedelta(days=1))
    for _time in range(3):
        reconcile(time_machine)

    task = Deadline.objects.open().get(kind=Due.DISCREPANCY)
    assert (task.target_id, task.unit) == (referral.pk, place.intake_unit)
    alarm = Notification.objects.get(kind="system_alarm")
    assert alarm.stage == f"discrepancy wrong_day {task.pk}"
    assert (health.reconciled(), JobRun.objects.get(job="reconciliation").outcome) == ("1", "1")

    clock.update(due_on=referral.due_on)
    reconcile(time_machine)
    assert not Deadline.objects.open().filter(kind=Due.DISCREPANCY).exists()
    assert health.reconciled() == "0"


def said(client):
    """What the inbox says of the check, and where its links lead."""
    page = Page(client.get(reverse("referrals:list")))
    assert page.status == 200
    return page.text, page.links()


def without_clock(place):
    referral = made(refer(place))
    Deadline.objects.about(referral, Due.ANSWER).delete()
    return referral


def test_the_inbox_says_when_it_was_looked_over_and_leads_to_what_was_found(
    client, place, coordinator, time_machine
):
    client.force_login(coordinator)
    assert "Avstemt" not in said(client)[0]
    schedule.reconcile()
    assert "alt stemmer" in said(client)[0]
    referral = without_clock(place)
    reconcile(time_machine)
    client.force_login(coordinator)
    text, links = said(client)
    assert f"1 avvik. {referral.reference}" in text
    task = Deadline.objects.get(kind=Due.DISCREPANCY)
    assert task.page in links
    assert client.get(task.page).status_code == 200


@pytest.mark.parametrize("is_strict", [False, True])
def test_the_inbox_counts_what_its_reader_can_do_something_about(
    client, place, coordinator, time_machine, is_strict
):
    elsewhere = without_clock(place if is_strict else MunicipalityFactory())
    if is_strict:
        Case.objects.filter(pk=elsewhere.case_id).update(grade=Grade.STRICT)
    reconcile(time_machine)
    # No total includes a family in hiding.
    found = "0" if is_strict else "1"
    assert JobRun.objects.get(job="reconciliation").outcome == found
    client.force_login(coordinator)
    text, _links = said(client)
    assert "alt stemmer" in text
    assert "avvik" not in text


def test_the_first_are_links_and_the_rest_stand_under_deadlines(
    client, place, coordinator, time_machine
):
    for _number in range(7):
        without_clock(place)
    reconcile(time_machine)
    client.force_login(coordinator)
    text, links = said(client)
    assert "7 avvik." in text
    assert "og flere: Frister" in text
    pages = {each.page for each in Deadline.objects.filter(kind=Due.DISCREPANCY)}
    assert len(pages & set(links)) == 5


def test_a_check_that_broke_is_no_discrepancy_and_says_when_it_last_went(
    client, place, coordinator, time_machine, monkeypatch
):
    time_machine.move_to("2026-11-20 09:00+01:00", tick=False)
    schedule.reconcile()
    time_machine.move_to("2026-11-20 09:15+01:00", tick=False)
    with monkeypatch.context() as broken:
        broken.setattr(schedule, "discrepancies", lambda now: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            schedule.reconcile()
    client.force_login(coordinator)
    text, _links = said(client)
    assert "Avstemmingen feilet 20. november 09.15: vi vet ikke om alt stemmer." in text
    assert "Den gikk sist 20. november 09.00." in text
    assert "avvik" not in text
    assert "ZeroDivisionError" not in text

    time_machine.move_to("2026-11-20 09:30+01:00", tick=False)
    schedule.reconcile()
    text, _links = said(client)
    assert "feilet" not in text
    assert "Avstemt 20. november 09.30: alt stemmer." in text


def test_what_was_found_before_it_broke_is_still_shown(
    client, place, coordinator, time_machine, monkeypatch
):
    referral = without_clock(place)
    reconcile(time_machine)
    JobRun.objects.update(outcome="feilet: OperationalError")
    client.force_login(coordinator)
    text, _links = said(client)
    assert "Avstemmingen feilet" in text
    assert f"1 avvik. {referral.reference}" in text


def test_where_all_is_well_it_costs_the_inbox_no_question(client, place, coordinator):
    client.force_login(coordinator)
    said(client)

    def asked():
        with CaptureQueriesContext(connection) as queries:
            said(client)
        return len(queries)

    before = asked()
    schedule.reconcile()
    assert asked() == before
