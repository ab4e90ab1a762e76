import contextlib
import ctypes.util
import sys

from django.conf import settings
from django.core.management.base import BaseCommand

from tibir.demo.people import DEMO_USERS, PASSWORD
from tibir.demo.supervisor import Supervisor
from tibir.embedded import Unavailable


class Command(BaseCommand):
    help = "Starter alt som trengs for å prøve TIBIR på denne maskinen, og stopper det igjen."
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("--port", type=int, help="port på 127.0.0.1 (ellers første ledige)")
        parser.add_argument(
            "--small", action="store_true", help="uten familiene som har vært her i tre år"
        )

    def handle(self, *, port, small, **options):
        if not ctypes.util.find_library("pangoft2-1.0"):
            self.say("Pango mangler, så PDF-er kan ikke lages. Kjør «make setup», eller se README.")
        try:
            Supervisor(settings.DATA_DIR, self.say, port, has_lives=not small).run(self.ready)
        except Unavailable as error:
            sys.exit(str(error))
        self.say("TIBIR er stoppet.")

    def ready(self, address):
        width = max(len(user["email"]) for user in DEMO_USERS)
        users = [f"  {user['email']:{width}}  {user['label']}" for user in DEMO_USERS]
        lines = [
            "",
            f"TIBIR er klar: {address}",
            "",
            f"Alle er oppdiktet, og alle har passordet «{PASSWORD}»:",
            *users,
            "",
            f"Logger og e-post ligger i {settings.DATA_DIR}. Stopp med Ctrl-C.",
        ]
        self.say("\n".join(lines))

    def say(self, text):
        """A terminal that has been closed is no reason to leave processes behind."""
        with contextlib.suppress(OSError):
            self.stdout.write(text)
            self.stdout.flush()
