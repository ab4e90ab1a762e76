"""From the inbox to an answer that everyone who is owed it has."""

from datetime import timedelta

import pytest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from interventions.models import ToldWindow
from referrals import actions
from referrals.models import Referral
from referrals.states import State
from tests.factories import MunicipalityFactory, UserFactory, confirm, refer
from tests.html import parse
from tibir.audit.models import Event
from tibir.calendar.oslo import week_of
from tibir.core.errors import DomainError
from tibir.deadlines.kinds import Kind as Due
from tibir.deadlines.models import Deadline
from tibir.documents import actions as documents
from tibir.documents import tasks
from tibir.documents.kinds import TEMPLATES
from tibir.documents.models import Dispatch, Document

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
def mine(place, coordinator):
    """A referral that the coordinator has taken, from somebody confirmed."""
    referral = refer(place)
    confirm(referral, by=coordinator)
    actions.take(referral, by=coordinator)
    return referral


def sender(referral):
    return referral.case.people.get(is_sender=True)


def typed(referral, **said):
    person = sender(referral)
    return {
        "outcome": "screening",
        "reason": "Dere har det vanskelig ved leggetid.",
        f"way-{person.pk}": "post",
        f"address-{person.pk}": "Storgata 1\n0000 Fjordvik",
        "action": "send",
    } | said


def answered(client, referral, **said):
    return client.post(reverse("interventions:answer", args=[referral.pk]), typed(referral, **said))


def clock(referral):
    return Deadline.objects.about(referral, Due.ANSWER).get()


def test_the_letter_is_shown_before_anything_is_decided(client, mine):
    shown = answered(client, mine, action="preview")
    assert "Dere er tilbudt en kartleggingssamtale" in shown.content.decode()
    assert "Dere har det vanskelig ved leggetid." in shown.content.decode()
    mine.refresh_from_db()
    assert mine.state == State.ASSESSING
    assert not Document.objects.filter(case=mine.case).exists()


def pieces(html, within):
    """The texts inside the first of these elements, in their order."""
    root = parse(html)
    text = next(root.iter(within)).itertext()
    return [" ".join(piece.split()) for piece in text if piece.strip()]


@pytest.mark.parametrize("language", ["nb", "en"])
def test_the_letter_that_is_shown_says_what_the_letter_that_is_sent_says(
    client, place, coordinator, language
):
    referral = refer(place, language=language)
    confirm(referral, by=coordinator)
    actions.take(referral, by=coordinator)

    shown = answered(client, referral, action="preview").content.decode()
    answered(client, referral)

    letter = Document.objects.get(case=referral.case)
    with override(language):
        about = {**letter.data, "title": letter.title, "language": language}
        sent = render_to_string(TEMPLATES[letter.kind].path, about)
    marks = [letter.data["reference"], letter.data["dated"], *letter.data["recipient"]]
    assert pieces(shown, "article") == marks + pieces(sent, "main")


def test_an_answer_is_decided_written_and_waits_to_be_posted(client, mine, coordinator, rings):
    assert answered(client, mine).url == mine.get_absolute_url()

    mine.refresh_from_db()
    assert (mine.state, mine.outcome, mine.decided_on) == (
        State.DECIDED,
        "screening",
        timezone.localdate(),
    )
    letter = Document.objects.get(case=mine.case)
    assert (letter.recipient, letter.author) == (sender(mine), coordinator)
    assert letter.data["recipient"] == ["Åse-Lill Ødegård", "Storgata 1", "0000 Fjordvik"]
    assert (tasks.render, (letter.pk,)) in rings
    assert letter.dispatches.get().state == Dispatch.State.WAITING
    assert clock(mine).met_on is None
    assert list(Referral.objects.to_send()) == [mine]


def test_it_is_answered_when_the_letter_is_posted_and_not_before(client, mine, coordinator):
    answered(client, mine)
    letter = Document.objects.get(case=mine.case)
    tasks.render(letter.pk)
    today = timezone.localdate()

    documents.done(letter.dispatches.get(), by=coordinator, on=today)

    assert clock(mine).met_on == today == mine.answered_on
    assert not Referral.objects.to_send().exists()


