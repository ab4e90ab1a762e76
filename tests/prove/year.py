"""The better part of a year in two municipalities, while now this is down and now that.

Families refer themselves and are referred, at the form, by telephone and on paper. Staff take,
ask, answer, forget and change their minds; letters are posted and some come back. The clock, the
worker, Redis, the mail server and the database each have bad days, and worst on the days that
are odd anyhow.

Beside it somebody keeps a book by hand: what was promised, what happened, and who therefore should
hear of what on which day. The book knows the calendar and nothing of how the program reckons.
After every sweep and at the end of every day the two must agree.
"""

import contextlib
import random
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from django.db import OperationalError, connection

from interventions import actions as interventions
from referrals import actions
from referrals.models import Referral, Submission
from tests.factories import (
    ANSWERS,
    AT_THE_DESK,
    CALL,
    PROFESSIONAL,
    MunicipalityFactory,
    UserFactory,
    submit,
)
from tests.notifications.mail_server import HANGS_UP
from tibir.audit.models import Event
from tibir.calendar.holidays import is_working_day
from tibir.calendar.oslo import OSLO
from tibir.core.codes import TOKEN_BITS, new_secret
from tibir.deadlines import schedule as deadlines
from tibir.deadlines.kinds import Kind
from tibir.deadlines.models import Deadline
from tibir.documents import actions as documents
from tibir.documents import schedule as papers
from tibir.documents.models import Dispatch, Document
from tibir.notifications import actions as notices
from tibir.notifications import schedule as post
from tibir.notifications.models import Delivery, Notification
from tibir.operations import reconciliation
from tibir.operations import schedule as operations
from tibir.operations.reconciliation import Finding

ONE_DAY = timedelta(days=1)
FIRST, LAST = date(2027, 3, 15), date(2028, 1, 12)
# Easter with the clock change in the middle of it, 1 and 17 May, the other change, the year's end.
ODD_DAYS = [
    *(date(2027, 3, day) for day in range(25, 30)),
    date(2027, 5, 1),
    date(2027, 5, 17),
    date(2027, 10, 31),
    *(date(2027, 12, day) for day in (24, 25, 26, 31)),
    date(2028, 1, 1),
]
HOURS = [time(0, 0, 1), time(7, 45), time(9), time(11), time(13), time(15), time(23, 59, 59)]
ODD_HOURS = [time(1, 59), time(2, 30), time(3, 1), time(12)]
OFFICE = (time(7, 30), time(15, 30))
PARTS = ["beat", "worker", "redis", "mail", "web"]
POSTED_WITHIN = timedelta(days=3)
IN_THE_MAKING = timedelta(minutes=10)
# How likely it is that somebody sees to it: one in four is forgotten, and found at last.
PACES = [0.5, 0.3, 0.3, 0.02]
FOUND_AT_LAST = 25 * ONE_DAY
ADDRESS = "Storgata 1\n0000 Fjordvik"


# --- The book ---------------------------------------------------------------------------------


@dataclass
class Letter:
    document: int
    person: object
    dispatch: int
    ordered_at: datetime
    state: str = "waiting"
    done_on: date | None = None
    is_answer: bool = False
    is_stale: bool = False  # what it says has been taken back


