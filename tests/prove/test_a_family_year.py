"""One family through a year, as all who work with it do it at their pages.

Two parents who live apart, a therapist in training with a supervisor who signs too, a pause, social
skills for the child beside it, and a consultation in the kindergarten. All that is of one parent
alone has that parent's word in it, which is then looked for where the other one reads.
"""

import re
from datetime import date, timedelta

import pytest
from django.core import mail
from django.core.serializers import serialize
from django.urls import reverse

from interventions.models import Assignment, Feedback, Goal, Meeting, Note, Rating, Summary
from tests.prove.family_year import (
    CONSULTATION,
    HERS,
    HIS,
    SKILLS,
    THERAPY,
    TOGETHER,
    Family,
    dotted,
    form_of,
    main,
    names_in,
    what_it_says,
)
from tests.referrals.parent import Parent
from tibir.cases.models import Case
from tibir.deadlines.models import Deadline
from tibir.documents.models import Dispatch, Document

pytestmark = [pytest.mark.prove, pytest.mark.django_db]

WEEK = timedelta(weeks=1)
FIRST = date(2025, 2, 3)


def test_a_year_with_one_family_ends_in_a_closed_case(client, time_machine, rings):
    family = Family(client, time_machine, rings)
    for step in STEPS:
        step(family)


def the_mother_refers(family):
    family.days.come(date(2025, 1, 6), 20)
    mother = Parent(family.client, family.place)
    mother.press(mother.walk())
    family.rings.answer()
    family.has_been_referred()


def it_is_answered(family):
    family.days.come(date(2025, 1, 7))
    pk, by = family.referral.pk, family.coordinator
    by.sees("referrals:detail", pk)
    by.presses("referrals:take", pk)
    for person in family.parents:
        by.does(
            "referrals:confirm_contact", pk, person.pk,
            how="called", responsibility="yes", safe_phone="yes", safe_email="yes",
        )  # fmt: skip
    family.days.come(date(2025, 1, 9))
    said = {"outcome": "screening", "reason": "Vi vil gjerne møte dere.", "action": "send"}
    by.does("interventions:answer", pk, **said, **family.ways())
    letters_go_out(family)


def letters_go_out(family):
    """The clerk posts what is to be posted; what is read out was read out."""
    family.rings.answer()
    tray = Dispatch.objects.filter(state="waiting")
    posted = [str(each.pk) for each in tray.filter(channel="post")]
    if posted:
        family.clerk.presses("documents:print", letter=posted, status=200)
        family.clerk.presses("documents:posted", letter=posted, on=dotted(family.days.today))
    for each in tray.all():
        family.clerk.does("documents:done", each.pk)


def they_are_screened(family):
    by = family.screener
    family.days.come(date(2025, 1, 10))
    chosen = {"practitioner": by.user.pk}
    family.coordinator.does("interventions:plan_screening", family.referral.pk, **chosen)
    at = family.at("screening")
    when = {"day": "16.01.2025", "starts": "9", "ends": "10.30", "place": "Rom 2"}
    by.does("interventions:plan_meeting", *at, **when, people=family.asked)
    family.days.come(date(2025, 1, 16), 12)
    note = family.holds(by, "screening", family.parents)
    by.does(note, internal="Vi ble kjent.", action="sign")
    for person in family.parents:
        family.says(person, by, ["take_part"])
        said = {"thrives": "mixed", "worries": "yes", "worries_words": family.word[person]}
        by.does("interventions:gate", *at, person.pk, **said)
    by.does("interventions:conversation", *at, conversation="Om kveldene.", wish="individual")
    by.does("interventions:findings", *at, is_serious="yes", negativity_months="8")
    by.does("interventions:safety", *at, is_worried="no")
    family.days.come(date(2025, 1, 17))
    services = [THERAPY, SKILLS, CONSULTATION]
    said = {"services": services, "reason": "Det er det familien trenger.", "action": "send"}
    by.does("interventions:decide", *at, **said, words="Dere vil prøve.", **family.ways())
    letters_go_out(family)


def three_things_are_planned(family):
    family.days.come(date(2025, 1, 20))
    by = family.coordinator
    for kind, worker in family.givers.items():
        address = reverse("interventions:plan_course", args=[family.case.pk]) + f"?tiltak={kind}"
        beside = {} if kind == THERAPY else {"beside": family.course(THERAPY).pk}
        by.does(address, practitioner=f"{family.unit.pk}-{worker.user.pk}", **beside)
    teacher = {"first_name": "Liv", "last_name": "Lærer", "relation": "teacher"}
    no = {"responsibility": "no", "lives_with": "no", "safe_phone": "yes", "safe_email": "yes"}
    by.does("family:add_person", family.case.pk, **teacher, **no)
    for person in family.parents:
        family.says(person, family.therapist, ["take_part", "social_skills", "place_contact"])
    for kind, worker in family.givers.items():
        worker.does("interventions:accept", *family.at(kind))


