"""Several people, tabs and clicks at the same moment, and what goes wrong in the middle.

Real threads and real commits: each test has a database of its own.
"""

import re
from collections import Counter
from contextlib import contextmanager

import psycopg
import pytest
from django.core import mail
from django.db import OperationalError, connection, transaction
from django.db.backends.postgresql.base import DatabaseWrapper
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from referrals.models import Discussion, Draft, Referral, Submission
from referrals.questions import PARENT, PROFESSIONAL
from tests.databases import at_once
from tests.factories import MunicipalityFactory, UserFactory, refer, submit
from tests.referrals.desk import TYPED as AT_THE_DESK
from tests.referrals.desk import Desk
from tests.referrals.professional import TYPED as OF_PROFESSIONALS
from tibir.audit.models import Event
from tibir.cases.models import Case, CasePerson, Person
from tibir.core.models import Attempt
from tibir.deadlines.kinds import Kind as Due
from tibir.deadlines.models import Deadline
from tibir.documents import schedule as documents
from tibir.documents.models import Document
from tibir.family import actions as family
from tibir.notifications import schedule as notifications
from tibir.notifications.models import Delivery, Notification

pytestmark = pytest.mark.usefixtures("committed")

CALL = {"name": "Samira Rahmani", "phone": "99 00 00 03", "child_age": "5", "when": "etter 12"}
TYPED = {
    "deg": {"name": "Åse-Lill Ødegård", "relation": "mother", "protection": "no"},
    "kontakt": {"email": "aaselill@post.example", "safe_email": "yes"},
    "barnet": {"first_name": "Odin"},
    "bekymringen": {"situations": ["bedtime", "meals"], "examples": "Det tar to timer."},
    "samtykke": {"place_contact": "later", "notice_read": "on"},
}
CONFIRMED = {
    "how": "called",
    "responsibility": "yes",
    "safe_phone": "unknown",
    "email": "aaselill@post.example",
    "safe_email": "yes",
}


@pytest.fixture
def place():
    return MunicipalityFactory()


# Without these a parent is told to try again; without those, staff makes them of what is kept.
PROMISED = ["audit_event", "referrals_submission", "documents_document", "deadlines_deadline"]
DERIVED = ["cases_person", "cases_case", "cases_caseperson", "referrals_referral"]


class Page:
    """A page as one browser shows it: pressed several times, it sends the same each time."""

    def __init__(self, address, client, /, **typed):
        self.address, self.client, self.typed = address, client, typed

    def press(self):
        browser = Client(raise_request_exception=False)
        browser.cookies.update(self.client.cookies)
        return browser.post(self.address, self.typed)


def call_page(place):
    client = Client()
    address = reverse("referrals:call_me", args=[place.slug])
    return Page(address, client, token=client.get(address).context["token"], **CALL)


def begun(place, door=PARENT):
    client = Client()
    first = client.post(reverse("referrals:begin", args=[place.slug]), {"door": door.key}).url
    return client, first.removesuffix(f"{door.first.slug}/")


def step_page(client, draft, slug, /, **typed):
    version = client.get(f"{draft}{slug}/").context["version"]
    return Page(f"{draft}{slug}/", client, version=version, action="next", **typed)


def summary_page(place, door=PARENT, typed=TYPED):
    client, draft = begun(place, door)
    for step in door.steps:
        answer = step_page(client, draft, step.slug, **typed.get(step.slug, {})).press()
        assert answer.status_code == 302, answer.context["form"].errors
    return summary_of(client, draft)


def professionals_summary_page(place):
    return summary_page(place, PROFESSIONAL, OF_PROFESSIONALS)


def summary_of(client, draft):
    shown = client.get(f"{draft}oppsummering/").context["draft"]
    token = shown.payload["token"]
    return Page(f"{draft}oppsummering/", client, version=shown.version, token=token)


DOORS = [pytest.param(call_page, id="call me"), pytest.param(summary_page, id="full form")]


@contextmanager
def broken(committed, table):
    """While it lasts, nothing can be written to the table."""
    name = f"{table}_is_broken"
    with psycopg.connect(committed.owner_url, autocommit=True) as owner:
        owner.execute(f"""
            CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN RAISE EXCEPTION 'broken on purpose'; END $$;
            CREATE TRIGGER {name} BEFORE INSERT ON {table}
            FOR EACH ROW EXECUTE FUNCTION {name}()""")
        yield
        owner.execute(f"DROP TRIGGER {name} ON {table}; DROP FUNCTION {name}()")


def stored():
    models = [Submission, Referral, Case, Person, Deadline, Document, Notification, Event, Attempt]
    return {model.__name__: model.objects.count() for model in models}


