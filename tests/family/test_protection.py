"""Address protection: tightened at once and everywhere, loosened by few and with a reason."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from referrals import actions as referrals
from referrals.questions import DOORS
from tests.factories import ANSWERS, PROFESSIONAL, MunicipalityFactory, UserFactory, confirm, refer
from tibir.audit.models import Event
from tibir.audit.record import CLOCK, SENDER
from tibir.cases.models import (
    HIDDEN,
    STRICT,
    Case,
    CaseLink,
    CaseMember,
    Grade,
    GradeChange,
    Person,
    named_group,
)
from tibir.cases.places import CONTACT, PLACES, without
from tibir.core.errors import DomainError
from tibir.deadlines.kinds import Kind
from tibir.deadlines.models import Deadline
from tibir.documents import actions as documents
from tibir.documents import tasks
from tibir.documents.models import Dispatch, Document
from tibir.family import actions
from tibir.family.schedule import groups
from tibir.notifications import schedule
from tibir.notifications.models import Delivery, Notification
from tibir.portal.views import _answered_on

pytestmark = pytest.mark.django_db


@pytest.fixture
def place():
    return MunicipalityFactory()


@pytest.fixture
def coordinator(client, place):
    user = UserFactory(coordinates=place.intake_unit)
    client.force_login(user)
    return user


@pytest.fixture
def cleared(place):
    return [UserFactory(cleared_in=place) for _number in range(2)]


def tighten(client, case, grade, *, who=None, group=()):
    typed = {"who": (who or case.child).pk, "grade": grade, "group": [user.pk for user in group]}
    return client.post(reverse("family:protection", args=[case.pk]), typed)


# --- Strictly, at once ----------------------------------------------------------------------


@pytest.fixture
def posted(place, coordinator):
    """A referral with an address, a letter in the post tray and a message on its way."""
    referral = refer(place)
    confirm(referral, by=coordinator)
    referrals.take(referral, by=coordinator)
    person = referral.case.people.select_related("person", "case").get()
    person.person.address = "Kanariveien 7"
    person.person.save()
    referrals.ask(referral, by=coordinator, how="letter", question="Hvor?", people=[person])
    return referral


def test_the_one_who_hides_a_family_strictly_sees_it_no_more(client, posted, cleared):
    page = posted.get_absolute_url()
    assert client.get(page).status_code == 200
    assert tighten(client, posted.case, Grade.STRICT, group=cleared).url == reverse("home:start")
    assert client.get(page).status_code == 404
    client.force_login(cleared[0])
    shown = client.get(page)
    assert shown.status_code == 200
    assert "Bare de som er klarert for saken" in shown.content.decode()
    assert page in client.get(reverse("family:shielded")).content.decode()


def test_the_address_is_cut_from_rows_and_from_what_was_sent(client, posted, cleared):
    tighten(client, posted.case, Grade.STRICT, group=cleared)
    assert {person.address for person in Person.objects.all()} == {""}
    posted.submission.refresh_from_db()
    said = posted.submission.answers
    assert (said["barnet"]["address"], said["barnet"]["place"]) == ("", "")
    assert said["barnet"]["first_name"] == "Odin"
    assert said["kontakt"]["phone"] == "+4799000001"


def test_no_address_comes_back_whoever_writes_it(client, posted, cleared):
    tighten(client, posted.case, Grade.STRICT, group=cleared)
    posted.case.refresh_from_db()
    father = actions.add(
        posted.case,
        by=CLOCK,
        relation="father",
        responsibility="yes",
        lives_with="no",
        safe_phone="unknown",
        safe_email="unknown",
        address="Kanariveien 9",
    )
    assert father.person.address == ""
    for person in (father.person, posted.case.people.get(is_sender=True).person):
        person.address = "Kanariveien 9"
        with pytest.raises(IntegrityError), transaction.atomic():
            person.save()


def test_a_letter_in_the_post_tray_is_handed_over_instead_without_its_address(
    client, posted, cleared
):
    old = Dispatch.objects.get()
    assert old.channel == "post"
    tighten(client, posted.case, Grade.STRICT, group=cleared)
    old.refresh_from_db()
    new = Dispatch.objects.exclude(pk=old.pk).get()
    assert (old.state, new.state, new.channel) == ("stopped", "waiting", "handed_over")
    assert "Kanariveien" in str(old.document.data)
    assert "Kanariveien" not in str(new.document.data)
    assert old.document.is_sealed
    assert not new.document.is_sealed
    Dispatch.objects.filter(pk=new.pk).update(state="failed", error="ikke hjemme")
    new.refresh_from_db()
    with pytest.raises(DomainError):
        documents.send_again(new, by=cleared[0], channel="post")


def test_what_was_issued_is_sealed_as_it_is_and_stays_so(client, place, posted, cleared):
    """Also when the family need not be hidden any more: the letter still says where they lived."""
    document = Document.objects.get(kind="inquiry")
    tasks.render(document.pk)
    document.refresh_from_db()
    before = bytes(document.blob.sha256)
    clerk = UserFactory(clerks_in=place.intake_unit)
    page = reverse("documents:document", args=[document.pk])
    client.force_login(clerk)
    assert client.get(page).status_code == 200

    actions.protect(posted.case.child, posted.case, by=CLOCK, grade=Grade.STRICT, group=cleared)
    assert client.get(page).status_code == 404
    client.force_login(cleared[0])
    assert client.get(page).content == document.blob.content()

    actions.loosen(posted.case, by=cleared[0], grade=Grade.OPEN, reason="Ikke lenger sperret.")
    client.force_login(clerk)
    assert client.get(page).status_code == 404
    document.refresh_from_db()
    assert bytes(document.blob.sha256) == before


def test_messages_that_wait_for_the_family_are_stopped(client, place, posted, cleared, mailoutbox):
    waiting = Delivery.objects.get(notification__person__isnull=False)
    assert waiting.state == Delivery.State.WAITING
    tighten(client, posted.case, Grade.STRICT, group=cleared)
    waiting.refresh_from_db()
    assert (waiting.state, waiting.error) == ("stopped", "hidden")
    schedule.tick()
    assert mailoutbox == []


def test_what_others_had_is_nobodys_until_one_of_the_group_takes_it(
    client, posted, coordinator, cleared
):
    assert Deadline.objects.filter(owner=coordinator).exists()
    tighten(client, posted.case, Grade.STRICT, group=cleared)
    posted.refresh_from_db()
    assert posted.owner is None
    assert not Deadline.objects.filter(owner=coordinator).exists()
    assert not Notification.objects.visible_to(coordinator).exists()
    client.force_login(cleared[0])
    client.post(reverse("referrals:take", args=[posted.pk]))
    posted.refresh_from_db()
    assert posted.owner == cleared[0]


def test_the_receipt_and_the_status_of_the_sender_say_nothing_more(client, posted, cleared):
    tighten(client, posted.case, Grade.STRICT, group=cleared)
    assert posted.submission.receipt.is_sealed
    Deadline.objects.filter(kind=Kind.ANSWER).update(met_on="2026-11-20")
    posted.case.refresh_from_db()
    assert _answered_on(posted) is None
    Case.objects.update(grade=Grade.OPEN)
    posted.case.refresh_from_db()
    assert _answered_on(posted) is not None


# --- The named group ------------------------------------------------------------------------


def test_fewer_than_two_is_red_and_a_task_until_they_are_two(client, place, posted):
    only = UserFactory(cleared_in=place)
    tighten(client, posted.case, Grade.STRICT, group=[only])
    task = Deadline.objects.get(kind=Kind.NAMED_GROUP)
    client.force_login(only)
    assert "Færre enn to" in client.get(posted.get_absolute_url()).content.decode()
    assert task in Deadline.objects.visible_to(only)

    other = UserFactory(cleared_in=place)
    client.post(reverse("family:group", args=[posted.case_id]), {"people": [other.pk]})
    task.refresh_from_db()
    assert not task.is_open
    assert "Færre enn to" not in client.get(posted.get_absolute_url()).content.decode()

    other.memberships.update(ended_on="2021-01-01")
    groups()
    assert Deadline.objects.open().filter(kind=Kind.NAMED_GROUP).exists()


def test_with_nobody_chosen_all_who_are_cleared_know_of_it(client, posted, cleared):
    tighten(client, posted.case, Grade.STRICT)
    assert set(named_group(posted.case)) == set(cleared)


def test_with_nobody_cleared_at_all_the_owner_of_the_system_is_told(client, posted):
    tighten(client, posted.case, Grade.STRICT)
    alarm = Notification.objects.get(kind="system_alarm")
    assert alarm.stage.startswith("named group")
    assert alarm.case is None


def test_one_alone_is_not_enough_to_choose_where_there_are_more(client, posted, cleared):
    page = tighten(client, posted.case, Grade.STRICT, group=cleared[:1])
    assert "Velg minst to" in page.content.decode()
    posted.case.refresh_from_db()
    assert posted.case.grade == Grade.OPEN


# --- Confidential: hidden on every page, shown once and logged --------------------------------


SECRETS = ["Storgata 1", "Solkroken barnehage", "99 00 00 01", "+4799000001", "aaselill@"]


@pytest.mark.parametrize("grade", [Grade.CONFIDENTIAL, "shelter"])
def test_nothing_of_where_they_are_stands_on_a_page_before_somebody_asks(
    client, place, coordinator, grade
):
    referral = refer(place)
    confirm(referral, by=coordinator)
    other = refer(place)
    tighten(client, referral.case, grade)
    person = referral.case.people.get()
    pages = {
        "detail": referral.get_absolute_url(),
        "confirm": reverse("referrals:confirm_contact", args=[referral.pk, person.pk]),
        "answer": reverse("interventions:answer", args=[referral.pk]),
        "compare": reverse("referrals:compare", args=[other.pk, referral.pk]),
        "protection": reverse("family:protection", args=[referral.case_id]),
        "siblings": reverse("family:siblings", args=[referral.case_id]),
    }
    actions.protect(other.case.child, other.case, by=CLOCK, grade=Grade.CONFIDENTIAL)
    for name, address in pages.items():
        text = client.get(address).content.decode().replace("\N{NO-BREAK SPACE}", " ")
        assert not [secret for secret in SECRETS if secret in text], name
    assert HIDDEN in client.get(pages["detail"]).content.decode()
    assert not Event.objects.filter(verb="address.revealed").exists()

    shown = client.post(reverse("referrals:reveal", args=[referral.pk])).content.decode()
    assert not [
        secret for secret in SECRETS[:2] if secret not in shown.replace("\N{NO-BREAK SPACE}", " ")
    ]
    assert HIDDEN not in shown
    revealed = Event.objects.get(verb="address.revealed")
    assert (revealed.actor_id, revealed.case_id) == (coordinator.pk, referral.case_id)
    assert "Storgata" not in client.get(pages["detail"]).content.decode()
    people = client.post(reverse("family:reveal", args=[referral.case_id])).content.decode()
    assert "aaselill@post.example" in people
    assert client.get(reverse("family:reveal", args=[referral.case_id])).status_code == 405


def test_an_empty_field_keeps_what_is_hidden(client, place, coordinator):
    referral = refer(place)
    tighten(client, referral.case, Grade.CONFIDENTIAL)
    person = referral.case.people.get()
    typed = {"how": "called", "responsibility": "yes", "safe_phone": "yes", "safe_email": "no"}
    page = reverse("referrals:confirm_contact", args=[referral.pk, person.pk])
    client.post(page, typed | {"phone": "", "email": "ny@post.example"})
    person.person.refresh_from_db()
    assert (person.person.phone, person.person.email) == ("+4799000001", "ny@post.example")


@pytest.mark.parametrize("answers", [ANSWERS, PROFESSIONAL])
def test_what_is_hidden_is_asked_by_these_names_in_every_form(answers):
    asked = {
        question.key
        for door in DOORS
        for step in door.steps
        for question in (*step.questions, *step.each)
    }
    assert asked >= CONTACT
    told = str(without(answers, CONTACT))
    assert "Solkroken" not in told
    assert "990000" not in told
    assert "Storgata" not in told
    assert "@" not in told
    assert "Odin" in told
    assert PLACES < CONTACT


# --- Who governs ----------------------------------------------------------------------------


def test_the_strictest_of_the_family_governs_the_case(place):
    case = refer(place).case
    grandmother = actions.add(
        case,
        by=SENDER,
        relation="grandparent",
        responsibility="no",
        lives_with="no",
        safe_phone="unknown",
        safe_email="unknown",
        address="Fjordveien 3",
    )
    actions.shelter(case.child, case, by=CLOCK)
    case.refresh_from_db()
    assert case.grade == Grade.CONFIDENTIAL
    actions.protect(grandmother.person, case, by=CLOCK, grade=Grade.STRICT_ABROAD)
    case.refresh_from_db()
    assert case.grade == Grade.STRICT_ABROAD
    grandmother.person.refresh_from_db()
    assert grandmother.person.address == ""


def test_an_import_tightens_and_never_loosens(place):
    case = refer(place).case
    actions.protect(case.child, case, by=CLOCK, grade=Grade.CONFIDENTIAL)
    actions.protect(case.child, case, by=CLOCK, grade=Grade.OPEN)
    case.refresh_from_db()
    assert (case.grade, case.child.grade) == (Grade.CONFIDENTIAL, Grade.CONFIDENTIAL)


def test_the_group_takes_out_of_the_free_text_what_tells_where_they_are(
    client, place, coordinator, cleared
):
    """No program knows what that is: it is a task for them, and again when more text joins."""
    words = "Vi bor hos mormor i Kanariveien 7, ved KANARIBRUA."
    said = ANSWERS | {"bekymringen": ANSWERS["bekymringen"] | {"examples": words}}
    referral = refer(place, answers=said)
    page = reverse("family:words", args=[referral.case_id])
    assert client.get(page).status_code == 403
    tighten(client, referral.case, Grade.STRICT, group=cleared)
    client.force_login(cleared[0])
    task = Deadline.objects.open().get(kind=Kind.SHIELDED)
    assert task.get_absolute_url() == page

    assert "Det står ingen steder" in client.post(page, {"words": "Andeveien"}).content.decode()
    assert "minst tre tegn" in client.post(page, {"words": "Vi"}).content.decode()
    assert client.post(page, {"words": "kanariveien 7\nKanaribrua"}).status_code == 302
    referral.submission.refresh_from_db()
    left = referral.submission.answers["bekymringen"]["examples"]
    assert left == "Vi bor hos mormor i [fjernet], ved [fjernet]."
    (event,) = Event.objects.filter(verb="case.words_cut")
    assert event.codes == {"rows": 1}

    client.post(reverse("deadlines:finish", args=[task.pk]))
    assert not Deadline.objects.open().filter(kind=Kind.SHIELDED).exists()
    another = refer(place, answers=said)
    referrals.link(another, referral, by=cleared[0])
    assert Deadline.objects.open().filter(kind=Kind.SHIELDED, case=referral.case).exists()


def test_a_leader_loosens_with_a_reason_and_a_coordinator_does_not(client, place, coordinator):
    case = refer(place).case
    tighten(client, case, Grade.CONFIDENTIAL)
    page = reverse("family:loosen", args=[case.pk])
    typed = {"grade": "open", "reason": "Adressen er ikke lenger sperret i Folkeregisteret."}
    assert client.post(page, typed).status_code == 403

    leader = UserFactory(leads=place.intake_unit)
    client.force_login(leader)
    assert "Skriv et svar" in client.post(page, {"grade": "open"}).content.decode()
    client.post(page, typed)

    case.refresh_from_db()
    assert (case.grade, case.child.grade) == (Grade.OPEN, Grade.OPEN)
    change = GradeChange.objects.get(is_looser=True)
    assert (change.by, change.was, change.becomes) == (leader, "confidential", "open")
    assert "Folkeregisteret" not in str(Event.objects.get(verb="case.loosened").codes)


def test_strict_protection_is_loosened_by_the_group_alone(client, place, coordinator, cleared):
    case = refer(place).case
    tighten(client, case, Grade.STRICT, group=cleared)
    page = reverse("family:loosen", args=[case.pk])
    typed = {"grade": "confidential", "reason": "Politiet har sagt fra."}
    for user in (coordinator, UserFactory(leads=place.intake_unit), UserFactory(cleared_in=place)):
        client.force_login(user)
        assert client.post(page, typed).status_code == 404
    client.force_login(cleared[1])
    assert client.post(page, typed).status_code == 302
    case.refresh_from_db()
    assert case.grade == Grade.CONFIDENTIAL
    assert case in Case.objects.visible_to(coordinator)
    assert not Deadline.objects.open().filter(kind__in=[Kind.SHIELDED, Kind.NAMED_GROUP]).exists()


# --- Siblings -------------------------------------------------------------------------------


def link(client, case, referral):
    typed = {"reference": referral.reference.lower(), "reason": "samme foreldre"}
    return client.post(reverse("family:siblings", args=[case.pk]), typed)


def test_a_siblings_siblings_case_is_hidden_too(client, place, coordinator, cleared):
    one, two, three = (refer(place) for _number in range(3))
    link(client, one.case, two)
    link(client, three.case, two)
    tighten(client, one.case, Grade.STRICT, group=cleared)
    grades = set(Case.objects.values_list("grade", flat=True))
    assert grades == {Grade.STRICT}
    assert {tuple(named_group(case)) for case in Case.objects.all()} == {
        tuple(sorted(cleared, key=lambda user: (user.name, user.pk)))
    }
    assert not Case.objects.visible_to(coordinator).exists()
    assert {person.address for person in Person.objects.all()} == {""}


def test_a_link_to_a_hidden_sibling_hides_at_once(client, place, coordinator, cleared):
    hidden, other = refer(place), refer(place)
    tighten(client, hidden.case, Grade.STRICT, group=cleared)
    assert "Du har ingen sak" in link(client, other.case, hidden).content.decode()
    client.force_login(UserFactory(coordinates=place.intake_unit, cleared_in=place))
    CaseMember.objects.create(
        case=hidden.case,
        user_id=int(client.session["_auth_user_id"]),
        role="coordinator",
        started_on="2026-01-01",
    )
    link(client, other.case, hidden)
    other.case.refresh_from_db()
    assert other.case.grade == Grade.STRICT
    assert set(named_group(other.case)) >= set(cleared)


def test_parting_loosens_nothing_by_itself(client, place, coordinator):
    one, two = refer(place), refer(place)
    link(client, one.case, two)
    tighten(client, one.case, Grade.CONFIDENTIAL)
    made = CaseLink.objects.current().get()
    client.post(reverse("family:part", args=[two.case_id, made.pk]), {"reason": "Ikke søsken."})
    two.case.refresh_from_db()
    assert two.case.grade == Grade.CONFIDENTIAL
    assert not CaseLink.objects.current().exists()
    leader = UserFactory(leads=place.intake_unit)
    actions.loosen(two.case, by=leader, grade=Grade.OPEN, reason="Ikke søsken likevel.")
    one.case.refresh_from_db()
    assert (one.case.grade, two.case.grade) == (Grade.CONFIDENTIAL, Grade.OPEN)


def test_what_a_sibling_needs_is_not_loosened_from_here(place, coordinator):
    one, two = refer(place).case, refer(place).case
    actions.link(one, two, by=coordinator, reason="samme far")
    actions.protect(one.child, one, by=CLOCK, grade=Grade.CONFIDENTIAL)
    two.refresh_from_db()
    with pytest.raises(DomainError, match="søsken"):
        actions.loosen(two, by=coordinator, grade=Grade.OPEN, reason="x")


def test_two_referrals_of_one_child_bring_their_protection_together(place, coordinator, cleared):
    first, second = refer(place), refer(place)
    actions.protect(second.case.child, second.case, by=CLOCK, grade=Grade.STRICT, group=cleared)
    referrals.link(second, first, by=cleared[0])
    first.case.refresh_from_db()
    assert first.case.grade in STRICT
    assert set(named_group(first.case)) == set(cleared)


def test_a_referral_that_joins_a_hidden_case_is_cut_too(place, cleared):
    first, second = refer(place), refer(place)
    actions.protect(first.case.child, first.case, by=CLOCK, grade=Grade.STRICT, group=cleared)
    referrals.link(second, first, by=cleared[0])
    second.submission.refresh_from_db()
    assert second.submission.answers["barnet"]["address"] == ""
    assert second.submission.receipt.is_sealed
    assert {person.address for person in Person.objects.all()} == {""}
