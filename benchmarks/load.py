"""Many referrals at once, as rows: each with as much in it as a family writes."""

import json
import random
from datetime import date

import psycopg

from referrals import routing
from tests.factories import ANSWERS
from tibir.accounts.models import Membership, Municipality, Region, Role, Unit, User
from tibir.core.encryption import encrypt

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
SELECT n, 'answer', 1 + n %% {spread}, 1 + n %% {spread}, n, 2 + n %% {owners},
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
                [2 + number, f"ansatt{number}@kommune.example"],
            )
            database.execute(
                "INSERT INTO accounts_membership (user_id, role, municipality_id, started_on)"
                " SELECT %s, CASE WHEN %s < 3 THEN 'coordinator' ELSE 'clerk' END, id,"
                " '2020-01-01' FROM accounts_municipality",
                [2 + number, number],
            )
        numbers = [FIRST, FIRST + count - 1]
        for statement in (PEOPLE, CASES):
            database.execute(statement.format(spread=MUNICIPALITIES), numbers)
        written = DEADLINES.format(spread=MUNICIPALITIES, owners=OWNERS)
        database.execute(written, [*numbers, FIRST, due])
        database.execute("VACUUM ANALYZE")


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
