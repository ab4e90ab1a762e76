from django.core.management.base import BaseCommand

from tibir.demo.lives import living


class Command(BaseCommand):
    help = "Lets forty families of Fjordvik live three years; a second time it changes nothing."

    def handle(self, **options):
        living.live(lambda name: self.stdout.write(name))