# --- Clicks -------------------------------------------------------------------------------


@pytest.mark.parametrize("door", DOORS)
def test_twenty_equal_clicks_are_one_referral_and_twenty_equal_receipts(place, door, rings):
    page = door(place)
    rings.clear()

    answers = at_once(page.press, times=20)

    assert [answer.status_code for answer in answers] == [302] * 20
    submission = Submission.objects.get()
    assert {answer.url for answer in answers} == {
        reverse("portal:receipt", args=[place.slug, submission.public_id])
    }
    tickets = {
        tuple(sorted((name, cookie.value) for name, cookie in answer.cookies.items()))
        for answer in answers
    }
    assert len(tickets) == 1
    assert {name.split("-")[1] for name, _secret in tickets.pop()} == {"kvittering", "status"}
    assert Referral.objects.get().submission == submission
    assert (Case.objects.count(), Document.objects.count()) == (1, 1)
    assert [ids for _task, ids in rings] == [(submission.receipt_id,)]
    for verb in ("submission.received", "referral.received", "document.ordered"):
        assert Event.objects.filter(verb=verb).count() == 1
    kinds = sorted(Deadline.objects.values_list("kind", flat=True))
    assert kinds == ["answer", "claim", "confirm_contact", "read"]


def test_twenty_equal_clicks_of_a_professional_are_one_referral(place):
    page = professionals_summary_page(place)

    answers = at_once(page.press, times=20)

    assert [answer.status_code for answer in answers] == [302] * 20
    submission = Submission.objects.get()
    assert {answer.url for answer in answers} == {
        reverse("portal:receipt", args=[place.slug, submission.public_id])
    }
    assert Referral.objects.get().submission == submission
    assert (Case.objects.count(), CasePerson.objects.count()) == (1, 2)
    kinds = sorted(Deadline.objects.values_list("kind", flat=True))
    assert kinds == ["answer", "claim", "confirm_contact", "confirm_contact", "read"]


def test_twenty_equal_clicks_at_the_desk_are_one_referral(place):
    client = Client()
    desk = Desk(client, UserFactory(coordinates=place.intake_unit))
    shown, today = desk.open(), timezone.localdate()
    day = {
        f"registrert-received_on_{n}": part
        for n, part in enumerate((today.day, today.month, today.year))
    }
    typed = shown.fields() | AT_THE_DESK | day | {"action": "save"}
    page = Page(desk.address, client, **typed)

    answers = at_once(page.press, times=20)

    referral = Referral.objects.get()
    assert {(a.status_code, a.url) for a in answers} == {(302, referral.get_absolute_url())}
    assert Event.objects.filter(verb="submission.received").count() == 1


def test_twenty_equal_clicks_are_one_discussion(place):
    client = Client()
    client.force_login(UserFactory(coordinates=place.intake_unit))
    address, today = reverse("referrals:discuss"), timezone.localdate()
    day = {f"held_on_{n}": part for n, part in enumerate((today.day, today.month, today.year))}
    typed = {"caller_kind": "school", "topic": "behaviour", "minutes": "9", **day}
    page = Page(address, client, token=client.get(address).context["token"], **typed)

    answers = at_once(page.press, times=20)

    assert [answer.status_code for answer in answers] == [302] * 20
    assert Discussion.objects.count() == 1
    assert Event.objects.filter(verb="discussion.held").count() == 1


@pytest.mark.parametrize("door", DOORS)
def test_a_reload_and_the_back_button_give_the_receipt_again(place, door):
    page = door(place)
    first, again = page.press(), page.press()
    page.client.cookies.update(first.cookies)

    assert again.url == first.url
    assert page.client.get(first.url).status_code == 200
    if door is summary_page:
        assert page.client.get(page.address).url == first.url
    assert Submission.objects.count() == 1


def test_other_answers_from_the_same_page_are_a_message_of_their_own(place):
    page = call_page(place)
    other = Page(page.address, page.client, **page.typed | {"phone": "99 00 00 04"})
    pages = [page, other] * 4

    answers = at_once(lambda: pages.pop().press())

    assert {answer.status_code for answer in answers} == {302}
    phones = [s.answers["ring-meg"]["phone"] for s in Submission.objects.all()]
    assert {"+4799000003", "+4799000004"} == set(phones)
    assert len({answer.url for answer in answers}) == len(phones)


# --- Two tabs -----------------------------------------------------------------------------


