"""The family is told who has opened their case."""

from django.db import transaction

from tibir.audit.record import record
from tibir.documents import actions as documents
from tibir.documents.kinds import Kind as Paper
from tibir.family import letters


@transaction.atomic
def give_openings(case, *, by, recipient, language, channel, address, on):
    """The list as it is now, frozen, on its way to the one who asked for it."""
    words = letters.openings(case, recipient, by=by, on=on, language=language, address=address)
    document = documents.order(
        Paper.OPENINGS,
        by=by,
        municipality=case.municipality,
        title=words["heading"],
        language=language,
        data=words,
        case=case,
        unit=case.unit,
        author=by,
        recipient=recipient,
    )
    record("log.extracted", recipient, by=by, case=case, rows=len(words["rows"]))
    return documents.send(document, by=by, person=recipient, channel=channel)
