from django.core.management.base import BaseCommand
from django.db import connection

from tibir.demo.lives import living


class Command(BaseCommand):
    help = "Lets forty families of Fjordvik live three years; a second time it changes nothing."

    def handle(self, **options):
        with connection.cursor() as cursor:
            # Three years of a family in one transaction, also on a machine that is slow.
            cursor.execute("SET transaction_timeout = 0")
        living.live(lambda name: self.stdout.write(name))
