from django.db import models
from django.db.models.functions import Now

from tibir.audit.kinds import UNTOLD, verbs_of


class EventQuerySet(models.QuerySet):
    def of_case(self, case):
        return self.filter(case_id=case.pk)

    def by_user(self, pk):
        return self.filter(actor_kind=Event.Actor.USER, actor_id=pk)

    def in_group(self, group):
        return self.filter(verb__in=verbs_of(group))

    def between(self, first, last):
        """From the first to the last of these days, in Oslo; either may be None."""
        rows = self.filter(at__date__gte=first) if first else self
        return rows.filter(at__date__lte=last) if last else rows

    def before(self, pk):
        return self.filter(pk__lt=pk)

    def for_list(self):
        return self.order_by("-pk")

    def untold(self):
        """What is about a report that the family may not know of yet."""
        return self.filter(verb__startswith=UNTOLD)


class ChangeQuerySet(models.QuerySet):
    def of_case(self, case, people):
        """Of the case itself, of what belongs to it, and of the people in it."""
        of_people = models.Q(table="cases_person", row_id__in=people)
        return self.filter(models.Q(case_id=case.pk) | of_people)

    def between(self, first, last):
        rows = self.filter(at__date__gte=first) if first else self
        return rows.filter(at__date__lte=last) if last else rows

    def before(self, pk):
        return self.filter(pk__lt=pk)

    def for_list(self):
        return self.order_by("-pk")


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
    # Of which transaction it is, set by the database: ties it to the rows that were changed.
    transaction = models.BigIntegerField("transaksjon", null=True, editable=False)

    objects = EventQuerySet.as_manager()

    class Meta:
        verbose_name = "hendelse"
        verbose_name_plural = "hendelser"
        indexes = [
            models.Index(fields=["case_id", "-id"], name="event_of_case"),
            models.Index(fields=["actor_kind", "actor_id", "-id"], name="event_by_actor"),
            models.Index(fields=["transaction"], name="event_of_transaction"),
        ]

    def __str__(self):
        return self.verb


class Change(models.Model):
    """What a row of a case was before it was changed or removed, as the database itself saw it.

    Written by triggers alone, so that bulk updates and plain SQL are seen too. Old values of
    dates, numbers, choices and references; of what somebody wrote, only that it was changed.
    Who it was stands in the event with the same transaction and time: see `history`.
    """

    APPEND_ONLY = True
    BY_TRIGGERS = True

    class Operation(models.TextChoices):
        UPDATE = "update", "endret"
        DELETE = "delete", "slettet"

    at = models.DateTimeField("tidspunkt", db_default=Now())
    transaction = models.BigIntegerField("transaksjon")
    role = models.CharField("databaserolle", max_length=63)
    table = models.CharField("tabell", max_length=63)
    row_id = models.BigIntegerField("rad")
    operation = models.CharField("handling", max_length=10, choices=Operation)
    municipality_id = models.BigIntegerField("kommune", null=True)
    case_id = models.BigIntegerField("sak", null=True)
    columns = models.JSONField("kolonner", default=list)
    old = models.JSONField("gamle verdier", default=dict)

    objects = ChangeQuerySet.as_manager()

    class Meta:
        verbose_name = "endring"
        verbose_name_plural = "endringer"
        indexes = [
            models.Index(fields=["case_id", "-id"], name="change_of_case"),
            models.Index(fields=["table", "row_id", "-id"], name="change_of_row"),
        ]

    def __str__(self):
        return f"{self.table} {self.row_id}"


class Seal(models.Model):
    """One link of a municipality's chain: what a stretch of the log was when it was sealed.

    `rows` has 16 bytes for each row, its number and the beginning of its digest, so that the
    first that is wrong can be named. Municipality 0 is for rows that belong to none.
    """

    APPEND_ONLY = True

    number = models.BigIntegerField("nummer", unique=True)
    source = models.CharField("av hva", max_length=10)
    municipality_id = models.BigIntegerField("kommune")
    first_id = models.BigIntegerField("fra og med")
    last_id = models.BigIntegerField("til og med")
    count = models.PositiveIntegerField("antall rader")
    rows = models.BinaryField("rader")
    previous = models.BinaryField("forrige", max_length=32)
    hash = models.BinaryField("segl", max_length=32)
    at = models.DateTimeField("tidspunkt", db_default=Now())

    class Meta:
        verbose_name = "segl"
        verbose_name_plural = "segl"
        indexes = [
            models.Index(fields=["source", "municipality_id", "-number"], name="seal_of_chain"),
            models.Index(fields=["source", "-last_id"], name="seal_newest"),
        ]

    def __str__(self):
        return f"{self.number}"
