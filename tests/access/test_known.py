"""Where visibility begins, over every mixture of what may be said of a person and a case."""

from datetime import timedelta
from itertools import product

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.factories import LONG_AGO, MunicipalityFactory, UserFactory, refer
from tibir.accounts.models import Membership, Role, User
from tibir.cases.models import (
    KNOWN,
    STRICT,
    Case,
    CaseMember,
    Disqualification,
    Grade,
    TimedAccess,
    knowing,
    known_to,
)

pytestmark = pytest.mark.django_db

FACTS = ["role", "works", "member", "emergency", "cleared", "disqualified"]


@pytest.fixture
def cases():
    place = MunicipalityFactory()
    cases = {grade: refer(place).case for grade in Grade}
    for grade, case in cases.items():
        Case.objects.filter(pk=case.pk).update(grade=grade)
    return cases


def somebody(cases, facts):
    """A user of whom all of this is true, of each case alike."""
    unit = next(iter(cases.values())).unit
    user = UserFactory()
    now = timezone.now()
    held = {"user": user, "unit": unit, "started_on": LONG_AGO}
    roles = {"role": Role.COORDINATOR, "works": Role.PRACTITIONER, "cleared": Role.CLEARED}
    for fact, role in roles.items():
        if facts[fact]:
            Membership.objects.create(role=role, **held)
    for case in cases.values():
        about = {"case": case, "user": user}
        if facts["member"]:
            CaseMember.objects.create(role=Role.PRACTITIONER, started_on=LONG_AGO, **about)
        if facts["disqualified"]:
            Disqualification.objects.create(
                reason="close", registered_by=user, started_on=LONG_AGO, **about
            )
        if facts["emergency"]:
            ends = now + timedelta(minutes=50)
            TimedAccess.objects.create(
                kind="emergency",
                reason="danger",
                text="x",
                started_at=now - timedelta(minutes=10),
                ends_at=ends,
                **about,
            )
    return user


def is_known(grade, facts, *, writing):
    if facts["disqualified"]:
        return False
    if grade in STRICT:
        return facts["member"] and facts["cleared"]
    is_employed = facts["role"] or facts["works"] or facts["cleared"]
    is_member = facts["member"] and is_employed
    return facts["role"] or is_member or (facts["emergency"] and not writing)


def known_in_sql(user):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT it.id FROM cases_case AS it WHERE {KNOWN}", knowing(user))  # noqa: S608
        return {pk for (pk,) in cursor.fetchall()}


def test_a_case_is_known_just_as_the_rule_says(cases):
    known, expected = {}, {}
    for values in product([False, True], repeat=len(FACTS)):
        facts = dict(zip(FACTS, values, strict=True))
        pk = somebody(cases, facts).pk
        for writing in (False, True):
            user = User.objects.get(pk=pk)
            user.is_writing = writing
            visible = set(Case.objects.visible_to(user).values_list("pk", flat=True))
            assert known_in_sql(user) == visible, (facts, writing)
            for grade, case in cases.items():
                known[*values, writing, grade] = case.pk in visible
                expected[*values, writing, grade] = is_known(grade, facts, writing=writing)
    assert known == expected
    assert len(known) == 512


def test_what_has_ended_opens_and_closes_nothing(cases):
    user = somebody(cases, dict.fromkeys(FACTS, False) | {"works": True})
    now, case = timezone.now(), cases[Grade.OPEN]
    about = {"case": case, "user": user}
    yesterday = timezone.localdate() - timedelta(days=1)
    TimedAccess.objects.create(
        kind="emergency",
        reason="danger",
        text="x",
        started_at=now - timedelta(minutes=70),
        ends_at=now - timedelta(minutes=10),
        **about,
    )
    CaseMember.objects.create(role="leader", started_on=LONG_AGO, ended_on=yesterday, **about)
    assert not Case.objects.visible_to(user).exists()
    assert known_in_sql(user) == set()
    CaseMember.objects.create(role="leader", started_on=LONG_AGO, **about)
    Disqualification.objects.create(
        reason="close",
        registered_by=user,
        started_on=LONG_AGO,
        ended_on=timezone.localdate(),
        ended_by=UserFactory(),
        **about,
    )
    user = User.objects.get(pk=user.pk)
    assert Case.objects.visible_to(user).get() == case
    assert known_in_sql(user) == {case.pk}
    Membership.objects.filter(user=user).update(ended_on=yesterday)
    user = User.objects.get(pk=user.pk)
    assert not Case.objects.visible_to(user).exists()
    assert known_in_sql(user) == set()


def test_it_takes_three_questions_whatever_the_case_and_one_more_reads_it(cases):
    everything = dict.fromkeys(FACTS, True)
    user = User.objects.get(pk=somebody(cases, everything).pk)
    with CaptureQueriesContext(connection) as asked:
        known_to(user, "case")
    assert len(asked) <= 3
    with CaptureQueriesContext(connection) as asked:
        list(Case.objects.visible_to(user))
    assert len(asked) == 1
