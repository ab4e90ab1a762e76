"""Issued means frozen: bytes, checksum, template version and the data it was made from."""

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
)
from tibir.core.transitions import Stateful
from tibir.deadlines.models import Deadline
from tibir.documents.kinds import Kind
from tibir.documents.models.blob import Blob


def _of_letters(user, way=""):
    seen = Q(**{f"{way}unit__in": units_where(user, Thing.LETTER)})
    if has_role(user, Role.CLEARED):
        seen |= Q(**{f"{way}case__grade__in": STRICT})
    # Whoever works with the family hands over what they have written. Its consents, on paper too,
    # are not for those who are there only through a course of another unit.
    mine = CaseMember.objects.current().filter(user=user, case=OuterRef(f"{way}case"))
    seen |= Q(Exists(mine), **{f"{way}author": user})
    return seen | Q(Exists(mine.inside()), **{f"{way}kind": Kind.CONSENT_FORM})


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
