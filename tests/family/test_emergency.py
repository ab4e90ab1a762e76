"""Let in for an hour, to read: told of at once, reviewed within five working days."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.factories import ANSWERS, MunicipalityFactory, UnitFactory, UserFactory, refer
from tibir.audit.models import Event
from tibir.calendar.holidays import working_days_after
from tibir.cases.models import Case, Disqualification, Grade, TimedAccess
from tibir.deadlines.kinds import Kind
from tibir.deadlines.models import Deadline
from tibir.notifications.models import Delivery, Notification

pytestmark = pytest.mark.django_db

ASK = reverse("family:emergency")
NUMBER = "14881987622"
NOTHING = "Her er ingen sak som kan åpnes slik."


@pytest.fixture
def place():
    return MunicipalityFactory()


@pytest.fixture
def referral(place):
    child = {**ANSWERS["barnet"], "national_id": NUMBER}
    return refer(place, answers={**ANSWERS, "barnet": child})


@pytest.fixture
def outsider(client, place):
    user = UserFactory(practises_in=UnitFactory(municipality=place))
    client.force_login(user)
    return user


def ask(client, q, **changed):
    typed = {"q": q, "reason": "danger", "text": "Mor ringer fra gata."} | changed
    return client.post(ASK, typed)


def test_an_hour_to_read_and_nothing_to_change(client, referral, outsider):
    page = referral.get_absolute_url()
    assert client.get(page).status_code == 404

    assert ask(client, referral.reference).url == page

    shown = client.get(page)
    assert shown.status_code == 200
    text = shown.content.decode()
    assert "Nødtilgang til klokka" in text
    assert "Legg ved" not in text
    for name in ("take", "attach", "reveal", "withdraw"):
        assert client.post(reverse(f"referrals:{name}", args=[referral.pk])).status_code == 404
    assert client.post(reverse("family:recuse", args=[referral.case_id])).status_code == 404
    read = Event.objects.get(verb="referral.read")
    assert (read.actor_id, read.basis) == (outsider.pk, "emergency")

    hour_ago = timezone.now() - timedelta(minutes=61)
    TimedAccess.objects.update(started_at=hour_ago, ends_at=hour_ago + timedelta(minutes=60))
    gone = client.get(page)
    assert gone.status_code == 404
    assert "Nødtilgang til klokka" not in gone.content.decode()


def test_the_case_page_says_in_the_log_that_it_was_an_emergency(client, referral, outsider):
    ask(client, referral.reference)
    shown = client.get(reverse("home:case", args=[referral.case_id]))
    assert referral.get_absolute_url() in shown.content.decode()
    read = Event.objects.get(verb="case.read")
    assert (read.actor_id, read.basis) == (outsider.pk, "emergency")


@pytest.mark.parametrize("typed", [NUMBER, f"{NUMBER[:6]} {NUMBER[6:]}"])
def test_the_identity_number_will_do(client, referral, outsider, typed):
    assert ask(client, typed).url == referral.get_absolute_url()


def test_those_who_have_the_case_are_told_at_once(client, place, referral, outsider):
    coordinator = UserFactory(coordinates=place.intake_unit)
    responsible = UserFactory(practises_in=place.intake_unit, works_with=referral.case)
    kept_out = UserFactory(coordinates=place.intake_unit)
    Disqualification.objects.create(
        case=referral.case,
        user=kept_out,
        reason="close",
        registered_by=coordinator,
        started_on=timezone.localdate(),
    )
    Case.objects.update(responsible=responsible)

    ask(client, referral.reference)

    told = Notification.objects.filter(kind="emergency_access")
    assert {each.user for each in told} == {coordinator, responsible}
    assert Delivery.objects.filter(notification__in=told, channel="email").count() == 2


def test_a_leader_says_within_five_working_days_whether_it_was_right(client, place, referral):
    used = UserFactory(practises_in=UnitFactory(municipality=place))
    client.force_login(used)
    ask(client, referral.reference)
    access = TimedAccess.objects.get()
    review = Deadline.objects.get(kind=Kind.EMERGENCY_REVIEW)
    assert review.due_on == working_days_after(timezone.localdate(), 5)
    page = reverse("family:review", args=[referral.case_id, access.pk])
    assert review.get_absolute_url() == page
    assert client.get(page).status_code == 403

    client.force_login(UserFactory(coordinates=place.intake_unit))
    assert client.get(page).status_code == 403
    leader = UserFactory(leads=place.intake_unit)
    client.force_login(leader)
    assert "Mor ringer fra gata." in client.get(page).content.decode()
    assert "Velg et svar" in client.post(page, {"review": "x"}).content.decode()
    client.post(page, {"justified": "no", "review": "Vi var her."})

    access.refresh_from_db()
    assert (access.justified, access.reviewed_by, access.review) == (False, leader, "Vi var her.")
    review.refresh_from_db()
    assert review.met_on == timezone.localdate()
    assert client.post(page, {"justified": "yes", "review": "Nei."}).status_code == 409


def test_what_is_not_there_and_what_must_not_be_found_get_the_same_answer(client, place, outsider):
    strict, closed_to_me, elsewhere = refer(place), refer(place), refer(MunicipalityFactory())
    Case.objects.filter(pk=strict.case_id).update(grade=Grade.STRICT)
    Disqualification.objects.create(
        case=closed_to_me.case,
        user=outsider,
        reason="close",
        registered_by=outsider,
        started_on=timezone.localdate(),
    )
    typed = [strict.reference, closed_to_me.reference, elsewhere.reference, "TB-0000-0000"]
    for text in typed:
        page = ask(client, text)
        assert page.status_code == 200
        assert NOTHING in page.content.decode()
    assert not TimedAccess.objects.exists()
    assert not Notification.objects.filter(kind="emergency_access").exists()
    tries = Event.objects.filter(verb="emergency.tried")
    assert [each.codes["found"] for each in tries] == [False] * len(typed)
    assert not any(text in str(each.codes) for each in tries for text in typed)


def test_nobody_goes_on_trying(client, referral, outsider):
    for _number in range(5):
        assert ask(client, "TB-0000-0000").status_code == 200
    refused = ask(client, referral.reference)
    assert refused.status_code == 429
    assert "Du har prøvd for mange ganger." in refused.content.decode()
    assert not TimedAccess.objects.exists()


def test_an_emergency_ends_with_strict_protection(client, referral, outsider):
    ask(client, referral.reference)
    Case.objects.update(grade=Grade.STRICT)
    assert client.get(referral.get_absolute_url()).status_code == 404


@pytest.mark.parametrize("trait", ["clerks_in", "supervises_in"])
def test_it_is_for_those_who_help_families(client, place, trait):
    client.force_login(UserFactory(**{trait: place.intake_unit}))
    assert client.get(ASK).status_code == 403
