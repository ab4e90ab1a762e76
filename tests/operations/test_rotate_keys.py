"""Keys are changed beside a running system: in a real database, by the owner, row by row."""

import base64
import os
import subprocess
import sys
import threading
from datetime import date

import pytest
from allauth.mfa.models import Authenticator
from django.apps import apps
from django.conf import settings as django_settings
from django.db import connection, models, transaction

from referrals.models import Submission
from tests.databases import ROOT
from tests.factories import ANSWERS, MunicipalityFactory, UserFactory, attach, refer
from tests.test_consistency import OURS
from tibir.audit.models import Event
from tibir.cases.identity_number import synthetic_number
from tibir.cases.models import OtherNumber, Person
from tibir.core.encryption import EncryptedTextField, seal, unseal
from tibir.documents import tasks
from tibir.documents.models import Attachment, Blob, Document
from tibir.staff.adapter import PLACE

OLD_INDEX = django_settings.TIBIR_INDEX_KEY
NEW_INDEX = base64.b64encode(b"i" * 32).decode()
OLD = django_settings.TIBIR_KEYS
NEW = f"2:{base64.b64encode(b'k' * 32).decode()},{OLD}"
ONLY_NEW = NEW.partition(",")[0]
# What is no secret that can be read again: digests, and what is found by.
NOT_SEALED = {
    "sha256", "fingerprint", "key", "national_id_index",
    "secret_digest", "once_digest", "content_digest", "status_digest", "receipt_digest",
    "rows", "previous", "hash", "digest",
}  # fmt: skip


