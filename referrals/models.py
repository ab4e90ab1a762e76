"""From a draft on somebody's phone to a referral with a clock."""

import uuid
from datetime import timedelta

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from referrals.states import OPEN, TRANSITIONS, Outcome, State
from tibir.access.roles import Kind, units_where
from tibir.accounts.models import Municipality, Unit, User
from tibir.audit.models import Event
from tibir.calendar.answer import days_left
from tibir.cases.models import Case, known_to
from tibir.core.codes import matches
from tibir.core.encryption import EncryptedJSONField
from tibir.core.transitions import Stateful
from tibir.documents.models import Attachment, Document

YOUNGEST, OLDEST = 3, 12


class DraftQuerySet(models.QuerySet):
    def alive(self, now):
        return self.filter(expires_at__gt=now)


class Draft(models.Model):
    """What a parent has typed so far; opened by a secret of which only the digest is kept."""

    PURPOSE = "draft"

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    secret_digest = models.BinaryField(max_length=32)
    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="+")
    language = models.CharField(max_length=5, default="nb")
    # {"steps": {slug: {"typed": {field: [values]}, "version": n}}, "token": …}
    payload = EncryptedJSONField(default=dict)
    version = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()
    saved_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    submission = models.ForeignKey(
        "Submission", on_delete=models.PROTECT, null=True, related_name="+"
    )

    objects = DraftQuerySet.as_manager()

    class Meta:
        verbose_name = _("utkast")
        verbose_name_plural = _("utkast")
        indexes = [models.Index(fields=["expires_at"], name="draft_expires")]

    def __str__(self):
        return f"{_('utkast')} {self.public_id}"

    def opens_with(self, secret):
        return matches(self.PURPOSE, secret, self.secret_digest)

    def typed(self, step):
        return self.payload.get("steps", {}).get(step, {}).get("typed")

    def version_of(self, step):
        return self.payload.get("steps", {}).get(step, {}).get("version", 0)

    def attachments(self):
        return Attachment.objects.filter(enclosure__draft=self).for_list()

    @property
    def has_room_for_files(self):
        return self.enclosures.count() < Enclosure.MOST

    @property
    def asks_for_protection(self):
        return (self.typed("deg") or {}).get("protection") in (["yes"], ["talk"])


class SubmissionQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Those who may read a referral may read what it is made from, read in or not."""
        return self.filter(municipality__intake_unit__in=units_where(user, Kind.REFERRAL))

    def stopped(self):
        """Stored, but no referral came of it: staff must look."""
        return self.exclude(stopped_by="").order_by("pk")


class Submission(models.Model):
    """What somebody sent, as it was sent. Stored before anything else is promised."""

    STATUS, RECEIPT, ONCE = "status", "receipt", "once"

    actor_kind = Event.Actor.SENDER

    class Channel(models.TextChoices):
        FORM = "form", _("skjema")
        CALL_ME = "call_me", _("ring meg")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="+")
    reference = models.CharField(_("referanse"), max_length=20, unique=True)
    once_digest = models.BinaryField(max_length=32, unique=True)
    content_digest = models.BinaryField(max_length=32)
    status_digest = models.BinaryField(max_length=32)
    receipt_digest = models.BinaryField(max_length=32)
    channel = models.CharField(_("kanal"), max_length=10, choices=Channel)
    language = models.CharField(_("språk"), max_length=5)
    received_at = models.DateTimeField(_("mottatt"))
    answers = EncryptedJSONField(_("svar"))
    receipt = models.ForeignKey(Document, on_delete=models.PROTECT, null=True, related_name="+")
    stopped_by = models.CharField(_("stoppet av"), max_length=60, blank=True)

    objects = SubmissionQuerySet.as_manager()

    class Meta:
        verbose_name = _("innsending")
        verbose_name_plural = _("innsendinger")
        indexes = [
            models.Index(
                fields=["municipality"], name="submission_stopped", condition=~Q(stopped_by="")
            )
        ]

    def __str__(self):
        return self.reference

    def get_absolute_url(self):
        return reverse("referrals:submission", args=[self.pk])

    def shows_status_to(self, secret):
        return matches(self.STATUS, secret, self.status_digest)

    def shows_receipt_to(self, secret):
        return matches(self.RECEIPT, secret, self.receipt_digest)

    def attachments(self):
        return Attachment.objects.filter(enclosure__submission=self).for_list()

    def sent_along(self):
        """What the sender enclosed; staff may have added more."""
        return self.attachments().filter(author=None)


class Enclosure(models.Model):
    """A file that goes with a draft, and with the submission once that is sent.

    A draft that goes takes its files along: a trigger sees to it, whoever deletes it.
    """

    MOST = 5  # with one draft

    attachment = models.OneToOneField(
        Attachment, on_delete=models.PROTECT, related_name="enclosure"
    )
    draft = models.ForeignKey(Draft, on_delete=models.CASCADE, null=True, related_name="enclosures")
    submission = models.ForeignKey(
        Submission, on_delete=models.PROTECT, null=True, related_name="enclosures"
    )

    class Meta:
        verbose_name = _("vedlagt fil")
        verbose_name_plural = _("vedlagte filer")
        constraints = [
            models.CheckConstraint(
                name="enclosure_goes_with_a_draft_or_with_what_was_sent",
                condition=Q(draft=None) ^ Q(submission=None),
            )
        ]

    def __str__(self):
        return f"{_('vedlagt fil')} {self.pk}"


class ReferralQuerySet(models.QuerySet):
    def visible_to(self, user):
        """What this user may open. Every read in a view starts here."""
        return self.filter(known_to(user, "case"))

    def listed_for(self, user):
        """The rows of the inbox, by the units in which the user's role lists referrals."""
        return self.visible_to(user).filter(unit__in=units_where(user, Kind.REFERRAL_LIST))

    def open(self):
        return self.filter(state__in=OPEN)

    def overdue(self, today):
        return self.open().filter(due_on__lt=today)

    def due_within(self, days, today):
        return self.open().filter(due_on__gte=today, due_on__lte=today + timedelta(days=days))

    def for_list(self):
        """What one row of the list shows and no more, in one query: nobody's words or numbers."""
        shown = self.select_related("case__child", "owner", "submission").only(
            "due_on",
            "state",
            "sender",
            "child_age",
            "situations",
            "asked_for_protection",
            "submission__reference",
            "submission__channel",
            "case__child__first_name",
            "case__child__last_name",
            "owner__name",
        )
        return shown.order_by("due_on", "pk")

    def after(self, due_on, pk):
        """The rows that follow this one in the list."""
        return self.filter(Q(due_on__gt=due_on) | Q(due_on=due_on, pk__gt=pk))


