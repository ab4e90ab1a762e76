"""A walk over «Ruting»: the rules in every state, every finding, every form with mistakes."""

from dataclasses import replace
from datetime import timedelta

from django.urls import reverse
from django.utils import timezone

from referrals import actions
from referrals.kinds import FINDINGS
from referrals.models import RuleSet
from referrals.routing import CATALOGUE, Condition, Rule, Tier, check
from referrals.routing.editing import move, put, remove
from tests.factories import MunicipalityFactory, UserFactory, refer

WRONG = [
    Condition(".", "at_least", 1), Condition("age", "one_of", ["1"]),
    Condition("age", "at_least", "1"), Condition("preference", "one_of", ["x"]),
    Condition("age", "at_least", 99), Condition("age", "between", [9, 3]),
    Condition("age", "in_band", ["x"]), Condition("preference", "one_of", []),
    Condition("age", "at_least", 0),
]  # fmt: skip
ALL_KINDS = [
    Condition("age", "at_most", 9), Condition("age", "between", [3, 9]),
    Condition("serious", "is", False), Condition("preference", "none_of", ["group", "either"]),
    Condition("arenas", "any_of", ["home"]), Condition("arenas", "all_of", ["home", "school"]),
    Condition("arenas", "none_of", ["leisure"]), Condition("arenas", "count_at_least", 2),
]  # fmt: skip


def at(name, *args):
    return reverse(f"referrals:{name}", args=args)


def walk_rules(client, place, got):
    unit, today = place.intake_unit, timezone.localdate()
    author, leader = UserFactory(coordinates=unit), UserFactory(leads=unit)
    user = UserFactory(is_superuser=True, is_staff=True)
    shipped = RuleSet.objects.get(municipality=None)
    MunicipalityFactory(name=".")  # so that an administrator is asked which
    for each in (user, author):
        client.force_login(each)
        yield got(client.get(at("rules")))
        yield got(client.get(shipped.get_absolute_url()))
        yield got(client.get(at("copy_rules", shipped.pk)))
    client.force_login(user)
    yield got(client.post(at("copy_rules", shipped.pk), {"municipality": "x"}))
    client.force_login(author)
    yield got(client.post(at("copy_rules", shipped.pk), follow=True))
    draft = RuleSet.objects.get(municipality=place)
    yield from _forms(client, draft, got)
    yield from _findings(client, draft, author, got)
    for facts in ({"serious": True}, {"ecbi_intensity_first": "below"}, {}):
        actions.recommend(refer(place).case, facts, by=author)
    actions.change_rules(draft, by=author, table=remove(shipped.table, "r3"), edition=draft.edition)
    yield got(client.post(at("try_rules", draft.pk), follow=True))
    tried = draft.try_outs.get()
    yield got(client.get(draft.get_absolute_url()))
    draft.refresh_from_db()
    table = put(draft.table, 2, replace(draft.table.rule("r4"), sentence="."))
    table = remove(move(table, "r4", 1), "r9")
    table = put(table, 5, replace(table.rule("r7"), priority="high"))
    actions.change_rules(draft, by=author, table=table, edition=draft.edition)
    yield got(client.get(tried.get_absolute_url()))
    yield got(client.get(draft.get_absolute_url()))
    yield got(client.get(at("compare_rules", draft.pk, shipped.pk)))
    yield got(client.get(at("compare_rules", shipped.pk, draft.pk)))
    yield got(client.get(at("compare_rules", draft.pk, draft.pk)))
    actions.try_rules(draft, by=author, today=today)
    client.force_login(leader)
    yield got(client.get(tried.get_absolute_url()))
    yield got(client.get(draft.get_absolute_url()))
    edition = {"edition": RuleSet.objects.get(pk=draft.pk).edition}
    yield got(client.post(at("approve_rules", draft.pk), edition, follow=True))
    address = at("activate_rules", draft.pk)
    for day in ("", "31.02.2050", "01.01.2020"):
        yield got(client.post(address, {"on": day}))
    later = today + timedelta(days=9)
    yield got(client.post(address, {"on": f"{later:%d.%m.%Y}"}, follow=True))
    second = actions.copy_rules(draft, by=author, municipality=place)
    actions.try_rules(second, by=author, today=today)
    actions.approve_rules(second, by=leader, edition=1)
    answer = client.post(at("activate_rules", second.pk), {"on": f"{today:%d.%m.%Y}"})
    assert answer.status_code == 409
    yield answer.wsgi_request.path, answer.content.decode()
    second.refresh_from_db()
    actions.activate_rules(second, by=author, on=later + timedelta(days=9))
    third = actions.copy_rules(draft, by=author, municipality=place)
    yield got(client.post(at("discard_rules", third.pk), follow=True))
    for each in (draft, third):
        yield got(client.get(each.get_absolute_url()))
    yield got(client.get(at("rules")))


def _forms(client, draft, got):
    facts = {f"c{number}-fact": name for number, name in enumerate(CATALOGUE)}
    for place in ("1", "tillegg", "imot"):
        address = at("add_rule", draft.pk, place)
        yield got(client.get(address))
        yield got(client.post(address, {"conditions": len(facts), **facts, "do": "add"}))
        yield got(client.post(address, {"conditions": len(facts), **facts}))
    number = {"conditions": 1, "c0-fact": "age"}
    for typed in ({"c0-low": 9, "c0-high": 3}, {"c0-low": 9, "c0-bands": "target"}):
        yield got(client.post(address, number | typed))
    count = {"conditions": 1, "c0-fact": "arenas", "c0-operator": "count_at_least"}
    yield got(client.post(address, count))
    yield got(client.get(at("edit_rule", draft.pk, "r5")))
    for address in (at("add_tier", draft.pk), at("rename_tier", draft.pk, 1)):
        yield got(client.get(address))
        yield got(client.post(address, {}))
    arranged = {"what": "r3", "do": "up", "edition": draft.edition}
    yield got(client.post(at("arrange_rules", draft.pk), arranged, follow=True))


def _findings(client, draft, author, got):
    """A draft with everything that can be wrong; the few that no draft can have stand beside."""
    draft.refresh_from_db()
    number = iter(range(1, 99))

    def rule(*conditions, services=("counselling",), **about):
        about = {"sentence": "."} | about
        when = tuple((each,) for each in conditions)
        return Rule(f"r{next(number)}", when, services, **about)

    young, old = Condition("age", "at_most", 4), Condition("age", "at_least", 9)
    first = [*(rule(each) for each in WRONG), rule(young, old), rule(young, sentence=""),
             rule(young, services=()), rule(young, services=("consultation",)),
             rule(young, risk="."), rule(young)]  # fmt: skip
    second = [rule(young), *(rule(each) for each in ALL_KINDS)]
    wrong = replace(
        draft.table, tiers=(Tier("1", tuple(first)), Tier("2", tuple(second))), additions=(),
        against=(),
    )  # fmt: skip
    gaps = [rule(Condition(name, "one_of", ["below"]), Condition("serious", "is", True),
                 Condition("arenas", "any_of", ["home"]))
            for name in CATALOGUE if name.startswith("ecbi")]  # fmt: skip
    silent = replace(wrong, tiers=(Tier("1", (rule(young), *gaps)),))
    found = set()
    for table in (wrong, silent, replace(wrong, tiers=())):
        actions.change_rules(draft, by=author, table=table, edition=draft.edition)
        found |= {finding.code for finding in check(draft.table)}
        yield got(client.get(draft.get_absolute_url()))
    rare = {"not_checked", "gaps_not_checked", "only_when_unknown", "always"}
    assert found | rare == set(FINDINGS)
