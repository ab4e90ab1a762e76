"""Over the resolver: whoever sees a family leaves a row that says so, and on which basis."""

import pytest
from django.urls import reverse

from interventions.models import Course
from tests.access import test_matrix as matrix
from tests.access.test_matrix import addresses, make_scene, place  # noqa: F401 - fixtures
from tests.factories import UserFactory
from tibir.audit.kinds import BASES, VERBS
from tibir.audit.models import Event

pytestmark = pytest.mark.django_db

# Pages that show rows of many: one row of the log, with how many there were.
LISTS = {
    "referrals:list": "referral.listed",
    "deadlines:list": "deadline.listed",
    "documents:letters": "dispatch.listed",
    "home:notifications": "notification.listed",
    "family:complaints": "complaint.listed",
    "referrals:try_out": "routing.consequences_read",
    "family:control": "log.check_read",
    "interventions:screenings": "course.listed",
    "interventions:courses": "course.listed",
}
# Pages that show nothing of any family. A new page belongs here only if that is so.
OF_NO_FAMILY = {
    "logged_in",
    "operations:health",
    "referrals:register",
    "referrals:discuss",
    "interventions:direct",
    "family:complain",
    "family:emergency",
    "family:controls",  # weeks and units alone
    "interventions:calendar",  # one's own address, and no meeting
    "staff:own",
    "staff:proof",
    "staff:review",
    "staff:reviews",
    *matrix.RULES,
    "referrals:rules",
    "referrals:activate_rules",
    "home:search",  # until something is looked for: see below
}
# For those who are cleared for a family under strict protection, which this one is not: the tests
# of address protection look at their rows.
OF_THE_HIDDEN = {"family:shielded", "family:loosen", "family:group", "family:words"}
# For those who give a course alone.
OF_WHO_GIVES_IT = {
    *matrix.ONE_COURSE, *matrix.ONE_MEETING, *matrix.AROUND_MEETINGS, *matrix.ONE_CALL,
    *matrix.ONE_WORRY, *matrix.ONE_NOTE, *matrix.SECOND, *matrix.OF_GOALS, *matrix.ONE_GOAL,
    *matrix.GIVEN, "interventions:begin_case_report",
}  # fmt: skip
# What could not be read in is of no case yet, but of a family.
OF_NO_CASE = {"referrals:submission"}


@pytest.fixture
def everybody(place, addresses):  # noqa: F811
    """Somebody who may open everything here."""
    unit = place.intake_unit
    roles = {"coordinates": unit, "leads": unit, "clerks_in": unit}
    return UserFactory(**roles, works_with=addresses["referral"].case, name="Alt Mulig")


def rows(user):
    return Event.objects.filter(actor_id=user.pk, actor_kind="user").order_by("pk")


def test_every_page_that_shows_a_family_says_who_saw_it_and_why(
    client,
    addresses,  # noqa: F811
    everybody,
):
    client.force_login(everybody)
    shown = matrix.PAGES.keys() - LISTS.keys() - OF_NO_FAMILY - OF_THE_HIDDEN - OF_WHO_GIVES_IT
    faults = {name: fault_of(client, addresses[name], name, everybody) for name in sorted(shown)}
    assert {name: fault for name, fault in faults.items() if fault} == {}


def test_so_do_the_pages_of_whoever_gives_a_course(
    client,
    addresses,  # noqa: F811
):
    shown = dict.fromkeys(sorted(OF_WHO_GIVES_IT), "nobody tried")
    for user in {each.practitioner for each in Course.objects.select_related("practitioner")}:
        client.force_login(user)
        for name in [name for name, fault in shown.items() if fault]:
            shown[name] = fault_of(client, addresses[name], name, user)
    assert {name: fault for name, fault in shown.items() if fault} == {}


def fault_of(client, address, name, user):
    before = rows(user).count()
    if client.get(address).status_code != 200:
        return "nothing was shown, so nothing was tested"
    written = list(rows(user)[before:])
    reads = [row for row in written if row.verb in VERBS and VERBS[row.verb].is_opening]
    if not reads:
        return "shows a family and writes no row of the log"
    if any(row.basis not in BASES for row in reads):
        return "does not say on which basis"
    if name not in OF_NO_CASE and not all(row.case_id for row in reads):
        return "does not say of which case"
    return ""


def test_a_list_is_one_row_whatever_it_shows(
    client,
    addresses,  # noqa: F811
    everybody,
):
    client.force_login(everybody)
    for name, verb in LISTS.items():
        before = rows(everybody).count()
        assert client.get(addresses[name]).status_code == 200, name
        (row,) = rows(everybody)[before:]
        assert row.verb == verb
        assert set(row.codes) >= {"rows"}, name


def test_what_is_said_to_show_no_family_shows_none(
    client,
    addresses,  # noqa: F811
    everybody,
):
    superuser = UserFactory(is_superuser=True)
    shown = {}
    for name in sorted(OF_NO_FAMILY - {"referrals:register"}):
        client.force_login(superuser if name == "operations:health" else everybody)
        shown[name] = client.get(addresses[name]).content.decode()
    secrets = "Ødegård", addresses["referral"].reference
    assert [name for name, page in shown.items() if any(it in page for it in secrets)] == []
    assert len(shown) > 20


def test_a_search_is_one_row_that_does_not_say_what_was_looked_for(
    client,
    addresses,  # noqa: F811
    everybody,
):
    client.force_login(everybody)
    before = rows(everybody).count()
    client.post(reverse("home:search"), {"q": "Ødegård"}, follow=True)
    (row,) = rows(everybody)[before:]
    assert (row.verb, row.codes["kind"]) == ("search", "name")
    assert "degård" not in str(rows(everybody).values())


def test_a_page_drawn_again_with_mistakes_is_a_reading_too(
    client,
    addresses,  # noqa: F811
    everybody,
):
    client.force_login(everybody)
    before = rows(everybody).count()
    assert client.post(addresses["referrals:ask"], {}).status_code == 200
    assert [row.verb for row in rows(everybody)[before:]] == ["referral.read"]


def test_every_page_is_in_one_of_the_tables():
    assert (LISTS.keys() | OF_NO_FAMILY | OF_THE_HIDDEN | OF_WHO_GIVES_IT) <= matrix.PAGES.keys()
    assert not LISTS.keys() & OF_NO_FAMILY
