"""What can be due. A new kind of deadline is one entry here."""

from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _


class Kind(models.TextChoices):
    ANSWER = "answer", _("svar på henvisning")
    CONFIRM_CONTACT = "confirm_contact", _("bekreft kontaktopplysninger")
    READ_SUBMISSION = "read_submission", _("les inn en innsending som stoppet")
    DOCUMENT_FAILED = "document_failed", _("et dokument ble ikke laget")
    MESSAGE_FAILED = "message_failed", _("en melding kom ikke fram")
    ATTACHMENT_STOPPED = "attachment_stopped", _("et vedlegg ble stoppet")
    ATTACHMENT_DAMAGED = "attachment_damaged", _("et vedlegg er skadet")


@dataclass(frozen=True)
class Rule:
    """How long a person has, in working days after the day it arose; None: set by the caller."""

    working_days: int | None


RULES = {
    Kind.ANSWER: Rule(working_days=None),
    Kind.CONFIRM_CONTACT: Rule(working_days=3),
    Kind.READ_SUBMISSION: Rule(working_days=1),
    Kind.DOCUMENT_FAILED: Rule(working_days=1),
    Kind.MESSAGE_FAILED: Rule(working_days=1),
    Kind.ATTACHMENT_STOPPED: Rule(working_days=1),
    Kind.ATTACHMENT_DAMAGED: Rule(working_days=1),
}
