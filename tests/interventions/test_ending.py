"""How a course is over: fulfilled or before its time, what may be left out, and opened again."""

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from interventions import actions, rules
from interventions.models import Course, Extension, LeftOut, Reopening
from tests.factories import MunicipalityFactory, UserFactory
from tests.interventions.courses import (
    COUNSELLING,
    SKILLS,
    fulfilled,
    planned,
    reasons,
    running,
)
from tests.interventions.screenings import days_ago, held, meet, screening, signed
from tibir.cases.models import Case
from tibir.core.errors import DomainError
from tibir.deadlines.kinds import Kind as Due
from tibir.deadlines.models import Deadline
from tibir.notifications.models import Notification

pytestmark = pytest.mark.django_db

WHY = {"ending": "family", "reason": "De vil ikke mer."}
NEXT = {"next_step": "Ring om seks måneder."}


@pytest.fixture
def place():
    return MunicipalityFactory()


def test_a_course_with_enough_meetings_is_fulfilled_and_says_what_comes_next(place):
    course = fulfilled(running(place))
    beside = running(place, SKILLS, case=course.case, beside=course)
    later = meet(course, days=5)
    undone = [check.code for check in rules.ending_checks(course) if not check.is_done]
    assert undone == ["measures", "feedback", "report"]
    actions.complete(course, by=course.practitioner, left_out=reasons(course), **NEXT)
    course.refresh_from_db()
    assert (course.state, course.ended_on) == ("completed", days_ago(0))
    assert course.next_step == NEXT["next_step"]
    later.refresh_from_db()
    assert later.state == "called_off"
    assert Deadline.objects.get(kind=Due.PARALLEL).target_id == beside.pk
    assert {each.what for each in LeftOut.objects.all()} == set(undone)
    # What it rested on is over; it may be ended, with a reason, and then nothing is due of it.
    left_out = reasons(beside, meetings="Foreldrene sluttet.")
    actions.end(beside, by=beside.practitioner, left_out=left_out, **WHY)
    assert Deadline.objects.get(kind=Due.PARALLEL).closed_reason == "ended"


def test_what_is_missing_is_said_why_or_nothing_ends(place):
    course = running(place)
    missing = next(check for check in rules.ending_checks(course) if check.is_missing)
    assert missing.what == "Møter som er holdt: 0. Tiltaket har minst 3."
    given = reasons(course)
    for left_out in ({}, given | {"meetings": " "}, {"something": "x"}):
        with pytest.raises(DomainError, match="Skriv hvorfor"):
            actions.complete(course, by=course.practitioner, left_out=left_out, **NEXT)
        with pytest.raises(DomainError, match="Skriv hvorfor"):
            actions.end(course, by=course.practitioner, left_out=left_out, **WHY)
    left_out = given | {"meetings": "De nådde målene."}
    actions.complete(course, by=course.practitioner, left_out=left_out, **NEXT)
    said = LeftOut.objects.get(what="meetings")
    assert (said.what, said.reason, said.by) == (
        "meetings",
        "De nådde målene.",
        course.practitioner,
    )


def test_nothing_is_said_of_what_there_is_none_of(place):
    course = running(place)
    course.planned_measures.all().delete()
    course.case.people.update(responsibility="no")
    codes = {check.code for check in rules.ending_checks(course)}
    assert codes == {"notes", "safety", "meetings", "report"}


def test_nothing_ends_with_an_unsigned_note_or_an_undecided_worry(place):
    course = running(place)
    by = course.practitioner
    _meeting, note = held(course)
    check = actions.check_safety(course, by=by, is_worried=True, words="x")
    ways = [(actions.complete, NEXT), (actions.end, WHY)]
    for act, said in ways:
        with pytest.raises(DomainError, match=r"Signer notatene.*Avgjør først"):
            act(course, by=by, left_out={"meetings": "x"}, **said)
    signed(note)
    for act, said in ways:
        with pytest.raises(DomainError, match=r"^Avgjør først"):
            act(course, by=by, left_out={"meetings": "x"}, **said)
    actions.explain_worry(check, by=by, why_not="Det var et uhell på skolen.")
    actions.end(course, by=by, left_out=reasons(course), **WHY)


def test_nothing_ends_before_somebody_says_how_a_meeting_went(place):
    course = running(place)
    by, meeting = course.practitioner, meet(course)
    said = {"left_out": reasons(course) | {"meetings": "x"}}
    check = next(check for check in rules.ending_checks(course) if check.is_blocked)
    assert check.what.startswith("Skriv først ned hvordan det gikk med møtet")
    assert f"{meeting.day.year} klokken 09.00" in check.what
    assert check.address == course.get_absolute_url()
    for act, more in ((actions.complete, NEXT), (actions.end, WHY)):
        with pytest.raises(DomainError, match="hvordan det gikk med møtet"):
            act(course, by=by, **said, **more)
    # Where nobody is left to say it, nobody says that it was called off either.
    type(by).objects.filter(pk=by.pk).update(is_active=False)
    actions.end(course, by=by, **said, **WHY)
    meeting.refresh_from_db()
    assert meeting.state == "planned"


def test_what_never_began_ends_without_a_list(place):
    course = planned(place)
    meeting = meet(course)  # they had not agreed, so that it cannot be written down as held
    actions.end(course, by=course.practitioner, **WHY)
    meeting.refresh_from_db()
    assert meeting.state == "planned"
    course.refresh_from_db()
    assert (course.state, course.started_on) == ("ended", None)
    assert Deadline.objects.get(kind=Due.FIRST_MEETING).closed_reason == "ended"