def they_begin(family):
    """The first meeting is a date by itself; there is an interpreter for him at it."""
    by, at = family.therapist, family.at(THERAPY)
    when = {"day": dotted(FIRST), "starts": "10", "ends": "11", "place": "Rom 2"}
    by.does("interventions:plan_meeting", *at, **when, people=family.asked)
    (meeting,) = family.course(THERAPY).meetings.all()
    said = {"language": "polsk", "interpreting": "in_person", "interpreter": "registered"}
    said["ordered_on"] = dotted(family.days.today)
    by.does("interventions:interpret", family.case.pk, meeting.pk, family.father.pk, **said)
    family.days.come(FIRST, 12)
    note = family.holds(by, THERAPY, family.parents)
    for person, whose in [(family.mother, HERS), (family.father, HIS), (None, TOGETHER)]:
        words = {"words": f"Rolige kvelder, {whose}", "low": f"krangel {whose}", "high": "sang"}
        by.does("interventions:set_goal", *at, **words, person=person.pk if person else "together")
    family.writes(by, note, family.parents)
    family.are_measured("before")
    said = {"day": dotted(FIRST + WEEK), "starts": "10", "ends": "11", "place": "Rom 2"}
    family.plans_weeks(by, THERAPY, 18, **said, people=family.asked)


def the_child_and_the_kindergarten_have_theirs(family):
    family.days.come(FIRST + 2 * timedelta(days=1))
    when = {"day": dotted(family.days.today + WEEK), "starts": "12", "ends": "13", "place": "Rom 3"}
    family.plans_weeks(family.trainer, SKILLS, 6, **when, people=["child"])
    teacher = family.case.people.get(relation="teacher")
    family.plans_weeks(family.consultant, CONSULTATION, 6, **when, people=[str(teacher.pk)])


def weeks_go_by(family, until):
    """Every meeting that is agreed is held on its day: with her, with him, with both."""
    while True:
        ahead = Meeting.objects.filter(state="planned", starts_at__date__lte=until)
        meeting = ahead.order_by("starts_at", "pk").first()
        if meeting is None:
            return
        kind = meeting.course.service.kind
        family.days.come(meeting.day, 14)
        came = family.who_comes(meeting)
        note = family.holds(family.givers[kind], kind, came, meeting)
        family.writes(family.givers[kind], note, came)


def until_spring(family):
    weeks_go_by(family, date(2025, 5, 2))


def half_way(family):
    family.days.come(date(2025, 5, 6))
    by = family.therapist
    family.are_measured("half_way")
    for goal in family.goals():
        words = {"words": f"Bedre, {family.word.get(goal.person, TOGETHER)}"}
        said = {"occasion": "halfway", "reached": "partly"}
        by.does("interventions:evaluate_goal", family.case.pk, goal.pk, **said, **words)
    said = {"person": family.mother.pk, "day": "06.05.2025", "at": "7.30", "minutes": "15"}
    by.does("interventions:call", *family.at(THERAPY), **said, text=f"Hun ringte, {HERS}")


def until_summer(family):
    weeks_go_by(family, date(2025, 6, 27))


def a_summer_without_meetings(family):
    """Who gives what rests on it is asked whether that goes on; one says so, one is too late."""
    family.days.come(date(2025, 6, 30))
    at = family.at(THERAPY)
    family.therapist.does("interventions:pause", *at, reason="Sommer og flytting.")
    tasks = Deadline.objects.filter(kind="parallel").open()
    assert {each.owner for each in tasks} == {family.trainer.user, family.consultant.user}
    family.trainer.presses("deadlines:finish", tasks.get(owner=family.trainer.user).pk)
    family.days.come(date(2025, 8, 18))
    family.therapist.does("interventions:resume", *at)
    assert not Deadline.objects.filter(kind="parallel").open().exists()


def autumn(family):
    when = {"day": "25.08.2025", "starts": "10", "ends": "11", "place": "Rom 2"}
    family.plans_weeks(family.therapist, THERAPY, 21, **when, people=family.asked)
    when |= {"day": "27.08.2025", "starts": "12", "ends": "13"}
    family.plans_weeks(family.trainer, SKILLS, 4, **when, people=["child"])
    teacher = family.case.people.get(relation="teacher")
    family.plans_weeks(family.consultant, CONSULTATION, 2, **when, people=[str(teacher.pk)])
    weeks_go_by(family, date(2025, 12, 12))


def two_more_meetings(family):
    """The service has forty; the coordinator says yes to two more."""
    said = {"count": "2", "reason": "De trenger litt til."}
    family.therapist.does("interventions:ask_for_more", *family.at(THERAPY), **said)
    asked = Deadline.objects.get(kind="extension")
    family.coordinator.does("interventions:extension", asked.target_id, is_approved="yes")
    when = {"day": "19.01.2026", "starts": "10", "ends": "11", "place": "Rom 2"}
    family.plans_weeks(family.therapist, THERAPY, 2, **when, people=family.asked)
    weeks_go_by(family, date(2026, 1, 30))
    assert family.course(THERAPY).meetings.counted().count() == 42


