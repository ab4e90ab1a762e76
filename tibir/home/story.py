"""What `timeline` has found of a case, in words: the story that its page tells."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from interventions.kinds import GoalEnding, ServiceKind
from interventions.measuring import EARLIER
from interventions.models import Course, Meeting, Note, Service
from interventions.states import CourseState, MeetingState
from referrals.states import State as ReferralState
from tibir.accounts.models import Role
from tibir.cases.models import Consent, Purpose
from tibir.core.dates import brief_date, clock_time, short_date
from tibir.core.templatetags import ui
from tibir.deadlines.models import Deadline
from tibir.documents.kinds import Kind as Paper
from tibir.documents.models import Dispatch
from tibir.home.timeline import rows_of
from tibir.instruments.kinds import Occasion

RECENT = 6  # meetings of an open course that stand without opening the rest


@dataclass
class Member:
    """Somebody who works with the family."""

    user_id: int
    name: str
    role: str
    started_on: date
    is_inside: bool


@dataclass
class Told:
    """One thing that happened, in words."""

    day: date
    words: str
    more: str = ""
    url: str = ""
    note: str = ""  # the address of what was written of it

    @property
    def html(self):
        """One line of the list. There may be hundreds, and a template for each took longer than
        all else on the page."""
        about = {"day": brief_date(self.day), "words": self.words}
        line = LINE + (LINK if self.url else WORDS)
        if self.url:
            about["url"] = self.url
        if self.more:
            line += MORE
            about["more"] = self.more
        if self.note:
            line += NOTE
            about |= {"note": self.note, "label": _("Notat")}
        return format_html(line + END, **about)


LINE = '<li class="t-event"><span class="t-event__day">{day}</span><span class="t-event__words">'
WORDS, LINK = "{words}", '<a class="ds-link" href="{url}">{words}</a>'
MORE = ' <span class="t-date">{more}</span>'
NOTE = ' <a class="ds-link" href="{note}">{label}<span class="ds-sr-only">, {day}</span></a>'
END = "</span></li>"


@dataclass
class Block:
    """One course: what it is, and what happened in it."""

    course: Course
    name: str
    owner: str
    unit: str
    state: str
    first: date
    last: date | None
    most: int
    events: list[Told] = field(default_factory=list)
    givers: tuple = ()
    held: int = 0
    is_open: bool = True

    @property
    def day(self):
        return self.first

    @property
    def url(self):
        return self.course.get_absolute_url()

    @property
    def earlier(self):
        """What is folded away in a course that goes on."""
        return self.events[:-RECENT] if self.is_open else self.events

    @property
    def recent(self):
        return self.events[-RECENT:] if self.is_open else []


@dataclass
class Story:
    """A case as one page tells it."""

    years: list  # (year, [Told or Block, …])
    courses: list[Block]
    referrals: list
    letters: list
    consents: list
    drafts: list
    next_meeting: dict | None


def told_of(case, user, today):
    """The rows of `rows_of`, each kind by itself."""
    rows = defaultdict(list)
    for what, *row in rows_of(case, user, today):
        rows[what].append(row)
    return rows


def members_of(rows):
    """Who works with the family today: those for whom no last day is set first."""
    found = sorted(rows["member"], key=lambda row: row[3]["ended_on"] or "9999", reverse=True)
    return [
        Member(said["user"], said["name"], Role(said["role"]).label, day, said["is_inside"])
        for day, _pk, _of, said in found
    ]


def due_of(rows, today):
    """What has to be done in the case, and which day."""
    return [_due(day, pk, said, today) for day, pk, _of, said in rows["due"]]


def _due(day, pk, said, today):
    deadline = Deadline(pk=pk, kind=said["kind"], subject=said["subject"], due_on=day)
    days = deadline.days_left(today)
    return {
        "url": deadline.page,
        "what": capfirst(deadline.what),
        "due_on": short_date(day),
        "clock": ui.days_left(days),
        "urgency": ui.urgency(days),
        "owner": said["owner"] or _("ingen"),
    }


def story(case, user, now, rows, *, reads):
    """From the first referral to today. `reads`: whether a referral may be opened."""
    courses = {pk: _block(case, day, pk, said) for day, pk, _of, said in rows["course"]}
    notes = {s["meeting"]: (pk, s) for _d, pk, _of, s in rows["note"] if s["meeting"]}
    upcoming, words = [], _Words(case)
    for day, pk, of, said in rows["meeting"]:
        starts_at = datetime.fromisoformat(said["at"])
        told = _meeting(user, day, starts_at, said, notes.get(pk), words)
        courses[of].events.append(told)
        courses[of].held += said["state"] == MeetingState.HELD and said["number"] is not None
        if said["state"] == MeetingState.PLANNED and starts_at >= now:
            upcoming.append((starts_at, told, courses[of]))
    loose = [_referral(case, day, pk, said, reads=reads) for day, pk, _of, said in rows["referral"]]
    for day, pk, of, said in rows["measure"]:
        told = _measure(case, day, pk, said)
        block = courses[of] if of else _course_on(courses.values(), day)
        (block.events if block else loose).append(told)
    for day, _pk, of, said in rows["pause"]:
        courses[of].events.append(_pause(day, said))
    for day, _pk, of, said in rows["goal"]:
        if of in courses:
            courses[of].events += _goal(case, day, of, said)
    for block in courses.values():
        block.events.sort(key=lambda told: told.day)
    letters = [_letter(day, said) for day, _pk, _of, said in rows["letter"]]
    loose += letters
    loose += [_consent(case, day, said) for day, _pk, _of, said in rows["consent"]]
    return Story(
        years=_by_year([*loose, *courses.values()]),
        courses=list(courses.values()),
        referrals=[_row(case, day, pk, said) for day, pk, _of, said in rows["referral"]],
        letters=letters,
        consents=_last_words(rows["consent"]),
        drafts=[_draft(case, day, pk, said) for day, pk, _of, said in rows["draft"]],
        next_meeting=_next(upcoming),
    )


def _by_year(told):
    years = defaultdict(list)
    for each in sorted(told, key=lambda each: each.day):
        years[each.day.year].append(each)
    return sorted(years.items())


def _block(case, day, pk, said):
    service = Service(kind=said["kind"])
    course = Course(
        pk=pk, case_id=case.pk, service=service, state=said["state"],
        started_on=_day(said["started_on"]), ended_on=_day(said["ended_on"]),
    )  # fmt: skip
    return Block(
        course=course,
        name=capfirst(ServiceKind(said["kind"]).label),
        owner=said["owner"],
        unit="" if case.is_hidden else said["unit"],
        state=CourseState(said["state"]).label,
        first=day,
        last=course.ended_on,
        most=said["most"],
        givers=(said["gives"], said["supervises"]),
        is_open=course.is_open,
    )


def _day(text):
    return date.fromisoformat(text) if text else None


def full_name(said):
    """As `Person.name` says it."""
    return f"{said['first']} {said['last']}".strip() or _("uten navn")


class _Words:
    """What is the same for every meeting of the story, found once."""

    def __init__(self, case):
        self.kinds = {each.value: capfirst(each.label) for each in Meeting.Kind}
        self.states = {each.value: str(each.label) for each in MeetingState}
        self.note = reverse("interventions:note", args=[case.pk, 0]).removesuffix("0/")


def _meeting(user, day, starts_at, said, note, words):
    at, kind = clock_time(starts_at), words.kinds[said["kind"]]
    told = Told(
        day,
        f"{said['number']}. {kind}" if said["number"] else kind,
        more=f"{at}, {words.states[said['state']]}",
    )
    if note:
        pk, of_note = note
        theirs = (of_note["author"], of_note["signer"])
        if of_note["state"] == Note.State.SIGNED or user.pk in theirs:
            told.note = f"{words.note}{pk}/"
    return told


def _pause(day, said):
    until = _day(said["until"])
    return Told(
        day, _("Pause"), more=_("til %(day)s") % {"day": brief_date(until)} if until else ""
    )


def _goal(case, day, course, said):
    """That it was set; and that nobody works towards it any more, with why."""
    url = reverse("interventions:goals", args=[case.pk, course])
    words = _("Mål: %(words)s") % said
    yield Told(day, words, url=url)
    if said["ended_on"]:
        yield Told(_day(said["ended_on"]), words, more=GoalEnding(said["ending"]).label, url=url)


def _referral(case, day, pk, said, *, reads):
    state = ReferralState(said["state"]).label
    url = reverse("referrals:detail", args=[pk]) if reads else ""
    return Told(day, _("Henvisning %(reference)s") % said, more=state, url=url)


def _row(case, day, pk, said):
    """As the list of referrals shows it."""
    return {
        "reference": said["reference"],
        "state": said["state"],
        "url": reverse("referrals:detail", args=[pk]),
        "owner": said["owner"] or _("ingen"),
        "due_on": _day(said["due_on"]),
    }


def _measure(case, day, pk, said):
    about = {"name": _(said["name"]), "who": full_name(said)}
    return Told(
        day,
        _("Måling: %(name)s, %(who)s") % about,
        more=Occasion(said["occasion"]).label,
        url=reverse("instruments:measurement", args=[case.pk, pk]),
    )


def _course_on(courses, day):
    """Of a measure that no course asked for: the newest that went on that day, else one that was
    just over or about to begin, one that is only planned the last; None where it was nobody's."""
    found = [
        block
        for block in courses
        if block.first - EARLIER <= day and (block.last is None or day <= block.last + EARLIER)
    ]
    return max(found, key=lambda block: (*_nearness(block, day), block.first), default=None)


