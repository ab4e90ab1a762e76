"""Issued means frozen: bytes, checksum, template version and the data it was made from.

What others hand in is kept apart until a clean copy of it is made, and then only the copy is kept.
"""

import hashlib
import uuid

from cryptography.exceptions import InvalidTag
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tibir.access.roles import Kind as Thing
from tibir.access.roles import has_role, units_where
from tibir.accounts.models import Municipality, Role, Unit, User
from tibir.cases.models import STRICT, Case, CaseMember, CasePerson, known_to
from tibir.core.encryption import (
    EncryptedJSONField,
    EncryptedTextField,
    blind_index,
    decrypt,
    encrypt,
)
from tibir.core.transitions import Stateful
from tibir.deadlines.models import Deadline
from tibir.documents.kinds import REFUSALS, Kind
from tibir.documents.sanitise import Type, shown_name


def _whole(sealed, place, sha256):
    try:
        content = decrypt(sealed, place)
    except (InvalidTag, KeyError, IndexError):
        return None
    return content if hashlib.sha256(content).digest() == bytes(sha256) else None


class Blob(models.Model):
    """Bytes in the database, encrypted, so that several hosts need no shared disk."""

    PLACE = "documents.blob.sealed"
    SEALED = {"sealed": PLACE}  # what is encrypted here, and bound to which place

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
        """The bytes as they were made, or None when these are no longer they."""
        return _whole(self.sealed, self.PLACE, self.sha256)


def _of_letters(user, way=""):
    seen = Q(**{f"{way}unit__in": units_where(user, Thing.LETTER)})
    if has_role(user, Role.CLEARED):
        seen |= Q(**{f"{way}case__grade__in": STRICT})
    # Whoever works with the family asks it, on paper too.
    mine = CaseMember.objects.current().filter(user=user, case=OuterRef(f"{way}case"))
    return seen | Q(Exists(mine), **{f"{way}kind": Kind.CONSENT_FORM})


def _not_sealed_to(user, way=""):
    open_to_all = Q(**{f"{way}seal": None})
    if not has_role(user, Role.CLEARED):
        return open_to_all
    members = CaseMember.objects.current().filter(case=OuterRef(f"{way}case"), user=user)
    return open_to_all | Q(Exists(members))


class DocumentQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Letters are for those who write or send them, in the unit that does.

        In a case under strict protection they are for its named group. What was made before that
        is sealed: it may say where the family lives, and stays with those who are cleared.
        """
        return self.filter(_of_letters(user), _not_sealed_to(user), known_to(user, "case"))

    def undelivered(self):
        """Those that still shall reach the one they are for, and have not."""
        over = Q(state__in=[Dispatch.State.DONE, Dispatch.State.STOPPED]) | Q(is_overtaken=True)
        return self.filter(~Exists(Dispatch.objects.filter(over, document=OuterRef("pk"))))

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

    @property
    def is_sealed(self):
        return Seal.objects.filter(document=self).exists()

    @property
    def made_on(self):
        """The day it was made, in Oslo; None until then."""
        return timezone.localdate(self.ready_at) if self.ready_at else None


class Seal(models.Model):
    """It was made before the family was to be hidden. It is not altered; it is locked away."""

    document = models.OneToOneField(Document, on_delete=models.PROTECT, related_name="seal")
    at = models.DateTimeField(_("forseglet"), db_default=Now())

    class Meta:
        verbose_name = _("forsegling")
        verbose_name_plural = _("forseglinger")

    def __str__(self):
        return f"{_('forsegling')} {self.document_id}"


class DispatchQuerySet(models.QuerySet):
    def visible_to(self, user):
        """As the document that is sent."""
        way = "document__"
        mine = self.filter(_of_letters(user, way), _not_sealed_to(user, way))
        return mine.filter(known_to(user, "document__case"))

    def listed_for(self, user):
        """Strict protection keeps a case out of every list, for those too who know of it."""
        return self.visible_to(user).exclude(document__case__grade__in=STRICT)

    def waiting(self):
        return self.filter(state=Dispatch.State.WAITING)

    def to_post(self):
        return self.waiting().filter(channel=Dispatch.Channel.POST)

    def ready(self):
        return self.filter(document__state=Document.State.READY)

    def not_sent_again(self):
        """What did not arrive, and is not on its way anew."""
        return self.filter(state=Dispatch.State.FAILED, is_overtaken=False).not_replaced()

    def not_replaced(self):
        """The latest of each document to each person."""
        anew = Dispatch.objects.filter(document=OuterRef("document"), person=OuterRef("person"))
        return self.filter(~Exists(anew.filter(pk__gt=OuterRef("pk"))))

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
        STOPPED = "stopped", _("stanset")

    TRANSITIONS = {
        State.WAITING: {State.DONE, State.FAILED, State.STOPPED},
        State.DONE: {State.FAILED},
        State.FAILED: {State.STOPPED},
        State.STOPPED: set(),
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
    # It had been sent when what it says was looked at again: nobody is owed it any more.
    is_overtaken = models.BooleanField(default=False, db_default=False)

    objects = DispatchQuerySet.as_manager()

    class Meta:
        verbose_name = _("utsending")
        verbose_name_plural = _("utsendinger")
        constraints = [
            models.UniqueConstraint(
                fields=["document", "person"],
                name="dispatch_one_at_a_time",
                condition=~Q(state__in=["failed", "stopped"]),
            ),
            models.CheckConstraint(
                name="dispatch_done_has_a_day_and_a_name",
                condition=Q(state="done", done_on__isnull=False, done_by__isnull=False)
                | Q(state="waiting", done_on=None, done_by=None)
                | Q(state__in=["failed", "stopped"]),
            ),
            models.CheckConstraint(
                name="dispatch_failed_has_an_error",
                condition=Q(state="stopped") | Q(state="failed") ^ Q(error=""),
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


class AttachmentQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(known_to(user, "case"))

    def to_check(self, now):
        """Everything that waits and that nobody is checking, however old."""
        return self.filter(
            Q(claimed_until=None) | Q(claimed_until__lte=now), state=Attachment.State.WAITING
        )

    def for_list(self):
        return self.select_related("author").order_by("received_at", "pk")


class WithoutBytes(models.Manager.from_queryset(AttachmentQuerySet)):
    """The bytes are many, and read when somebody asks for them."""

    def get_queryset(self):
        return super().get_queryset().defer("original", "copy")


class Attachment(models.Model):
    """A file that somebody handed in. Nobody is given it until a clean copy of it is made."""

    ORIGINAL, COPY = "documents.attachment.original", "documents.attachment.copy"
    SEALED = {"original": ORIGINAL, "copy": COPY}

    class State(models.TextChoices):
        WAITING = "waiting", _("kontrolleres")
        CLEAN = "clean", _("kontrollert")
        REFUSED = "refused", _("kan ikke brukes")
        INFECTED = "infected", _("sperret")
        DAMAGED = "damaged", _("skadet")

    STOPPED = (State.REFUSED, State.INFECTED)
    MEDIA_TYPES = {
        Type.PDF: "application/pdf",
        Type.JPEG: "image/jpeg",
        Type.PNG: "image/png",
    }
    ENDINGS = {Type.PDF: "pdf", Type.JPEG: "jpg", Type.PNG: "png"}

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="+")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, null=True, related_name="attachments")
    author = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    name = EncryptedTextField(_("filnavn"))
    state = models.CharField(_("status"), max_length=10, choices=State, default=State.WAITING)
    refused_for = models.CharField(_("stoppet fordi"), max_length=20, blank=True)
    fingerprint = models.BinaryField(max_length=16)
    original = models.BinaryField(null=True)
    copy = models.BinaryField(null=True)
    sha256 = models.BinaryField(max_length=32, null=True)
    type = models.CharField(_("filtype"), max_length=10)
    size = models.PositiveIntegerField(_("størrelse"))
    pages = models.PositiveSmallIntegerField(_("sider"), null=True)
    attempts = models.PositiveSmallIntegerField(_("forsøk"), default=0)
    claimed_until = models.DateTimeField(null=True)
    received_at = models.DateTimeField(_("mottatt"), db_default=Now())
    checked_at = models.DateTimeField(_("kontrollert"), null=True)

    objects = WithoutBytes()

    class Meta:
        verbose_name = _("vedlegg")
        verbose_name_plural = _("vedlegg")
        constraints = [
            models.CheckConstraint(
                name="attachment_has_the_bytes_of_its_state",
                condition=Q(state="waiting", original__isnull=False, copy=None)
                | Q(state__in=["clean", "damaged"], original=None, copy__isnull=False)
                | Q(state="refused", original=None, copy=None)
                | Q(state="infected", original__isnull=False, copy=None),
            ),
            models.CheckConstraint(
                name="attachment_copy_has_its_checksum_and_time",
                condition=Q(copy=None, sha256=None, pages=None)
                | Q(sha256__isnull=False, pages__isnull=False, checked_at__isnull=False),
            ),
            models.CheckConstraint(
                name="attachment_refused_for_a_reason",
                condition=Q(state="refused") ^ Q(refused_for=""),
            ),
        ]
        indexes = [
            models.Index(
                fields=["received_at"], name="attachment_waiting", condition=Q(state="waiting")
            ),
            models.Index(
                fields=["id"],
                name="attachment_stopped",
                condition=Q(state__in=["refused", "infected", "damaged"]),
            ),
        ]

    def __str__(self):
        return f"{_('vedlegg')} {self.pk}"

    @staticmethod
    def fingerprint_of(content, name):
        """By which the same file, handed in again after an answer that was lost, is known."""
        return blind_index(
            "documents.attachment.fingerprint", f"{hashlib.sha256(content).hexdigest()} {name}"
        )

    @property
    def shown_name(self):
        return shown_name(self.name) or str(_("uten navn"))

    @property
    def neutral_name(self):
        """For the file on somebody's computer: it tells nothing and hides nothing."""
        return f"vedlegg-{self.public_id.hex[:8]}.{self.ENDINGS[self.type]}"

    @property
    def media_type(self):
        return self.MEDIA_TYPES[self.type]

    @property
    def why(self):
        """What the one who handed it in can do about it."""
        if self.state == self.State.INFECTED:
            return _("Virusskanneren stoppet filen. Legg den ikke ved igjen.")
        return REFUSALS[self.refused_for] if self.refused_for else ""

    @property
    def is_waiting(self):
        return self.state == self.State.WAITING

    @property
    def is_clean(self):
        return self.state == self.State.CLEAN

    @property
    def is_stopped(self):
        return self.state in self.STOPPED

    @property
    def is_damaged(self):
        return self.state == self.State.DAMAGED

    def original_content(self):
        return decrypt(self.original, self.ORIGINAL)

    def content(self):
        """The clean copy as it was made, or None when these are no longer its bytes."""
        return _whole(self.copy, self.COPY, self.sha256)
