from django.db import models
from django.db.models.functions import Now


class Event(models.Model):
    """Who did or saw what, when, on which basis. Never changed, never removed.

    Ids without foreign keys: the log outlives what it tells of.
    """

    APPEND_ONLY = True

    class Actor(models.TextChoices):
        USER = "user", "ansatt"
        SENDER = "sender", "innsender"
        CLOCK = "clock", "klokken"

    at = models.DateTimeField("tidspunkt", db_default=Now())
    verb = models.CharField("handling", max_length=60)
    actor_kind = models.CharField("hvem", max_length=10, choices=Actor)
    actor_id = models.BigIntegerField("hvem, nummer", null=True)
    municipality_id = models.BigIntegerField("kommune", null=True)
    case_id = models.BigIntegerField("sak", null=True)
    target_type = models.CharField("hva", max_length=60, blank=True)
    target_id = models.BigIntegerField("hva, nummer", null=True)
    basis = models.CharField("grunnlag", max_length=60, blank=True)
    codes = models.JSONField("opplysninger", default=dict)
    request_id = models.CharField("forespørsel", max_length=20, blank=True)

    class Meta:
        verbose_name = "hendelse"
        verbose_name_plural = "hendelser"
        indexes = [
            models.Index(fields=["case_id", "-id"], name="event_of_case"),
            models.Index(fields=["actor_kind", "actor_id", "-id"], name="event_by_actor"),
        ]

    def __str__(self):
        return self.verb
