"""Which documents there are. A new kind is one entry here and one template."""

from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _


class Kind(models.TextChoices):
    RECEIPT = "receipt", _("kvittering")


@dataclass(frozen=True)
class Template:
    path: str
    version: int


TEMPLATES = {Kind.RECEIPT: Template("documents/receipt.html", version=1)}
