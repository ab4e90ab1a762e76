from django.core.management.base import BaseCommand

from tibir.deadlines.schedule import sweep
from tibir.demo import municipality


class Command(BaseCommand):
    help = "Builds the invented Fjordvik kommune; a second time it changes nothing."

    def handle(self, **options):
        built = municipality.build()
        sweep()  # whoever logs in finds the notices that the days until today would have brought
        self.stdout.write("Fjordvik is built." if built else "Fjordvik is already there.")
