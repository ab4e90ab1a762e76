"""Varsler: what one was told, on top what came last, and until it is read it is marked."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from tests.factories import MunicipalityFactory, UserFactory, refer, submit
from tibir.audit.models import Event
from tibir.audit.record import CLOCK
from tibir.cases.models import Grade
from tibir.deadlines import actions as deadlines
from tibir.deadlines.kinds import Kind as Due
from tibir.deadlines.models import Deadline
from tibir.notifications import actions
from tibir.notifications.kinds import Kind
from tibir.notifications.models import Notification

pytestmark = pytest.mark.django_db

INBOX = "/varsler/"


@pytest.fixture
def place():
    return MunicipalityFactory()


@pytest.fixture
def coordinator(client, place):
    user = UserFactory(coordinates=place.intake_unit)
    client.force_login(user)
    client.get("/")  # the first page of a session also writes when it began
    return user


def told(user, about, kind=Kind.TASK, **more):
    return actions.tell(kind, about, by=CLOCK, user=user, **more)


def told_of_deadline(user, referral, kind=Due.ANSWER):
    deadline = Deadline.objects.get(case=referral.case, kind=kind)
    return told(user, deadline, Kind.DEADLINE_NOTICE, stage="owner")


def rows(client, **query):
    return client.get(INBOX, query).context["rows"]


def shown(client, **query):
    return [row["notification"] for row in rows(client, **query)]


def queries_of(client, address):
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return len(queries)


def test_one_row_and_three_take_equally_many_queries(client, place, coordinator):
    def more():
        referral = refer(place)
        told_of_deadline(coordinator, referral)
        told_of_deadline(coordinator, referral, Due.CONFIRM_CONTACT)
        told(coordinator, referral)

    more()
    one = queries_of(client, INBOX)
    more()
    more()
    assert queries_of(client, INBOX) == one <= 12
    assert len(rows(client)) == 9


def test_the_bell_costs_every_page_one_query(client, place, coordinator):
    address = refer(place).get_absolute_url()
    with CaptureQueriesContext(connection) as queries:
        client.get(address)
    asked = [q["sql"] for q in queries if "notifications_notification" in q["sql"]]
    assert len(asked) == 1


def test_the_newest_is_on_top_and_the_unread_are_marked(client, place, coordinator):
    first, second, third = (told(coordinator, refer(place)) for _number in range(3))
    client.post(reverse("home:read", args=[second.pk]))

    assert shown(client) == [third, second, first]
    assert shown(client, vis="uleste") == [third, first]
    page = client.get(INBOX).content.decode()
    assert page.count(">nytt<") == 2


@pytest.mark.parametrize(("count", "said"), [(0, None), (1, "1"), (99, "99"), (100, "99+")])
def test_the_bell_says_how_many_are_unread(client, place, coordinator, count, said):
    about = refer(place)
    for number in range(count):
        told(coordinator, about, stage=str(number))
    page = client.get("/").content.decode()
    if said is None:
        assert "t-bell__count" not in page
    else:
        assert f't-bell__count">{said}<' in page


def test_a_deadline_says_which_when_and_of_what_but_no_name(client, place, coordinator):
    referral = refer(place, received_at=timezone.now() - timedelta(days=12))
    told_of_deadline(coordinator, referral)

    (row,) = rows(client)

    assert row["title"] == "Frist: svar på henvisning"
    assert (row["reference"], row["url"]) == (referral.reference, referral.get_absolute_url())
    assert (row["clock"], row["urgency"], row["is_over"]) == ("2 dager igjen", "warning", False)
    page = client.get(INBOX).content.decode()
    assert row["due_on"] in page
    for name in ("Odin", "Ødegård", "Åse-Lill", "Storgata"):
        assert name not in page


def test_a_deadline_that_was_met_is_done(client, place, coordinator):
    referral = refer(place, received_at=timezone.now() - timedelta(days=20))
    told_of_deadline(coordinator, referral)
    assert rows(client)[0]["urgency"] == "danger"
    deadlines.meet(Due.ANSWER, referral, by=CLOCK, on=date(2026, 1, 2))
    (row,) = rows(client)
    assert row["is_over"]
    page = client.get(INBOX).content.decode()
    assert ">ferdig<" in page
    assert "dager over" not in page


def test_what_was_found_out_late_says_so(client, place, coordinator):
    told(coordinator, refer(place))
    assert "oppdaget sent" not in client.get(INBOX).content.decode()
    Notification.objects.update(late=True)
    assert "oppdaget sent" in client.get(INBOX).content.decode()


def test_a_task_about_a_person_leads_to_where_it_is_done(client, place, coordinator):
    referral = refer(place)
    person = referral.case.people.get()
    told(coordinator, Deadline.objects.get(kind=Due.CONFIRM_CONTACT))
    (row,) = rows(client)
    assert row["title"] == "Oppgave: bekreft kontaktopplysninger"
    assert row["url"] == reverse("referrals:confirm_contact", args=[referral.pk, person.pk])


def test_a_submission_that_stopped_leads_there_until_it_is_read_in(
    client, place, coordinator, monkeypatch
):
    with monkeypatch.context() as broken:
        broken.setattr("tibir.family.actions.add", None)
        stopped = submit(place)
    told(coordinator, Deadline.objects.get(kind=Due.READ_SUBMISSION))
    assert rows(client)[0]["url"] == stopped.get_absolute_url()
    client.post(stopped.get_absolute_url())
    assert rows(client)[0]["url"] == ""


def test_what_one_may_know_of_but_not_open_has_no_link(client, place):
    leader = UserFactory(leads=place.intake_unit)
    referral = refer(place)
    told(leader, referral)
    client.force_login(leader)
    (row,) = rows(client)
    assert (row["reference"], row["url"]) == (referral.reference, "")
    assert client.get(referral.get_absolute_url()).status_code == 403


def test_a_member_of_the_case_may_open_it(client, place):
    referral = refer(place)
    member = UserFactory(practises_in=place.intake_unit, works_with=referral.case)
    told(member, referral)
    client.force_login(member)
    assert rows(client)[0]["url"] == referral.get_absolute_url()


def test_what_nothing_is_known_of_is_shown_without_a_link(client, place, coordinator):
    told(coordinator, coordinator, municipality=place)
    (row,) = rows(client)
    assert (row["title"], row["reference"], row["url"]) == ("Oppgave", "", "")


# --- Reading ------------------------------------------------------------------------------


def test_opening_marks_it_read_and_leads_there(client, place, coordinator):
    referral = refer(place)
    notification = told(coordinator, referral)
    response = client.post(reverse("home:read", args=[notification.pk]), {"open": "1"})
    assert response.url == referral.get_absolute_url()
    notification.refresh_from_db()
    assert notification.read_at is not None


def test_saying_that_it_is_read_stays_on_the_list(client, place, coordinator):
    notification = told(coordinator, refer(place))
    address = reverse("home:read", args=[notification.pk])
    assert client.post(address).url == INBOX
    assert client.post(address, {"vis": "uleste"}).url == f"{INBOX}?vis=uleste"
    assert Event.objects.filter(verb="notification.read").count() == 1


def test_looking_at_the_list_reads_nothing(client, place, coordinator):
    notification = told(coordinator, refer(place))
    for _time in range(3):
        client.get(INBOX)
        client.head(INBOX)
        client.get(reverse("home:read", args=[notification.pk]))
        client.get(reverse("home:read_all"))
    assert Notification.objects.unread().count() == 1


def test_all_that_stood_there_are_read_and_what_came_since_is_not(client, place, coordinator):
    for _number in range(3):
        told(coordinator, refer(place))
    newest = client.get(INBOX).context["newest"]
    since = told(coordinator, refer(place))

    response = client.post(reverse("home:read_all"), {"newest": newest}, follow=True)

    assert Notification.objects.unread().get() == since
    assert "Varslene er merket som lest." in response.content.decode()


@pytest.mark.parametrize("newest", ["", "x", "-1", "9" * 30, None])
def test_without_saying_which_none_are_read(client, place, coordinator, newest):
    told(coordinator, refer(place))
    data = {} if newest is None else {"newest": newest}
    assert client.post(reverse("home:read_all"), data).url == INBOX
    assert Notification.objects.unread().count() == 1


# --- Whose --------------------------------------------------------------------------------


def test_nobody_sees_or_reads_what_another_was_told(client, place, coordinator):
    other = UserFactory(coordinates=place.intake_unit)
    theirs = told(other, refer(place))
    assert shown(client) == []
    assert client.post(reverse("home:read", args=[theirs.pk])).status_code == 404
    client.post(reverse("home:read_all"), {"newest": theirs.pk})
    assert Notification.objects.unread().get() == theirs
    assert Event.objects.filter(verb="access.not_there").count() == 1


def test_a_notice_leaves_with_the_right_to_know_of_its_case(client, place, coordinator):
    notification = told(coordinator, refer(place))
    coordinator.memberships.update(ended_on="2021-01-01")
    assert shown(client) == []
    assert "t-bell__count" not in client.get("/").content.decode()
    assert client.post(reverse("home:read", args=[notification.pk])).status_code == 404


def test_strict_protection_takes_a_notice_from_all_but_the_cleared_members(client, place):
    referral = refer(place)
    case = referral.case
    cleared = UserFactory(practises_in=place.intake_unit, works_with=case, cleared_in=place)
    coordinator = UserFactory(coordinates=place.intake_unit)
    for user in (cleared, coordinator):
        told_of_deadline(user, referral)
    case.grade = Grade.STRICT
    case.save(update_fields=["grade"])
    for user, count in ((cleared, 1), (coordinator, 0)):
        client.force_login(user)
        assert len(shown(client)) == count
        assert (referral.reference in client.get(INBOX).content.decode()) == bool(count)
        assert ("t-bell__count" in client.get("/").content.decode()) == bool(count)


# --- Pages --------------------------------------------------------------------------------


@pytest.mark.parametrize("view", ["", "uleste"])
def test_a_longer_list_is_turned_page_by_page_and_shows_each_once(client, place, coordinator, view):
    about = refer(place)
    everything = [told(coordinator, about, stage=str(number)) for number in range(60)]
    seen, position = [], ""
    for size in (25, 25, 10):
        page = client.get(INBOX, {"vis": view, "etter": position})
        assert len(page.context["rows"]) == size
        seen += [row["notification"] for row in page.context["rows"]]
        position = page.context["next"]
    assert position is None
    assert seen == everything[::-1]
    assert "Til toppen av listen" in page.content.decode()
    assert "Merk alle som lest" not in page.content.decode()


@pytest.mark.parametrize("nonsense", ["x", "-1", "1.5", "²", "9" * 30, "1 or 1"])
def test_a_mistyped_position_shows_the_first_page(client, place, coordinator, nonsense):
    told(coordinator, refer(place))
    assert len(shown(client, etter=nonsense, vis=nonsense)) == 1


def test_an_empty_inbox_says_what_will_come(client, place, coordinator):
    page = client.get(INBOX).content.decode()
    assert "Ingen varsler ennå" in page
    assert "klokken 07.30 og 12.30 på arbeidsdager" in page
    assert "Merk alle som lest" not in page
    notification = told(coordinator, refer(place))
    client.post(reverse("home:read", args=[notification.pk]))
    assert "Du har lest alle varsler" in client.get(INBOX, {"vis": "uleste"}).content.decode()


def test_one_look_at_the_list_is_one_row_in_the_log(client, place, coordinator):
    for _number in range(3):
        told(coordinator, refer(place))
    client.get(INBOX)
    event = Event.objects.get(verb="notification.listed")
    assert (event.actor_id, event.codes) == (coordinator.pk, {"rows": 3})
