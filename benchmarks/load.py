"""Many referrals at once, as rows: each with as much in it as a family writes."""

import json
import random
from datetime import date, datetime, time, timedelta

import psycopg
from django.utils import timezone

from interventions.models import Attendance, Course, Meeting, MeetingStaff, Note, Service
from referrals import routing
from tests.factories import ANSWERS
from tibir.accounts.models import (
    Membership,
    Municipality,
    Qualification,
    Region,
    Role,
    Unit,
    User,
)  # fmt: skip
from tibir.cases.models import CaseMember, CasePerson, Person
from tibir.core.encryption import encrypt
from tibir.deadlines.models import Deadline
from tibir.instruments.models import Instrument, Measurement

MUNICIPALITIES = 2  # and one coordinator, in the first
FIRST = 1_000_000  # far from what the sequences give out

PEOPLE = """
INSERT INTO cases_person (id, municipality_id, first_name, last_name, national_id, no_number,
    phone, email, address, language, grade)
SELECT n, 1 + n %% {spread}, 'Barn', 'Nummer ' || n, '', '', '', '', '', 'norsk', 'open'
FROM generate_series(%s::int, %s::int) n
"""
CASES = """
INSERT INTO cases_case (id, municipality_id, unit_id, child_id, state, grade, opened_on)
SELECT n, 1 + n %% {spread}, 1 + n %% {spread}, n, 'open', 'open', current_date
FROM generate_series(%s::int, %s::int) n
"""
SUBMISSIONS = """
INSERT INTO referrals_submission (id, public_id, municipality_id, reference, once_digest,
    content_digest, status_digest, receipt_digest, channel, language, received_at, answers,
    stopped_by)
SELECT n, gen_random_uuid(), 1 + n %% {spread}, 'TB-' || n, sha256(('o' || n)::bytea),
    sha256(('c' || n)::bytea), sha256(('s' || n)::bytea), sha256(('r' || n)::bytea), 'form', 'nb',
    now(), %s, ''
FROM generate_series(%s::int, %s::int) n
"""
# One in ten is open, in each unit alike, as in a programme that answers.
REFERRALS = """
INSERT INTO referrals_referral (id, submission_id, case_id, municipality_id, unit_id, state,
    outcome, reason, received_on, due_on, promised_on, sender, child_age, situations,
    asked_for_protection, referred_to, decided_on)
SELECT n, n, n, 1 + n %% {spread}, 1 + n %% {spread},
    CASE WHEN n / {spread} %% 10 = 0 THEN 'received' ELSE 'decided' END,
    CASE WHEN n / {spread} %% 10 = 0 THEN '' ELSE 'screening' END,
    CASE WHEN n / {spread} %% 10 = 0 THEN '' ELSE 'passer' END,
    current_date - n %% 20, current_date - n %% 20 + 14, current_date - n %% 20 + 14, 'parent',
    3 + n %% 10,
    '["bedtime", "directions"]', false, '',
    CASE WHEN n / {spread} %% 10 = 0 THEN NULL ELSE current_date END
FROM generate_series(%s::int, %s::int) n
"""

# As after some years: answered but for one in ten, and of those some have come to a notice today.
DEADLINES = """
INSERT INTO deadlines_deadline (id, kind, municipality_id, unit_id, case_id, owner_id, target_type,
    target_id, reference, round, begun_on, due_on, met_on, closed_reason)
SELECT n, 'answer', 1 + n %% {spread}, 1 + n %% {spread}, n, {owner} + n %% {owners},
    'referrals.referral', n, 'TB-' || n, 1, begun_on, begun_on + 14,
    CASE WHEN n %% 10 = 0 THEN NULL ELSE begun_on END, ''
FROM generate_series(%s::int, %s::int) n
CROSS JOIN LATERAL (
    SELECT CASE WHEN n %% 10 > 0 THEN current_date - 14 - n %% 1000
        WHEN (n - %s) / 10 < %s THEN current_date - 8 ELSE current_date - n / 10 %% 8
    END AS begun_on
) AS made
"""
OWNERS = 40
OWNER = 101  # the first of them, after those who were there


def places():
    region = Region.objects.create(name="Region")
    for number in range(1, MUNICIPALITIES + 1):
        place = Municipality.objects.create(
            pk=number, name=f"Kommune {number}", slug=f"kommune-{number}", region=region, phone="1"
        )
        place.intake_unit = Unit.objects.create(
            pk=number, municipality=place, name="Inntak", law_profile="upbringing"
        )
        place.save()
    coordinator = User.objects.create(email="koordinator@kommune.example", name="Kari")
    Membership.objects.create(
        user=coordinator, role=Role.COORDINATOR, unit_id=1, started_on=date(2020, 1, 1)
    )
    return coordinator


