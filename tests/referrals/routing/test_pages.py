"""«Ruting», by whoever looks after the rules: without JavaScript, and nothing typed is lost."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from referrals import actions
from referrals.models import RuleSet
from referrals.routing import Condition
from referrals.routing.editing import place_of, remove
from tests.factories import MunicipalityFactory, UserFactory, refer
from tests.referrals.parent import Page
from tests.referrals.routing.starting import TABLE

pytestmark = pytest.mark.django_db


@pytest.fixture
def today():
    return timezone.localdate()


@pytest.fixture
def place():
    return MunicipalityFactory()


@pytest.fixture
def author(place):
    return UserFactory(coordinates=place.intake_unit)


@pytest.fixture
def leader(place):
    return UserFactory(leads=place.intake_unit)


@pytest.fixture
def shipped():
    return RuleSet.objects.get(municipality=None)


@pytest.fixture
def draft(place, author, shipped):
    return actions.copy_rules(shipped, by=author, municipality=place)


def at(name, *args):
    return reverse(f"referrals:{name}", args=args)


class Editor:
    """The page of one rule, with what stands in its fields."""

    def __init__(self, client, address):
        self.client, self.address = client, address
        self.page = Page(client.get(address))

    def press(self, do="save", **typed):
        data = self.page.fields() | {name.replace("__", "-"): text for name, text in typed.items()}
        self.response = self.client.post(self.address, data | {"do": do})
        if self.response.status_code != 302:
            self.page = Page(self.response)
        return self.page


def test_the_starting_point_says_everywhere_that_it_must_be_confirmed(client, author, shipped):
    client.force_login(author)
    for address in (at("rules"), shipped.get_absolute_url()):
        assert "Utgangspunkt, må bekreftes av kommunen." in Page(client.get(address)).text
    page = Page(client.get(shipped.get_absolute_url()))
    for tier in TABLE.tiers:
        assert tier.name in page.text
        for rule in tier.rules:
            assert rule.sentence in page.text
    assert "måneder med gjensidig negativitet: seks måneder eller mer" in page.text
    assert not [link for link in page.links() if "/regel/" in link]


def test_a_rule_is_written_condition_by_condition(client, author, draft):
    client.force_login(author)
    editor = Editor(client, at("add_rule", draft.pk, "3"))
    editor.press("add", new="age")
    editor.press("add", new="burdens", c0__low="7", rule__sentence="Store barn med mye å bære.")
    page = editor.press("add", new="preference", c1__operator="count_at_least", c1__count="3")
    assert page.fields()["c0-low"] == ["7"]
    assert page.fields()["rule-sentence"] == ["Store barn med mye å bære."]
    editor.press("add", new="serious", **{"c2-join": "or"}, c2__words=["group", "either"])
    editor.press("remove-3")
    editor.press(rule__services=["counselling", "parent_group"], rule__risk="indicated",
                 rule__priority="high")  # fmt: skip
    draft.refresh_from_db()
    rule = draft.table.rule("r18")
    assert editor.response.url == f"{draft.get_absolute_url()}#r18"
    assert place_of(draft.table, "r18") == 3
    assert rule.when == (
        (Condition("age", "at_least", 7),),
        (
            Condition("burdens", "count_at_least", 3),
            Condition("preference", "one_of", ["group", "either"]),
        ),
    )
    assert rule.sentence == "Store barn med mye å bære."
    assert (rule.services, rule.risk, rule.priority, rule.path) == (
        ("counselling", "parent_group"), "indicated", "high", "",
    )  # fmt: skip


def test_every_rule_that_is_opened_and_saved_is_the_same_rule(client, author, draft):
    client.force_login(author)
    for rule in TABLE.rules:
        editor = Editor(client, at("edit_rule", draft.pk, rule.key))
        editor.press()
        assert editor.response.status_code == 302, rule.key
    draft.refresh_from_db()
    assert (draft.table, draft.edition) == (TABLE, 1 + len(TABLE.rules))


def test_what_is_wrong_is_said_beside_the_field_and_all_that_was_typed_stays(client, author, draft):
    client.force_login(author)
    editor = Editor(client, at("edit_rule", draft.pk, "r2"))
    for fact in ("age", "preference", "serious", "burdens"):
        editor.press("add", new=fact)
    page = editor.press(
        c0__low="300",
        c1__low="12", c1__high="3", c4__operator="count_at_least",
        rule__sentence="", rule__services=[],
    )  # fmt: skip
    assert set(page.faults()) == {
        "c0-low", "c1-low", "c2-words", "c3-answer", "c4-words", "rule-sentence", "rule-services",
    }  # fmt: skip
    assert page.fields()["c0-low"] == ["300"]
    assert page.fields()["c1-high"] == ["3"]
    assert page.fields()["c0-bands"] == ["long"]
    page = editor.press(c0__low="6", c1__low="3", c1__high="12", c2__words=["group"],
                        c3__answer="yes", c4__count="2", rule__sentence="x",
                        rule__services=["counselling"])  # fmt: skip
    assert set(page.faults()) == {"c0-low"}  # numbers and bands at once
    draft.refresh_from_db()
    assert draft.table == TABLE


def test_strange_posts_break_nothing(client, author, draft):
    client.force_login(author)
    address = at("add_rule", draft.pk, "1")
    for data in (
        {"conditions": "9999999", "do": "save"},
        {"conditions": "3", "c0-fact": "height", "c1-fact": "age", "do": "remove-77"},
        {"conditions": "x", "do": "add", "new": "height"},
        {"conditions": "1", "c0-fact": ["age", "serious"], "c0-low": ["1", "2"], "do": "add"},
    ):
        assert client.post(address, data).status_code == 200
    for wrong in ("0", "7", "tull", "99999"):
        assert client.get(at("add_rule", draft.pk, wrong)).status_code == 404
    assert client.get(at("edit_rule", draft.pk, "r99")).status_code == 404
    for data in ({}, {"what": "r1", "do": "burn"}, {"what": "trinn-9", "do": "up"},
                 {"what": "trinn-imot", "do": "up"}, {"what": "r99", "do": "up"}):  # fmt: skip
        assert client.post(at("arrange_rules", draft.pk), data).status_code == 409


def test_whoever_saves_what_another_has_changed_is_told_and_keeps_every_word(
    client, author, leader, draft
):
    client.force_login(author)
    editor = Editor(client, at("edit_rule", draft.pk, "r2"))
    actions.change_rules(draft, by=leader, table=remove(draft.table, "r8"), edition=1)
    page = editor.press(rule__sentence="Mine ord.")
    assert page.status == 409
    assert "er endret av noen andre" in page.text
    assert page.fields()["rule-sentence"] == ["Mine ord."]
    draft.refresh_from_db()
    assert draft.table.rule("r2") == TABLE.rule("r2")


def test_rules_and_tiers_are_moved_named_and_removed(client, author, draft):
    client.force_login(author)

    def arrange(what, do):
        draft.refresh_from_db()
        said = {"what": what, "do": do, "edition": draft.edition}
        assert client.post(at("arrange_rules", draft.pk), said).status_code == 302

    arrange("r3", "up")
    arrange("trinn-6", "remove")
    arrange("trinn-5", "up")
    arrange("r9", "remove")
    page = Page(client.get(at("add_tier", draft.pk)))
    assert Page(client.post(at("add_tier", draft.pk), page.fields())).faults().keys() == {"name"}
    page = Page(client.get(at("add_tier", draft.pk)))
    client.post(at("add_tier", draft.pk), page.fields() | {"name": "Sist"})
    page = Page(client.get(at("rename_tier", draft.pk, 1)))
    assert page.fields()["name"] == ["Vold eller omsorgssvikt"]
    client.post(at("rename_tier", draft.pk, 1), page.fields() | {"name": "Først"})
    draft.refresh_from_db()
    tiers = draft.table.tiers
    assert [tier.name for tier in tiers] == [
        "Først", "Langvarig, alvorlig eller sammensatt", "Over grensen, og gruppe passer",
        "Under grensen", "Over grensen ellers", "Sist",
    ]  # fmt: skip
    assert [rule.key for rule in tiers[1].rules] == ["r3", "r2", "r4"]
    assert draft.table.rule("r9") is None


def test_what_is_found_stands_beside_its_rule_and_keeps_the_draft_from_being_tried(
    client, author, draft
):
    client.force_login(author)
    editor = Editor(client, at("add_rule", draft.pk, "1"))
    editor.press("add", new="age")
    editor.press("add", new="age", c0__low="9")
    editor.press(c1__high="3", rule__sentence="Umulig.", rule__services=["counselling"],
                 rule__risk="selective", rule__priority="normal")  # fmt: skip
    page = Page(client.get(draft.get_absolute_url()))
    assert "Reglene har én feil." in page.text
    (item,) = [li for li in page.root.iter("li") if li.get("id") == "r18"]
    assert "Vilkårene motsier hverandre" in " ".join(item.itertext())
    answer = client.post(at("try_rules", draft.pk))
    assert answer.status_code == 409
    client.post(at("arrange_rules", draft.pk), {"what": "r18", "do": "remove", "edition": 2})
    client.post(at("arrange_rules", draft.pk), {"what": "trinn-5", "do": "remove", "edition": 3})
    page = Page(client.get(draft.get_absolute_url()))
    assert "Ingen regel svarer for familier der" in page.text
    assert "belastninger i familien: høyst 1" in page.text
    assert client.post(at("try_rules", draft.pk)).status_code == 302


def test_from_a_copy_to_what_holds_with_two_people(client, author, leader, place, shipped, today):
    for serious in (True, False):
        actions.recommend(refer(place).case, {"serious": serious}, by=author)
    client.force_login(author)
    page = Page(client.get(at("copy_rules", shipped.pk)))
    client.post(at("copy_rules", shipped.pk), page.fields())
    draft = RuleSet.objects.get(municipality=place)
    client.post(at("arrange_rules", draft.pk), {"what": "r3", "do": "remove", "edition": 1})

    tried = Page(client.post(at("try_rules", draft.pk)), client)
    assert "1 av 2 familier ville fått noe annet" in tried.text
    assert "Ødegård" in tried.text
    page = Page(client.get(draft.get_absolute_url()))
    assert "En annen enn deg må godkjenne det." in page.text
    assert client.post(at("approve_rules", draft.pk), {"edition": 2}).status_code == 409

    client.force_login(leader)
    assert "Ødegård" not in Page(client.get(tried.path)).text
    assert "ser bare de som kan åpne sakene" in Page(client.get(tried.path)).text
    client.post(at("approve_rules", draft.pk), {"edition": 2})
    draft.refresh_from_db()
    assert draft.approved_by == leader
    address = at("activate_rules", draft.pk)
    wrong = Page(client.post(address, {"on": (today - timedelta(days=1)).strftime("%d.%m.%Y")}))
    assert wrong.faults().keys() == {"on"}
    page = Page(client.get(address))
    client.post(address, page.fields() | {"on": today.strftime("%d.%m.%Y")})
    assert RuleSet.objects.in_force(place, today) == draft
    assert "må bekreftes" not in Page(client.get(draft.get_absolute_url())).text
    assert client.get(at("edit_rule", draft.pk, "r2")).status_code == 409

    client.force_login(UserFactory(is_superuser=True, is_staff=True))
    counts = Page(client.get(tried.path)).text
    assert "1 av 2" in counts
    assert "Ødegård" not in counts


def test_two_versions_are_compared_rule_by_rule(client, author, draft, shipped):
    actions.change_rules(draft, by=author, table=remove(draft.table, "r3"), edition=1)
    client.force_login(author)
    page = Page(client.get(at("compare_rules", draft.pk, shipped.pk)))
    assert "Fjernet" in page.text
    assert TABLE.rule("r3").sentence in page.text
    assert TABLE.rule("r2").sentence not in page.text
    same = Page(client.get(at("compare_rules", shipped.pk, shipped.pk)))
    assert "Ingen forskjell" in same.text


def test_a_draft_of_another_municipality_is_not_there(client, author, shipped):
    other = MunicipalityFactory()
    theirs = actions.copy_rules(
        shipped, by=UserFactory(coordinates=other.intake_unit), municipality=other
    )
    client.force_login(author)
    for name in ("rule_set", "copy_rules", "add_tier"):
        assert client.get(at(name, theirs.pk)).status_code == 404
    assert client.get(at("compare_rules", shipped.pk, theirs.pk)).status_code == 404
    assert client.get(at("add_tier", shipped.pk)).status_code == 403


def test_an_administrator_says_which_municipality_a_draft_is_for(client, place, shipped):
    MunicipalityFactory()
    client.force_login(UserFactory(is_superuser=True, is_staff=True))
    address = at("copy_rules", shipped.pk)
    assert Page(client.post(address, {})).status == 200
    assert not RuleSet.objects.exclude(municipality=None).exists()
    client.post(address, {"municipality": str(place.pk)})
    assert RuleSet.objects.get(municipality=place).version == 1


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_asks_the_same_whatever_its_length(
    client, author, place, shipped, count, django_assert_num_queries
):
    for _one in range(count):
        actions.copy_rules(shipped, by=author, municipality=place)
    client.force_login(author)
    client.get(at("rules"))
    with django_assert_num_queries(LIST):
        client.get(at("rules"))


LIST = 9
