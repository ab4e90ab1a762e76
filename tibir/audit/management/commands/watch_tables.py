from django.core.management.base import BaseCommand
from django.db import connection, transaction

from tibir.audit.history import WATCHED, watch


class Command(BaseCommand):
    help = "Puts the triggers in place that remember how rows of a case were; run by the owner."

    @transaction.atomic
    def handle(self, **options):
        with connection.cursor() as cursor:
            watch(cursor)
        self.stdout.write(f"Remembered: {', '.join(WATCHED)}.")