def referrals(owner, count):
    """By the owner, whose statements may take their time, and looked over as autovacuum would."""
    said = ANSWERS | {"onsker": {"hopes": "Rolige kvelder. " * 60, "format": "", "practical": ""}}
    answers = encrypt(json.dumps(said).encode(), "referrals.submission.answers")
    with psycopg.connect(owner, autocommit=True) as database:
        for statement in (PEOPLE, CASES, SUBMISSIONS, REFERRALS):
            numbers = [FIRST, FIRST + count - 1]
            if statement is SUBMISSIONS:
                numbers.insert(0, answers)
            database.execute(statement.format(spread=MUNICIPALITIES), numbers)
        database.execute("VACUUM ANALYZE")


def deadlines(owner, count, due):
    """One for each of so many cases; `due` of them have a notice that nobody has written."""
    with psycopg.connect(owner, autocommit=True) as database:
        for number in range(OWNERS):
            database.execute(
                "INSERT INTO accounts_user (id, password, is_superuser, email, name, is_active,"
                " is_staff) VALUES (%s, '!', false, %s, 'Ansatt', true, false)",
                [OWNER + number, f"ansatt{number}@kommune.example"],
            )
            database.execute(
                "INSERT INTO accounts_membership (user_id, role, municipality_id, started_on)"
                " SELECT %s, CASE WHEN %s < 3 THEN 'coordinator' ELSE 'clerk' END, id,"
                " '2020-01-01' FROM accounts_municipality",
                [OWNER + number, number],
            )
        numbers = [FIRST, FIRST + count - 1]
        for statement in (PEOPLE, CASES):
            database.execute(statement.format(spread=MUNICIPALITIES), numbers)
        written = DEADLINES.format(spread=MUNICIPALITIES, owner=OWNER, owners=OWNERS)
        database.execute(written, [*numbers, FIRST, due])
        database.execute("VACUUM ANALYZE")


# --- Somebody's day --------------------------------------------------------------------------

FAMILIES_OF_ONE, WEEKS_BEHIND, A_DAY, UNSIGNED = 12, 8, 5, 3
SINCE = date(2020, 1, 1)


def practitioners():
    """Somebody who has families, and the one who has all the others."""
    made = []
    for name in ("Behandler", "Kollega"):
        user = User.objects.create(email=f"{name.lower()}@kommune.example", name=name)
        for unit in Unit.objects.all():
            Membership.objects.create(
                user=user, role=Role.PRACTITIONER, unit=unit, started_on=SINCE
            )
        Qualification.objects.create(
            user=user, kind="screener", status="qualified", started_on=SINCE
        )
        made.append(user)
    return made


def day(owner, count, user, colleague):
    """A course for each case. The user has twelve families, met each week for two months: five of
    them today, five tomorrow, and three notes to sign."""
    cases = range(FIRST, FIRST + count)
    mine = [case for case in cases if case % MUNICIPALITIES == 0][:FAMILIES_OF_ONE]
    service = Service.objects.filter(kind="screening", municipality=None).latest("pk")
    today = timezone.localdate()
    courses = _in_parts(
        Course(
            case_id=case, service=service, unit_id=1 + case % MUNICIPALITIES,
            practitioner=user if case in mine else colleague, state="running",
            assigned_on=today, planned_on=SINCE, started_on=SINCE,
        )
        for case in cases
    )  # fmt: skip
    CaseMember.objects.bulk_create(
        CaseMember(case_id=case, user=user, role=Role.PRACTITIONER, started_on=SINCE)
        for case in mine
    )
    mine = [course for course in courses if course.practitioner == user]
    _meetings([_off(course, today) for course in courses if course.practitioner != user], colleague)
    _meetings(list(_met(mine, today)), user)
    for course in mine[:UNSIGNED]:
        _unsigned(course, user, today)
    with psycopg.connect(owner, autocommit=True) as database:
        database.execute("VACUUM ANALYZE")


def _meetings(meetings, user):
    _in_parts(meetings)
    _in_parts(
        MeetingStaff(meeting=each, user=user, starts_at=each.starts_at, ends_at=each.ends_at)
        for each in meetings
    )


def _in_parts(rows):
    """Each part its own transaction: those of a page last twenty seconds."""
    rows = list(rows)
    for start in range(0, len(rows), 1000):
        part = rows[start : start + 1000]
        type(part[0]).objects.bulk_create(part)
    return rows


def _off(course, today):
    return _meeting(course, today, 9, state="excused")


