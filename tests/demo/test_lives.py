"""Forty families have lived three years in Fjordvik, and whoever looks finds them as they would
be: over and closed, or in the middle of it with next to nothing late."""

from collections import Counter
from datetime import timedelta
from itertools import pairwise

import pytest
from django.db import connection, transaction
from django.db.models import Count
from django.urls import reverse
from django.utils import timezone

from interventions.models import Course, Meeting, Note, PlannedMeasure
from interventions.schedule import measures
from interventions.states import OPEN, CourseState
from referrals.models import Referral
from tibir.accounts.models import User
from tibir.audit.models import Event
from tibir.cases.models import Case
from tibir.deadlines.models import Deadline
from tibir.demo import municipality
from tibir.demo.lives import living
from tibir.demo.lives.people import COLLEAGUES, FAMILIES, Life
from tibir.notifications.models import Delivery, Notification

pytestmark = [pytest.mark.django_db, pytest.mark.prove, pytest.mark.long(3)]

STATE = CourseState


@pytest.fixture(scope="module")
def _lived(django_db_setup, django_db_blocker):
    """A minute and a half, so once; what each test changes is undone after it."""
    with django_db_blocker.unblock(), transaction.atomic():
        with connection.cursor() as cursor:
            # The database has counted nothing of what is written in this one transaction, and
            # may look for it in a slow way.
            cursor.execute("SET LOCAL statement_timeout = 0")
        assert municipality.build()
        living.live()
        yield
        transaction.set_rollback(True)


@pytest.fixture
def cases(_lived, db):
    names = [each.child[:2] for each in FAMILIES]
    found = Case.objects.filter(child__last_name__in=[last for _first, last in names])
    lived = found.filter(child__first_name__in=[first for first, _last in names])
    return Case.objects.filter(pk__in=[each.pk for each in lived])


def test_at_least_forty_families_have_a_story_and_it_goes_over_three_years(cases):
    assert len(cases) == len(FAMILIES) >= 40
    came = Referral.objects.filter(case__in=cases).order_by("received_on")
    today = timezone.localdate()
    assert came.first().received_on < today - timedelta(days=1000)
    assert came.last().received_on > today - timedelta(days=45)
    assert set(cases) == {each.case for each in came.select_related("case")}
    held = Counter(Meeting.objects.filter(state="held").values_list("course__case", flat=True))
    met = [each for each in cases if held[each.pk] >= 2]
    assert len(met) >= 40
    assert max(held.values()) >= 60


def test_every_kind_of_life_is_there(cases):
    assert {each.life for each in FAMILIES} == set(Life)
    courses = Course.objects.filter(case__in=cases)
    found = Counter(courses.values_list("service__kind", "state"))
    for state in (STATE.COMPLETED, STATE.RUNNING, STATE.PAUSED, STATE.WAITLISTED, STATE.PLANNED):
        assert found["pmto_therapy", state], state
    for kind in ("counselling", "social_skills", "consultation"):
        assert found[kind, STATE.COMPLETED], kind
    assert {each.ending for each in courses.filter(state=STATE.ENDED)} == {"family", "moved"}
    assert courses.filter(supervisor__name="Solveig Nesheim").exists()
    assert courses.filter(extensions__is_approved=True).exists()
    assert courses.filter(beside__isnull=False).exists()
    states = set(Meeting.objects.filter(course__in=courses).values_list("state", flat=True))
    assert states >= {"held", "excused", "no_show", "late_cancellation", "planned"}


def test_who_is_done_is_closed_and_who_is_not_has_somebody_who_meets_them(cases):
    today = timezone.localdate()
    for case in cases:
        courses = case.courses.all()
        if case.state == Case.State.CLOSED:
            assert not courses.filter(state__in=OPEN).exists()
        elif not courses.filter(state__in=OPEN).exists():
            # Nothing is left but to ask how they are, half a year later.
            assert max(each.ended_on for each in courses) > today - timedelta(days=200)
            assert PlannedMeasure.objects.waiting().filter(course__in=courses).exists()
    running = Course.objects.filter(case__in=cases, state=STATE.RUNNING)
    assert running.count() >= 5
    for course in running:
        assert course.meetings.planned().count() == 1


def test_nothing_that_is_due_is_long_overdue(cases):
    today = timezone.localdate()
    measures()  # the clock asks for what can be measured now
    due = Deadline.objects.open().filter(case__in=cases)
    assert not due.filter(owner=None).exists()
    late = due.filter(due_on__lt=today)
    assert [str(each) for each in late] == []
    assert due.count() <= 12
    assert Note.objects.filter(course__case__in=cases).unsigned().count() == 1


def test_what_was_measured_fits_what_was_planned(cases):
    over = Course.objects.filter(case__in=cases, state=STATE.COMPLETED, beside=None)
    rows = PlannedMeasure.objects.filter(course__in=over, occasion__in=["before", "after"])
    assert rows.exists()
    assert not rows.filter(met_by=None).exists()


def test_nobody_is_in_two_places_at_once(cases):
    meetings = Meeting.objects.filter(state__in=["held", "planned"]).order_by("starts_at")
    for who in ("staff__user", "attendances__person"):
        of_each = {}
        for person, starts, ends in meetings.values_list(who, "starts_at", "ends_at"):
            of_each.setdefault(person, []).append((starts, ends))
        for hours in of_each.values():
            assert all(before[1] <= after[0] for before, after in pairwise(hours))


def test_nobody_meets_a_family_in_july_or_at_christmas(cases):
    for meeting in Meeting.objects.filter(course__case__in=cases):
        assert meeting.day.month != 7
        assert (meeting.day.month, meeting.day.day) < (12, 20)


def test_no_two_notes_of_a_family_are_alike(cases):
    notes = Note.objects.filter(course__case__in=cases, course__service__kind="pmto_therapy")
    said = Counter(notes.values_list("course__case", "internal"))
    assert max(said.values()) == 1


def test_the_log_names_who_did_it(cases):
    events = Event.objects.filter(case_id__in=cases.values("pk"))
    assert set(events.values_list("actor_kind", flat=True)) <= {"user", "sender", "clock"}
    signed = events.filter(verb="note.signed").values_list("actor_id", flat=True)
    names = set(User.objects.filter(pk__in=set(signed)).values_list("name", flat=True))
    assert names == {"Bente Haugmyr", *(each[1] for each in COLLEAGUES)}


def test_nobody_gets_a_message_of_what_was_years_ago(cases):
    told = Notification.objects.filter(case__in=cases)
    assert not told.filter(read_at=None).exists()
    assert not Delivery.objects.filter(notification__in=told, state="waiting").exists()


def test_a_second_time_nothing_changes(cases):
    before = Event.objects.count()
    names = []
    living.live(names.append)
    assert names == []
    assert Event.objects.count() == before


def test_the_longest_story_is_read_on_pages_that_fold_what_is_earlier(cases, client):
    course = (
        Course.objects.filter(case__in=cases, service__kind="pmto_therapy")
        .annotate(held=Count("meetings"))
        .latest("held")
    )
    client.force_login(course.practitioner)
    page = client.get(course.get_absolute_url()).content.decode()
    assert page.count("Vis ") == page.count("</summary>") == 2
    for name in ("progress", "goals"):
        page = client.get(reverse(f"interventions:{name}", args=[course.case_id, course.pk]))
        assert page.status_code == 200
    assert client.get(reverse("home:case", args=[course.case_id])).status_code == 200