def the_end(family):
    family.days.come(date(2026, 2, 2))
    by, at = family.therapist, family.at(THERAPY)
    family.are_measured("after")
    for goal in family.goals():
        said = {"occasion": "end", "reached": "yes", "words": "Rolig."}
        by.does("interventions:evaluate_goal", family.case.pk, goal.pk, **said)
    for person in family.parents:
        said = {"suited": "yes", "useful": f"Alt, {family.word[person]}"}
        by.does("interventions:feedback", *at, person.pk, **said)
        family.reports(by, "interventions:begin_report", at, person)
    letters_go_out(family)
    by.does("interventions:complete", *at, next_step="Vi ringer om seks måneder.")


def what_went_beside_ends_too(family):
    family.days.come(date(2026, 2, 4))
    tasks = Deadline.objects.filter(kind="parallel").open()
    assert {each.owner for each in tasks} == {family.trainer.user, family.consultant.user}
    for kind in (SKILLS, CONSULTATION):
        by, at = family.givers[kind], family.at(kind)
        left = names_in(form_of(by.sees("interventions:complete", *at)))
        left = {name: "Sagt på møtet." for name in left if name == "left_out"}
        by.does("interventions:complete", *at, next_step="Ingenting.", **left)


def half_a_year_later(family):
    family.days.come(date(2026, 7, 28))
    family.are_measured("six_months")
    family.days.come(date(2026, 7, 29))
    for person in family.parents:
        at = (family.case.pk,)
        family.reports(family.therapist, "interventions:begin_case_report", at, person)
        asked = {"recipient": person.pk, "channel": "read_out"}
        family.leader.does("family:openings", *at, **asked)  # who has opened the case
    letters_go_out(family)
    family.days.come(date(2026, 7, 30))
    family.coordinator.does("family:close", family.case.pk, reason="Alt er gjort.")


def what_is_written_is_read_by_those_who_give_it_alone(family):
    """Those beside see that it is given; of what is written only the therapist and supervisor."""
    at = family.at(THERAPY)
    pages = [("home:case", family.case.pk), ("interventions:course", *at), ("home:start",)]
    for by in (family.coordinator, family.trainer, family.consultant):
        for page in pages:
            html = by.sees(*page)
            assert not [word for word in (HERS, HIS, TOGETHER) if word in html]
            if page[0] != "home:start":
                assert "PMTO-terapi" in html
        assert by.status("interventions:goals", *at) == 403
        assert by.status("interventions:begin_report", *at) == 403
        assert by.status("interventions:note", family.case.pk, family.newest_note().pk) == 404
    for by in (family.therapist, family.supervisor):
        course, goals = by.sees("interventions:course", *at), by.sees("interventions:goals", *at)
        assert all(word in course + goals for word in (HERS, HIS, TOGETHER))
        assert "kartlegg" not in main(course + goals).lower()


def all_of_it_is_over(family):
    family.days.come(date(2026, 10, 1))
    assert Case.objects.get().state == "closed"
    assert not Deadline.objects.filter(case=family.case).open().exists()
    assert set(family.case.courses.values_list("state", flat=True)) == {"completed"}
    assert not Note.objects.filter(course__case=family.case).unsigned().exists()
    assert not any(each.awaits_cosigning for each in Note.objects.all())
    assert set(Dispatch.objects.values_list("state", flat=True)) == {"done"}


def each_has_what_is_theirs_and_nothing_of_the_other(family):
    papers = {"answer", "screening_answer", "course_report", "case_report", "openings"}
    for person, other in (family.parents, family.parents[::-1]):
        mine = Document.objects.filter(case=family.case, recipient=person)
        assert set(mine.values_list("kind", flat=True)) == papers
        read = [what_it_says(each) for each in mine]
        for rows in (Goal, Rating, Assignment, Summary, Feedback):
            found = rows.objects.for_person(person)
            assert found.exists()
            read.append(re.sub(r"\d", "", serialize("json", found, ensure_ascii=False)))
        # Two reports, and all that is said of goals and of what is tried, but for the numbers.
        assert sum(family.word[person] in each for each in read) == 6
        others = re.compile(rf"\b({'|'.join(family.words_of(other))})")
        assert not [found for each in read for found in others.findall(each)]
    assert mail.outbox
    for each in mail.outbox:
        assert not {HERS, HIS, family.case.child.first_name} & set(each.body.split())


STEPS = [
    the_mother_refers,
    it_is_answered,
    they_are_screened,
    three_things_are_planned,
    they_begin,
    the_child_and_the_kindergarten_have_theirs,
    until_spring,
    half_way,
    until_summer,
    a_summer_without_meetings,
    autumn,
    two_more_meetings,
    what_is_written_is_read_by_those_who_give_it_alone,
    the_end,
    what_went_beside_ends_too,
    half_a_year_later,
    all_of_it_is_over,
    each_has_what_is_theirs_and_nothing_of_the_other,
]
