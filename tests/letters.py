"""Every letter there is: each kind, and the answer with each outcome."""

from datetime import date, timedelta

from django.utils import timezone

from interventions import actions, rules
from interventions import letters as answers
from referrals import letters
from referrals.states import Outcome
from tests.instruments.paper import answered
from tests.interventions.courses import course_of
from tests.interventions.screenings import meet, signed
from tibir.cases.models import CasePerson
from tibir.documents.kinds import Kind

DAY = date(2026, 11, 22)
ADDRESS = "c/o Ødegård\nStorgata 14 B\n0000 Fjordvik"
CHOSEN = {
    "screening": (Outcome.SCREENING, {}),
    "direct-offer": (Outcome.DIRECT_OFFER, {}),
    "waitlist": (
        Outcome.WAITLIST,
        {"window": (date(2027, 2, 22), date(2027, 3, 21))},
    ),
    "referred-with-consent": (
        Outcome.REFERRED_ON,
        {"referred_to": "Neuvola", "forwarded_with_consent": True},
    ),
    "referred-without-consent": (
        Outcome.REFERRED_ON,
        {"referred_to": "Neuvola", "forwarded_with_consent": False},
    ),
    "not-target-group": (Outcome.NOT_TARGET_GROUP, {}),
}
SCREENED = {"screened": ["counselling", "consultation"], "screened-nothing": []}
REPORTS = {"course-report": Kind.COURSE_REPORT, "case-report": Kind.CASE_REPORT}
NAMES = [*CHOSEN, *SCREENED, *REPORTS, "agreed", "preliminary", "inquiry"]


def write(name, referral, *, by, typed="Turvallisuus.", address=ADDRESS):
    """(kind of document, its words) of the letter with this name, to whoever sent it."""
    about = {"by": by, "on": DAY, "address": address}
    sender = referral.case.people.get(is_sender=True)
    if name == "preliminary":
        later = DAY + timedelta(days=20)
        words = letters.preliminary(referral, sender, why=typed, when=later, **about)
        return Kind.PRELIMINARY_ANSWER, words
    if name == "inquiry":
        return Kind.INQUIRY, letters.inquiry(referral, sender, question=typed, **about)
    if name == "agreed":
        begins = {"starts_on": DAY + timedelta(days=8), "reason": typed}
        return Kind.ANSWER, answers.agreed(referral, sender, **begins, **about)
    if name in REPORTS:
        return REPORTS[name], _report(name, referral, sender, typed, **about)
    if name in SCREENED:
        chosen = {"services": SCREENED[name], "reason": typed}
        return Kind.SCREENING_ANSWER, answers.screened(referral, sender, **chosen, **about)
    outcome, chosen = CHOSEN[name]
    said = {"outcome": outcome, "reason": typed, **chosen}
    return Kind.ANSWER, answers.answer(referral, sender, **said, **about)


def _report(name, referral, reader, typed, **about):
    """With everything in it: a course that goes on, meetings, and a measure that is missing."""
    case = referral.case
    CasePerson.objects.filter(pk=reader.pk).update(
        responsibility="yes", verified_at=timezone.now(), verified_by=about["by"],
        verified_how="met",
    )  # fmt: skip
    reader = CasePerson.objects.get(pk=reader.pk)
    course = course_of(case, begun=100)
    meeting = meet(course, days=-60, people=[reader])
    signed(actions.hold(meeting, by=course.practitioner, attended=[reader]))
    shift = list(REPORTS).index(name)
    for days, value in ((90 + shift, 171), (5 + shift, 120)):
        totals = {"intensity": value, "problem": value // 10}
        answered(reader, by=course.practitioner, days_ago=days, totals=totals, occasion="other")
    draft = actions.begin_report(
        case,
        by=course.practitioner,
        recipient=reader,
        course=course if name == "course-report" else None,
    )
    said = {"parts": draft.parts, "assessment": typed, "next_steps": typed}
    return answers.report(
        referral,
        reader,
        facts=rules.facts_for(draft, course.practitioner),
        course=draft.course,
        **said,
        **about,
    )
