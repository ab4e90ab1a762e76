"""Two who do the same thing: the second is told why not, and keeps every word that was typed."""

from datetime import timedelta
from functools import partial

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from interventions import actions as interventions
from referrals import actions
from referrals.models import ReceivedCorrection, Referral
from tests.databases import at_once
from tests.factories import MunicipalityFactory, UserFactory, confirm, refer
from tests.referrals.parent import Page
from tibir.audit.kinds import Group, verbs_of
from tibir.audit.models import Event
from tibir.audit.record import CLOCK
from tibir.deadlines import actions as deadlines
from tibir.deadlines.kinds import Kind as Due
from tibir.documents import actions as documents
from tibir.documents import tasks
from tibir.documents.models import Dispatch, Document

WORDS = "Mor ringte og fortalte mye nytt."


@pytest.fixture
def place(request):
    if "committed" not in request.fixturenames:
        request.getfixturevalue("db")
    return MunicipalityFactory()


@pytest.fixture
def first(place):
    return UserFactory(coordinates=place.intake_unit)


@pytest.fixture
def second(place):
    return UserFactory(coordinates=place.intake_unit)


def assessed(place, by):
    referral = refer(place)
    confirm(referral, by=by)
    actions.take(referral, by=by)
    return referral


def letter(referral, by):
    person = referral.case.people.get(is_sender=True)
    interventions.answer(
        referral, by=by, outcome="screening", reason="Hei.", recipients=[(person, "read_out", "")]
    )
    tasks.render(Document.objects.get(case=referral.case).pk)
    return Dispatch.objects.select_related("document", "person").get()


# --- What the first one does, which the second has not seen -----------------------------------
#
# Each gives the address, what the second one types there, and what the first one does meanwhile.


def seen_by_another(referral):
    return Referral.objects.get(pk=referral.pk)


def withdrawn(referral, by):
    return partial(actions.withdraw, seen_by_another(referral), by=by, reason="nei")


def decided(referral, by):
    about = {"outcome": "screening", "reason": "passer"}
    return partial(actions.decide, seen_by_another(referral), by=by, **about)


def giving(referral, by, second):
    return "referrals:give", [], {"to": second.pk}, withdrawn(referral, by)


def asking(referral, by, second):
    typed = {"how": "phone", "question": WORDS}
    return "referrals:ask", [], typed, withdrawn(referral, by)


def writing_down_an_answer(referral, by, second):
    inquiry = actions.ask(referral, by=by, how="phone", question="Hvor?", people=[])
    meanwhile = partial(actions.answer_inquiry, inquiry, by=by, answer="Hjemme.")
    return "referrals:told", [inquiry.pk], {"answer": WORDS}, meanwhile


def telling_of_a_delay(referral, by, second):
    typed = {"why": WORDS, "when": "01.02.2099"}
    return "referrals:preliminary", [], typed, withdrawn(referral, by)


def withdrawing(referral, by, second):
    return "referrals:withdraw", [], {"reason": WORDS}, decided(referral, by)


def opening_again(referral, by, second):
    actions.withdraw(referral, by=by, reason="nei")
    meanwhile = partial(actions.reopen, seen_by_another(referral), by=by, reason="ja")
    return "referrals:reopen", [], {"reason": WORDS}, meanwhile


def noting_a_receipt(referral, by, second):
    said = {"outcome": "referred_on", "reason": "passer", "referred_to": "BUP"}
    actions.decide(referral, by=by, forwarded_with_consent=True, **said)
    today = timezone.localdate()
    meanwhile = partial(actions.forwarded, referral, by=by, on=today)
    return "referrals:forwarded", [], {"on": f"{today:%d.%m.%Y}"}, meanwhile


def correcting(referral, by, second):
    day = referral.received_on - timedelta(days=2)
    about = {"becomes": day, "reason": "hylla"}
    meanwhile = partial(actions.propose_correction, referral, by=by, **about)
    typed = {"becomes": f"{day:%d.%m.%Y}", "reason": WORDS}
    return "referrals:correct", [], typed, meanwhile


def answering(referral, by, second):
    person = referral.case.people.get(is_sender=True)
    typed = {"outcome": "screening", "reason": WORDS, f"way-{person.pk}": "read_out"}
    return "interventions:answer", [], typed | {"action": "send"}, decided(referral, by)


DONE, STATE = "er endret av noen andre.", "Det går ikke: henvisningen er «{}»."
ABOUT_A_REFERRAL = {
    giving: STATE.format("trukket"),
    asking: STATE.format("trukket"),
    writing_down_an_answer: DONE,
    telling_of_a_delay: STATE.format("trukket"),
    withdrawing: "kan ikke settes til trukket.",
    opening_again: STATE.format("til vurdering"),
    noting_a_receipt: DONE,
    correcting: "Det ligger allerede et forslag til godkjenning.",
    answering: "kan ikke settes til avgjort.",
}


@pytest.mark.parametrize("doing", ABOUT_A_REFERRAL)
def test_the_second_one_is_told_why_not_and_keeps_what_was_typed(
    client, place, first, second, doing
):
    referral = assessed(place, first)
    name, more, typed, meanwhile = doing(referral, first, second)
    address = reverse(name, args=[referral.pk, *more])
    is_kept(client, second, address, typed, meanwhile, ABOUT_A_REFERRAL[doing])


