"""Which way each family went. A function for each kind of life, and each begins by a screening."""

from dataclasses import dataclass
from datetime import date, timedelta

from interventions import actions
from interventions.kinds import ServiceKind
from interventions.states import Ending
from referrals import actions as referrals
from referrals.states import Outcome
from tibir.accounts.models import User
from tibir.calendar.holidays import (
    first_working_day_on_or_after,
    last_working_day_on_or_before,
    working_days_after,
)
from tibir.cases.models import CasePerson, Consent, Purpose
from tibir.demo.clock import at
from tibir.demo.lives import beginning, service
from tibir.demo.lives.asked import follow_up
from tibir.demo.lives.hours import Slot
from tibir.demo.lives.people import Family, Life, Met
from tibir.family import actions as family

COUNSELLING, THERAPY = ServiceKind.COUNSELLING, ServiceKind.PMTO_THERAPY
SKILLS, CONSULTATION = ServiceKind.SOCIAL_SKILLS, ServiceKind.CONSULTATION


@dataclass
class Story:
    """One family, those who meet them, and the hour of the week that is theirs."""

    about: Family
    municipality: object
    staff: dict[str, User]
    number: int
    today: date

    @property
    def coordinator(self):
        return self.staff["koordinator"]

    def hour_of(self, name):
        """Spread over the week; some are met today, and some were yesterday."""
        hour = 8 + self.number // 5 % 8
        match self.about.is_met:
            case Met.TODAY:
                day = first_working_day_on_or_after(self.today)
            case Met.YESTERDAY:
                day = last_working_day_on_or_before(self.today - timedelta(days=1))
            case _:
                return Slot((self.number + len(name)) % 5, hour)
        return Slot(day.weekday(), hour)

    def refer(self):
        self.referral = beginning.refer(self.about, self.municipality, self.number, self.today)
        self.case = self.referral.case
        self.guardians = beginning.know(self.referral, by=self.coordinator)

    def screen(self, services, *, by):
        self.refer()
        beginning.answer(
            self.referral, self.guardians, by=self.coordinator, outcome=Outcome.SCREENING,
            reason="Det dere forteller om, kjenner vi igjen, og vi vil gjerne møte dere.",
        )  # fmt: skip
        _course, self.day = beginning.screen(
            self.referral, self.guardians, by=self.coordinator, practitioner=self.staff[by],
            slot=self.hour_of(by), about=self.about, services=services,
        )  # fmt: skip

    def give(self, kind, *, by, most, level=0.4, day=None, people=None, beside=None):
        return service.give(
            self.about, self.case, people or self.guardians, self.guardians, kind=kind,
            by=self.coordinator, practitioner=self.staff[by], slot=self.hour_of(by),
            day=day or self.day, today=self.today, beside=beside, most=most, level=level,
        )  # fmt: skip

    def agree_to(self, purpose, *, day):
        """Each guardian says yes to one thing more."""
        with at(day, 15):
            for each in self.guardians:
                family.say(
                    each, by=self.coordinator, answers={purpose: Consent.State.GIVEN},
                    channel=Consent.Channel.MEETING, said_on=day, language="nb",
                )  # fmt: skip

    def follow_up(self, course):
        """Half a year later they are asked how it is; then it is over with us, or not yet."""
        last = follow_up(self.case, about=self.about, level=course.level + 0.06, today=self.today)
        if last:
            self.close(last, "Familien har det fortsatt bra, og er ferdig hos oss.")
        return last

    def close(self, day, reason):
        with at(working_days_after(day, 1), 10):
            family.close(self.case, by=self.coordinator, reason=reason)


def counselled(story, *, by="hanne", most=None, level=0.45):
    most = most or 4 + story.number % 3
    story.screen([COUNSELLING], by=by)
    course = story.give(COUNSELLING, by=by, most=most, level=level)
    if course.meet():
        course.complete()
        story.follow_up(course)


def by_a_trainee(story):
    counselled(story, by="amund", most=6, level=0.5)


def left(story):
    story.screen([COUNSELLING], by="hanne")
    course = story.give(COUNSELLING, by="hanne", most=5)
    course.meet(2)
    course.end(Ending.FAMILY, "Mor ringte: de vil vente til etter sommeren.")
    story.close(course.day, "Familien ville ikke mer nå. De vet at de kan ta kontakt igjen.")


def therapist(story):
    return ("behandler", "solveig", "jonas")[story.number % 3]


def therapy(story, *, by=None, most=None, level=None):
    by, most = by or therapist(story), most or 17 + story.number % 8
    level = level or 0.25 + story.number % 4 / 10
    story.screen([THERAPY], by=by)
    course = story.give(THERAPY, by=by, most=most, level=level)
    if course.meet():
        course.complete()
        story.follow_up(course)


def therapy_now(story):
    therapy(story, by="behandler", most=38)


def therapy_long(story):
    """Two and a half years' worth of worry: more meetings than there are, and a yes to it."""
    story.screen([THERAPY], by="behandler")
    course = story.give(THERAPY, by="behandler", most=58, level=0.55)
    course.meet(38)
    course.ask_for_more(
        22, "Det går framover, men sakte. Foreldrene trenger støtte gjennom skolestarten.",
        answered_by=story.staff["leder"],
    )  # fmt: skip
    if course.meet():
        course.complete()
        story.follow_up(course)


