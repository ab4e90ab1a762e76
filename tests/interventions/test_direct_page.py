"""The one page: who gets there, what it asks, what stays when something is wrong."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from interventions.models import Agreement, Course, SafetyCheck
from referrals.models import Referral, Submission
from tests.factories import LONG_AGO, MunicipalityFactory, UserFactory
from tests.interventions.at_once import WORDS, able, dotted, typed
from tests.interventions.screenings import Kind, qualify
from tests.referrals.parent import Page
from tibir.accounts.models import Membership, Role
from tibir.documents import tasks
from tibir.documents.models import Dispatch, Document

pytestmark = pytest.mark.django_db

DIRECT = "/henvisninger/direkte/"
LETTER = "Vi har avtalt at dere begynner"


@pytest.fixture
def place():
    return MunicipalityFactory()


@pytest.fixture
def user(place):
    return able(place.intake_unit)


def press(client, action, page=None, **changed):
    """Send the page as it stands, with what `typed` and the test say."""
    page = page or Page(client.get(DIRECT))
    fields = page.fields() | typed(**changed) | {"action": action}
    return client.post(DIRECT, {name: value for name, value in fields.items() if value is not None})


def begin(client, **changed):
    looked = Page(press(client, "look", **changed))
    return press(client, "start", looked, **changed)


def test_it_is_looked_over_and_then_started(client, user):
    client.force_login(user)
    looked = Page(press(client, "look"))
    assert looked.status == 200
    for said in ("Anbefaling", "Det som er kjent", LETTER, WORDS, "Start rådgivning og lag brevet"):
        assert said in looked.text, said
    assert looked.fields()["samtalen-conversation"] == ["Kanarisamtale"]
    assert not Submission.objects.exists()
    answer = press(client, "start", looked)
    referral = Referral.objects.get()
    assert answer.url == referral.get_absolute_url()
    assert (referral.state, referral.sender) == ("decided", "parent")
    assert Agreement.objects.get().course.service.kind == "counselling"
    assert client.get(answer.url).status_code == 200
    screening = Course.objects.get(service__kind="screening")
    assert "Avtalt med familien: begynner" in Page(client.get(screening.get_absolute_url())).text


def test_the_practitioner_hands_the_letter_over_and_the_clock_is_met(client, user):
    client.force_login(user)
    begin(client)
    referral, dispatch = Referral.objects.get(), Dispatch.objects.get()
    tasks.render(dispatch.document_id)
    assert f"/brev/{dispatch.pk}/" in client.get(referral.get_absolute_url()).content.decode()
    address = reverse("documents:done", args=[dispatch.pk])
    assert client.get(address).status_code == 200
    answer = client.post(address, {"on": dotted(timezone.localdate())})
    assert answer.url == reverse("home:case", args=[referral.case_id])
    assert referral.answered_on == timezone.localdate()
    stranger = UserFactory(practises_in=referral.unit, works_with=referral.case)
    client.force_login(stranger)
    assert client.get(address).status_code == 404


def test_the_second_press_goes_to_what_the_first_one_made(client, user):
    client.force_login(user)
    looked = Page(press(client, "look"))
    press(client, "start", looked)
    again = press(client, "start", looked)
    assert again.url == Referral.objects.get().get_absolute_url()
    changed = press(client, "start", looked, **{"barnet-last_name": "Annen"})
    assert "allerede registrert, som" in changed.content.decode()
    assert Referral.objects.count() == 1
    assert Document.objects.filter(kind="answer").count() == 1


def test_started_without_a_look_it_is_shown_first(client, user):
    client.force_login(user)
    page = Page(press(client, "start"))
    assert page.status == 409
    assert "Se over det som er kjent nå" in page.text
    assert page.fields()["avtalen-words"] == [WORDS]
    assert not Submission.objects.exists()


def test_a_deviation_is_asked_for_beside_its_field(client, user):
    client.force_login(user)
    grave = {"samtalen-negativity_months": "8", "samtalen-is_serious": "yes"}
    page = Page(press(client, "look", **grave, **{"avtalen-reason": ""}))
    assert page.faults() == {
        "avtalen-reason": "Skriv hvorfor dere velger noe annet enn anbefalingen."
    }
    assert "Start rådgivning og lag brevet" not in page.text
    assert begin(client, **grave).status_code == 302
    assert Course.objects.get(service__kind="screening").screening.choice.deviates


def test_a_worry_is_stored_and_leads_to_the_checklist(client, user):
    client.force_login(user)
    worry = {"trygghet-is_worried": "yes", "trygghet-words": "Kanariblåmerker"}
    looked = Page(press(client, "look", **worry))
    assert "Avgjør først om bekymringen skal meldes" in looked.text
    assert "Start rådgivning og lag brevet" not in looked.text
    answer = press(client, "keep", looked, **worry)
    check = SafetyCheck.objects.get()
    assert answer.url == reverse("interventions:report_worry", args=[check.case_id, check.pk])
    assert "Plikten til å melde fra er din egen" in client.get(answer.url).content.decode()
    assert Referral.objects.get().state == "received"


def test_without_a_start_the_agreement_may_be_left_out(client, user):
    client.force_login(user)
    nothing = {"avtalen-starts_on": "", "avtalen-how": None, "avtalen-words": ""}
    assert Page(press(client, "look", **nothing)).faults().keys() == {
        "avtalen-starts_on", "avtalen-how", "avtalen-words",
    }  # fmt: skip
    answer = press(client, "keep", **nothing)
    assert answer.url == Course.objects.get().get_absolute_url()


FATHER = {
    "person-0-name": "Terje Møtt", "person-0-relation": "father",
    "person-0-responsibility": "yes", "person-0-lives_with": "yes",
}  # fmt: skip


def test_one_parent_says_no_and_it_is_said_before_anything_is_stored(client, user):
    client.force_login(user)
    father = FATHER | {"svar-1-attended": "no", "svar-1-agrees": "no"}
    looked = Page(press(client, "look", **father))
    assert "Ja fra Turid Møtt, nei fra Terje Møtt" in looked.text
    assert begin(client, **father).status_code == 409
    assert not Submission.objects.exists()
    assert press(client, "keep", **father).status_code == 302


TOMORROW = 1


WRONG = [
    ({"motet-day": ""}, "motet-day"),
    ({"motet-day": "i går"}, "motet-day"),
    ({"motet-day": "1.1.2001"}, "motet-day"),
    ({"motet-ends": "8"}, "motet-ends"),
    ({"motet-ends": "23"}, "motet-ends"),
    ({"motet-day": TOMORROW}, "motet-day"),
    ({"henviser-name": ""}, "henviser-name"),
    ({"barnet-first_name": ""}, "barnet-first_name"),
    ({"barnet-national_id": "12345678901"}, "barnet-national_id"),
    ({"svar-0-agrees": None}, "svar-0-agrees"),
    ({"svar-0-thrives": None}, "svar-0-thrives"),
    ({"svar-0-way": None}, "svar-0-way"),
    ({"svar-0-way": "post"}, "svar-0-address"),
    ({"svar-0-way": "post", "svar-0-address": "a\nb\nc\nd"}, "svar-0-address"),
    ({"svar-0-way": "brevdue"}, "svar-0-way"),
    ({"samtalen-conversation": ""}, "samtalen-conversation"),
    ({"samtalen-negativity_months": "mange"}, "samtalen-negativity_months"),
    ({"samtalen-burdens": ["none", "loss"]}, "samtalen-burdens"),
    ({"trygghet-is_worried": None}, "trygghet-is_worried"),
    ({"trygghet-is_worried": "yes"}, "trygghet-words"),
    ({"avtalen-starts_on": "1.1.2001"}, "avtalen-starts_on"),
    ({"avtalen-starts_on": "1.1.2099"}, "avtalen-starts_on"),
    ({"avtalen-words": ""}, "avtalen-words"),
    (FATHER, "svar-1-attended"),
    (FATHER | {"svar-1-attended": "yes"}, "svar-1-thrives"),
    ({"person-0-relation": "father", "svar-1-attended": "no"}, "person-0-name"),
    ({"svar-1-attended": "no"}, "person-0-name"),
]


def test_what_cannot_be_is_told_beside_the_field_and_nothing_typed_is_lost(client, user):
    client.force_login(user)
    empty = Page(client.get(DIRECT))
    tomorrow = dotted(timezone.localdate() + timedelta(days=1))
    for wrong, field in WRONG:
        said = {name: tomorrow if value == TOMORROW else value for name, value in wrong.items()}
        page = Page(press(client, "look", empty, **said))
        assert field in page.faults(), wrong
        kept = page.fields()
        assert kept["svar-0-worries_words"] == ["Kanarikvelder"]
        for name, value in said.items():
            if value and value != "brevdue":
                assert set(kept[name]) == set(value if isinstance(value, list) else [value]), name
    assert not Submission.objects.exists()


def test_one_more_person_fits_and_what_was_typed_stays(client, user):
    client.force_login(user)
    page = Page(press(client, "add", **FATHER, **{"svar-1-attended": "yes", "motet-day": "i går"}))
    assert page.faults() == {}
    assert page.fields()["motet-day"] == ["i går"]
    assert page.fields()["svar-1-attended"] == ["yes"]
    assert "person-1-name" in page.fields()


def test_age_outside_the_services_is_flagged(client, user):
    client.force_login(user)
    assert (
        "under 3 eller over 12"
        in Page(press(client, "look", **{"barnet-birth_date_2": "2025"})).text
    )


@pytest.mark.parametrize("role", ["coordinates", "leads", "clerks_in", "supervises_in", "nothing"])
def test_others_are_not_let_in_and_find_no_way_there(client, place, role):
    about = {} if role == "nothing" else {role: place.intake_unit}
    user = UserFactory(**about)
    qualify(user)
    qualify(user, Kind.COUNSELLOR)
    client.force_login(user)
    assert client.get(DIRECT).status_code == 403
    assert client.post(DIRECT, typed(action="start")).status_code == 403
    assert DIRECT not in client.get("/").content.decode()
    assert not Submission.objects.exists()


def test_only_where_one_works_and_is_trained(client, place, user):
    other = MunicipalityFactory()
    client.force_login(user)
    assert client.get(f"{DIRECT}?kommune={other.slug}").status_code == 404
    Membership.objects.create(
        user=user, unit=other.intake_unit, role=Role.PRACTITIONER, started_on=LONG_AGO
    )
    assert Page(client.get(f"{DIRECT}?kommune={other.slug}")).text.count(other.name)
    client.post(f"{DIRECT}?kommune={other.slug}", typed(action="keep", **{"people": "1"}))
    assert Referral.objects.get().municipality == other


def test_whoever_may_finds_it_beside_the_screenings_and_whoever_lacks_a_training_does_not(
    client, place, user
):
    client.force_login(user)
    assert DIRECT in Page(client.get(reverse("interventions:screenings"))).links()
    both = able(place.intake_unit, clerks_in=place.intake_unit)
    client.force_login(both)
    assert "Har du møtt familien selv?" in Page(client.get(reverse("referrals:register"))).text
    half = UserFactory(practises_in=place.intake_unit)
    qualify(half)
    client.force_login(half)
    assert DIRECT not in client.get(reverse("interventions:screenings")).content.decode()
    assert client.get(DIRECT).status_code == 403
    client.logout()
    assert client.get(DIRECT).status_code == 302