def test_a_summary_that_was_changed_in_another_tab_is_shown_again_before_it_is_sent(place):
    first_tab = summary_page(place)
    draft = first_tab.address.removesuffix("oppsummering/")
    second_tab = step_page(first_tab.client, draft, "barnet", first_name="Aksel")
    assert second_tab.press().status_code == 302

    told = first_tab.press()

    assert (told.status_code, bool(told.context["changed"])) == (200, True)
    assert "Aksel" in told.content.decode()
    assert not Submission.objects.exists()
    assert summary_of(first_tab.client, draft).press().status_code == 302
    assert Submission.objects.get().answers["barnet"]["first_name"] == "Aksel"


def test_sending_in_one_tab_while_saving_in_another_sends_what_was_shown_or_nothing(place):
    send = summary_page(place)
    save = step_page(
        send.client, send.address.removesuffix("oppsummering/"), "barnet", first_name="Aksel"
    )
    pages = [send, save] * 4

    answers = at_once(lambda: pages.pop().press())

    assert {answer.status_code for answer in answers} <= {200, 302, 409}
    sent = Submission.objects.first()
    draft = Draft.objects.get()
    if sent:
        assert sent.answers["barnet"]["first_name"] == "Odin"
        assert (draft.submission, draft.payload) == (sent, {})
    else:
        assert draft.typed("barnet")["first_name"] == ["Aksel"]


def test_one_of_many_tabs_saves_a_step_and_the_others_keep_what_they_typed(place):
    client, draft = begun(place)
    pages = [
        step_page(client, draft, "deg", **TYPED["deg"] | {"name": f"Navn {number}"})
        for number in range(8)
    ]

    answers = at_once(lambda: pages.pop().press())

    assert sorted(answer.status_code for answer in answers) == [200] * 7 + [302]
    saved = Draft.objects.get().typed("deg")["name"][0]
    assert Draft.objects.get().version == 1
    others = [answer.content.decode() for answer in answers if answer.status_code == 200]
    kept = {re.search(r'name="name" value="(.*?)"', page)[1] for page in others}
    assert kept | {saved} == {f"Navn {n}" for n in range(8)}
    assert all(f">{saved}<" in page for page in others)


def test_a_step_that_is_sent_twice_is_saved_and_goes_on(place):
    client, draft = begun(place)
    page = step_page(client, draft, "deg", **TYPED["deg"])

    answers = at_once(page.press)

    assert {answer.url for answer in answers} == {f"{draft}kontakt/"}
    assert Draft.objects.get().typed("deg")["name"] == ["Åse-Lill Ødegård"]


# --- Staff --------------------------------------------------------------------------------


def staff_page(user, address, **typed):
    client = Client()
    client.force_login(user)
    return Page(address, client, **typed)


@pytest.fixture
def coordinator(place):
    return UserFactory(coordinates=place.intake_unit)


def test_a_contact_that_is_confirmed_by_many_clicks_is_told_once(place, coordinator, rings):
    referral = refer(place)
    person = referral.case.people.get()
    rings.clear()
    address = reverse("referrals:confirm_contact", args=[referral.pk, person.pk])
    page = staff_page(coordinator, address, **CONFIRMED)

    answers = at_once(page.press)

    assert {answer.status_code for answer in answers} == {302}
    assert Notification.objects.get().person == person
    assert [ids for _task, ids in rings] == [(Delivery.objects.get().pk,)]
    assert Deadline.objects.get(kind=Due.CONFIRM_CONTACT).met_on


