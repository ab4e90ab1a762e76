"""The worker of production, but for letters that break it: `celery -A tests.prove.broken_work`.

BROKEN says how: a letter whose title is «farlig» is made by a process that is killed, that takes
for ever, or that takes for ever and hears nothing.
"""

import os
import signal
import threading
from datetime import timedelta

import django

django.setup()

from tibir.celery import app  # noqa: E402 - Django first
from tibir.documents import tasks  # noqa: E402

__all__ = ["app"]

render_pdf = tasks.render_pdf
tasks.LEASE = tasks.PAUSE = timedelta(seconds=1)


def killed():
    os.kill(os.getpid(), signal.SIGKILL)


def hangs():
    while True:
        threading.Event().wait(0.1)


def hears_nothing():
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGUSR1})
    hangs()


def breaks(template, data, *, language, title):
    if title == "farlig":
        {"killed": killed, "hangs": hangs, "hears nothing": hears_nothing}[os.environ["BROKEN"]]()
    return render_pdf(template, data, language=language, title=title)


tasks.render_pdf = breaks
