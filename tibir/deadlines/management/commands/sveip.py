from django.core.management.base import BaseCommand

from tibir.core.jobs import noted
from tibir.deadlines.schedule import JOB, clocks, run


class Command(BaseCommand):
    help = "Skriver alle varsler om frister som mangler. For cron, når arbeider og taktgiver står."

    def add_arguments(self, parser):
        parser.add_argument(
            "--klokken-er-riktig",
            action="store_true",
            dest="trusted",
            help="Du har sett etter, og klokken går riktig nå: varslene skal gå igjen.",
        )

    def handle(self, *, trusted, **options):
        self.stdout.write(noted(JOB, lambda: run(clocks(), trusted=trusted)))