@pytest.mark.parametrize(
    ("name", "typed", "sentence"),
    [
        ("done", {}, "kan ikke settes til sendt."),
        ("failed", {"why": WORDS}, "kan ikke settes til"),
        ("again", {"channel": "handed_over"}, "Dette brevet er allerede på vei."),
    ],
)
def test_a_letter_is_dealt_with_once_and_the_second_keeps_what_was_typed(
    client, place, first, second, name, typed, sentence
):
    today = timezone.localdate()
    dispatch = letter(assessed(place, first), first)
    if name == "again":
        documents.failed(dispatch, by=first, why="i retur")
    do = {
        "done": partial(documents.done, dispatch, by=first, on=today),
        "failed": partial(documents.failed, dispatch, by=first, why="i retur"),
        "again": partial(documents.send_again, dispatch, by=first, channel="read_out"),
    }
    typed = typed or {"on": f"{today:%d.%m.%Y}"}
    address = reverse(f"documents:{name}", args=[dispatch.pk])
    is_kept(client, second, address, typed, do[name], sentence)


def test_what_is_done_is_not_given_to_anybody_and_the_page_says_so(client, place, first, second):
    referral, today = refer(place), timezone.localdate()
    about = {"unit": referral.unit, "case": referral.case, "on": today}
    task = deadlines.begin(Due.DOCUMENT_FAILED, referral, by=CLOCK, **about)
    address, typed = reverse("deadlines:give", args=[task.pk]), {"to": first.pk}
    done = partial(deadlines.finish, task, by=first, on=today)
    is_kept(client, second, address, typed, done, "Noen andre har alt tatt eller lukket")


def is_kept(client, user, address, typed, meanwhile, sentence):
    client.force_login(user)
    opened = Page(client.get(address))
    assert (opened.status, opened.faults()) == (200, {})
    meanwhile()
    written = done_so_far()

    told = Page(client.post(address, typed))

    assert told.status == 409
    summary = next(told.root.iter("ds-error-summary"))
    said = " ".join(summary.itertext())
    assert sentence in said
    assert "Det du skrev, står her ennå." in said
    assert "Rett opp" not in said
    held = told.fields() | chosen(told)
    typed = {name: str(text) for name, text in typed.items() if name != "action"}
    assert {name: held[name] for name in typed} == {name: [text] for name, text in typed.items()}
    assert done_so_far() == written


def done_so_far():
    """What the log says was done; a page drawn again is read again, and that is told too."""
    return Event.objects.exclude(verb__in=verbs_of(Group.OPENED)).count()


def chosen(page):
    """What the lists that open are at."""
    lists = page.form.iter("select")
    return {
        each.get("name"): [o.get("value") for o in each.iter("option") if "selected" in o.attrib]
        for each in lists
    }


def test_a_letter_that_was_previewed_is_still_beside_what_was_typed(client, place, first, second):
    referral = assessed(place, first)
    name, _more, typed, meanwhile = answering(referral, first, second)
    client.force_login(second)
    meanwhile()
    told = client.post(reverse(name, args=[referral.pk]), typed)
    (shown,) = told.context["letters"]
    assert WORDS in str(shown["words"])
    assert told.context["referral"].outcome == "screening"
    assert told.context["referral"].reason == "passer"


# --- In the same moment ----------------------------------------------------------------------


def press_at_once(user, address, pages):
    def press():
        browser = Client(raise_request_exception=False)
        browser.force_login(user)
        return browser.post(address, pages.pop())

    return at_once(press, times=len(pages))


@pytest.mark.usefixtures("committed")
def test_of_eight_who_withdraw_it_at_once_seven_keep_their_reason(place, first):
    referral = assessed(place, first)
    reasons = {f"Grunn nummer {number}" for number in range(8)}
    pages = [{"reason": reason} for reason in reasons]

    answers = press_at_once(first, reverse("referrals:withdraw", args=[referral.pk]), pages)

    assert sorted(answer.status_code for answer in answers) == [302] + [409] * 7
    kept = {Page(a).fields()["reason"][0] for a in answers if a.status_code == 409}
    assert reasons - kept == {Referral.objects.get().reason}
    assert Event.objects.filter(verb="referral.withdrawn").count() == 1


@pytest.mark.usefixtures("committed")
def test_of_eight_who_correct_the_day_at_once_one_proposes_and_seven_are_told(place, first):
    referral = assessed(place, first)
    day = f"{referral.received_on - timedelta(days=1):%d.%m.%Y}"
    pages = [{"becomes": day, "reason": f"Hylle {number}"} for number in range(8)]

    answers = press_at_once(first, reverse("referrals:correct", args=[referral.pk]), pages)

    assert sorted(answer.status_code for answer in answers) == [302] + [409] * 7
    assert ReceivedCorrection.objects.count() == 1


@pytest.mark.usefixtures("committed")
def test_of_eight_who_keep_two_apart_at_once_one_decides_and_seven_are_told(place, first):
    one, other = refer(place), refer(place)
    address = reverse("referrals:triage", args=[one.pk, other.pk])

    answers = press_at_once(first, address, [{"verdict": "apart"} for _number in range(8)])

    assert sorted(answer.status_code for answer in answers) == [302] + [409] * 7
    assert Event.objects.filter(verb="referral.triaged").count() == 1
