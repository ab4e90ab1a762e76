"""The pages of a course: what stands there for whom, and what each button does."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from interventions import actions
from interventions.models import Course, CourseChild, Extension
from tests.factories import MunicipalityFactory, UnitFactory, UserFactory
from tests.interventions.courses import (
    COUNSELLING,
    SKILLS,
    THERAPY,
    agree,
    concluded,
    fulfilled,
    planned,
    reasons,
    running,
    trained,
)
from tests.interventions.screenings import days_ago, held, meet, referred, screening, signed
from tests.referrals.parent import Page
from tibir.audit.models import Event
from tibir.cases.models import Grade
from tibir.deadlines.kinds import Kind as Due
from tibir.deadlines.models import Deadline
from tibir.family import actions as family

pytestmark = pytest.mark.django_db


@pytest.fixture
def place():
    return MunicipalityFactory()


@pytest.fixture
def coordinator(place):
    return UserFactory(coordinates=place.intake_unit)


class Desk:
    """Somebody at the pages of one course; what stands in a form is sent with what is typed."""

    def __init__(self, client, user, course=None):
        self.client, self.course = client, course
        client.force_login(user)

    def at(self, name):
        return reverse(f"interventions:{name}", args=[self.course.case_id, self.course.pk])

    def see(self, address=None):
        response = self.client.get(address or self.course.get_absolute_url())
        assert response.status_code == 200, response
        return response.content.decode()

    def send(self, name, **typed):
        address = name if name.startswith("/") else self.at(name)
        return self.client.post(address, Page(self.client.get(address)).fields() | typed)

    def done(self, name, **typed):
        response = self.send(name, **typed)
        assert response.status_code == 302, response.context["form"].errors
        self.course.refresh_from_db()
        return response

    def faults(self, name, **typed):
        """{field: errors}; everything typed stands there still."""
        response = self.send(name, **typed)
        assert response.status_code in (200, 409), response.status_code
        for value in typed.values():
            assert value in response.content.decode(), f"{value} was lost"
        return {name: list(said) for name, said in response.context["form"].errors.items()}


def typed(day):
    return day.strftime("%d.%m.%Y")


# --- Planned from the case ---------------------------------------------------------------------


def test_a_coordinator_plans_what_was_decided_with_somebody_who_has_room(
    client, place, coordinator
):
    screened = concluded(place, [COUNSELLING, SKILLS])
    case = screened.case
    user = trained(place.intake_unit, COUNSELLING)
    running(place, practitioner=user)
    elsewhere = UnitFactory(municipality=place, name="Barneverntjenesten")
    other = trained(elsewhere, COUNSELLING, name="Odd Elvestad")
    desk = Desk(client, coordinator)
    page = desk.see(screened.get_absolute_url())
    plan = reverse("interventions:plan_course", args=[case.pk])
    assert plan in page
    page = desk.see(plan)
    assert page.count("besluttet etter kartlegging") == 2
    address = f"{plan}?tiltak={COUNSELLING}"
    page = desk.see(address)
    assert f"{user}: 1 åpent tiltak" in page
    assert "Odd Elvestad: ingen åpne tiltak, Barneverntjenesten" in page
    at_home = f"{place.intake_unit.pk}-{user.pk}"
    away = f"{elsewhere.pk}-{other.pk}"

    assert "practitioner" in desk.faults(address)
    basis = {"wider_basis": "Samtykke fra mor"}
    assert "en annen enhet" in desk.faults(address, practitioner=at_home, **basis)["wider_basis"][0]
    answer = desk.send(address, practitioner=away, **basis)
    course = Course.objects.get(unit=elsewhere)
    assert answer.url == course.get_absolute_url()
    assert case.members.get(user=other).wider_basis == "Samtykke fra mor"

    # Beside it, something for the child; nobody in the municipality is trained in it yet.
    address = f"{plan}?tiltak={SKILLS}"
    assert "Ingen i kommunen har opplæring i dette" in desk.see(address)
    trainer = trained(place.intake_unit, SKILLS)
    sent = {"practitioner": f"{place.intake_unit.pk}-{trainer.pk}", "beside": str(course.pk)}
    assert desk.send(address, **sent).status_code == 302
    assert Course.objects.get(beside=course).practitioner == trainer
    assert desk.send(address, **sent).status_code == 409
    assert Deadline.objects.get(kind=Due.START_SERVICE).met_on == days_ago(0)


def test_a_course_of_the_parents_is_planned_for_siblings_and_changed(client, place, coordinator):
    case, sibling, stranger = (referred(place).case for _time in range(3))
    family.link(case, sibling, by=coordinator, reason="Mor sier det.")
    user = trained(place.intake_unit, COUNSELLING)
    desk = Desk(client, coordinator)
    address = reverse("interventions:plan_course", args=[case.pk], query={"tiltak": COUNSELLING})
    sent = {"practitioner": f"{place.intake_unit.pk}-{user.pk}", "siblings": [str(sibling.pk)]}
    assert desk.send(address, **sent).status_code == 302
    course = Course.objects.get()
    assert CourseChild.objects.get().case == sibling
    desk.course = course
    assert sibling.child.name in desk.see()
    assert desk.send("siblings", siblings=[str(stranger.pk)]).status_code == 200
    assert client.post(desk.at("siblings"), {}).status_code == 302
    assert not CourseChild.objects.current().exists()


# --- One of them -------------------------------------------------------------------------------


def test_a_course_from_planned_to_fulfilled_through_its_pages(client, place):
    course = planned(place)
    desk = Desk(client, course.practitioner, course)
    page = desk.see()
    assert "Ingen av 3–7 ennå" in page
    assert "Få på plass det som mangler." in page
    assert "Samtykket til å ta imot hjelp fra oss er ikke på plass." in page

    future, last_year = typed(days_ago(-1)), typed(days_ago(365))
    assert "etter i dag" in desk.faults("accept", on=future)["on"][0]
    assert "ble planlagt" in desk.faults("accept", on=last_year)["on"][0]
    assert "dag, måned og år" in desk.faults("accept", on="31.02.2026")["on"][0]
    desk.done("accept", on=typed(days_ago(0)))
    assert "Familien takket ja" in desk.see()
    assert "ikke på plass" in desk.faults("start", on=typed(days_ago(0)))["__all__"][0]
    assert "ble planlagt" in desk.faults("start", on=last_year)["on"][0]
    agree(course.case, COUNSELLING)
    desk.done("start", on=typed(days_ago(0)))
    assert "Avtal det første møtet." in desk.see()

    meeting, note = held(course)
    page = desk.see()
    assert "Møte 1 av 3–7" in page
    assert "Skriv ferdig og signer notatet." in page
    assert "må gjøres først" in desk.see(desk.at("complete"))
    signed(note)
    assert "Avtal neste møte." in desk.see()
    ahead = meet(course, days=2)
    assert f"{ahead.starts_at:%H}" in desk.see()

    faults = desk.faults("pause", on=last_year)
    assert "Tiltaket begynte" in faults["on"][0]
    assert "Hvorfor en pause?" in faults["reason"][0]
    desk.done("pause", reason="Mor er syk.")
    page = desk.see()
    assert "Mor er syk." in page
    assert "Sett tiltaket i gang igjen når familien er klar." in page
    desk.done("resume")

    faults = desk.faults("complete", next_step="Ring om seks måneder.")
    assert "Hvorfor er det som mangler, ikke gjort?" in faults["left_out"][0]
    missing = set(reasons(course))
    desk.done("complete", next_step="Ring om seks måneder.", left_out="Målene er nådd.")
    said = course.left_out.values_list("what", "reason")
    assert set(said) == {(what, "Målene er nådd.") for what in missing}
    page = desk.see()
    assert "nok møter" in page
    assert page.count("Målene er nådd.") == 1
    assert "Fullført" in page
    assert "Ring om seks måneder." in page
    assert "Målene er nådd." in page
    assert meeting.course.meetings.get(pk=ahead.pk).state == "called_off"
    assert desk.client.get(desk.at("pause")).status_code == 409


def test_what_it_rests_on_has_stopped_and_somebody_decides(client, place):
    course = running(place)
    beside = running(place, SKILLS, case=course.case, beside=course)
    actions.pause(course, by=course.practitioner, on=days_ago(0), reason="Ferie.")
    desk = Desk(client, beside.practitioner, beside)
    page = desk.see()
    assert "Tiltaket for foreldrene er på pause eller over." in page
    task = Deadline.objects.get(kind=Due.PARALLEL)
    assert task.get_absolute_url() == beside.get_absolute_url()
    client.post(reverse("deadlines:finish", args=[task.pk]))
    assert "på pause eller over" not in desk.see()
    assert "Ferie." not in desk.see(course.get_absolute_url())


def test_more_meetings_are_asked_for_and_answered_through_the_pages(client, place, coordinator):
    course = running(place)
    desk = Desk(client, course.practitioner, course)
    for wrong in ("0", "21", "mange"):
        assert "fra 1 til 20" in desk.faults("ask_for_more", count=wrong, reason="x")["count"][0]
    desk.done("ask_for_more", count="2", reason="Far kom sent med.")
    again = desk.faults("ask_for_more", count="2", reason="Far kom sent med.")
    assert "ingen har svart ennå" in again["__all__"][0]
    asked = Extension.objects.get()
    assert "ikke besvart ennå" in desk.see()
    address = reverse("interventions:extension", args=[asked.pk])
    assert client.get(address).status_code == 403
    desk = Desk(client, coordinator, course)
    assert Deadline.objects.get(kind=Due.EXTENSION).get_absolute_url() == address
    page = desk.see(address)
    assert "Far kom sent med." in page
    assert course.case.child.name in page
    assert "Skriv hvorfor" in desk.faults(address, is_approved="no")["answer"][0]
    assert desk.send(address, is_approved="yes").url == course.get_absolute_url()
    assert "3–9" in desk.see()
    assert client.get(address).status_code == 409


def test_whoever_answers_for_another_unit_sees_no_name(client, place):
    user = trained(place.intake_unit, COUNSELLING, coordinates=place.intake_unit)
    course = running(place, practitioner=user, by=user)
    place.intake_unit.memberships.exclude(user=user).update(ended_on=days_ago(1))
    leader = UserFactory(leads=UnitFactory(municipality=place))
    asked = actions.ask_for_more(course, by=user, count=2, reason="Trenger tid.")
    address = reverse("interventions:extension", args=[asked.pk])
    desk = Desk(client, leader, course)
    page = desk.see(address)
    assert "Trenger tid." in page
    assert course.case.child.name not in page
    assert str(course.case.child.last_name) not in page
    assert client.get(course.get_absolute_url()).status_code == 404
    assert desk.send(address, is_approved="yes").url == reverse("deadlines:list")
    assert course.most_meetings == 9


def test_a_coordinator_gives_it_to_another_unit_and_opens_it_again(client, place, coordinator):
    unit = UnitFactory(municipality=place, name="Familiehuset")
    course = fulfilled(running(place))
    desk = Desk(client, coordinator, course)
    assert "Ingen andre enheter" in desk.see(desk.at("transfer"))
    other = trained(unit, COUNSELLING)
    assert "reason" in desk.faults("transfer", practitioner=f"{unit.pk}-{other.pk}")
    answer = desk.done("transfer", practitioner=f"{unit.pk}-{other.pk}", reason="De flytter.")
    new = Course.objects.get(follows=course)
    assert answer.url == new.get_absolute_url()
    assert "Familiehuset" in desk.see(new.get_absolute_url())
    assert "Møte 3 av 3–7" in desk.see(new.get_absolute_url())
    actions.complete(new, by=other, next_step="Ingen.", left_out=reasons(new))
    desk = Desk(client, coordinator, new)
    desk.done("reopen", reason="Det ble vanskelig igjen.")
    assert "Åpnet igjen" in desk.see()
    assert desk.client.get(desk.at("reopen")).status_code == 409
    assert not Deadline.objects.filter(kind=Due.NEW_PRACTITIONER).exists()


def test_opened_again_without_its_practitioner_it_is_given_to_another_of_its_own_unit(
    client, place, coordinator
):
    unit = UnitFactory(municipality=place, name="Familiehuset")
    other = trained(unit, COUNSELLING)
    course = planned(place, unit=unit, practitioner=other)
    actions.end(course, by=other, ending="family", reason="De ville ikke.")
    other.qualifications.update(ended_on=days_ago(1))
    colleague, elsewhere = trained(unit, COUNSELLING), trained(place.intake_unit, COUNSELLING)
    desk = Desk(client, coordinator, course)
    desk.done("reopen", reason="De ringte.")
    assert Deadline.objects.open().get(kind=Due.NEW_PRACTITIONER).unit == unit
    assert f'value="{elsewhere.pk}"' not in desk.see(desk.at("assign"))
    desk.done("assign", practitioner=str(colleague.pk))
    assert (course.unit, course.practitioner) == (unit, colleague)


def test_opened_again_after_its_case_got_another_unit_somebody_there_is_waited_for(place):
    unit = UnitFactory(municipality=place)
    by = UserFactory(coordinates=place.intake_unit)
    course = planned(place)
    actions.end(course, by=by, ending="family", reason="De ville ikke.")
    actions.move(course.case, by=by, unit=unit, reason="Bor der.")
    actions.reopen(course, by=by, reason="De ringte.")
    assert Deadline.objects.open().get(kind=Due.NEW_PRACTITIONER).unit == unit


def test_meetings_with_others_take_no_room(client, place):
    course = fulfilled(running(place), count=6)
    for hour, kind in enumerate(("school_meeting", "team"), 9):
        meet(course, days=3, hour=hour, kind=kind)
    desk = Desk(client, course.practitioner, course)
    assert "Det er flere møter enn tiltaket har" not in desk.see()
    meet(course, days=4)
    assert "Det er ikke plass til flere møter" in desk.see()


def test_who_watches_over_the_unit_sees_states_and_numbers_and_no_reasons(
    client, place, coordinator
):
    course = running(place)
    actions.pause(course, by=course.practitioner, on=days_ago(0), reason="Kanarifugl")
    actions.resume(course, by=course.practitioner, on=days_ago(0))
    missing = set(reasons(course))
    said = {"ending": "family", "reason": "Kanarifugl", "next_step": "Kanarifugl"}
    Desk(client, course.practitioner, course).done("end", **said)
    assert set(course.left_out.values_list("what", "reason")) == {
        (what, "Kanarifugl") for what in missing
    }
    page = Desk(client, coordinator, course).see()
    assert "familien ville ikke mer" in page
    assert "Kanarifugl" not in page
    assert "Kanarifugl" in Desk(client, course.practitioner, course).see()


def test_who_has_agreed_is_told_to_those_who_may_know_of_consents(client, place, coordinator):
    course = planned(place)
    people = {course.practitioner: True, coordinator: True, UserFactory(leads=course.unit): False}
    for user, hears in people.items():
        page = Desk(client, user, course).see()
        assert "er ikke på plass" in page
        assert ("Mangler svar fra" in page) == hears, user


def test_each_kind_of_course_has_one_page(client, place):
    screened, course = screening(place), planned(place)
    client.force_login(screened.practitioner)
    args = [screened.case_id, screened.pk]
    assert client.get(reverse("interventions:course", args=args)).url == screened.get_absolute_url()
    client.force_login(course.practitioner)
    args = [course.case_id, course.pk]
    assert client.get(reverse("interventions:screening", args=args)).url.endswith(f"/{course.pk}/")


# --- All of them -------------------------------------------------------------------------------


def test_the_list_shows_mine_or_the_units_and_keeps_what_is_chosen_in_the_address(
    client, place, coordinator
):
    mine = running(place, practitioner=trained(place.intake_unit))
    meet(mine, days=2)
    theirs, over = planned(place, THERAPY), planned(place)
    actions.end(over, by=over.practitioner, ending="moved", reason="x")
    hidden = planned(place)
    family.protect(hidden.case.child, hidden.case, by=coordinator, grade=Grade.STRICT)
    screening(place)
    address = reverse("interventions:courses")

    def rows(user, **query):
        client.force_login(user)
        shown = client.get(address, query)
        return [row["course"] for row in shown.context["rows"]]

    assert rows(coordinator) == [mine, theirs]
    assert rows(coordinator, tiltak=THERAPY) == [theirs]
    assert rows(coordinator, status="gang") == [mine]
    assert rows(coordinator, status="gang", tiltak=THERAPY) == []
    assert rows(coordinator, vis="mine") == []
    assert rows(coordinator, status="tull", tiltak="tull") == [mine, theirs]
    assert rows(mine.practitioner) == [mine]
    page = client.get(address).content.decode()
    assert "0 av 3–7" in page
    assert Event.objects.filter(verb="course.listed").exists()
    links = client.get(address, {"tiltak": THERAPY}).context["parts"]
    assert all("tiltak=pmto_therapy" in each["url"] for each in links)


def test_the_list_asks_as_much_of_three_rows_as_of_one(client, place, coordinator):
    client.force_login(coordinator)
    address = reverse("interventions:courses")
    counts = []
    for more in (1, 2):
        for _time in range(more):
            meet(running(place), days=2)
        client.get(address)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            client.get(address)
        counts.append(len(queries))
    assert counts[0] == counts[1]
