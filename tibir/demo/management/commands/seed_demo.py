from django.core.management.base import BaseCommand
from django.db import connection

from tibir.deadlines.schedule import sweep
from tibir.demo import municipality, trial


class Command(BaseCommand):
    help = "Builds the invented Fjordvik kommune; a second time it changes nothing."

    def add_arguments(self, parser):
        parser.add_argument("--issuer", help="the provider where each of the cast may log in too")

    def handle(self, *, issuer, **options):
        with connection.cursor() as cursor:
            # All of it or nothing, also on a machine that takes minutes for it.
            cursor.execute("SET transaction_timeout = 0")
        built = municipality.build()
        if issuer:
            trial.link(issuer)
        sweep()  # whoever logs in finds the notices that the days until today would have brought
        self.stdout.write("Fjordvik is built." if built else "Fjordvik is already there.")
