"""Families whose people are said in a word, and what they answer."""

from datetime import timedelta

from django.utils import timezone

from tests.factories import ANSWERS, MunicipalityFactory, refer
from tibir.audit.record import SENDER
from tibir.cases.models import Consent, Purpose
from tibir.family import actions, rules

YES, NO, ASKED = Consent.State.GIVEN, Consent.State.REFUSED, Consent.State.REQUESTED
TAKER, BASIS = "Barneverntjenesten i Fjordvik", "Hjemmelen kommunen har valgt"
REASON = "Barnet trenger hjelp nå."
ALONE = {**ANSWERS, "familien": {"responsibility": "yes", "lives_with": "yes", "people": []}}


def family(place=None, **people):
    """A case with its mother, and others by relation: `family(father="yes", step_parent="no")`."""
    case = refer(place or MunicipalityFactory(), answers=ALONE).case
    return case, [case.people.get(), *(join(case, *each) for each in people.items())]


def join(case, relation, responsibility):
    return actions.add(
        case,
        by=SENDER,
        relation=relation,
        responsibility=responsibility,
        lives_with="yes",
        safe_phone="unknown",
        safe_email="unknown",
        first_name=relation.capitalize(),
        last_name="Ødegård",
    )


def says(person, state, *, by, purpose=Purpose.TAKE_PART, days_ago=0, **about):
    said_on = timezone.localdate() - timedelta(days=days_ago)
    about = {"channel": "meeting", "language": "nb"} | about
    answers = {purpose: state}
    return actions.say(person, by=by, answers=answers, said_on=said_on, **about)[0]


def stands(case, purpose=Purpose.TAKE_PART, service=""):
    found = rules.agreements(case, timezone.localdate())
    return next(a for a in found if (a.purpose, a.service) == (purpose, service))


def decides(case, *, by, outcome, purpose=Purpose.TAKE_PART, service=""):
    return actions.decide(
        case,
        by=by,
        purpose=purpose,
        service=service,
        outcome=outcome,
        legal_basis=BASIS,
        reason=REASON,
    )


def service_of(case):
    """Barnevern, as a person of the case."""
    found = case.people.filter(relation="child_welfare").order_by("pk").first()
    return found or actions.add(
        case,
        by=SENDER,
        relation="child_welfare",
        last_name=TAKER,
        responsibility="no",
        lives_with="no",
        safe_phone="unknown",
        safe_email="unknown",
    )


def takes_over(case, people, *, by):
    actions.stand_in(
        case,
        by=by,
        decider=service_of(case),
        people=people,
        legal_basis=BASIS,
        reference="BFN-2026/1",
        started_on=timezone.localdate(),
    )


def knows(person, responsibility, *, by):
    actions.verify(
        person,
        by=by,
        how="met",
        phone="",
        email="",
        safe_phone="unknown",
        safe_email="unknown",
        responsibility=responsibility,
    )
