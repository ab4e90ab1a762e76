"""What is to be measured of a course: planned, due, taken, put aside; and it says when not."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from interventions import actions, measuring, rules
from interventions.models import Battery, PlannedMeasure, Rating
from interventions.schedule import measures
from tests.factories import MunicipalityFactory, UserFactory
from tests.instruments.paper import answered, instrument
from tests.interventions.courses import apart, course_of, reasons
from tests.interventions.journals import goal
from tests.interventions.screenings import days_ago, held, meet, screening
from tibir.audit.models import Event
from tibir.core.dates import long_date
from tibir.core.errors import DomainError, StaleState
from tibir.deadlines.kinds import Kind as Due
from tibir.deadlines.models import Deadline
from tibir.instruments import actions as instruments
from tibir.instruments.models import Choice, NormRow

pytestmark = pytest.mark.django_db


def make_scene():
    family = apart()
    return family, course_of(family[0], begun=0)


@pytest.fixture
def family(scene):
    return scene[0]


@pytest.fixture
def course(scene):
    return scene[1]


def planned(course, occasion="before", code="ecbi", person=None):
    found = course.planned_measures.filter(occasion=occasion, instrument__code=code)
    return found.get(informant=person) if person else list(found.order_by("informant"))


def due(row):
    return Deadline.objects.about(row, Due.MEASURE).open().first()


def test_each_guardian_is_asked_each_instrument_at_each_of_four_occasions(course, family):
    _case, mother, father = family
    rows = course.planned_measures.all()
    assert rows.count() == 2 * 2 * 4
    assert {row.informant for row in rows} == {mother, father}
    assert {row.instrument.code for row in rows} == {"ecbi", "pss"}
    days = [planned(course, occasion)[0].due_on for occasion in measuring.OCCASIONS]
    assert days == sorted(days)


def test_what_can_be_taken_now_is_due_and_what_is_months_ahead_is_not(course):
    row = planned(course)[0]
    assert due(row).due_on == row.due_on
    assert due(row).owner == course.practitioner
    assert due(planned(course, "half_way")[0]) is None


def test_planned_again_it_adds_nobody_twice(course):
    actions.plan_measures(course, by=course.practitioner)
    assert course.planned_measures.count() == 16


def test_a_measurement_of_that_person_at_that_occasion_is_what_was_planned(course, family):
    _case, mother, father = family
    made = answered(mother, by=course.practitioner)
    measures()
    row = planned(course, person=mother)
    assert (row.met_by, due(row)) == (made, None)
    assert planned(course, person=father).is_waiting
    assert planned(course, "after", person=mother).is_waiting
    assert planned(course, code="pss", person=mother).is_waiting


def test_struck_out_it_is_asked_for_again_with_the_same_last_day(course, family):
    _case, mother, _father = family
    made = answered(mother, by=course.practitioner)
    measures()
    instruments.strike(made, by=course.practitioner, reason="Feil barn.")
    measures()
    row = planned(course, person=mother)
    assert row.is_waiting
    assert due(row).due_on == row.due_on


def test_what_was_typed_for_a_course_of_long_ago_is_not_what_this_one_asks_for(course, family):
    _case, mother, _father = family
    answered(mother, by=course.practitioner, days_ago=200)
    measures()
    assert planned(course, person=mother).is_waiting


def test_put_aside_with_a_reason_nobody_is_asked_any_more(course):
    row = planned(course)[0]
    actions.put_aside(row, by=course.practitioner, reason="Vil ikke svare.")
    assert due(row) is None
    measures()
    assert due(row) is None
    with pytest.raises(StaleState):
        actions.put_aside(row, by=course.practitioner, reason="En gang til.")


def test_what_is_taken_is_not_put_aside(course, family):
    answered(family[1], by=course.practitioner)
    measures()
    with pytest.raises(StaleState):
        actions.put_aside(planned(course, person=family[1]), by=course.practitioner, reason="x")


@pytest.mark.parametrize(
    ("changes", "constraint"),
    [
        ({"put_aside_on": date(2026, 1, 1)}, "put_aside_has_a_reason"),
        ({"put_aside_reason": "x"}, "put_aside_has_a_reason"),
        ({"ended_with_course": True}, "that_ended_is_put_aside"),
        ({"due_on": date(2020, 1, 1)}, "days_are_in_order"),
        ({"occasion": "other"}, "planned_occasion"),
    ],
)
def test_the_database_alone_keeps_what_is_planned_in_order(course, changes, constraint):
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        PlannedMeasure.objects.filter(pk=planned(course)[0].pk).update(**changes)


def test_when_the_course_ends_what_comes_after_is_due_from_that_day(course, family):
    _case, mother, _father = family
    by = course.practitioner
    assert len(rules.missing_at_end(course)) == 4
    left_out = reasons(course)
    actions.end(course, by=by, ending="family", reason="Vil ikke mer.", left_out=left_out)
    assert {row.put_aside_reason for row in planned(course, "half_way")} == {
        "Tiltaket ble avsluttet før halvveis."
    }
    row = planned(course, "after", person=mother)
    assert 0 <= (row.due_on - timezone.localdate()).days <= 5
    assert due(row).due_on == row.due_on
    answered(mother, by=by, occasion="after")
    for each in rules.missing_at_end(course):
        actions.settle_measures(course, by=by)
        if each.informant != mother or each.instrument.code != "ecbi":
            actions.put_aside(each, by=by, reason="Rakk det ikke.")
    assert rules.missing_at_end(course) == []


def test_opened_again_what_comes_after_it_is_not_due_and_half_way_is_asked_for_again(family):
    course = course_of(family[0], begun=0)
    by, row = course.practitioner, planned(course, "after")[0]
    own = planned(course, "half_way")[0]
    same_words = "Tiltaket ble avsluttet før halvveis."
    actions.put_aside(own, by=by, reason=same_words)
    with override("nn"):
        left_out = reasons(course)
        actions.end(course, by=by, ending="family", reason="Vil ikke.", left_out=left_out)
    assert due(row)
    actions.reopen(course, by=by, reason="De vil likevel.")
    assert not any(due(each) for each in planned(course, "after"))
    assert Deadline.objects.about(row, Due.MEASURE).get().closed_reason == "reopened"
    aside = course.planned_measures.filter(occasion="half_way", put_aside_on__isnull=False)
    assert [(each.pk, each.put_aside_reason) for each in aside] == [(own.pk, same_words)]


def test_what_was_taken_after_counts_when_the_course_ends_before_its_time(course, family):
    mother = family[1]
    answered(mother, by=course.practitioner, occasion="after")
    row = planned(course, "after", person=mother)
    assert row.opens_on > timezone.localdate()
    assert len(rules.missing_at_end(course)) == 3
    left_out = reasons(course)
    actions.end(course, by=course.practitioner, ending="family", reason="x", left_out=left_out)
    row.refresh_from_db()
    assert row.met_by.informant == mother


def test_while_the_course_goes_on_nobody_is_asked_for_what_comes_after_it(family, client):
    course = course_of(family[0], begun=300)
    measures()
    row = planned(course, "after")[0]
    assert row.due_on < timezone.localdate()
    assert due(planned(course, "half_way")[0])
    assert not any(due(each) for each in planned(course, "after") + planned(course, "six_months"))
    client.force_login(course.practitioner)
    shown = client.get(reverse("interventions:progress", args=[course.case_id, course.pk]))
    later = [each for each in shown.context["occasions"] if each["comes_later"]]
    assert len(later) == 2
    assert not any(row["is_late"] for each in later for row in each["rows"])
    assert shown.content.decode().count("regnes fra den dagen tiltaket er over") == 2
    said = {"ending": "moved", "reason": "Flyttet.", "left_out": reasons(course)}
    actions.end(course, by=course.practitioner, **said)
    row.refresh_from_db()
    assert due(row).due_on == row.due_on >= timezone.localdate()


def test_the_measure_after_six_months_is_typed_in_a_closed_case_and_nothing_else(family, client):
    case, mother, father = family
    course = course_of(case, begun=300)
    by, today = course.practitioner, timezone.localdate()
    actions.end(course, by=by, ending="moved", reason="Flyttet.", left_out=reasons(course))
    course.planned_measures.exclude(occasion="six_months").update(
        put_aside_on=today, put_aside_by=by, put_aside_reason="Rakk det ikke."
    )
    case.move_to("closed", closed_on=today)
    client.force_login(by)
    type_it = reverse("instruments:choose", args=[case.pk])
    pages = [
        reverse("instruments:measurements", args=[case.pk]),
        reverse("interventions:progress", args=[case.pk, course.pk]),
    ]
    assert not any(type_it in client.get(page).content.decode() for page in pages)
    with pytest.raises(DomainError, match="Åpne den igjen"):
        answered(mother, by=by, occasion="six_months")

    course.planned_measures.filter(occasion="six_months").update(opens_on=today, due_on=today)
    measures()
    assert all(type_it in client.get(page).content.decode() for page in pages)
    with pytest.raises(DomainError, match="bare skrive inn målingen etter et halvt år"):
        answered(mother, by=by, occasion="after")
    for person in (mother, father):  # at once, however long until the clock comes by
        answered(person, by=by, occasion="six_months")
    measures()
    waiting = {row.instrument.code for row in course.planned_measures.waiting()}
    assert waiting == {"pss"}


def test_what_is_measured_at_the_end_counts_whenever_the_end_was_thought_to_be(family):
    case, mother, father = family
    course = course_of(case, begun=300)
    early = answered(mother, by=course.practitioner, occasion="after", days_ago=60)
    measures()
    assert planned(course, "after", person=mother).met_by == early
    late = answered(mother, by=course.practitioner, code="pss", totals={"stress": 30},
                    occasion="after")  # fmt: skip
    missing = {(each.informant, each.instrument.code) for each in rules.missing_at_end(course)}
    assert missing == {(father, "ecbi"), (father, "pss")}
    said = {"ending": "moved", "reason": "Flyttet.", "left_out": reasons(course)}
    actions.end(course, by=course.practitioner, **said)
    assert planned(course, "after", code="pss", person=mother).met_by == late
    # Two months before it ended is not after it.
    assert planned(course, "after", person=mother).is_waiting


def test_a_municipality_measures_as_it_has_said_from_a_day():
    case, mother, _father = apart()
    today = timezone.localdate()
    Battery.objects.create(
        kind="pmto_therapy",
        municipality=case.municipality,
        started_on=today,
        instruments=["pss"],
        occasions=["before", "after"],
    )
    own = course_of(case, begun=0)
    assert own.planned_measures.filter(informant=mother).count() == 2
    earlier = course_of(case, begun=10)
    assert earlier.planned_measures.filter(informant=mother).count() == 8
    other = course_of(apart()[0], begun=0)
    assert other.planned_measures.count() == 16


def test_two_rows_of_one_service_never_hold_on_the_same_day():
    first = Battery.objects.get(kind="pmto_therapy")
    with pytest.raises(IntegrityError, match="one_row_at_a_time"), transaction.atomic():
        Battery.objects.create(kind=first.kind, started_on=first.started_on, occasions=["after"])
    with pytest.raises(IntegrityError, match="known_occasions"), transaction.atomic():
        Battery.objects.filter(pk=first.pk).update(occasions=["other"])


def test_what_is_off_or_for_another_age_is_not_asked(family):
    case, mother, _father = family
    case.child.birth_date = timezone.localdate() - timedelta(days=365 * 7)
    case.child.save()
    for code in ("sdq-parent-2-4", "sdq-parent-4-17"):
        Choice.objects.create(municipality=case.municipality, code=code, is_on=True)
    Choice.objects.create(municipality=case.municipality, code="pss", is_on=False)
    course = course_of(case, begun=0)
    codes = {row.instrument.code for row in course.planned_measures.filter(informant=mother)}
    assert codes == {"ecbi", "sdq-parent-4-17"}
    assert instrument("pss").code not in codes


def test_a_screening_has_no_plan_of_its_own():
    course = screening(MunicipalityFactory())
    held(course)
    assert not course.planned_measures.exists()


# --- The page ---------------------------------------------------------------------------------


def test_who_gives_the_course_is_told_that_nobody_gets_better_and_a_colleague_sees_figures_alone(
    client, family
):
    case, mother, _father = family
    course = course_of(case, begun=60)
    NormRow.objects.filter(norm_set__code="ecbi", scale="intensity").update(sd=35, reliability=0.9)
    for days, value in ((50, 171), (2, 170)):
        answered(mother, by=course.practitioner, days_ago=days, totals={"intensity": value},
                 occasion="other")  # fmt: skip
    address = reverse("interventions:progress", args=[case.pk, course.pk])
    texts = []
    for user in (course.practitioner, UserFactory(practises_in=case.unit, works_with=case)):
        client.force_login(user)
        texts.append(client.get(address).content.decode())
    own, others = texts
    said = "Målingene viser ingen sikker bedring."
    assert (said in own, said in others) == (True, False)
    for text in texts:
        assert '<svg xmlns="http://www.w3.org/2000/svg" class="t-chart" role="img"' in text
        assert "170" in text


def test_each_goal_is_drawn_with_a_line_for_each_parent_for_those_who_read_of_goals(client, family):
    case, mother, father = family
    course = course_of(case, begun=60)
    by = course.practitioner
    rated, other = goal(course), goal(course, person=mother, words="Rolige morgener")
    for days, hers, his in ((30, 2, 3), (9, 5, 4), (1, 8, None)):
        for person, value in ((mother, hers), (father, his)):
            if value is not None:
                Rating.objects.create(
                    goal=rated, person=person, value=value, on=days_ago(days), by=by
                )
    address = reverse("interventions:progress", args=[case.pk, course.pk])
    client.force_login(by)
    shown = client.get(address)
    first, second = shown.context["goals"]
    assert (first["goal"], second["goal"], second["svg"]) == (rated, other, "")
    assert first["svg"].count('class="t-chart__line ') == 2
    assert [(each.person, each.value) for each in first["rows"]] == [
        (mother, 2), (father, 3), (mother, 5), (father, 4), (mother, 8)
    ]  # fmt: skip
    text = shown.content.decode()
    for said in ("0: krangler hver kveld. 10: sovner med en sang.", long_date(days_ago(9)),
                 f"{mother}: 2 ("):  # fmt: skip
        assert said in text
    assert text.count("Ingen har satt et tall ennå.") == 1
    assert Event.objects.filter(verb="goal.read", actor_id=by.pk).exists()

    colleague = UserFactory(practises_in=case.unit, works_with=case)
    client.force_login(colleague)
    text = client.get(address).content.decode()
    assert "Rolige" not in text
    assert "krangler" not in text
    assert not Event.objects.filter(verb="goal.read", actor_id=colleague.pk).exists()


def test_the_page_takes_equally_many_queries_however_much_was_measured(client, family):
    case, mother, father = family
    course = course_of(case, begun=60)
    client.force_login(course.practitioner)
    address = reverse("interventions:progress", args=[case.pk, course.pk])

    def asked():
        client.get(address)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 200
        return len([each for each in queries if "SAVEPOINT" not in each["sql"]])

    answered(mother, by=course.practitioner, days_ago=50, totals={"intensity": 150})
    held(course, days=-50)
    goal(course)
    few = asked()
    for days in (40, 30, 20):
        held(course, days=-days)
        each = goal(course)
        for person in (mother, father):
            Rating.objects.create(
                goal=each, person=person, value=5, on=days_ago(days), by=course.practitioner
            )
            answered(person, by=course.practitioner, days_ago=days, totals={"intensity": 150})
    assert asked() == few


def test_the_child_who_is_given_a_service_has_an_attendance_of_its_own(client, family):
    case, mother, _father = family
    course = course_of(case, kind="social_skills", begun=30, beside=course_of(case, begun=60))
    child = case.child
    held(course, days=-9, people=[child, mother])
    actions.hold(meet(course, days=-2, people=[child]), by=course.practitioner, attended=[child])
    held(course, days=-1, people=[child])
    client.force_login(course.practitioner)
    address = reverse("interventions:progress", args=[case.pk, course.pk])
    shown = client.get(address)
    text = shown.content.decode()
    assert f"{child}: 3 av 3 møter." in text
    assert f"{mother}: 1 av 3 møter." in text
    assert "Ingen møter er holdt ennå." not in text
    assert shown.context["attendance"]["names"][:2] == [child, mother]


def test_a_child_who_was_asked_and_did_not_come_is_said_to_be_away(client, family):
    case, mother, _father = family
    course = course_of(case, begun=30)
    meeting = meet(course, days=-2, people=[mother, case.child])
    actions.hold(meeting, by=course.practitioner, attended=[mother], excused=[case.child])
    held(course, days=-1, people=[mother])
    client.force_login(course.practitioner)
    shown = client.get(reverse("interventions:progress", args=[case.pk, course.pk]))
    assert [row["cells"][0] for row in shown.context["attendance"]["table"]] == [
        "meldte forfall", "–"
    ]  # fmt: skip


def fields_of(page):
    said = {each.name: each.value() for each in page.context["form"]}
    return {name: value for name, value in said.items() if value is not None}


@pytest.mark.parametrize("way", ["answers", "totals"])
def test_from_a_planned_measure_one_comes_to_its_form_with_whom_and_when_chosen(
    client, family, way
):
    case, mother, father = family
    course = course_of(case, begun=90)
    row = planned(course, "half_way", person=father)
    client.force_login(course.practitioner)
    shown = client.get(reverse("interventions:put_aside", args=[case.pk, row.pk]))
    address = shown.context[way]
    assert f'href="{address.replace("&", "&amp;")}"' in shown.content.decode()
    page = client.get(address, follow=True)
    if way == "answers":  # the licence is asked for first, and says where one was going
        assert shown.context["totals"] == page.context["totals"]
        [(address, _status)] = page.redirect_chain
        page = client.post(address, {"is_licensed": "on"}, follow=True)
    said = fields_of(page)
    assert (said["informant"], said["occasion"]) == (str(father.pk), "half_way")
    numbers = {f"intensity-{item}": "4" for item in range(1, 37)} | {"total-intensity": "144"}
    client.post(page.request["PATH_INFO"], said | numbers)
    measures()
    row.refresh_from_db()
    assert row.met_by.informant == father
    assert planned(course, "half_way", person=mother).is_waiting


def test_what_stands_in_the_address_is_chosen_only_where_it_can_be(client, family):
    case, mother, father = family
    course = course_of(case, begun=60)
    client.force_login(course.practitioner)
    form = reverse("instruments:totals", args=[case.pk, "ecbi"])
    for query, chosen in (
        (f"hvem={mother.pk}&anledning=after", (str(mother.pk), "after")),
        (f"hvem={apart()[1].pk}&anledning=after", ("", "after")),
        ("hvem=%3Cb%3E&anledning=%3Cb%3E", ("", "")),
        (f"hvem={'9' * 40}&anledning=AFTER", ("", "")),
        ("", ("", "")),
    ):
        page = client.get(f"{form}?{query}")
        said = fields_of(page)
        assert (said["informant"], said["occasion"]) == chosen
        assert "<b>" not in page.content.decode()
    typed = {"informant": father.pk, "occasion": "other", "total-intensity": "x"}
    page = client.post(f"{form}?hvem={mother.pk}&anledning=after", typed)
    said = fields_of(page)
    assert (said["informant"], said["occasion"]) == (str(father.pk), "other")


def test_a_child_that_has_grown_is_measured_with_the_version_for_its_age(client, family):
    case, mother, _father = family
    for code in ("sdq-parent-2-4", "sdq-parent-4-17"):
        Choice.objects.create(municipality=case.municipality, code=code, is_on=True)
    case.child.birth_date = timezone.localdate() - timedelta(days=365 * 3 + 30)
    case.child.save()
    course = course_of(case, begun=0)
    row = planned(course, code="sdq-parent-2-4", person=mother)
    client.force_login(course.practitioner)
    address = reverse("interventions:put_aside", args=[case.pk, row.pk])
    assert "/sdq-parent-2-4/" in client.get(address).context["totals"]
    case.child.birth_date = timezone.localdate() - timedelta(days=365 * 7)
    case.child.save()
    assert "/sdq-parent-4-17/" in client.get(address).context["totals"]
    for code in ("sdq-parent-2-4", "sdq-parent-4-17"):
        Choice.objects.filter(municipality=case.municipality, code=code).update(is_on=False)
    context = client.get(address).context
    choose = reverse("instruments:choose", args=[case.pk])
    assert (context["answers"], context["totals"]) == (choose, "")


def test_putting_aside_needs_a_reason_and_only_who_gives_the_course_does_it(client, course):
    row = planned(course)[0]
    address = reverse("interventions:put_aside", args=[course.case_id, row.pk])
    client.force_login(course.practitioner)
    assert "Skriv et svar" in client.post(address, {}).content.decode()
    colleague = UserFactory(practises_in=course.unit, works_with=course.case)
    client.force_login(colleague)
    assert client.post(address, {"reason": "x"}).status_code == 403
    client.force_login(course.practitioner)
    assert client.post(address, {"reason": "Ville ikke."}).status_code == 302
    assert client.get(address).status_code == 409