def _met(courses, today):
    for place, course in enumerate(courses):
        hour = 7 + place // 5 * 3
        for week in range(WEEKS_BEHIND):
            day = today - timedelta(days=1 + place % 5 + 7 * week)
            yield _meeting(course, day, hour, state="held", number=WEEKS_BEHIND - week)
    for place, course in enumerate(courses[: 2 * A_DAY]):
        ahead, turn = divmod(place, A_DAY)
        yield _meeting(course, today + timedelta(days=ahead), 8 + 2 * turn, state="planned")


def _meeting(course, day, hour, **about):
    start = timezone.make_aware(datetime.combine(day, time(hour)))
    return Meeting(
        course=course, starts_at=start, ends_at=start + timedelta(hours=1), place="Rom 2", **about
    )


def _unsigned(course, user, today):
    meeting = course.meetings.filter(state="held").latest("starts_at")
    for person in course.case.people.all():
        Attendance.objects.create(meeting=meeting, person=person, state="attended")
    note = Note.objects.create(course=course, meeting=meeting, author=user, internal="x" * 2000)
    Deadline.objects.create(
        kind="note", municipality_id=course.unit_id, unit=course.unit, case=course.case,
        owner=user, target_type=Note._meta.label_lower, target_id=note.pk, begun_on=today,
        due_on=today + timedelta(days=3),
    )  # fmt: skip


RECOMMENDED = """
INSERT INTO referrals_recommendation (municipality_id, case_id, rule_set_id, inputs, result,
    is_manual, made_at, made_by_id)
SELECT municipality_id, %s, %s, %s, %s, %s, now() - %s * interval '1 hour', 1
FROM cases_case WHERE id = %s
"""


def recommendations(owner, count, rule_set):
    """Families of the first municipality, of whom three facts in four are known."""
    table = rule_set.table
    chance = random.Random(1)  # noqa: S311 - the same families each time
    with psycopg.connect(owner, autocommit=True) as database:
        rows = []
        for number in range(count):
            known = {
                name: chance.choice(kind.values)
                for name, kind in table.facts.items()
                if chance.random() < 0.75
            }
            facts = routing.clean(known, table.facts)
            said = routing.evaluate(table, facts)
            case = FIRST + MUNICIPALITIES * number
            stored = [routing.canonical(facts), routing.canonical(said), said["manual"]]
            rows.append([case, rule_set.pk, *stored, number % 8000, case])
        with database.cursor() as cursor:
            cursor.executemany(RECOMMENDED, rows)
        database.execute("VACUUM ANALYZE referrals_recommendation")


MEETINGS = 60  # in three years, each with its note


def story(case):
    """A family that has been helped for three years, by the therapist who is given back."""
    today = timezone.localdate()
    by = User.objects.create(email="terapeut@kommune.example", name="Bente")
    since = date(2020, 1, 1)
    Membership.objects.create(user=by, role=Role.PRACTITIONER, unit_id=1, started_on=since)
    CaseMember.objects.create(
        case_id=case, user=by, role=Role.PRACTITIONER, started_on=since, reason="x"
    )
    people = [
        CasePerson.objects.create(
            case_id=case,
            person=Person.objects.create(municipality_id=1, first_name=name, last_name="Nes"),
            relation=relation,
            responsibility="yes",
        )
        for name, relation in (("Mor", "mother"), ("Far", "father"))
    ]
    courses = [_course(case, kind, by, today) for kind in ("counselling", "pmto_therapy")]
    meetings = Meeting.objects.bulk_create(
        Meeting(
            course=courses[number > 20],
            state="held",
            number=number,
            starts_at=timezone.now() - timedelta(days=1080 - 18 * number),
            ends_at=timezone.now() - timedelta(days=1080 - 18 * number, hours=-1),
        )
        for number in range(1, MEETINGS + 1)
    )
    for person in people:
        Attendance.objects.bulk_create(
            Attendance(meeting=each, person=person, state="attended") for each in meetings
        )
    Note.objects.bulk_create(
        Note(course=each.course, meeting=each, author=by, state="signed", internal="x" * 2000,
             signed_by=by, signed_at=timezone.now())
        for each in meetings
    )  # fmt: skip
    ecbi = Instrument.objects.newest().get(code="ecbi")
    Measurement.objects.bulk_create(
        Measurement(
            municipality_id=1, informant=person, instrument=ecbi, occasion="other", way="totals",
            taken_on=today - timedelta(days=200 * n), values={}, scores={}, entered_by=by,
        )
        for n in range(5)
        for person in people
    )  # fmt: skip
    return by


def _course(case, kind, by, today):
    service = Service.objects.get(kind=kind, municipality=None)
    Qualification.objects.create(
        user=by, kind=service.qualification, status="qualified", started_on=date(2020, 1, 1)
    )
    return Course.objects.create(
        case_id=case, service=service, unit_id=1, practitioner=by, state="running",
        assigned_on=today, planned_on=today, started_on=today - timedelta(days=1090),
    )  # fmt: skip