@pytest.fixture
def stopped(place, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(family, "add", _cannot)
        return submit(place)


def _cannot(*args, **kwargs):
    raise ValueError("cannot be read in")


def test_a_submission_that_cannot_be_read_in_is_kept_for_staff(place, coordinator, monkeypatch):
    page = call_page(place)
    with monkeypatch.context() as patch:
        patch.setattr(family, "add", _cannot)
        answer = page.press()

    submission = Submission.objects.get()
    page.client.cookies.update(answer.cookies)
    assert submission.reference in page.client.get(answer.url).content.decode()
    assert submission.answers["ring-meg"]["name"] == "Samira Rahmani"
    assert submission.stopped_by == "ValueError"
    assert Deadline.objects.get().kind == Due.READ_SUBMISSION
    assert not any(model.objects.exists() for model in (Referral, Case, Person, CasePerson))

    again = staff_page(coordinator, submission.get_absolute_url()).press()

    assert again.url == Referral.objects.get().get_absolute_url()
    assert Deadline.objects.get(kind=Due.READ_SUBMISSION).met_on
    assert Referral.objects.get().received_on == timezone.localdate(submission.received_at)
    assert Deadline.objects.get(kind=Due.ANSWER).due_on == Referral.objects.get().due_on


def test_a_submission_is_read_in_once_however_many_press(stopped, coordinator):
    page = staff_page(coordinator, stopped.get_absolute_url())

    answers = at_once(page.press)

    assert Referral.objects.get().submission == stopped
    assert Case.objects.count() == 1
    statuses = sorted(answer.status_code for answer in answers)
    assert statuses[0] == 302
    assert set(statuses[1:]) <= {404, 409}


# --- The clock ----------------------------------------------------------------------------


def test_eight_ticks_at_once_make_each_document_once(place, monkeypatch, rings):
    made = []
    monkeypatch.setattr(
        "tibir.documents.tasks.render_pdf", lambda *args, **kwargs: made.append(kwargs) or b"%PDF"
    )
    for _number in range(5):
        refer(place)

    def tick_and_make():
        documents.tick()
        for task, ids in list(rings):
            task(*ids)

    outcomes = at_once(tick_and_make)

    assert outcomes == [None] * 8
    assert len(made) == 5
    assert {d.state for d in Document.objects.all()} == {Document.State.READY}


def test_eight_ticks_at_once_send_each_message_once(place, coordinator):
    for _number in range(5):
        referral = refer(place)
        address = reverse(
            "referrals:confirm_contact", args=[referral.pk, referral.case.people.get().pk]
        )
        assert staff_page(coordinator, address, **CONFIRMED).press().status_code == 302

    outcomes = at_once(notifications.tick)

    assert outcomes == [None] * 8
    sent = [message.extra_headers["Message-ID"] for message in mail.outbox]
    assert sorted(sent) == sorted(Delivery.objects.values_list("message_id", flat=True))
    assert {d.state for d in Delivery.objects.all()} == {Delivery.State.SENT}


# --- Whole or nothing ---------------------------------------------------------------------


@pytest.mark.parametrize("door", DOORS)
def test_what_cannot_be_written_whole_is_not_written_at_all(committed, place, door, rings):
    page = door(place)
    rings.clear()
    before = stored()

    for table in PROMISED:
        with broken(committed, table):
            answer = page.press()
        assert (answer.status_code, len(answer.cookies)) == (500, 0)
        assert (stored(), rings) == (before, [])

    assert page.press().status_code == 302
    assert Referral.objects.get().submission == Submission.objects.get()


def test_a_referral_that_cannot_be_written_leaves_only_the_submission(committed, place):
    for number, table in enumerate(DERIVED, start=1):
        with broken(committed, table):
            assert call_page(place).press().status_code == 302
        assert Submission.objects.stopped().count() == number

    assert not any(model.objects.exists() for model in (Referral, Case, Person, CasePerson))
    assert {deadline.kind for deadline in Deadline.objects.all()} == {Due.READ_SUBMISSION}
    verbs = Counter(Event.objects.values_list("verb", flat=True))
    told = {"submission.received", "document.ordered", "deadline.begun"}
    assert verbs == dict.fromkeys(told, len(DERIVED))


def test_a_page_that_cannot_be_logged_is_not_shown(committed, place, coordinator):
    referral = refer(place)
    client = Client(raise_request_exception=False)
    client.force_login(coordinator)

    with broken(committed, "audit_event"):
        pages = [
            client.get(referral.get_absolute_url()),
            client.get(reverse("referrals:list")),
        ]

    assert [page.status_code for page in pages] == [500, 500]
    assert not any(referral.reference in page.content.decode() for page in pages)
    assert client.get(referral.get_absolute_url()).status_code == 200


@pytest.mark.parametrize("door", DOORS)
def test_a_database_that_goes_away_in_the_middle_leaves_nothing_and_the_next_try_works(
    place, door, monkeypatch
):
    page = door(place)
    before = stored()

    with monkeypatch.context() as gone:
        gone.setattr(family, "add", _cut_off)
        answer = page.press()

    assert (answer.status_code, answer["Retry-After"]) == (503, "10")
    assert stored() == before
    assert page.press().status_code == 302
    assert Referral.objects.get().submission == Submission.objects.get()


def _cut_off(*args, **kwargs):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")


def test_a_commit_whose_answer_was_lost_is_found_by_the_next_try(place, monkeypatch):
    page = call_page(place)
    commit = DatabaseWrapper._commit

    def commit_and_go(self):
        commit(self)
        self.connection.close()
        raise OperationalError("the connection was lost")

    with monkeypatch.context() as lost:
        lost.setattr(DatabaseWrapper, "_commit", commit_and_go)
        assert page.press().status_code == 503
    assert Submission.objects.count() == 1

    answer = page.press()

    assert answer.status_code == 302
    assert str(Submission.objects.get().public_id) in answer.url