@dataclass
class Family:
    """One referral, as somebody would remember it who had looked on."""

    pk: int
    place: object
    came_on: date
    promised: int
    people: list
    pace: float
    state: str = "open"
    owner: object = None
    is_read: bool = False
    is_claimed: bool = False
    confirmed: list = field(default_factory=list)
    asked: list = field(default_factory=list)
    letters: list = field(default_factory=list)
    reopened: int = 0
    heard: set = field(default_factory=set)  # (kind, stage) that somebody was told

    @property
    def due_on(self):
        return self.came_on + self.promised * ONE_DAY

    @property
    def answers(self):
        return [each for each in self.letters if each.is_answer and not each.is_stale]

    @property
    def is_answered(self):
        states = {each.state for each in self.answers}
        return self.state == "decided" and states == {"done"}

    @property
    def waits_for_answer(self):
        return self.state != "withdrawn" and not self.is_answered

    def notices(self, today):
        """(kind, stage, whom it reaches, its day) of all that should have been said by today."""
        if self.waits_for_answer:
            yield from self._of_answer(today)
        if not self.is_claimed and self.state == "open":
            yield from self._of_claim(today)
        if not self.is_read and self.state == "open":
            yield from self._of_reading(today)

    def _of_answer(self, today):
        for stage, before, reach in [("owner", 6, 1), ("coordinator", 4, 2), ("leader", 2, 3)]:
            day = max(self.due_on - before * ONE_DAY, self.came_on)
            if day <= today:
                yield "answer", stage, reach, day
        if today > self.due_on:
            yield "answer", f"overdue-{today}", 3, today

    def _of_claim(self, today):
        due = working_days_later(self.came_on, 2)
        if due <= today:
            yield "claim", "unclaimed", 2, due
        if due < today and is_working_day(today):
            yield "claim", f"overdue-{today}", 2, today

    def _of_reading(self, today):
        due = working_days_later(self.came_on, 1)
        if due <= today:
            yield "read", "unread", 2, due
        monday = today - today.weekday() * ONE_DAY
        week = [day for n in range(5) if is_working_day(day := monday + n * ONE_DAY)]
        if due < today and today in week:
            yield "read", f"overdue-{week[0]}", 2, min(day for day in week if day > due)


def working_days_later(day, count):
    while count:
        day += ONE_DAY
        count -= is_working_day(day)
    return day


# --- The weather --------------------------------------------------------------------------------


class Weather:
    """From when until when each part is down."""

    def __init__(self, chance, last):
        self.outages = {part: [] for part in PARTS}
        day = FIRST
        while day <= last:
            for part in PARTS:
                if chance.random() < (0.02 if part == "web" else 0.035):
                    self._goes_down(part, day, chance)
            if day in ODD_DAYS:
                self._goes_down(chance.choice(PARTS[:4]), day - ONE_DAY, chance)
            day += ONE_DAY

    def _goes_down(self, part, day, chance):
        begins = datetime.combine(day, time(chance.randint(0, 23)), tzinfo=OSLO)
        lasts = timedelta(hours=chance.choice([3, 20, 30, 60, 120]))
        self.outages[part].append((begins, begins + lasts))

    def down(self, moment):
        return {
            part
            for part, outages in self.outages.items()
            if any(begins <= moment < ends for begins, ends in outages)
        }


class Broken(Exception):
    """A fault of ours in the middle of something."""


class Killed(BaseException):
    """The process is no more: nothing of ours runs after it, and the database rolls back."""


class Cut:
    """Something goes wrong at one statement, whichever that is."""

    def __init__(self, chance, ways, furthest):
        self.left, self.way = chance.randint(1, furthest), chance.choice(ways)

    def __call__(self, execute, sql, params, many, context):
        self.left -= not sql.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK"))
        if self.left == 0:
            self.left = -1
            if self.way is not OperationalError:
                raise self.way
            with contextlib.suppress(Exception):
                context["connection"].connection.execute(
                    "SELECT pg_terminate_backend(pg_backend_pid())"
                )
        return execute(sql, params, many, context)


