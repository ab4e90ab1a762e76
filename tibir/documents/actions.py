from django.db import transaction

from tibir.audit.record import record
from tibir.core import doorbell
from tibir.documents import tasks
from tibir.documents.kinds import TEMPLATES
from tibir.documents.models import Document


@transaction.atomic
def order(kind, *, by, municipality, title, language, data, case=None):
    """A document to be made from `data` as it is now; the bytes follow."""
    document = Document.objects.create(
        kind=kind,
        municipality=municipality,
        case=case,
        title=title,
        language=language,
        template_version=TEMPLATES[kind].version,
        data=data,
    )
    record("document.ordered", document, by=by, kind=kind)
    doorbell.ring(tasks.render, document.pk)
    return document
