"""What the rules recommend for a family, and what a person decides instead or as well."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from referrals import routing
from referrals.models import Choice, Recommendation, RuleSet
from tibir.audit.record import record
from tibir.core.errors import DomainError


@transaction.atomic
def recommend(case, facts, *, by, referral=None, at=None):
    """Ask the version that holds on the day, and keep what was known and what it said.

    `facts` are {name: value} of `routing.CATALOGUE`; what is unknown is None or left out. Raises
    BadFacts for anything else: it is the caller's to ask for what can be.
    """
    at = at or timezone.now()
    rule_set = RuleSet.objects.in_force(case.municipality, timezone.localdate(at))
    table = rule_set.table
    facts = routing.clean(facts, routing.CATALOGUE)
    # What this version had no word for when it was written says nothing to it.
    known = {name: value for name, value in facts.items() if name in table.facts}
    result = routing.evaluate(table, known)
    recommendation = Recommendation.objects.create(
        municipality=case.municipality,
        case=case,
        referral=referral,
        rule_set=rule_set,
        inputs=known,
        result=result,
        is_manual=result["manual"],
        made_at=at,
        made_by=by,
    )
    record("routing.recommended", recommendation, by=by, rules=rule_set.pk, tier=result["tier"])
    return recommendation


@transaction.atomic
def choose(recommendation, *, by, services, reason="", path=""):
    """A person decides (PRODUCT 3.4). Something else than what was recommended needs a reason."""
    recommendation = Recommendation.objects.select_for_update(of=["self"]).get(pk=recommendation.pk)
    if Choice.objects.filter(recommendation=recommendation).exists():
        raise DomainError(_("Det er alt valgt tiltak etter denne anbefalingen. Lag en ny."))
    services = list(routing.in_order(services))
    deviates = routing.differs(services, path, recommendation.result)
    if deviates and not reason.strip():
        raise DomainError(_("Skriv hvorfor dere velger noe annet enn anbefalingen."))
    choice = Choice.objects.create(
        recommendation=recommendation,
        services=services,
        path=path,
        deviates=deviates,
        reason=reason,
        by=by,
    )
    record("routing.chosen", choice, by=by, services=services, deviates=deviates)
    return choice
