"""A process that dies on its way out has promised everything or nothing."""

import subprocess
import sys

import pytest

from tests.databases import ROOT
from tests.factories import UserFactory, refer
from tests.notifications.parents import parent_of
from tibir.notifications import schedule
from tibir.notifications.models import Delivery, Notification

pytestmark = pytest.mark.usefixtures("committed")

# Killed as the last thing before the ring, when the rows are there, or as the last before them.
TELL = """
import os
import django
django.setup()
from django.db import transaction
from tibir.accounts.models import User
from tibir.audit.record import CLOCK
from tibir.cases.models import CasePerson
from tibir.core import doorbell
from tibir.notifications import actions
from tibir.notifications.kinds import Kind

doorbell._put = lambda task, ids: os._exit(9)
with transaction.atomic():
    person = CasePerson.objects.select_related("case").get()
    actions.tell(Kind.ANSWER_WAITS, person.case, by=CLOCK, person=person)
    user = User.objects.get(email="leder@kommune.example")
    actions.tell(Kind.EMERGENCY_ACCESS, person.case, by=CLOCK, user=user)
    {before}
"""


@pytest.fixture
def people():
    referral = refer()
    UserFactory(leads=referral.unit, email="leder@kommune.example")
    return parent_of(referral)


def die(before=""):
    command = [sys.executable, "-c", TELL.format(before=before)]
    assert subprocess.run(command, cwd=ROOT, check=False).returncode == 9


def test_between_the_rows_and_the_ring_nothing_is_lost(people, mailoutbox):
    die()
    assert Delivery.objects.filter(state=Delivery.State.WAITING, attempts=0).count() == 3

    schedule.tick()

    assert {delivery.state for delivery in Delivery.objects.all()} == {Delivery.State.SENT}
    assert {message.to[0] for message in mailoutbox} == {
        "turid@post.example",
        "leder@kommune.example",
    }


@pytest.mark.prove
def test_before_the_rows_nothing_was_promised(people, mailoutbox):
    die("os._exit(9)")
    schedule.tick()
    assert (Notification.objects.count(), mailoutbox) == (0, [])