def test_a_question_of_more_meetings_is_over_with_the_course(place):
    course = running(place)
    actions.ask_for_more(course, by=course.practitioner, count=2, reason="Trenger mer tid.")
    actions.end(course, by=course.practitioner, left_out=reasons(course), **WHY)
    assert not Extension.objects.exists()
    assert Deadline.objects.get(kind=Due.EXTENSION).closed_reason == "ended"


def test_what_is_over_is_opened_again_with_a_reason_and_how_it_was_is_kept(place):
    course = fulfilled(running(place))
    by = UserFactory(coordinates=place.intake_unit)
    actions.complete(course, by=course.practitioner, left_out=reasons(course), **NEXT)
    actions.reopen(course, by=by, reason="Det ble vanskelig igjen.")
    course.refresh_from_db()
    assert (course.state, course.ended_on, course.next_step) == ("running", None, "")
    kept = Reopening.objects.get()
    assert (kept.was, kept.was_ended_on, kept.by) == ("completed", days_ago(0), by)
    actions.end(course, by=course.practitioner, left_out=reasons(course), **WHY)
    actions.reopen(course, by=by, reason="De vil likevel.")
    assert Reopening.objects.filter(was="ended", was_ending="family").exists()
    with pytest.raises(DatabaseError), transaction.atomic():
        Reopening.objects.filter(pk=kept.pk).update(reason=" ")


def test_opened_again_with_nothing_beside_it_somebody_decides_whether_it_goes_on(place):
    family = running(place)
    course = running(place, SKILLS, case=family.case, beside=family)
    for each in (course, family):
        actions.end(each, by=each.practitioner, left_out=reasons(each), **WHY)
    by = UserFactory(coordinates=place.intake_unit)
    actions.reopen(course, by=by, reason="De vil likevel.")
    task = Deadline.objects.open().get(kind=Due.PARALLEL)
    assert (task.target_id, task.owner) == (course.pk, course.practitioner)
    assert Notification.objects.filter(user=course.practitioner, stage="parallel-1").exists()
    actions.reopen(family, by=by, reason="De vil likevel.")
    task.refresh_from_db()
    assert task.closed_reason == "reopened"
    actions.end(course, by=by, left_out=reasons(course), **WHY)
    actions.reopen(course, by=by, reason="De vil likevel.")
    assert not Deadline.objects.open().filter(kind=Due.PARALLEL).exists()


def test_what_never_began_is_planned_again_and_somebody_who_may_give_it_is_found(place):
    course = planned(place)
    by = UserFactory(coordinates=place.intake_unit)
    actions.end(course, by=by, **WHY)
    actions.reopen(course, by=by, reason="De ringte.")
    course.refresh_from_db()
    assert course.state == "planned"
    assert Deadline.objects.open().filter(kind=Due.FIRST_MEETING).count() == 1
    actions.end(course, by=by, **WHY)
    course.practitioner.qualifications.update(ended_on=days_ago(1))
    actions.reopen(course, by=by, reason="De ringte.")
    of_course = {"target_type": "interventions.course", "target_id": course.pk}
    assert Deadline.objects.open().get(**of_course).kind == Due.NEW_PRACTITIONER


def test_a_closed_case_or_a_screening_is_not_opened_by_its_course(place):
    course = planned(place)
    by = UserFactory(coordinates=place.intake_unit)
    with pytest.raises(DomainError, match="planlagt"):
        actions.reopen(course, by=by, reason="x")
    actions.end(course, by=by, **WHY)
    Case.objects.filter(pk=course.case_id).update(state="closed", closed_on=days_ago(0))
    with pytest.raises(DomainError, match="Saken er lukket"):
        actions.reopen(course, by=by, reason="x")
    screened = screening(place)
    with pytest.raises(DomainError, match="beslutning"):
        actions.complete(screened, by=by, **NEXT)
    actions.end(screened, by=by, **WHY)
    with pytest.raises(DomainError, match="Planlegg en ny"):
        actions.reopen(screened, by=by, reason="x")


def test_the_database_keeps_what_an_ending_is(place):
    course = running(place, COUNSELLING)
    row = Course.objects.filter(pk=course.pk)
    for wrong in (
        {"state": "completed"},
        {"state": "ended", "ended_on": days_ago(0)},
        {"ended_on": days_ago(0)},
        {"state": "completed", "ended_on": days_ago(1)},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            row.update(**wrong)


def test_a_case_is_not_closed_while_a_course_goes_on(client):
    course = running(MunicipalityFactory())
    case = course.case
    client.force_login(UserFactory(coordinates=case.unit))
    Deadline.objects.filter(case=case).update(met_on=timezone.localdate())
    address = reverse("family:close", args=[case.pk])
    refused = client.post(address, {"reason": "Alt er gjort."})
    assert refused.status_code == 409
    page = refused.content.decode()
    assert "Et tiltak i saken er ikke avsluttet. Avslutt det først." in page
    assert "Alt er gjort." in page
    said = {"ending": "moved", "reason": "Flyttet.", "left_out": reasons(course)}
    actions.end(course, by=course.practitioner, **said)
    Deadline.objects.filter(case=case, met_on=None).update(closed_reason="moved")
    assert client.post(address, {"reason": "Alt er gjort."}).status_code == 302
