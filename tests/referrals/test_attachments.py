"""What came with a referral is read by those who may read the referral, and by nobody else."""

from io import BytesIO

import pypdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from referrals import actions
from tests.conftest import after_commit
from tests.documents import corpus
from tests.documents.test_attachments import CHANGES, spoil
from tests.factories import MunicipalityFactory, UserFactory, refer
from tests.referrals.parent import Page
from tibir.audit.models import Event
from tibir.cases.models import Grade
from tibir.deadlines.kinds import Kind as Due
from tibir.deadlines.models import Deadline
from tibir.documents.kinds import REFUSALS
from tibir.documents.models import Attachment
from tibir.documents.sanitise import Code

NOT_THERE, NOT_YOURS = 404, 403
State = Attachment.State


@pytest.fixture
def place(client):
    return MunicipalityFactory()


@pytest.fixture
def coordinator(client, place):
    user = UserFactory(coordinates=place.intake_unit)
    client.force_login(user)
    client.get("/")
    return user


def hand_in(client, referral, content=None, name="epikrise.pdf"):
    file = SimpleUploadedFile(name, corpus.pdf() if content is None else content)
    address = reverse("referrals:attach", args=[referral.pk])
    return client.post(address, {"file": file, "whole": "ja"})


def add(referral, by, content=None, name="epikrise.pdf"):
    with after_commit():
        content = corpus.pdf() if content is None else content
        return actions.attach(referral, by=by, content=content, name=name)


def address_of(referral, attachment):
    return reverse("referrals:attachment", args=[referral.pk, attachment.public_id])


def page_of(client, referral):
    return Page(client.get(referral.get_absolute_url()))


def test_staff_adds_what_came_by_post_and_reads_it_when_it_is_checked(
    client, place, coordinator, rings
):
    referral = refer(place)
    response = hand_in(client, referral, corpus.pdf(corpus.on_opening), "epikrise.pdf")
    assert response.url == referral.get_absolute_url()
    page = page_of(client, referral)
    assert "Vedlegget er tatt imot." in page.text
    assert "epikrise.pdf kontrolleres" in page.text
    attachment = Attachment.objects.get()
    address = address_of(referral, attachment)
    assert address not in page.links()
    assert client.get(address).url == referral.get_absolute_url()

    rings.answer()

    page = page_of(client, referral)
    assert address in page.links()
    assert f"{coordinator.name}," in page.text
    assert "1 side" in page.text
    attachment.refresh_from_db()
    assert (attachment.case, attachment.author) == (referral.case, coordinator)


def test_a_download_is_a_harmless_file_with_a_neutral_name_and_stands_in_the_log(
    client, place, coordinator, rings
):
    referral = refer(place)
    attachment = add(referral, coordinator, name="Odins epikrise.pdf")
    rings.answer()

    response = client.get(address_of(referral, attachment))

    assert response.status_code == 200
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"] == (
        f'attachment; filename="vedlegg-{attachment.public_id.hex[:8]}.pdf"'
    )
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"].endswith("; sandbox")
    assert "default-src 'none'" in response["Content-Security-Policy"]
    assert response["Cache-Control"] == "no-store"
    assert "Side 0" in pypdf.PdfReader(BytesIO(response.content)).pages[0].extract_text()
    event = Event.objects.get(verb="attachment.downloaded")
    assert (event.actor_id, event.case_id, event.target_id, event.basis) == (
        coordinator.pk,
        referral.case_id,
        attachment.pk,
        "role",
    )


@pytest.mark.parametrize(
    ("make", "name", "media"),
    [(corpus.jpeg, "foto.jpg", "image/jpeg"), (corpus.png, "tegning.png", "image/png")],
)
def test_pictures_are_handed_out_as_what_they_are(
    client, place, coordinator, rings, make, name, media
):
    referral = refer(place)
    attachment = add(referral, coordinator, make(), name)
    rings.answer()
    response = client.get(address_of(referral, attachment))
    assert response["Content-Type"] == media
    assert response["Content-Disposition"].startswith("attachment")


def test_what_cannot_be_taken_is_said_beside_the_field(client, place, coordinator):
    referral = refer(place)
    page = Page(hand_in(client, referral, corpus.svg(), "tegning.svg"))
    assert page.faults() == {"file": str(REFUSALS[Code.NOT_ALLOWED])}
    assert not Attachment.objects.exists()


