from django.core.management.base import BaseCommand, CommandError

from tibir.accounts.models import User
from tibir.audit.record import CLOCK
from tibir.staff.actions import accounts


class Command(BaseCommand):
    help = "Takes away the second step of a login, when no administrator can. The user is told."

    def add_arguments(self, parser):
        parser.add_argument("email")

    def handle(self, *, email, **options):
        user = User.objects.filter(email=email.lower()).first()
        if user is None:
            raise CommandError("Ingen bruker har den e-postadressen.")
        accounts.reset_factors(user, by=CLOCK, alone=True)
        self.stdout.write(f"{user}: velger kode eller passnøkkel på nytt neste gang.")
