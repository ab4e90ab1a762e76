"""When the sweep runs, and how one sees that it does not."""

import io
import threading
from datetime import timedelta

import pytest
import time_machine
from django.core.management import call_command
from django.utils import timezone

from tests.factories import MunicipalityFactory, UserFactory, refer
from tibir import celery
from tibir.cases.models import STRICT
from tibir.core.models import JobRun
from tibir.deadlines import schedule
from tibir.deadlines.models import Deadline, Sweep
from tibir.notifications.models import Notification
from tibir.operations import health

NOTICES = "Varsler om frister"


def sign(label):
    return next(sign for sign in health.signs() if sign.label == label)


@pytest.fixture
def due(db):
    """An answer that is due today and has been told to nobody."""
    unit = MunicipalityFactory().intake_unit
    UserFactory(coordinates=unit)
    refer(unit.municipality, received_at=timezone.now() - timedelta(days=14))
    Deadline.objects.exclude(kind="answer").update(closed_reason="test")


def told():
    return Notification.objects.filter(kind="deadline_notice").count()


def test_beat_sweeps_every_quarter_of_an_hour():
    entry = celery.app.conf.beat_schedule["deadlines"]
    assert entry["schedule"] == timedelta(minutes=15).total_seconds()
    assert entry["task"] == schedule.sweep.name in celery.app.tasks


def test_the_task_leaves_a_row_that_says_what_it_did(due):
    schedule.sweep()
    assert JobRun.objects.get(job="deadlines").outcome == "3 varsler"
    schedule.sweep()
    assert JobRun.objects.get(job="deadlines").outcome == "0 varsler"
    assert told() == 3


def test_cron_sweeps_when_worker_and_beat_do_not(due, capsys):
    call_command("sveip")
    assert capsys.readouterr().out == "3 varsler\n"
    assert told() == 3


def test_a_web_server_sweeps_at_its_start(committed):
    unit = MunicipalityFactory().intake_unit
    UserFactory(coordinates=unit)
    refer(unit.municipality, received_at=timezone.now() - timedelta(days=14))
    schedule.sweep_at_start()
    for thread in threading.enumerate():
        if thread.name == "sweep":
            thread.join(20)
    assert told() >= 3


def test_a_web_server_starts_although_the_sweep_cannot(committed, monkeypatch, caplog):
    monkeypatch.setattr(schedule, "tell", lambda today: 1 / 0)
    schedule._sweep_alone()
    assert "no sweep at the start" in caplog.text
    assert JobRun.objects.get(job="deadlines").outcome == "feilet: ZeroDivisionError"
    assert not Sweep.objects.exclude(host_at=None).exists()


def test_a_host_whose_clock_is_a_day_off_tells_nobody_until_a_person_says_it_is_right(due):
    """PostgreSQL's clock is real here; the host's is not."""
    schedule.sweep()
    before = told()
    with time_machine.travel(timezone.now() + timedelta(days=1)):
        schedule.sweep()
        assert told() == before
        assert sign(NOTICES).value == "stanset: klokken er feil"
        assert not sign(NOTICES).is_well
        call_command("sveip", "--klokken-er-riktig")
        assert told() > before
        assert sign(NOTICES).is_well


def test_health_is_red_when_nobody_has_swept_for_a_while(due):
    assert sign(NOTICES).value == "aldri"
    assert not sign(NOTICES).is_well
    schedule.sweep()
    assert sign(NOTICES).is_well
    with time_machine.travel(timezone.now() + timedelta(minutes=46)):
        assert sign(NOTICES).is_well
    with time_machine.travel(timezone.now() + timedelta(minutes=51)):
        assert not sign(NOTICES).is_well
        assert sign(NOTICES).value == "for 51 minutter siden"


def test_health_is_red_when_there_is_nobody_to_tell(db):
    place = MunicipalityFactory()
    refer(place, received_at=timezone.now() - timedelta(days=14))
    schedule.sweep()
    assert sign("Frister uten noen å varsle").value == "4"
    UserFactory(coordinates=place.intake_unit)
    schedule.sweep()
    assert sign("Frister uten noen å varsle").is_well


@pytest.mark.prove
def test_the_demo_has_its_notices_from_the_first_minute(db):
    call_command("seed_demo", stdout=io.StringIO())
    assert told() > 5
    hidden = Notification.objects.filter(kind="deadline_notice", case__grade__in=STRICT).count()
    assert hidden
    assert JobRun.objects.get(job="deadlines").outcome == f"{told() - hidden} varsler"
