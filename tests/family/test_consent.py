"""Families walked through: who says what, what stops, and whose task that becomes."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from tests.factories import (
    ANSWERS,
    CALL,
    LONG_AGO,
    PROFESSIONAL,
    MunicipalityFactory,
    UnitFactory,
    UserFactory,
    confirm,
    refer,
    register,
)
from tests.family.families import (
    ASKED,
    NO,
    YES,
    decides,
    family,
    join,
    knows,
    says,
    stands,
    takes_over,
)
from tibir.audit.models import Event
from tibir.cases.consensus import Answer
from tibir.cases.models import (
    CaseMember,
    Consent,
    ConsentDecision,
    LegalBasis,
    Notice,
    Purpose,
    StandIn,
    Wording,
)
from tibir.core.errors import DomainError, StaleState
from tibir.deadlines.kinds import Kind as Due
from tibir.deadlines.models import Deadline
from tibir.family import actions, rules
from tibir.family.kinds import AFTER_WITHDRAWAL
from tibir.notifications import actions as notifications
from tibir.notifications.kinds import Kind as Message
from tibir.notifications.models import Delivery

pytestmark = pytest.mark.django_db


@pytest.fixture
def place():
    return MunicipalityFactory()


@pytest.fixture
def coordinator(place):
    return UserFactory(coordinates=place.intake_unit)


def open_tasks(case, kind):
    return list(Deadline.objects.filter(case=case, kind=kind).open())


# --- The families ---------------------------------------------------------------------------


def test_two_parents_in_conflict(place, coordinator):
    case, (mother, father) = family(place, father="yes")
    says(mother, YES, by=coordinator)
    assert stands(case).answer == Answer.WAITS
    assert stands(case).names["silent"] == [father.person.name]

    says(father, NO, by=coordinator)
    assert stands(case).answer == Answer.DISAGREE
    (task,) = open_tasks(case, Due.DISAGREEMENT)

    # Who speaks last settles nothing.
    says(mother, YES, by=coordinator)
    assert stands(case).answer == Answer.DISAGREE
    assert open_tasks(case, Due.DISAGREEMENT) == [task]

    decides(case, by=coordinator, outcome="guide")
    now = stands(case)
    assert now.answer == Answer.GUIDES
    assert now.names["agreed"] == [mother.person.name]
    assert now.decision.decided_by == coordinator
    assert open_tasks(case, Due.DISAGREEMENT) == []
    assert Event.objects.filter(verb="consent.decided", case_id=case.pk).exists()


STAY_STOPPED = [Purpose.SOCIAL_SKILLS, Purpose.PLACE_CONTACT, Purpose.VIDEO_SUPERVISION]


@pytest.mark.parametrize("purpose", STAY_STOPPED)
def test_what_is_decided_of_guidance_moves_nothing_else(place, coordinator, purpose):
    case, (mother, father) = family(place, father="yes")
    for each in (Purpose.TAKE_PART, purpose):
        says(mother, YES, by=coordinator, purpose=each)
        says(father, NO, by=coordinator, purpose=each)
    decides(case, by=coordinator, outcome="guide")

    assert stands(case).may_go_on
    assert stands(case, purpose).answer == Answer.DISAGREE
    assert len(open_tasks(case, Due.DISAGREEMENT)) == 1

    decides(case, by=coordinator, purpose=purpose, outcome="proceed")
    assert stands(case, purpose).may_go_on
    assert open_tasks(case, Due.DISAGREEMENT) == []


def test_a_decision_holds_until_somebody_says_something_new(place, coordinator):
    case, (mother, father) = family(place, father="yes")
    says(mother, YES, by=coordinator)
    says(father, NO, by=coordinator)
    decides(case, by=coordinator, outcome="guide")

    actions.withdraw(
        Consent.objects.get(person=mother, purpose=Purpose.TAKE_PART),
        by=coordinator,
        channel="phone",
        said_on=timezone.localdate(),
    )
    assert stands(case).answer == Answer.REFUSED
    with pytest.raises(StaleState):
        decides(case, by=coordinator, outcome="guide")

    says(father, YES, by=coordinator)
    says(mother, YES, by=coordinator)
    assert stands(case).answer == Answer.PROCEEDS
    assert not stands(case).standing.by_decision


def test_one_parent_withdraws_and_the_tasks_are_there_at_once(place, coordinator):
    case, (mother, father) = family(place, father="yes")
    for person in (mother, father):
        says(person, YES, by=coordinator, purpose=Purpose.VIDEO_SUPERVISION)
    assert stands(case, Purpose.VIDEO_SUPERVISION).may_go_on

    given = Consent.objects.get(person=father)
    today = timezone.localdate()
    actions.withdraw(given, by=coordinator, channel="phone", said_on=today)

    assert stands(case, Purpose.VIDEO_SUPERVISION).answer == Answer.DISAGREE
    assert open_tasks(case, Due.DELETE_RECORDINGS)
    assert open_tasks(case, Due.DISAGREEMENT)
    with pytest.raises(StaleState):
        actions.withdraw(given, by=coordinator, channel="phone", said_on=today)


@pytest.mark.parametrize("purpose", AFTER_WITHDRAWAL)
def test_each_yes_that_is_taken_back_leaves_its_task(place, coordinator, purpose):
    case, (mother,) = family(place)
    service = "BUP" if purpose == Purpose.COOPERATION else ""
    consent = says(mother, YES, by=coordinator, purpose=purpose, service=service)
    actions.withdraw(consent, by=coordinator, channel="phone", said_on=timezone.localdate())
    (task,) = open_tasks(case, AFTER_WITHDRAWAL[purpose])
    page = "home:case" if "stop" in task.kind else "family:consents"
    assert task.get_absolute_url() == reverse(page, args=[case.pk])
    assert not stands(case, purpose, service).may_go_on


def test_whoever_is_to_stop_a_course_is_led_to_a_page_that_is_open_to_them(
    client, place, coordinator
):
    """Also who gives it for another unit, and knows nothing of who agrees to what."""
    case, (mother,) = family(place)
    consent = says(mother, YES, by=coordinator, purpose=Purpose.TAKE_PART)
    elsewhere = UnitFactory(municipality=case.municipality)
    practitioner = UserFactory(practises_in=elsewhere)
    CaseMember.objects.create(
        case=case, user=practitioner, role="practitioner", unit=elsewhere, started_on=LONG_AGO
    )
    actions.withdraw(consent, by=coordinator, channel="phone", said_on=timezone.localdate())
    (task,) = open_tasks(case, Due.STOP_PARTICIPATION)
    client.force_login(practitioner)
    assert client.get(task.get_absolute_url()).status_code == 200
    assert client.get(reverse("family:consents", args=[case.pk])).status_code == 403


def test_every_purpose_has_a_task_or_is_stopped_by_itself():
    assert AFTER_WITHDRAWAL.keys() == set(Purpose) - {Purpose.MESSAGES}


def test_a_no_after_a_yes_is_a_withdrawal_whatever_it_is_called(place, coordinator):
    case, (mother,) = family(place)
    says(mother, YES, by=coordinator, purpose=Purpose.PLACE_CONTACT)
    said = says(mother, NO, by=coordinator, purpose=Purpose.PLACE_CONTACT)
    assert said.state == Consent.State.WITHDRAWN
    assert open_tasks(case, Due.STOP_CONSULTATION)


def test_a_step_parents_no_does_not_count(place, coordinator):
    case, (mother, step_parent, grandparent) = family(place, step_parent="no", grandparent="no")
    says(mother, YES, by=coordinator)
    for other in (step_parent, grandparent):
        says(other, NO, by=coordinator)
    assert stands(case).answer == Answer.PROCEEDS
    assert open_tasks(case, Due.DISAGREEMENT) == []


def test_a_step_parents_yes_counts_no_more_than_their_no(place, coordinator):
    case, (_mother, step_parent) = family(place, step_parent="no")
    says(step_parent, YES, by=coordinator)
    assert stands(case).answer == Answer.WAITS


def test_a_parent_whose_responsibility_is_unknown_is_waited_for(place, coordinator):
    case, (mother, father) = family(place, father="unknown")
    says(mother, YES, by=coordinator)
    assert stands(case).answer == Answer.WAITS
    assert stands(case).names["unknown"] == [father.person.name]

    knows(father, "no", by=coordinator)
    assert stands(case).answer == Answer.PROCEEDS


def test_what_somebody_said_counts_from_the_moment_it_is_known_that_they_decide(place, coordinator):
    case, (mother, father) = family(place, father="unknown")
    says(mother, YES, by=coordinator)
    says(father, NO, by=coordinator)
    assert stands(case).answer == Answer.WAITS
    assert open_tasks(case, Due.DISAGREEMENT) == []

    knows(father, "yes", by=coordinator)
    assert stands(case).answer == Answer.DISAGREE
    assert open_tasks(case, Due.DISAGREEMENT)


def test_a_teacher_and_a_sibling_are_never_waited_for(place, coordinator):
    case, (mother, *_others) = family(place, teacher="unknown", sibling="unknown")
    says(mother, YES, by=coordinator)
    assert stands(case).answer == Answer.PROCEEDS


def test_barnevern_has_taken_over_care(place, coordinator):
    case, (mother, father, foster) = family(place, father="yes", foster_parent="no")
    says(mother, YES, by=coordinator)
    says(father, NO, by=coordinator)
    takes_over(case, [mother, father], by=coordinator)

    # What the parents said is kept, and counts no more.
    assert stands(case).answer == Answer.WAITS
    assert open_tasks(case, Due.DISAGREEMENT) == []
    says(foster, NO, by=coordinator)
    for person in (mother, father):
        answered = says(person, YES, by=coordinator)
        assert answered.stand_in.name == "Barneverntjenesten i Fjordvik"
    assert stands(case).answer == Answer.PROCEEDS

    for stand_in in StandIn.objects.all():
        actions.end_stand_in(stand_in, by=coordinator, on=timezone.localdate())
    assert stands(case).answer == Answer.DISAGREE
    assert open_tasks(case, Due.DISAGREEMENT)


def test_the_service_that_decides_in_the_guardians_place_is_asked_like_them(place, coordinator):
    case, (mother, service) = family(place, child_welfare="no")
    says(mother, YES, by=coordinator)
    says(service, NO, by=coordinator)
    assert stands(case).answer == Answer.PROCEEDS

    takes_over(case, [], by=coordinator)
    assert stands(case).answer == Answer.DISAGREE
    assert open_tasks(case, Due.DISAGREEMENT)


def test_whoever_no_longer_belongs_to_the_case_decides_nothing(place, coordinator):
    case, (mother, father) = family(place, father="yes")
    says(mother, YES, by=coordinator)
    says(father, NO, by=coordinator)
    assert stands(case).answer == Answer.DISAGREE

    actions.end(father, by=coordinator, on=timezone.localdate(), reason="Feil person")
    assert stands(case).answer == Answer.PROCEEDS
    assert open_tasks(case, Due.DISAGREEMENT) == []


def test_nobody_decides_twice_in_the_place_of_the_same_person(place, coordinator):
    case, (mother,) = family(place)
    takes_over(case, [mother], by=coordinator)
    with pytest.raises(DomainError), transaction.atomic():
        takes_over(case, [mother], by=coordinator)


def test_one_who_decides_alone_is_enough(place, coordinator):
    case, (mother,) = family(place)
    says(mother, YES, by=coordinator)
    assert stands(case).answer == Answer.PROCEEDS


# --- What is said, and when -----------------------------------------------------------------


def test_a_paper_that_is_typed_in_late_overturns_nothing(place, coordinator):
    case, (mother,) = family(place)
    says(mother, YES, by=coordinator, days_ago=10)
    says(mother, NO, by=coordinator, days_ago=5)
    says(mother, YES, by=coordinator, days_ago=8, channel="paper")
    assert stands(case).answer == Answer.REFUSED


def test_being_asked_again_takes_no_answer_away(place, coordinator):
    case, (mother,) = family(place)
    says(mother, YES, by=coordinator, days_ago=3)
    says(mother, ASKED, by=coordinator)
    assert stands(case).answer == Answer.PROCEEDS


def test_a_yes_is_over_on_the_day_after_its_last(place, coordinator):
    case, (mother,) = family(place)
    today = timezone.localdate()
    said = says(mother, YES, by=coordinator, expires_on=today)
    assert stands(case).may_go_on
    assert said.state_on(today) == Consent.State.GIVEN
    tomorrow = today + timedelta(days=1)
    later = next(a for a in rules.agreements(case, tomorrow) if a.purpose == Purpose.TAKE_PART)
    assert later.answer == Answer.WAITS
    assert later.said[0].state == Consent.State.EXPIRED
    (task,) = open_tasks(case, Due.CONSENT_EXPIRES)
    assert task.due_on == today

    says(mother, YES, by=coordinator)
    assert open_tasks(case, Due.CONSENT_EXPIRES) == []


def test_services_are_agreed_to_one_by_one(place, coordinator):
    case, (mother,) = family(place)
    cooperation = Purpose.COOPERATION
    says(mother, YES, by=coordinator, purpose=cooperation, service="BUP")
    says(mother, NO, by=coordinator, purpose=cooperation, service="NAV")
    assert stands(case, cooperation, "BUP").may_go_on
    assert not stands(case, cooperation, "NAV").may_go_on


def test_the_text_that_was_used_is_remembered_when_there_is_a_new_one(place, coordinator):
    _case, (mother,) = family(place)
    first = says(mother, YES, by=coordinator)
    assert first.wording.is_starting_text
    Wording.objects.create(
        municipality=place, matter=Purpose.TAKE_PART, language="nb", version=1, text="Vår egen."
    )
    second = says(mother, YES, by=coordinator)
    assert second.wording.text == "Vår egen."
    first.refresh_from_db()
    assert first.wording.is_starting_text


@pytest.mark.parametrize("change", ["UPDATE {} SET id = id + 1000", "DELETE FROM {}"])
@pytest.mark.parametrize("model", [Consent, ConsentDecision, Notice, Wording])
def test_what_was_said_is_never_changed(place, coordinator, model, change):
    case, (mother, father) = family(place, father="yes")
    says(mother, YES, by=coordinator)
    says(father, NO, by=coordinator)
    decides(case, by=coordinator, outcome="stop")
    with (
        pytest.raises(DatabaseError, match=r"append-only|permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(change.format(model._meta.db_table))


@pytest.mark.parametrize("outcome", ["proceed", "stop"])
def test_nobody_is_made_to_take_part(place, coordinator, outcome):
    case, (mother, father) = family(place, father="yes")
    says(mother, YES, by=coordinator)
    says(father, NO, by=coordinator)
    if outcome == "proceed":
        with pytest.raises(IntegrityError), transaction.atomic():
            decides(case, by=coordinator, outcome=outcome)
    else:
        decides(case, by=coordinator, outcome=outcome)
    assert not stands(case).may_go_on


# --- Messages -------------------------------------------------------------------------------


def test_messages_that_wait_are_stopped_by_the_same_press(place, coordinator, rings, mailoutbox):
    referral = refer(place)
    confirm(referral, by=coordinator)
    mother = referral.case.people.get()
    delivery = Delivery.objects.get(notification__person=mother)
    consent = says(mother, YES, by=coordinator, purpose=Purpose.MESSAGES)
    actions.withdraw(consent, by=coordinator, channel="phone", said_on=timezone.localdate())

    delivery.refresh_from_db()
    assert (delivery.state, delivery.error) == (Delivery.State.STOPPED, "consent")
    rings.answer()
    assert mailoutbox == []
    told = notifications.tell(Message.ANSWER_WAITS, referral, by=coordinator, person=mother)
    assert not told.deliveries.exists()

    says(mother, YES, by=coordinator, purpose=Purpose.MESSAGES)
    told = notifications.tell(
        Message.ANSWER_WAITS, referral, by=coordinator, person=mother, stage="anew"
    )
    assert told.deliveries.exists()


def test_each_answers_for_their_own_telephone(place, coordinator):
    case, (mother, father) = family(place, father="yes")
    says(mother, YES, by=coordinator, purpose=Purpose.MESSAGES)
    says(father, NO, by=coordinator, purpose=Purpose.MESSAGES)
    assert open_tasks(case, Due.DISAGREEMENT) == []


# --- With the referral ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "state"), [("yes", "given"), ("no", "refused"), ("later", "requested")]
)
def test_what_a_parent_says_in_the_form_is_their_own_consent(place, answer, state):
    said = {**ANSWERS, "samtykke": {"place_contact": answer, "notice_read": True}}
    case = refer(place, answers=said).case
    consent = Consent.objects.get()
    assert (consent.person, consent.purpose) == (case.people.get(), Purpose.PLACE_CONTACT)
    assert (consent.state, consent.channel, consent.recorded_by) == (state, "form", None)
    assert consent.wording.matter == Purpose.PLACE_CONTACT
    notice = Notice.objects.get()
    assert (notice.how, notice.wording.matter) == ("form", "information")
    assert Event.objects.filter(case_id=case.pk, verb="consent.said").count() == 1


def test_what_a_professional_says_of_the_parents_is_no_consent(place):
    case = refer(place, answers=PROFESSIONAL).case
    assert not Consent.objects.exists()
    notice = Notice.objects.get()
    assert notice.person.person.name == "Åse-Lill Ødegård"
    assert (notice.how, notice.wording) == ("referrer_spoken", None)
    assert not stands(case, Purpose.PLACE_CONTACT).is_asked


def test_a_call_and_the_desk_have_asked_nobody(place):
    refer(place, answers=CALL)
    register(place)
    assert not Consent.objects.exists()
    assert not Notice.objects.exists()


def test_a_referral_with_consents_costs_four_statements_more(place):
    def statements(answers):
        with CaptureQueriesContext(connection) as asked:
            refer(place, answers=answers)
        return len(asked)

    without = {**ANSWERS, "samtykke": {}}
    assert statements(ANSWERS) - statements(without) <= 4


def test_the_first_text_says_what_the_form_says():
    shipped = Wording.objects.get(matter="information", language="nb", municipality=None)
    page = (settings.BASE_DIR / "templates/referrals/_notice.html").read_text()
    for sentence in shipped.text.splitlines()[1:]:
        assert sentence in page


def test_what_was_said_goes_along_when_two_cases_become_one(place, coordinator):
    from referrals import actions as referrals

    first, second = refer(place), refer(place)
    case = second.case
    actions.hear(
        case, by=coordinator, how="not_asked", talked_on=timezone.localdate(), why_not="For liten."
    )
    referrals.merge(second, first, by=coordinator)
    assert first.case.child_views.count() == 1
    assert stands(first.case, Purpose.PLACE_CONTACT).is_asked


# --- The child ------------------------------------------------------------------------------


def test_each_time_a_child_is_heard_is_kept(client, place, coordinator):
    case, _people = family(place)
    client.force_login(coordinator)
    page = reverse("family:child_view", args=[case.pk])
    today = timezone.localdate().strftime("%d.%m.%Y")
    client.post(page, {"how": "not_asked", "talked_on": today, "why_not": "Barnet var sykt."})
    said = {"how": "talk", "talked_on": today, "talked_with": "Kari", "said": "Jeg vil hjem."}
    client.post(page, said)
    html = client.get(page).content.decode()
    assert "Barnet var sykt." in html
    assert "Jeg vil hjem." in html
    assert case.child_views.count() == 2


@pytest.mark.parametrize(
    "said",
    [
        {"how": "not_asked"},
        {"how": "talk", "said": "Ja."},
        {"how": "talk", "talked_with": "Kari"},
        {},
    ],
)
def test_a_child_is_heard_by_somebody_or_not_for_a_reason(client, place, coordinator, said):
    case, _people = family(place)
    client.force_login(coordinator)
    today = timezone.localdate().strftime("%d.%m.%Y")
    response = client.post(
        reverse("family:child_view", args=[case.pk]), {"talked_on": today} | said
    )
    assert response.status_code == 200
    assert response.context["form"].errors
    assert not case.child_views.exists()


# --- The pages ------------------------------------------------------------------------------


def answers(**said):
    today = timezone.localdate().strftime("%d.%m.%Y")
    about = {"channel": "paper", "said_on": today, "language": "nb"}
    return about | {f"purpose-{purpose}": state for purpose, state in said.items()}


def test_several_purposes_are_answered_in_one_form(client, place, coordinator):
    case, (mother,) = family(place)
    client.force_login(coordinator)
    response = client.post(
        reverse("family:say", args=[case.pk, mother.pk]),
        answers(take_part="given", place_contact="refused", cooperation="given")
        | {"service": "BUP"},
    )
    assert response.url == reverse("family:consents", args=[case.pk])
    said = Consent.objects.filter(person=mother, recorded_by=coordinator)
    assert dict(said.values_list("purpose", "state")) == {
        "take_part": "given", "place_contact": "refused", "cooperation": "given",
    }  # fmt: skip
    page = client.get(response.url).content.decode()
    assert "Samarbeid med en annen tjeneste: BUP" in page
    assert "skal ikke gjøres" in page


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({}, "__all__"),
        ({"purpose-cooperation": "given"}, "service"),
        ({"purpose-take_part": "given", "expires_on": "1.1.2020"}, "expires_on"),
        ({"purpose-take_part": "given", "said_on": "i går"}, "said_on"),
        ({"purpose-take_part": "withdrawn"}, "purpose-take_part"),
    ],
)
def test_what_was_typed_wrong_is_said_beside_the_field(client, place, coordinator, typed, field):
    case, (mother,) = family(place)
    client.force_login(coordinator)
    response = client.post(reverse("family:say", args=[case.pk, mother.pk]), answers() | typed)
    assert field in response.context["form"].errors
    assert not Consent.objects.filter(recorded_by=coordinator).exists()


def test_a_conflict_is_decided_on_its_page_with_name_basis_and_reason(client, place, coordinator):
    case, (mother, father) = family(place, father="yes")
    says(mother, YES, by=coordinator)
    consent = says(father, NO, by=coordinator)
    client.force_login(coordinator)
    page = reverse("family:decide", args=[case.pk, consent.pk])
    assert (
        "stanset: uenighet"
        in client.get(reverse("family:consents", args=[case.pk])).content.decode()
    )

    without = client.post(page, {"outcome": "guide", "reason": "Barnet trenger det."})
    assert "legal_basis" in without.context["form"].errors
    assert not ConsentDecision.objects.exists()
    assert "chosen_basis" not in without.context["form"].fields

    LegalBasis.objects.create(municipality=place, text="Kommunens egen hjemmel")
    client.post(
        page,
        {
            "outcome": "guide",
            "reason": "Barnet trenger det.",
            "chosen_basis": "Kommunens egen hjemmel",
        },
    )
    decision = ConsentDecision.objects.get()
    assert (decision.decided_by, decision.legal_basis) == (coordinator, "Kommunens egen hjemmel")
    overview = client.get(reverse("family:consents", args=[case.pk])).content.decode()
    assert "bare noen veiledes" in overview
    assert coordinator.name in overview
    assert client.get(page).status_code == 409


def test_the_history_has_every_word(client, place, coordinator):
    case, (mother, father) = family(place, father="yes")
    says(mother, YES, by=coordinator, days_ago=2)
    says(mother, NO, by=coordinator)
    takes_over(case, [father], by=coordinator)
    client.force_login(coordinator)
    html = client.get(reverse("family:consent_history", args=[case.pk])).content.decode()
    for words in ("har sagt ja", "har trukket samtykket", "Barneverntjenesten i Fjordvik"):
        assert words in html


@pytest.mark.parametrize("page", ["family:consents", "family:consent_history"])
def test_more_people_and_answers_cost_no_more_queries(client, place, coordinator, page):
    case, (mother,) = family(place)
    says(mother, YES, by=coordinator)
    client.force_login(coordinator)
    address = reverse(page, args=[case.pk])

    def queries():
        client.get(address)
        with CaptureQueriesContext(connection) as asked:
            assert client.get(address).status_code == 200
        return len(asked)

    one = queries()
    for relation in ("father", "step_parent"):
        person = join(case, relation, "yes")
        says(person, NO, by=coordinator)
        says(person, YES, by=coordinator, purpose=Purpose.TEAM)
        actions.inform(
            person, by=coordinator, how="paper", given_on=timezone.localdate(), language="nb"
        )
    assert queries() == one


def test_a_person_of_another_case_is_not_asked_through_mine(client, place, coordinator):
    case, (mother,) = family(place)
    other, (stranger,) = family(place)
    consent = says(stranger, YES, by=coordinator)
    client.force_login(coordinator)
    for name, pk in [
        ("say", stranger.pk), ("inform", stranger.pk),
        ("withdraw", consent.pk), ("decide", consent.pk),
    ]:  # fmt: skip
        assert client.get(reverse(f"family:{name}", args=[case.pk, pk])).status_code == 404
    assert Consent.objects.filter(person__case=other, recorded_by=coordinator).count() == 1
    assert mother.pk != stranger.pk


def test_a_withdrawal_is_not_before_the_consent(client, place, coordinator):
    case, (mother,) = family(place)
    consent = says(mother, YES, by=coordinator)
    client.force_login(coordinator)
    page = reverse("family:withdraw", args=[case.pk, consent.pk])
    before = (timezone.localdate() - timedelta(days=1)).strftime("%d.%m.%Y")
    response = client.post(page, {"channel": "phone", "said_on": before})
    assert "said_on" in response.context["form"].errors
    client.post(page, {"channel": "phone", "said_on": timezone.localdate().strftime("%d.%m.%Y")})
    assert not stands(case).may_go_on


def test_the_case_page_is_told_of_what_is_stopped_first(place, coordinator):
    case, (mother, father) = family(place, father="yes")
    for purpose in (Purpose.TAKE_PART, Purpose.TEAM):
        says(mother, YES, by=coordinator, purpose=purpose)
    says(father, YES, by=coordinator)
    says(father, NO, by=coordinator, purpose=Purpose.TEAM)
    found = rules.recent_consents(case, timezone.localdate())
    assert [each.purpose for each in found][-1] == Purpose.TAKE_PART
    assert {each.color for each in found[:-1]} == {"danger", "warning"}