def therapy_paused(story):
    by = therapist(story)
    story.screen([THERAPY], by=by)
    course = story.give(THERAPY, by=by, most=20, level=0.5)
    if not course.meet(9):
        return
    if not course.rest(weeks=12, reason="En av foreldrene er innlagt. Vi venter til de er hjemme."):
        return
    if course.meet():
        course.complete()
        story.follow_up(course)


def therapy_moved(story):
    story.screen([THERAPY], by="jonas")
    course = story.give(THERAPY, by="jonas", most=25)
    course.meet(12)
    course.end(Ending.MOVED, "Familien flyttet til en annen kommune. De vil ha papirene med seg.")
    story.close(course.day, "Familien har flyttet fra Fjordvik.")


def stepped_up(story):
    """Five talks were not enough, and something more began."""
    story.screen([COUNSELLING], by="solveig")
    first = story.give(COUNSELLING, by="solveig", most=5, level=0.9)
    if not first.meet():
        return
    first.complete(next_step="PMTO-terapi: fem samtaler var ikke nok.")
    course = story.give(THERAPY, by="solveig", day=first.day, most=18)
    if course.meet():
        course.complete()
        story.follow_up(course)


def back_again(story):
    story.screen([COUNSELLING], by="hanne")
    first = story.give(COUNSELLING, by="hanne", most=5, level=0.5)
    first.meet()
    first.complete()
    story.follow_up(first)
    again = working_days_after(first.day + timedelta(days=380), 1)
    with at(again, 9):
        family.reopen(story.case, by=story.coordinator, reason="Mor ringte: det er vondt igjen.")
    course = story.give(COUNSELLING, by="hanne", day=again, most=4)
    if course.meet():
        course.complete()
        story.follow_up(course)


def waiting(story):
    """Nobody has time for them yet: they stand in line, and know it."""
    story.screen([THERAPY], by="behandler")
    course = story.give(THERAPY, by="solveig", most=25)
    with at(course.day, 12):
        actions.waitlist(course.course, by=story.coordinator)


def about_to_begin(story):
    story.screen([THERAPY], by="behandler")
    story.give(THERAPY, by="behandler", most=25).agree_on_the_next()


def referred_on(story):
    story.refer()
    beginning.answer(
        story.referral, story.guardians, by=story.coordinator, outcome=Outcome.REFERRED_ON,
        referred_to="Ungdomsteamet i Fjordvik", forwarded_with_consent=True,
        reason="De som kan mest om det dere forteller om, er Ungdomsteamet.",
    )  # fmt: skip
    day = working_days_after(story.referral.received_on, 8)
    with at(day, 9):
        referrals.forwarded(story.referral, by=story.coordinator, on=day)
    story.close(day, "Ungdomsteamet har tatt over.")


def with_skills(story):
    """The child trains with others while the parents are met."""
    by = ("behandler", "solveig")[story.number % 2]
    story.screen([THERAPY, SKILLS], by=by)
    course = story.give(THERAPY, by=by, most=22)
    course.meet(6)
    story.agree_to(Purpose.SOCIAL_SKILLS, day=course.day)
    beside = story.give(
        SKILLS, by="ingrid", day=course.day, people=[story.case.child], beside=course.course,
        most=8,
    )  # fmt: skip
    if beside.meet():
        beside.complete()
    if course.meet():
        course.complete()
        story.follow_up(course)


def with_school(story):
    """Those who are with the child by day are guided while the parents are met."""
    by = ("behandler", "jonas")[story.number % 2]
    story.screen([THERAPY], by=by)
    course = story.give(THERAPY, by=by, most=18, level=0.5)
    course.meet(5)
    story.agree_to(Purpose.PLACE_CONTACT, day=course.day)
    beside = story.give(
        CONSULTATION, by="hanne", day=course.day, people=[_teacher(story)], beside=course.course,
        most=6,
    )  # fmt: skip
    if beside.meet():
        beside.complete()
    if course.meet():
        course.complete()
        story.follow_up(course)


def _teacher(story):
    with at(story.day, 12):
        return family.add(
            story.case, by=story.coordinator, first_name="Frøydis", last_name="Lervåg",
            relation=CasePerson.Relation.TEACHER, responsibility="no", lives_with="no",
            safe_phone="unknown", safe_email="unknown",
        )  # fmt: skip


LIVES = {
    Life.COUNSELLED: counselled,
    Life.COUNSELLING_LEFT: left,
    Life.THERAPY: therapy,
    Life.THERAPY_LONG: therapy_long,
    Life.THERAPY_NOW: therapy_now,
    Life.THERAPY_PAUSED: therapy_paused,
    Life.THERAPY_MOVED: therapy_moved,
    Life.THERAPY_SKILLS: with_skills,
    Life.THERAPY_SCHOOL: with_school,
    Life.TRAINEE: by_a_trainee,
    Life.STEPPED_UP: stepped_up,
    Life.BACK_AGAIN: back_again,
    Life.WAITING: waiting,
    Life.ABOUT_TO_BEGIN: about_to_begin,
    Life.REFERRED_ON: referred_on,
}
