"""The real thing once: a worker, a clock, a Redis, a mail server, and rows that wait."""

import os
import signal
import socket
import subprocess
import sys
import time

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Mailbox

from referrals import actions
from tests.documents import corpus
from tests.factories import UserFactory, refer
from tibir.core import doorbell
from tibir.core.models import Heartbeat
from tibir.deadlines.models import Sweep
from tibir.documents.models import Attachment, Document
from tibir.notifications.models import Delivery

FOUND = {
    "how": "called",
    "responsibility": "yes",
    "phone": "+4799000001",
    "safe_phone": "yes",
    "email": "aaselill@post.example",
    "safe_email": "yes",
}


@pytest.fixture
def mail(tmp_path):
    """A mail server on loopback that keeps what it gets."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    box = Mailbox(str(tmp_path / "mail"))
    server = Controller(box, hostname="127.0.0.1", port=port)
    server.start()
    yield box.mailbox, f"smtp://127.0.0.1:{port}"
    server.stop()


@pytest.fixture
def processes(committed, redis_server, mail, tmp_path, monkeypatch):
    """Worker and beat as in production, over this test's database, Redis and mail server."""
    monkeypatch.setenv("EMAIL_URL", mail[1])
    log = (tmp_path / "processes.log").open("w")
    commands = [
        ["worker", "--concurrency", "1", "--loglevel", "WARNING"],
        ["beat", "--schedule", str(tmp_path / "beat"), "--loglevel", "WARNING"],
    ]
    running = [
        subprocess.Popen(
            [sys.executable, "-m", "celery", "-A", "tibir.celery", *command],
            env=os.environ.copy(),
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        for command in commands
    ]
    yield
    for process in running:
        os.killpg(process.pid, signal.SIGTERM)
    for process in running:
        process.wait(20)
    log.close()


def eventually(happened, seconds=60):
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if happened():
            return True
        time.sleep(0.2)
    return False


@pytest.mark.prove
def test_what_was_promised_is_made_and_sent_by_the_real_processes(processes, mail):
    referral = refer()
    coordinator = UserFactory(coordinates=referral.unit)
    actions.confirm_contact(referral, referral.case.people.get(), by=coordinator, **FOUND)
    actions.attach(referral, by=coordinator, content=corpus.pdf(corpus.launching), name="brev.pdf")
    doorbell.drain(10)

    assert eventually(lambda: Document.objects.filter(state=Document.State.READY).exists())
    assert eventually(lambda: Delivery.objects.filter(state=Delivery.State.SENT).exists())
    assert eventually(lambda: Attachment.objects.filter(state=Attachment.State.CLEAN).exists())
    assert eventually(Heartbeat.objects.exists)
    assert eventually(Sweep.objects.exclude(host_at=None).exists)

    assert Document.objects.get().blob.content().startswith(b"%PDF")
    (message,) = mail[0]
    assert message["To"] == "aaselill@post.example"
    assert message["Message-ID"] == Delivery.objects.get().message_id
    body = message.get_payload(decode=True).decode()
    assert referral.reference in body
    assert "Odin" not in body
    assert "Ødegård" not in body
