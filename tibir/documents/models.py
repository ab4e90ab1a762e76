"""Issued means frozen: bytes, checksum, template version and the data it was made from."""

import hashlib

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from tibir.access.roles import Kind as Thing
from tibir.access.roles import units_where
from tibir.accounts.models import Municipality, Unit, User
from tibir.cases.models import Case, CasePerson, known_to
from tibir.core.encryption import EncryptedJSONField, EncryptedTextField, decrypt, encrypt
from tibir.core.transitions import Stateful
from tibir.deadlines.models import Deadline
from tibir.documents.kinds import Kind


class Blob(models.Model):
    """Bytes in the database, encrypted, so that several hosts need no shared disk."""

    PLACE = "documents.blob.sealed"

    sha256 = models.BinaryField(max_length=32)
    size = models.PositiveIntegerField(_("størrelse"))
    sealed = models.BinaryField()

    class Meta:
        verbose_name = _("innhold")
        verbose_name_plural = _("innhold")

    def __str__(self):
        return bytes(self.sha256).hex()[:12]

    @classmethod
    def of(cls, content):
        return cls.objects.create(
            sha256=hashlib.sha256(content).digest(),
            size=len(content),
            sealed=encrypt(content, cls.PLACE),
        )

    def content(self):
        return decrypt(self.sealed, self.PLACE)


class DocumentQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(known_to(user, "case"), unit__in=units_where(user, Thing.LETTER))

    def undelivered(self):
        """Those of which no copy has reached the one it is for."""
        done = Dispatch.objects.filter(document=OuterRef("pk"), state=Dispatch.State.DONE)
        return self.filter(~Exists(done))

    def to_render(self, now):
        """Everything queued that nobody is working on, however old."""
        return self.filter(
            Q(claimed_until=None) | Q(claimed_until__lte=now), state=Document.State.QUEUED
        )


class Document(models.Model):
    class State(models.TextChoices):
        QUEUED = "queued", _("lages nå")
        READY = "ready", _("klart")
        FAILED = "failed", _("kunne ikke lages")

    kind = models.CharField(_("slag"), max_length=40, choices=Kind)
    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="+")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, null=True, related_name="documents")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, related_name="+")
    author = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    recipient = models.ForeignKey(
        CasePerson, on_delete=models.PROTECT, null=True, related_name="documents"
    )
    # What is met when every document for it has reached the one it is for.
    meets = models.ForeignKey(
        Deadline, on_delete=models.PROTECT, null=True, related_name="documents"
    )
    title = EncryptedTextField(_("tittel"))
    language = models.CharField(_("språk"), max_length=5)
    template_version = models.PositiveSmallIntegerField(_("malversjon"))
    data = EncryptedJSONField(_("innhold"))
    state = models.CharField(_("status"), max_length=10, choices=State, default=State.QUEUED)
    blob = models.ForeignKey(Blob, on_delete=models.PROTECT, null=True, related_name="+")
    attempts = models.PositiveSmallIntegerField(_("forsøk"), default=0)
    claimed_until = models.DateTimeField(null=True)
    created_at = models.DateTimeField(_("bestilt"), db_default=Now())
    ready_at = models.DateTimeField(_("klart"), null=True)
    error = models.CharField(_("feil"), max_length=60, blank=True)

    objects = DocumentQuerySet.as_manager()

    class Meta:
        verbose_name = _("dokument")
        verbose_name_plural = _("dokumenter")
        constraints = [
            models.CheckConstraint(
                name="document_ready_has_bytes_and_time",
                condition=Q(state="ready", blob__isnull=False, ready_at__isnull=False)
                | ~Q(state="ready") & Q(blob=None, ready_at=None),
            )
        ]
        indexes = [
            models.Index(fields=["created_at"], name="document_queued", condition=Q(state="queued"))
        ]

    def __str__(self):
        return f"{self.get_kind_display()} {self.pk}"

    @property
    def is_frozen(self):
        return self.state == self.State.READY


class DispatchQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Letters are for those who write or send them, in the unit that does."""
        return self.filter(
            known_to(user, "document__case"),
            document__unit__in=units_where(user, Thing.LETTER),
        )

    def waiting(self):
        return self.filter(state=Dispatch.State.WAITING)

    def to_post(self):
        return self.waiting().filter(channel=Dispatch.Channel.POST)

    def ready(self):
        return self.filter(document__state=Document.State.READY)

    def not_sent_again(self):
        """What did not arrive, and is not on its way anew."""
        anew = Dispatch.objects.filter(document=OuterRef("document"), person=OuterRef("person"))
        failed = self.filter(state=Dispatch.State.FAILED)
        return failed.filter(~Exists(anew.filter(pk__gt=OuterRef("pk"))))

    def for_list(self):
        shown = self.select_related("document__unit", "document__case", "person__person")
        return shown.defer("document__data").order_by("created_at", "pk")


class Dispatch(Stateful):
    """One document on its way to one person. What did not arrive is sent anew, as a new row."""

    class Channel(models.TextChoices):
        POST = "post", _("i posten")
        HANDED_OVER = "handed_over", _("leveres på et møte")
        READ_OUT = "read_out", _("leses opp på telefon")

    class State(models.TextChoices):
        WAITING = "waiting", _("ikke sendt")
        DONE = "done", _("sendt")
        FAILED = "failed", _("kom ikke fram")

    TRANSITIONS = {
        State.WAITING: {State.DONE, State.FAILED},
        State.DONE: {State.FAILED},
        State.FAILED: set(),
    }

    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="dispatches")
    person = models.ForeignKey(CasePerson, on_delete=models.PROTECT, related_name="+")
    channel = models.CharField(_("måte"), max_length=20, choices=Channel)
    state = models.CharField(_("status"), max_length=10, choices=State, default=State.WAITING)
    created_at = models.DateTimeField(_("bestilt"), db_default=Now())
    printed_at = models.DateTimeField(_("skrevet ut"), null=True)
    done_on = models.DateField(_("sendt"), null=True)
    done_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    error = models.CharField(_("hva gikk galt"), max_length=200, blank=True)

    objects = DispatchQuerySet.as_manager()

    class Meta:
        verbose_name = _("utsending")
        verbose_name_plural = _("utsendinger")
        constraints = [
            models.UniqueConstraint(
                fields=["document", "person"],
                name="dispatch_one_at_a_time",
                condition=~Q(state="failed"),
            ),
            models.CheckConstraint(
                name="dispatch_done_has_a_day_and_a_name",
                condition=Q(state="done", done_on__isnull=False, done_by__isnull=False)
                | Q(state="waiting", done_on=None, done_by=None)
                | Q(state="failed"),
            ),
            models.CheckConstraint(
                name="dispatch_failed_has_an_error",
                condition=Q(state="failed") ^ Q(error=""),
                violation_error_message=_("Skriv hva som gikk galt."),
            ),
        ]
        indexes = [
            models.Index(
                fields=["created_at"], name="dispatch_waiting", condition=Q(state="waiting")
            )
        ]

    def __str__(self):
        return f"{self.document} ({self.get_channel_display()})"
