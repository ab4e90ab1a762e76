"""What the database holds, whatever the code does."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from referrals.models import Referral, Submission
from tests.factories import MunicipalityFactory, refer
from tibir.core.codes import new_reference

pytestmark = pytest.mark.django_db


@pytest.fixture
def referral():
    return refer()


def refused(error, work):
    with pytest.raises(error), transaction.atomic():
        work()


def test_an_answer_is_never_due_later_than_was_promised(referral):
    rows = Referral.objects.filter(pk=referral.pk)
    day = timedelta(days=1)
    refused(
        DatabaseError,
        lambda: rows.update(due_on=referral.due_on + day, received_on=referral.received_on + day),
    )
    rows.update(due_on=referral.due_on - day)


def test_an_answer_is_due_within_fourteen_days(referral):
    late = referral.received_on - timedelta(days=1)
    refused(
        IntegrityError, lambda: Referral.objects.filter(pk=referral.pk).update(received_on=late)
    )


def test_a_submission_keeps_its_reference_and_is_kept(referral):
    rows = Submission.objects.filter(pk=referral.submission_id)
    refused(DatabaseError, lambda: rows.update(reference=new_reference()))

    def remove():
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM referrals_submission WHERE id = %s", [rows.get().pk])

    refused(DatabaseError, remove)


def test_a_municipality_that_promises_less_later_does_not_change_what_was_promised(client):
    place = MunicipalityFactory()
    page = client.get(f"/{place.slug}/henvisning/ring-meg/")
    token = page.context["token"]
    said = {"name": "Samira", "phone": "99000003", "child_age": "5", "token": token}
    receipt = client.post(f"/{place.slug}/henvisning/ring-meg/", said).url
    promised = client.get(receipt).context["answer_by"]
    place.answer_days = 5
    place.save()
    assert client.get(receipt).context["answer_by"] == promised


def test_going_back_and_sending_the_same_again_is_the_same_call(client):
    address = f"/{MunicipalityFactory().slug}/henvisning/ring-meg/"
    said = {"name": "Samira", "phone": "99000003", "child_age": "5"}
    receipts = set()
    for _time in range(2):
        token = client.get(address).context["token"]
        receipts.add(client.post(address, said | {"token": token}).url)
    assert len(receipts) == 1
    assert Submission.objects.count() == 1

    token = client.get(address).context["token"]
    client.post(address, said | {"token": token, "name": "En annen"})
    assert Submission.objects.count() == 2
