"""The whole way of a parent's referral, from the first page to the receipt."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.core import mail
from django.db.models import Count
from django.utils import timezone

from referrals.models import Draft, Referral, Submission
from tests.factories import MunicipalityFactory
from tests.referrals.parent import SLUGS, TYPED, Page, Parent
from tests.referrals.tables import tables_that_say
from tibir.audit.models import Event
from tibir.calendar.holidays import working_days_after
from tibir.cases.models import Case, CasePerson, Grade, Person
from tibir.deadlines.models import Deadline
from tibir.documents.models import Document
from tibir.notifications.models import Delivery, Notification

pytestmark = pytest.mark.django_db


@pytest.fixture
def parent(client):
    return Parent(client, MunicipalityFactory())


def cookies(response):
    """{kind: morsel} of the tickets; their names end with the address of what they open."""
    given = [morsel for morsel in response.cookies.values() if morsel.value]
    return {morsel.key.removeprefix("__Host-").split("-")[0]: morsel for morsel in given}


@pytest.mark.parametrize(
    "language", ["nb", *(pytest.param(it, marks=pytest.mark.prove) for it in ("nn", "en"))]
)
def test_a_parent_gets_from_the_first_page_to_the_receipt_in_every_language(parent, language):
    start = parent.get(f"/{parent.municipality.slug}/henvisning/")
    assert (start.status, start.language) == (200, "nb")
    parent.begin()
    parent.speak(parent.open("deg"), language)

    for number, slug in enumerate(SLUGS, start=1):
        page = parent.open(slug)
        assert (page.status, page.language) == (200, language)
        response = parent.fill_in(slug)
        following = SLUGS[number] if number < len(SLUGS) else "oppsummering"
        assert (response.status_code, response.url) == (302, parent.address(following))

    summary = parent.open("oppsummering")
    receipt = Page(parent.press(summary), parent.client)
    submission = Submission.objects.get()
    assert receipt.path == f"/{parent.municipality.slug}/kvittering/{submission.public_id}/"
    assert (receipt.status, receipt.language) == (200, language)
    assert submission.reference in receipt.text
    assert (submission.language, submission.receipt.language) == (language, language)


def test_the_summary_shows_every_answer_and_a_way_to_change_each_step(parent):
    page = parent.fill_in_all()

    free = [
        text
        for step in TYPED.values()
        for name, text in step.items()
        if isinstance(text, str) and len(text) > 6 and "phone" not in name and "_" not in text
    ]
    assert len(free) > 12
    assert [text for text in free if text not in page.text] == []
    for said in (
        "+47 99 00 00 01",
        "14. mars 2019",
        "Legging",
        "Måltider",
        "Ja, noe av tiden",
        "Far",
    ):
        assert said in page.text
    for slug in SLUGS:
        assert parent.address(slug) + "?fra=oppsummering" in page.links()
    assert Submission.objects.count() == 0


def test_each_step_says_where_the_parent_is(parent):
    parent.begin()
    parent.fill_in("deg")
    page = parent.open("kontakt")
    assert "Steg 2 av 9 – Kontakt" in page.text
    assert "goto-deg" in page.html
    assert "goto-barnet" not in page.html
    there = parent.press(page, "goto-deg", {"when": "etter 12"})
    assert there.url == parent.address("deg")
    assert parent.open("kontakt").fields()["when"] == ["etter 12"]
    assert "Lagret " in page.text


def test_what_is_sent_is_stored_with_all_that_follows_from_it(parent, rings):
    sent_from = timezone.now()
    parent.refer()

    submission = Submission.objects.get()
    assert sent_from <= submission.received_at <= timezone.now()
    assert submission.channel == Submission.Channel.FORM
    assert submission.stopped_by == ""
    assert submission.answers["deg"] == TYPED["deg"]
    assert submission.answers["kontakt"] == TYPED["kontakt"] | {"phone": "+4799000001"}
    assert submission.answers["barnet"]["birth_date"] == "2019-03-14"
    assert submission.answers["barnet"]["address"] == "Kanariveien 7, 0000 Fjordvik"
    assert submission.answers["bekymringen"] == TYPED["bekymringen"]
    (other,) = submission.answers["familien"]["people"]
    assert (other["name"], other["phone"]) == ("Ole Annenforelder", "+4799000002")
    assert submission.answers["samtykke"] == {"place_contact": "later", "notice_read": True}

    referral = Referral.objects.get()
    today = timezone.localdate()
    assert referral.submission == submission
    assert (referral.received_on, referral.due_on) == (today, today + timedelta(days=14))
    assert (referral.state, referral.outcome, referral.owner) == ("received", "", None)
    assert referral.situations == ["bedtime", "meals"]
    assert not referral.asked_for_protection
    assert referral.unit == referral.case.unit == parent.municipality.intake_unit

    case = Case.objects.get()
    assert (case.grade, case.state, case.responsible) == (Grade.OPEN, "open", None)
    assert (case.child.name, str(case.child.birth_date)) == ("Odin Barnesen", "2019-03-14")
    assert case.child.address == "Kanariveien 7, 0000 Fjordvik"

    sender, other = CasePerson.objects.order_by("pk")
    assert (sender.person.name, sender.relation, sender.is_sender) == (
        "Turid Avsender",
        "mother",
        True,
    )
    assert (sender.person.phone, sender.person.email) == (
        "+4799000001",
        "turid.kanari@post.example",
    )
    assert (sender.safe_phone, sender.safe_email, sender.lives_with) == ("yes", "yes", "partly")
    assert (sender.person.language, sender.person.interpreter) == ("dari", False)
    assert (other.person.name, other.relation, other.is_sender) == (
        "Ole Annenforelder",
        "father",
        False,
    )
    assert (other.safe_phone, other.safe_email, other.lives_with) == ("yes", "yes", "no")
    assert not sender.is_verified
    assert not other.is_verified

    answer, _claim, confirm, _read = Deadline.objects.order_by("kind")
    assert (answer.kind, answer.target_id, answer.due_on) == (
        "answer",
        referral.pk,
        referral.due_on,
    )
    assert (confirm.kind, confirm.target_id, confirm.due_on) == (
        "confirm_contact",
        sender.pk,
        working_days_after(today, 3),
    )
    assert {answer.met_on, confirm.met_on} == {None}

    document = Document.objects.get()
    assert submission.receipt == document
    assert (document.kind, document.state, document.language) == ("receipt", "queued", "nb")
    assert document.data["reference"] == submission.reference
    assert "Kanarieksempel: det tar to timer." in str(document.data["sections"])
    assert [(task.name, ids) for task, ids in rings] == [("documents.render", (document.pk,))]


def test_the_log_tells_what_happened_and_not_what_was_said(parent):
    parent.refer()

    counted = dict(Event.objects.values_list("verb").annotate(Count("pk")))
    assert counted == {
        "draft.begun": 1,
        "draft.saved": len(SLUGS),
        "submission.received": 1,
        "document.ordered": 1,
        "case.opened": 1,
        "consent.said": 1,
        "family.informed": 1,
        "family.person_added": 2,
        "referral.received": 1,
        "deadline.begun": 4,
    }
    assert set(Event.objects.values_list("actor_kind", "actor_id")) == {("sender", None)}
    assert set(Event.objects.values_list("municipality_id", flat=True)) >= {parent.municipality.pk}
    case = Case.objects.get()
    of_case = Event.objects.filter(case_id=case.pk).values_list("verb", flat=True)
    assert {"case.opened", "referral.received"} <= set(of_case)
    assert "kanari" not in str(list(Event.objects.values())).lower()


def test_nothing_is_readable_in_a_copy_of_the_database_but_names(parent):
    parent.begin()
    for slug in SLUGS:
        parent.fill_in(slug)
    assert tables_that_say("Turid") | tables_that_say("Kanari") == set()
    (draft_secret,) = [m.value for m in parent.client.cookies.values() if "utkast" in m.key]
    assert tables_that_say(draft_secret) == set()

    token = parent.open("oppsummering").fields()["token"][0]
    parent.press(parent.open("oppsummering"))

    assert tables_that_say("Turid") == {"cases_person"}
    assert tables_that_say("Annenforelder") == {"cases_person"}
    assert tables_that_say("Odin") == {"cases_person"}
    for secret in ["anari", "99000001", "99000002", "99 00 00 01", token, draft_secret]:
        assert tables_that_say(secret) == set(), secret
    for morsel in parent.client.cookies.values():
        assert tables_that_say(morsel.value) == set(), morsel.key


def test_the_search_for_readable_text_finds_what_is_there():
    MunicipalityFactory(name="Blåfjell kommune")
    assert tables_that_say("blåfjell") == {"accounts_municipality"}


def test_nobody_is_contacted_before_staff_has_confirmed_who_they_are(parent, rings):
    parent.refer()
    rings.answer()
    assert mail.outbox == []
    assert Notification.objects.count() == Delivery.objects.count() == 0


def test_the_draft_is_wiped_when_it_is_sent(parent):
    parent.refer()
    draft = Draft.objects.get()
    assert draft.payload == {}
    assert draft.submission == Submission.objects.get()
    assert Person.objects.filter(first_name="Odin").count() == 1


def test_tickets_are_for_this_device_and_this_site_alone(parent):
    draft = cookies(parent.begin())
    assert draft.keys() == {"utkast"}
    for slug in SLUGS:
        parent.fill_in(slug)
    sent = cookies(parent.press(parent.open("oppsummering")))
    assert sent.keys() == {"kvittering", "status"}

    lifetimes = {}
    for kind, morsel in (draft | sent).items():
        assert morsel.key.startswith("__Host-")
        assert morsel["secure"]
        assert morsel["httponly"]
        assert morsel["samesite"] == "Lax"
        assert (morsel["path"], morsel["domain"]) == ("/", "")
        lifetimes[kind] = morsel["max-age"]
    fortnight = timedelta(days=14).total_seconds()
    # What was sent is shut with the browser: the telephone may be passed on.
    assert lifetimes == {"utkast": fortnight, "kvittering": "", "status": ""}
    assert len({morsel.value for morsel in (draft | sent).values()}) == 3


def test_no_page_on_the_way_may_be_kept_by_the_browser_or_found_by_others(parent):
    parent.begin()
    for slug in ["deg", "oppsummering", "senere", "fortsett"]:
        response = parent.open(slug).response
        assert response["Cache-Control"] == "no-store"
        assert response["X-Robots-Tag"] == "noindex"
        assert response["Referrer-Policy"] == settings.SECURE_REFERRER_POLICY


def test_what_may_be_skipped_is_skipped(parent):
    nothing = {
        "kontakt": {"phone": "99000001"},
        "barnet": {"first_name": "Odin"},
        "samtykke": {"notice_read": "on"},
    }
    parent.begin()
    parent.fill_in("deg")
    for slug in SLUGS[1:]:
        response = parent.press(parent.open(slug), typed=nothing.get(slug, {}))
        assert response.status_code == 302, slug

    summary = parent.open("oppsummering")
    assert "Ikke besvart" in summary.text
    assert Page(parent.press(summary), parent.client).status == 200
    referral = Referral.objects.get()
    assert (referral.child_age, referral.situations) == (None, [])
    sender = referral.case.people.get()
    assert (sender.safe_phone, sender.safe_email) == ("unknown", "unknown")


def test_a_municipality_that_takes_no_referrals_has_no_form(client):
    closed = MunicipalityFactory(accepts_referrals=False)
    parent = Parent(client, closed)
    for address in (f"/{closed.slug}/henvisning/", f"/{closed.slug}/henvisning/ring-meg/"):
        assert parent.get(address).status == 404
    assert parent.post(f"/{closed.slug}/henvisning/begynn/", {}).status_code == 404
    assert Draft.objects.count() == 0


@pytest.mark.parametrize("age_in_years", [2, 3, 12, 13])
def test_an_age_outside_the_service_is_received_all_the_same(parent, age_in_years, today):
    parent.refer(barnet={"birth_date_2": str(today.year - age_in_years)})
    referral = Referral.objects.get()
    born = referral.case.child.birth_date
    assert referral.child_age == age_in_years - ((today.month, today.day) < (born.month, born.day))
    assert referral.is_outside_age == (not 3 <= referral.child_age <= 12)
