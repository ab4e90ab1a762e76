from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from tibir.audit.schedule import verify_now
from tibir.audit.seal import shipped_in


class Command(BaseCommand):
    help = "Teller hele loggen på nytt mot seglene, og sier hva som er det første som er galt."

    def add_arguments(self, parser):
        parser.add_argument(
            "--kvitteringer",
            type=Path,
            metavar="FIL",
            dest="receipts",
            help="Programloggen slik den ble sendt til et annet sted: hvert segl i den må finnes.",
        )

    def handle(self, *, receipts, **options):
        shipped = shipped_in([receipts.read_text()]) if receipts else {}
        verdict = verify_now(shipped=shipped)
        waiting = f"{verdict.unsealed} rader er ikke forseglet ennå."
        if verdict.fault:
            raise CommandError(f"Loggen holder ikke. {verdict.fault} {waiting}")
        said = f"Loggen holder: {verdict.rows} rader i {verdict.seals} segl."
        self.stdout.write(f"{said} {waiting}")
        if shipped:
            self.stdout.write(f"{len(shipped)} segl fra programloggen finnes her.")
