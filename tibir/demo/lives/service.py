"""What each of them was given: week by week, written of, measured, and over one day."""

from dataclasses import dataclass, field
from datetime import date, timedelta

from django.utils import timezone

from interventions import actions, letters, rules
from interventions.kinds import Occasion, Progress, Reached, Suited
from interventions.models import Assignment, Meeting
from tibir.calendar.holidays import working_days_after
from tibir.demo.clock import at
from tibir.demo.lives.asked import ask, ask_no_more, ask_what_is_due
from tibir.demo.lives.beginning import read_out
from tibir.demo.lives.hours import Slot, agree
from tibir.demo.lives.people import Family
from tibir.demo.lives.words import MISSED, SAID, SAID_ALONE, assessed, fitting, to_try, told
from tibir.documents.models import Dispatch
from tibir.instruments.kinds import Occasion as When

NOTHING_MORE = "Ikke noe mer nå. Familien vet at de kan ta kontakt igjen."
WELCOME = "Ikke noe mer nå. Ring oss når som helst."
LEFT_OUT = "Familien ønsket å avslutte nå, og vi fikk ikke tid til det."
WITH_THE_OTHER = "Foreldrene får én rapport og blir spurt én gang, når tiltaket deres er ferdig."


@dataclass
class Given:
    """One course as it goes: whom it is for, who gives it, and how far it has come."""

    course: object
    about: Family
    people: list  # those who come
    guardians: list
    practitioner: object
    slot: Slot
    today: date
    day: date  # the last day on which something was done
    most: int  # how many meetings it is meant to be
    level: float  # how hard it is when it is over, of 1.0 when they came
    held: int = 0
    weeks: int = 0
    goals: list = field(default_factory=list)

    @property
    def is_of_parents(self):
        return self.people == self.guardians

    @property
    def is_now(self):
        """The next hour that is theirs lies ahead."""
        return self.slot.next(self.day + timedelta(days=1)) >= self.today

    @property
    def level_now(self):
        return 1 - (1 - self.level) * min(1, self.held / self.most)

    def meet(self, count=None, *, missing=9):
        """So many meetings, or the rest, one a week; each `missing`-th comes to nothing. Stops
        today, with the next one agreed; true when all were held."""
        upto = self.held + count if count else self.most
        while self.held < upto and not self.is_now:
            self.weeks += 1
            meeting = self.agree_on_the_next()
            self.day = meeting.day
            with at(meeting.day, 16):
                if self.weeks % missing == 0:
                    state, why = MISSED[(self.weeks // missing + self.slot.hour) % len(MISSED)]
                    actions.miss(
                        meeting, by=self.practitioner, state=state, reason=fitting(why, self.about)
                    )
                else:
                    self._hold(meeting)
        if self.held < upto:
            self.agree_on_the_next()
        return self.held == upto

    def agree_on_the_next(self):
        mode = Meeting.Mode.VIDEO if self.held % 7 == 5 else Meeting.Mode.IN_PERSON
        with at(self.day, 16, 10):
            return agree(
                self.course, self.day + timedelta(days=1), by=self.practitioner, slot=self.slot,
                people=self.people, mode=mode,
            )  # fmt: skip

    def _hold(self, meeting):
        came = self.people if self.held % 4 or len(self.people) == 1 else self.people[:1]
        note = actions.hold(meeting, by=self.practitioner, attended=came)
        self.held += 1
        if self.held == 2 and self.is_of_parents:
            self._set_goals()
        words = told(self.about, self.held, self.course.service.kind)
        if self.about.leaves_a_draft and self.is_now:
            actions.save_note(note, by=self.practitioner, version=note.version, internal=words)
            return
        said = {"internal": words, "summary": ("", ())}
        if self.is_of_parents:
            said |= self._said_with(came)
        actions.sign(note, by=self.practitioner, version=note.version, **said)
        level = self.level_now
        ask_what_is_due(self.course, by=self.practitioner, about=self.about, level=level)

    def _said_with(self, came):
        components, assignment = to_try(self.about, self.held)
        last = Assignment.objects.filter(note__course=self.course, tried=None)
        went = [Progress.PARTLY, Progress.DONE, Progress.DONE, Progress.NOT_DONE]
        return {
            "components": components,
            "role_play": self.held % 2 == 0,
            "tried": [
                (each, went[(self.held + number) % 4], "") for number, each in enumerate(last)
            ],
            "assignment": (assignment, came),
            "summary": (f"Vi snakket om {assignment.lower()} Vi ses neste uke.", came),
            "ratings": [
                (goal, person, self._rated(number))
                for goal in self.goals
                for number, person in enumerate(came)
                if goal.person_id in (None, person.pk)
            ],
        }

    def _rated(self, number):
        """Upwards as it gets easier, with a bad week now and then."""
        reached = round(10 * (1 - self.level_now)) + (self.held * 5 + number) % 3
        return max(0, min(9, reached - (2 if self.held % 7 == 1 else 0) + 1))

    def _set_goals(self):
        about = {"by": self.practitioner, "low": "som nå", "high": "slik vi drømmer om"}
        self.goals = [actions.set_goal(self.course, words=self.about.goal, **about)]
        own = "At jeg holder meg rolig når det topper seg."
        self.goals.append(
            actions.set_goal(self.course, words=own, person=self.guardians[0], **about)
        )

    def rest(self, *, weeks, reason):
        """It rests for so many weeks, or still does."""
        with at(working_days_after(self.day, 1), 12) as now:
            actions.pause(self.course, by=self.practitioner, on=now.date(), reason=reason)
        back = working_days_after(now.date() + timedelta(weeks=weeks), 1)
        if back >= self.today:
            return False
        with at(back, 9):
            actions.resume(self.course, by=self.practitioner, on=back)
        self.day = back
        return True

    def ask_for_more(self, count, reason, *, answered_by):
        """More meetings than the service has, and a yes to it two days later."""
        with at(self.day, 17):
            asked = actions.ask_for_more(
                self.course, by=self.practitioner, count=count, reason=reason
            )
        with at(working_days_after(self.day, 2), 9):
            actions.answer_extension(asked, by=answered_by, is_approved=True)

    def complete(self, next_step=NOTHING_MORE):
        self.course.refresh_from_db()
        if self.is_of_parents:
            with at(self.day, 17):
                self._evaluate()
        with at(working_days_after(self.day, 1), 12) as now:
            said = {"about": self.about, "level": self.level}
            ask(self.course, When.AFTER, by=self.practitioner, **said)
            if self.is_of_parents:
                self._report(now.date(), WELCOME if next_step == NOTHING_MORE else next_step)
            actions.complete(
                self.course, by=self.practitioner, next_step=next_step, left_out=self._left_out()
            )
        self.day = now.date()

    def _evaluate(self):
        is_there = self.level < 0.4
        for goal in self.goals:
            actions.evaluate_goal(
                goal, by=self.practitioner, occasion=Occasion.END,
                reached=Reached.YES if is_there else Reached.PARTLY,
                words="Det er slik nå, de fleste dagene." if is_there
                else "Et godt stykke på vei. Kveldene er fortsatt de tyngste.",
            )  # fmt: skip
        said = SAID if self.about.father else SAID_ALONE
        for number, each in enumerate(self.guardians, len(self.about.goal)):
            useful, helped, better = said[number % len(said)]
            actions.give_feedback(
                self.course, by=self.practitioner, person=each, useful=useful, helped=helped,
                better=better, suited=Suited.YES if self.level < 0.6 else Suited.PARTLY,
            )  # fmt: skip

    def _report(self, day, next_steps):
        """To the one who wrote to us, and read out."""
        report = actions.begin_report(
            self.course.case, by=self.practitioner, recipient=self.guardians[0], course=self.course
        )
        actions.save_report(
            report, by=self.practitioner, version=report.version, parts=report.parts,
            assessment=assessed(self.about, self.level), next_steps=next_steps,
        )  # fmt: skip
        said = letters.drafted(report, by=self.practitioner, on=timezone.localdate())
        actions.issue_report(
            report, by=self.practitioner, seen=letters.figures_of(said),
            channel=Dispatch.Channel.READ_OUT,
        )  # fmt: skip
        read_out(self.course.case, by=self.practitioner, on=day)

    def end(self, ending, reason):
        with at(working_days_after(self.day, 2), 12) as now:
            actions.end(
                self.course, by=self.practitioner, ending=ending, reason=reason,
                left_out=self._left_out(),
            )  # fmt: skip
            ask_no_more(self.course, by=self.practitioner, reason=reason)
        self.day = now.date()

    def _left_out(self):
        self.course.refresh_from_db()
        why = LEFT_OUT if self.is_of_parents else WITH_THE_OTHER
        return {each.code: why for each in rules.ending_checks(self.course) if each.is_missing}


def give(about, case, people, guardians, *, kind, by, practitioner, slot, day, today, most,
         level, beside=None):  # fmt: skip
    """Planned and accepted from that day on."""
    with at(working_days_after(day, 2), 10) as now:
        course = actions.plan_course(
            case, by=by, kind=kind, practitioner=practitioner, beside=beside
        )
    with at(working_days_after(day, 3), 11) as now:
        actions.accept(course, by=by, on=now.date())
    return Given(course, about, people, guardians, practitioner, slot, today, now.date(), most,
                 level)  # fmt: skip
