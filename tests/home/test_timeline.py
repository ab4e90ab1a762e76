"""The whole story of a family on one page: fast, and only what the reader may see."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from interventions import actions
from interventions.models import (
    Attendance,
    Course,
    Goal,
    Meeting,
    Note,
    Pause,
    PlannedMeasure,
    Report,
)
from interventions.schedule import measures
from referrals.models import Referral
from tests.factories import UnitFactory, UserFactory
from tests.family.families import YES, says
from tests.instruments.paper import answered
from tests.interventions.courses import apart, course_of, reasons, trained
from tests.interventions.journals import goal
from tests.interventions.screenings import at, days_ago, held, meet, signed
from tibir.accounts.models import Membership, Role
from tibir.cases.models import CaseMember, Consent
from tibir.deadlines.models import Deadline
from tibir.documents import actions as documents
from tibir.documents.kinds import Kind as Paper
from tibir.documents.models import Dispatch, Seal
from tibir.family import actions as access
from tibir.family.rules import may_consent
from tibir.home.timeline import rows_of
from tibir.instruments.models import Measurement

pytestmark = pytest.mark.django_db

YEARS = 3 * 365


@pytest.fixture
def family():
    return apart()


@pytest.fixture
def case(family):
    return family[0]


def page_of(client, case):
    return client.get(reverse("home:case", args=[case.pk]))


def text_of(client, case):
    return page_of(client, case).content.decode()


def asked(client, case):
    page_of(client, case)
    with CaptureQueriesContext(connection) as queries:
        page_of(client, case)
    return [each["sql"] for each in queries if "SAVEPOINT" not in each["sql"]]


def a_long_story(case, people, count=60):
    """Three years: a course that is over and one that goes on, with a meeting most weeks."""
    old = course_of(case, kind="counselling", begun=YEARS)
    by = old.practitioner
    said = {"ending": "family", "reason": "Ville vente.", "left_out": reasons(old)}
    actions.end(old, by=by, **said)
    course = course_of(case, practitioner=by, begun=count * 7)
    today = timezone.localdate()
    meetings = Meeting.objects.bulk_create(
        Meeting(
            course=course if number else old,
            state="held",
            number=number,
            starts_at=at(today - timedelta(days=7 * (count - number) + 1), 9),
            ends_at=at(today - timedelta(days=7 * (count - number) + 1), 10),
        )
        for number in range(1, count + 1)
    )
    Attendance.objects.bulk_create(
        Attendance(meeting=each, person=person, state="attended")
        for each in meetings
        for person in people
    )
    Note.objects.bulk_create(
        Note(course=course, meeting=each, author=by, state="signed", internal="x", signed_by=by,
             signed_at=timezone.now())
        for each in meetings
    )  # fmt: skip
    for days in (400, 200, 10):
        answered(people[0], by=by, days_ago=days, totals={"intensity": 150}, occasion="other")
    for person in people:
        says(person, YES, by=by)
    return course


def test_three_years_and_sixty_meetings_take_no_more_than_twelve_queries(client, family):
    case, *people = family
    course = a_long_story(case, people)
    for user in (course.practitioner, UserFactory(coordinates=case.unit)):
        client.force_login(user)
        found = asked(client, case)
        assert len(found) <= 12, found


def test_the_page_takes_as_many_queries_with_nothing_in_it(client, family):
    case, *people = family
    client.force_login(UserFactory(coordinates=case.unit))
    few = len(asked(client, case))
    a_long_story(case, people, count=4)
    assert len(asked(client, case)) == few


def test_from_the_referral_to_today_with_each_course_by_itself(client, family):
    case, mother, _father = family
    course = a_long_story(case, family[1:], count=9)
    meet(course, days=3, hour=14)
    client.force_login(course.practitioner)
    shown = page_of(client, case)
    story, text = shown.context["story"], shown.content.decode()
    years = [year for year, _events in story.years]
    assert years == sorted(years)
    old, new = story.courses
    assert (old.is_open, new.is_open, new.held) == (False, True, 9)
    days = [each.day for each in new.events]
    assert days == sorted(days)
    assert len(new.recent) == 6
    assert len(new.earlier) == len(new.events) - 6
    assert story.next_meeting["when"].endswith("14.00")
    for said in ("Neste møte", "9 av 40 møter", "Måling: ECBI", "har sagt ja", mother.person.name):
        assert said in text
    assert f"Vis {len(new.earlier)} tidligere" in text
    assert "<script" not in text.partition("<main")[2].partition("</main>")[0]


def test_a_coordinator_sees_states_and_dates_and_nothing_that_was_measured_or_written(
    client, family
):
    case, *people = family
    course = a_long_story(case, people, count=4)
    client.force_login(UserFactory(coordinates=case.unit))
    text = text_of(client, case)
    assert "4 av 40 møter" in text
    assert "Måling:" not in text
    assert reverse("interventions:progress", args=[case.pk, course.pk]) not in text
    assert "/notat/" not in text
    client.force_login(UserFactory(clerks_in=case.unit))
    text = text_of(client, case)
    assert "møter" not in text.partition("Tidslinje")[2]
    assert "har sagt ja" not in text


def test_a_colleague_sees_that_a_course_is_given_and_not_what_is_written_of_it(client, family):
    case, *_people = family
    course = course_of(case, begun=20)
    _meeting, note = held(course, days=-9)
    signed(note)
    colleague = UserFactory(practises_in=case.unit, works_with=case)
    client.force_login(colleague)
    text = text_of(client, case)
    assert "PMTO-terapi" in text
    assert reverse("interventions:note", args=[case.pk, note.pk]) not in text
    client.force_login(course.practitioner)
    assert reverse("interventions:note", args=[case.pk, note.pk]) in text_of(client, case)


def test_a_draft_that_is_anothers_and_a_report_that_is_anothers_are_not_there(client, family):
    case, mother, _father = family
    course = course_of(case, begun=20)
    actions.begin_report(case, by=course.practitioner, recipient=_verified(mother), course=course)
    client.force_login(course.practitioner)
    assert "Utkast til rapport" in text_of(client, case)
    client.force_login(UserFactory(practises_in=case.unit, works_with=case))
    assert "Utkast til rapport" not in text_of(client, case)


def _verified(person):
    type(person).objects.filter(pk=person.pk).update(
        verified_at=timezone.now(), verified_by=UserFactory(), verified_how="met"
    )
    return type(person).objects.get(pk=person.pk)


def test_letters_stand_where_they_were_sent_for_those_who_send_them(client, family):
    case, mother, _father = family
    document = documents.order(
        Paper.INQUIRY, by=UserFactory(), municipality=case.municipality, unit=case.unit,
        case=case, recipient=mother, title="x", language="nb", data={"reference": "x"},
    )  # fmt: skip
    documents.send(document, by=UserFactory(), person=mother, channel="read_out")
    client.force_login(UserFactory(clerks_in=case.unit))
    assert f"Spørsmål om flere opplysninger til {mother.person.name}" in text_of(client, case)
    client.force_login(UserFactory(practises_in=case.unit, works_with=case))
    assert "Spørsmål om flere opplysninger" not in text_of(client, case)


def test_where_a_family_that_is_hidden_is_given_help_is_not_said(client, family):
    case, *_people = family
    course = course_of(case, begun=20)
    client.force_login(course.practitioner)
    assert f", {case.unit.name}" in text_of(client, case).partition("Tidslinje")[2]
    type(case).objects.filter(pk=case.pk).update(grade="confidential")
    assert case.unit.name not in text_of(client, case).partition("Tidslinje")[2]


def test_goals_and_pauses_stand_where_they_happened(client, family):
    course = course_of(family[0], begun=20)
    by = course.practitioner
    goal(course, words="Rolige kvelder")
    actions.pause(course, by=by, on=days_ago(3), reason="Kanarifugl")
    elsewhere = UnitFactory(municipality=course.case.municipality)
    other = trained(elsewhere, "pmto_therapy")
    about = {"unit": elsewhere, "practitioner": other, "reason": "x"}
    actions.transfer(course, by=by, **about)
    for user, sees in ((by, True), (other, True), (UserFactory(coordinates=course.unit), False)):
        client.force_login(user)
        text = text_of(client, course.case)
        assert ("Mål: Rolige kvelder" in text) == sees
        assert "Pause" in text
        assert "Kanarifugl" not in text
        assert ("goal" in visible(course.case, user)) == sees
        assert ("goal" in ids_of(course.case, user)) == sees


def test_a_course_of_another_unit_is_there_with_its_dates(client, family):
    case, *_people = family
    elsewhere = UnitFactory(municipality=case.municipality)
    course = course_of(case, begun=20)
    Membership.objects.create(
        user=course.practitioner, role=Role.PRACTITIONER, unit=elsewhere, started_on="2020-01-01"
    )
    type(course).objects.filter(pk=course.pk).update(unit=elsewhere)
    client.force_login(UserFactory(practises_in=case.unit, works_with=case))
    text = text_of(client, case)
    assert elsewhere.name in text


def test_a_measure_stands_in_the_course_that_asked_for_it(client, family):
    case, mother, _father = family
    course = course_of(case, begun=60)
    by = course.practitioner
    skills = course_of(case, kind="social_skills", begun=20, beside=course)
    about = {"by": by, "totals": {"intensity": 150}}
    first = answered(mother, days_ago=55, occasion="before", **about)
    half = answered(mother, days_ago=3, occasion="half_way", **about)
    own = answered(mother, days_ago=1, occasion="other", **about)
    course.planned_measures.filter(occasion="half_way").update(
        opens_on=days_ago(9), due_on=days_ago(9)
    )
    skills.planned_measures.filter(occasion="half_way").update(opens_on=days_ago(0))
    measures()
    client.force_login(by)
    said = {each.course.pk: each.events for each in page_of(client, case).context["story"].courses}
    urls = {pk: {told.url.rsplit("/", 2)[-2] for told in events} for pk, events in said.items()}
    assert urls[course.pk] == {str(first.pk), str(half.pk)}
    assert urls[skills.pk] == {str(own.pk)}
    assert answers_of(case, by) == dict.fromkeys((first.pk, half.pk), course.pk)


def test_a_course_that_is_only_planned_has_no_measure_of_another_that_goes_on(client, family):
    case, mother, _father = family
    course = course_of(case, begun=60)
    course_of(case, kind="social_skills", beside=course)
    about = {"by": course.practitioner, "totals": {"intensity": 150}, "occasion": "other"}
    made = answered(mother, days_ago=3, **about)
    client.force_login(course.practitioner)
    running, waiting = page_of(client, case).context["story"].courses
    assert (running.course.pk, waiting.events) == (course.pk, [])
    assert running.events[-1].url.endswith(f"/{made.pk}/")


# --- What is asked in one question is what each kind of thing asks for itself --------------------


def ids_of(case, user):
    found = {}
    for what, _day, pk, _of, _said in rows_of(case, user, timezone.localdate()):
        found.setdefault(what, set()).add(pk)
    return found


def answers_of(case, user):
    """{measurement: the course that it is said to be of}"""
    rows = rows_of(case, user, timezone.localdate())
    return {pk: of for what, _day, pk, of, _said in rows if what == "measure" and of}


def courses_met(case, user):
    """{measurement: the courses that asked for it}, of what the user sees of both."""
    planned = PlannedMeasure.objects.visible_to(user).filter(
        course__in=Course.objects.visible_to(user).filter(case=case),
        met_by__in=Measurement.objects.visible_to(user).standing(),
    )
    found = {}
    for course, measurement in planned.values_list("course", "met_by"):
        found.setdefault(measurement, set()).add(course)
    return found


def visible(case, user):
    due = Deadline.objects.visible_to(user).filter(case=case).open()
    measured = Measurement.objects.visible_to(user).of_case(case).standing()
    rows = {
        "course": Course.objects.visible_to(user).filter(case=case),
        "meeting": Meeting.objects.visible_to(user).filter(course__case=case),
        "note": Note.objects.visible_to(user).filter(course__case=case),
        "referral": Referral.objects.visible_to(user).filter(case=case),
        "pause": Pause.objects.visible_to(user).filter(course__case=case),
        "goal": Goal.objects.visible_to(user).filter(course__case=case),
        "letter": Dispatch.objects.visible_to(user).filter(document__case=case),
        "draft": Report.objects.visible_to(user).filter(case=case, author=user).drafts(),
        "measure": measured,
        "member": CaseMember.objects.visible_to(user).current().filter(case=case),
        "due": due.in_sight(timezone.localdate()),
        "consent": Consent.objects.visible_to(user).of_case(case)
        if may_consent(user, case)
        else Consent.objects.none(),
    }
    found = {what: set(each.values_list("pk", flat=True)) for what, each in rows.items()}
    return {what: pks for what, pks in found.items() if pks}


@pytest.mark.parametrize("grade", ["open", "confidential", "strict"])
def test_whoever_asks_sees_what_each_kind_of_thing_lets_them_see(family, grade):
    case, mother, father = family
    unit, elsewhere = case.unit, UnitFactory(municipality=case.municipality)
    course = a_long_story(case, [mother, father], count=3)
    by = course.practitioner
    other = course_of(case, kind="social_skills", begun=30, beside=course)
    Membership.objects.create(
        user=other.practitioner, role=Role.PRACTITIONER, unit=elsewhere, started_on="2020-01-01"
    )
    type(other).objects.filter(pk=other.pk).update(unit=elsewhere)
    _meeting, draft = held(other, days=-9)
    signs = UserFactory(practises_in=unit, works_with=case)
    Note.objects.filter(pk=draft.pk).update(on_behalf_of=signs)
    for each in (course, other):
        goal(each)
        actions.pause(each, by=each.practitioner, on=days_ago(1), reason="x")
    actions.begin_report(case, by=by, recipient=_verified(mother), course=course)
    for kind, author in ((Paper.INQUIRY, by), (Paper.CONSENT_FORM, by), (Paper.CASE_REPORT, by)):
        document = documents.order(
            kind, by=by, municipality=case.municipality, unit=unit, case=case, author=author,
            recipient=mother, title="x", language="nb", data={"reference": "x"},
        )  # fmt: skip
        documents.send(document, by=by, person=mother, channel="read_out")
    Seal.objects.create(document=document)
    for person in (mother, father):
        answered(person, by=by, days_ago=1, totals={"intensity": 150}, occasion="before")
    measures()
    assert PlannedMeasure.objects.filter(course__in=[course, other], met_by__isnull=False).exists()
    leader = UserFactory(leads=unit)
    if grade == "open":
        access.open_for_leader(case, by=leader, reason="complaint", text="x", days=3)
    owner = UserFactory(practises_in=unit, works_with=case)
    for user in (owner, leader):
        due = {"kind": "note", "target_type": "x", "target_id": user.pk, "owner": user}
        day = timezone.localdate()
        Deadline.objects.create(
            municipality=case.municipality, unit=unit, case=case, begun_on=day, due_on=day, **due
        )
    CaseMember.objects.filter(user=owner).update(unit=elsewhere)
    gone = UserFactory(practises_in=unit, works_with=case)
    yesterday = timezone.localdate() - timedelta(days=1)
    CaseMember.objects.filter(user=gone).update(ended_on=yesterday)
    people = [
        by,
        owner,
        gone,
        signs,
        other.practitioner,
        leader,
        UserFactory(coordinates=unit),
        UserFactory(leads=unit),
        UserFactory(clerks_in=unit),
        UserFactory(leads=elsewhere),
        UserFactory(practises_in=unit, works_with=case),
        UserFactory(practises_in=unit, works_with=case, cleared_in=case.municipality),
    ]
    type(case).objects.filter(pk=case.pk).update(grade=grade)
    case = type(case).objects.select_related("unit").get(pk=case.pk)
    seen = 0
    for user in people:
        user = type(user).objects.get(pk=user.pk)
        if type(case).objects.visible_to(user).filter(pk=case.pk).exists():
            assert ids_of(case, user) == visible(case, user), user
            said, met = answers_of(case, user), courses_met(case, user)
            assert said.keys() == met.keys(), user
            assert all(of in met[pk] for pk, of in said.items()), user
            seen += 1
    assert seen == (1 if grade == "strict" else 10)