def test_a_letter_that_came_back_opens_the_clock_again_and_is_a_task(client, mine, coordinator):
    answered(client, mine)
    letter = Document.objects.get(case=mine.case)
    tasks.render(letter.pk)
    first = letter.dispatches.get()
    documents.done(first, by=coordinator, on=timezone.localdate())

    documents.failed(first, by=coordinator, why="ukjent adresse")

    assert clock(mine).met_on is None
    task = Deadline.objects.open().get(kind=Due.DISPATCH_FAILED)
    assert (task.target_id, task.owner) == (first.pk, coordinator)
    anew = documents.send_again(first, by=coordinator, channel=Dispatch.Channel.READ_OUT)
    assert not Deadline.objects.open().filter(kind=Due.DISPATCH_FAILED).exists()
    documents.done(anew, by=coordinator, on=timezone.localdate())
    assert clock(mine).met_on == timezone.localdate()


def test_the_waitlist_tells_an_approximate_start_that_is_kept(client, mine):
    week = week_of(timezone.localdate() + timedelta(weeks=8))
    later = week_of(timezone.localdate() + timedelta(weeks=11))
    weeks = {"first_week": f"{week.year}-{week.number:02}"}
    weeks["last_week"] = f"{later.year}-{later.number:02}"

    answer = answered(client, mine, outcome="waitlist", **weeks)
    assert answer.status_code == 302, answer.context["form"].errors

    told = ToldWindow.objects.get(referral=mine)
    assert (told.starts_on, told.ends_on) == (week.monday, later.sunday)
    words = Document.objects.get(case=mine.case).data
    assert f"uke {week.number}" in words["lead"]
    assert "Det er et anslag, ikke et løfte" in words["paragraphs"][0]


def test_what_goes_on_goes_to_somebody_with_a_name(client, mine):
    refused = answered(client, mine, outcome="referred_on")
    form = refused.context["form"]
    assert form.errors["referred_to"] == ["Skriv hvem henvisningen går videre til."]
    assert "consent" in form.errors

    answered(client, mine, outcome="referred_on", referred_to="PPT", consent="yes")
    mine.refresh_from_db()
    assert (mine.referred_to, mine.forwarded_with_consent) == ("PPT", True)
    assert Deadline.objects.open().get(kind=Due.FORWARDED).target_id == mine.pk


@pytest.mark.parametrize(
    ("said", "field", "sentence"),
    [
        ({"outcome": ""}, "outcome", "Velg et svar på «Svaret»."),
        ({"reason": " "}, "reason", "Skriv et svar på «Hvorfor»."),
        ({"outcome": "waitlist"}, "first_week", "Velg uken de tidligst kan begynne."),
    ],
)
def test_what_is_missing_is_said_beside_the_field(client, mine, said, field, sentence):
    shown = answered(client, mine, **said)
    assert shown.status_code == 200
    assert shown.context["form"].errors[field] == [sentence]
    mine.refresh_from_db()
    assert mine.state == State.ASSESSING


def test_a_letter_for_the_post_needs_an_address(client, mine):
    person = sender(mine)
    shown = answered(client, mine, **{f"address-{person.pk}": " "})
    errors = shown.context["form"].errors
    assert errors[f"address-{person.pk}"] == [
        "Skriv adressen brevet skal til, eller velg noe annet."
    ]


def test_nobody_is_written_to_before_they_are_confirmed(client, place, coordinator):
    referral = refer(place)
    actions.take(referral, by=coordinator)
    page = client.get(reverse("interventions:answer", args=[referral.pk]))
    assert "er ikke bekreftet" in page.content.decode()
    shown = answered(client, referral)
    assert shown.context["form"].non_field_errors() == [
        "Ingen som skal ha svaret, er bekreftet ennå. Bekreft hvem de er først."
    ]