class Referral(Stateful):
    """A request that the municipality look into a child's situation."""

    TRANSITIONS = TRANSITIONS

    class Sender(models.TextChoices):
        PARENT = "parent", _("forelder")

    submission = models.OneToOneField(Submission, on_delete=models.PROTECT, related_name="referral")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="referrals")
    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey(
        Unit, on_delete=models.PROTECT, related_name="+", verbose_name=_("enhet")
    )
    state = models.CharField(_("status"), max_length=20, choices=State, default=State.RECEIVED)
    outcome = models.CharField(_("utfall"), max_length=20, choices=Outcome, blank=True)
    reason = models.TextField(_("begrunnelse"), blank=True)
    received_on = models.DateField(_("mottatt"))
    due_on = models.DateField(_("svarfrist"))
    owner = models.ForeignKey(
        User,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("har henvisningen"),
    )
    duplicate_of = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="duplicates"
    )
    sender = models.CharField(_("fra"), max_length=20, choices=Sender, default=Sender.PARENT)
    child_age = models.SmallIntegerField(_("barnets alder"), null=True)
    situations = models.JSONField(_("det gjelder"), default=list)
    asked_for_protection = models.BooleanField(_("ba om skjerming"), default=False)

    objects = ReferralQuerySet.as_manager()

    class Meta:
        verbose_name = _("henvisning")
        verbose_name_plural = _("henvisninger")
        constraints = [
            models.CheckConstraint(
                name="referral_answer_is_due_within_14_days",
                condition=Q(due_on__lte=F("received_on") + timedelta(days=14)),
            ),
            models.CheckConstraint(
                name="referral_decision_has_outcome",
                condition=Q(state=State.DECIDED) ^ Q(outcome=""),
                violation_error_message=_("En avgjørelse må ha et utfall."),
            ),
            models.CheckConstraint(
                name="referral_ending_has_reason",
                condition=Q(state__in=OPEN) | ~Q(reason=""),
                violation_error_message=_("Skriv en begrunnelse."),
            ),
            models.CheckConstraint(
                name="referral_duplicate_points_to_the_other",
                condition=Q(state=State.DUPLICATE) ^ Q(duplicate_of=None),
            ),
        ]
        indexes = [
            models.Index(
                fields=["unit", "due_on", "id"],
                name="referral_inbox",
                condition=Q(state__in=OPEN),
            ),
        ]

    def __str__(self):
        return self.submission.reference

    def get_absolute_url(self):
        return reverse("referrals:detail", args=[self.pk])

    @property
    def reference(self):
        return self.submission.reference

    def days_left(self, today):
        return days_left(self.due_on, today)

    @property
    def is_outside_age(self):
        return self.child_age is not None and not YOUNGEST <= self.child_age <= OLDEST
