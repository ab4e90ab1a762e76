"""Reports: one to each, with what is theirs; the words are typed, and the figures never."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from interventions import actions, letters, rules
from interventions.models import Report
from referrals.models import Referral
from tests.factories import UserFactory
from tests.family.families import NO, YES, join, says
from tests.instruments.paper import answered
from tests.interventions.courses import apart, course_of
from tests.interventions.journals import goal
from tests.interventions.screenings import days_ago, held, signed
from tibir.cases.models import Case, CasePerson, Grade, Purpose
from tibir.core.dates import long_date
from tibir.core.errors import DomainError, StaleState
from tibir.documents.models import Dispatch, Document
from tibir.documents.tasks import render
from tibir.family.actions import protect

pytestmark = pytest.mark.django_db

READ_OUT = Dispatch.Channel.READ_OUT


def confirmed(*people):
    CasePerson.objects.filter(pk__in=[each.pk for each in people]).update(
        verified_at=timezone.now(), verified_by=UserFactory(), verified_how="met"
    )


def make_scene():
    """Both were at meetings of their own, and both have answered."""
    case, mother, father = family = apart()
    confirmed(mother, father)
    course = course_of(case, begun=60)
    for days, person in ((-50, mother), (-40, father), (-30, mother)):
        signed(held(course, days=days, people=[person])[1])
    by = course.practitioner
    for person, value in ((mother, 171), (father, 99)):
        answered(person, by=by, days_ago=55, totals={"intensity": value})
    answered(mother, by=by, days_ago=1, totals={"intensity": 120}, occasion="half_way")
    return family, course


@pytest.fixture
def family(scene):
    return scene[0]


@pytest.fixture
def course(scene):
    return scene[1]


def begun(course, person, **said):
    report = actions.begin_report(
        course.case, by=course.practitioner, recipient=person, course=course
    )
    said = {"assessment": "Kveldene går bedre.", "next_steps": "Vi møtes i mai."} | said
    said.setdefault("parts", report.parts)
    actions.save_report(report, by=course.practitioner, version=report.version, **said)
    return Report.objects.get(pk=report.pk)


def words_of(report):
    return letters.drafted(report, by=report.author, on=timezone.localdate())


def issued(report, **about):
    about = {"channel": READ_OUT} | about
    seen = letters.figures_of(words_of(report))
    return actions.issue_report(report, by=report.author, seen=seen, **about)


def test_each_parent_gets_their_own_and_nothing_of_the_other(course, family):
    _case, mother, father = family
    own, others = str(words_of(begun(course, mother))), str(words_of(begun(course, father)))
    assert "171" in own
    assert "2 av 3 møter" in own
    assert "99" in others
    assert "1 av 3 møter" in others
    assert father.person.name not in own
    assert mother.person.name not in others
    assert ">99<" not in own
    assert " 99 (" not in own
    assert "171" not in others


def test_goals_pauses_and_what_was_worked_on_are_each_ones_own(course, family):
    _case, mother, father = family
    by = course.practitioner
    hers, ours = goal(course, person=mother, words="Rolige morgener"), goal(course)
    for value in (2, 6):
        actions.rate(course, by=by, ratings=[(hers, mother, value), (ours, father, value + 1)])
    said = {"reached": "partly", "words": "Kanarifugl om kveldene"}
    actions.evaluate_goal(hers, by=by, occasion="end", **said)
    note = held(course, days=-20, people=[father])[1]
    actions.sign(note, by=by, version=0, internal="x", components=["limits", "encouragement"])
    actions.pause(course, by=by, on=days_ago(8), reason="Far er innlagt")
    actions.resume(course, by=by, on=days_ago(2))
    to_her, to_him = str(words_of(begun(course, mother))), str(words_of(begun(course, father)))
    for part in (
        "Rolige morgener",
        "sa du 2.",
        "Sist sa du 6",
        "et stykke på vei",
        "Rolige kvelder",
    ):
        assert part in to_her
    assert "Du har ikke satt noe tall." in to_her
    assert "Pause fra" in to_her
    assert "innlagt" not in to_her
    assert "Kanarifugl" not in to_her
    assert "grensesetting" not in to_her
    assert "ros og oppmuntring, grensesetting" in to_him
    assert "Sist sa du 7" in to_him
    assert "Rolige morgener" not in to_him


def test_the_chart_of_a_goal_has_what_the_recipient_said_and_no_line_of_the_others(course, family):
    _case, mother, father = family
    by = course.practitioner
    ours, own = goal(course), goal(course, person=mother, words="Rolige morgener")
    for value in (2, 6):
        rows = [(ours, mother, value), (own, mother, value), (ours, father, value + 1)]
        actions.rate(course, by=by, ratings=rows)
    drawn = {}
    for person in (mother, father):
        sections = words_of(begun(course, person))["sections"]
        (goals,) = [each for each in sections if each["title"] == "Mål"]
        drawn[person] = {each["name"]: each for each in goals["charts"]}
    assert drawn[mother].keys() == {"Rolige kvelder", "Rolige morgener"}
    assert drawn[father].keys() == {"Rolige kvelder"}
    day = long_date(timezone.localdate())
    for person, first in ((mother, 2), (father, 3)):
        shown = drawn[person]["Rolige kvelder"]
        assert shown["figures"] == [{"on": day, "value": each} for each in (first, first + 4)]
        assert shown["svg"].count("t-chart__mark") == 2 * 2 + 2
        assert shown["notes"] == ["0: krangler hver kveld. 10: sovner med en sang."]


def test_a_reference_and_a_place_that_are_the_others_are_not_in_it(course, family):
    case, mother, father = family
    Referral.objects.filter(case=case).update(sent_by=mother)
    text = str(words_of(begun(course, father))["sections"])
    assert "Henvisning" not in text
    assert "Rom 2" not in text
    assert "Henvisning" in str(words_of(begun(course, mother))["sections"])


def test_what_is_missing_is_said(course, family):
    said = words_of(begun(course, family[1]))
    (measured,) = [each for each in said["sections"] if each["charts"] and each["rows"]]
    missing = {row["what"]: row["said"] for row in measured["rows"]}
    assert missing["PSS, før tiltaket"] == "ikke målt"
    # What is to be answered next year is not missing.
    assert "PSS, seks måneder etter" not in missing
    assert "ECBI, før tiltaket" not in missing or not family[1].planned_measures.filter(
        met_by__isnull=False
    )


def test_what_is_left_out_is_not_there(course, family):
    said = words_of(begun(course, family[1], parts=["services"]))
    assert [each["title"] for each in said["sections"]] == ["Tiltak"]
    assert "171" not in str(said)


def test_issued_it_is_a_frozen_letter_with_its_words_and_its_pictures(course, family):
    report = issued(begun(course, family[1]))
    document = Document.objects.get(pk=report.document_id)
    assert document.recipient == family[1]
    assert document.kind == "course_report"
    assert document.data["assessment"] == "Kveldene går bedre."
    assert "<svg" in str(document.data["sections"])
    assert document.dispatches.get().channel == READ_OUT
    with pytest.raises(StaleState):
        issued(report)
    with pytest.raises(StaleState):
        actions.save_report(
            report, by=report.author, version=report.version, parts=[], assessment="", next_steps=""
        )


def test_the_database_alone_keeps_what_was_issued(course, family):
    report = issued(begun(course, family[1]))
    rows = Report.objects.filter(pk=report.pk)
    for change in ({"assessment": "Noe annet."}, {"document": None}):
        with pytest.raises(IntegrityError, match="stays as it is"), transaction.atomic():
            rows.update(**change)
    with pytest.raises(IntegrityError, match="stays as it is"), transaction.atomic():
        rows.delete()


def test_nothing_is_issued_without_an_assessment(course, family):
    report = begun(course, family[1], assessment=" ")
    with pytest.raises(DomainError, match="Skriv vurderingen"):
        issued(report)
    other = issued(begun(course, family[2]))
    with pytest.raises(IntegrityError, match="says_something"), transaction.atomic():
        Report.objects.filter(pk=report.pk).update(document=other.document)


def test_figures_that_have_changed_since_they_were_seen_are_seen_again(course, family):
    report = begun(course, family[1])
    seen = letters.figures_of(words_of(report))
    answered(
        family[1], by=report.author, code="pss", days_ago=2, totals={"stress": 40},
        occasion="half_way",
    )  # fmt: skip
    with pytest.raises(StaleState, match="Tallene er endret"):
        actions.issue_report(report, by=report.author, seen=seen, channel=READ_OUT)
    assert not Document.objects.filter(kind="course_report").exists()


def test_an_older_tab_writes_over_nothing(course, family):
    report = begun(course, family[1])
    with pytest.raises(StaleState, match="lagret et annet sted"):
        actions.save_report(
            report, by=report.author, version=0, parts=[], assessment="x", next_steps=""
        )


def test_whoever_referred_is_told_what_it_led_to_only_when_the_guardians_agree(course, family):
    case, mother, father = family
    by = course.practitioner
    teacher = join(case, "teacher", "no")
    CasePerson.objects.filter(pk=teacher.pk).update(is_sender=True)
    confirmed(teacher)
    people = case.people.current().for_list()
    today = timezone.localdate()
    assert teacher not in rules.possible_readers(case, people, today)
    with pytest.raises(DomainError, match="kan ikke få rapporten"):
        begun(course, teacher)
    for parent in (mother, father):
        says(parent, YES, by=by, purpose=Purpose.REFERRER)
    said = words_of(begun(course, CasePerson.objects.get(pk=teacher.pk)))
    assert [each["title"] for each in said["sections"]] == ["Tiltak"]
    for figure in ("171", "av 3 møter", mother.person.name, father.person.name):
        assert figure not in str(said)
    says(father, NO, by=by, purpose=Purpose.REFERRER)
    with pytest.raises(DomainError, match="kan ikke få rapporten"):
        issued(Report.objects.get(recipient=teacher))


@pytest.mark.parametrize(
    "change",
    [{"right_to_information": "no", "information_source": "decision"}, {"responsibility": "no"}],
    ids=["no right to know", "no guardian"],
)
def test_who_may_not_know_of_the_child_gets_no_report(course, family, change):
    father = family[2]
    CasePerson.objects.filter(pk=father.pk).update(**change)
    with pytest.raises(DomainError, match="kan ikke få rapporten"):
        begun(course, CasePerson.objects.get(pk=father.pk))


def test_a_report_of_the_case_has_all_its_courses(course, family):
    case, mother, _father = family
    course_of(case, kind="counselling", practitioner=course.practitioner, begun=400)
    report = actions.begin_report(case, by=course.practitioner, recipient=mother)
    said = words_of(report)
    text = str(said)
    assert said["heading"] == "Saksrapport"
    assert "PMTO-terapi" in text
    assert "Rådgivning" in text


def test_of_a_family_that_is_hidden_nothing_is_posted(course, family):
    case, mother, _father = family
    report = begun(course, mother)
    Case.objects.filter(pk=case.pk).update(grade=Grade.STRICT)
    report = Report.objects.get(pk=report.pk)
    with pytest.raises(DomainError, match="strengt fortrolig"):
        issued(report, channel=Dispatch.Channel.POST)
    assert issued(report).document.data["signed"]["unit"] == ""


def test_where_a_draft_is_to_be_posted_is_forgotten_when_the_family_is_hidden(course, family):
    case, mother, _father = family
    by, report = course.practitioner, begun(course, mother)
    said = {"parts": [], "assessment": "", "next_steps": "", "way": "post"}
    actions.save_report(report, by=by, version=report.version, address="Kanariveien 7", **said)
    assert Report.objects.get(pk=report.pk).address == "Kanariveien 7"
    protect(mother.person, case, by=UserFactory(coordinates=case.unit), grade=Grade.STRICT)
    assert Report.objects.get(pk=report.pk).address == ""
    actions.save_report(report, by=by, version=report.version, address="Kanariveien 7", **said)
    assert Report.objects.get(pk=report.pk).address == ""


# --- The pages --------------------------------------------------------------------------------


@pytest.fixture
def address(client, course, family):
    client.force_login(course.practitioner)
    report = actions.begin_report(
        course.case, by=course.practitioner, recipient=family[1], course=course
    )
    return reverse("interventions:report", args=[course.case_id, report.pk])


def test_from_the_course_to_a_letter_through_the_pages(client, course, family):
    client.force_login(course.practitioner)
    start = reverse("interventions:begin_report", args=[course.case_id, course.pk])
    assert family[2].person.name in client.get(start).content.decode()
    page = client.post(start, {"recipient": family[1].pk}).url
    typed = {"version": 0, "parts": ["services", "measures"], "way": "read_out"}
    typed |= {"assessment": "Det går bedre.", "next_steps": "Vi møtes i mai."}
    shown = client.post(page, typed | {"action": "preview"}, headers={"accept-language": "en"})
    assert '<article class="t-letter" lang="nb"' in shown.content.decode()
    text = shown.content.decode()
    assert "Det går bedre." in text
    assert "171" in text
    typed |= {"version": shown.context["report"].version, "seen": shown.context["figures"]}
    sent = client.post(page, typed | {"action": "issue"})
    assert sent.status_code == 302, sent.context["form"].errors
    document = Document.objects.get(kind="course_report")
    assert document.data["next_steps"] == "Vi møtes i mai."
    assert client.get(page).url == reverse("documents:document", args=[document.pk])
    render(document.pk)
    pdf = client.get(reverse("documents:document", args=[document.pk]))
    assert pdf.content.startswith(b"%PDF")


def test_nothing_typed_is_lost_when_something_is_wrong(client, address):
    typed = {"version": 0, "action": "issue", "next_steps": "Vi møtes i mai.", "parts": []}
    for way, said in ((None, "Velg hvordan"), ("read_out", "Skriv vurderingen")):
        shown = client.post(address, typed | ({"way": way} if way else {}))
        text = shown.content.decode()
        assert said in text
        assert "Vi møtes i mai." in text
    Report.objects.update(version=7)
    shown = client.post(address, typed | {"action": "save", "assessment": "Det jeg skrev."})
    assert shown.status_code == 409
    assert "Det jeg skrev." in shown.content.decode()
    typed |= {"version": 7, "assessment": "Det jeg skrev.", "way": "read_out", "seen": "x"}
    shown = client.post(address, typed)
    assert (shown.status_code, Report.objects.get().assessment) == (409, "Det jeg skrev.")
    assert "Tallene er endret" in shown.content.decode()


def test_how_a_report_comes_to_its_reader_is_saved_with_the_draft(client, address):
    typed = {"version": 0, "parts": [], "way": "post", "address": "Storgata 1\n0001 Oslo"}
    assert client.post(address, typed | {"action": "save"}).status_code == 302
    form = client.get(address).context["form"]
    assert (form["way"].value(), form["address"].value()) == ("post", "Storgata 1\n0001 Oslo")


def test_a_draft_is_its_authors_alone(client, address, course):
    for user, status in (
        (UserFactory(coordinates=course.unit), 404),
        (UserFactory(practises_in=course.unit, works_with=course.case), 404),
    ):
        client.force_login(user)
        assert client.get(address).status_code == status


def test_the_page_of_a_report_takes_equally_many_queries_however_much_there_is(
    client, address, course, family
):
    def asked():
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 200
        return len([each for each in queries if "SAVEPOINT" not in each["sql"]])

    asked()
    few = asked()
    for days in (-20, -19, -18):
        signed(held(course, days=days, people=[family[1]])[1])
        answered(family[1], by=course.practitioner, code="pss", days_ago=-days,
                 totals={"stress": 40})  # fmt: skip
    assert asked() <= few + 1  # the norms of a second instrument


def test_a_report_of_a_closed_case_is_written_and_sent_as_the_page_says(client, course, family):
    case, mother, _father = family
    case.move_to("closed", closed_on=timezone.localdate())
    client.force_login(course.practitioner)
    begin = reverse("interventions:begin_case_report", args=[case.pk])
    assert begin in client.get(reverse("home:case", args=[case.pk])).content.decode()
    page = client.post(begin, {"recipient": mother.pk}).url
    shown = client.get(page)
    said = {"version": 0, "seen": shown.context["figures"], "assessment": "Det gikk bra.",
            "parts": ["services"], "way": "read_out"}  # fmt: skip
    seen = client.post(page, said | {"action": "preview"}).context["form"].data["seen"]
    said |= {"version": 1, "seen": seen, "action": "issue"}
    assert client.post(page, said).status_code == 302
    assert Report.objects.get().is_issued


def test_a_report_of_the_end_is_one_that_a_guardian_got_after_the_last_meeting(course, family):
    case, mother, _father = family

    def says():
        return next(check.what for check in rules.ending_checks(course) if check.code == "report")

    assert says() == "Sluttrapporten er ikke skrevet."
    report = Report.objects.filter(pk=issued(begun(course, mother)).pk)
    assert says() == "Sluttrapporten er skrevet."
    report.update(recipient=join(case, "teacher", "no"))
    early = "Foreldrene har ikke fått noen rapport etter det siste møtet."
    assert says() == early
    report.update(recipient=mother)
    again = {"reason": "x", "by": course.practitioner, "was": "completed"}
    again |= {"on": days_ago(-1), "was_ended_on": days_ago(0)}
    with transaction.atomic():
        course.reopenings.create(**again)
        assert says() == early
        transaction.set_rollback(True)
    assert says() == "Sluttrapporten er skrevet."
    last, soon = course.meetings.order_by("-starts_at")[:1], timezone.now() + timedelta(minutes=1)
    course.meetings.filter(pk__in=last).update(starts_at=soon, ends_at=soon + timedelta(hours=1))
    assert says() == early
