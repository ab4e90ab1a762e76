"""What is reported to barnevern, and that the family learns of it from nobody before it is time."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from tests.factories import MunicipalityFactory, UserFactory
from tests.family.families import family
from tibir.audit.models import Event
from tibir.cases.models import DutyReport, Grade
from tibir.core.errors import StaleState
from tibir.deadlines import actions as deadlines
from tibir.deadlines import sweep
from tibir.deadlines.kinds import Kind as Due
from tibir.deadlines.models import Deadline
from tibir.family import actions, rules
from tibir.notifications.models import Notification

pytestmark = pytest.mark.django_db

CANARY = "Kanarifuglen har sett blåmerker"


@pytest.fixture
def place():
    return MunicipalityFactory()


@pytest.fixture
def case(place):
    case, _people = family(place)
    return case


@pytest.fixture
def coordinator(place):
    return UserFactory(coordinates=place.intake_unit)


@pytest.fixture
def therapist(place, case):
    return UserFactory(practises_in=place.intake_unit, works_with=case)


def reported(case, by, days_ago=0):
    return actions.report(
        case,
        by=by,
        grounds=["neglect"],
        concern=CANARY,
        channel="digital",
        sent_to="Barneverntjenesten i Fjordvik",
        reported_on=timezone.localdate() - timedelta(days=days_ago),
    )


def typed(**said):
    today = timezone.localdate().strftime("%d.%m.%Y")
    return {
        "grounds": ["neglect", "illness"],
        "concern": CANARY,
        "channel": "digital",
        "sent_to": "Barneverntjenesten",
        "reported_on": today,
    } | said


def test_there_are_five_grounds():
    assert len(DutyReport.Ground) == 5


def test_a_therapist_reports_without_asking_anybody(client, case, therapist):
    client.force_login(therapist)
    response = client.post(reverse("family:report", args=[case.pk]), typed())
    assert response.url == reverse("family:duty_reports", args=[case.pk])
    made = DutyReport.objects.get()
    assert (made.reporter, made.grounds) == (therapist, ["neglect", "illness"])
    assert CANARY in client.get(response.url).content.decode()


def test_feedback_is_due_after_three_weeks_and_says_nothing_in_the_list(case, therapist):
    made = reported(case, therapist)
    (due,) = Deadline.objects.filter(kind=Due.FEEDBACK)
    assert due.due_on == made.reported_on + timedelta(days=21)
    assert due.owner == therapist
    assert "bekymring" not in due.get_kind_display()
    actions.heard_from(
        made, by=therapist, receipt_on=made.reported_on, feedback_on=made.reported_on
    )
    due.refresh_from_db()
    assert due.met_on == made.reported_on


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"grounds": []}, "grounds"),
        ({"concern": ""}, "concern"),
        ({"channel": ""}, "channel"),
        ({"reported_on": "1.1.2099"}, "reported_on"),
    ],
)
def test_a_report_that_is_not_whole_is_asked_for_again(client, case, therapist, said, field):
    client.force_login(therapist)
    response = client.post(reverse("family:report", args=[case.pk]), typed(**said))
    assert field in response.context["form"].errors
    assert not DutyReport.objects.exists()


def test_those_who_are_not_entitled_cannot_tell_whether_there_is_one(
    client, place, case, therapist
):
    page = reverse("family:duty_reports", args=[case.pk])
    made = reported(case, therapist)
    others = {
        "leader": UserFactory(leads=place.intake_unit),
        "clerk": UserFactory(clerks_in=place.intake_unit),
        "another member": UserFactory(practises_in=place.intake_unit, works_with=case),
    }
    for who in others.values():
        client.force_login(who)
        html = client.get(page).content.decode()
        assert CANARY not in html
        assert "Ingen bekymringsmeldinger du kan se" in html
        for name in ("heard_from", "release"):
            address = reverse(f"family:{name}", args=[case.pk, made.pk])
            assert client.get(address).status_code == 404
            assert client.post(address, {"reason": "nå"}).status_code == 404
    made.refresh_from_db()
    assert made.is_hidden


def test_the_reporter_the_responsible_and_the_coordinator_see_it(
    client, place, case, therapist, coordinator
):
    responsible = UserFactory(practises_in=place.intake_unit, works_with=case)
    case.responsible = responsible
    case.save(update_fields=["responsible"])
    made = reported(case, therapist)
    for who in (therapist, coordinator, responsible):
        client.force_login(who)
        page = client.get(reverse("family:duty_reports", args=[case.pk])).content.decode()
        assert CANARY in page
        release = client.get(reverse("family:release", args=[case.pk, made.pk]))
        assert release.status_code == (403 if who == therapist else 200)


def test_under_strict_protection_it_is_the_cleared_members_alone(client, place, case, coordinator):
    case.grade = Grade.STRICT
    case.save(update_fields=["grade"])
    cleared = UserFactory(practises_in=place.intake_unit, works_with=case, cleared_in=place)
    reported(case, cleared)
    page = reverse("family:duty_reports", args=[case.pk])
    for who, status in ((coordinator, 404), (cleared, 200)):
        client.force_login(who)
        assert client.get(page).status_code == status


@pytest.mark.parametrize(
    "change",
    [
        "DELETE FROM cases_dutyreport",
        "UPDATE cases_dutyreport SET concern = ''",
        "UPDATE cases_dutyreport SET grounds = '[]'",
        "UPDATE cases_dutyreport SET reporter_id = NULL",
    ],
)
def test_it_cannot_be_changed_or_removed(case, therapist, change):
    reported(case, therapist)
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(change)


def test_what_is_told_cannot_be_untold(case, therapist, coordinator):
    made = reported(case, therapist)
    actions.release(made, by=coordinator, reason="Barnevernet har snakket med dem.")
    with pytest.raises(StaleState):
        actions.release(made, by=coordinator, reason="En gang til.")
    with pytest.raises(DatabaseError, match="stays so"), transaction.atomic():
        DutyReport.objects.update(released_at=None, released_by=None)


def everything_happens(client, case, therapist, coordinator):
    """A report with all that follows from it: read, listed, noticed, given away and answered."""
    made = reported(case, therapist, days_ago=30)
    client.force_login(coordinator)
    client.get(reverse("family:duty_reports", args=[case.pk]))
    client.get(reverse("family:heard_from", args=[case.pk, made.pk]))
    due = Deadline.objects.get(kind=Due.FEEDBACK)
    client.get(due.page)
    deadlines.give(due, by=coordinator, to=coordinator)
    sweep.tell(timezone.localdate())
    assert Notification.objects.filter(target_type="deadlines.deadline", target_id=due.pk).exists()
    actions.heard_from(made, by=therapist, feedback_on=timezone.localdate(), feedback="Mottatt.")
    return made, due


def test_nothing_of_it_is_in_what_a_family_is_told_of_the_log(client, case, therapist, coordinator):
    client.force_login(coordinator)
    client.get(reverse("family:consents", args=[case.pk]))
    ours = set(Event.objects.filter(case_id=case.pk).values_list("pk", flat=True))
    made, due = everything_happens(client, case, therapist, coordinator)
    log = Event.objects.filter(case_id=case.pk)
    assert log.count() > len(ours) + 6

    assert set(rules.told(log).values_list("pk", flat=True)) == ours
    assert list(rules.hidden_reports(case)) == [made]

    actions.release(made, by=coordinator, reason="De vet det.")
    after = rules.told(log)
    assert after.filter(verb="duty.reported").exists()
    assert after.filter(target_type="deadlines.deadline", target_id=due.pk).exists()
    assert not rules.hidden_reports(case).exists()


def test_one_that_is_released_releases_no_other(client, case, therapist, coordinator):
    made, _due = everything_happens(client, case, therapist, coordinator)
    second = reported(case, therapist)
    actions.release(made, by=coordinator, reason="De vet det.")
    log = rules.told(Event.objects.filter(case_id=case.pk))
    assert log.filter(target_type="cases.dutyreport", target_id=made.pk).exists()
    assert not log.filter(target_type="cases.dutyreport", target_id=second.pk).exists()
    assert not log.filter(codes__kind="feedback").exclude(target_id=_due.pk).exists()
    assert not log.filter(verb="duty.listed").exists()


def test_nothing_of_it_is_on_the_pages_of_the_family(client, case, therapist, coordinator):
    everything_happens(client, case, therapist, coordinator)
    client.force_login(therapist)
    consents = client.get(reverse("family:consents", args=[case.pk])).content.decode()
    history = client.get(reverse("family:consent_history", args=[case.pk])).content.decode()
    for html in (consents, history):
        assert CANARY not in html
        assert "bekymring" not in html


def test_the_text_of_it_is_nowhere_in_plain_words(case, therapist):
    reported(case, therapist)
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(cases_dutyreport)::text FROM cases_dutyreport")
        ((row,),) = cursor.fetchall()
    assert CANARY not in row
    assert not Event.objects.filter(codes__icontains="Kanarifuglen").exists()


def test_more_reports_cost_no_more_queries(client, case, coordinator):
    client.force_login(coordinator)
    page = reverse("family:duty_reports", args=[case.pk])

    def queries():
        client.get(page)
        with CaptureQueriesContext(connection) as asked:
            client.get(page)
        return len(asked)

    reported(case, coordinator)
    one = queries()
    reported(case, coordinator)
    actions.release(reported(case, coordinator), by=coordinator, reason="De vet det.")
    assert queries() == one
