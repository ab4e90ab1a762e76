"""What was kept in two ways is kept in one: nothing of who decides is lost on the way."""

from datetime import date

import psycopg
import pytest
from django.db import connection

from referrals import actions
from tests import databases
from tests.factories import UserFactory, refer
from tests.family.families import join
from tibir.cases.models import StandIn

WITHOUT_SENDER, WITH_SENDER = (
    "0006_enclosures_go_with_their_draft",
    "0008_a_referral_knows_who_sent_it",
)
BEFORE, AFTER = "0006_who_may_know_of_a_case", "0007_one_way_to_decide_for_another"
NAMED = """
INSERT INTO cases_standin (person_id, name, legal_basis, started_on, recorded_by_id)
VALUES (%s, 'Vernet i Fjordvik', 'Hjemmelen', '2026-03-02', %s)
"""
DECIDES = """
UPDATE cases_caseperson SET in_place_since = '2026-03-02', in_place_reference = '26/1'
WHERE id = ANY(%s)
"""


@pytest.mark.prove
def test_both_ways_to_decide_in_a_guardians_place_become_one(committed):
    cases = [refer().case for _number in range(3)]
    by = UserFactory(coordinates=cases[0].unit)
    mothers = [case.people.get() for case in cases]
    services = [join(cases[0], "child_welfare", "no"), join(cases[2], "child_welfare", "no")]
    connection.close()
    databases._manage("migrate", "cases", BEFORE, "--verbosity=0", database=committed.name)
    with psycopg.connect(committed.owner_url) as owner:
        for mother in mothers[1:]:
            owner.execute(NAMED, [mother.pk, by.pk])
        owner.execute(DECIDES, [[each.pk for each in services]])

    databases._manage("migrate", "cases", AFTER, "--verbosity=0", database=committed.name)

    beside = StandIn.objects.get(decider=services[0])
    assert (beside.person, beside.reference) == (None, "26/1")
    assert beside.started_on == date(2026, 3, 2)
    named = StandIn.objects.get(person=mothers[1])
    assert (named.name, named.legal_basis) == ("Vernet i Fjordvik", "Hjemmelen")
    assert named.decider.relation == "child_welfare"
    both = StandIn.objects.get(person=mothers[2])
    assert both.decider == services[1]
    assert StandIn.objects.count() == 3


@pytest.mark.prove
def test_what_was_sent_before_knows_who_sent_it_and_what_they_were_promised(committed):
    first = refer()
    second, alone = refer(first.municipality), refer(first.municipality)
    by = UserFactory(coordinates=first.unit)
    actions.merge(second, first, by=by)
    sent = {each.pk: each.sent_by_id for each in (first, second, alone)}
    connection.close()
    for name in (WITHOUT_SENDER, WITH_SENDER):
        databases._manage("migrate", "referrals", name, "--verbosity=0", database=committed.name)
    for each in (first, second, alone):
        each.refresh_from_db()
        assert each.sent_by_id == sent[each.pk]
        assert each.promised_on == each.due_on
