"""What somebody who checks the log of a unit should look at: a week at a time, and never who was
under strict protection."""

import hashlib
from collections import defaultdict
from dataclasses import dataclass, field

from django.db.models import Count, Q
from django.db.models.functions import ExtractHour

from tibir.access.roles import Kind, units_where
from tibir.accounts.models import Membership, Unit, User
from tibir.audit.kinds import UNTOLD, Group
from tibir.audit.models import Event
from tibir.calendar.holidays import is_working_day
from tibir.calendar.oslo import OSLO, end_of, start_of, week_of
from tibir.cases.models import STRICT, Case, CaseMember, LogCheck, Person

WORK_BEGINS, WORK_ENDS = 7, 17  # o'clock; outside of it one may ask why
MANY = 10  # cases in a week, and more than twice as many as is common in the unit
SPOT_CHECK = 3  # cases to read the whole log of
MOST_NAMESAKES = 50  # some names are common
WEEKS = 8  # that may be looked at
FOR_A_TIME = ("emergency", "leader")


@dataclass
class Reader:
    """What one employed has seen of a unit's families in a week, in numbers."""

    user: User
    cases: set = field(default_factory=set)
    without_place: set = field(default_factory=set)  # neither as a member nor by a role
    for_a_time: set = field(default_factory=set)  # in an emergency, or as a leader
    off_hours: int = 0
    times: int = 0
    is_many: bool = False

    @property
    def is_to_be_looked_at(self):
        """Something in the numbers that one may ask about; none of it is a fault by itself."""
        return self.is_many or self.off_hours or self.for_a_time or self.without_place


@dataclass(frozen=True)
class Namesake:
    """A case read by somebody, in which a person bears the name of a colleague or of the reader."""

    case: Case
    colleague: User
    readers: tuple[User, ...]
    is_own: bool


def may_check_log(user) -> bool:
    return bool(units_where(user, Kind.LOG_CHECK))


def checks_in(user):
    return Unit.objects.filter(pk__in=units_where(user, Kind.LOG_CHECK)).order_by("name", "pk")


def weeks(today):
    """The whole weeks that may be looked at, the latest first."""
    found, week = [], week_of(today)
    for _number in range(WEEKS):
        week = week.previous
        found.append(week)
    return found


def cases_of(user, unit):
    """Nobody checks the log of a family from which they are kept out, nor of a hidden one."""
    return Case.objects.visible_to(user).filter(unit=unit).exclude(grade__in=STRICT)


def openings(user, unit, week):
    """Rows of the log: somebody employed has seen something of a family of the unit."""
    seen = Event.objects.in_group(Group.OPENED)
    seen = seen.filter(at__gte=start_of(week.monday), at__lt=end_of(week.sunday))
    seen = seen.filter(actor_kind=Event.Actor.USER, case_id__in=cases_of(user, unit).values("pk"))
    return seen.exclude(verb__startswith=UNTOLD)


def readers(user, unit, week) -> list[Reader]:
    """Each who has read, those to be looked at first. Three queries."""
    counted = openings(user, unit, week).annotate(hour=ExtractHour("at", tzinfo=OSLO))
    counted = counted.values("actor_id", "case_id", "basis").annotate(
        times=Count("pk"), off_hours=Count("pk", filter=_off_hours(week))
    )
    rows = list(counted.order_by("actor_id", "case_id", "basis"))
    people = User.objects.in_bulk({row["actor_id"] for row in rows})
    members = set(
        CaseMember.objects.filter(case__in={row["case_id"] for row in rows}).values_list(
            "case_id", "user_id"
        )
    )
    found = {}
    for row in rows:
        if row["actor_id"] in people:
            reader = found.setdefault(row["actor_id"], Reader(people[row["actor_id"]]))
            _note(reader, row, (row["case_id"], row["actor_id"]) in members)
    sizes = sorted(len(each.cases) for each in found.values())
    common = sizes[len(sizes) // 2] if sizes else 0
    for each in found.values():
        each.is_many = len(each.cases) >= max(MANY, 2 * common + 1)
    return sorted(found.values(), key=_first)


def _first(reader):
    return not reader.is_to_be_looked_at, -len(reader.cases), reader.user.pk


def _note(reader, row, is_member):
    reader.cases.add(row["case_id"])
    reader.times += row["times"]
    reader.off_hours += row["off_hours"]
    if row["basis"] in FOR_A_TIME:
        reader.for_a_time.add(row["case_id"])
    elif not row["basis"] and not is_member:
        reader.without_place.add(row["case_id"])


def _off_hours(week):
    free = [day for day in week.days if not is_working_day(day)]
    return Q(hour__lt=WORK_BEGINS) | Q(hour__gte=WORK_ENDS) | Q(at__date__in=free)


def namesakes(user, unit, week) -> list[Namesake]:
    """Who read of somebody with the last name of an employed, by name alone: it may be chance."""
    seen = defaultdict(set)
    for case, actor in openings(user, unit, week).values_list("case_id", "actor_id").distinct():
        seen[case].add(actor)
    now = Membership.objects.current()
    here = now.filter(unit__municipality=unit.municipality_id)
    here |= now.filter(municipality=unit.municipality_id)
    actors = set().union(*seen.values())
    known = User.objects.filter(Q(pk__in=here.values("user")) | Q(pk__in=actors)).order_by("pk")
    by_name = defaultdict(list)
    for each in known:
        by_name[_last_name(each.name)].append(each)
    people = {each.pk: each for each in known}
    cases = Case.objects.in_bulk(seen)
    rows = []
    for case, name in _names_in(seen):
        for colleague in by_name.get(name, ()):
            who = tuple(people[pk] for pk in sorted(seen[case]))
            rows.append(Namesake(cases[case], colleague, who, colleague.pk in seen[case]))
    rows.sort(key=lambda row: (not row.is_own, row.case.pk, row.colleague.pk))
    return rows[:MOST_NAMESAKES]


def _names_in(cases):
    """(case, last name), once each, of the child and of the people around it."""
    named = Person.objects.exclude(last_name="")
    children = named.filter(child_of__in=cases).values_list("child_of", "last_name")
    around = named.filter(roles__case__in=cases).values_list("roles__case", "last_name")
    return {(case, _last_name(name)) for case, name in [*children, *around] if case in cases}


def _last_name(name):
    return name.split()[-1].casefold() if name.split() else ""


def spot_check(user, unit, week):
    """Some of the cases that were read, chosen by chance and always the same for a week."""
    read = openings(user, unit, week).values_list("case_id", flat=True).distinct()

    def by_chance(pk):
        return hashlib.sha256(f"{unit.pk} {week.monday} {pk}".encode()).digest()

    chosen = sorted(set(read), key=by_chance)[:SPOT_CHECK]
    return list(Case.objects.filter(pk__in=chosen).select_related("child").order_by("pk"))


def checked(unit, weeks):
    """{first day of the week: the checks of it}."""
    found = defaultdict(list)
    about = LogCheck.objects.filter(unit=unit, week_of__in=[week.monday for week in weeks])
    for each in about.select_related("by").order_by("pk"):
        found[each.week_of].append(each)
    return found
