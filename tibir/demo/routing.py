"""What Fjordvik recommends: the starting point in force, a draft that has been tried out, and what
some families were recommended and chose."""

from dataclasses import replace
from datetime import timedelta

from django.utils import timezone

from referrals import actions
from referrals.models import Referral, RuleSet
from referrals.routing import Condition
from referrals.routing.editing import place_of, put
from tibir.cases.models import STRICT

HARD = {"ecbi_intensity_first": "above", "ecbi_problem_first": "above"}
LIGHT = {"ecbi_intensity_first": "below", "ecbi_problem_first": "borderline", "worries": True}
# Days ago, what was known, and what was chosen with its reason; nothing is what was recommended.
KNOWN = [
    (9, HARD | {"age": 7, "suits_group": True, "preference": "group", "arenas": ["home"],
                "burdens": [], "serious": False, "negativity_months": 3,
                "violence_or_neglect": False}, None),
    (8, HARD | {"age": 9, "suits_group": False, "preference": "individual", "serious": True,
                "negativity_months": 14, "arenas": ["home", "school"],
                "behaviour_problems": True, "violence_or_neglect": False}, None),
    (7, LIGHT | {"age": 4, "thrives": "mixed", "arenas": ["home", "kindergarten"],
                 "agrees_to_contact": True, "burdens": [], "violence_or_neglect": False}, None),
    (6, LIGHT | {"age": 5, "burdens": ["economy", "mental_health"], "serious": False,
                 "violence_or_neglect": False},
     (["counselling"], "Foreldrene vil begynne med rådgivning, og vi ser på det igjen om seks "
                       "uker.")),
    (5, {"age": 6, "worries": True, "thrives": "badly"}, None),
    (4, LIGHT | {"age": 8, "burdens": ["conflict", "loss"], "serious": False,
                 "violence_or_neglect": False}, None),
]  # fmt: skip
# Two burdens are many families'; the draft waits for three before it recommends therapy.
STRICTER = 3


def recommend(municipality, *, by):
    referrals = Referral.objects.filter(municipality=municipality)
    shown = referrals.exclude(case__grade__in=STRICT).select_related("case__municipality")
    for referral, (days_ago, facts, chosen) in zip(shown.order_by("pk"), KNOWN, strict=False):
        at = timezone.now() - timedelta(days=days_ago)
        said = actions.recommend(referral.case, facts, by=by, referral=referral, at=at)
        if chosen:
            services, reason = chosen
            actions.choose(said, by=by, services=services, reason=reason)
        elif days_ago > 5:
            path, services = said.result["path"], said.result["services"]
            actions.choose(said, by=by, services=services, path=path)
    _draft(municipality, by)


def _draft(municipality, by):
    today = timezone.localdate()
    shipped = RuleSet.objects.in_force(municipality, today)
    draft = actions.copy_rules(shipped, by=by, municipality=municipality)
    table = draft.table
    asks = [rule for rule in table.rules if any(c.fact == "burdens" for c in rule.conditions)]
    stricter = replace(
        asks[0],
        when=((Condition("burdens", "count_at_least", STRICTER),),),
        sentence="Familien har tre eller flere belastninger på en gang.",
    )
    table = put(table, place_of(table, stricter.key), stricter)
    actions.change_rules(draft, by=by, table=table, edition=draft.edition)
    actions.try_rules(draft, by=by, today=today)
