"""Brev: printed and posted in one sitting, and nothing is answered before it is sent."""

from datetime import timedelta
from io import BytesIO

import pikepdf
import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from interventions import actions as interventions
from referrals import actions as referrals
from tests.factories import MunicipalityFactory, UserFactory, confirm, refer
from tibir.audit.models import Event
from tibir.cases.models import Case, Grade
from tibir.core.errors import DomainError
from tibir.deadlines.kinds import Kind as Due
from tibir.deadlines.models import Deadline
from tibir.documents import actions, tasks
from tibir.documents.models import Dispatch, Document

pytestmark = pytest.mark.django_db

LETTERS = reverse("documents:letters")


@pytest.fixture
def place():
    return MunicipalityFactory()


@pytest.fixture
def clerk(client, place):
    user = UserFactory(clerks_in=place.intake_unit)
    client.force_login(user)
    client.get("/")
    return user


@pytest.fixture
def coordinator(place):
    return UserFactory(coordinates=place.intake_unit)


def answered(place, by, channel="post", made=True):
    """A referral with a letter on its way."""
    referral = refer(place)
    confirm(referral, by=by)
    referrals.take(referral, by=by)
    person = referral.case.people.get(is_sender=True)
    address = "Storgata 1\n0000 Fjordvik" if channel == "post" else ""
    interventions.answer(
        referral,
        by=by,
        outcome="screening",
        reason="Velkommen.",
        recipients=[(person, channel, address)],
    )
    if made:
        tasks.render(Document.objects.get(case=referral.case).pk)
    return Dispatch.objects.get(document__case=referral.case)


def test_one_letter_and_three_take_equally_many_queries(client, place, coordinator, clerk):
    def asked():
        with CaptureQueriesContext(connection) as queries:
            assert client.get(LETTERS).status_code == 200
        return len(queries)

    answered(place, coordinator)
    one = asked()
    answered(place, coordinator)
    answered(place, coordinator)
    assert asked() == one <= 12


def test_thirty_letters_are_printed_as_one_file_and_posted_at_once(
    client, place, coordinator, clerk
):
    letters = [answered(place, coordinator) for _number in range(3)]
    ticked = {"letter": [each.pk for each in letters]}

    printed = client.post(reverse("documents:print"), ticked)

    assert printed["Content-Type"] == "application/pdf"
    with pikepdf.open(BytesIO(printed.content)) as whole:
        assert len(whole.pages) == 6  # each begins on a front page
    assert not Dispatch.objects.filter(printed_at=None).exists()
    assert set(Dispatch.objects.values_list("state", flat=True)) == {"waiting"}

    day = f"{timezone.localdate():%d.%m.%Y}"
    client.post(reverse("documents:posted"), ticked | {"on": day})
    assert set(Dispatch.objects.values_list("state", flat=True)) == {"done"}
    clocks = Deadline.objects.filter(kind=Due.ANSWER)
    assert set(clocks.values_list("met_on", flat=True)) == {timezone.localdate()}
    assert Event.objects.filter(verb="dispatch.done", actor_id=clerk.pk).count() == 3


def sent(client, dispatch):
    day = f"{timezone.localdate():%d.%m.%Y}"
    assert client.post(reverse("documents:done", args=[dispatch.pk]), {"on": day}).url == LETTERS


def test_a_family_hears_at_once_that_something_is_in_the_post_and_not_what(
    client, place, coordinator, clerk, mailoutbox, rings
):
    sent(client, answered(place, coordinator))
    rings.answer()
    (mail,) = mailoutbox
    assert mail.to == ["aaselill@post.example"]
    assert "ny beskjed" in mail.body
    for word in ("Odin", "kartlegging", "Velkommen"):
        assert word not in mail.subject + mail.body


def test_what_is_handed_over_or_read_out_is_told_in_no_other_way(
    client, place, coordinator, clerk, mailoutbox, rings
):
    sent(client, answered(place, coordinator, channel="read_out"))
    rings.answer()
    assert mailoutbox == []


def test_what_is_not_ticked_is_not_posted(client, place, coordinator, clerk):
    one, other = answered(place, coordinator), answered(place, coordinator)
    day = f"{timezone.localdate():%d.%m.%Y}"
    client.post(reverse("documents:posted"), {"letter": [one.pk], "on": day})
    other.refresh_from_db()
    assert other.state == Dispatch.State.WAITING


