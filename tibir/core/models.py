from django.db import models
from django.db.models.functions import Now


class JobRun(models.Model):
    """One run of clock work: what the health page shows, and how a long outage is noticed."""

    job = models.CharField("jobb", max_length=60)
    started_at = models.DateTimeField("startet", db_default=Now())
    finished_at = models.DateTimeField("ferdig", null=True)
    succeeded_at = models.DateTimeField("sist uten feil", null=True)
    outcome = models.CharField("utfall", max_length=200, blank=True)

    class Meta:
        verbose_name = "jobbkjøring"
        verbose_name_plural = "jobbkjøringer"
        constraints = [models.UniqueConstraint(fields=["job"], name="jobrun_one_row_per_job")]

    def __str__(self):
        return self.job


class Heartbeat(models.Model):
    """The last sign of life of something that runs."""

    name = models.CharField("navn", max_length=60, unique=True)
    at = models.DateTimeField("tidspunkt")

    class Meta:
        verbose_name = "livstegn"
        verbose_name_plural = "livstegn"

    def __str__(self):
        return self.name


class Attempt(models.Model):
    """One try at something that may be guessed: counted per account and per address."""

    kind = models.CharField("slag", max_length=40)
    key = models.BinaryField("nøkkel", max_length=32)
    at = models.DateTimeField("tidspunkt", db_default=Now())

    class Meta:
        verbose_name = "forsøk"
        verbose_name_plural = "forsøk"
        indexes = [models.Index(fields=["kind", "key", "at"], name="attempt_recent")]

    def __str__(self):
        return self.kind
