"""Which documents there are. A new kind is one entry here and one template."""

from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _


class Kind(models.TextChoices):
    RECEIPT = "receipt", _("kvittering")
    ANSWER = "answer", _("svar på henvisningen")
    PRELIMINARY_ANSWER = "preliminary_answer", _("foreløpig svar")
    INQUIRY = "inquiry", _("spørsmål om flere opplysninger")


@dataclass(frozen=True)
class Template:
    path: str
    version: int


WORDS = "documents/words.html"  # a letter that is nothing but words; `letters` has them
TEMPLATES = {
    Kind.RECEIPT: Template("documents/receipt.html", version=1),
    Kind.ANSWER: Template(WORDS, version=1),
    Kind.PRELIMINARY_ANSWER: Template(WORDS, version=1),
    Kind.INQUIRY: Template(WORDS, version=1),
}