def test_two_guardians_must_both_have_it(client, mine, coordinator):
    other = sender(mine)
    other.pk, other.is_sender, other.responsibility = None, False, "yes"
    person = other.person
    person.pk, person.first_name = None, "Ola"
    person.save()
    other.person = person
    other.save()
    answered(client, mine, **{f"way-{other.pk}": "read_out"})
    for letter in Document.objects.filter(case=mine.case):
        tasks.render(letter.pk)
    one, two = Dispatch.objects.order_by("pk")

    documents.done(one, by=coordinator, on=timezone.localdate())
    assert clock(mine).met_on is None
    documents.done(two, by=coordinator, on=timezone.localdate())
    assert clock(mine).met_on == timezone.localdate()


def test_an_answer_is_in_the_log_with_the_outcome_and_no_words(client, mine, coordinator):
    answered(client, mine)
    event = Event.objects.get(verb="referral.decided")
    assert (event.actor_id, event.codes) == (coordinator.pk, {"outcome": "screening"})


def reopened(referral, by):
    fresh = Referral.objects.get(pk=referral.pk)
    actions.reopen(fresh, by=by, reason="Det var en feil")
    return fresh


def test_a_letter_that_nobody_has_sent_goes_nowhere_when_it_is_reopened(
    client, mine, coordinator, place
):
    answered(client, mine, outcome="not_target_group")
    letter = Document.objects.get(case=mine.case)
    tasks.render(letter.pk)
    again = reopened(mine, coordinator)

    assert letter.dispatches.get().state == Dispatch.State.STOPPED
    client.force_login(UserFactory(clerks_in=place.intake_unit))
    page = client.get(reverse("documents:letters"))
    assert page.context["to_print"] == page.context["by_hand"] == page.context["failed"] == []
    day = f"{timezone.localdate():%d.%m.%Y}"
    posted = {"letter": [letter.dispatches.get().pk], "on": day}
    client.post(reverse("documents:posted"), posted)
    assert letter.dispatches.get().state == Dispatch.State.STOPPED
    assert clock(mine).met_on is None

    client.force_login(coordinator)
    answered(client, again)
    new = Document.objects.filter(case=mine.case).latest("pk")
    tasks.render(new.pk)
    documents.done(new.dispatches.get(), by=coordinator, on=timezone.localdate())
    assert clock(mine).met_on == timezone.localdate()


def test_a_letter_that_came_back_is_not_sent_again_when_it_is_reopened(client, mine, coordinator):
    answered(client, mine)
    letter = Document.objects.get(case=mine.case)
    tasks.render(letter.pk)
    documents.failed(letter.dispatches.get(), by=coordinator, why="ukjent adresse")

    reopened(mine, coordinator)

    assert not Deadline.objects.open().filter(kind=Due.DISPATCH_FAILED).exists()
    with pytest.raises(DomainError):
        documents.send_again(letter.dispatches.get(), by=coordinator, channel="post")


def test_a_letter_that_comes_back_after_a_new_answer_is_owed_to_nobody(client, mine, coordinator):
    answered(client, mine, outcome="not_target_group")
    first = sent(mine, coordinator)
    again = reopened(mine, coordinator)
    answered(client, again)
    sent(again, coordinator)

    documents.failed(first, by=coordinator, why="ukjent adresse")

    assert clock(mine).met_on == timezone.localdate()
    assert not Deadline.objects.open().filter(kind=Due.DISPATCH_FAILED).exists()
    assert client.get(reverse("documents:letters")).context["failed"] == []
    with pytest.raises(DomainError):
        documents.send_again(first, by=coordinator, channel="post")


def test_a_letter_that_comes_back_after_it_was_withdrawn_makes_nothing_due(
    client, mine, coordinator
):
    answered(client, mine, outcome="not_target_group")
    first = sent(mine, coordinator)
    actions.withdraw(reopened(mine, coordinator), by=coordinator, reason="De vil ikke mer")

    documents.failed(first, by=coordinator, why="ukjent adresse")

    assert clock(mine).closed_reason == "withdrawn"
    assert not Deadline.objects.open().filter(case=mine.case).exists()


def sent(referral, by):
    """The newest letter, made and posted."""
    letter = Document.objects.filter(case=referral.case).latest("pk")
    tasks.render(letter.pk)
    dispatch = letter.dispatches.get()
    documents.done(dispatch, by=by, on=timezone.localdate())
    return dispatch
