"""The rules of what is recommended, by a coordinator."""

from django.urls import reverse
from django.utils import timezone

from referrals import actions
from referrals.models import RuleSet
from referrals.routing import Condition, Rule
from referrals.routing.editing import put, remove
from tests.browser.pages.people import LONG, employ
from tests.factories import refer


def routing_pages(page, place, coordinator):
    shipped = RuleSet.objects.get(municipality=None)
    page.goto(reverse("referrals:rules"))
    yield "the rules, a starting point"
    page.goto(shipped.get_absolute_url())
    yield "the starting point"
    page.goto(reverse("referrals:copy_rules", args=[shipped.pk]))
    yield "a copy of the rules"
    page.click("main .t-form .t-actions button")
    page.wait_for_selector("main .t-rulelist")
    yield "a draft of rules"
    draft = RuleSet.objects.get(municipality=place)
    yield from _writing(page, draft)
    yield from _tiers(page, draft)
    draft.refresh_from_db()
    impossible = Rule("r3", ((Condition("age", "at_least", 99),),), (), LONG)
    table = put(draft.table, 2, impossible)
    actions.change_rules(draft, by=coordinator, table=table, edition=draft.edition)
    page.goto(draft.get_absolute_url())
    yield "a draft with what is wrong"
    actions.recommend(refer(place).case, {"serious": True}, by=coordinator)
    table = remove(remove(draft.table, "r3"), "r7")
    actions.change_rules(draft, by=coordinator, table=table, edition=draft.edition)
    page.goto(draft.get_absolute_url())
    page.click("main form[action$='/prov/'] button")
    page.wait_for_selector("main .t-rows")
    yield "a try-out with consequences"
    page.goto(draft.get_absolute_url())
    yield "a draft that was tried, with families nobody answers for"
    page.goto(reverse("referrals:compare_rules", args=[draft.pk, shipped.pk]))
    yield "two versions compared"
    draft.refresh_from_db()
    actions.approve_rules(draft, by=employ(leads=place.intake_unit), edition=draft.edition)
    page.goto(reverse("referrals:activate_rules", args=[draft.pk]))
    page.fill("main [name=on]", "01.01.2020")
    page.click("main .t-form .t-actions button")
    page.wait_for_selector("ds-error-summary")
    yield "rules taken in use, with mistakes"
    draft.refresh_from_db()
    actions.activate_rules(draft, by=coordinator, on=timezone.localdate())
    page.goto(reverse("referrals:rules"))
    yield "the rules of the municipality"


def _writing(page, draft):
    page.goto(reverse("referrals:edit_rule", args=[draft.pk, "r5"]))
    for fact in ("age", "arenas"):
        page.select_option("main [name=new]", fact)
        page.click("main button[value=add]")
        page.wait_for_selector(f"main input[type=hidden][value={fact}]", state="attached")
    yield "a rule with conditions of every kind"
    page.fill("main [name=rule-sentence]", "")
    page.click("main .t-form > .t-actions button")
    page.wait_for_selector("ds-error-summary")
    yield "a rule with mistakes"


def _tiers(page, draft):
    page.goto(reverse("referrals:rename_tier", args=[draft.pk, 1]))
    page.fill("main [name=name]", "")
    page.click("main .t-form .t-actions button")
    page.wait_for_selector("ds-error-summary")
    yield "a tier without a name"
    page.goto(reverse("referrals:add_tier", args=[draft.pk]))
    yield "a new tier"
    page.fill("main [name=name]", LONG[:80])
    page.click("main .t-form .t-actions button")
    page.wait_for_selector("main .t-rulelist")
    page.goto(reverse("referrals:add_rule", args=[draft.pk, "imot"]))
    yield "a new rule of what speaks against"