def test_nobody_fills_the_storage_alone(client, place, coordinator, settings):
    settings.UPLOADS_PER_DAY_PER_USER = 2
    referral = refer(place)
    for _file in range(2):
        assert hand_in(client, referral).status_code == 302
    page = Page(hand_in(client, referral))
    assert list(page.faults()) == ["file"]
    assert "svært mange filer i dag" in page.text
    assert Attachment.objects.count() == 2
    client.force_login(UserFactory(coordinates=place.intake_unit))
    assert hand_in(client, referral).status_code == 302


def test_what_was_stopped_says_why_and_is_not_handed_out(client, place, coordinator, rings):
    referral = refer(place)
    attachment = add(referral, coordinator, corpus.locked(), "låst.pdf")
    rings.answer()
    page = page_of(client, referral)
    assert "låst.pdf kan ikke brukes" in page.text
    assert str(REFUSALS[Code.LOCKED_PDF]) in page.text
    assert client.get(address_of(referral, attachment)).url == referral.get_absolute_url()


def test_what_staff_adds_is_not_told_on_the_senders_receipt(client, place, coordinator):
    referral = refer(place)
    add(referral, coordinator, name="intern.pdf")
    assert list(referral.submission.sent_along()) == []
    assert len(referral.submission.attachments()) == 1


@pytest.mark.parametrize("change", list(CHANGES.values())[:1])
def test_a_damaged_file_is_shown_as_damaged_and_becomes_a_task(committed, client, rings, change):
    place = MunicipalityFactory()
    user = UserFactory(coordinates=place.intake_unit)
    client.force_login(user)
    referral = refer(place)
    attachment = add(referral, user)
    rings.answer()
    spoil(committed, change)

    response = client.get(address_of(referral, attachment))

    assert response.url == referral.get_absolute_url()
    page = page_of(client, referral)
    assert "Vedlegget er skadet og kan ikke åpnes." in page.text
    assert "epikrise.pdf skadet" in page.text
    assert address_of(referral, attachment) not in page.links()
    assert Deadline.objects.get(kind=Due.ATTACHMENT_DAMAGED).unit == place.intake_unit
    assert client.get(address_of(referral, attachment)).status_code == 302
    assert not Event.objects.filter(verb="attachment.downloaded").exists()


def test_one_attachment_and_three_take_equally_many_queries(client, place, coordinator, rings):
    referral = refer(place)
    client.get(referral.get_absolute_url())  # the first to read it ends a deadline, too
    counts = []
    for number in (1, 2):
        for _time in range(number):
            add(referral, coordinator)
        rings.answer()
        with CaptureQueriesContext(connection) as queries:
            assert client.get(referral.get_absolute_url()).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 15


def test_a_file_of_another_case_is_not_found_through_mine(client, place, coordinator, rings):
    mine, other = refer(place), refer(MunicipalityFactory())
    theirs = add(other, UserFactory(coordinates=other.unit))
    also_mine = add(refer(place), coordinator)
    rings.answer()
    for referral, attachment in [(mine, theirs), (other, theirs), (mine, also_mine)]:
        assert client.get(address_of(referral, attachment)).status_code == NOT_THERE
    assert hand_in(client, other).status_code == NOT_THERE
    assert Attachment.objects.count() == 2


def test_files_of_a_case_under_strict_protection_are_for_its_cleared_members(
    client, place, coordinator, rings
):
    referral = refer(place)
    attachment = add(referral, coordinator)
    rings.answer()
    case = referral.case
    case.grade = Grade.STRICT
    case.save(update_fields=["grade"])
    cleared = UserFactory(practises_in=place.intake_unit, works_with=case, cleared_in=place)
    for user, status in [(coordinator, NOT_THERE), (cleared, 200)]:
        client.force_login(user)
        assert client.get(address_of(referral, attachment)).status_code == status


@pytest.mark.parametrize("role", ["leads", "clerks_in"])
def test_who_may_not_read_the_referral_may_not_read_its_files(client, place, rings, role):
    referral = refer(place)
    attachment = add(referral, UserFactory(coordinates=place.intake_unit))
    rings.answer()
    client.force_login(UserFactory(**{role: place.intake_unit}))
    assert client.get(address_of(referral, attachment)).status_code == NOT_YOURS
    assert hand_in(client, referral).status_code == NOT_YOURS


def test_nobody_reads_without_logging_in(client, place, rings):
    referral = refer(place)
    attachment = add(referral, UserFactory(coordinates=place.intake_unit))
    rings.answer()
    assert client.get(address_of(referral, attachment)).url.startswith(reverse("login"))
