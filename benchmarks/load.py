"""Many referrals at once, as rows; what they say does not matter here, only that they are there."""

from datetime import date

from django.db import connection

from tibir.accounts.models import Membership, Municipality, Region, Role, Unit, User
from tibir.core.encryption import encrypt

MUNICIPALITIES = 20
FIRST = 1_000_000  # far from what the sequences give out

PEOPLE = """
INSERT INTO cases_person (id, municipality_id, first_name, last_name, national_id, phone, email,
    address, language, grade)
SELECT n, 1 + n %% {spread}, 'Barn', 'Nummer ' || n, '', '', '', '', '', 'open'
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
# One in ten is open, as in a programme that answers.
REFERRALS = """
INSERT INTO referrals_referral (id, submission_id, case_id, municipality_id, unit_id, state,
    outcome, reason, received_on, due_on, sender, child_age, situations, asked_for_protection)
SELECT n, n, n, 1 + n %% {spread}, 1 + n %% {spread},
    CASE WHEN n %% 10 = 0 THEN 'received' ELSE 'decided' END,
    CASE WHEN n %% 10 = 0 THEN '' ELSE 'screening' END,
    CASE WHEN n %% 10 = 0 THEN '' ELSE 'passer' END,
    current_date - n %% 20, current_date - n %% 20 + 14, 'parent', 3 + n %% 10,
    '["bedtime", "directions"]', false
FROM generate_series(%s::int, %s::int) n
"""


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


def referrals(first, last):
    answers = encrypt(b"{}", "referrals.submission.answers")
    with connection.cursor() as cursor:
        for statement in (PEOPLE, CASES, SUBMISSIONS, REFERRALS):
            numbers = [answers, first, last] if statement is SUBMISSIONS else [first, last]
            cursor.execute(statement.format(spread=MUNICIPALITIES), numbers)