def _nearness(block, day):
    goes_on = block.first <= day and (block.last is None or day <= block.last)
    return block.course.is_begun and goes_on, block.course.is_begun


def _letter(day, said):
    state = Dispatch.State(said["state"]).label
    about = {"what": capfirst(Paper(said["kind"]).label), "who": full_name(said)}
    return Told(
        day,
        _("%(what)s til %(who)s") % about,
        more=f"{Dispatch.Channel(said['channel']).label}, {state}",
        url=reverse("documents:document", args=[said["document"]]),
    )


def _consent(case, day, said):
    about = {"who": full_name(said), "what": _purpose(said)}
    return Told(
        day,
        _("Samtykke: %(who)s, %(what)s") % about,
        more=Consent.State(said["state"]).label,
        url=reverse("family:consents", args=[case.pk]),
    )


def _purpose(said):
    label = Purpose(said["purpose"]).label
    return f"{label}: {said['service']}" if said["service"] else label


def _last_words(rows):
    """What each who belongs to the case has last said of each matter: their own word, not held
    against others'."""
    last = {}
    for _day_said, _pk, _of, said in rows:
        if said["has_ended"]:
            continue
        key = (said["purpose"], said["service"], said["person"])
        if said["state"] != Consent.State.REQUESTED or key not in last:
            last[key] = said
    order = Purpose.values
    by_purpose = defaultdict(list)
    for (purpose, service, _person), said in last.items():
        said = said | {"name": full_name(said), "answer": Consent.State(said["state"]).label}
        by_purpose[order.index(purpose), service].append(said)
    return [
        {"what": capfirst(_purpose(said[0])), "said": said}
        for _key, said in sorted(by_purpose.items())
    ]


def _draft(case, day, pk, said):
    words = _("Utkast til rapport til %(who)s") % {"who": full_name(said)}
    return Told(day, words, url=reverse("interventions:report", args=[case.pk, pk]))


def _next(upcoming):
    if not upcoming:
        return None
    starts_at, told, block = min(upcoming, key=lambda each: each[0])
    when = f"{brief_date(timezone.localtime(starts_at))} {clock_time(starts_at)}"
    return {"when": when, "what": block.name, "url": block.url, "told": told}