@pytest.mark.parametrize("on", ["", "i går", "31.02.2026", "01.01.2099"])
def test_a_day_that_cannot_be_posts_nothing(client, place, coordinator, clerk, on):
    one = answered(place, coordinator)
    client.post(reverse("documents:posted"), {"letter": [one.pk], "on": on})
    one.refresh_from_db()
    assert one.state == Dispatch.State.WAITING


def test_a_letter_that_is_not_made_yet_cannot_be_printed_or_sent(client, place, coordinator, clerk):
    one = answered(place, coordinator, made=False)
    page = client.get(LETTERS)
    assert page.context["to_print"] == []
    assert page.context["being_made"] == 1
    with pytest.raises(DomainError, match="ikke klart"):
        actions.done(one, by=coordinator, on=timezone.localdate())


def test_a_letter_of_another_municipality_is_neither_shown_nor_posted(client, place, clerk):
    elsewhere = MunicipalityFactory()
    theirs = answered(elsewhere, UserFactory(coordinates=elsewhere.intake_unit))
    assert client.get(LETTERS).context["to_print"] == []
    day = f"{timezone.localdate():%d.%m.%Y}"
    client.post(reverse("documents:posted"), {"letter": [theirs.pk], "on": day})
    theirs.refresh_from_db()
    assert theirs.state == Dispatch.State.WAITING
    assert client.get(reverse("documents:document", args=[theirs.document_id])).status_code == 404


def test_a_letter_under_strict_protection_goes_by_no_post(place, coordinator):
    one = answered(place, coordinator, channel="read_out")
    Case.objects.filter(pk=one.document.case_id).update(grade=Grade.STRICT)
    actions.failed(one, by=coordinator, why="svarte ikke")
    fresh = Dispatch.objects.select_related("person__case", "document").get(pk=one.pk)
    with pytest.raises(DomainError, match="strengt fortrolig"):
        actions.send_again(fresh, by=coordinator, channel="post")


def test_a_letter_that_came_back_stands_on_top_until_it_is_sent_again(
    client, place, coordinator, clerk
):
    one = answered(place, coordinator)
    actions.done(one, by=clerk, on=timezone.localdate())
    client.post(reverse("documents:failed", args=[one.pk]), {"why": "ukjent adresse"})
    assert client.get(LETTERS).context["failed"] == [one]

    client.post(reverse("documents:again", args=[one.pk]), {"channel": "handed_over"})
    page = client.get(LETTERS)
    assert page.context["failed"] == []
    (anew,) = page.context["by_hand"]
    client.post(
        reverse("documents:done", args=[anew.pk]), {"on": f"{timezone.localdate():%d.%m.%Y}"}
    )
    anew.refresh_from_db()
    assert (anew.state, anew.done_by) == (Dispatch.State.DONE, clerk)
    twice = client.post(reverse("documents:again", args=[one.pk]), {"channel": "post"})
    assert twice.status_code == 409


def test_a_letter_is_on_its_way_once_at_a_time(place, coordinator):
    one = answered(place, coordinator)
    with pytest.raises(IntegrityError), transaction.atomic():
        Dispatch.objects.create(document=one.document, person=one.person, channel="post")


def test_what_was_posted_last_is_the_day_of_the_answer(place, coordinator, time_machine):
    one = answered(place, coordinator)
    made = timezone.localdate()
    time_machine.move_to(timezone.now() + timedelta(days=2))
    actions.done(one, by=coordinator, on=made + timedelta(days=1))
    assert Deadline.objects.get(kind=Due.ANSWER).met_on == made + timedelta(days=1)


@pytest.mark.parametrize("days", [-1, 1, -400])
def test_nothing_is_posted_before_it_is_made_or_after_today(
    client, place, coordinator, clerk, days
):
    one = answered(place, coordinator)
    day = timezone.localdate() + timedelta(days=days)
    with pytest.raises(DomainError, match="Brevet ble laget"):
        actions.done(one, by=coordinator, on=day)
    ticked = {"letter": [one.pk], "on": f"{day:%d.%m.%Y}"}
    assert client.post(reverse("documents:posted"), ticked).url == LETTERS
    one.refresh_from_db()
    assert one.state == Dispatch.State.WAITING
    assert Deadline.objects.get(kind=Due.ANSWER).met_on is None


def test_opening_a_letter_is_logged(client, place, coordinator, clerk):
    one = answered(place, coordinator)
    shown = client.get(reverse("documents:document", args=[one.document_id]))
    assert shown["Content-Disposition"].startswith("inline")
    assert Event.objects.get(verb="document.read").case_id == one.document.case_id
