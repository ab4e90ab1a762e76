"""What is written to people, and what they hand in."""

from tibir.documents.models.attachment import Attachment
from tibir.documents.models.blob import Blob
from tibir.documents.models.document import Dispatch, Document, Seal

__all__ = ["Attachment", "Blob", "Dispatch", "Document", "Seal"]