def everything():
    """A fingerprint of every row there is, which changes with any version of any of them."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        tables = sorted(name for (name,) in cursor.fetchall())
        rows = "SELECT '{0}', count(*), sum(hashtext(ctid::text || xmin::text)) FROM {0}"
        cursor.execute(" UNION ALL ".join(map(rows.format, tables)))
        return sorted(cursor.fetchall())


# --- The municipality -----------------------------------------------------------------------------


class Place:
    def __init__(self, promised, coordinators):
        self.promised = promised
        self.row = MunicipalityFactory(answer_days=promised)
        unit = self.row.intake_unit
        self.coordinators = [UserFactory(coordinates=unit) for _n in range(coordinators)]
        self.leaders = [UserFactory(leads=unit)]
        self.clerk = UserFactory(clerks_in=unit)

    def present(self):
        return [each for each in self.coordinators if each.is_active]

    def reached(self, owner, reach):
        """The one who has it; where nobody does or is there, those next to them."""
        people = {owner.pk} if owner and owner.is_active else set()
        if reach >= 2 or not people:
            people |= {each.pk for each in self.present()}
        if reach >= 3 or not people:
            people |= {each.pk for each in self.leaders}
        return people


def through(answers):
    """Send it, as the public forms do."""
    return lambda place, token, _came_on: submit(place.row, answers=answers, token=token)


DOORS = [through(ANSWERS), through(CALL), through(PROFESSIONAL)]


class Year:
    """The municipalities, the weather, and the book that is kept beside it all."""

    def __init__(self, seed, clock, rings, mail, last):
        self.chance = random.Random(seed)
        self.clock, self.rings, self.mail = clock, rings, mail
        self.last = last
        self.start = datetime.combine(FIRST, time(), tzinfo=UTC)
        self.moment = self.start
        self.clock.move_to(self.start, tick=False)
        self.places = [Place(14, 2), Place(9, 1)]
        self.weather = Weather(self.chance, last)
        self.is_calm = False
        self.families, self.stopped = [], []
        self.found = set()  # what the last reconciliation should have found
        self.seen, self.counted = 0, Counter()  # the newest notice, and how often what happened

    @property
    def today(self):
        return self.moment.astimezone(OSLO).date()

    def maybe(self, probability):
        return self.chance.random() < probability

    def pass_(self):
        day = FIRST
        while day <= self.last:
            for moment in self._moments(day):
                self.moment = moment
                self.clock.move_to(moment, tick=False)
                self._live()
            self._compare()
            day += ONE_DAY
        self._calm_down()

    def _moments(self, day):
        hours = HOURS if day not in ODD_DAYS else HOURS + ODD_HOURS
        chosen = self.chance.sample(hours, self.chance.choice([1, 1, 2]))
        fold = self.chance.randint(0, 1)
        moments = [datetime.combine(day, at, tzinfo=OSLO).replace(fold=fold) for at in chosen]
        return sorted(moment.astimezone(UTC) for moment in moments)

    def _live(self):
        down = self.weather.down(self.moment)
        self.counted.update(down)
        if "web" not in down:
            self._somebody_refers()
            if self._office_is_open():
                self._staff_work()
        self._stamp()
        self._machinery(down)

    def _office_is_open(self):
        now = self.moment.astimezone(OSLO).time()
        return is_working_day(self.today) and OFFICE[0] <= now <= OFFICE[1]

    def _stamp(self):
        """The database's own clock is not ours to move: what it stamped is put to our day."""
        for model in (Dispatch, Notification, Document):
            rows = model.objects.filter(created_at__lt=self.start)
            if model is Document:
                rows = rows.exclude(state=Document.State.READY)
            rows.update(created_at=self.moment)

    # What people do

    def _doing(self, action):
        """Somebody presses a button; where it breaks, nothing was done, and they press again."""
        if not self.maybe(0.15):
            return action()
        before, rung = everything(), len(self.rings)
        cut = Cut(self.chance, [Broken, OperationalError, Killed], 30)
        try:
            with connection.execute_wrapper(cut):
                return action()
        except (Broken, OperationalError, Killed):
            if cut.left > 0:
                raise
            connection.close()
            self.counted["cut"] += 1
            assert everything() == before
            assert len(self.rings) == rung
        return action()

    def _somebody_refers(self):
        if self.maybe(1 / 3):
            place, token = self.chance.choice(self.places), new_secret(TOKEN_BITS)
            came_on, door = self.today, self.chance.choice([*DOORS, self._register])
            if door == self._register:
                came_on -= self.chance.choice([0, 0, 1, 3, 10]) * ONE_DAY
            submission = self._doing(lambda: door(place, token, came_on))
            self._noticed(submission, place, came_on)

    def _register(self, place, token, came_on):
        """At the desk, where what came some days ago is typed in too."""
        said = {"channel": "paper", "received_on": came_on.isoformat()}
        answers = AT_THE_DESK | {"registrert": said}
        return actions.register(place.row, by=place.clerk, token=token, answers=answers)

    def _noticed(self, submission, place, came_on):
        submission.refresh_from_db()
        if submission.stopped_by:
            self.counted["stopped"] += 1
            self.stopped.append((submission, place, came_on))
            return
        referral = Referral.objects.get(submission=submission)
        people = list(referral.case.people.order_by("pk"))
        family = Family(
            referral.pk, place, came_on, place.promised, people, self.chance.choice(PACES)
        )
        self.families.append(family)
        self.counted["came"] += 1

    def _staff_work(self):
        for place in self.places:
            self._come_and_go(place)
            for each in [*place.present(), *place.leaders]:
                if self.maybe(0.6):
                    notices.read(Notification.objects.visible_to(each), by=each)
        for one in [one for one in self.stopped if self.maybe(0.4)]:
            submission, place, came_on = one
            by = place.present()[0]
            self._doing(lambda s=submission, by=by: actions.read_in(_fresh(s), by=by))
            self.stopped.remove(one)
            self._noticed(submission, place, came_on)
        for family in self.families:
            is_old = self.today > family.came_on + FOUND_AT_LAST
            if self.maybe(max(family.pace, 0.3) if is_old else family.pace):
                self._touch(family)

    def _come_and_go(self, place):
        """One of two coordinators is on leave for a while."""
        if len(place.coordinators) > 1 and self.maybe(0.03):
            first = place.coordinators[0]
            first.is_active = not first.is_active
            first.save(update_fields=["is_active"])

    def _touch(self, family):
        by = self.chance.choice(family.place.present())
        step = self._next_step(family)
        if step is not None:
            self.counted[step.__name__.strip("_")] += 1
            step(family, by)

    def _next_step(self, family):
        if family.state == "withdrawn":
            return self._reopen if self.maybe(0.15) and family.reopened < 2 else None
        if family.state == "decided":
            return self._after_the_decision(family)
        if not family.is_read:
            return self._read
        if family.owner is None:
            return self._take
        steps = [self._confirm, self._confirm, self._answer, self._answer]
        steps += [self._ask, self._tell_family, self._take, self._give, self._withdraw]
        return self.chance.choice(steps)

    def _after_the_decision(self, family):
        states = {each.state for each in family.letters if not each.is_stale}
        if "waiting" in states:
            return self._send_out
        if "failed" in states:
            return self._send_again
        if self.maybe(0.1):
            return self._comes_back
        return self._reopen if self.maybe(0.03) and family.reopened < 2 else None

    def _read(self, family, by):
        self._doing(lambda: actions.opened(_referral(family), by=by))
        family.is_read = True

    def _take(self, family, by):
        if family.owner == by:
            return
        if family.owner is None or self.maybe(0.5):
            if family.owner is None:
                self._doing(lambda: actions.take(_referral(family), by=by))
            else:
                self._doing(lambda: actions.give(_referral(family), by=by, to=by))
            family.owner, family.is_claimed = by, True

    def _give(self, family, by):
        to = self.chance.choice(family.place.present())
        self._doing(lambda: actions.give(_referral(family), by=by, to=to))
        family.owner, family.is_claimed = to, True

    def _confirm(self, family, by):
        rest = [each for each in family.people if each not in family.confirmed]
        if not rest:
            return
        person = rest[0]
        found = {"phone": person.person.phone, "email": "turid@post.example"}
        found |= {"safe_phone": "yes", "safe_email": "yes", "how": "called"}
        found["responsibility"] = person.responsibility
        self._doing(
            lambda: actions.confirm_contact(_referral(family), _fresh(person), by=by, **found)
        )
        family.confirmed.append(person)

    def _ask(self, family, by):
        written = [each for each in family.confirmed if self.maybe(0.5)]
        how = "letter" if written else "phone"
        inquiry = self._doing(
            lambda: actions.ask(
                _referral(family),
                by=by,
                how=how,
                question="Når passer det?",
                people=[_fresh(each) for each in written],
            )
        )
        family.asked.append(inquiry)
        self._written(family)

    def _tell_family(self, family, by):
        """The family answers what it was asked."""
        if family.asked:
            inquiry = family.asked[0]
            self._doing(
                lambda: actions.answer_inquiry(_fresh(inquiry), by=by, answer="Når som helst")
            )
            family.asked.remove(inquiry)

    def _withdraw(self, family, by):
        if self.maybe(0.5):
            self._doing(lambda: actions.withdraw(_referral(family), by=by, reason="De vil ikke"))
            family.state, family.asked = "withdrawn", []
            for letter in family.letters:  # nobody is asked any more
                if not letter.is_answer and letter.state != "done":
                    letter.state = "stopped"

    def _answer(self, family, by):
        to = [each for each in family.confirmed if _is_owed(each)]
        if not to:
            return
        ways = [self.chance.choice(["post", "post", "read_out", "handed_over"]) for _each in to]
        self._doing(
            lambda: interventions.answer(
                _referral(family),
                by=by,
                outcome="screening",
                reason="Velkommen.",
                recipients=[
                    (_fresh(each), way, ADDRESS if way == "post" else "")
                    for each, way in zip(to, ways, strict=True)
                ],
            )
        )
        family.state, family.asked = "decided", []
        self._written(family, is_answer=True)

    def _written(self, family, is_answer=False):
        known = [each.document for each in family.letters]
        new = Dispatch.objects.filter(document__case__referrals=family.pk)
        new = new.exclude(document__in=known)
        for each in new.order_by("pk"):
            letter = Letter(each.document_id, each.person_id, each.pk, self.moment)
            letter.is_answer = is_answer
            family.letters.append(letter)

    def _send_out(self, family, _by):
        for letter in family.letters:
            made = Document.objects.filter(pk=letter.document, state=Document.State.READY)
            if letter.state == "waiting" and made.exists() and self.maybe(0.7):
                self._doing(lambda pk=letter.dispatch: self._done(pk, family))
                letter.state, letter.done_on = "done", self.today

    def _done(self, pk, family):
        documents.posted([Dispatch.objects.get(pk=pk)], by=family.place.clerk, on=self.today)

    def _comes_back(self, family, _by):
        letters = [each for each in family.letters if each.state == "done"]
        if letters:
            letter = self.chance.choice(letters)
            self._doing(
                lambda: documents.failed(
                    Dispatch.objects.get(pk=letter.dispatch), by=family.place.clerk, why="ukjent"
                )
            )
            letter.state = "failed"

    def _send_again(self, family, _by):
        for letter in family.letters:
            if letter.state == "failed" and not letter.is_stale:
                dispatch = self._doing(
                    lambda pk=letter.dispatch: documents.send_again(
                        Dispatch.objects.get(pk=pk), by=family.place.clerk, channel="read_out"
                    )
                )
                letter.dispatch, letter.state = dispatch.pk, "waiting"
                letter.ordered_at = self.moment

    def _reopen(self, family, by):
        self._doing(lambda: actions.reopen(_referral(family), by=by, reason="Vi så feil"))
        family.state, family.owner = "open", by
        family.is_claimed = family.is_read = True  # nobody has to find it a second time
        family.reopened += 1
        for letter in family.letters:
            if letter.is_answer:
                letter.is_stale = True
                letter.state = letter.state if letter.state == "done" else "stopped"

    # What machines do

    def _machinery(self, down):
        carried = not down & {"worker", "redis"}
        if not carried:
            self.rings.clear()  # a ring that waited for a minute is worth nothing
        self._mail_server(down)
        if carried:
            self._answer_rings()
        if carried and "beat" not in down:
            for tick in (papers.tick, post.tick, operations.tick):
                self._at_work(tick)
            self._answer_rings()
            self._sweep()
            self._reconcile()
        self._stamp()

    def _mail_server(self, down):
        self.mail.is_away(False)
        self.mail.answers.clear()
        if "mail" in down:
            way = self.chance.choice(["away", "450 Later", HANGS_UP])
            if way == "away":
                self.mail.is_away(True)
            else:
                self.mail.will("DATA", *[way] * 50)

    def _answer_rings(self):
        while self.rings:
            task, ids = self.rings.pop(0)
            self._at_work(lambda task=task, ids=ids: task(*ids))

    def _at_work(self, work):
        """A worker that may die, or lose the database, at any statement. Says whether it did."""
        if self.is_calm or not self.maybe(0.04):
            work()
            return False
        try:
            with connection.execute_wrapper(Cut(self.chance, [OperationalError, Killed], 12)):
                work()
        except (OperationalError, Killed):
            self.counted["died"] += 1
            connection.close()
            return True
        return False

    def _sweep(self):
        should = {
            (family.pk, kind, stage, user, day < self.today and family.came_on < self.today)
            for family in self.families
            for kind, stage, reach, day in family.notices(self.today)
            if (kind, stage) not in family.heard
            for user in family.place.reached(family.owner if kind == "answer" else None, reach)
        }
        died = self._at_work(deadlines.sweep)
        rows = Notification.objects.filter(pk__gt=self.seen, kind="deadline_notice")
        rows = list(rows.order_by("pk"))
        self.seen = max([self.seen, *(row.pk for row in rows)])
        about = Deadline.objects.in_bulk({row.target_id for row in rows})
        assert all(deadline.is_open for deadline in about.values())
        written = [
            (deadline.target_id, deadline.kind, row.stage, row.user_id, row.late)
            for row in rows
            if (deadline := about[row.target_id]).kind in ("answer", "claim", "read")
        ]
        assert len(written) == len(set(written))
        if died and not rows:
            return
        self.counted["swept"] += 1
        assert set(written) == should, (self.moment, self._about(set(written) ^ should))
        self.counted["told"] += len(should)
        self.counted["late"] += sum(late for *_rest, late in should)
        heard = {(pk, kind, stage) for pk, kind, stage, _user, _late in should}
        for family in self.families:
            family.heard |= {(kind, stage) for pk, kind, stage in heard if pk == family.pk}

    def _reconcile(self):
        if self._at_work(operations.reconcile):
            self.found = None  # it may have come as far as to some of them
            return
        self.found = self._discrepancies()
        if self.maybe(0.05):
            self._inject()

    def _discrepancies(self):
        """What must not be, by the book."""
        found = {
            (Finding.NOT_READ_IN, submission.pk)
            for submission, *_rest in self.stopped
            if submission.received_at < self.moment - IN_THE_MAKING
        }
        unmade = Document.objects.filter(kind="receipt").exclude(state=Document.State.READY)
        late = unmade.filter(created_at__lt=self.moment - IN_THE_MAKING)
        found |= {
            (Finding.NO_RECEIPT, pk)
            for pk in Submission.objects.filter(receipt__in=late).values_list("pk", flat=True)
        }
        return found | {
            (Finding.NOT_SENT, letter.dispatch)
            for family in self.families
            for letter in family.letters
            if letter.state == "waiting" and letter.ordered_at < self.moment - POSTED_WITHIN
        }

    def _inject(self):
        """Somebody meddles with the tables; it is found, and only it, and gone when put right."""
        waiting = [family for family in self.families if family.waits_for_answer]
        fresh = [family for family in waiting if family.state == "open"]
        if not fresh:
            return
        family = self.chance.choice(fresh)
        clock = Deadline.objects.filter(kind="answer", target_id=family.pk)
        finding, change, back = self.chance.choice(
            [
                (Finding.WRONG_DAY, {"due_on": family.due_on - ONE_DAY}, {"due_on": family.due_on}),
                (Finding.NO_CLOCK, {"closed_reason": "mistake"}, {"closed_reason": ""}),
            ]
        )
        clock.update(**change)
        operations.reconcile()
        assert found_by_program(self.moment) == self.found | {(finding, family.pk)}
        assert self._open_tasks("discrepancy") == {pk for _f, pk in self.found} | {family.pk}
        clock.update(**back)
        operations.reconcile()
        self.counted["injected"] += 1

    def _about(self, rows):
        return [family for family in self.families if family.pk in {row[0] for row in rows}]

    # Do they agree?

    def _compare(self):
        assert found_by_program(self.moment) == self._discrepancies()
        clocks = {row.target_id: row for row in Deadline.objects.filter(kind="answer")}
        states = dict(Referral.objects.values_list("pk", "state"))
        assert clocks.keys() == states.keys() == {family.pk for family in self.families}
        for family in self.families:
            clock = clocks[family.pk]
            assert clock.due_on == family.due_on
            assert clock.is_open == family.waits_for_answer, (self.moment, family)
            assert clock.owner_id == (family.owner.pk if family.owner else None)
            if family.is_answered:
                assert clock.met_on == max(letter.done_on for letter in family.answers)
            state = {"assessing": "open", "awaiting": "open", "received": "open"}
            assert state.get(states[family.pk], states[family.pk]) == family.state
        assert self._open_tasks("inquiry") == {i.pk for f in self.families for i in f.asked}
        unknown = {
            person.pk
            for family in self.families
            for person in family.people
            if person not in family.confirmed and family.state != "withdrawn"
        }
        assert self._open_tasks("confirm_contact") == unknown
        assert self._open_tasks("read_submission") == {s.pk for s, *_rest in self.stopped}
        if self.found is not None:
            assert self._open_tasks("discrepancy") == {pk for _finding, pk in self.found}
        failed = {
            letter.dispatch
            for family in self.families
            for letter in family.letters
            if letter.state == "failed" and not letter.is_stale
        }
        assert self._open_tasks("dispatch_failed") == failed

    def _open_tasks(self, kind):
        return set(Deadline.objects.open().filter(kind=kind).values_list("target_id", flat=True))

    def _calm_down(self):
        """Three days on which everything runs; then nothing is left lying."""
        self.is_calm = True
        for hour in range(8, 80, 6):
            self.moment = datetime.combine(self.last + ONE_DAY, time(), tzinfo=UTC)
            self.moment += timedelta(hours=hour)
            self.clock.move_to(self.moment, tick=False)
            self._machinery(set())
        self._compare()
        assert not Document.objects.exclude(state=Document.State.READY).exists()
        self._each_letter_went_out_once()
        self._each_message_arrived()

    def _each_letter_went_out_once(self):
        sent = Counter(
            Event.objects.filter(verb="dispatch.done").values_list("target_id", flat=True)
        )
        assert set(sent.values()) <= {1}
        done = [d for f in self.families for d in f.letters if d.state == "done"]
        assert {letter.dispatch for letter in done} <= sent.keys()

    def _each_message_arrived(self):
        came = Counter(str(message["Message-ID"]) for _to, message in self.mail.received)
        over = {Delivery.State.SENT: 1, Delivery.State.FAILED: 0, Delivery.State.STOPPED: 0}
        for delivery in Delivery.objects.filter(channel="email"):
            times = came[delivery.message_id]
            assert delivery.state in over, delivery
            assert over[delivery.state] <= times <= 1 + delivery.uncertain, delivery
        failed = Delivery.objects.filter(state=Delivery.State.FAILED)
        place = failed.filter(notification__municipality__isnull=False)
        tasks_about = Deadline.objects.filter(kind=Kind.MESSAGE_FAILED)
        assert {each.pk for each in place} == {each.target_id for each in tasks_about}


def found_by_program(moment):
    return {(each.finding, each.target.pk) for each in reconciliation.discrepancies(moment)}


def _referral(family):
    return Referral.objects.get(pk=family.pk)


def _fresh(row):
    return type(row).objects.get(pk=row.pk)


def _is_owed(person):
    """A parent who sent it, and whoever has parental responsibility."""
    is_parent = person.relation in ("mother", "father")
    asked_for_it = person.is_sender and person.relation != "teacher"
    return (asked_for_it and person.responsibility != "no") or (
        is_parent and person.responsibility == "yes"
    )
