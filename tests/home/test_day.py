"""Min dag: what somebody who meets families does next, and nothing of who is hidden."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.db.models.functions import Now
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from interventions import actions
from interventions.models import Course, Meeting, MeetingStaff, Note
from tests.factories import LONG_AGO, MunicipalityFactory, UnitFactory, UserFactory
from tests.interventions.screenings import at, held, meet, screener, screening, signed
from tibir.accounts.models import Absence, Membership, Role
from tibir.cases.models import (
    STRICT,
    Case,
    CaseMember,
    Disqualification,
    Grade,
    TimedAccess,
)
from tibir.deadlines.models import Deadline
from tibir.home import day

pytestmark = pytest.mark.django_db
# Not later than today: who works with a family is by the day of the database.
NOON = at(timezone.localdate() - timedelta(days=(timezone.localdate().weekday() - 2) % 7), 12)


@pytest.fixture(autouse=True)
def _at_noon_on_a_wednesday():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def place():
    return MunicipalityFactory()


@pytest.fixture
def course(place):
    return screening(place)


def day_of(user):
    return day.day_of(user, timezone.now())


def presses(row):
    return [press["label"] for press in row["presses"]]


def test_each_meeting_of_today_has_the_press_that_follows(course, place):
    user = course.practitioner
    _meeting, note = held(course, days=0, hour=8)
    meet(course, days=0, hour=11)
    meet(course, days=0, hour=14)
    gone = meet(screening(place, practitioner=user), days=0, hour=16)
    actions.miss(gone, by=user, state="excused")
    meet(screening(place), days=0, hour=13)  # somebody else's
    rows = day_of(user)["meetings"]
    assert [presses(row) for row in rows] == [
        ["Skriv notatet"],
        ["Holdt: skriv notat", "Ikke holdt"],
        ["Flytt eller avlys"],
    ]
    signed(note)
    assert presses(day_of(user)["meetings"][0]) == ["Les notatet"]


def test_who_must_sign_what_another_wrote_is_led_to_it_from_everywhere(client, course, place):
    meeting, note = held(course, days=0, hour=8)
    Note.objects.update(author=screener(place.intake_unit), on_behalf_of=course.practitioner)
    Meeting.objects.filter(pk=meeting.pk).update(minutes_used=1)
    (row,) = day_of(course.practitioner)["meetings"]
    assert presses(row) == ["Skriv notatet"]
    client.force_login(course.practitioner)
    page = client.get(course.get_absolute_url()).content.decode()
    assert page.count("Skriv notatet") == 2  # by the meeting, and among the notes
    assert "1 minutt, " in page
    story = client.get(reverse("home:case", args=[course.case_id])).content.decode()
    assert reverse("interventions:note", args=[course.case_id, note.pk]) in story


def test_what_nobody_said_of_a_meeting_is_asked_about_and_the_next_one_is_shown(course):
    forgotten, coming = meet(course, days=-3), meet(course, days=1)
    meet(course, days=2)
    found = day_of(course.practitioner)
    assert [row["meeting"] for row in found["left"]] == [forgotten]
    assert found["next"]["meeting"] == coming
    actions.miss(forgotten, by=course.practitioner, state="no_show")
    assert day_of(course.practitioner)["left"] == []


def test_a_later_absence_shows_what_is_agreed_in_it_until_it_is_moved(course):
    user, within = course.practitioner, meet(course, days=30)
    meet(course, days=40)
    days = [timezone.localdate() + timedelta(days=count) for count in (28, 30)]
    Absence.objects.create(user=user, kind="holiday", first_on=days[0], last_on=days[1])
    Absence.objects.create(user=UserFactory(), kind="other", first_on=days[0], last_on=days[1])
    assert [row["meeting"] for row in day_of(user)["while_away"]] == [within]
    actions.miss(within, by=user, state="moved_by_us")
    assert day_of(user)["while_away"] == []


def test_nothing_of_a_family_under_strict_protection_is_there(client, place):
    user = screener(place.intake_unit, cleared_in=place.intake_unit)
    course = screening(place, practitioner=user)
    meet(course, days=0, hour=14)
    held(course, days=0, hour=8)
    client.force_login(user)
    name = course.case.child.last_name
    page = client.get(reverse("home:start"))
    assert name in page.content.decode()
    assert [len(page.context[it]) for it in ("meetings", "unsigned", "mine")] == [2, 1, 1]
    assert page.context["mine"][0]["given"] == "Kartlegging, 1 møte"
    Case.objects.update(grade=Grade.STRICT)
    page = client.get(reverse("home:start"))
    assert name not in page.content.decode()
    found = [page.context[it] for it in ("meetings", "left", "unsigned", "due", "mine")]
    assert found == [[], [], [], [], []]
    assert Meeting.objects.visible_to(user).count() == 2  # it is there, where it belongs


def test_it_asks_the_database_six_times_however_much_there_is(client, course, place):
    user = course.practitioner
    client.force_login(user)
    client.get(reverse("home:start"))
    asked = []
    for hours in ([8], [10, 12]):
        for hour in hours:
            one = screening(place, practitioner=user)
            held(one, days=-1, hour=hour)
            meet(one, days=0, hour=hour)
            meet(one, days=1, hour=hour)
        with CaptureQueriesContext(connection) as queries:
            page = client.get(reverse("home:start"))
        queries = [each for each in queries if "SELECT" in each["sql"]]
        asked.append(len(queries))
        assert len(page.context["unsigned"]) == len(page.context["meetings"]) > 0
    assert asked[0] == asked[1] <= 6, "\n".join(each["sql"][:120] for each in queries)


# --- What is asked in one question is what each kind of thing asks for itself --------------------


def ids_of(user):
    today, found = timezone.localdate(), {"meeting": set(), "due": set(), "family": set()}
    for what, pk, _said in day.rows_of(user, today, today):
        found[what].add(pk)
    return found


def visible(user):
    """Here all is of today, and each case is open."""
    mine = Meeting.objects.visible_to(user).led_by(user).exclude(course__case__grade__in=STRICT)
    due = Deadline.objects.visible_to(user).countable().owned_by(user).open()
    due = due.in_sight(timezone.localdate()).due_within(14, timezone.localdate())
    members = CaseMember.objects.visible_to(user).current().filter(user=user)
    return {
        "meeting": set(mine.values_list("pk", flat=True)),
        "due": set(due.values_list("pk", flat=True)),
        "family": set(members.exclude(case__grade__in=STRICT).values_list("case", flat=True)),
    }


@pytest.mark.parametrize("grade", ["open", "strict"])
def test_whoever_asks_sees_what_each_kind_of_thing_lets_them_see(course, grade):
    case, unit, today = course.case, course.unit, timezone.localdate()
    elsewhere = UnitFactory(municipality=case.municipality)
    Membership.objects.create(
        user=course.practitioner, role=Role.PRACTITIONER, unit=elsewhere, started_on=LONG_AGO
    )
    Course.objects.filter(pk=course.pk).update(unit=elsewhere)
    meeting = meet(course, days=0, hour=14)
    works, kept_out, left = (UserFactory(practises_in=unit, works_with=case) for _n in range(3))
    let_in, also = UserFactory(leads=elsewhere), UserFactory(practises_in=elsewhere)
    people = [
        works,
        kept_out,
        left,
        let_in,
        also,
        UserFactory(practises_in=unit),
        UserFactory(coordinates=unit),
        UserFactory(clerks_in=unit),
        UserFactory(leads=elsewhere),
        UserFactory(works_with=case),  # whose last role has ended
        UserFactory(practises_in=unit, works_with=case, cleared_in=case.municipality),
    ]
    CaseMember.objects.filter(user=left).update(ended_on=today - timedelta(days=1))
    about = {"reason": "close", "registered_by": works, "started_on": LONG_AGO}
    Disqualification.objects.create(case=case, user=kept_out, **about)
    for user in (let_in, also):
        TimedAccess.objects.create(
            case=case, user=user, kind="emergency", reason="danger", text="x",
            started_at=NOON - timedelta(days=7), ends_at=NOON - timedelta(days=7, minutes=-50),
        )  # fmt: skip
    TimedAccess.objects.update(started_at=Now(), ends_at=Now() + timedelta(minutes=50))
    due = {"municipality": case.municipality, "target_type": "x", "begun_on": today}
    MeetingStaff.objects.bulk_create(
        MeetingStaff(meeting=meeting, user=user, starts_at=meeting.starts_at,
                     ends_at=meeting.ends_at)
        for user in people
    )  # fmt: skip
    Deadline.objects.bulk_create(
        Deadline(owner=user, kind=kind, case=of, unit=unit, target_id=user.pk,
                 due_on=today + timedelta(days=days), **due)
        for user in people
        for kind, of, days in (("note", case, 3), ("cosign", None, 3), ("claim", case, 1))
    )  # fmt: skip
    Case.objects.filter(pk=case.pk).update(grade=grade)
    found = []
    for pk in [course.practitioner_id, *(user.pk for user in people)]:
        user = type(works).objects.get(pk=pk)
        assert ids_of(user) == visible(user), user
        found.append([len(rows) for rows in ids_of(user).values()])
    if grade == "strict":
        assert {(met, families) for met, _due, families in found} == {(0, 0)}
    else:
        assert sum(met for met, _due, _families in found) == 5, found
