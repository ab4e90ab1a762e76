"""A screening through its pages: planned, met, asked, seen, written, and whether it is safe."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from interventions import actions as interventions
from interventions.models import Course, Gate, Meeting, SafetyCheck, Screening
from referrals import actions as referrals
from referrals.states import Outcome
from tests.factories import MunicipalityFactory, UnitFactory, UserFactory, refer
from tests.family.families import NO, YES, join, says
from tests.html import told_beside
from tests.interventions.screenings import (
    held,
    meet,
    qualify,
    referred,
    screener,
    screening,
    signed,
)
from tests.referrals.parent import Page
from tibir.audit.models import Event
from tibir.cases.models import DutyReport, Grade
from tibir.core.errors import DomainError, StaleState
from tibir.deadlines.kinds import Kind as Due
from tibir.deadlines.models import Deadline
from tibir.family import rules as family

pytestmark = pytest.mark.django_db

WORRY = "Kanarifuglen har blåmerker"


@pytest.fixture
def place():
    return MunicipalityFactory()


@pytest.fixture
def coordinator(place):
    return UserFactory(coordinates=place.intake_unit)


@pytest.fixture
def course(place):
    return screening(place)


def answered(place, by):
    """A referral that was answered with a screening."""
    referral = referred(place)
    referrals.take(referral, by=by)
    recipients = [(each, "read_out", "") for each in referral.case.people.all()]
    said = {"outcome": Outcome.SCREENING, "reason": "Vi vil møte dere.", "recipients": recipients}
    interventions.answer(referral, by=by, **said)
    return referral


class Hands:
    """Whoever gives the course, at its pages; what stands in a form is sent with what is typed."""

    def __init__(self, client, course):
        self.client, self.course = client, course
        client.force_login(course.practitioner)

    def address(self, name, *more):
        of_course = {"screening", "assign", "end", "plan_meeting", "gate", "observation"}
        of_course |= {"conversation", "findings", "safety"}
        ids = [self.course.pk, *more] if name in of_course else more
        return reverse(f"interventions:{name}", args=[self.course.case_id, *ids])

    def see(self):
        response = self.client.get(self.course.get_absolute_url())
        assert response.status_code == 200
        return response.content.decode()

    def send(self, name, *more, **typed):
        address = self.address(name, *more)
        said = Page(self.client.get(address)).fields() | {"despite": "on"}  # whatever day it is
        return self.client.post(address, said | typed)

    def faults(self, name, *more, **typed):
        response = self.send(name, *more, **typed)
        assert response.status_code in (200, 409), response.status_code
        form = response.context["form"]
        for field, value in typed.items():
            if isinstance(value, str) and value.strip():
                assert value in response.content.decode(), f"{field} was lost"
        for field in form.errors.keys() - {"__all__"}:
            told_beside(response.content.decode(), field)
        return {field: list(errors) for field, errors in form.errors.items()}


def day(days):
    return (timezone.localdate() + timedelta(days=days)).strftime("%d.%m.%Y")


# --- From the answer ---------------------------------------------------------------------------


def test_nobody_is_forgotten_after_an_answer_that_says_screening(client, place, coordinator):
    referral = answered(place, coordinator)
    task = Deadline.objects.get(kind=Due.PLAN_SCREENING)
    assert (task.owner, task.met_on) == (coordinator, None)
    client.force_login(coordinator)
    address = task.get_absolute_url()
    assert "Ingen i enheten har opplæring i kartlegging" in client.get(address).content.decode()

    user = screener(place.intake_unit)
    trainee = UserFactory(practises_in=place.intake_unit)
    qualify(trainee, supervisor=user)
    page = client.get(address).content.decode()
    assert f"{trainee} (under opplæring, veiledes av {user})" in page
    stranger = UserFactory(practises_in=place.intake_unit)
    refused = client.post(address, {"practitioner": stranger.pk})
    assert refused.status_code == 200
    assert not Course.objects.exists()

    answer = client.post(address, {"practitioner": user.pk})
    course = Course.objects.get()
    assert answer.url == course.get_absolute_url()
    task.refresh_from_db()
    assert task.met_on == timezone.localdate()
    assert course.referral == referral
    assert (
        course.get_absolute_url()
        in client.get(reverse("home:case", args=[course.case_id])).content.decode()
    )
    again = client.post(address, {"practitioner": user.pk})
    assert again.status_code == 409


def test_a_decision_that_is_looked_at_again_takes_the_task_back(place, coordinator):
    referral = answered(place, coordinator)
    referrals.reopen(referral, by=coordinator, reason="Mor ringte.")
    assert not Deadline.objects.open().filter(kind=Due.PLAN_SCREENING).exists()


# --- Through the pages -------------------------------------------------------------------------


def test_a_screening_from_the_first_meeting_to_what_was_found_out(client, course):
    hands = Hands(client, course)
    mother = course.case.people.get()
    page = hands.see()
    assert "Avtal det første møtet." in page
    assert f"Still de to spørsmålene til {mother.person.name}." in page

    when = {"day": day(0), "starts": "0.00", "ends": "0.01", "place": "Rom 2"}
    assert hands.send("plan_meeting", **when).url == course.get_absolute_url()
    meeting = Meeting.objects.get()
    assert [each.person for each in meeting.attendances.all()] == [mother]

    came = {f"person-{mother.pk}": "attended"}
    response = hands.send("hold", meeting.pk, **came)
    note = course.notes.get()
    assert response.url == reverse("interventions:note", args=[course.case_id, note.pk])
    signed(note)

    gate = {"thrives": "mixed", "worries": "yes", "worries_words": "Leggingen."}
    assert hands.send("gate", mother.pk, **gate).status_code == 302
    seen = {"observed_where": "home", "observed_strengths": "Mor roser ham."}
    assert hands.send("observation", **seen).status_code == 302
    talked = {"conversation": "Kveldene er tunge.", "wish": "group"}
    assert hands.send("conversation", **talked).status_code == 302
    found = {
        "negativity_months": "8", "is_serious": "no", "arenas": ["home", "school"],
        "burdens": ["none"],
    }  # fmt: skip
    assert hands.send("findings", **found).status_code == 302
    assert hands.send("safety", is_worried="no").status_code == 302

    row = Screening.objects.get()
    assert (row.negativity_months, row.is_serious, row.suits_group) == (8, False, None)
    assert (row.arenas, row.burdens, row.earlier) == (["home", "school"], [], None)
    page = hands.see()
    for said in ("Trives delvis i rollen.", "Leggingen.", "Mor roser ham.", "Kveldene er tunge."):
        assert said in page
    for said in ("hjemme, på skolen", "ikke spurt", "ingen bekymring for vold"):
        assert said in page
    assert "Neste steg" not in page


BAD_TIMES = [
    ({"day": "32.13.2026"}, "day", "dag, måned og år"),
    ({"day": "22.11.2016"}, "day", "Se over datoen."),
    ({"day": "22.11.2036"}, "day", "Se over årstallet."),
    ({"day": ""}, "day", "Skriv et svar"),
    ({"starts": "ni"}, "starts", "for eksempel 14.30"),
    ({"starts": "25.00"}, "starts", "for eksempel 14.30"),
    ({"starts": "11", "ends": "10"}, "ends", "må slutte etter"),
    ({"starts": "8", "ends": "20"}, "ends", "over åtte timer"),
    ({"people": []}, "people", "Velg minst én"),
]


@pytest.mark.parametrize(("wrong", "field", "said"), BAD_TIMES, ids=lambda it: str(it)[:24])
def test_a_meeting_that_cannot_be_is_told_beside_the_field(client, course, wrong, field, said):
    hands = Hands(client, course)
    right = {"day": day(3), "starts": "9", "ends": "10.30", "place": "Rom 2"}
    faults = hands.faults("plan_meeting", **right | wrong)
    assert said in " ".join(faults[field])
    assert not Meeting.objects.exists()


def test_taken_time_is_told_beside_the_time_and_a_fourth_meeting_on_top(client, course):
    hands = Hands(client, course)
    for days in (1, 2, 3):
        meet(course, days=days)
    right = {"day": day(5), "starts": "9", "ends": "10"}
    assert "høyst 3 møter" in hands.faults("plan_meeting", **right)["__all__"][0]
    other = Hands(client, screening(course.case.municipality, practitioner=course.practitioner))
    faults = other.faults("plan_meeting", **right | {"day": day(3)})
    assert faults == {"starts": [f"{course.practitioner} er opptatt da. Velg et annet tidspunkt."]}


def test_a_meeting_is_changed_moved_and_said_not_to_be_held(client, course):
    hands = Hands(client, course)
    meeting = meet(course, days=3)
    assert hands.send("change_meeting", meeting.pk, place="Rom 9").status_code == 302
    meeting.refresh_from_db()
    assert (meeting.place, timezone.localtime(meeting.starts_at).hour) == ("Rom 9", 9)
    new = {"day": day(4), "starts": "10", "ends": "11"}
    faults = hands.faults("miss", meeting.pk, state="no_show", **new)
    assert "Bare et møte som er flyttet" in faults["day"][0]
    assert (
        "Begynner klokken"
        in hands.faults("miss", meeting.pk, state="moved_by_us", day=day(4))["starts"][0]
    )
    assert "ikke begynt" in hands.faults("miss", meeting.pk, state="no_show")["state"][0]
    assert hands.send("miss", meeting.pk, state="moved_by_us", **new).status_code == 302
    assert Meeting.objects.planned().count() == 1
    later = Meeting.objects.planned().get()
    mother = f"person-{course.case.people.get().pk}"
    faults = hands.faults("hold", later.pk, **{mother: "attended"})
    assert "ikke begynt" in faults[mother][0]
    # Somebody of another family, and somebody who was not asked.
    stranger = screening(course.case.municipality).case.people.get().pk
    held_now = meet(course, days=-1)
    faults = hands.faults("hold", held_now.pk, **{mother: "attended", "others": [stranger]})
    assert "Velg" in faults["others"][0]
    faults = hands.faults("plan_meeting", **new | {"people": [stranger]})
    assert "Velg" in faults["people"][0]


def test_somebody_must_have_come(client, course):
    hands = Hands(client, course)
    mother, aunt = course.case.people.get(), join(course.case, "other", "no")
    meeting = meet(course, people=[mother])
    absent = {f"person-{mother.pk}": "absent"}
    assert "Ingen var med" in hands.faults("hold", meeting.pk, **absent)["__all__"][0]
    assert hands.send("hold", meeting.pk, **absent, others=[aunt.pk]).status_code == 302
    meeting.refresh_from_db()
    assert meeting.number is None


def test_a_disagreement_stops_the_meetings_until_it_is_decided(client, course):
    mother, father = course.case.people.get(), join(course.case, "father", "yes")
    says(mother, YES, by=course.practitioner)
    says(father, NO, by=course.practitioner)
    hands = Hands(client, course)
    page = client.get(hands.address("plan_meeting")).content.decode()
    assert "Ikke gjør noe før en med ansvar har avgjort det." in page
    right = {"day": day(3), "starts": "9", "ends": "10", "people": [mother.pk]}
    client.post(hands.address("plan_meeting"), right | {"kind": "meeting", "mode": "video"})
    assert not Meeting.objects.exists()


def test_what_two_write_at_once_is_lost_for_neither(client, course):
    hands = Hands(client, course)
    first = {"conversation": "Fra den ene", "version": "0"}
    assert hands.send("conversation", **first).status_code == 302
    late = client.post(
        hands.address("conversation"), {"conversation": "Fra den andre", "version": "0"}
    )
    assert late.status_code == 409
    assert "Fra den andre" in late.content.decode()
    assert Screening.objects.get().conversation == "Fra den ene"


def test_answers_that_cannot_be_are_told_beside_the_field(client, course):
    hands = Hands(client, course)
    person = course.case.people.get().pk
    assert {"thrives", "worries"} <= hands.faults("gate", person).keys()
    assert "asked_on" in hands.faults("gate", person, asked_on=day(1))
    assert "__all__" in hands.faults("observation", observed_where="home")
    assert "negativity_months" in hands.faults("findings", negativity_months="1000")
    assert "burdens" in hands.faults("findings", burdens=["none", "health"])
    assert "words" in hands.faults("safety", is_worried="yes")
    assert {"ending", "reason"} <= hands.faults("end").keys()
    assert not Gate.objects.exists()


def test_nobody_of_another_family_is_asked(client, course, place):
    stranger = refer(place).case.people.get()
    hands = Hands(client, course)
    assert client.get(hands.address("gate", stranger.pk)).status_code == 404
    with pytest.raises(IntegrityError, match="does not belong"), transaction.atomic():
        Gate.objects.create(
            screening=course.screening, person=stranger, asked_on=timezone.localdate(),
            thrives="well", worries=False, by=course.practitioner,
        )  # fmt: skip


# --- Is the child safe? ------------------------------------------------------------------------


def test_a_worry_is_reported_and_told_to_nobody_in_the_family(client, course, place):
    hands = Hands(client, course)
    response = hands.send("safety", is_worried="yes", words=WORRY)
    check = SafetyCheck.objects.get()
    assert response.url == hands.address("report_worry", check.pk)
    assert "ikke avgjort" in hands.see()
    with pytest.raises(DomainError, match="Avgjør først"):
        interventions.end(course, by=course.practitioner, ending="moved", reason="Flyttet.")
    sent = {"grounds": ["neglect"], "sent_to": "Barneverntjenesten", "channel": "phone"}
    assert hands.send("report_worry", check.pk, **sent).url == course.get_absolute_url()
    check.refresh_from_db()
    assert check.report == DutyReport.objects.get()
    assert check.report.concern == WORRY
    assert Deadline.objects.get(kind=Due.FEEDBACK).owner == course.practitioner
    told = family.told(Event.objects.filter(case_id=course.case_id))
    assert not told.filter(verb__startswith="duty.").exists()
    assert client.get(hands.address("report_worry", check.pk)).status_code == 409


def test_a_worry_that_is_not_reported_says_why_and_is_never_removed(client, course):
    check = interventions.check_safety(course, by=course.practitioner, is_worried=True, words=WORRY)
    hands = Hands(client, course)
    assert "why_not" in hands.faults("explain_worry", check.pk)
    assert hands.send("explain_worry", check.pk, why_not="Drøftet.").status_code == 302
    check.refresh_from_db()
    assert (check.is_settled, check.why_not) == (True, "Drøftet.")
    with pytest.raises(StaleState):
        interventions.explain_worry(check, by=course.practitioner, why_not="Igjen")
    rows = SafetyCheck.objects.filter(pk=check.pk)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        rows.update(is_worried=False)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        rows._raw_delete(rows.db)
    with pytest.raises(IntegrityError), transaction.atomic():
        SafetyCheck.objects.create(
            course=course, by=course.practitioner, is_worried=True,
            checked_on=timezone.localdate(), settled_on=timezone.localdate(),
        )  # fmt: skip


def test_colleagues_do_not_see_a_worry(client, course, place):
    interventions.check_safety(course, by=course.practitioner, is_worried=True, words=WORRY)
    check = SafetyCheck.objects.get()
    colleague = UserFactory(practises_in=place.intake_unit, works_with=course.case)
    leader = UserFactory(leads=place.intake_unit)
    for user in (colleague, leader):
        client.force_login(user)
        page = client.get(course.get_absolute_url()).content.decode()
        assert "bekymring" not in page
        address = reverse("interventions:report_worry", args=[course.case_id, check.pk])
        assert client.get(address).status_code == 404


def test_a_worry_is_with_whoever_gives_the_course_and_with_whoever_had_it(client, course, place):
    first, second = course.practitioner, screener(place.intake_unit, works_with=course.case)
    interventions.check_safety(course, by=first, is_worried=True, words=WORRY)
    check = SafetyCheck.objects.get()
    Course.objects.filter(pk=course.pk).update(practitioner=second)
    address = reverse("interventions:report_worry", args=[course.case_id, check.pk])
    for user in (first, second):
        client.force_login(user)
        assert address in client.get(course.get_absolute_url()).content.decode()
        assert client.get(address).status_code == 200
    client.force_login(UserFactory(coordinates=place.intake_unit))
    page = client.get(course.get_absolute_url()).content.decode()
    assert "bekymring for barnet" in page
    assert address not in page


# --- Who sees what -------------------------------------------------------------------------------


def test_others_see_states_and_dates_and_nothing_that_is_written(client, course, place):
    held(course)
    interventions.miss(
        meet(course, days=1), by=course.practitioner, state="excused", reason="Kanarimor innlagt"
    )
    hands = Hands(client, course)
    hands.send("conversation", conversation="Kanarisamtale")
    assert "Kanarimor innlagt" in client.get(course.get_absolute_url()).content.decode()
    colleague = UserFactory(practises_in=place.intake_unit, works_with=course.case)
    people = [UserFactory(coordinates=place.intake_unit), colleague]
    for user in [*people, UserFactory(leads=place.intake_unit)]:
        client.force_login(user)
        page = client.get(course.get_absolute_url()).content.decode()
        assert "I gang" in page
        assert "Møte" in page
        assert "Kanari" not in page
        assert client.get(hands.address("conversation")).status_code == 403
    client.force_login(UserFactory(clerks_in=place.intake_unit))
    assert client.get(course.get_absolute_url()).status_code == 404


@pytest.mark.parametrize("query", ["", "?vis=mine"])
def test_the_list_costs_the_same_at_one_row_and_at_three(client, place, query):
    user = screener(place.intake_unit, coordinates=place.intake_unit)
    screening(place, practitioner=user)
    client.force_login(user)
    address = reverse("interventions:screenings") + query

    def cost(rows):
        with CaptureQueriesContext(connection) as queries:
            page = client.get(address)
        assert len(page.context["rows"]) == rows
        return len(queries)

    client.get(address)
    one = cost(1)
    screening(place, practitioner=user)
    screening(place, practitioner=user)
    assert cost(3) == one


def test_the_list_is_mine_or_the_units_and_never_shows_who_is_hidden(client, place):
    mine, hidden = screening(place), screening(place)
    hidden.case.grade = Grade.STRICT
    hidden.case.save(update_fields=["grade"])
    address = reverse("interventions:screenings")
    client.force_login(UserFactory(coordinates=place.intake_unit))
    assert [row["course"] for row in client.get(address).context["rows"]] == [mine]
    assert not client.get(address, {"vis": "mine"}).context["rows"]
    client.force_login(mine.practitioner)
    assert [row["course"] for row in client.get(address).context["rows"]] == [mine]
    client.force_login(screener(UnitFactory(municipality=place)))
    assert client.get(address).context["rows"] == []


def test_min_dag_shows_the_meetings_of_today(client, course):
    meet(course, days=0, hour=9)
    meet(course, days=1, hour=9)
    client.force_login(course.practitioner)
    page = client.get(reverse("home:start"))
    assert len(page.context["meetings"]) == 1
    assert course.get_absolute_url() in page.content.decode()


def test_somebody_else_is_given_it_through_the_page(client, course, place, coordinator):
    other = screener(place.intake_unit)
    client.force_login(coordinator)
    address = reverse("interventions:assign", args=[course.case_id, course.pk])
    assert client.post(address, {"practitioner": other.pk}).url == course.get_absolute_url()
    course.refresh_from_db()
    assert course.practitioner == other
    end = reverse("interventions:end", args=[course.case_id, course.pk])
    said = {"ending": "no_contact", "reason": "Fire forsøk."}
    assert client.post(end, said).status_code == 302
    page = client.get(course.get_absolute_url()).content.decode()
    assert "Avsluttet før tiden" in page
    assert "Fire forsøk." not in page
