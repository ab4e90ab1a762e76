from django.core.management import call_command
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "Lager tabellene og gir applikasjonen rettighetene sine; kjøres av den som eier dem."

    def handle(self, **options):
        call_command("migrate", interactive=False, verbosity=options["verbosity"])
        call_command("grant_application")