def rotate(database, *arguments, keys=NEW, index=OLD_INDEX, url=None):
    return subprocess.run(
        [sys.executable, "manage.py", "rotate_keys", *arguments],
        cwd=ROOT,
        env=os.environ
        | {
            "DATABASE_URL": url or database.owner_url,
            "TIBIR_KEYS": keys,
            "TIBIR_INDEX_KEY": index,
        },
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.fixture
def family(committed, rings):
    """A child with two numbers, a letter that is issued and a file that was handed in."""
    place = MunicipalityFactory()
    numbers = [synthetic_number(date(2019, 3, 14), serial) for serial in (0, 1)]
    child = {**ANSWERS["barnet"], "national_id": numbers[0]}
    referral = refer(place, answers={**ANSWERS, "barnet": child})
    tasks.render(Document.objects.get().pk)
    attach(referral)
    OtherNumber.objects.create(
        person=referral.case.child,
        national_id=numbers[1],
        national_id_index=Person.index_of(numbers[1]),
        added_on="2026-11-22",
        added_by=UserFactory(),
    )
    return referral, numbers


def what_is_read(referral):
    person = Person.objects.get(pk=referral.case.child_id)
    submission = Submission.objects.get(pk=referral.submission_id)
    return (
        person.national_id,
        person.address,
        submission.answers,
        [(document.title, document.data) for document in Document.objects.all()],
        [blob.content() for blob in Blob.objects.all()],
        [(file.name, file.content()) for file in Attachment.objects.all()],
        OtherNumber.objects.get().national_id,
    )


@pytest.mark.prove
def test_all_comes_under_the_newest_key_and_reads_the_same(committed, family, settings):
    referral, _numbers = family
    before = what_is_read(referral)
    assert rotate(committed, "--check").returncode == 1

    done = rotate(committed, "--rows", "2")

    assert done.returncode == 0, done.stderr
    assert "cases_person: 2 changed, 0 left" in done.stdout
    assert "Everything is under key 2." in done.stdout
    settings.TIBIR_KEYS = ONLY_NEW  # the old key is gone
    assert what_is_read(referral) == before
    assert rotate(committed, "--check", keys=ONLY_NEW).returncode == 0
    again = rotate(committed)
    assert "cases_person: 0 changed, 0 left" in again.stdout
    (first, second) = Event.objects.filter(verb="keys.rotated").order_by("pk")
    assert first.codes["rows"]["cases_person"] == 2
    assert second.codes["rows"]["cases_person"] == 0


@pytest.mark.prove
def test_the_second_step_of_a_login_comes_along(committed, settings):
    step = Authenticator.objects.create(
        user=UserFactory(), type="totp", data={"secret": seal("HEMMELIG", PLACE)}
    )
    assert rotate(committed, "--check").returncode == 1
    done = rotate(committed)
    assert done.returncode == 0, done.stderr
    assert "mfa_authenticator: 1 changed, 0 left" in done.stdout
    settings.TIBIR_KEYS = ONLY_NEW
    step.refresh_from_db()
    assert unseal(step.data["secret"], PLACE) == "HEMMELIG"


@pytest.mark.prove
def test_what_is_issued_is_as_frozen_afterwards_as_before(committed, family, settings):
    assert rotate(committed).returncode == 0
    settings.TIBIR_KEYS = NEW
    document = Document.objects.get(state="ready")
    with pytest.raises(Exception, match="never changes"), transaction.atomic():
        Document.objects.filter(pk=document.pk)._raw_delete("default")
    with pytest.raises(Exception, match="never changes"), transaction.atomic():
        Blob.objects.update(size=1)
    with pytest.raises(Exception, match="never changes"), transaction.atomic():
        Document.objects.filter(pk=document.pk).update(title="noe annet")


@pytest.mark.prove
def test_the_applications_own_role_rotates_nothing_that_is_issued(committed, family):
    refused = rotate(committed, url=committed.url)
    assert refused.returncode != 0
    assert "must be owner" in refused.stderr
    assert Blob.objects.get().content()


@pytest.mark.prove
def test_it_goes_on_where_it_was_stopped(committed, family, settings):
    """Some rows are under the new key already, as when it was killed half-way."""
    referral, _numbers = family
    before = what_is_read(referral)
    settings.TIBIR_KEYS = NEW
    Person.objects.get(pk=referral.case.child_id).save()
    done = rotate(committed)
    assert done.returncode == 0
    assert "cases_person: 1 changed, 0 left" in done.stdout
    assert what_is_read(referral) == before


@pytest.mark.prove
def test_a_row_that_somebody_writes_is_waited_for_and_loses_nothing(committed, family, settings):
    referral, _numbers = family
    settings.TIBIR_KEYS = NEW
    held, released = threading.Event(), threading.Event()

    def write():
        with transaction.atomic():
            person = Person.objects.select_for_update().get(pk=referral.case.child_id)
            held.set()
            released.wait(10)
            person.phone = "+4799000055"
            person.save()
        connection.close()

    writer = threading.Thread(target=write)
    writer.start()
    held.wait(10)
    threading.Timer(2, released.set).start()
    done = rotate(committed)
    writer.join()
    assert done.returncode == 0, done.stderr
    settings.TIBIR_KEYS = ONLY_NEW
    child = Person.objects.get(pk=referral.case.child_id)
    assert child.phone == "+4799000055"
    assert child.address == "Storgata 1, 0000 Fjordvik"


@pytest.mark.prove
def test_what_no_key_opens_is_said_and_left(committed, family):
    referral, _numbers = family
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE cases_person SET address = %s WHERE id = %s",
            [bytes([1, 1]) + b"x" * 40, referral.case.child_id],
        )
    done = rotate(committed)
    assert done.returncode == 1
    assert f"cases_person {referral.case.child_id}: cannot be read" in done.stderr
    assert "cases_person: 1 changed, 1 left" in done.stdout
    assert "documents_blob: 1 changed, 0 left" in done.stdout


@pytest.mark.prove
def test_the_index_of_numbers_gets_a_new_key_while_both_are_looked_for(committed, family, settings):
    referral, numbers = family
    both = f"{NEW_INDEX},{OLD_INDEX}"
    settings.TIBIR_INDEX_KEY = both
    for digits in numbers:
        assert Person.objects.with_national_id(digits).get() == referral.case.child
    assert rotate(committed, "--check", keys=OLD, index=both).returncode == 1
    done = rotate(committed, keys=OLD, index=both)
    assert done.returncode == 0, done.stderr
    settings.TIBIR_INDEX_KEY = NEW_INDEX
    for digits in numbers:
        assert Person.objects.with_national_id(digits).get() == referral.case.child
    settings.TIBIR_INDEX_KEY = OLD_INDEX
    assert not Person.objects.with_national_id(numbers[0]).exists()


def test_no_column_of_bytes_is_forgotten():
    for model in apps.get_models():
        if model._meta.app_label not in OURS:
            continue
        for field in model._meta.local_concrete_fields:
            is_raw = isinstance(field, models.BinaryField)
            if is_raw and not isinstance(field, EncryptedTextField):
                known = field.name in getattr(model, "SEALED", {}) or field.name in NOT_SEALED
                assert known, f"{model.__name__}.{field.name}: sealed, or not?"
