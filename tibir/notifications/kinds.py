"""What people are told. The text never says anything of a family: it says that we have it."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Kind(models.TextChoices):
    REFERRAL_RECEIVED = "referral_received", _("vi har fått henvisningen")


SUBJECTS = {Kind.REFERRAL_RECEIVED: _("Vi har fått henvendelsen din")}
TEMPLATES = {Kind.REFERRAL_RECEIVED: "notifications/referral_received.txt"}
