"""A referral by telephone or on paper: the same clock, from the day it really came."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from referrals.models import Referral, Submission
from referrals.questions import AT_THE_DESK, Ask
from tests.factories import MunicipalityFactory, UnitFactory, UserFactory, refer
from tests.referrals.desk import TYPED, Desk
from tests.referrals.parent import Page
from tests.referrals.tables import tables_that_say
from tibir.accounts.models import Membership, Role
from tibir.audit.models import Event
from tibir.cases.models import Grade
from tibir.deadlines.kinds import Kind as Due
from tibir.deadlines.models import Deadline

pytestmark = pytest.mark.django_db


@pytest.fixture
def place():
    return MunicipalityFactory()


@pytest.fixture
def desk(client, place):
    return Desk(client, UserFactory(coordinates=place.intake_unit))


def test_a_call_becomes_a_referral_and_its_page(desk, place):
    response = desk.register()
    referral = Referral.objects.get()
    assert response.url == referral.get_absolute_url()
    submission = referral.submission
    assert (submission.channel, referral.sender) == ("phone", "parent")
    assert (referral.unit, referral.received_on) == (place.intake_unit, timezone.localdate())
    assert (referral.situations, referral.child_age) == (["bedtime"], 7)
    assert referral.case.child.address == "Kanariveien 7, 0000 Fjordvik"
    sender = referral.case.people.get()
    assert (sender.relation, sender.safe_phone, sender.person.phone) == (
        "mother", "yes", "+4799000001",
    )  # fmt: skip
    assert not sender.is_verified
    page = Page(desk.client.get(response.url))
    assert "Henvisningen er registrert. Den skal ha svar senest" in page.text
    assert "(telefon)" in page.text
    assert "Kanarieksempel" in page.text
    event = Event.objects.get(verb="submission.received")
    assert (event.actor_kind, event.codes) == ("user", {"channel": "phone"})


@pytest.mark.parametrize("days", [0, 1, 10, 20, 365])
def test_the_clock_began_the_day_it_came(desk, days):
    day = timezone.localdate() - timedelta(days=days)
    desk.register(received_on=day, **{"registrert-channel": "paper"})
    referral = Referral.objects.get()
    assert (referral.received_on, referral.due_on) == (day, day + timedelta(days=14))
    assert timezone.localdate(referral.submission.received_at) == day
    answer = Deadline.objects.open().get(kind=Due.ANSWER)
    assert answer.due_on == referral.due_on
    assert "kl." not in referral.submission.receipt.data["received"]


def test_a_day_before_the_clocks_change_is_still_that_day(client, place, time_machine):
    time_machine.move_to("2027-03-29T08:00:00+00:00")
    desk = Desk(client, UserFactory(coordinates=place.intake_unit))
    desk.register(received_on=date(2027, 3, 27))
    assert Referral.objects.get().received_on == date(2027, 3, 27)


RECEIVED = "registrert-received_on_0"


@pytest.mark.parametrize(
    ("days", "sentence"),
    [
        (-1, "«Hvilken dag kom den?» kan ikke være etter i dag. Se over årstallet."),
        (366, "«Hvilken dag kom den?» kan ikke være mer enn ett år tilbake. Se over datoen."),
        (900, "«Hvilken dag kom den?» er for langt tilbake. Se over årstallet."),
    ],
)
def test_a_day_that_cannot_be_is_refused_and_nothing_typed_is_lost(desk, days, sentence):
    day = timezone.localdate() - timedelta(days=days)
    page = Page(desk.register(received_on=day))
    assert page.faults() == {RECEIVED: sentence}
    assert page.fields()["bekymringen-examples"] == [TYPED["bekymringen-examples"]]
    assert page.fields()["barnet-birth_date_2"] == ["2019"]
    assert not Submission.objects.exists()


def test_an_empty_page_says_what_it_needs_and_asks_for_no_more(desk):
    page = desk.open()
    nothing = dict.fromkeys(TYPED, "") | {"bekymringen-situations": []}
    faults = Page(desk.press(page, **nothing)).faults()
    assert list(faults) == ["registrert-channel", "henviser-name", "henviser-who"]
    needed = {"registrert-channel": "in_person", "henviser-name": "Turid", "henviser-who": "other"}
    assert desk.press(page, **nothing | needed).status_code == 302
    assert Referral.objects.get().case.child.name == "uten navn"


ALL = [
    *((step.slug, q) for step in AT_THE_DESK.steps for q in step.questions),
    *(("person-0", q) for step in AT_THE_DESK.steps for q in step.each),
]


@pytest.mark.parametrize(
    ("asks", "text"),
    [
        pytest.param({Ask.TEXT, Ask.LONG, Ask.PHONE, Ask.EMAIL}, "a\x00b", id="NUL"),
        pytest.param({Ask.TEXT, Ask.LONG, Ask.PHONE, Ask.EMAIL}, "x" * 6000, id="too long"),
        pytest.param({Ask.ONE, Ask.MANY}, "finnes ikke", id="no such choice"),
        pytest.param({Ask.ONE, Ask.MANY}, "<b>🙂", id="markup"),
    ],
)
def test_every_field_looks_at_what_is_typed(desk, asks, text):
    typed = {f"{prefix}-{q.key}": [text] for prefix, q in ALL if q.ask in asks}
    faults = Page(desk.register(**typed)).faults()
    assert typed.keys() <= faults.keys()
    assert not Submission.objects.exists()


def test_half_a_character_is_no_crash(desk):
    page = desk.open()
    body = (
        b'--x\r\nContent-Disposition: form-data; name="henviser-name"\r\n\r\n\\ud800\r\n'
        b'--x\r\nContent-Disposition: form-data; name="action"\r\n\r\nsave\r\n--x--\r\n'
    )
    response = desk.client.generic(
        "POST",
        page.path,
        body,
        content_type="multipart/form-data; boundary=x; charset=unicode_escape",
    )
    assert response.status_code in (200, 400)


# --- Who told us --------------------------------------------------------------------------

PARENTS = {
    "person-0-name": "Turid Barnesen",
    "person-0-relation": "mother",
    "person-0-responsibility": "yes",
    "person-0-informed": "spoken",
    "person-0-agrees": "yes",
    "person-1-name": "Ole Barnesen",
    "person-1-relation": "father",
    "person-1-responsibility": "yes",
    "person-1-agrees": "not_asked",
}


def test_a_professional_on_the_telephone_gives_the_parents_and_their_agreement(desk):
    page = Page(desk.register(**{"henviser-who": "school", **PARENTS}), desk.client)
    referral = Referral.objects.get()
    assert referral.sender == "school"
    assert referral.get_sender_display() == "skole"
    sender, mother, father = referral.case.people.order_by("pk")
    assert (sender.relation, mother.relation, father.relation) == ("teacher", "mother", "father")
    tasks = Deadline.objects.open().filter(kind=Due.CONFIRM_CONTACT)
    assert tasks.count() == 3
    assert "Ole Barnesen er ikke spurt." in page.text
    assert "Turid Barnesen er ikke" not in page.text


def test_a_professional_without_any_agreement_is_kept_and_the_coordinator_is_told(desk):
    page = Page(desk.register(**{"henviser-who": "gp"}), desk.client)
    assert "Ingen med foreldreansvar er skrevet opp med et ja." in page.text


def test_one_more_person_is_one_more_block_and_keeps_what_was_typed(desk):
    page = Page(desk.press(desk.open(), "add", **PARENTS))
    assert page.fields()["people"] == ["3"]
    assert page.fields()["person-1-name"] == ["Ole Barnesen"]
    assert page.fields()["henviser-name"] == ["Turid Avsender"]
    assert page.faults() == {}
    assert not Submission.objects.exists()
    desk.press(page, **{"person-2-name": "Bjørg Ødegård", "person-2-relation": "grandparent"})
    names = [str(one.person) for one in Referral.objects.get().case.people.order_by("pk")]
    assert names == ["Turid Avsender", "Turid Barnesen", "Ole Barnesen", "Bjørg Ødegård"]


def test_enter_in_a_field_registers_nothing_and_loses_nothing(desk):
    page = desk.open()
    assert page.buttons()[0] == ("action", "stay")
    again = Page(desk.press(page, "stay"))
    assert again.fields()["henviser-name"] == ["Turid Avsender"]
    assert not Submission.objects.exists()


# --- Protection ---------------------------------------------------------------------------


@pytest.mark.parametrize("answer", ["yes", "talk", ""])
def test_only_a_no_keeps_where_the_child_is(desk, answer):
    desk.register(**{"skjerming-protection": answer, "skjerming-workplace": "Kanari barnehage"})
    referral = Referral.objects.get()
    assert referral.case.child.address == ""
    assert referral.case.grade == (Grade.CONFIDENTIAL if answer == "yes" else Grade.OPEN)
    for where in ("Kanariveien", "Kanari barnehage"):
        assert where not in str(referral.submission.answers)
        assert tables_that_say(where) == set()


def test_protection_is_asked_before_any_address():
    asked = [q.key for step in AT_THE_DESK.steps for q in (*step.questions, *step.each)]
    assert asked.index("protection") < min(
        asked.index(key) for key in ("address", "place", "workplace")
    )


# --- Once ---------------------------------------------------------------------------------


def test_a_double_click_and_a_reload_are_one_referral(desk):
    page = desk.open()
    answers = {desk.press(page).url for _click in range(3)}
    assert len(answers) == 1
    assert Submission.objects.count() == Referral.objects.count() == 1


def test_the_same_page_with_other_words_says_that_it_is_registered_and_shows_them(desk):
    page = desk.open()
    desk.press(page)
    again = Page(desk.press(page, **{"barnet-first_name": "Aksel"}))
    reference = Submission.objects.get().reference
    assert f"Dette skjemaet er allerede registrert, som {reference}." in again.text
    assert again.fields()["barnet-first_name"] == ["Aksel"]


@pytest.mark.parametrize("token", ["", "x", "\x00", "A" * 10_000])
def test_a_token_that_somebody_meddled_with_registers_all_the_same(desk, token):
    assert desk.register(token=token).status_code == 302
    assert Submission.objects.count() == 1


# --- Who may, and where -------------------------------------------------------------------


def test_a_clerk_gets_a_receipt_and_not_what_was_written(client, place):
    clerk = Desk(client, UserFactory(clerks_in=place.intake_unit))
    response = clerk.register()
    submission = Submission.objects.get()
    assert response.url == reverse("referrals:registered", args=[submission.pk])
    page = Page(client.get(response.url))
    assert submission.reference in page.text
    assert "Odin" not in page.text
    assert "Kanari" not in page.text
    assert client.get(submission.referral.get_absolute_url()).status_code == 403


def test_what_came_by_the_public_form_has_no_such_receipt(client, place):
    sent = refer(place).submission
    client.force_login(UserFactory(clerks_in=place.intake_unit))
    assert client.get(reverse("referrals:registered", args=[sent.pk])).status_code == 404


def test_a_referral_that_cannot_be_read_in_is_kept_and_the_page_says_so(desk, monkeypatch):
    with monkeypatch.context() as broken:
        broken.setattr("tibir.family.actions.add", None)
        response = desk.register()
    submission = Submission.objects.get()
    assert submission.stopped_by
    assert response.url == reverse("referrals:registered", args=[submission.pk])
    assert submission.reference in Page(desk.client.get(response.url)).text


def test_nobody_registers_in_another_municipality(client, place):
    neighbour = MunicipalityFactory()
    for user in (
        UserFactory(coordinates=place.intake_unit),
        UserFactory(clerks_in=place.intake_unit),
    ):
        desk = Desk(client, user)
        page = desk.open()
        desk.address += f"?kommune={neighbour.slug}"
        assert client.get(desk.address).status_code == 404
        assert desk.press(page).status_code == 404
        assert desk.press(page, municipality=neighbour.pk).status_code == 404
    assert not Submission.objects.exists()


def test_one_who_works_in_two_municipalities_chooses(client, place):
    other = MunicipalityFactory()
    user = UserFactory(coordinates=place.intake_unit)
    Membership.objects.create(
        user=user, role=Role.CLERK, unit=other.intake_unit, started_on=date(2020, 1, 1)
    )
    page = Desk(client, user).open()
    assert {f"?kommune={one.slug}" for one in (place, other)} <= set(page.links())
    Desk(client, user, f"?kommune={other.slug}").register()
    assert Submission.objects.get().municipality == other


def test_a_coordinator_of_a_unit_that_takes_nothing_in_does_not_register(client, place):
    client.force_login(UserFactory(coordinates=UnitFactory(municipality=place)))
    assert client.get(reverse("referrals:register")).status_code == 403


def test_a_coordinator_of_the_whole_municipality_registers_where_there_is_an_intake(client, place):
    client.force_login(UserFactory(coordinates=place))
    assert client.get(reverse("referrals:register")).status_code == 200
    place.intake_unit = None
    place.save(update_fields=["intake_unit"])
    assert client.get(reverse("referrals:register")).status_code == 403


def test_the_page_asks_the_database_for_little(client, place):
    user = UserFactory(coordinates=place.intake_unit)
    Desk(client, user)

    def queries():
        with CaptureQueriesContext(connection) as asked:
            assert client.get(reverse("referrals:register")).status_code == 200
        return len(asked)

    queries()
    one = queries()
    for _place in range(2):
        Membership.objects.create(
            user=user,
            role=Role.COORDINATOR,
            unit=MunicipalityFactory().intake_unit,
            started_on=date(2020, 1, 1),
        )
    assert queries() == one <= 10
